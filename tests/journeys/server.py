"""A Discord server with the real bot in it, for journeys: people act, the clock moves, moderators do as they like.

Everything goes through the simulated Discord. What people can read is read as they read it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import discord
import simcord
from discord.ext import commands

from bot.app import create_bot
from bot.discord.client import GovernanceBot
from bot.discord.permissions import permissions
from bot.governance.errors import Refusal
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.organisation import Partnership
from bot.governance.proposals_types import Proposal, ProposalState
from bot.operation import exports
from bot.services import record
from bot.services.ports.proposals import Filter
from bot.services.ports.record import Recorded
from bot.ui import policy
from config.settings import Settings
from storage.record import Record
from tests import wire
from tests.journeys import prepared
from tests.journeys.logged import TOKEN, WATCH
from tests.journeys.prepared import Prepared
from tests.permissions import needed_by

T = TypeVar("T")

THE_FIRST = PartnershipId(1)
A_DAY = timedelta(days=1)
OF_A_START = 5.0
"""Real seconds within which the simulation wants a bot that starts to come to rest."""
OBJECT, CONCERN = "✋", "💬"
TALK, FEED, STAKEHOLDERS, CORE = "governance-talk", "decisions", "stakeholders", "core-team"

FINANCIAL, STRATEGIC, EXPERT = "financial contributor", "strategic partner", "domain expert"

SEATS: dict[str, tuple[str, str, str, str]] = {
    # role: group, seat, class, organisation
    "Green Fund": ("Stakeholders", "member", FINANCIAL, "Green Fund"),
    "River Trust": ("Stakeholders", "member", STRATEGIC, "River Trust"),
    "Delta Lab": ("Stakeholders", "member", EXPERT, "Delta Lab"),
    "Harbour Club": ("Stakeholders", "member", STRATEGIC, "Harbour Club"),
}
"""Roles made by hand beside those of the set-up, and what ``/roles map`` makes of them."""

PEOPLE: dict[str, tuple[str, ...]] = {
    "ada": ("Green Fund",),
    "ben": ("Green Fund",),
    "cleo": ("River Trust",),
    "dev": ("Delta Lab",),
    "eli": ("Delta Lab",),
    "fay": ("Harbour Club",),
    "gus": ("Stakeholders Facilitator",),
    "tia": ("Core Team",),
    "tom": ("Core Team", "Core Team Facilitator"),
    "uma": ("Core Team",),
    "cal": ("Cell: Commons",),
    "nia": (),
}
"""The example partnership: six stakeholders in three classes from four organisations, a top-level cell, a cell, and
``nia``, a newcomer without a seat. ``mod`` manages roles and holds no seat."""


class Understudy(commands.Bot):
    """A bot that does nothing: it holds the place while the real one is down."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.members = True
        super().__init__(commands.when_mentioned, intents=intents, help_command=None)


class Simulation(simcord.Env):
    """Discord, simulated, where a start may take as long as any other step: its own limit suits an idle machine."""

    async def _settle_internal(self, **how: Any) -> None:
        if how.get("timeout") == OF_A_START:
            how["timeout"] = self.settle_timeout
        await super()._settle_internal(**how)


UNHURRIED = 86400.0
"""Seconds after which something is slow in a journey: the simulation lets timers run out in real time as well."""


