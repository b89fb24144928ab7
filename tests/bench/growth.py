"""Part two: a large archive beside a small one, each in a process of its own, in turns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import IO

SMALL, LARGE = (20, 100), (200, 10_000)
"""Open and resolved proposals."""

ROUNDS = 6
"""The first of which only warms up."""

PER_ITEM = ("start-up", "reconciliation", "requests", "sweep", "memory")
PROCESSOR = ", processor"


@dataclass
class Grown:
    """What was measured with both archives, round by round."""

    small: dict[str, list[float]] = field(default_factory=dict)
    large: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self, what: str) -> float:
        """The large archive's median over the small one's; of what grows with it, for each open proposal."""
        each = LARGE[0] / SMALL[0] if what.removesuffix(PROCESSOR) in PER_ITEM else 1
        return median(self.large[what]) / median(self.small[what]) / each


def compare() -> Grown:
    """Set both up at once, then measure one after the other."""
    grown = Grown()
    with ExitStack() as stack:
        small, large = stack.enter_context(_archive(*SMALL)), stack.enter_context(_archive(*LARGE))
        for each in (small, large):
            assert each.readline() == "ready\n"
        for number in range(ROUNDS):
            for archive, found in ((small, grown.small), (large, grown.large)):
                taken = archive.ask("go")
                if number > 0:
                    _note(found, taken)
        for archive, found in ((small, grown.small), (large, grown.large)):
            _note(found, archive.ask("memory"))
    return grown


@dataclass
class _Archive:
    questions: IO[str]
    answers: IO[str]

    def readline(self) -> str:
        return self.answers.readline()

    def ask(self, what: str) -> dict[str, float]:
        self.questions.write(f"{what}\n")
        self.questions.flush()
        answer: dict[str, float] = json.loads(self.readline())
        return answer


@contextmanager
def _archive(open: int, resolved: int) -> Iterator[_Archive]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.archive", str(open), str(resolved)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield _Archive(process.stdin, process.stdout)
        finally:
            process.stdin.close()


def _note(found: dict[str, list[float]], taken: dict[str, float]) -> None:
    for what, value in taken.items():
        found.setdefault(what, []).append(value)
