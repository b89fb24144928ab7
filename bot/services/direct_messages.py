"""Letters to people: reminders and digests, each given once and when its person wants it (RHY-2)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from bot.governance import reminders as rules
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.organisation import Partnership
from bot.governance.reminders import (
    EVERYBODY,
    Entry,
    Letter,
    Preferences,
    Reminder,
    ReminderDecision,
    Setting,
    Way,
)
from bot.services import digests, summaries
from bot.services.noun import Nudge, Thing
from bot.services.ports.context import Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.record import Recorded
from bot.services.ports.transaction import Transaction
from bot.services.reminders import remind, zone_named, zone_of

_log = logging.getLogger(__name__)

AT_ONCE = 200
"""People in one transaction: one that fails is taken up again person by person, so that it holds up nobody else."""
MOST_MENTIONED = 50
"""People whom one message may ping."""

_TIDIED = "letters tidied"
_A_DAY = timedelta(hours=26)
"""No day is longer, not even one on which the clocks change."""


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter with the partnership that it is from. It has no board."""

    letter: Letter
    partnership: Partnership
    channel_id: None = None
    over: bool = True


async def nudge(tx: Transaction, wanted: Nudge, now: datetime) -> None:
    """A nudge, as each of those meant by it wants to be reminded.

    The first of them are decided on at once, for the notice in the thread mentions them; the sweep sees to the rest.
    """
    where, ends_at, people = wanted.partnership, wanted.ends_at, wanted.people
    await remind(tx, where, wanted.thing, wanted.topic, wanted.why, wanted.occurrence, now, ends_at, people)
    partnership, mentioning = await tx.partnerships.get(where), (wanted.thing, wanted.occurrence)
    await _attend(tx, partnership, people[: 2 * MOST_MENTIONED], now, mentioning)


async def mentioned(ctx: Context, recorded: Recorded) -> frozenset[PersonId]:
    """Whom the notice of a nudge mentions: nobody who is left alone now."""
    async with ctx.uow.read() as tx:
        return await tx.reminders.mentioned(recorded.partnership, recorded.event.thing, str(recorded.number))


async def letter(ctx: Context, id: int) -> LetterView:
    """A letter as it is sent. Raises NotFound."""
    async with ctx.uow.read() as tx:
        found = await tx.reminders.letter(id)
        return LetterView(found, await tx.partnerships.get(found.partnership))


async def sweep(ctx: Context, partnerships: Collection[PartnershipId]) -> int:
    """Give every reminder and digest that is due. Returns to how many people."""
    if not partnerships:
        return 0
    try:
        async with ctx.uow.read() as tx:
            due = await tx.reminders.people_due(ctx.clock(), partnerships)
        if any(person == EVERYBODY for _, person in due):
            await _spread(ctx, [where for where, person in due if person == EVERYBODY])
            async with ctx.uow.read() as tx:
                due = await tx.reminders.people_due(ctx.clock(), partnerships)
        await _tidy(ctx)
    except Exception:  # noqa: BLE001 -- logged; looked up again with the next sweep
        _log.exception("not looked up: which reminders are due")
        return 0
    found = sorted((where, person) for where, person in due if person != EVERYBODY)
    for where, group in groupby(found, key=lambda each: each[0]):
        people = [person for _, person in group]
        for start in range(0, len(people), AT_ONCE):
            await _give(ctx, where, people[start : start + AT_ONCE])
    return len(found)


async def _tidy(ctx: Context) -> None:
    """Once a day, what needs not be kept any longer is deleted."""
    today = ctx.clock().date().isoformat()
    async with ctx.uow.read() as tx:
        waits = await tx.runtime.get(_TIDIED) != today and await tx.reminders.any_kept()
    if waits:
        async with ctx.uow.write() as tx:
            await tx.reminders.tidy(ctx.clock())
            await tx.runtime.put(_TIDIED, today)


async def _give(ctx: Context, id: PartnershipId, people: Sequence[PersonId]) -> None:
    try:
        async with ctx.uow.write() as tx:
            await _attend(tx, await tx.partnerships.get(id), people, ctx.clock())
    except Exception:  # noqa: BLE001 -- logged; they stay due and are tried again with the next sweep
        if len(people) == 1:
            _log.exception("not reminded yet: one person")
            return
        for person in people:
            await _give(ctx, id, (person,))