@dataclass
class Server:
    """One server, its people by name, and the bot."""

    env: simcord.Env
    guild: simcord.GuildHandle
    folder: Path
    database_url: str
    people: dict[str, simcord.MemberActor] = field(default_factory=dict)
    log: wire.WireLog = field(default_factory=wire.WireLog)
    crashed: list[GovernanceBot] = field(default_factory=list)
    hands: list[tuple[int, int]] = field(default_factory=list)
    expected_faults: list[str] = field(default_factory=list)
    governance: str = ""
    shards: str = ""
    """Which shards the bot on duty serves; empty for every server."""
    hosted: PartnershipId = THE_FIRST
    _scope: contextvars.Context | None = None

    # ---- the bot ---------------------------------------------------------------------------------

    @property
    def bot(self) -> GovernanceBot:
        """The bot on duty."""
        assert isinstance(self.env.bot, GovernanceBot)
        return self.env.bot

    def new_bot(self) -> GovernanceBot:
        """A fresh bot on the same database, with its ears tapped for the wire check."""
        settings = Settings(discord_token=TOKEN, database_url=self.database_url, shards=self.shards, _env_file=None)
        if self.governance:
            file = self.folder / "governance.toml"
            file.write_text(self.governance)
            settings = settings.model_copy(update={"governance_file": file})
        bot = create_bot(settings, clock=discord.utils.utcnow, scheduler=False)
        assert isinstance(bot, GovernanceBot)
        bot._waker.nap = self.nap
        bot.outbox._lanes._slow = bot.reconciliation._looks._slow = UNHURRIED
        self.listen_in(bot)
        return bot

    async def nap(self, seconds: float) -> None:
        """The bot sleeps until the journey moves the clock, however long that takes in real time.

        The simulation lets every timer run out in real time as well; one that does so near the end of ``settle``, a
        minute after a failed post perhaps, fails it. A short one, after which the bot tries again what just failed,
        is waited for.
        """
        if seconds > self.env.settle_timeout:
            with contextlib.suppress(simcord.SetupError):  # where the simulation does not know the task as the bot's
                await self.env.external_wait(asyncio.sleep(seconds), reason="the clock is moved by hand")
                return
        await asyncio.sleep(seconds)

    def listen_in(self, bot: commands.Bot) -> None:
        """Note every interaction for the wire check, and in which context the bot runs."""

        async def heard(interaction: discord.Interaction[Any]) -> None:
            self.log.saw_interaction(interaction.id, interaction.token, interaction.type.value)
            WATCH.saw(interaction.token, interaction.data or {})

        async def remember() -> None:
            self._scope = contextvars.copy_context()

        bot.add_listener(heard, "on_interaction")
        bot.add_listener(remember, "on_ready")

    async def as_bot(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the bot's own work among the bot's own tasks, so that the simulation knows and waits for them."""
        context = self._scope or contextvars.copy_context()
        return await context.run(asyncio.create_task, work)

    async def dispatch(self, event: str, *values: object) -> None:
        """What the library tells the bot of its connection: ``disconnect``, ``resumed``, a server out of reach."""

        async def tell() -> None:
            self.bot.dispatch(event, *values)

        await self.as_bot(tell())
        await self.env.settle()

    async def settle(self) -> None:
        """Sweep what is due, show what waits, and let everything come to rest."""
        guild = self.env.bot.get_guild(self.guild.id)
        if guild is not None and not guild.chunked:
            await guild.chunk()
        if isinstance(self.env.bot, GovernanceBot):
            await self.as_bot(self.bot.sweep())
        await self.env.settle()

    async def crash(self) -> None:
        """The process dies in the middle of its work and a new one starts."""
        self.crashed.append(self.bot)
        await self.env.restart_bot(self.new_bot())
        await self.settle()

    async def restart(self) -> None:
        """The bot is stopped cleanly and started again."""
        await self.stop()
        await self.start()

    async def stop(self) -> None:
        """The bot is stopped cleanly and stays down."""
        await self.as_bot(self.bot.close())
        await self.env.restart_bot(Understudy())

    async def kill(self) -> None:
        """The process dies in the middle of its work and stays down."""
        self.crashed.append(self.bot)
        await self.env.restart_bot(Understudy())

    async def start(self) -> None:
        """A fresh bot starts."""
        await self.env.restart_bot(self.new_bot())
        await self.settle()

    async def advance(self, by: timedelta | None = None, *, hours: float = 0, minutes: float = 0) -> None:
        """The clock moves; the bot does on the way what is due, when it is due."""
        by = by if by is not None else timedelta(hours=hours, minutes=minutes)
        # The simulation allows each move so many real seconds, which many days at once can take on a busy machine.
        for step in (*[A_DAY] * (by // A_DAY), by % A_DAY):
            await self.env.advance_time(step.total_seconds())
        self.log.saw_time(self.env.now(), sent=len(self.env.http_requests))
        await self.settle()

    async def advance_to(self, instant: datetime, *, short_of: timedelta = timedelta(0)) -> None:
        """The clock moves to an instant, or to shortly before it."""
        await self.advance(max(timedelta(0), instant - short_of - self.env.now()))

    # ---- people ----------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> simcord.MemberActor:
        return self.people[name]

    def join(self, name: str, roles: Iterable[str] = ()) -> simcord.MemberActor:
        """Somebody joins the server with these roles."""
        user = self.env.create_user(name)
        member = self.guild.add_member(user, roles=[self.guild.roles[role] for role in roles])
        self.people[name] = member
        return member

    @asynccontextmanager
    async def by_hand(self) -> AsyncIterator[None]:
        """What a moderator does by hand goes through the bot's client, but is not the bot's doing."""
        before = len(self.env.http_requests)
        yield
        self.hands.append((before, len(self.env.http_requests)))
        await self.settle()

    @property
    def requests(self) -> list[simcord.HttpLogEntry]:
        """Every request of the bot itself."""
        return [
            request
            for number, request in enumerate(self.env.http_requests)
            if not any(first <= number < last for first, last in self.hands)
        ]

    async def give_role(self, name: str, role: str) -> None:
        """A moderator gives somebody a role by hand."""
        async with self.by_hand():
            await self._member(name).add_roles(self._role(role))

    async def take_role(self, name: str, role: str) -> None:
        """A moderator takes a role away by hand."""
        async with self.by_hand():
            await self._member(name).remove_roles(self._role(role))

    async def leave(self, name: str) -> None:
        """Somebody leaves the server of their own will."""
        self.guild.remove_member(self.people[name])
        await self.settle()

    async def kick(self, name: str) -> None:
        """A moderator removes somebody; Discord's audit log says so."""
        async with self.by_hand():
            await self._member(name).kick(reason="by hand")

    async def delete_role(self, role: str) -> None:
        """A moderator deletes a role by hand."""
        async with self.by_hand():
            await self._role(role).delete()

    def _member(self, name: str) -> discord.Member:
        guild = self.env.bot.get_guild(self.guild.id)
        assert guild is not None
        member = guild.get_member(self.people[name].id)
        assert member is not None, name
        return member

    def _role(self, name: str) -> discord.Role:
        guild = self.env.bot.get_guild(self.guild.id)
        assert guild is not None
        role = discord.utils.get(guild.roles, name=name)
        assert role is not None, name
        return role

    # ---- commands, buttons, forms ----------------------------------------------------------------

    def channel(self, name: str) -> simcord.ChannelHandle:
        """A channel by name."""
        return self.guild.channels[name]

    async def slash(self, who: str, where: str, command: str, **options: Any) -> simcord.InteractionResult:
        """A slash command, which Discord offers only to people who may send messages there (SCL-2a)."""
        channel = self.channel(where)
        live = self.env.bot.get_channel(channel.id)
        assert isinstance(live, discord.TextChannel)
        assert live.permissions_for(self._member(who)).send_messages, f"{who} cannot type in #{where}"
        result = await self.people[who].slash(channel, command, **options)
        assert result.acknowledged, f"/{command} was not answered"
        return result

    async def unmap(self, role: str, where: str = "lobby") -> simcord.InteractionResult:
        """``/roles unmap``, read and confirmed by the moderator."""
        shown = await self.slash("mod", where, "roles unmap", role=self.guild.roles[role])
        button = next(c for c in controls_of(shown.response) if c.startswith("roles:unmap:"))
        return await self.press("mod", shown.response, button)

    async def press(self, who: str, message: Any, custom_id: str) -> simcord.InteractionResult:
        """A button by its custom_id."""
        result = await self.people[who].click(message, custom_id=custom_id)
        assert result.acknowledged, f"{custom_id} was not answered"
        return result

    async def fill(self, who: str, shown: simcord.InteractionResult, **values: Any) -> simcord.InteractionResult:
        """Fill in and send a form. Values go by the custom_ids of its fields."""
        assert shown.modal is not None, said(shown)
        result = await self.people[who].submit_modal(shown, values)
        assert result.acknowledged, "the form was not answered"
        return result

    async def react(self, who: str, number: int, emoji: str = OBJECT) -> None:
        """A reaction on a proposal's card."""
        await self.people[who].react(await self.card(number), emoji)

    async def unreact(self, who: str, number: int, emoji: str = OBJECT) -> None:
        """Take one's own reaction back."""
        await self.people[who].unreact(await self.card(number), emoji)

    # ---- what stands in Discord ------------------------------------------------------------------

    async def proposal(self, number: int) -> Proposal:
        """The dossier of ``P-<number>``, from the database."""
        async with self.bot.ctx.uow.read() as tx:
            return await tx.of(Proposal).numbered(self.hosted, number)

    async def state(self, number: int) -> ProposalState:
        """Its state."""
        return (await self.proposal(number)).state

    async def partnership(self) -> Partnership:
        """The partnership, from the database."""
        async with self.bot.ctx.uow.read() as tx:
            return await tx.partnerships.get(self.hosted)

    async def policy_value(self, key: str) -> Any:
        """The present value of a policy key."""
        async with self.bot.ctx.uow.read() as tx:
            return (await tx.policies.current(self.hosted)).values[key]

    async def events(self, number: int) -> list[Recorded]:
        """What is on record of a proposal."""
        proposal = await self.proposal(number)
        async with self.bot.ctx.uow.read() as tx:
            return list(await tx.record.of(self.hosted, f"proposal/{proposal.id}"))

    async def happened(self, number: int) -> list[str]:
        """The types of events on record of a proposal, in order."""
        return [recorded.event.name for recorded in await self.events(number)]

    async def _shown(self, id: ProposalId) -> dict[str, tuple[int, int]]:
        async with self.bot.ctx.uow.read() as tx:
            found = await tx.deliveries.of_proposal(id)
        return {
            str(d.kind): (d.channel_id, d.message_id)
            for d in found
            if d.channel_id is not None and d.message_id is not None
        }

    async def card(self, number: int) -> discord.Message:
        """The card of a proposal, as it stands in its channel."""
        channel_id, message_id = (await self._shown((await self.proposal(number)).id))["card"]
        return self.message(channel_id, message_id)

    async def feed_entry(self, number: int) -> discord.Message:
        """The entry of a proposal in the decisions feed."""
        channel_id, message_id = (await self._shown((await self.proposal(number)).id))["feed"]
        return self.message(channel_id, message_id)

    async def thread(self, number: int) -> simcord.ChannelHandle:
        """The thread of a proposal."""
        _, thread_id = (await self._shown((await self.proposal(number)).id))["thread"]
        for channel in self.guild.channels.values():
            for thread in channel.threads:
                if thread.id == thread_id:
                    return thread
        raise AssertionError("no such thread stands")

    def message(self, channel_id: int, message_id: int) -> discord.Message:
        """A message that stands in a channel."""
        for channel in self.guild.channels.values():
            if channel.id == channel_id:
                for message in channel.history():
                    if message.id == message_id:
                        return message
        raise AssertionError("no such message stands")

    async def notices(self, number: int) -> list[str]:
        """What the bot said in the thread, in order."""
        return [text_of(message) for message in (await self.thread(number)).history()]

    async def notice_with(self, number: int, custom_id: str) -> discord.Message:
        """The latest message in the thread that carries this control."""
        for message in reversed((await self.thread(number)).history()):
            if custom_id in controls_of(message):
                return message
        raise AssertionError(f"no message in the thread carries {custom_id}")

    def feed(self) -> list[str]:
        """What stands in the decisions feed, in order."""
        return [text_of(message) for message in self.channel(FEED).history()]

    def direct_messages(self, who: str) -> list[str]:
        """What the bot sent somebody directly."""
        user = self.people[who].user
        try:
            channel = user.dm_channel
        except simcord.SetupError:
            return []
        return [text_of(message) for message in channel.history()]

    # ---- proposals, the usual way ----------------------------------------------------------------

    async def draft(self, who: str, where: str, type: str, **texts: str) -> simcord.InteractionResult:
        """``/propose``, page 1 filled in and sent: the private answer with the draft."""
        command: dict[str, Any] = {"type": type}
        if "group" in texts:
            command["group"] = texts.pop("group")
        shown = await self.slash(who, where, "propose", **command)
        return await self.fill(who, shown, **(page_one() | texts))

    async def propose(self, who: str = "tia", where: str = CORE, type: str = "general", **texts: str) -> int:
        """File a proposal and open its review; its number."""
        drafted = await self.draft(who, where, type, **texts)
        return await self.open(who, drafted)

    async def open(self, who: str, drafted: simcord.InteractionResult) -> int:
        """Press *Open review* on a draft; the new proposal's number."""
        assert drafted.response is not None
        button = next(c for c in controls_of(drafted.response) if c.startswith("proposal:open:"))
        opened = await self.press(who, drafted.response, button)
        if "Is it one of these?" in said(opened):
            opened = await self.press(who, latest(opened), button.replace(":open:", ":open-anyway:"))
        await self.settle()
        async with self.bot.ctx.uow.read() as tx:
            proposal = await tx.of(Proposal).get(ProposalId(int(button.rpartition(":")[2])))
        assert proposal.number is not None, said(opened)
        return proposal.number

    async def ratify(self) -> int:
        """The stakeholders ratify the partnership by its first proposal (SCL-5); the proposal's number."""
        asked = await self.slash("mod", "lobby", "setup ratify")
        await self.settle()
        async with self.bot.ctx.uow.read() as tx:
            found = await tx.of(Proposal).listed(self.hosted, Filter(limit=1))
        assert found, said(asked)
        number = found[0].number
        assert number is not None, said(asked)
        await self.advance(hours=72)
        for stakeholder in ("ada", "ben", "cleo", "dev", "eli", "fay"):
            await self.vote(stakeholder, number, 0)
        await self.advance(hours=72)
        assert not (await self.partnership()).provisional
        return number

    async def vote(self, who: str, number: int, choice: int) -> simcord.InteractionResult:
        """Press a choice of the open vote on the card, by its place."""
        proposal = await self.proposal(number)
        return await self.press(who, await self.card(number), f"vote:cast:{proposal.id}:{choice}")

    async def propose_policy(self, key: str, value: str, who: str = "tia", where: str = CORE, **texts: str) -> int:
        """File a policy change by its two pages and open its review."""
        drafted = await self.draft(who, where, "policy", **texts)
        assert drafted.response is not None
        details = next(c for c in controls_of(drafted.response) if c.startswith("proposal:details:"))
        form = await self.press(who, drafted.response, details)
        again = await self.fill(who, form, **policy_details(key, value))
        return await self.open(who, again if again.response is not None else drafted)


def page_one() -> dict[str, str]:
    """Page 1 of a proposal, filled in well."""
    return {
        "title": "A shared calendar for the whole partnership",
        "ask": "Adopt one calendar that every group keeps up to date, starting next month.",
        "why": "People miss meetings; our purpose needs them to meet.",
        "outcome": "Nobody misses a meeting for want of knowing.",
        "risks": "One more thing to keep up to date.",
    }


def policy_details(key: str, value: str) -> dict[str, Any]:
    """Page 2 of a policy change."""
    return {policy.list_of(key): [key], "value": value}


def text_of(message: Any) -> str:
    """Everything that a message says, in reading order."""
    parts = [message.content] if getattr(message, "content", "") else []
    for component in _walk(message):
        content = component.get("content")
        if content:
            parts.append(str(content))
        elif component.get("label"):
            parts.append(f"[{component['label']}]")
    return "\n".join(parts)


def controls_of(message: Any) -> list[str]:
    """The custom_ids of a message's live controls."""
    return [str(c["custom_id"]) for c in _walk(message) if c.get("custom_id") and not c.get("disabled")]


def said(result: simcord.InteractionResult) -> str:
    """What an interaction was answered with."""
    answers = [result.response] if result.response is not None else []
    return "\n".join(text_of(answer) for answer in (*answers, *result.followups))


def _walk(message: Any) -> list[dict[str, Any]]:
    raw = [c if isinstance(c, dict) else c.to_dict() for c in message.components]
    found: list[dict[str, Any]] = []
    while raw:
        component = raw.pop(0)
        found.append(component)
        inner = list(component.get("components") or [])
        if isinstance(component.get("accessory"), dict):
            inner.append(component["accessory"])
        raw = inner + raw
    return found


@asynccontextmanager
async def serving(
    folder: Path,
    database_url: str | None = None,
    *,
    set_up: bool = True,
    governance: str = "",
    private: str = "",
    ratified: bool = False,
) -> AsyncIterator[Server]:
    """A server with its people, set up by its moderator with ``/setup`` and ``/roles map``. Checked at the end.

    ``governance`` is a ``governance.toml`` of one's own; without it the packaged one counts. ``private`` names the
    groups that only their members read, ``ratified`` says that the stakeholders have ratified it. Without an address of
    a database, what is set up is set up once and copied.
    """
    copied = await _set_up_once(governance, private, ratified) if set_up and database_url is None else None
    url = database_url or _in_file(folder)

    def found(env: simcord.Env) -> Server:
        if copied is None:
            return Server(env, env.create_guild("Willow Valley"), folder, url, governance=governance)
        guild, people, log = prepared.copy(copied, env, folder)
        return Server(env, guild, folder, url, people, log, governance=governance)

    async with staged(found) as server:
        if copied is not None:
            await server.start()
        else:
            await begin(server)
            if set_up:
                await set_up_partnership(server, private)
            if ratified:
                await server.ratify()
        yield server


@asynccontextmanager
async def staged(found: Callable[[simcord.Env], Server]) -> AsyncIterator[Server]:
    """A simulated Discord with this server in it, and no bot yet. Checked at the end."""
    env = Simulation(Understudy(), settle_timeout=30)
    server = found(env)
    await env.start()
    try:
        try:
            yield server
            await finish(server)
        finally:
            await _release(server)
    finally:
        await env.shutdown()
    # A refusal that a command raises is spoken in one place; the simulation notes it on the way there.
    faults = [error for error in env.errors if not isinstance(error.__cause__, Refusal)]
    assert [str(fault) for fault in faults] == server.expected_faults


_SET_UP: dict[tuple[str, str, bool], Prepared] = {}


async def _set_up_once(governance: str, private: str, ratified: bool) -> Prepared:
    """The example partnership as its people set it up, and ratified it if asked; its bot is stopped."""
    asked = governance, private, ratified
    if asked not in _SET_UP:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            url = _in_file(folder)
            async with serving(folder, url, governance=governance, private=private, ratified=ratified) as server:
                await server.stop()
            _SET_UP[asked] = prepared.keep(server.env, folder, server.guild, server.people, server.log)
    return _SET_UP[asked]


def _in_file(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / prepared.FILE}"


async def begin(server: Server) -> None:
    """Roles made by hand, a channel, a moderator, and the bot."""
    guild = server.guild
    # A new role stands lowest: the moderators' above those that carry seats, and the bot's own above all (ORG-2a).
    moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_roles=True))
    for role in SEATS:
        guild.create_role(role)
    guild.create_text_channel("lobby")
    user = server.env.create_user("mod")
    server.people["mod"] = guild.add_member(user, roles=[moderators])
    server.log.saw_time(server.env.now(), sent=len(server.env.http_requests))
    await server.start()


