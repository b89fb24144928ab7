"""A database that an earlier version of the bot wrote is carried over: read, checked, and decided on from there.

``tests/frozen`` holds what the real bot left behind when it died in the middle of a long season of the example
partnership, in two simulated servers: ``0009.sql`` is its SQLite database (the schema is in its name) with every noun
in as many states as people can bring it into, ``world.jsonl`` is what stood in Discord at that instant, one person,
server, channel or message a line, ``export.jsonl`` the export that it wrote of the same record, and ``receipts.txt``
two receipts that it gave to people. ``facts.txt`` is what was read from that database when these tests were written, by
a later version with the same schema and other names in its code. None of them is ever made anew: whoever changes the
shape of what is stored makes these tests pass by a migration, or where old documents are read.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.governance.effects import Effect, as_data
from bot.governance.events import Unread, as_recorded
from bot.governance.feedback import Feedback
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.meetings import Meeting
from bot.governance.policy_events import PolicyAdopted
from bot.governance.proposals_types import Proposal
from bot.governance.retros import Retro
from bot.governance.surveys import Survey
from bot.operation import upkeep
from bot.operation.errors import OperatorError
from config.settings import Settings
from storage import migrate
from storage.chain import canonical
from storage.engine import create_engines
from storage.unit_of_work import SqlTransaction, SqlUnitOfWork
from tests.frozen.loading import EXPORT, FACTS, RECEIPTS, carried_over, database


def settings(url: str = "sqlite+aiosqlite:///not-read.sqlite3") -> Settings:
    return Settings(discord_token="", database_url=url, _env_file=None)


@pytest.fixture
async def tx(tmp_path: Path) -> AsyncIterator[SqlTransaction]:
    """A reading transaction on the old database, brought to today's schema."""
    engines = create_engines(database(tmp_path))
    try:
        with carried_over():
            await migrate.upgrade(engines.writer)
            async with SqlUnitOfWork(engines).read() as tx:
                yield tx
    finally:
        await engines.dispose()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The old database as it was, not migrated."""
    (tmp_path / "old").mkdir()
    database(tmp_path / "old")
    with closing(sqlite3.connect(tmp_path / "old" / "governance.sqlite3")) as connection:
        yield connection


def test_what_its_events_say_is_read_and_would_be_written_byte_for_byte() -> None:
    """REC-1. The first policy was told without its matrix then; whatever was erased is known by its type."""
    lines = map(json.loads, EXPORT.read_text(encoding="utf-8").splitlines())
    for each in [line for line in lines if "payload" in line]:
        told = None if each["payload"] is None else json.loads(each["payload"])
        event = as_recorded(each["type"], each["thing"], each["actor"], told)
        assert each["type"] == event.type.NAME
        assert isinstance(event.fact, Unread) is (told is None), each
        if told is not None and event.type is not PolicyAdopted:
            assert canonical(event.data) == each["payload"]


async def test_its_record_and_what_stands_beside_it_verify(tmp_path: Path) -> None:
    """RUN-1, REC-1."""
    url = database(tmp_path)
    with carried_over():
        engines = create_engines(url)
        await migrate.upgrade(engines.writer)
        assert await migrate.current(engines.writer) == migrate.head()
        await engines.dispose()
        found = await upkeep.verify(settings(url))
        assert found.well, "\n".join(found.lines)
        assert sum(line.endswith(": holds") for line in found.lines) == 2, "\n".join(found.lines)
        for receipt in RECEIPTS.read_text(encoding="utf-8").splitlines():
            looked_for = await upkeep.verify(settings(url), receipt=receipt)
            assert looked_for.well, "\n".join(looked_for.lines)
    with closing(sqlite3.connect(tmp_path / "governance.sqlite3")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_everything_reads_back_as_it_was(tx: SqlTransaction, old: sqlite3.Connection) -> None:
    with carried_over():
        told = [line async for line in facts(tx, old)]
        assert told == FACTS.read_text(encoding="utf-8").splitlines()


async def test_no_word_of_anybody_is_lost(tx: SqlTransaction, old: sqlite3.Connection) -> None:
    """Every sentence of an old document is somewhere in what is read today, whatever documents look like now."""
    kept: dict[str, Any] = {
        "partnerships": tx.partnerships,
        "proposals": tx.of(Proposal),
        "retros": tx.of(Retro),
        "surveys": tx.of(Survey),
        "feedback": tx.of(Feedback),
        "meetings": tx.of(Meeting),
    }
    with carried_over():
        for table, repository in kept.items():
            for at, document in old.execute(f"SELECT id, document FROM {table}").fetchall():
                read = set(words(await repository.get(at)))
                assert set(words(json.loads(document))) - read == set(), f"{table} {at}"


async def facts(tx: SqlTransaction, old: sqlite3.Connection) -> AsyncIterator[str]:
    """What people can ask about every noun, a line for each thing."""
    for number in ids(old, "partnerships"):
        here = PartnershipId(number)
        partnership = await tx.partnerships.get(here)
        groups = [f"{group.name} ({group.kind}{', private' * group.private})" for group in partnership.groups]
        yield f"partnership {number}: {', '.join(groups)}; provisional: {partnership.provisional}"
        holdings = await tx.seats.holdings(partnership)
        yield f"  seats: {counted(f'{each.mapping.seat} of group {each.mapping.group}' for each in holdings)}"
        yield f"  places: {counted(str(place.kind) for place in await tx.partnerships.places(here))}"
        before = (await tx.policies.version(here, 1)).values
        for version in range(2, (await tx.policies.current(here)).version + 1):
            rules = (await tx.policies.version(here, version)).values
            yield f"  policy {version}: {[f'{key} = {rules[key]}' for key in before if rules[key] != before[key]]}"
            before = rules
        verdict = await tx.record.verify(here)
        yield f"  record: {verdict.events} entries, {verdict.erased} erased, ends with {verdict.head}"
        everyone = [person for (person,) in old.execute("SELECT person_id FROM people ORDER BY user_id")]
        wishes = await tx.reminders.preferences(here, everyone)
        for place, person in enumerate(everyone):
            if person in wishes:
                wish = wishes[person][0]
                off = sorted(map(str, wish.off))
                yield f"  person {place}: {wish.way}, {wish.zone}, at most {wish.mentions}, not of {off}"
    for at in ids(old, "proposals"):
        for line in await of_proposal(tx, await tx.of(Proposal).get(ProposalId(at))):
            yield line
    for at in ids(old, "retros"):
        retro = await tx.of(Retro).get(at)
        sealed = [len(await tx.seals.of(name)) for name in (f"retro/{at}", f"retro/{at}/dots")]
        yield f"R-{retro.number} {retro.state}, starts {retro.starts_at}, sealed: {sealed}"
        yield f"  topics: {[(len(topic.cards), topic.dots, str(topic.progress)) for topic in retro.topics]}"
        yield f"  actions: {[(action.text, str(action.due_at)) for action in retro.actions]}, carried {retro.carried}"
    for at in ids(old, "surveys"):
        survey = await tx.of(Survey).get(at)
        answers = len(await tx.seals.of(f"survey/{at}"))
        yield f"S-{survey.number} {survey.state}, edition {survey.edition}, until {survey.closes_at}, sealed: {answers}"
        yield f"  questions: {[str(each.kind) for each in survey.questions]}"
        yield f"  results: {[(result.counts, result.texts) for result in survey.results]}"
    for at in ids(old, "feedback"):
        given = await tx.of(Feedback).get(at)
        named = "named" if given.author else "anonymous"
        yield f"F-{given.number} {given.state}, {named}, owned: {given.owner is not None}, answer: {given.answer!r}"
    for at in ids(old, "meetings"):
        met = await tx.of(Meeting).get(at)
        repeats = "in a series" if met.cadence else "once"
        yield f"M-{met.number} {met.state} at {met.starts_at}, {repeats}"
        yield f"  {counted(str(each.answer) for each in met.attendance)}, notes: {[note.text for note in met.notes]}"


async def of_proposal(tx: SqlTransaction, proposal: Proposal) -> Sequence[str]:
    """The lines about one proposal."""
    vote = proposal.vote
    ballots = () if vote is None else await tx.ballots.of(vote.id) or vote.ballots
    return (
        f"P-{proposal.number} {proposal.type}, {proposal.state} since {proposal.state_since}",
        f"  closes {proposal.closes_at}, stopped by {sorted(proposal.clock.reasons)}",
        f"  electors {len(proposal.electors)}, read by {len(proposal.readers)}, low reach: {proposal.low_reach}",
        f"  versions {len(proposal.versions)}, next one begun: {proposal.revision is not None}",
        f"  done: {proposal.done_at is not None}, halts {len(proposal.halts)}, waits until {proposal.timelock_ends_at}",
        f"  concerns: {[concern.text for concern in proposal.concerns]}",
        f"  objections: {[str(each.state) for each in proposal.objections]}",
        f"  vote: {vote and (vote.method, vote.secret, str(vote.closes_at))}",
        f"  ballots: {counted(each.choice for each in ballots)}",
        f"  tally: {sorted(vote.tally.counts) if vote and vote.tally else None}",
    )


def ids(old: sqlite3.Connection, table: str) -> list[int]:
    return [at for (at,) in old.execute(f"SELECT id FROM {table} ORDER BY id")]


def counted(each: Any) -> list[tuple[str, int]]:
    return sorted(Counter(each).items())


def words(value: Any) -> Iterator[str]:
    """Every text of more than one word in a value."""
    if isinstance(value, str):
        if " " in value.strip():
            yield value
    elif isinstance(value, Effect):  # its type tells the kind
        yield from words(as_data(value))
    elif is_dataclass(value):
        yield from (found for field in fields(value) for found in words(getattr(value, field.name)))
    elif isinstance(value, dict):
        yield from (found for pair in value.items() for found in words(list(pair)))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (found for each in value for found in words(each))


async def test_its_export_and_the_receipts_still_verify(tmp_path: Path) -> None:
    """REC-1: what people keep on their own disks outlives every version of the bot."""
    with carried_over():
        found = await upkeep.verify(settings(), EXPORT)
        assert found.well, "\n".join(found.lines)
        for receipt in RECEIPTS.read_text(encoding="utf-8").splitlines():
            looked_for = await upkeep.verify(settings(), EXPORT, receipt)
            assert looked_for.well, "\n".join(looked_for.lines)
            number, digits = receipt.removeprefix("#").split(" · ")
            forged = f"#{number} · {digits[:-1]}{'0' if digits[-1] != '0' else '1'}"
            assert not (await upkeep.verify(settings(), EXPORT, forged)).well


@pytest.mark.parametrize("line", [1, 2, 40, 200, -2, -1])
async def test_a_changed_byte_of_the_export_fails(tmp_path: Path, line: int) -> None:
    lines = EXPORT.read_text(encoding="ascii").splitlines()
    at = len(lines[line]) // 2
    place = next(here for here in range(at, len(lines[line])) if lines[line][here].isalnum())
    lines[line] = lines[line][:place] + ("b" if lines[line][place] == "a" else "a") + lines[line][place + 1 :]
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join(lines) + "\n", encoding="ascii")
    with suppress(OperatorError):  # not even a whole export any more
        assert not (await upkeep.verify(settings(), changed)).well