async def _spread(ctx: Context, partnerships: Iterable[PartnershipId]) -> None:
    """What is for everybody becomes one reminder for each of those whom it asks now."""
    for where in dict.fromkeys(partnerships):
        try:
            async with ctx.uow.write() as tx:
                now, partnership = ctx.clock(), await tx.partnerships.get(where)
                for each in (await tx.reminders.open_of(where, (EVERYBODY,), now)).get(EVERYBODY, ()):
                    thing = await summaries.look(tx, partnership, each.thing)
                    if thing is not None and thing.concerns(each):
                        await tx.reminders.add([replace(each, person=person) for person in sorted(thing.everyone)])
                    await tx.reminders.settle([replace(each, state=rules.ReminderState.GIVEN, due_at=None)], now)
        except Exception:  # noqa: BLE001 -- logged; it stays due and is tried again with the next sweep
            _log.exception("not spread yet: reminders for everybody")


async def _attend(
    tx: Transaction,
    partnership: Partnership,
    people: Sequence[PersonId],
    now: datetime,
    mentioning: tuple[str, str] | None = None,
) -> None:
    """See to everything that is due for these people. ``mentioning``: the thing and occurrence that a notice tells."""
    at_hand = Attending(tx, partnership, now, await zone_of(tx, partnership.id), mentioning)
    budget = (await tx.policies.current(partnership.id)).count("reminder.mentions")
    kept = await tx.reminders.preferences(partnership.id, people)
    waiting = await tx.reminders.open_of(partnership.id, people, now)
    given = await tx.reminders.given(partnership.id, people, now - _A_DAY)
    for person in people:
        preferences, digest_at = kept.get(person, (Preferences(), None))
        zone = zone_named(preferences.zone or at_hand.zone)
        spent = rules.spent_today(given.get(person, ()), zone, now)
        setting = Setting(zone, budget if preferences.mentions is None else preferences.mentions, spent)
        await at_hand.see_to(person, preferences, setting, digest_at, waiting.get(person, ()))
    await tx.reminders.settle(at_hand.settled, now)