async def finish(server: Server) -> None:
    """What must hold at the end of every journey: the wire, the permissions, the record, and no error."""
    await server.settle()
    assert server.log.problems(server.env.http_requests) == []
    asked = needed_by(server.requests, server_is_thread(server), is_direct=server_is_direct(server)).keys()
    allowed = {_invite_name(name) for name, granted in permissions() if granted}
    assert asked <= allowed, f"not in the invite link: {asked - allowed}"
    if isinstance(server.env.bot, GovernanceBot):
        async with server.bot.ctx.uow.read() as tx:
            for partnership in await tx.partnerships.all():
                checked = await record.check(tx, partnership.id)
                assert checked.verdict.holds, checked.verdict
                assert checked.differences == (), checked.differences
            partnerships = [(each.id, each.name) for each in await tx.partnerships.all()]
            assert isinstance(tx.record, Record)
            exported = "".join([line async for line in exports.lines(tx.record, partnerships)])
        assert exports.verify(exported.splitlines())[0] == exports.VERSION
        assert server_ids(server) & set(re.findall(r"[0-9]{17,20}", exported)) == set(), "REC-1: no Discord ids"


def server_ids(server: Server) -> set[str]:
    """The ids that Discord gave to the people, roles and channels of the server, and to the server itself."""
    roles = [role.id for role in server.guild.roles.values()]
    channels = [channel.id for channel in server.guild.channels.values()]
    return {str(each) for each in (server.guild.id, *roles, *channels, *(m.id for m in server.people.values()))}


