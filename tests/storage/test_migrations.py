"""Migrations and tables say the same, on both kinds of database."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, create_engine, insert, inspect, table, text
from sqlalchemy.engine import make_url

from bot.governance.consistency import values_told
from bot.governance.errors import NotErasable
from bot.governance.events import as_recorded
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.methods import consent
from bot.governance.objections_events import ConcernRaised
from bot.governance.organisation import Elector
from bot.governance.policy import genesis
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.reminders import Preferences, ReminderTopic, Way
from bot.governance.seats import Hand
from storage import migrate
from storage.chain import EMPTY, Link, forge
from storage.engine import BadDatabaseUrl, Engines, create_engines
from storage.mapping import to_json
from storage.proposals import columns_of
from storage.tables import metadata
from storage.types import written
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR, PostgresServer
from tests.frozen.loading import database
from tests.services.scene import FUND, HERE, PARTNERSHIP, SHG, SHG_RULER, TRUST


async def test_migrations_and_tables_agree(engines: Engines) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with engines.writer.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await migrate.current(engines.writer) == migrate.head()


def test_there_is_one_head() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert len(scripts.get_heads()) == 1


async def test_migrating_again_changes_nothing(engines: Engines) -> None:
    await migrate.upgrade(engines.writer)
    assert await migrate.current(engines.writer) == migrate.head()


async def test_a_database_of_a_newer_bot_is_left_alone(engines: Engines) -> None:
    async with engines.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerSchema):
        await migrate.upgrade(engines.writer)


async def test_who_was_told_twice_at_once_is_mentioned_and_keeps_what_else_they_chose(tmp_path: Path) -> None:
    """The version before knew a way ``both`` (RHY-2)."""
    kept = {"zone": "Europe/Lisbon", "off": ["surveys"], "way": "both", "mentions": 2}
    chosen = [("ada", kept), ("ben", {**kept, "way": "direct"})]
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.execute(
            text("INSERT INTO partnerships (id, guild_id, name, version, document) VALUES (1, 1, '', 1, '{}')")
        )
        for person, document in chosen:
            row = {"person": person, "document": json.dumps(document)}
            into = "INSERT INTO preferences (partnership_id, person_id, document) VALUES (1, :person, :document)"
            connection.execute(text(into), row)
    engine.dispose()
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    try:
        await migrate.upgrade(engines.writer)
        async with SqlUnitOfWork(engines).read() as tx:
            found = await tx.reminders.preferences(PartnershipId(1), [PersonId("ada"), PersonId("ben")])
    finally:
        await engines.dispose()
    wanted = Preferences("Europe/Lisbon", off=frozenset({ReminderTopic.SURVEYS}), mentions=2)
    assert found == {"ada": (wanted, None), "ben": (replace(wanted, way=Way.DIRECT), None)}
    assert wanted.way is Way.MENTION


async def test_who_sat_before_the_week_was_asked_for_counts_and_is_pinned_in_what_is_open(tmp_path: Path) -> None:
    """A database from before seats said by whose hand they were lost (PRO-9)."""
    document = to_json(PARTNERSHIP)
    running = Proposal(
        ProposalId(7), HERE, SHG, "operational", PersonId("ana"), NEW_YEAR, NEW_YEAR, state=ProposalState.REVIEW
    )
    seat = {"partnership_id": 1, "group_id": SHG, "seat": "member", "since": NEW_YEAR, "how_gained": "seen"}
    seats = [
        {"person_id": "ada", "role_id": FUND, **seat},
        {"person_id": "ben", "role_id": TRUST, "until": NEW_YEAR, "how_lost": "left the server", **seat},
        {"person_id": "cleo", "role_id": TRUST, "until": NEW_YEAR, "how_lost": "roles changed", **seat},
        {"person_id": "gus", "role_id": SHG_RULER, **seat, "seat": "facilitator"},
    ]
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        founded = {"id": 1, "guild_id": 1, "name": "", "version": 1, "document": document}
        connection.execute(insert(metadata.tables["partnerships"]).values(founded))
        old = {k: v for k, v in to_json(running).items() if k not in {"voters", "judges", "facilitators"}}
        connection.execute(
            insert(metadata.tables["proposals"]).values(columns_of(running, None) | {"id": 7, "document": old})
        )
        for row in seats:
            columns = {"until": None, "how_lost": None, **row}
            into = table("seats", *map(column, columns))
            times = {k: written(v) if isinstance(v, datetime) else v for k, v in columns.items()}
            connection.execute(insert(into).values(times))
    engine.dispose()
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    try:
        await migrate.upgrade(engines.writer)
        async with SqlUnitOfWork(engines).read() as tx:
            found = {r.person: r for r in await tx.seats.history(HERE, NEW_YEAR)}
            proposal = await tx.of(Proposal).get(ProposalId(7))
    finally:
        await engines.dispose()
    assert {person: (r.at_once, r.lost_by, r.organisation) for person, r in found.items()} == {
        "ada": (True, None, "Green Fund"),
        "ben": (False, Hand.THEMSELVES, "River Trust"),
        "cleo": (False, Hand.OTHERS, "River Trust"),
        "gus": (True, None, ""),
    }
    assert proposal.voters == proposal.judges == (Elector(PersonId("ada"), "financial contributor", "Green Fund"),)
    assert proposal.facilitators == {"gus"}


async def test_groups_leave_the_document_of_their_partnership_and_go_back_into_it(engines: Engines) -> None:
    """0013: they become rows of their own, in the order in which they stood (STA-8)."""

    def at_0012(connection: Connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        with connection.begin():
            command.downgrade(config, "0012")

    async with SqlUnitOfWork(engines).write() as tx:
        kept = await tx.partnerships.save(PARTNERSHIP)
        other = await tx.partnerships.save(replace(PARTNERSHIP, id=PartnershipId(2), groups=()))
    async with engines.writer.connect() as connection:
        await connection.run_sync(at_0012)
        rows = await connection.execute(text("SELECT document FROM partnerships ORDER BY id"))
        documents = [json.loads(each) if isinstance(each, str) else each for each in rows.scalars()]
        assert documents == [to_json(kept), to_json(other)]
    await migrate.upgrade(engines.writer)
    async with SqlUnitOfWork(engines).read() as tx:
        assert await tx.partnerships.all() == (kept, other)
    async with engines.read() as connection:
        rows = await connection.execute(text("SELECT document FROM partnerships"))
        assert all("groups" not in str(each) for each in rows.scalars())


async def test_an_empty_file_becomes_a_database_and_references_are_enforced_again(tmp_path: Path) -> None:
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    try:
        assert await migrate.current(engines.writer) is None
        await migrate.upgrade(engines.writer)
        async with engines.write() as connection:
            assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert set(names) == {*metadata.tables, "alembic_version"}
    finally:
        await engines.dispose()


async def test_what_was_erased_before_erasures_were_events_is_listed_once(tmp_path: Path) -> None:
    """0006: a chain from before gets its first policy and a list of every event and person erased; nothing else."""
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")

    def at_0005(connection: Connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "0005")

    links: list[Link] = []
    for number in range(1, 4):
        happened = as_recorded(
            ConcernRaised.NAME, "proposal/1", PersonId("abc"[number - 1] * 32), {"text": f"No. {number}"}
        )
        links.append(forge(happened, NEW_YEAR, number, links[-1].hash if links else EMPTY))
    document = json.dumps(to_json(genesis()))
    try:
        async with engines.writer.connect() as connection:
            await connection.run_sync(at_0005)
        with closing(sqlite3.connect(tmp_path / "old.db")) as by_hand, by_hand:
            for each in (1, 2):
                by_hand.execute("INSERT INTO partnerships VALUES (?, 9, 'Commons', 1, '{}')", (each,))
                row: tuple[object, ...] = (each, 1, None, written(NEW_YEAR), document)
                by_hand.execute("INSERT INTO policies VALUES (?, ?, ?, ?, ?)", row)
            for link in links:
                header = (link.number, written(link.at), link.type, link.thing, link.actor, link.digest)
                row = (*header, link.previous, link.hash)
                by_hand.execute("INSERT INTO events VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)", row)
                if link.number != 2:
                    row = (link.number, link.salt, link.payload)
                    by_hand.execute("INSERT INTO payloads VALUES (1, ?, ?, ?)", row)
            by_hand.execute("INSERT INTO heads VALUES (1, 3, ?)", (links[-1].hash,))
            by_hand.execute("INSERT INTO people VALUES (?, 1), (?, 2)", ("a" * 32, "b" * 32))
        for _ in range(2):
            await migrate.upgrade(engines.writer)
        async with SqlUnitOfWork(engines).write() as tx:
            adopted, listed = await tx.record.event(PartnershipId(1), 4), await tx.record.event(PartnershipId(1), 5)
            assert listed.event.data == {"numbers": [2], "people": ["c" * 32]}
            assert adopted.event.data["values"] == values_told(genesis())
            verdict = await tx.record.verify(PartnershipId(1))
            assert (verdict.holds, verdict.events, verdict.erased, verdict.unexplained) == (True, 5, 1, 0)
            assert (await tx.record.verify(PartnershipId(2))).events == 2, "a record that was empty begins with them"
            # From now on what is missing was taken away, and the list itself stays.
            assert await tx.record.erase(PartnershipId(1), 3, NEW_YEAR)
            with pytest.raises(NotErasable):
                await tx.record.erase(PartnershipId(1), 5, NEW_YEAR)
        async with engines.write() as connection:
            await connection.execute(text("DELETE FROM payloads WHERE partnership_id = 1 AND number = 1"))
        async with SqlUnitOfWork(engines).read() as tx:
            verdict = await tx.record.verify(PartnershipId(1))
            assert (verdict.holds, verdict.broken_at) == (False, 1)
    finally:
        await engines.dispose()


async def test_processes_that_start_at_once_on_an_empty_server_migrate_once(
    postgresql_server: PostgresServer,
) -> None:
    postgresql_server.psql("CREATE DATABASE empty")
    url = make_url(postgresql_server.address).set(database="empty").render_as_string(hide_password=False)
    processes = [create_engines(url) for _ in range(4)]
    try:
        async with asyncio.timeout(60):
            done = await asyncio.gather(*(migrate.upgrade(each.writer) for each in processes), return_exceptions=True)
        assert done == [None] * 4
        assert await migrate.current(processes[0].writer) == migrate.head()
    finally:
        for each in processes:
            await each.dispose()
        postgresql_server.psql("DROP DATABASE empty WITH (FORCE)")


@pytest.mark.parametrize(
    "url",
    ["", "bot.db", "sqlite:///bot.db", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "mysql://here/there"],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(BadDatabaseUrl):
        create_engines(url)


async def test_sqlite_is_set_up_to_lose_nothing(sqlite_url: str) -> None:
    engines = create_engines(sqlite_url)
    found = {}
    async with engines.write() as connection:
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
            found[name] = (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
    await engines.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_votes_move_into_rows_of_their_own_and_back(tmp_path: Path) -> None:
    """0012: nothing is lost on either way, of votes open, secret and closed, and of ballots cast (DEC-1, DEC-3a)."""
    engine = create_engine(database(tmp_path).replace("+aiosqlite", ""))

    def kept(connection: Connection) -> dict[str, list[Any]]:
        found = {}
        for chosen in ("SELECT id, document FROM proposals ORDER BY id", "SELECT * FROM ballots"):
            rows = connection.execute(text(chosen)).all()
            found[chosen] = sorted([json.loads(each) if "{" in str(each) else each for each in row] for row in rows)
        return found

    def to(connection: Connection, revision: str) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        go = command.downgrade if revision < "0012" and inspect(connection).has_table("votes") else command.upgrade
        go(config, revision)

    with engine.begin() as connection:
        to(connection, "0011")
        with_an_earlier_vote(connection)
        before = kept(connection)
        to(connection, "0012")
        marks = connection.execute(text("SELECT marks FROM ballots")).scalars().all()
        moved = {row.id: json.loads(row.document) for row in connection.execute(text("SELECT * FROM votes"))}
        named = connection.execute(text("SELECT document FROM proposals")).scalars().all()
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'ballots'")).scalar_one()
        to(connection, "0011")
        after = kept(connection)
    engine.dispose()
    assert after == before
    assert set(marks) == {f'{{"{option}":1}}' for option in ("for", "against", "abstain")}
    assert "WITHOUT ROWID" in made
    votes = [each for document in named for each in named_in(json.loads(document))]
    assert sorted(votes) == sorted(moved)
    assert {(vote["secret"], vote["tally"] is None) for vote in moved.values()} == set(product((False, True), repeat=2))
    by = {vote["method"]: vote["options"] for vote in moved.values()}
    yes_or_no = ["for", "against", "abstain"]
    assert by == {"majority": yes_or_no, "supermajority": yes_or_no, "consent": [*consent.OPTIONS]}
    assert all(sum(ballot["marks"].values()) == 1 for vote in moved.values() for ballot in vote["ballots"])


def with_an_earlier_vote(connection: Connection) -> None:
    """One of the old proposals had a consent round before its vote, and another has no vote but such a one."""
    rows = connection.execute(text("SELECT id, document FROM proposals")).all()
    held = [(row.id, json.loads(row.document)) for row in rows if json.loads(row.document)["vote"]]
    objection = {"choice": "object", "person": "f" * 32, "criterion": "harm", "reason": "It harms."}
    for (at, document), kept in zip(held[:2], (held[0][1]["vote"], None), strict=True):
        past = {**document["vote"], "id": f"{at}-0", "method": "consent", "ballots": [objection]}
        changed = json.dumps({**document, "vote": kept, "past_votes": [past]})
        connection.execute(
            text("UPDATE proposals SET document = :changed WHERE id = :at"), {"changed": changed, "at": at}
        )


def named_in(document: dict[str, Any]) -> list[str]:
    return [each for each in (*document["past_votes"], document["vote"]) if each is not None]