@dataclass
class Attending:
    """One transaction in which people are seen to."""

    tx: Transaction
    partnership: Partnership
    now: datetime
    zone: str
    mentioning: tuple[str, str] | None = None
    mentioned: int = 0
    settled: list[Reminder] = field(default_factory=list)
    _things: dict[str, Thing | None] = field(default_factory=dict)
    _news: dict[datetime, digests.News] = field(default_factory=dict)

    async def see_to(
        self,
        person: PersonId,
        preferences: Preferences,
        setting: Setting,
        digest_at: datetime | None,
        waiting: Sequence[Reminder],
    ) -> None:
        """One person: at most one letter."""
        given: list[tuple[Reminder, ReminderDecision]] = []
        put_off = [each for each in waiting if each.state is rules.ReminderState.DIGEST]
        for each in waiting:
            if each.state is not rules.ReminderState.WAITING:
                continue
            decision = await self._decide(each, preferences, setting)
            if decision.state is rules.ReminderState.GIVEN:
                given.append((each, decision))
            else:
                settled = replace(each, state=decision.state, due_at=decision.at)
                self.settled.append(settled)
                put_off += [settled] if decision.state is rules.ReminderState.DIGEST else []
        ripe = [each for each in put_off if each.due_at is not None and each.due_at <= self.now]
        if ripe or (digest_at is not None and digest_at <= self.now):
            at = _digest_time(preferences, setting, self.now)
            if at is None or at > self.now:
                await self._put_off_digest(person, ripe, digest_at, at)
            else:
                await self._digest(person, preferences, setting, digest_at, given, put_off)
                return
        if given:
            await self._remind(person, preferences, given)

    async def look(self, name: str) -> Thing | None:
        """A thing, looked at once."""
        if name not in self._things:
            self._things[name] = await summaries.look(self.tx, self.partnership, name)
        return self._things[name]

    async def _decide(self, reminder: Reminder, preferences: Preferences, setting: Setting) -> ReminderDecision:
        thing = await self.look(reminder.thing)
        if thing is None or not thing.concerns(reminder):
            return ReminderDecision(rules.ReminderState.DROPPED)
        return rules.decide(reminder, preferences, setting, self.now, is_open=thing.is_open(reminder))

    async def _remind(
        self, person: PersonId, preferences: Preferences, given: Sequence[tuple[Reminder, ReminderDecision]]
    ) -> None:
        """One letter for all that is due but what a notice mentions: nobody is told twice (RHY-2)."""
        told: list[Reminder] = []
        entries: list[Entry] = []
        for each, decision in given:
            mention = preferences.way is Way.MENTION and await self._is_mentioned(each)
            self.mentioned += mention
            told.append(replace(each, mentioned=mention))
            if not mention:
                section = "missed" if decision.missed else "reminder"
                entries.append(await self._entry(each, section, decision.late))
        letter = await self._write(person, entries, digest=False)
        self.settled += [replace(each, state=rules.ReminderState.GIVEN, due_at=None, letter=letter) for each in told]

    async def _is_mentioned(self, reminder: Reminder) -> bool:
        """Whether the notice of this mentions its person: only where they read it, and few enough at once."""
        thing = await self.look(reminder.thing)
        tells = (reminder.thing, reminder.occurrence) == self.mentioning
        return tells and thing is not None and reminder.person in thing.readers and self.mentioned < MOST_MENTIONED

    async def _digest(
        self,
        person: PersonId,
        preferences: Preferences,
        setting: Setting,
        digest_at: datetime | None,
        given: Sequence[tuple[Reminder, ReminderDecision]],
        put_off: Sequence[Reminder],
    ) -> None:
        """Everything that waited for it, and for those who chose to have one what else is new."""
        entries = [await self._entry(each, "reminder", decision.late) for each, decision in given]
        told = [each for each, _ in given]
        for each in put_off:
            thing = await self.look(each.thing)
            if thing is not None and thing.concerns(each):
                over = not thing.is_open(each) or (each.expires_at is not None and each.expires_at <= self.now)
                entries.append(await self._entry(each, "missed" if over else "reminder", False))
            told.append(each)
        since = None
        if digest_at is not None:
            since = await self.tx.reminders.last_digest(self.partnership.id, person) or self.now - timedelta(days=7)
            entries += await digests.personal(await self._news_since(since), person, {each.name for each in entries})
            await self.tx.reminders.plan_digest(
                self.partnership.id, person, rules.next_digest(preferences, setting.zone, self.now)
            )
        # A meeting of which both reminders were missed was missed once.
        entries = list({(each.section, each.name, each.title, each.why == "more"): each for each in entries}.values())
        letter = await self._write(person, entries, digest=True, since=since) if entries else None
        done = {each.id for each in told}
        self.settled = [each for each in self.settled if each.id not in done]
        self.settled += [replace(each, state=rules.ReminderState.GIVEN, due_at=None, letter=letter) for each in told]

    async def _put_off_digest(
        self, person: PersonId, ripe: Sequence[Reminder], digest_at: datetime | None, at: datetime | None
    ) -> None:
        state = rules.ReminderState.DROPPED if at is None else rules.ReminderState.DIGEST
        done = {each.id for each in ripe}
        self.settled = [each for each in self.settled if each.id not in done]
        self.settled += [replace(each, state=state, due_at=at) for each in ripe]
        if digest_at is not None and digest_at <= self.now:
            await self.tx.reminders.plan_digest(self.partnership.id, person, at)

    async def _entry(self, reminder: Reminder, section: str, late: bool) -> Entry:
        thing = await self.look(reminder.thing)
        assert thing is not None
        at = reminder.expires_at
        return Entry(section, reminder.why, thing.name, thing.title, at, thing.link, late)

    async def _write(
        self, person: PersonId, entries: Sequence[Entry], *, digest: bool, since: datetime | None = None
    ) -> int:
        number = await self.tx.next_id("letter")
        made = Letter(number, self.partnership.id, person, self.now, digest, tuple(entries), since)
        await self.tx.reminders.write(made)
        if entries:
            await self.tx.deliveries.ask(
                self.partnership.id, DeliveryKind.DIRECT, person=person, thing=f"letter/{number}"
            )
        return number

    async def _news_since(self, since: datetime) -> digests.News:
        if since not in self._news:
            self._news[since] = await digests.news(self.tx, self.partnership, since, self.now)
        return self._news[since]


def _digest_time(preferences: Preferences, setting: Setting, now: datetime) -> datetime | None:
    """When a digest that is due may come: now, after quiet hours or an absence, or never."""
    if not preferences.has_digest:
        return None
    if preferences.away_until is not None and preferences.away_until > now:
        return rules.next_digest(preferences, setting.zone, now)
    return rules.quiet_until(preferences, setting.zone, now)
