"""The outbox: what is to be shown in Discord, queued in the transaction that made it so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func, literal_column, null, or_, select, update

from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.services.ports.deliveries import GIVEN_ONCE, Delivery, DeliveryKind, DeliveryState
from storage.session import Insert, Session, insert_into
from storage.shards import served
from storage.tables import deliveries, partnerships, posted, proposals

_C = deliveries.c
FOLLOWING = (
    DeliveryKind.CARD,
    DeliveryKind.THREAD,
    DeliveryKind.FEED,
    DeliveryKind.REACTIONS,
    DeliveryKind.BOARD,
    DeliveryKind.CALENDAR,
)
"""What follows the thing it shows as that changes; all else is given once."""

_MESSAGES = frozenset(
    {
        *(DeliveryKind.CARD, DeliveryKind.FEED, DeliveryKind.OUTCOME),
        *(DeliveryKind.TEXT, DeliveryKind.NOTICE, DeliveryKind.MENTION),
    }
)
"""What of a proposal is shown in messages that people can react to."""

_FIRST = (DeliveryKind.CARD, DeliveryKind.THREAD)
"""What the rest stands on."""

LAST = 9
"""The rank of what is given anew: years of it hold up nothing that is new."""

_PENDING, _SENDING = DeliveryState.PENDING.value, DeliveryState.SENDING.value
_SENT, _GIVEN_UP = DeliveryState.SENT.value, DeliveryState.GIVEN_UP.value
# Written out, not bound: an index of the waiting rows alone is used only for a question that names the same states.
_WAITS = _C.state.in_([literal_column(f"'{_PENDING}'"), literal_column(f"'{_SENDING}'")])
_RIPE = or_(_C.retry_at.is_(None), _C.retry_at <= bindparam("now", type_=_C.retry_at.type))
_WAITING = (
    select(deliveries, partnerships.c.guild_id, proposals.c.group_id)
    .join(partnerships, partnerships.c.id == _C.partnership_id)
    .outerjoin(proposals, proposals.c.id == _C.proposal_id)
    .where(_WAITS, _RIPE)
    .order_by(_C.rank, _C.id)
)
_WAITING_OF_ONE = _WAITING.where(_C.partnership_id == bindparam("partnership"))
_STILL_WAITING = _WAITING.where(_C.id.in_(bindparam("ids", expanding=True)))
_WHERE_SOME_WAIT = select(_C.partnership_id).where(_WAITS, _RIPE).group_by(_C.partnership_id).order_by(func.min(_C.id))
_NEXT_RETRY = select(func.min(_C.retry_at)).where(_WAITS)
_OF_PROPOSAL = select(deliveries).where(_C.proposal_id == bindparam("proposal")).order_by(_C.rank, _C.id)
_STANDING = select(deliveries).where(
    _C.proposal_id == bindparam("proposal"),
    _C.message_id.is_not(None),
    _C.kind.in_([DeliveryKind.CARD.value, DeliveryKind.THREAD.value, DeliveryKind.FEED.value]),
)
_BEHIND = (
    select(_C.id)
    .where(_C.proposal_id == bindparam("proposal"), _WAITS, _C.attempts > 0)
    # What is given anew, or under another name, holds up nothing.
    .where(or_(_C.shown == 0, _C.kind.in_([k.value for k in FOLLOWING if k is not DeliveryKind.THREAD])))
    .limit(1)
)
_OF_THINGS = (DeliveryKind.BOARD, DeliveryKind.CALENDAR)
_BOARD = select(deliveries).where(_C.thing == bindparam("thing"), _C.kind == bindparam("kind"))
_BOARDS_IN_CHANNEL = (
    select(deliveries)
    .where(_C.channel_id == bindparam("channel"), _C.thing.is_not(None), _C.message_id.is_not(None))
    .where(_C.kind == literal_column(f"'{DeliveryKind.BOARD.value}'"))
    .order_by(_C.id)
)
_ABOUT = select(posted.c.proposal_id).where(posted.c.message_id == bindparam("message"))
_MESSAGES_ABOUT = select(posted).where(posted.c.proposal_id == bindparam("proposal")).order_by(posted.c.message_id)
_GONE = delete(posted).where(posted.c.message_id == bindparam("message"))
_OF_MESSAGE = select(deliveries).where(_C.message_id == bindparam("message")).order_by(_C.rank, _C.id).limit(1)
_IN_CHANNEL = (
    select(deliveries)
    .join(proposals, proposals.c.id == _C.proposal_id)
    .where(
        _C.channel_id == bindparam("channel"),
        _C.message_id.is_not(None),
        _C.kind.in_([kind.value for kind in FOLLOWING]),
        proposals.c.due_at.is_not(None),
    )
    .order_by(_C.rank, _C.id)
)
_GIVEN = _C.kind.in_([literal_column(f"'{kind.value}'") for kind in sorted(GIVEN_ONCE)])
_STANDS = or_(_C.shown > 0, _C.state == _SENDING) & (_C.state != _GIVEN_UP)
_AGAIN = (
    update(deliveries)
    .where(_C.partnership_id == bindparam("partnership"), _GIVEN, _STANDS)
    .values(
        wanted=_C.wanted + 1,
        # One that is being sent goes on with the words it was begun with, and is given anew as soon as it stands.
        state=case((_C.state == _SENDING, _SENDING), else_=_PENDING),
        rank=LAST,
        attempts=0,
        retry_at=null(),
        refused=null(),
    )
)
_UNDONE = (
    select(deliveries)
    .where(_C.wanted > _C.shown, _C.shown > 0, _C.state != _GIVEN_UP, or_(_GIVEN, _C.refused.is_not(None)))
    .order_by(_C.partnership_id, _C.id)
)
_STATE, _WANTED = bindparam("new_state", type_=_C.state.type), bindparam("new_wanted", type_=_C.wanted.type)
_SHOWN, _RETRY_AT = bindparam("new_shown", type_=_C.shown.type), bindparam("new_retry_at", type_=_C.retry_at.type)
_ASKED_MEANWHILE = _C.wanted > _WANTED
_SAVE = (
    update(deliveries)
    .where(_C.id == bindparam("this"))
    .values(
        # Asked again while it was being shown, it is not done yet.
        state=case(
            ((_STATE == _SENT) & (_C.wanted > _SHOWN), _PENDING),
            ((_STATE == _GIVEN_UP) & _ASKED_MEANWHILE, _PENDING),
            else_=_STATE,
        ),
        wanted=case((_ASKED_MEANWHILE, _C.wanted), else_=_WANTED),
        shown=_SHOWN,
        channel_id=bindparam("new_channel"),
        message_id=bindparam("new_message"),
        attempts=bindparam("new_attempts"),
        retry_at=case((_ASKED_MEANWHILE, null()), else_=_RETRY_AT),
        since=bindparam("new_since"),
        more=bindparam("new_more", type_=_C.more.type),
        refused=bindparam("new_refused"),
    )
)

_RETRY_NOW = update(deliveries).where(_WAITS, _C.attempts > 0).values(retry_at=null())
_HURRY = _RETRY_NOW.where(_C.partnership_id == bindparam("partnership"))
_HURRY_ONE = _RETRY_NOW.where(_C.proposal_id == bindparam("proposal"))


@dataclass(frozen=True, slots=True)
class WantedDelivery:
    """A delivery that is asked for."""

    partnership: PartnershipId
    kind: DeliveryKind
    proposal: ProposalId | None = None
    event: int | None = None
    person: PersonId | None = None
    thing: str = ""

    @property
    def follows(self) -> bool:
        """Whether it is shown anew whenever it is asked for."""
        return self.kind in FOLLOWING

    @property
    def shows(self) -> object:
        """What it follows: a board any thing by its name in the record, the others a proposal."""
        return (self.thing or None) if self.kind in _OF_THINGS else self.proposal

    @property
    def key(self) -> str:
        """Its unique name: the same thing is never queued twice."""
        if self.follows:
            return f"{self.kind}:{_known(self.shows, self)}"
        if self.kind is DeliveryKind.DIRECT and self.event is None:
            if self.proposal is not None:
                return f"{self.kind}:proposal/{self.proposal}:{_known(self.person, self)}"
            return f"{self.kind}:{_known(self.thing or None, self)}"
        event = _known(self.event, self)
        match self.kind:
            case DeliveryKind.TEXT:
                return f"{self.kind}:{_known(self.proposal, self)}:{event}"
            case DeliveryKind.DIRECT:
                return f"{self.kind}:{self.partnership}:{event}:{_known(self.person, self)}"
            case _:
                return f"{self.kind}:{self.partnership}:{event}"


class Deliveries:
    """Deliveries, each waiting until it is shown or given up."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def ask(
        self,
        partnership: PartnershipId,
        kind: DeliveryKind,
        proposal: ProposalId | None = None,
        event: int | None = None,
        person: PersonId | None = None,
        thing: str = "",
    ) -> None:
        """Queue, or ask again for one that follows what it shows (``wanted`` + 1, ``pending``)."""
        await self.ask_all([WantedDelivery(partnership, kind, proposal, event, person, thing)])

    async def ask_all(self, asked: Sequence[WantedDelivery]) -> None:
        """The same for many at once, each key once."""
        unique = list({each.key: each for each in asked}.values())
        if unique:
            await self._session.connection.execute(_ask(self._session.is_sqlite), [_row(each) for each in unique])
        self._session.asked.update(each.partnership for each in unique)

    async def waiting(
        self, now: datetime, limit: int = 50, partnership: PartnershipId | None = None
    ) -> tuple[Delivery, ...]:
        """Those not shown yet whose ``retry_at`` has come, oldest first, cards and threads before notices.

        Of the servers that this process serves: another one shows the rest.
        """
        asked = _WAITING if partnership is None else _WAITING_OF_ONE
        chosen = asked.where(*self._ours()).limit(limit)
        rows = await self._session.connection.execute(chosen, {"now": now, "partnership": partnership})
        return tuple(map(_read_to_be_shown, rows))

    async def still_waiting(self, now: datetime, ids: Collection[int]) -> tuple[Delivery, ...]:
        """Those of these that still are."""
        rows = await self._session.connection.execute(_STILL_WAITING, {"now": now, "ids": list(ids)})
        return tuple(map(_read_to_be_shown, rows))

    async def partnerships_waiting(self, now: datetime) -> tuple[PartnershipId, ...]:
        """Those of which something is not shown yet whose ``retry_at`` has come, longest waiting first."""
        rows = await self._session.connection.execute(_WHERE_SOME_WAIT.where(*self._ours()), {"now": now})
        return tuple(PartnershipId(row.partnership_id) for row in rows)

    async def next_retry_at(self) -> datetime | None:
        """The earliest ``retry_at`` of those waiting."""
        value: datetime | None = (
            await self._session.connection.execute(_NEXT_RETRY.where(*self._ours()))
        ).scalar_one_or_none()
        return value

    def _ours(self) -> tuple[ColumnElement[bool], ...]:
        shards = self._session.shards
        return () if shards.everything else (_C.partnership_id.in_(served(shards)),)

    async def save(self, delivery: Delivery) -> None:
        """Update state, attempts and place; never lowers ``wanted``."""
        await self.save_all((delivery,))

    async def save_all(self, saved: Sequence[Delivery]) -> None:
        """The same for many at once."""
        if not saved:
            return
        await self._session.connection.execute(_SAVE, [_changes(delivery) for delivery in saved])
        messages = [row for delivery in saved for row in _posted(delivery)]
        if messages:
            await self._session.put(posted, messages, "message_id")
        for delivery in saved:
            if delivery.state in {DeliveryState.PENDING, DeliveryState.SENDING}:
                self._session.becomes_due(delivery.retry_at)
        self._session.asked.update(each.partnership for each in saved if each.state is DeliveryState.PENDING)

    async def hurry(self, partnership: PartnershipId, proposal: ProposalId | None = None) -> None:
        """What waits for another attempt is tried again now; of one proposal, or of all."""
        if proposal is None:
            await self._session.connection.execute(_HURRY, {"partnership": partnership})
        else:
            await self._session.connection.execute(_HURRY_ONE, {"proposal": proposal})
        self._session.asked.add(partnership)

    async def of_proposal(self, proposal: ProposalId) -> tuple[Delivery, ...]:
        """Card, feed entry, thread and the rest."""
        rows = await self._session.connection.execute(_OF_PROPOSAL, {"proposal": proposal})
        return tuple(_delivery(row) for row in rows)

    async def standing(self, proposal: ProposalId) -> tuple[Delivery, ...]:
        """Card, thread and feed entry, those that stand: not the many messages of a long discussion."""
        rows = await self._session.connection.execute(_STANDING, {"proposal": proposal})
        return tuple(_delivery(row) for row in rows)

    async def behind(self, proposal: ProposalId) -> bool:
        """Whether Discord refused something about a proposal that still waits to be shown (EFF-4)."""
        return (await self._session.connection.execute(_BEHIND, {"proposal": proposal})).first() is not None

    async def board(self, thing: str, kind: DeliveryKind = DeliveryKind.BOARD) -> Delivery | None:
        """The board of a thing, or what else follows it, if it was ever asked for."""
        row = (await self._session.connection.execute(_BOARD, {"thing": thing, "kind": kind.value})).first()
        return None if row is None else _delivery(row)

    async def of_message(self, message_id: int) -> Delivery | None:
        """What this message shows, if it is ours."""
        row = (await self._session.connection.execute(_OF_MESSAGE, {"message": message_id})).first()
        return None if row is None else _delivery(row)

    async def tell_again(self, partnership: PartnershipId, thing: str, since: int) -> int:
        """What told of a thing, of this event or later, is given anew where it stands; how much that is (REC-1)."""
        noun, _, number = thing.partition("/")
        of = _C.proposal_id == int(number) if noun == "proposal" else _C.thing == thing
        return await self._again(partnership, of, _C.event >= since)

    async def tell_digests_again(self, partnership: PartnershipId, since: int) -> int:
        """The same for what everybody was told of many things at once."""
        return await self._again(partnership, _C.thing.startswith("digest/"), _C.event >= since)

    async def tell_letters_again(self, partnership: PartnershipId, since: datetime) -> int:
        """The same for letters to people, written at or after an instant."""
        lately = or_(_C.since.is_(None), _C.since >= since)
        return await self._again(partnership, _C.thing.startswith("letter/"), lately)

    async def forget(self, person: PersonId) -> None:
        """Forget where letters to somebody stand, which would tell who that is; none of them is given any more."""
        gone = {"channel_id": None, "message_id": None, "since": None, "state": _GIVEN_UP}
        await self._session.connection.execute(update(deliveries).where(_C.person_id == person).values(gone))
        self._session.wiped = True

    async def undone(self) -> tuple[Delivery, ...]:
        """What still stands in Discord as it was, although it is to be given anew, with what Discord said to it."""
        return tuple(_delivery(row) for row in await self._session.connection.execute(_UNDONE))

    async def _again(self, partnership: PartnershipId, *which: ColumnElement[bool]) -> int:
        done = await self._session.connection.execute(_AGAIN.where(*which), {"partnership": partnership})
        if done.rowcount > 0:
            self._session.asked.add(partnership)
        return done.rowcount

    async def about(self, message_id: int) -> ProposalId | None:
        """The proposal that this message of ours is about, whether or not it is still what stands for it."""
        found = (await self._session.connection.execute(_ABOUT, {"message": message_id})).scalar_one_or_none()
        return None if found is None else ProposalId(found)

    async def messages_about(self, proposal: ProposalId) -> tuple[tuple[int, int], ...]:
        """Every message about a proposal that was not found gone, by channel and id, oldest first."""
        rows = await self._session.connection.execute(_MESSAGES_ABOUT, {"proposal": proposal})
        return tuple((row.channel_id, row.message_id) for row in rows)

    async def gone(self, message_id: int) -> None:
        """This message is not there any more."""
        await self._session.connection.execute(_GONE, {"message": message_id})

    async def in_channel(self, channel_id: int) -> tuple[Delivery, ...]:
        """Cards, feed entries and threads of open proposals that stand in this channel or are it, and all boards."""
        rows = [*await self._session.connection.execute(_IN_CHANNEL, {"channel": channel_id})]
        rows += await self._session.connection.execute(_BOARDS_IN_CHANNEL, {"channel": channel_id})
        return tuple(_delivery(row) for row in rows)


