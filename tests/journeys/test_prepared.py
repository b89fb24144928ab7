"""The server that journeys begin in is the one that its people would set up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.journeys.deciding import rows
from tests.journeys.prepared import FILE
from tests.journeys.server import CORE, Server, serving, text_of


def stands(server: Server) -> dict[str, Any]:
    """What can be seen of a server in Discord and in its database, by names. Every record has heads of its own."""
    backend = server.env.backend
    guild = backend.guilds[server.guild.id]
    channels = [backend.channels[each] for each in guild.channel_ids]
    named: dict[int | None, str] = {None: ""}
    named |= {each.id: f"#{each.name} {each.type}" for each in channels}
    named |= {role.id: role.name for role in guild.roles.values()}
    named |= {user.id: user.name for user in backend.users.values()}

    def read(message: Any) -> str:
        without_head = re.sub(r"\b[0-9a-f]{32}\b", "", text_of(message))
        return re.sub(r"\b[0-9]{17,20}\b", lambda found: named.get(int(found[0]), "?"), without_head)

    return {
        "now": server.env.now(),
        "people": {
            name: {named[role] for role in guild.members[each.id].role_ids} for name, each in server.people.items()
        },
        "roles": {role.name: (role.permissions, role.position) for role in guild.roles.values()},
        "channels": {
            named[each.id]: (named[each.parent_id], {(named[o.target_id], o.allow, o.deny) for o in each.overwrites})
            for each in channels
        },
        "messages": {name: sorted(map(read, each.history())) for name, each in server.guild.channels.items()},
        "rows": rows(server),
    }


async def test_a_copy_stands_as_after_the_set_up_and_a_restart_and_nobody_writes_in_another_copy(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("anew", "first", "second")]
    for folder in folders:
        folder.mkdir()
    async with serving(folders[0], f"sqlite+aiosqlite:///{folders[0] / FILE}") as anew:
        await anew.restart()
        expected = stands(anew)
    async with serving(folders[1]) as first:
        assert stands(first) == expected
        await first.propose("tia", CORE)
        assert stands(first) != expected
    async with serving(folders[2]) as second:
        assert stands(second) == expected
