"""What a retro and its actions ask of whom, and what a digest tells of it (RHY-2, RHY-3, LRN-1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.governance import authority
from bot.governance.authority import Act
from bot.governance.errors import NotFound
from bot.governance.organisation import Member, Partnership
from bot.governance.reminders import EVERYBODY, Entry
from bot.governance.retros import Retro, RetroState, retro_thing
from bot.governance.retros_events import RetroClosed
from bot.services import cases
from bot.services.noun import MOST_WAITING, DigestLine, InboxItem, Thing, Waiting
from bot.services.ports.transaction import Transaction


async def look(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks everybody of its group: who has taken part, nobody knows."""
    retro = await tx.of(Retro).get(int(id))
    seated = authority.holders(Act.BE_CALLED, retro.group, await tx.seats.holdings(partnership))
    return Thing(
        f"R-{retro.number}",
        cases.unless_private(retro.plan.title, partnership, retro.group),
        await cases.board_link(tx, partnership, retro_thing(retro.id)),
        lambda reminder: (
            retro.state is not RetroState.CANCELLED and (reminder.person == EVERYBODY or reminder.person in seated)
        ),
        lambda reminder: retro.runs and reminder.occurrence.startswith(f"{retro.state}/"),
        seated,
    )


async def look_at_action(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """An action that a retro agreed on, such as ``action/4.2``: asks its owner until it is done."""
    retro_id, _, number = id.partition(".")
    retro = await tx.of(Retro).get(int(retro_id))
    action = next((each for each in retro.actions if each.id == int(number)), None)
    if action is None:
        raise NotFound("action", id)
    readers = authority.holders(Act.READ, partnership.domain(retro.group), await tx.seats.holdings(partnership))
    return Thing(
        f"R-{retro.number}",
        cases.unless_private(action.text, partnership, retro.group),
        await cases.board_link(tx, partnership, retro_thing(retro.id)),
        lambda reminder: action.done_at is None and action.owner == reminder.person and reminder.person in readers,
        lambda reminder: action.done_at is None,
    )


async def asks(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """Retros under way, for everybody of the group: who has taken part, nobody knows. And actions not done."""
    newest = await tx.of(Retro).list(partnership.id, limit=MOST_WAITING)
    return [await _waiting(tx, partnership, each) for each in newest if each.runs or each.actions]


async def _waiting(tx: Transaction, partnership: Partnership, retro: Retro) -> Waiting:
    thing, name = retro_thing(retro.id), f"R-{retro.number}"
    link = await cases.board_link(tx, partnership, thing)

    def asks_of(member: Member, now: datetime) -> Iterator[InboxItem]:
        if retro.runs and authority.may(member, Act.BE_CALLED, retro.group):
            yield InboxItem("take part in retro", thing, name, retro.plan.title, retro.deadline_at, None, link)
        readable = authority.may(member, Act.READ, partnership.group(retro.group))
        for action in retro.actions if readable else ():
            if action.owner == member.person and action.done_at is None and retro.state is not RetroState.CANCELLED:
                yield InboxItem("do action", thing, name, action.text, action.due_at, action.id, link)

    return Waiting(asks_of)


async def news(tx: Transaction, partnership: Partnership, since: datetime, now: datetime) -> list[DigestLine]:
    """Lessons that were published."""
    lines = []
    for each, _ in await cases.lately(tx, Retro, partnership, since, now, (RetroClosed,)):
        link = await cases.board_link(tx, partnership, retro_thing(each.id))
        lines.append(
            DigestLine(each.group, Entry("lessons", "closed", f"R-{each.number}", each.plan.title, None, link))
        )
    return lines
