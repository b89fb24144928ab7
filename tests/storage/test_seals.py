"""What nobody may know the author of: kept while the session runs, gone with its key, byte by byte on SQLite."""

from pathlib import Path

from bot.governance.anonymity import pseudonym
from bot.services.ports.sealed import Sealed
from bot.services.ports.transaction import UnitOfWork
from storage.engine import create_engines
from storage.migrate import upgrade
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.examples import ADA, BEN

SESSION = "retro/4"
OTHER = "retro/5"


async def seal(uow: UnitOfWork, thing: str, slot: str, content: str) -> str:
    async with uow.write() as tx:
        author = pseudonym(ADA, await tx.seals.key(thing))
        await tx.seals.put(thing, Sealed(author, slot, content))
    return author


async def test_an_author_has_one_name_in_a_session_and_another_in_the_next(uow: SqlUnitOfWork) -> None:
    first = await seal(uow, SESSION, "a", "one")
    again = await seal(uow, SESSION, "b", "two")
    other = await seal(uow, OTHER, "a", "three")
    assert first == again != other
    async with uow.read() as tx:
        assert {each.content for each in await tx.seals.of(SESSION, first)} == {"one", "two"}
        key = await tx.seals.find_key(SESSION)
        assert key is not None
        assert pseudonym(BEN, key) != first


async def test_what_is_sealed_is_replaced_dropped_and_opened(uow: SqlUnitOfWork) -> None:
    author = await seal(uow, SESSION, "a", "one")
    await seal(uow, SESSION, "a", "one, better")
    await seal(uow, SESSION, "b", "two")
    async with uow.write() as tx:
        await tx.seals.drop(SESSION, author, "b")
    async with uow.write() as tx:
        assert [each.content for each in await tx.seals.open(SESSION)] == ["one, better"]
    async with uow.read() as tx:
        assert await tx.seals.of(SESSION) == ()
        assert await tx.seals.find_key(SESSION) is not None


async def test_a_destroyed_session_leaves_no_key_and_its_neighbour_keeps_its_own(uow: SqlUnitOfWork) -> None:
    author = await seal(uow, SESSION, "a", "one")
    await seal(uow, OTHER, "a", "other")
    async with uow.write() as tx:
        await tx.seals.destroy(SESSION)
    async with uow.read() as tx:
        assert await tx.seals.find_key(SESSION) is None
        assert await tx.seals.of(SESSION) == ()
        assert await tx.seals.find_key(OTHER) is not None
        assert [each.content for each in await tx.seals.of(OTHER)] == ["other"]
    assert await seal(uow, SESSION, "a", "later") != author


async def test_nothing_of_a_destroyed_session_stays_in_the_file(tmp_path: Path) -> None:
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'seals.db'}")
    uow = SqlUnitOfWork(engines)
    try:
        await upgrade(engines.writer)
        author = await seal(uow, SESSION, "a", "what nobody may find again")
        async with uow.read() as tx:
            key = await tx.seals.find_key(SESSION)
        assert key is not None
        async with uow.write() as tx:
            await tx.seals.destroy(SESSION)
    finally:
        await engines.dispose()
    left = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    for trace in ("what nobody may find again", author, key.hex()):
        assert trace.encode() not in left