@cache
def _ask(is_sqlite: bool) -> Insert:
    # One that is being sent stays so: if the process dies now, the next one must look for the message first.
    return insert_into(deliveries, is_sqlite).on_conflict_do_update(
        index_elements=["key"],
        set_={
            "wanted": _C.wanted + 1,
            "state": case((_C.state == _SENDING, _SENDING), else_=_PENDING),
            "attempts": 0,
            "retry_at": None,
        },
        where=_C.kind.in_([literal_column(f"'{kind.value}'") for kind in FOLLOWING]),
    )


def _known(value: object, wanted: WantedDelivery) -> object:
    if value is None:
        raise ValueError(f"a {wanted.kind} cannot be asked for without knowing what it tells of")
    return value


def _rank(kind: DeliveryKind) -> int:
    """What everybody reads is not held up by a thousand direct messages."""
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST) + (kind is DeliveryKind.DIRECT)


def _row(wanted: WantedDelivery) -> dict[str, Any]:
    return {
        "key": wanted.key,
        "partnership_id": wanted.partnership,
        "kind": wanted.kind.value,
        "rank": _rank(wanted.kind),
        "proposal_id": wanted.proposal,
        "thing": wanted.thing or None,
        "event": None if wanted.follows else wanted.event,
        "person_id": wanted.person,
        "state": _PENDING,
        "wanted": 1,
        "shown": 0,
        "attempts": 0,
    }


