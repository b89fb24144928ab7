"""What operators do with the database: verify, export, back up, restore, erase, migrate (RUN-1, RUN-3, REC-1)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import SQLAlchemyError

from bot import exports, instance
from bot.exports import BadExport, Checked
from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId
from bot.services import erasures, restores
from bot.services.ports import Clock, Context
from bot.trouble import Trouble, place_words, schema_words
from bot.ui.announcements import announce
from config import genesis
from config.settings import Settings
from storage import backup as copies
from storage import migrate as schema
from storage.engine import Engines, create_engines
from storage.unit_of_work import SqlTransaction, SqlUnitOfWork

PRIVATE = 0o600
COMPARES = (
    "At its next start the bot compares it with what it last posted and decides nothing until a gap is confirmed: "
    "python -m bot confirm"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command says at its end, and whether all is well."""

    lines: tuple[str, ...]
    well: bool = True


async def verify(settings: Settings, exported: Path | None = None) -> Outcome:
    """Check the chain of every partnership, in the database or in an exported file (REC-1)."""
    if exported is not None:
        return _verdicts(_verify_file(exported))
    async with _record(settings) as (tx, partnerships):
        checked = [await exports.verified(tx.record, each, name) for each, name in partnerships]
    return _verdicts(tuple(checked))


async def export(settings: Settings, file: Path) -> Outcome:
    """Write the record to a new file, enough to verify it anywhere (REC-1)."""
    count = 0
    async with _record(settings) as (tx, partnerships):
        with _new_file(file) as target:
            async for line in exports.lines(tx.record, partnerships):
                target.write(line)
                count += 1
    events = count - 2 - len(partnerships)
    return Outcome(
        (
            f"Wrote {_counted(events, 'event')} of {_counted(len(partnerships), 'partnership')} to {file}.",
            f"Anyone can check it: python -m bot verify --export {file}",
            "It contains what people wrote. Share it only with those who may read it.",
        )
    )


async def backup(settings: Settings, file: Path) -> Outcome:
    """Copy the database while the bot runs; the copy is checked before it takes its name (RUN-3)."""
    _check_new(file)
    try:
        await copies.backup(settings.database_url, file)
    except copies.BackupRefused as error:
        raise Trouble(error.why) from None
    _make_private(file)
    return Outcome(
        (
            f"Copied the database to {file} and checked the copy.",
            "It holds everything, ballots of open votes included. Keep it where nobody else reads it.",
        )
    )


async def restore(settings: Settings, file: Path | None, clock: Clock) -> Outcome:
    """Put a copy in the database's place; refused while the bot runs (RUN-3).

    PostgreSQL's own tools do that for PostgreSQL: then, without a file, it is only noted that it was done.
    """
    if file is None:
        return await _note_restored(settings, clock)
    await _clear_dead_lock(settings, clock)
    try:
        aside = await copies.restore(file, settings.database_url, clock())
    except copies.BackupRefused as error:
        raise Trouble(error.why, "Nothing was changed.") from None
    lines = [f"{file} is now the database."]
    if aside is not None:
        lines.append(f"The one before lies beside it as {aside.name}.")
    return Outcome((*lines, COMPARES))


async def _note_restored(settings: Settings, clock: Clock) -> Outcome:
    if settings.database_file is not None:
        raise Trouble("Name the copy to put back: python -m bot restore FILE.", "Nothing was changed.")
    async with _record(settings):
        pass
    async with _engines(settings) as engines:
        await instance.nobody_runs(engines, clock)
        await copies.restored(engines, clock())
    return Outcome(("Noted that the database was put back from a copy.", COMPARES))


async def confirm(settings: Settings, clock: Clock) -> Outcome:
    """An operator has seen the gap that a restore left: deciding goes on (RUN-3)."""
    async with _record(settings):
        pass
    async with _engines(settings) as engines:
        ctx = Context(SqlUnitOfWork(engines, announce), clock, genesis.load(settings.governance_file))
        confirmed = await restores.confirm(ctx)
    if not confirmed:
        return Outcome(("No gap waits to be confirmed. Nothing was changed.",))
    return Outcome((f"Confirmed for {_counted(len(confirmed), 'partnership')}. The bot goes on within a minute.",))


async def to_erase(settings: Settings, person: int | None, partnership: int, event: int) -> str:
    """What an erasure would take away, for the question before it. Raises Trouble when it is not there."""
    async with _record(settings) as (tx, partnerships):
        if person is not None:
            if await tx.people.find(person) is None:
                raise Trouble(f"Nobody with the Discord id {person} is in the database.", "Nothing was changed.")
            return f"the drafts of the Discord user {person}, and the link between them and everything they did"
        names = {int(each): name for each, name in partnerships}
        if partnership not in names:
            raise Trouble(f"There is no partnership {partnership}: verify lists those there are.")
        try:
            found = await tx.record.event(PartnershipId(partnership), event)
        except NotFound:
            raise Trouble(f"Partnership {partnership} has no event {event}.", "Nothing was changed.") from None
    what = f"event {event} of partnership {partnership} ({_shown(names[partnership])})"
    return f"the words of {what}: {found.event.type}, {found.event.thing}, {found.at:%Y-%m-%d %H:%M} UTC"


