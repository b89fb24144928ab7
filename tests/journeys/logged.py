"""What all journeys together wrote to the log, and what must not stand in it (RUN-4)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.operation.logs import QUIET, Plain, Redaction

TOKEN = "rehearsed"
"""The bot token of every journey."""

_SHORTEST = 12
"""Shorter words of people stand in many a harmless line."""
_NOT_THE_BOT = ("simcord", "tests")
_PERSON = r"(?:\b\d{17,20}\b|\b[0-9a-f]{32}\b)"
_CHOICE = r"(?:vote:cast:\d+:\d+|['\"](?:for|against|abstain|consent|concern|stand aside|object)['\"]|\bchoice\b)"
_BALLOT = re.compile(rf"{_PERSON}[^\n]*{_CHOICE}|{_CHOICE}[^\n]*{_PERSON}|vote:cast:\d+:\d+")


class Watch(logging.Handler):
    """Takes in every line as the bot would write it at LOG_LEVEL=DEBUG, and every word that people sent in."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(Plain(Redaction([TOKEN])))
        self.lines: list[str] = []
        self.words: set[str] = set()
        self.tokens: set[str] = {TOKEN}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of the bot and its libraries, which are as quiet here as in earnest."""
        library = next((least for name, least in QUIET.items() if f"{record.name}.".startswith(f"{name}.")), 0)
        if record.levelno >= library and not record.name.startswith(_NOT_THE_BOT):
            self.lines.append(self.format(record))

    def saw(self, token: str, data: Mapping[str, Any]) -> None:
        """An interaction with everything that it held."""
        self.tokens.add(token)
        for words in _texts(data):
            lines = (line.strip() for line in words.splitlines())
            # What stands in digits alone is an id that Discord filled in, such as that of a person chosen from a list.
            self.words |= {line for line in lines if len(line) >= _SHORTEST and not line.isdecimal()}

    def problems(self) -> Iterator[str]:
        """Every token, text of people, and choice with a person that was written."""
        written = "\n".join(self.lines)
        yield from (f"a token: {token}" for token in sorted(self.tokens) if token in written)
        yield from (f"words of people: {words!r}" for words in sorted(self.words) if words in written)
        yield from (f"a ballot: {found[0]!r}" for found in _BALLOT.finditer(written))


def _texts(data: Any) -> Iterable[str]:
    """What was typed: values of fields and of options, wherever they are nested."""
    if isinstance(data, Mapping):
        if isinstance(data.get("value"), str):
            yield data["value"]
        for name in ("options", "components", "component"):
            yield from _texts(data.get(name))
    elif isinstance(data, list | tuple):
        for each in data:
            yield from _texts(each)


WATCH = Watch()
"""Of the whole session."""
