"""What can go wrong for the person who runs the bot, in plain words: what happened and what to do next (RUN-1)."""

from __future__ import annotations

import tempfile

import aiohttp
import discord
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from config.genesis import BadGenesis
from config.settings import BadSettings, Settings
from storage.migrate import BrokenReferences, NewerSchema

PORTAL = "https://discord.com/developers/applications"
BAD_CONFIGURATION = 2
FAILED = 1


class OperatorError(Exception):
    """A command cannot do its work. ``lines`` say why, ``code`` is what the process ends with."""

    def __init__(self, *lines: str, code: int = FAILED) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.code = code


def in_words(error: Exception, settings: Settings | None = None) -> OperatorError:
    """This error as something to tell the operator."""
    match error:
        case OperatorError():
            return error
        case BadSettings():
            where = "Set it in the environment or in .env (see .env.example)."
            return OperatorError(*error.problems, where, code=BAD_CONFIGURATION)
        case BadGenesis():
            return OperatorError(*error.lines, "Nothing was started.", code=BAD_CONFIGURATION)
        case discord.LoginFailure() | discord.PrivilegedIntentsRequired():
            return OperatorError(discord_words(error), code=BAD_CONFIGURATION)
        case discord.DiscordException() | aiohttp.ClientError() | TimeoutError():
            return OperatorError(discord_words(error))
        case ModuleNotFoundError() if error.name == "asyncpg":
            return OperatorError(
                "DATABASE_URL asks for PostgreSQL, but the package asyncpg is not installed.",
                "Install it: pip install asyncpg.",
                code=BAD_CONFIGURATION,
            )
        case NewerSchema() | BrokenReferences():
            return OperatorError(*schema_words(error))
        case SQLAlchemyError():
            return OperatorError(database_words(error, settings))
        case _ if type(error).__module__.startswith("asyncpg"):
            return OperatorError(database_words(error, settings))
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            return OperatorError(f"{place}{error.strerror or error}.")
        case _:
            # The text of an unforeseen error may quote what people wrote, so only its kind is told here.
            return OperatorError(
                f"Something unforeseen happened ({type(error).__name__}). What was recorded before is kept.",
                "Run it again with LOG_LEVEL=DEBUG to see where, and please report it.",
            )


def discord_words(error: Exception) -> str:
    """Why Discord did not let the bot in, or could not be asked."""
    match error:
        case discord.LoginFailure():
            return (
                "Discord does not accept DISCORD_TOKEN. Open your application at "
                f"{PORTAL}, page Bot, press Reset Token, and put the new token in .env."
            )
        case discord.PrivilegedIntentsRequired():
            return (
                "The Server Members Intent is off, so the bot cannot see who holds which role. Switch it on at "
                f"{PORTAL}: your application, page Bot, Privileged Gateway Intents. Then start again."
            )
        case discord.HTTPException():
            return f"Discord answered with error {error.status}. Try again in a few minutes."
        case discord.ConnectionClosed(code=4011):
            return (
                "The bot is in more servers than one connection may carry. Deal them out among shards: set SHARDS "
                "(see .env.example), in one process or in several on one PostgreSQL."
            )
        case discord.ConnectionClosed():
            return f"Discord closed the connection (code {error.code}). Try again in a few minutes."
        case TimeoutError():
            return "Discord did not answer in time. Check the network and try again."
        case _:
            return "Discord could not be reached. Check the network (name lookup, firewall, proxy) and try again."


def database_words(error: Exception, settings: Settings | None = None) -> str:
    """Why the database cannot be used. Never quotes the statement, which may hold what people wrote."""
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    where = str(settings.database_file or settings.database) if settings else "the database"
    for sign, words in _DATABASE_SIGNS:
        if sign in said.casefold():
            return words.format(where=where)
    return f"The database {where} could not be used ({type(error).__name__})."


def place_words(settings: Settings) -> str | None:
    """Why a SQLite database cannot be opened or made where DATABASE_URL says; None when it can."""
    file = settings.database_file
    if file is None:
        return None
    try:
        if file.exists():
            with file.open("r+b"):
                return None
        with tempfile.TemporaryFile(dir=file.absolute().parent):
            return None
    except FileNotFoundError:
        why = f"the folder {file.absolute().parent} does not exist"
    except OSError as error:
        why = f"it cannot be written there ({error.strerror})"
    return f"The database {file} cannot be used: {why}. Mend that, or set DATABASE_URL."


def schema_words(error: NewerSchema | BrokenReferences) -> tuple[str, ...]:
    """Why the database cannot be brought to this version of the bot."""
    if isinstance(error, NewerSchema):
        return (
            f"The database was written by a newer version of the bot ({error}). Nothing was changed.",
            "Install that version, or restore a backup made by this one: python -m bot restore FILE.",
        )
    return (
        "The database refers to rows that are not there, so it was left as it was.",
        "Restore the latest backup: python -m bot restore FILE.",
    )


_DATABASE_SIGNS = (
    (
        "unable to open",
        "The database file {where} cannot be opened. Check that its folder exists and that the bot may write there.",
    ),
    ("readonly", "The database {where} is read-only for the bot. Give it permission to write the file and its folder."),
    ("disk i/o", "The disk failed while the database {where} was used. Check the disk; restore a backup if need be."),
    (
        "disk is full",
        "The disk with the database {where} is full. Make room and start again; what is recorded is kept.",
    ),
    ("not a database", "{where} is not a SQLite database. Check DATABASE_URL, or restore a backup."),
    ("malformed", "The database {where} is damaged. Restore the latest backup: python -m bot restore FILE."),
    ("locked", "The database {where} is in use by another program for too long. Stop that program and try again."),
    ("no such table", "The database {where} has no tables for this version. Run: python -m bot migrate."),
    (
        "does not exist",
        "The database {where} or a table in it does not exist. Create it, then run: python -m bot migrate.",
    ),
    ("no such column", "The database {where} belongs to another version of the bot. Run: python -m bot migrate."),
    ("password", "PostgreSQL refuses the user or password in DATABASE_URL."),
)
