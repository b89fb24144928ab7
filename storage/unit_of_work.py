"""Transactions: what a use case reads and writes, in one piece or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, overload

from sqlalchemy import case
from sqlalchemy.sql.dml import ReturningInsert

from bot.governance.ids import PartnershipId
from bot.governance.proposals_types import Proposal
from bot.governance.shards import EVERYTHING, Shards
from storage.consistency import Consistency
from storage.deliveries import Deliveries
from storage.engine import Engines
from storage.local import AnyConnection
from storage.nouns import repository
from storage.organisation import Partnerships, Seats
from storage.people import People
from storage.policy import Policies
from storage.proposals import Proposals
from storage.record import Record
from storage.reminders import Reminders
from storage.repository import Repository, T
from storage.runtime import Runtime
from storage.sealed import Seals
from storage.session import Announce, Session, insert_into
from storage.tables import sequences
from storage.votes import Ballots


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction left to be done: the earliest deadline it set, and where something waits to be shown."""

    due_at: datetime | None
    deliveries: frozenset[PartnershipId]


class SqlTransaction:
    """One transaction with its repositories, each made when it is first asked for."""

    def __init__(self, session: Session, announce: Announce) -> None:
        self._session = session
        self._announce = announce
        self._kept: dict[type[Any], Repository[Any]] = {}

    @overload
    def of(self, type_: type[Proposal]) -> Proposals: ...
    @overload
    def of(self, type_: type[T]) -> Repository[T]: ...

    def of(self, type_: type[Any]) -> Repository[Any]:
        """The things of one noun, by their type."""
        kept = self._kept.get(type_)
        if kept is None:
            kept = self._kept[type_] = repository(self._session, type_)
        return kept

    @cached_property
    def people(self) -> People:
        """People and their Discord ids."""
        return People(self._session)

    @cached_property
    def partnerships(self) -> Partnerships:
        """Partnerships and places."""
        return Partnerships(self._session)

    @cached_property
    def seats(self) -> Seats:
        """Seats held and lost."""
        return Seats(self._session)

    @cached_property
    def policies(self) -> Policies:
        """Policy versions."""
        return Policies(self._session)

    @cached_property
    def ballots(self) -> Ballots:
        """Ballots of open votes."""
        return Ballots(self._session)

    @cached_property
    def seals(self) -> Seals:
        """What nobody may know the author of."""
        return Seals(self._session)

    @cached_property
    def record(self) -> Record:
        """The chain of events."""
        return Record(self._session, self._announce, self.deliveries)

    @cached_property
    def consistency(self) -> Consistency:
        """What is kept beside the chain, held against it."""
        return Consistency(self._session, self.record)

    @cached_property
    def reminders(self) -> Reminders:
        """Reminders, letters and preferences."""
        return Reminders(self._session)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The outbox."""
        return Deliveries(self._session)

    @cached_property
    def runtime(self) -> Runtime:
        """Small values kept between runs."""
        return Runtime(self._session)

    async def next_id(self, kind: str) -> int:
        """The next integer of a gapless series such as ``proposal`` or ``number/3``, from 1."""
        result = await self._session.connection.execute(_next(self._session.is_sqlite), {"kind": kind, "value": 1})
        return int(result.scalar_one())

    async def reserve(self, kind: str, least: int) -> None:
        """Go on with this series above ``least``, if it is not there yet."""
        row = insert_into(sequences, self._session.is_sqlite).values(kind=kind, value=least)
        raised = case((sequences.c.value < least, least), else_=sequences.c.value)
        await self._session.connection.execute(
            row.on_conflict_do_update(index_elements=["kind"], set_={"value": raised})
        )


@cache
def _next(is_sqlite: bool) -> ReturningInsert[Any]:
    counted = insert_into(sequences, is_sqlite).on_conflict_do_update(
        index_elements=["kind"], set_={"value": sequences.c.value + 1}
    )
    return counted.returning(sequences.c.value)


class SqlUnitOfWork:
    """Opens transactions. ``on_commit`` hears of each commit that leaves something to be done.

    ``shards`` are those that this process serves: its outbox and its list of partnerships are those of their servers.
    """

    def __init__(
        self,
        engines: Engines,
        announce: Announce = lambda event: (),
        on_commit: Callable[[Committed], None] = lambda committed: None,
        shards: Shards = EVERYTHING,
    ) -> None:
        self._engines = engines
        self._announce = announce
        self._on_commit = on_commit
        self._shards = shards

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTransaction]:
        """A writing transaction: all of it is kept when the block ends without an error, else nothing."""
        async with self._engines.write() as connection:
            session = Session(connection, writes=True, is_sqlite=self._engines.is_sqlite, shards=self._shards)
            yield SqlTransaction(session, self._announce)
            if session.wiped:
                self._engines.wiped()
        if session.due_at is not None or session.asked:
            self._on_commit(Committed(session.due_at, frozenset(session.asked)))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """A reading transaction on one snapshot."""
        async with self._engines.read() as connection:
            yield self._reading(connection)

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[SqlTransaction]:
        """The same for questions that may scan a whole table: it holds up nobody (ADR 15)."""
        async with self._engines.scan() as connection:
            yield self._reading(connection)

    def _reading(self, connection: AnyConnection) -> SqlTransaction:
        session = Session(connection, writes=False, is_sqlite=self._engines.is_sqlite, shards=self._shards)
        return SqlTransaction(session, self._announce)
