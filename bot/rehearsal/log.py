"""What happened in the rehearsal, in sentences, for the panel on the front page. Nothing that goes wrong is lost."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

KEPT = 300


class Tone(StrEnum):
    """How a line is marked, in words and in colour."""

    NOTE = "note"
    ACT = "act"
    TROUBLE = "trouble"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, at an instant of the simulated world."""

    number: int
    at: datetime
    tone: Tone
    text: str


class Log(logging.Handler):
    """The newest lines, and every warning or error that the bot itself logs."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(logging.WARNING)
        self.lines: deque[Line] = deque(maxlen=KEPT)
        self._clock = clock
        self._count = 0

    def say(self, text: str, tone: Tone = Tone.NOTE) -> None:
        """Add a line."""
        self._count += 1
        self.lines.append(Line(self._count, self._clock(), tone, text))

    def begin(self) -> None:
        """Forget what was said so far, but for errors: the visitor's own log begins here."""
        errors = [line for line in self.lines if line.tone is Tone.ERROR]
        self.lines.clear()
        self.lines.extend(errors)

    def failed(self, error: BaseException) -> None:
        """Add an error that the bot raised."""
        self.say(f"The bot reported an error: {plain(error)}", Tone.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        """Add what the bot logged as a warning or an error."""
        words = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            words = f"{words} ({plain(record.exc_info[1])})"
        tone = Tone.ERROR if record.levelno >= logging.ERROR else Tone.NOTE
        self.say(f"The bot wrote in its log: {words}", tone)


def plain(error: BaseException) -> str:
    """An error in one line: its kind, its words and the place in the bot's code."""
    words = " ".join(str(error).split()) or "no words"
    place = ""
    step = error.__traceback__
    while step:
        name = step.tb_frame.f_globals.get("__name__", "")
        if name.split(".")[0] in {"bot", "cogs", "storage", "config"}:
            place = f", in {name} line {step.tb_lineno}"
        step = step.tb_next
    return f"{type(error).__name__}: {words}{place}"
