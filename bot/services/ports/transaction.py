"""One piece of reading and writing, with all that is kept in it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol, overload

from bot.governance.proposals_types import Proposal
from bot.services.ports.deliveries import Deliveries
from bot.services.ports.partnerships import Partnerships, Policies
from bot.services.ports.people import People
from bot.services.ports.proposals import Ballots, Proposals
from bot.services.ports.record import Consistency, Record
from bot.services.ports.reminders import Reminders
from bot.services.ports.repository import Repository, T
from bot.services.ports.runtime import Runtime
from bot.services.ports.sealed import Seals
from bot.services.ports.seats import Seats


class Transaction(Protocol):
    """One transaction. Leaving its block without an error commits; nothing inside awaits Discord."""

    @property
    def people(self) -> People: ...
    @property
    def partnerships(self) -> Partnerships: ...
    @property
    def seats(self) -> Seats: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def ballots(self) -> Ballots: ...
    @property
    def seals(self) -> Seals: ...
    @property
    def reminders(self) -> Reminders: ...
    @property
    def record(self) -> Record: ...
    @property
    def consistency(self) -> Consistency: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def runtime(self) -> Runtime: ...

    @overload
    def of(self, type_: type[Proposal]) -> Proposals: ...
    @overload
    def of(self, type_: type[T]) -> Repository[T]: ...

    async def next_id(self, kind: str) -> int:
        """The next integer of a gapless series such as ``proposal`` or ``number/3``, from 1."""
        ...

    async def reserve(self, kind: str, least: int) -> None:
        """Go on with this series above ``least``, if it is not there yet."""
        ...


class UnitOfWork(Protocol):
    """Opens transactions."""

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """A writing transaction (BEGIN IMMEDIATE). After the commit, waiting work is announced to the waker."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A reading transaction on a snapshot."""
        ...

    def scan(self) -> AbstractAsyncContextManager[Transaction]:
        """The same for questions that may scan a whole table, such as a search: it holds up nobody."""
        ...