async def _release(server: Server) -> None:
    """Close what is open, also what a crash left open."""
    if isinstance(server.env.bot, GovernanceBot):
        await server.as_bot(server.bot.close())
    for bot in server.crashed:
        await bot.close()


def _invite_name(name: str) -> str:
    return "view_channel" if name == "read_messages" else name


def server_is_thread(server: Server) -> Callable[[int], bool]:
    """Whether a channel id is a thread's."""

    def is_thread(channel_id: int) -> bool:
        return any(thread.id == channel_id for c in server.guild.channels.values() for thread in c.threads)

    return is_thread


def server_is_direct(server: Server) -> Callable[[int], bool]:
    """Whether a channel id is a direct message's."""

    def is_direct(channel_id: int) -> bool:
        own = {channel.id for channel in server.guild.channels.values()}
        return channel_id not in own and not server_is_thread(server)(channel_id)

    return is_direct


async def set_up_partnership(server: Server, private: str = "") -> None:
    """``/setup``, apply, ``/roles map``, and everyone with their roles."""
    shown = await server.slash("mod", "lobby", "setup start")
    planned = await server.fill(
        "mod",
        shown,
        name="River Commons",
        purpose="Keep the river clean and open to everyone.",
        top_level_purpose="Coordinate the work on the river.",
        cells="Commons\nDelivery",
        private=private,
    )
    plan = latest(planned)
    apply = next(control for control in controls_of(plan) if control.startswith("setup:apply:"))
    await server.press("mod", plan, apply)
    for role, (group, seat, stakeholder_class, organisation) in SEATS.items():
        mapped = await server.slash(
            "mod",
            "lobby",
            "roles map",
            role=server.guild.roles[role],
            group=await offered(server, "roles map", "group", group),
            seat=seat,
            **{"class": stakeholder_class},
            organisation=organisation,
        )
        assert mapped.ephemeral, said(mapped)
        assert "now carries" in said(mapped), said(mapped)
    live = {mapping.role for mapping in (await server.partnership()).mappings}
    assert {server.guild.roles[role].id for role in SEATS} <= live
    for name, roles in PEOPLE.items():
        server.join(name, roles)
    await server.settle()


async def offered(server: Server, command: str, option: str, typed: str) -> Any:
    """What autocomplete offers first for this text."""
    choices = await server["mod"].autocomplete(server.channel("lobby"), command, option, typed)
    assert choices, f"nothing is offered for {typed!r}"
    return choices[0]["value"]


def latest(result: simcord.InteractionResult) -> Any:
    """The last answer to an interaction."""
    answers = [result.response] if result.response is not None else []
    return [*answers, *result.followups][-1]
