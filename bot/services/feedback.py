"""Feedback from giving it to "you said, we did" (LRN-4)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.governance import authority
from bot.governance import feedback as rules
from bot.governance.anonymity import pseudonym
from bot.governance.authority import Act
from bot.governance.errors import NotFound
from bot.governance.feedback import Feedback, FeedbackState
from bot.governance.feedback_events import FeedbackAnswered, FeedbackAssigned, FeedbackClosed, FeedbackGiven
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Member, Partnership
from bot.governance.reminders import Entry, ReminderTopic
from bot.services import cases, members
from bot.services.cases import Shelf
from bot.services.noun import MOST_WAITING, DigestLine, InboxItem, Noun, Thing, Waiting
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.sealed import Sealed
from bot.services.ports.transaction import Transaction
from bot.services.reminders import remind

UNANSWERED = timedelta(days=7)
"""After which an owner is reminded of what has no answer yet."""
PAGE = 8
"""Pieces of feedback on one page of a list."""


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """Feedback as its board shows it. ``group`` is None for the whole partnership."""

    feedback: Feedback
    partnership: Partnership
    users: Mapping[PersonId, int]
    channel_id: int | None
    link: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing is to be done on its board any more."""
        return self.feedback.state is FeedbackState.CLOSED

    @property
    def place(self) -> str:
        """What it is about."""
        group = self.feedback.group
        return "the whole partnership" if group is None else self.partnership.group(group).name

    def mention(self, person: PersonId | None) -> str:
        """The person as Discord shows them, or words once they were erased (REC-1)."""
        if person is None or person not in self.users:
            return "someone (erased on request)"
        return f"<@{self.users[person]}>"


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """A page of feedback that the asker may read, newest first; ``before`` begins the next one, if there is one."""

    partnership: Partnership
    found: tuple[FeedbackView, ...]
    before: int | None


async def may_read(tx: Transaction, partnership: Partnership, feedback: Feedback, member: Member) -> bool:
    """Anyone with a seat; of a private group its own seats only (SCL-2)."""
    return authority.may(member, Act.READ, partnership.domain(feedback.group))


SHELF = Shelf(Feedback, may_read)

Rule = Callable[[Feedback, Member, rules.Holdings], rules.Outcome]


async def check_give(ctx: Context, actor: Actor, id: PartnershipId, group: GroupId | None) -> Partnership:
    """Before the form opens. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, actor, id)
        _check_gives(partnership, group, await members.reader_of(tx, partnership, actor))
        return partnership


async def give(
    ctx: Context, actor: Actor, id: PartnershipId, group: GroupId | None, text: str, *, anonymous: bool
) -> FeedbackView:
    """Keep feedback. The count of this day is kept under a pseudonym, so that limits hold and nobody is named.

    Raises NotFound, NotEligible, LimitReached, BadText.
    """
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        partnership = await hosted(tx, actor, id)
        member = await members.member_of(tx, partnership, actor)
        _check_gives(partnership, group, member)
        # Numbers are taken first: whoever else gives feedback here at the same time waits, and the count is right.
        number = await NOUN.next_number(tx, id)
        await _count(tx, id, member.person, now)
        author = None if anonymous else member.person
        made = Feedback(await tx.next_id("feedback"), id, number, group, text, author, now)
        kept, events = rules.give(made)
        kept = await tx.of(Feedback).save(kept)
        await tx.record.append(id, events, now)
        return await _view(tx, kept, partnership)


async def show(ctx: Context, actor: Actor, id: int) -> FeedbackView:
    """Feedback that the asker may read. Raises NotFound."""
    async with cases.reading(ctx, SHELF, actor, id) as case:
        return await _view(case.tx, case.thing, case.partnership)


async def by_number(ctx: Context, actor: Actor, id: PartnershipId, number: int) -> FeedbackView:
    """By its number F-9. Raises NotFound."""
    return await show(ctx, actor, await cases.numbered(ctx, SHELF, actor, id, number))


async def page(
    ctx: Context,
    actor: Actor,
    id: PartnershipId,
    states: tuple[FeedbackState, ...] = (),
    group: GroupId | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> FeedbackPage:
    """Feedback that the asker may read, newest first. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, actor, id)
        member = await members.reader_of(tx, partnership, actor)
        shown, following = await cases.page(tx, SHELF, partnership, member, size, states, group, before)
        views = [await _view(tx, each, partnership) for each in shown]
        return FeedbackPage(partnership, tuple(views), following)


async def acknowledge(ctx: Context, actor: Actor, id: int) -> FeedbackView:
    """Say that it was seen. Raises as ``rules.acknowledge``."""
    return await _act(ctx, actor, id, lambda feedback, member, holdings: rules.acknowledge(feedback, member))


