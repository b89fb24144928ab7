"""The bare bot: for each act one committed row and the Discord calls it is told to make, nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiosqlite
import discord
from discord import app_commands
from discord.ext import commands

from tests.bench.calls import Call, UnknownCall, layout
from tests.bench.watch import watch_of

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL")
_TABLE = "CREATE TABLE acts (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, user_id INTEGER NOT NULL, at TEXT NOT NULL)"
_ROW = "INSERT INTO acts (kind, user_id, at) VALUES (?, ?, ?)"

Interaction = discord.Interaction[Any]
Message = discord.Message | discord.PartialMessage


class Page(discord.ui.Modal, title="A proposal"):
    """The same five fields as the real bot's first page."""

    def __init__(self) -> None:
        super().__init__(timeout=None, custom_id="form:propose")
        for name in ("title", "ask", "why", "outcome", "risks"):
            field = discord.ui.TextInput[Page](custom_id=name, required=False, style=discord.TextStyle.paragraph)
            self.add_item(discord.ui.Label(text=name, component=field))


@dataclass(slots=True)
class Standing:
    """The messages that an act changes: those of one proposal."""

    messages: dict[str, Message]
    thread: discord.Thread | None = None


class BareBot(commands.Bot):
    """Answers every act as its script says."""

    def __init__(self, database: Path, channels: Sequence[str]) -> None:
        intents = discord.Intents.default()
        intents.members = True
        super().__init__(commands.when_mentioned, intents=intents, help_command=None, max_messages=None)
        self.scripts: deque[list[Call]] = deque()
        self._path = database
        self._names = channels
        self._channels: dict[str, discord.TextChannel] = {}
        self._standing = Standing({})

    async def setup_hook(self) -> None:
        """The database, and the one command."""
        self._database = await aiosqlite.connect(self._path)
        for pragma in _PRAGMAS:
            await self._database.execute(f"PRAGMA {pragma}")
        await self._database.execute(_TABLE)

        @self.tree.command(name="propose", description="Open the form")
        async def propose(interaction: Interaction) -> None:
            page = Page()
            page.stop()
            await interaction.response.send_modal(page)

        assert isinstance(propose, app_commands.Command)
        await self.tree.sync()

    async def begin(self, standing: Iterable[Call]) -> discord.Message:
        """Put up the proposal that later acts are about; its card."""
        self._channels = {c.name: c for guild in self.guilds for c in guild.text_channels if c.name in self._names}
        await self._play(None, standing, self._standing)
        card = self._standing.messages[self._names[0]]
        assert isinstance(card, discord.Message)
        return card

    async def close(self) -> None:
        """Close the database as well."""
        await self._database.close()
        await super().close()

    async def on_interaction(self, interaction: Interaction) -> None:
        """A form sent in or a button pressed."""
        if interaction.type is discord.InteractionType.application_command:
            return
        watch = watch_of(self)
        assert watch is not None
        await watch.pass_by()
        await self._act(interaction.type.name, interaction.user.id, interaction)
        watch.stamp()

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """A reaction, not the bot's own."""
        if self.user is not None and event.user_id == self.user.id:
            return
        await self._act("reaction", event.user_id, None)

    async def _act(self, kind: str, user_id: int, interaction: Interaction | None) -> None:
        script = self.scripts.popleft()
        await self._database.execute(_ROW, (kind, user_id, discord.utils.utcnow().isoformat()))
        await self._database.commit()
        watch = watch_of(self)
        if watch is not None:
            watch.stamp()
        await self._play(interaction, script, Standing(dict(self._standing.messages), self._standing.thread))

    async def _play(self, interaction: Interaction | None, calls: Iterable[Call], about: Standing) -> None:
        for call in calls:
            match call.does:
                case "answer":
                    assert interaction is not None
                    await _answer(interaction, call)
                case "post":
                    about.messages[call.channel] = await self._post(call, about)
                case "edit":
                    view = layout(call.body)
                    await about.messages[call.channel].edit(view=view, allowed_mentions=_allowed(call))
                    view.stop()
                case "open thread":
                    about.thread = await about.messages[call.channel].create_thread(
                        name=call.body["name"], auto_archive_duration=10080
                    )
                case "react":
                    await about.messages[call.channel].add_reaction(unquote(call.emoji))
                case other:
                    raise UnknownCall(other)

    async def _post(self, call: Call, about: Standing) -> discord.Message:
        where = about.thread if call.channel == "thread" else self._channels[call.channel]
        assert where is not None
        view = layout(call.body)
        message = await where.send(view=view, allowed_mentions=_allowed(call))
        view.stop()
        return message


async def _answer(interaction: Interaction, call: Call) -> None:
    data = call.body["data"]
    more: dict[str, Any] = {}
    if data.get("components"):
        more["view"] = layout(data)
        more["view"].stop()
    if data.get("content"):
        more["content"] = data["content"]
    if call.body["type"] == discord.InteractionResponseType.message_update.value:
        await interaction.response.edit_message(**more)
    else:
        await interaction.response.send_message(ephemeral=True, **more)


def _allowed(call: Call) -> discord.AllowedMentions:
    named = (call.body.get("allowed_mentions") or {}).get("users", ())
    return discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(user) for user in named], replied_user=False
    )
