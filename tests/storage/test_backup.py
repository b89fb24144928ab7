"""Copies of a running database, and putting one back (RUN-3)."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.governance.ids import ProposalId
from bot.governance.proposals_types import Proposal
from bot.services.ports.sealed import Sealed
from storage.backup import BackupRefused, backup, check, restore
from storage.engine import create_engines
from storage.locks import STALE_AFTER, InstanceLock
from storage.runtime import RESTORED
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.storage.examples import HERE, event, partnership, proposal


def file_of(url: str) -> Path:
    return Path(make_url(url).database or "")


async def write(uow: SqlUnitOfWork, times: int) -> None:
    for _ in range(times):
        async with uow.write() as tx:
            await tx.record.append(HERE, [event()], NEW_YEAR)


async def test_a_copy_made_beside_a_busy_writer_verifies_and_can_be_put_back(sqlite_url: str, tmp_path: Path) -> None:
    engines = create_engines(sqlite_url)
    uow = SqlUnitOfWork(engines)
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
        await tx.of(Proposal).save(proposal())
    await InstanceLock(engines, "host:1").acquire(NEW_YEAR)
    await write(uow, 5)
    copies = tmp_path / "copies"
    copies.mkdir()
    _, copy = await asyncio.gather(write(uow, 60), backup(sqlite_url, copies / "bot.db"))
    check(copy)
    assert [each.name for each in copies.iterdir()] == ["bot.db"]
    await write(uow, 3)

    with pytest.raises(BackupRefused, match="running"):
        await restore(copy, sqlite_url, NEW_YEAR + STALE_AFTER - timedelta(seconds=1))
    await engines.dispose()
    replaced = await restore(copy, sqlite_url, NEW_YEAR + STALE_AFTER)
    assert replaced is not None
    check(replaced)
    heads = {}
    for name, url in (("restored", sqlite_url), ("replaced", f"sqlite+aiosqlite:///{replaced}")):
        engines = create_engines(url)
        async with SqlUnitOfWork(engines).read() as tx:
            verdict = await tx.record.verify(HERE)
            assert verdict.holds
            assert (await tx.of(Proposal).get(ProposalId(1))).version == 1
            heads[name] = verdict.events
            assert (await tx.runtime.get(RESTORED) is None) is (name == "replaced")
        await engines.dispose()
    assert 5 <= heads["restored"] <= 65
    assert heads["replaced"] == 68


async def test_restoring_twice_keeps_both_replaced_files(sqlite_url: str, tmp_path: Path) -> None:
    copy = await backup(sqlite_url, tmp_path / "copy.db")
    one = await restore(copy, sqlite_url, NEW_YEAR)
    two = await restore(copy, sqlite_url, NEW_YEAR)
    assert one is not None
    assert two is not None
    assert one != two
    assert one.exists()
    assert two.exists()


async def test_a_restored_database_need_not_have_been_there(sqlite_url: str, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.db"
    assert await restore(file_of(sqlite_url), f"sqlite+aiosqlite:///{fresh}", NEW_YEAR) is None
    check(fresh)


async def test_a_damaged_database_can_be_replaced_and_a_damaged_copy_cannot_be_put_back(
    sqlite_url: str, tmp_path: Path
) -> None:
    copy = await backup(sqlite_url, tmp_path / "copy.db")
    good = copy.read_bytes()
    file_of(sqlite_url).write_bytes(b"not a database at all, only words" * 50)
    assert await restore(copy, sqlite_url, NEW_YEAR) is not None
    copy.write_bytes(good[:8192] + b"\xff" * 4096 + good[12288:])
    with pytest.raises(BackupRefused):
        await restore(copy, sqlite_url, NEW_YEAR)
    check(file_of(sqlite_url))


async def test_what_cannot_be_copied_is_refused_in_words(sqlite_url: str, tmp_path: Path) -> None:
    postgresql = "postgresql+asyncpg://bot@localhost/bot"
    with pytest.raises(BackupRefused, match="pg_dump"):
        await backup(postgresql, tmp_path / "x")
    with pytest.raises(BackupRefused, match="pg_restore"):
        await restore(tmp_path / "x", postgresql, NEW_YEAR)
    with pytest.raises(BackupRefused, match="no database"):
        await backup(f"sqlite+aiosqlite:///{tmp_path / 'none.db'}", tmp_path / "x")
    with pytest.raises(BackupRefused, match="another name"):
        await backup(sqlite_url, file_of(sqlite_url))
    with pytest.raises(BackupRefused, match="could not be written"):
        await backup(sqlite_url, tmp_path / "no such folder" / "x")
    with pytest.raises(BackupRefused, match="no copy"):
        await restore(tmp_path / "none.db", sqlite_url, NEW_YEAR)
    with pytest.raises(BackupRefused, match="itself"):
        await restore(file_of(sqlite_url), sqlite_url, NEW_YEAR)
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(BackupRefused, match="not one of this bot"):
        await restore(empty, sqlite_url, NEW_YEAR)


async def test_a_copy_holds_no_key_of_a_session_not_even_in_its_free_pages(sqlite_url: str, tmp_path: Path) -> None:
    engines = create_engines(sqlite_url)
    uow = SqlUnitOfWork(engines)
    async with uow.write() as tx:
        key = await tx.seals.key("retro/4")
        await tx.seals.put("retro/4", Sealed("author", "slot", "a card"))
    copy = await backup(sqlite_url, tmp_path / "copy.db")
    async with uow.read() as tx:
        assert await tx.seals.find_key("retro/4") == key, "the session itself goes on"
    await engines.dispose()
    assert key.hex().encode() not in copy.read_bytes()
    copied = create_engines(f"sqlite+aiosqlite:///{copy}")
    async with SqlUnitOfWork(copied).read() as tx:
        assert await tx.seals.find_key("retro/4") is None
        assert [each.content for each in await tx.seals.of("retro/4")] == ["a card"]
    await copied.dispose()


async def test_nor_does_the_file_that_was_replaced(sqlite_url: str, tmp_path: Path) -> None:
    copy = await backup(sqlite_url, tmp_path / "copy.db")
    engines = create_engines(sqlite_url)
    async with SqlUnitOfWork(engines).write() as tx:
        key = await tx.seals.key("retro/4")
        await tx.seals.put("retro/4", Sealed("author", "slot", "a card"))
    # As after a crash, what was written last is still in the log beside the file.
    file, log = file_of(sqlite_url), Path(f"{file_of(sqlite_url)}-wal")
    crashed = tmp_path / "crashed.db"
    crashed.write_bytes(file.read_bytes())
    crashed.with_name("crashed.db-wal").write_bytes(log.read_bytes())
    await engines.dispose()
    replaced = await restore(copy, f"sqlite+aiosqlite:///{crashed}", NEW_YEAR)
    assert replaced is not None
    left = b"".join(each.read_bytes() for each in tmp_path.glob("crashed.db*"))
    assert key.hex().encode() not in left
    aside = create_engines(f"sqlite+aiosqlite:///{replaced}")
    async with SqlUnitOfWork(aside).read() as tx:
        assert [each.content for each in await tx.seals.of("retro/4")] == ["a card"]
    await aside.dispose()
