"""The command line (RUN-1): ``python -m bot``, then one of ``run``, ``rehearse``, ``check``, ``verify``, ``export``,
``backup``, ``restore``, ``confirm``, ``erase``, ``migrate``.

Each command is imported when it is asked for, so that ``--help`` and a bad word cost nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config import settings
from config.settings import Settings

if TYPE_CHECKING:
    from bot.operation.upkeep import Outcome

FINE = 0
FAILED = 1
PRIVATE = 0o077
"""What files made here withhold from other users of the machine."""

DESCRIPTION = """\
A Discord bot that hosts multi-stakeholder governance.

Try it without a Discord account:   python -m bot rehearse
Run it with a token in .env:        python -m bot check, then python -m bot run"""

EPILOG = """\
Settings come from the environment or from .env in this directory (see .env.example).
A command ends with 0 when it worked, 1 when it failed, 2 when it was told or configured wrongly."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says. What goes wrong is said in sentences, never with a traceback."""
    options = _parser().parse_args(arguments)
    loaded: Settings | None = None
    try:
        if options.command == "rehearse":  # needs no settings, so bad ones do not stop it
            return _rehearse(options.port, not options.no_browser)
        loaded = settings.load()
        return _do(options, loaded)
    except KeyboardInterrupt:
        _complain("Stopped.")
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last place where an error can still be put in words
        return _explain(error, loaded)


def _do(options: argparse.Namespace, loaded: Settings) -> int:
    from bot.operation import logs

    os.umask(PRIVATE)  # the database, its copies and exports hold what only the operator may read
    logs.set_up(loaded if options.command == "run" else loaded.model_copy(update={"log_level": _quiet(loaded)}))
    match options.command:
        case "run":
            from bot.operation.running import run

            asyncio.run(run(loaded))
        case "check":
            return asyncio.run(_check(loaded))
        case _:
            return asyncio.run(_operate(options, loaded))
    return FINE


async def _check(loaded: Settings) -> int:
    from bot.operation.checks import check

    report = await check(loaded)
    for finding in report.findings:
        print(finding)
    print(f"\nInvite the bot to a server you manage:\n{report.link}\n")
    print("Ready for: python -m bot run" if report.is_ready else "Mend what is marked wrong, then check again.")
    return FINE if report.is_ready else FAILED


async def _operate(options: argparse.Namespace, loaded: Settings) -> int:
    from bot.operation import upkeep

    match options.command:
        case "verify":
            outcome = await upkeep.verify(loaded, options.export, options.receipt)
        case "export":
            outcome = await upkeep.export(loaded, options.file)
        case "backup":
            outcome = await upkeep.backup(loaded, options.file)
        case "confirm":
            from bot.app import PRESENT

            outcome = await upkeep.confirm(loaded, PRESENT)
        case "erase":
            from bot.app import PRESENT

            if options.left:
                return _say(await upkeep.left(loaded))
            which = (options.person, options.partnership, options.event)
            if not options.yes and not _sure(await upkeep.to_erase(loaded, *which)):
                _complain("Nothing was erased.")
                return FAILED
            await upkeep.to_erase(loaded, *which)
            outcome = await upkeep.erase(loaded, *which, PRESENT)
        case "restore":
            from bot.app import PRESENT

            outcome = await upkeep.restore(loaded, options.file, PRESENT)
        case _:
            from bot.app import PRESENT

            outcome = await upkeep.migrate(loaded, PRESENT)
    return _say(outcome)


def _say(outcome: Outcome) -> int:
    for line in outcome.lines:
        print(line)
    return FINE if outcome.well else FAILED


def _sure(what: str) -> bool:
    print(f"This erases {what}. It cannot be undone.")
    try:
        return input("Type yes to go on: ").strip().lower() == "yes"
    except EOFError:
        return False


def _rehearse(port: int, open_browser: bool) -> int:
    try:
        from bot import rehearsal

        return rehearsal.main(port, open_browser) or FINE
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "simcord":
            raise
        _complain(
            "The rehearsal needs the package simcord, which is not installed here.",
            "Run: make rehearse (or pip install -r requirements/rehearsal.txt).",
        )
        return FAILED


def _explain(error: Exception, loaded: Settings | None) -> int:
    from bot.operation.errors import in_words

    logging.getLogger(__name__).debug("the error behind the next lines", exc_info=error)
    trouble = in_words(error, loaded)
    _complain(*trouble.lines)
    return trouble.code


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _quiet(loaded: Settings) -> str:
    """Commands that answer and end show only what is wrong, unless everything was asked for."""
    return "DEBUG" if loaded.log_level == "DEBUG" else "WARNING"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command", title="commands")
    commands.add_parser("run", help="run the bot against Discord, until Ctrl-C or SIGTERM")
    rehearse = commands.add_parser("rehearse", help="try the bot in a simulated Discord, in the browser")
    rehearse.add_argument("--port", type=_port, default=8765, help="where the page is served (default: 8765)")
    rehearse.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    commands.add_parser("check", help="say what is wrong before running, and print the invite link")
    verify = commands.add_parser("verify", help="check that no recorded decision was changed")
    verify.add_argument("--export", type=Path, metavar="FILE", help="check an exported file instead of the database")
    verify.add_argument(
        "--receipt",
        metavar="TEXT",
        help='look for a receipt too: number and hash, as in "42 1f0c…" (with or without --export)',
    )
    export = commands.add_parser("export", help="write the record to a file, enough to verify it anywhere")
    export.add_argument("file", type=Path, metavar="FILE", help="a new file (JSON lines)")
    backup = commands.add_parser("backup", help="copy the database, also while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="a new file")
    restore = commands.add_parser("restore", help="put a backup in the database's place; the bot has to be stopped")
    restore.add_argument(
        "file", type=Path, metavar="FILE", nargs="?", help="a file written by backup; none after pg_restore"
    )
    commands.add_parser("confirm", help="after a restore: go on deciding although posted entries are missing")
    erase = commands.add_parser(
        "erase", help="on request: forget who somebody is, with their drafts, or the words of one event"
    )
    which = erase.add_mutually_exclusive_group(required=True)
    which.add_argument("--person", type=_id, metavar="ID", help="a Discord user id")
    which.add_argument("--event", type=_id, default=0, metavar="N", help="the number of an event in the record")
    which.add_argument("--left", action="store_true", help="erase nothing: list what Discord still shows of erasures")
    erase.add_argument("--partnership", type=_id, default=1, metavar="P", help="whose record (default: 1)")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("migrate", help="bring the database to this version of the bot")
    return parser


def _id(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 2**63:
        raise argparse.ArgumentTypeError(f"{text} is not a number above zero")
    return int(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