async def take(ctx: Context, actor: Actor, id: int) -> FeedbackView:
    """Take it on. Raises as ``rules.assign``."""
    return await _act(ctx, actor, id, lambda f, member, holdings: rules.assign(f, member, member, holdings))


async def assign(ctx: Context, actor: Actor, id: int, to: Actor) -> FeedbackView:
    """Give it to somebody. Raises as ``rules.assign``, NotFound."""
    async with cases.writing(ctx, SHELF, actor, id) as case:
        receiver = await members.member_of(case.tx, case.partnership, to)
        return await _keep(case, lambda f, m, holdings: rules.assign(f, m, receiver, holdings))


async def check_answer(ctx: Context, actor: Actor, id: int) -> FeedbackView:
    """Before the form opens. Raises as ``rules.check_answer``."""
    return await _before(ctx, actor, id, rules.check_answer)


async def answer(ctx: Context, actor: Actor, id: int, text: str) -> FeedbackView:
    """The public answer. Raises as ``rules.answer``."""
    return await _act(ctx, actor, id, partial(_answer, text=text, now=ctx.clock()))


async def close(ctx: Context, actor: Actor, id: int) -> FeedbackView:
    """Close it. Raises as ``rules.close``."""
    return await _act(ctx, actor, id, rules.close)


async def say(ctx: Context, actor: Actor, id: int, resolved: bool) -> FeedbackView:
    """Its author says whether the answer resolves it. Raises as ``rules.say``."""
    return await _act(ctx, actor, id, lambda feedback, member, holdings: rules.say(feedback, member, resolved))


async def check_hide(ctx: Context, actor: Actor, id: int) -> FeedbackView:
    """Before the form opens. Raises as ``rules.check_hide``."""
    return await _before(ctx, actor, id, rules.check_hide)


async def hide(ctx: Context, actor: Actor, id: int, reason: str) -> FeedbackView:
    """Hide its words with a public reason. Raises as ``rules.hide``."""
    return await _act(ctx, actor, id, lambda f, member, holdings: rules.hide(f, member, holdings, reason))


async def reveal(ctx: Context, actor: Actor, id: int) -> FeedbackView:
    """Show hidden words again. Raises as ``rules.show``."""
    return await _act(ctx, actor, id, rules.show)


async def board(ctx: Context, id: int) -> FeedbackView:
    """Feedback for its own board: nobody asks, so nothing is hidden. Raises NotFound."""
    async with ctx.uow.read() as tx:
        feedback = await tx.of(Feedback).get(id)
        return await _view(tx, feedback, await tx.partnerships.get(feedback.partnership))


async def advance(tx: Transaction, id: int, now: datetime) -> None:
    """The day is over: the key under which people were counted is destroyed, and with it the count (LRN-4)."""
    feedback = await tx.of(Feedback).get(id)
    day = rules.day_of(feedback)
    if day is None or feedback.due_at is None or feedback.due_at > now:
        return
    await tx.seals.destroy(rules.counting(feedback.partnership, day))
    await tx.of(Feedback).save(replace(feedback, due_at=None))


def _answer(feedback: Feedback, member: Member, holdings: rules.Holdings, text: str, now: datetime) -> rules.Outcome:
    return rules.answer(feedback, member, holdings, text, now)


def _check_gives(partnership: Partnership, group: GroupId | None, member: Member) -> None:
    authority.check(member, Act.LOOK_AROUND)
    if not authority.may(member, Act.GIVE_FEEDBACK, partnership.domain(group)):
        raise NotFound("group")


async def _count(tx: Transaction, id: PartnershipId, person: PersonId, now: datetime) -> None:
    """One more of this person today; the row says neither which feedback nor when. Raises LimitReached.

    Every row of the day is written anew, in the order of keyed names: else the log of SQLite and the transaction
    numbers of PostgreSQL would tell which one came with which feedback.
    """
    day = rules.counting(id, now.astimezone(UTC).date())
    author = pseudonym(person, await tx.seals.key(day))
    counted = [*await tx.seals.open(day), Sealed(author, secrets.token_hex(16), "")]
    given = sum(each.author == author for each in counted) - 1
    rules.check_limit(given, (await tx.policies.current(id)).count("feedback.per_day"))
    for each in sorted(counted, key=lambda sealed: (sealed.author, sealed.slot)):
        await tx.seals.put(day, each)