def _changes(delivery: Delivery) -> dict[str, Any]:
    return {
        "this": delivery.id,
        "new_state": delivery.state.value,
        "new_wanted": delivery.wanted,
        "new_shown": delivery.shown,
        "new_channel": delivery.channel_id,
        "new_message": delivery.message_id,
        "new_attempts": delivery.attempts,
        "new_retry_at": delivery.retry_at,
        "new_since": delivery.since,
        "new_more": None if delivery.more is None else list(delivery.more),
        "new_refused": delivery.refused or None,
    }


def _posted(delivery: Delivery) -> list[dict[str, Any]]:
    """The messages in which something of a proposal was shown. A thread and a direct message are none."""
    if delivery.proposal is None or delivery.channel_id is None or delivery.kind not in _MESSAGES:
        return []
    shown = {*(delivery.more or ())} | ({delivery.message_id} if delivery.message_id else set())
    return [
        {"message_id": each, "channel_id": delivery.channel_id, "proposal_id": delivery.proposal}
        for each in sorted(shown)
    ]


def _read_to_be_shown(row: Any) -> Delivery:
    return replace(_delivery(row), guild_id=row.guild_id, group=row.group_id)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        key=row.key,
        partnership=PartnershipId(row.partnership_id),
        kind=DeliveryKind(row.kind),
        proposal=row.proposal_id,
        event=row.event,
        person=row.person_id,
        state=DeliveryState(row.state),
        wanted=row.wanted,
        shown=row.shown,
        channel_id=row.channel_id,
        message_id=row.message_id,
        attempts=row.attempts,
        retry_at=row.retry_at,
        since=row.since,
        thing=row.thing or "",
        more=None if row.more is None else tuple(row.more),
        refused=row.refused or "",
    )
