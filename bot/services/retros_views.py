"""A retro with everything that is needed to show it, and nothing that anybody sealed (LRN-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.governance import authority
from bot.governance import retros as rules
from bot.governance.authority import Act
from bot.governance.ids import GroupId, PersonId
from bot.governance.organisation import Group, Holding, Member, Partnership
from bot.governance.reminders import ReminderTopic
from bot.governance.retros import OPEN, Action, Retro, RetroState, retro_thing
from bot.governance.retros_writing import Written
from bot.services import cases, members
from bot.services.cases import Shelf
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction
from bot.services.reminders import remind

EVERY = 1_000_000
"""More retros than a partnership ever has open."""

ACTION_AHEAD = timedelta(days=1)
"""How long before its day an owner is reminded of an action."""
LOOKED_BACK = 10
"""Retros of a group whose actions are looked through for those that are not done yet."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An action that an earlier retro of the group left open."""

    retro: int
    number: int
    action: Action


@dataclass(frozen=True, slots=True)
class RetroView:
    """A retro as it stands ``now``. ``people`` is how many take part or took part; who, only the key could tell."""

    retro: Retro
    partnership: Partnership
    group: Group
    users: Mapping[PersonId, int]
    channel_id: int | None
    people: int
    earlier: tuple[Earlier, ...]
    link: str | None
    now: datetime

    @property
    def over(self) -> bool:
        """Whether a board that somebody deleted is left deleted."""
        return not self.retro.is_open

    def mention(self, person: PersonId | None) -> str:
        """The person as Discord shows them, or words once they were erased (REC-1)."""
        if person is None or person not in self.users:
            return "someone (erased on request)"
        return f"<@{self.users[person]}>"


@dataclass(frozen=True, slots=True)
class Mine:
    """What the asker wrote and gave so far, for their eyes alone."""

    view: RetroView
    here: bool = False
    word: str = ""
    cards: tuple[Written, ...] = ()
    dots: Mapping[int, int] | None = None

    @property
    def given(self) -> Mapping[int, int]:
        """Their dots by topic."""
        return self.dots or {}


async def may_read(tx: Transaction, partnership: Partnership, retro: Retro, member: Member) -> bool:
    """Of a private group its own seats only (SCL-2)."""
    return authority.may(member, Act.READ, partnership.domain(retro.group))


def _hidden(retro: Retro, person: PersonId) -> bool:
    """What was never confirmed is there for who will lead it."""
    return retro.state is RetroState.DRAFT and retro.facilitator != person


SHELF = Shelf(Retro, may_read, _hidden)


@dataclass(frozen=True, slots=True)
class RetroCase:
    """A retro at hand, inside a transaction."""

    tx: Transaction
    retro: Retro
    partnership: Partnership
    group: Group
    now: datetime

    @property
    def thing(self) -> str:
        """Its name in the record."""
        return retro_thing(self.retro.id)

    async def holdings(self) -> tuple[Holding, ...]:
        """Who holds which seat."""
        return await self.tx.seats.holdings(self.partnership)

    async def member(self, actor: Actor) -> Member:
        """Who acts, if they may see this retro. Only in a writing transaction. Raises NotFound, NotEligible."""
        return await self._checked(actor, await members.member_of(self.tx, self.partnership, actor))

    async def reader(self, actor: Actor) -> Member:
        """The same in a reading transaction."""
        return await self._checked(actor, await members.reader_of(self.tx, self.partnership, actor))

    async def _checked(self, actor: Actor, member: Member) -> Member:
        readable, hidden = (
            await may_read(self.tx, self.partnership, self.retro, member),
            _hidden(self.retro, member.person),
        )
        cases.check_readable(SHELF.name, self.partnership, actor, member, readable=readable, hidden=hidden)
        return member

    async def view(self, retro: Retro | None = None) -> RetroView:
        """The retro as presenters need it."""
        return await view_of(self.tx, retro or self.retro, self.partnership, self.now)


async def open_case(tx: Transaction, id: int, now: datetime) -> RetroCase:
    """Load a retro for an act. Raises NotFound."""
    retro = await tx.of(Retro).get(id)
    partnership = await tx.partnerships.get(retro.partnership)
    return RetroCase(tx, retro, partnership, partnership.group(retro.group), now)


async def load(ctx: Context, id: int) -> RetroView:
    """A retro for its board. Raises NotFound."""
    async with ctx.uow.read() as tx:
        return await (await open_case(tx, id, ctx.clock())).view()


async def plan_reminders(tx: Transaction, retro: Retro, now: datetime) -> None:
    """Everybody of the group hears of a deadline ahead, owners of their actions; planned twice, told once (RHY-2)."""
    thing = retro_thing(retro.id)
    if retro.runs and retro.slow and retro.paused_at is None and retro.deadline_at is not None:
        ahead = (await tx.policies.current(retro.partnership)).duration("reminder.before_close")
        occurrence = f"{retro.state}/{retro.deadline_at.isoformat()}"
        if (at := retro.deadline_at - ahead) > now:
            await remind(tx, retro.partnership, thing, ReminderTopic.RETROS, "retro", occurrence, at, retro.deadline_at)
    for each in retro.actions:
        if each.owner is None or each.due_at is None or each.done_at is not None or each.due_at <= now:
            continue
        at = max(now, each.due_at - ACTION_AHEAD)
        action, occurrence = f"action/{retro.id}.{each.id}", each.due_at.isoformat()
        people = (each.owner,)
        await remind(
            tx, retro.partnership, action, ReminderTopic.ACTIONS, "action", occurrence, at, each.due_at, people
        )


async def view_of(tx: Transaction, retro: Retro, partnership: Partnership, now: datetime) -> RetroView:
    """Gather what stands around a retro."""
    group = partnership.group(retro.group)
    earlier = await _earlier(tx, retro) if retro.state in {RetroState.CHECK_IN, RetroState.ACTIONS} else ()
    people = {retro.facilitator} | {a.owner for a in retro.actions} | {e.action.owner for e in earlier}
    people |= {word.author for word in retro.words} | {card.author for card in retro.cards}
    return RetroView(
        retro=retro,
        partnership=partnership,
        group=group,
        users=await tx.people.users_of({person for person in people if person is not None}),
        channel_id=await cases.channel_of(tx, partnership, retro.group),
        people=len(await tx.seals.of(f"{retro_thing(retro.id)}/here")) if retro.runs else retro.took_part,
        earlier=earlier,
        link=await cases.board_link(tx, partnership, retro_thing(retro.id)) or None,
        now=now,
    )


async def _earlier(tx: Transaction, retro: Retro) -> tuple[Earlier, ...]:
    found = await tx.of(Retro).list(retro.partnership, (RetroState.CLOSED,), retro.group, limit=LOOKED_BACK)
    return tuple(
        Earlier(each.id, each.number, action)
        for each in sorted(found, key=lambda one: one.number)
        for action in rules.open_actions(each)
        if each.id != retro.id
    )


async def running(tx: Transaction, partnership: Partnership, group: GroupId | None = None) -> tuple[Retro, ...]:
    """Retros that are scheduled or under way, newest first."""
    return await tx.of(Retro).list(partnership.id, OPEN, group, limit=EVERY)
