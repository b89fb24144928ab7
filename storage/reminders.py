"""Reminders, the letters that gave them, and how people want them (RHY-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    String,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.reminders import Letter, Preferences, Reminder, ReminderState, ReminderTopic
from bot.services.ports.deliveries import DeliveryKind, DeliveryState
from storage.mapping import from_text, to_json
from storage.session import Session
from storage.tables import deliveries, letters, preferences, reminders

_MOST_AT_ONCE = 5000
_WORDS_KEPT = timedelta(days=1)
_KEPT = timedelta(days=90)
_R, _P, _L = reminders.c, preferences.c, letters.c
_OPEN = (ReminderState.WAITING.value, ReminderState.DIGEST.value)
_SETTLE = (
    update(reminders)
    .where(_R.id == bindparam("this"))
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due_at", type_=_R.due_at.type),
        settled_at=bindparam("new_settled_at", type_=_R.settled_at.type),
        letter=bindparam("new_letter"),
        mentioned=bindparam("new_mentioned"),
    )
)
_SENT_AS = literal(f"{DeliveryKind.DIRECT}:letter/") + cast(_L.id, String)


class Reminders:
    """Rows of three tables that name people; none of it enters the chain."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ---- reminders -------------------------------------------------------------------------------

    async def add(self, wanted: Sequence[Reminder]) -> None:
        """Keep reminders; one that is there already by person, thing, topic and occurrence stays as it is."""
        for some in _in_parts(wanted):
            await self._session.put(reminders, [_row(each) for each in some], "")
        for each in wanted:
            self._session.becomes_due(each.due_at)

    async def people_due(
        self, now: datetime, partnerships: Iterable[PartnershipId]
    ) -> tuple[tuple[PartnershipId, PersonId], ...]:
        """Whom a reminder or a digest is due for, the longest waiting first."""
        here = list(partnerships)
        due: dict[tuple[PartnershipId, PersonId], datetime] = {}
        of_reminders = select(_R.partnership_id, _R.person_id, _R.due_at).where(_R.due_at <= now)
        of_digests = select(_P.partnership_id, _P.person_id, _P.digest_at.label("due_at")).where(_P.digest_at <= now)
        for chosen in (
            of_reminders.where(_R.partnership_id.in_(here)),
            of_digests.where(_P.partnership_id.in_(here)),
        ):
            for row in await self._session.connection.execute(chosen):
                key = PartnershipId(row.partnership_id), PersonId(row.person_id)
                due[key] = min(due.get(key, row.due_at), row.due_at)
        return tuple(sorted(due, key=lambda key: (due[key], key)))

    async def open_of(
        self, partnership: PartnershipId, people: Sequence[PersonId], now: datetime
    ) -> dict[PersonId, tuple[Reminder, ...]]:
        """What these people wait for: reminders that are due, and everything put off into their digests.

        Within a writing transaction nobody else gives them meanwhile.
        """
        ripe = or_(_R.due_at <= now, _R.state == ReminderState.DIGEST.value)
        chosen = select(reminders).where(_R.partnership_id == partnership, _R.state.in_(_OPEN), ripe)
        found: dict[PersonId, list[Reminder]] = {}
        for some in _in_parts(people):
            these = self._held(chosen.where(_R.person_id.in_(some)).order_by(_R.id))
            rows = await self._session.connection.execute(these)
            for row in rows:
                found.setdefault(PersonId(row.person_id), []).append(_reminder(row))
        return {person: tuple(each) for person, each in found.items()}

    async def settle(self, changed: Sequence[Reminder], now: datetime) -> None:
        """Save where reminders stand, when they are looked at next, and the letters that gave them."""
        rows = [
            {
                "this": each.id,
                "new_state": each.state.value,
                "new_due_at": each.due_at,
                "new_settled_at": None if each.state.value in _OPEN else now,
                "new_letter": each.letter,
                "new_mentioned": int(each.mentioned),
            }
            for each in changed
        ]
        for some in _in_parts(rows):
            await self._session.connection.execute(_SETTLE, some)
        for each in changed:
            self._session.becomes_due(each.due_at)

    async def mentioned(self, partnership: PartnershipId, thing: str, occurrence: str) -> frozenset[PersonId]:
        """Who is mentioned by the notice of this."""
        chosen = select(_R.person_id).where(
            _R.partnership_id == partnership, _R.thing == thing, _R.occurrence == occurrence, _R.mentioned == 1
        )
        return frozenset(map(PersonId, (await self._session.connection.execute(chosen)).scalars()))

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """When the next reminder or digest is due."""
        candidates: list[datetime] = []
        for column, where in ((_R.due_at, _R.partnership_id), (_P.digest_at, _P.partnership_id)):
            chosen = select(column).where(column.is_not(None)).order_by(column).limit(1)
            if partnerships is not None:
                chosen = chosen.where(where.in_(list(partnerships)))
            found: datetime | None = (await self._session.connection.execute(chosen)).scalar_one_or_none()
            candidates += [found] if found is not None else []
        return min(candidates, default=None)

    # ---- preferences -----------------------------------------------------------------------------

    async def preferences(
        self, partnership: PartnershipId, people: Sequence[PersonId]
    ) -> dict[PersonId, tuple[Preferences, datetime | None]]:
        """How these people want to be reminded, with the time of their next digest; who never said is missing.

        Within a writing transaction nobody else gives their digests meanwhile.
        """
        chosen = select(_P.person_id, _P.digest_at, type_coerce(_P.document, Text).label("kept"))
        found = {}
        for some in _in_parts(people):
            within = chosen.where(_P.partnership_id == partnership, _P.person_id.in_(some)).order_by(_P.person_id)
            for row in await self._session.connection.execute(self._held(within)):
                found[PersonId(row.person_id)] = (from_text(Preferences, row.kept), row.digest_at)
        return found

    async def prefer(
        self, partnership: PartnershipId, person: PersonId, wanted: Preferences, digest_at: datetime | None
    ) -> None:
        """Keep how somebody wants to be reminded."""
        row = {
            "partnership_id": partnership,
            "person_id": person,
            "digest_at": digest_at,
            "document": to_json(wanted),
        }
        await self._session.put(preferences, row, "partnership_id person_id", "digest_at document")
        self._session.becomes_due(digest_at)

    async def unprefer(self, partnership: PartnershipId, person: PersonId) -> None:
        """Forget how somebody wanted to be reminded."""
        this = (_P.partnership_id == partnership) & (_P.person_id == person)
        await self._session.connection.execute(delete(preferences).where(this))
        self._session.wiped = True

    async def plan_digest(self, partnership: PartnershipId, person: PersonId, at: datetime | None) -> None:
        """When the next digest of somebody is due."""
        this = (_P.partnership_id == partnership) & (_P.person_id == person)
        await self._session.connection.execute(update(preferences).where(this).values(digest_at=at))
        self._session.becomes_due(at)

    # ---- letters ---------------------------------------------------------------------------------

    async def write(self, letter: Letter) -> None:
        """Keep a letter, as it will be sent."""
        row = {
            "id": letter.id,
            "partnership_id": letter.partnership,
            "person_id": letter.person,
            "at": letter.at,
            "digest": int(letter.digest),
            "document": to_json(letter) if letter.entries else None,
        }
        await self._session.put(letters, row, "id")

    async def letter(self, id: int) -> Letter:
        """Raises NotFound, also once its words were deleted."""
        chosen = select(type_coerce(_L.document, Text)).where(_L.id == id)
        document = (await self._session.connection.execute(chosen)).scalar_one_or_none()
        if document is None:
            raise NotFound("letter", str(id))
        return from_text(Letter, document)

    async def given(
        self, partnership: PartnershipId, people: Sequence[PersonId], since: datetime
    ) -> Mapping[PersonId, tuple[datetime, ...]]:
        """When these people were given reminders since an instant; digests do not count."""
        found: dict[PersonId, tuple[datetime, ...]] = {}
        chosen = select(_L.person_id, _L.at).where(_L.partnership_id == partnership, _L.at >= since, _L.digest == 0)
        for some in _in_parts(people):
            for row in await self._session.connection.execute(chosen.where(_L.person_id.in_(some))):
                found[PersonId(row.person_id)] = (*found.get(PersonId(row.person_id), ()), row.at)
        return found

    async def last_digest(self, partnership: PartnershipId, person: PersonId) -> datetime | None:
        """When somebody was given their last digest."""
        chosen = select(func.max(_L.at)).where(_L.partnership_id == partnership, _L.person_id == person, _L.digest == 1)
        value: datetime | None = (await self._session.connection.execute(chosen)).scalar_one_or_none()
        return value

    async def not_taken(self, partnership: PartnershipId, person: PersonId, since: datetime) -> int:
        """How many letters to somebody Discord did not take since an instant."""
        chosen = (
            select(func.count())
            .select_from(letters.join(deliveries, deliveries.c.key == _SENT_AS))
            .where(_L.partnership_id == partnership, _L.person_id == person, _L.at >= since)
            .where(deliveries.c.state == DeliveryState.GIVEN_UP.value)
        )
        return int((await self._session.connection.execute(chosen)).scalar_one())

    # ---- forgetting ------------------------------------------------------------------------------

    async def forget(self, person: PersonId) -> None:
        """Delete everything kept of somebody, in every partnership."""
        for table in (preferences, reminders, letters):
            await self._session.connection.execute(delete(table).where(table.c.person_id == person))
        self._session.wiped = True

    async def without(self, partnership: PartnershipId, gone: Collection[str], put: str) -> None:
        """Put something in the place of these words, wherever a letter still holds them (REC-1)."""
        chosen = select(_L.id, type_coerce(_L.document, Text).label("kept"))
        chosen = chosen.where(_L.partnership_id == partnership, _L.document.is_not(None))
        for row in (await self._session.connection.execute(chosen)).all():
            letter = from_text(Letter, row.kept)
            entries = tuple(
                replace(e, title=put if e.title in gone else e.title, text=put if e.text in gone else e.text)
                for e in letter.entries
            )
            if entries != letter.entries:
                changed = {"document": to_json(replace(letter, entries=entries))}
                await self._session.connection.execute(update(letters).where(_L.id == row.id).values(changed))
        self._session.wiped = True

    async def any_kept(self) -> bool:
        """Whether anything was ever given or settled that may have to be deleted."""
        for chosen in (select(_L.id).limit(1), select(_R.id).limit(1)):
            if (await self._session.connection.execute(chosen)).first() is not None:
                return True
        return False

    async def tidy(self, now: datetime) -> None:
        """Delete the words of letters sent more than a day ago, and after 90 days every trace of what is settled."""
        waits = exists().where(
            deliveries.c.key == _SENT_AS,
            deliveries.c.state.in_([DeliveryState.PENDING.value, DeliveryState.SENDING.value]),
        )
        sent = (_L.at < now - _WORDS_KEPT) & _L.document.is_not(None) & ~waits
        await self._session.connection.execute(update(letters).where(sent).values(document=None))
        await self._session.connection.execute(delete(letters).where(_L.at < now - _KEPT))
        await self._session.connection.execute(delete(reminders).where(_R.settled_at < now - _KEPT))
        self._session.wiped = True

    def _held(self, chosen: Select[Any]) -> Select[Any]:
        return chosen.with_for_update() if self._session.locks_rows else chosen


def _row(wanted: Reminder) -> dict[str, Any]:
    return {
        "partnership_id": wanted.partnership,
        "person_id": wanted.person,
        "thing": wanted.thing,
        "topic": wanted.topic.value,
        "occurrence": wanted.occurrence,
        "why": wanted.why,
        "state": wanted.state.value,
        "due_at": wanted.due_at,
        "expires_at": wanted.expires_at,
        "mentioned": 0,
    }


def _reminder(row: Row[Any]) -> Reminder:
    return Reminder(
        PartnershipId(row.partnership_id),
        PersonId(row.person_id),
        row.thing,
        ReminderTopic(row.topic),
        row.occurrence,
        row.why,
        row.due_at,
        row.expires_at,
        ReminderState(row.state),
        row.letter,
        bool(row.mentioned),
        row.id,
    )


def _in_parts(things: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(things), _MOST_AT_ONCE):
        yield list(things[start : start + _MOST_AT_ONCE])
