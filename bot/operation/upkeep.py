"""What operators do with the database: verify, export, back up, restore, erase, migrate (RUN-1, RUN-3, REC-1)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import SQLAlchemyError

from bot.governance import receipts
from bot.governance.errors import BadValue, NotErasable, NotFound
from bot.governance.ids import PartnershipId
from bot.governance.receipts import LEAST_DIGITS, Receipt, ReceiptStanding
from bot.operation import exports, instance
from bot.operation.errors import OperatorError, place_words, schema_words
from bot.operation.exports import BadExport, ExportCheck
from bot.services import erasures, restores
from bot.services.ports.context import Clock, Context
from bot.services.ports.deliveries import DeliveryKind
from bot.ui import errors as refusals
from bot.ui.announcements import announce
from config import genesis
from config.settings import Settings
from storage import backup as copies
from storage import migrate as schema
from storage.engine import Engines, create_engines
from storage.unit_of_work import SqlTransaction, SqlUnitOfWork

PRIVATE = 0o600
MOST_SHOWN = 50
"""Differences named for one partnership; whoever changes more has changed everything."""
COMPARES = (
    "At its next start the bot compares it with what it last posted and decides nothing until a gap is confirmed: "
    "python -m bot confirm"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command says at its end, and whether all is well."""

    lines: tuple[str, ...]
    well: bool = True


async def verify(settings: Settings, exported: Path | None = None, receipt: str | None = None) -> Outcome:
    """Check the chain of every partnership, in the database or in an exported file, and a receipt kept (REC-1).

    In the database what is kept beside the chains is held against them as well.
    """
    kept = _read_receipt(receipt)
    if exported is not None:
        version, found = _verify_file(exported, kept)
        older = (exports.OLDER,) if version < exports.VERSION else ()
        return _verdicts(found, kept, older)
    async with _record(settings) as (tx, partnerships):
        checked = [await exports.verified(tx.record, tx.consistency, each, name, kept) for each, name in partnerships]
    return _verdicts(tuple(checked), kept)


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
        raise OperatorError(error.why) from None
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
        raise OperatorError(error.why, "Nothing was changed.") from None
    lines = [f"{file} is now the database."]
    if aside is not None:
        lines.append(f"The one before lies beside it as {aside.name}.")
    return Outcome((*lines, COMPARES))


async def _note_restored(settings: Settings, clock: Clock) -> Outcome:
    if settings.database_file is not None:
        raise OperatorError("Name the copy to put back: python -m bot restore FILE.", "Nothing was changed.")
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
    """What an erasure would take away, for the question before it. Raises OperatorError when it is not there."""
    async with _record(settings) as (tx, partnerships):
        if person is not None:
            if await tx.people.find(person) is None:
                raise OperatorError(f"Nobody with the Discord id {person} is in the database.", "Nothing was changed.")
            return f"the drafts of the Discord user {person}, and the link between them and everything they did"
        names = {int(each): name for each, name in partnerships}
        if partnership not in names:
            raise OperatorError(f"There is no partnership {partnership}: verify lists those there are.")
        try:
            found = await tx.record.event(PartnershipId(partnership), event)
        except NotFound:
            raise OperatorError(f"Partnership {partnership} has no event {event}.", "Nothing was changed.") from None
    what = f"event {event} of partnership {partnership} ({_shown(names[partnership])})"
    return f"the words of {what}: {found.event.name}, {found.event.thing}, {found.at:%Y-%m-%d %H:%M} UTC"


async def erase(settings: Settings, person: int | None, partnership: int, event: int, clock: Clock) -> Outcome:
    """Take away who somebody is, or the words of one event; the chain still verifies (REC-1)."""
    async with _engines(settings) as engines:
        ctx = Context(SqlUnitOfWork(engines, announce), clock, genesis.load(settings.governance_file))
        before = {each.id for each in await erasures.undone(ctx)}
        try:
            if person is not None:
                await erasures.forget(ctx, person)
            else:
                await erasures.erase(ctx, PartnershipId(partnership), event)
        except NotErasable:
            raise OperatorError(
                f"Event {event} says what was erased, or which rules came first. It holds nobody's words and stays.",
                "Nothing was changed.",
            ) from None
        asked = [each for each in await erasures.undone(ctx) if each.id not in before]
    lines = ["Erased. The record still verifies, says “erased on request” there, and holds the erasure as an event."]
    if asked:
        lines.append(
            f"The bot changes what it posted of it in Discord, cards and {_counted(len(asked), 'other message')}: "
            "within a minute while it runs, else at its next start. What Discord refuses: python -m bot erase --left"
        )
    lines.append("Still to be deleted by hand: backups and exports made before.")
    return Outcome(tuple(lines))


async def left(settings: Settings) -> Outcome:
    """What still stands in Discord after erasures: which message, why, and what a person can do (REC-1)."""
    async with _record(settings) as (tx, _):
        found = await tx.deliveries.undone()
        guilds = {each.id: each.guild_id for each in await tx.partnerships.all()}
    if not found:
        return Outcome(("Nothing is left: every message that held erased words was changed.",))
    lines = [f"{_counted(len(found), 'message')} in Discord still to be changed:"]
    for each in found:
        where = guilds.get(each.partnership, 0) if each.kind is not DeliveryKind.DIRECT else "@me"
        message = each.channel_id if each.kind is DeliveryKind.THREAD else f"{each.channel_id}/{each.message_id}"
        link = f"https://discord.com/channels/{where}/{message}" if each.channel_id else "place not noted"
        lines.append(f"- {each.kind} of {each.thing or f'proposal/{each.proposal}'}: {link}")
        lines.append(f"  {_advice(each.refused)}")
    return Outcome(tuple(lines), not any(each.refused for each in found))


