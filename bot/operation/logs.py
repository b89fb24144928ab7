"""Structured logs that never contain tokens, ballots or the texts of people (RUN-4)."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from bot.discord.requests import FAILED, in_a_line
from config.settings import Settings

QUIET: dict[str, int] = {
    # Below these levels the libraries write out whole requests, events or statements: texts, ballots, tokens.
    "discord": logging.INFO,
    "aiosqlite": logging.WARNING,
    "asyncpg": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "aiohttp": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "asyncio": logging.WARNING,
}
"""The least level of each library, whatever LOG_LEVEL says."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PATTERNS = (
    (re.compile(r"[\w-]{20,}\.[\w-]{6}\.[\w-]{25,}"), "[token]"),
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w-]+"), r"\1[token]"),
    (re.compile(r"(://[^\s:/@]+:)[^\s/@]+@"), r"\1[password]@"),
)


class Redaction:
    """Takes known secrets, and what looks like one, out of a line."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Shorter ones would blank out ordinary words; no real token or password that matters is that short.
        self._secrets = tuple(sorted({each for each in secrets if len(each) >= 6}, key=len, reverse=True))

    def __call__(self, line: str) -> str:
        """The line without secrets."""
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        for pattern, instead in _PATTERNS:
            line = pattern.sub(instead, line)
        return line


def calm(record: logging.LogRecord) -> bool:
    """What is Discord's daily life is no error: a request or connection that failed is one line, its trace at DEBUG.

    Always true: as a filter it changes the line and keeps it.
    """
    failure = record.exc_info[1] if record.exc_info else None
    if isinstance(failure, FAILED) and record.levelno > logging.DEBUG:
        if not logging.getLogger().isEnabledFor(logging.DEBUG):
            record.exc_info, record.exc_text = None, None
        record.levelno = min(record.levelno, logging.WARNING)
        record.levelname = logging.getLevelName(record.levelno)
        record.why = in_a_line(failure)
    return True


class Plain(logging.Formatter):
    """One line for people: instant, level, logger, message."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The finished text, traceback included, without secrets."""
        extra = "".join(f" {name}={value}" for name, value in _extra(record).items())
        line = f"{_instant(record)} {record.levelname:<7} {record.name}: {record.getMessage()}{extra}"
        return self._redact("\n".join([line, *_traceback(self, record)]))


class Structured(logging.Formatter):
    """One JSON object a line for machines."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The finished object; what a log call gave as ``extra`` stands beside the rest."""
        entry: dict[str, object] = {
            "time": _instant(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if trace := _traceback(self, record):
            entry["exception"] = "\n".join(trace)
        return self._redact(json.dumps(entry, ensure_ascii=False, default=str))


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log of this process to one place, in one format, through one redaction."""
    redact = Redaction((settings.token, settings.database.password or ""))
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(calm)
    handler.setFormatter(Structured(redact) if settings.log_format == "json" else Plain(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(True)


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    return [*parts, *([formatter.formatStack(record.stack_info)] if record.stack_info else [])]
