"""Migrations and tables say the same, on both kinds of database."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url

from bot.governance.ids import PartnershipId, PersonId
from bot.governance.reminders import Preferences, Topic, Way
from storage import migrate
from storage.engine import BadDatabaseUrl, Engines, create_engines
from storage.tables import metadata
from storage.unit_of_work import SqlUnitOfWork
from tests.database import PostgresServer


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
    wanted = Preferences("Europe/Lisbon", off=frozenset({Topic.SURVEYS}), mentions=2)
    assert found == {"ada": (wanted, None), "ben": (replace(wanted, way=Way.DIRECT), None)}
    assert wanted.way is Way.MENTION


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