def _advice(refused: str) -> str:
    """Why a message could not be changed, and what helps."""
    if not refused:
        return "Waits for the bot: start it, or wait a minute while it runs."
    kind, _, said = refused.partition(":")
    if kind == "Forbidden":
        return (
            f"Discord refuses ({_shown(said.strip())}). Let the bot see that channel or thread again and unlock it, "
            "or delete the message by hand; the bot tries again by itself, within the hour."
        )
    return f"Discord did not take it ({_shown(said.strip() or kind)}). The bot tries again by itself, within the hour."


async def migrate(settings: Settings, clock: Clock) -> Outcome:
    """Bring the database to this version of the bot; refused while a process runs on an older one."""
    async with _engines(settings) as engines:
        before = await schema.current(engines.writer)
        if before is not None and before != schema.head() and schema.knows(before):
            await instance.nobody_runs(engines, clock)
        try:
            await schema.upgrade(engines.writer)
        except (schema.NewerSchema, schema.BrokenReferences) as error:
            raise OperatorError(*schema_words(error)) from None
    if before == schema.head():
        return Outcome((f"The database is at version {before} already. Nothing was changed.",))
    return Outcome((f"The database went from {before or 'nothing'} to version {schema.head()}.",))


@asynccontextmanager
async def _engines(settings: Settings) -> AsyncIterator[Engines]:
    if said := place_words(settings):
        raise OperatorError(said)
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
        raise OperatorError(f"There is no database at {file} yet. DATABASE_URL names it; run the bot once to make it.")
    async with _engines(settings) as engines, SqlUnitOfWork(engines).read() as tx:
        yield tx, [(each.id, each.name) for each in await tx.partnerships.all()]


def _read_receipt(written: str | None) -> Receipt | None:
    if written is None:
        return None
    try:
        return receipts.read(written)
    except BadValue as error:
        raise OperatorError(
            f"“{_shown(error.text)}” is no receipt: it takes {refusals.wanted(error)}.",
            'Write it as the bot showed it, in quotation marks: --receipt "42 1f0c…".',
        ) from None


def _verify_file(file: Path, receipt: Receipt | None) -> tuple[int, tuple[ExportCheck, ...]]:
    try:
        with file.open(encoding="utf-8") as lines:
            return exports.verify(lines, receipt)
    except BadExport as error:
        raise OperatorError(f"{file} is not a whole export: {error.said}.") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{file} is not a whole export: it is not text.") from None


def _verdicts(
    checked: tuple[ExportCheck, ...], receipt: Receipt | None = None, notices: tuple[str, ...] = ()
) -> Outcome:
    lines = [f"Notice: {each}" for each in notices]
    if not checked:
        lines.append("There is no partnership, so there is nothing to check.")
    for each in checked:
        lines += _verdict(each)
    well = all(each.well for each in checked)
    if not well:
        lines.append("Somebody or something changed the record outside the bot. Keep this file and compare a backup.")
    if receipt is not None:
        stands, said = _looked_for(receipt, checked)
        lines.append(said)
        well = well and stands
    return Outcome(tuple(lines), well)


def _verdict(each: ExportCheck) -> list[str]:
    verdict = each.verdict
    state = "BROKEN" if not verdict.holds else "CHANGED BESIDE THE RECORD" if each.differences else "holds"
    lines = [
        f"Partnership {each.partnership} ({_shown(each.name)}): {state}",
        f"  events: {verdict.events}, erased on request: {verdict.erased}",
        f"  head:   {verdict.head}",
    ]
    if not verdict.holds:
        lines.append(f"  first broken event: {verdict.broken_at} ({verdict.why})")
    elif verdict.unexplained:
        lines.append(
            f"  Notice: {_counted(verdict.unexplained, 'erasure')} from before erasures were entries of the record: "
            "that somebody asked for it cannot be told from here."
        )
    shown = each.differences[:MOST_SHOWN]
    lines += [f"  not as the record tells: {_shown(found.thing)}, {_shown(found.what)}" for found in shown]
    if len(each.differences) > MOST_SHOWN:
        lines.append(f"  … and {len(each.differences) - MOST_SHOWN} more")
    return lines


def _looked_for(receipt: Receipt, checked: tuple[ExportCheck, ...]) -> tuple[bool, str]:
    """Whether a receipt stands in one of these partnerships, in a sentence."""
    if not receipt.proves:
        return False, (
            f"The receipt has {len(receipt.digits)} digits, too short to prove anything: another entry that begins "
            f"like it could be made by trial. {LEAST_DIGITS} are needed; ask for a new one with /audit receipt."
        )
    place = "" if receipt.number is None else f" as event {receipt.number}"
    for each in checked:
        if each.standing is ReceiptStanding.STANDS and each.verdict.holds:
            return True, f"The receipt stands{place} in partnership {each.partnership} ({_shown(each.name)})."
    if any(each.standing is ReceiptStanding.STANDS for each in checked):
        return False, f"The receipt stands{place}, but the record around it is broken."
    return False, (
        f"THE RECEIPT DOES NOT STAND{place}: this record is not the one that it was given for. Check that it was "
        "copied whole; if so, tell others."
    )


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
        raise OperatorError(f"{file} exists already and was left alone. Choose another name.")
    if not file.absolute().parent.is_dir():
        raise OperatorError(f"The folder {file.absolute().parent} does not exist. Make it, or choose another.")


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