async def _before(
    ctx: Context, actor: Actor, id: int, check: Callable[[Feedback, Member, rules.Holdings], None]
) -> FeedbackView:
    async with cases.reading(ctx, SHELF, actor, id) as case:
        check(case.thing, case.member, await case.tx.seats.holdings(case.partnership))
        return await _view(case.tx, case.thing, case.partnership)


async def _act(ctx: Context, actor: Actor, id: int, rule: Rule) -> FeedbackView:
    async with cases.writing(ctx, SHELF, actor, id) as case:
        return await _keep(case, rule)


async def _keep(case: cases.Case[Feedback], rule: Rule) -> FeedbackView:
    changed, events = rule(case.thing, case.member, await case.tx.seats.holdings(case.partnership))
    saved = await case.keep(changed, events)
    if saved.owner is not None and any(event.type is FeedbackAssigned for event in events):
        at = case.now + UNANSWERED
        thing, people, topic = rules.thing(saved.id), (saved.owner,), ReminderTopic.FEEDBACK
        await remind(case.tx, saved.partnership, thing, topic, "feedback", at.isoformat(), at, None, people)
    return await _view(case.tx, saved, case.partnership)


async def _view(tx: Transaction, feedback: Feedback, partnership: Partnership) -> FeedbackView:
    named = {
        feedback.author,
        feedback.acknowledged_by,
        feedback.owner,
        feedback.answered_by,
        feedback.closed_by,
        feedback.hidden_by,
    }
    users = await tx.people.users_of(person for person in named if person is not None)
    link = await cases.board_link(tx, partnership, rules.thing(feedback.id)) or None
    return FeedbackView(feedback, partnership, users, await cases.channel_of(tx, partnership, feedback.group), link)


# ---- what it asks, and what is told of it --------------------------------------------------------

TAKEN_ON = frozenset({FeedbackState.OPEN, FeedbackState.PROGRESS})
SETTLED = frozenset({FeedbackState.ANSWERED, FeedbackState.CLOSED})


async def _look(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks its owner for an answer."""
    feedback = await tx.of(Feedback).get(int(id))
    unanswered = feedback.state in TAKEN_ON
    readers = authority.holders(Act.READ, partnership.domain(feedback.group), await tx.seats.holdings(partnership))
    return Thing(
        NOUN.called(feedback.number),
        "",
        await cases.board_link(tx, partnership, rules.thing(feedback.id)),
        lambda reminder: unanswered and feedback.owner == reminder.person and reminder.person in readers,
        lambda reminder: unanswered,
    )


async def _asks(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """What somebody took on and nobody answered yet, for its owner."""
    unanswered = await tx.of(Feedback).list(partnership.id, TAKEN_ON, limit=MOST_WAITING)
    return [await _waiting(tx, partnership, each) for each in unanswered if each.owner is not None]


async def _waiting(tx: Transaction, partnership: Partnership, feedback: Feedback) -> Waiting:
    thing = rules.thing(feedback.id)
    link = await cases.board_link(tx, partnership, thing)
    words = "words hidden" if feedback.hidden_by else feedback.text
    item = InboxItem("answer feedback", thing, NOUN.called(feedback.number), words, None, None, link or None)

    def asks(member: Member, now: datetime) -> Iterator[InboxItem]:
        readable = feedback.group is None or authority.may(member, Act.READ, partnership.domain(feedback.group))
        if member.person == feedback.owner and readable:
            yield item

    return Waiting(asks)


async def _news(tx: Transaction, partnership: Partnership, since: datetime, now: datetime) -> list[DigestLine]:
    """What was answered or closed and is not hidden: “you said, we did” (LRN-4)."""
    lines = []
    ended = (FeedbackAnswered, FeedbackClosed)
    for each, _ in await cases.lately(tx, Feedback, partnership, since, now, ended):
        later = each.answered_at is not None and each.answered_at > now  # a digest given anew is of its own day
        if each.state not in SETTLED or not each.answer or each.hidden_by is not None or later:
            continue
        link = await cases.board_link(tx, partnership, rules.thing(each.id))
        entry = Entry("answered", "answered", NOUN.called(each.number), each.text, None, link, text=each.answer)
        lines.append(DigestLine(each.group, entry))
    return lines


NOUN = Noun(
    name="feedback",
    plural="feedback",
    letter="F",
    shelf=SHELF,
    running=frozenset(FeedbackState) - {FeedbackState.CLOSED},
    due_at=lambda feedback: feedback.due_at,
    advance=advance,
    looks={"feedback": _look},
    asks=_asks,
    news=_news,
    without=rules.without,
    words=lambda feedback: frozenset({feedback.text, feedback.answer}),
    begun_by=FeedbackGiven,
    differences=lambda feedback, history, policies: rules.differences(feedback, history),
)