async def erase(settings: Settings, person: int | None, partnership: int, event: int, clock: Clock) -> Outcome:
    """Take away who somebody is, or the words of one event; the chain still verifies (REC-1)."""
    async with _engines(settings) as engines:
        ctx = Context(SqlUnitOfWork(engines, announce), clock, genesis.load(settings.governance_file))
        if person is not None:
            await erasures.forget(ctx, person)
        else:
            await erasures.erase(ctx, PartnershipId(partnership), event)
    return Outcome(
        (
            "Erased. The record still verifies and says “erased on request” there.",
            "Still to be deleted by hand: messages that Discord shows, and backups and exports made before.",
        )
    )


async def migrate(settings: Settings, clock: Clock) -> Outcome:
    """Bring the database to this version of the bot; refused while a process runs on an older one."""
    async with _engines(settings) as engines:
        before = await schema.current(engines.writer)
        if before is not None and before != schema.head() and schema.knows(before):
            await instance.nobody_runs(engines, clock)
        try:
            await schema.upgrade(engines.writer)
        except (schema.NewerSchema, schema.BrokenReferences) as error:
            raise Trouble(*schema_words(error)) from None
    if before == schema.head():
        return Outcome((f"The database is at version {before} already. Nothing was changed.",))
    return Outcome((f"The database went from {before or 'nothing'} to version {schema.head()}.",))


@asynccontextmanager
async def _engines(settings: Settings) -> AsyncIterator[Engines]:
    if said := place_words(settings):
        raise Trouble(said)
    engines = create_engines(settings.database_url)
    try:
        yield engines
    finally:
        await engines.dispose()


@asynccontextmanager
async def _record(settings: Settings) -> AsyncIterator[tuple[SqlTransaction, list[tuple[PartnershipId, str]]]]:
    """One snapshot of a database that is there, with the partnerships in it."""
    file = settings.database_file
    if file is not None and not file.exists():
        raise Trouble(f"There is no database at {file} yet. DATABASE_URL names it; run the bot once to make it.")
    async with _engines(settings) as engines, SqlUnitOfWork(engines).read() as tx:
        yield tx, [(each.id, each.name) for each in await tx.partnerships.all()]


def _verify_file(file: Path) -> tuple[Checked, ...]:
    try:
        with file.open(encoding="utf-8") as lines:
            return exports.verify(lines)
    except BadExport as error:
        raise Trouble(f"{file} is not a whole export: {error.said}.") from None
    except UnicodeDecodeError:
        raise Trouble(f"{file} is not a whole export: it is not text.") from None


def _verdicts(checked: tuple[Checked, ...]) -> Outcome:
    if not checked:
        return Outcome(("There is no partnership, so there is nothing to check.",))
    lines = []
    for each in checked:
        verdict = each.verdict
        lines.append(f"Partnership {each.partnership} ({_shown(each.name)}): {'holds' if verdict.holds else 'BROKEN'}")
        lines.append(f"  events: {verdict.events}, erased on request: {verdict.erased}")
        lines.append(f"  head:   {verdict.head}")
        if not verdict.holds:
            lines.append(f"  first broken event: {verdict.broken_at} ({verdict.why})")
    well = all(each.verdict.holds for each in checked)
    if not well:
        lines.append("Somebody or something changed the record outside the bot. Keep this file and compare a backup.")
    return Outcome(tuple(lines), well)


async def _clear_dead_lock(settings: Settings, clock: Clock) -> None:
    """Refuse while the bot runs, and forget a process of this machine that died. A damaged database has no lock."""
    file = settings.database_file
    if file is None or not file.exists():
        return
    async with _engines(settings) as engines:
        try:
            lock = await instance.take(engines, clock)
            await lock.release()
        except SQLAlchemyError:
            return


def _check_new(file: Path) -> None:
    if file.exists():
        raise Trouble(f"{file} exists already and was left alone. Choose another name.")
    if not file.absolute().parent.is_dir():
        raise Trouble(f"The folder {file.absolute().parent} does not exist. Make it, or choose another.")


@contextmanager
def _new_file(file: Path) -> Iterator[TextIO]:
    """A file for this user only, which is there whole or not at all."""
    _check_new(file)
    with open(file, "x", encoding="ascii", opener=_private) as target:
        try:
            yield target
        except BaseException:
            file.unlink()
            raise


def _make_private(file: Path) -> None:
    file.chmod(PRIVATE)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)


def _shown(name: str) -> str:
    return "".join(each if each.isprintable() else "�" for each in name)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
