"""Several real processes on one PostgreSQL, each with shards of its own (RUN-2, RUN-3)."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import discord
import pytest

from bot.governance.ids import PartnershipId
from bot.governance.policy import genesis
from bot.governance.shards import Shards
from bot.services import restores
from bot.services.ports.context import Context
from storage.engine import create_engines
from storage.locks import InstanceLock
from storage.unit_of_work import SqlUnitOfWork
from tests.database import PostgresServer, postgresql_server
from tests.processes import TOKEN, ended, environment, process
from tests.standin import StandIn, listening

__all__ = ["postgresql_server"]


@pytest.fixture
def database_url(postgresql_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database; no ``.env`` is near."""
    monkeypatch.chdir(tmp_path)
    return postgresql_server.emptied()


def settings(standin: StandIn, database_url: str, shards: str = "0-1/2") -> dict[str, str]:
    """Of one of several processes; the stand-in has to be listening."""
    return {"DATABASE_URL": database_url, "SHARDS": shards, **environment(standin)}


async def opened(standin: StandIn, *shards: int) -> None:
    """Wait until exactly these shards have a session."""
    await standin.until(lambda: standin.gateway.shards == set(shards), within=60)


async def test_processes_share_a_database_and_the_end_of_one_leaves_the_others_alone(database_url: str) -> None:
    standin = StandIn(TOKEN)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(listening(standin))
        first = await stack.enter_async_context(process("run", **settings(standin, database_url, "0/3")))
        second = await stack.enter_async_context(process("run", **settings(standin, database_url, "1-2/3")))
        await opened(standin, 0, 1, 2)
        for shards, why in (
            ("2/3", f"Of the shards 2-2/3 some are served already: process {second.pid} on"),
            ("", "The bot runs already, with 3 shards: process"),
            ("0/6", "All processes have to use the same number"),
        ):
            async with process("run", **settings(standin, database_url, shards)) as third:
                code, said = await ended(third)
            assert code == 1
            assert why in said, said
        first.kill()
        await first.wait()
        await opened(standin, 1, 2)
        async with process("run", **settings(standin, database_url, "0/3")) as again:
            await opened(standin, 0, 1, 2)
            again.terminate()
            assert (await ended(again))[0] == 0
        assert second.returncode is None
        assert standin.gateway.shards == {1, 2}
        second.terminate()
        code, said = await ended(second)
        assert code == 0, said
        async with process("run", **settings(standin, database_url, "")) as alone:
            await opened(standin, 0)
            alone.terminate()
            assert (await ended(alone))[0] == 0
    commands = [asked for asked in standin.asked if asked.startswith("PUT /applications/")]
    assert len(commands) == 1, "the commands are told once, by the process with shard 0"


async def test_a_sharded_process_that_cannot_start_says_why(database_url: str) -> None:
    standin = StandIn("another-token")
    async with listening(standin), process("run", **settings(standin, database_url)) as running:
        code, said = await ended(running)
    assert code == 2, said
    assert "Discord does not accept DISCORD_TOKEN" in said
    standin = StandIn(TOKEN)
    standin.gateway.close_code = 4014
    async with listening(standin), process("run", **settings(standin, database_url)) as running:
        code, said = await ended(running, traced=True)
    assert code == 2, said
    assert "The Server Members Intent is off" in said


async def test_a_copy_that_postgresql_put_back_is_compared_with_what_was_posted(database_url: str) -> None:
    engines = create_engines(database_url)
    shared = {"DATABASE_URL": database_url}
    try:
        lock = InstanceLock(engines, "elsewhere 7 abc", Shards(0, 3, 16))
        await lock.acquire(discord.utils.utcnow())
        async with process("restore", **shared) as refused:
            code, said = await ended(refused)
        assert code == 1
        assert "The bot runs on this database: process 7 on elsewhere. Nothing was changed." in said
        await lock.release()
        async with process("restore", **shared) as noted:
            code, said = await ended(noted)
        assert code == 0
        assert "Noted that the database was put back from a copy." in said
        ctx = Context(SqlUnitOfWork(engines), discord.utils.utcnow, genesis())
        assert await restores.was_restored(ctx, PartnershipId(1))
        async with process("restore", "copy", **shared) as named:
            code, said = await ended(named)
        assert code == 1
        assert "For PostgreSQL use: pg_restore, then this command without a file." in said
    finally:
        await engines.dispose()


async def test_restore_of_a_file_needs_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with process("restore") as nameless:
        code, said = await ended(nameless)
    assert code == 1
    assert "Name the copy to put back" in said
