"""``python -m tests.bench``: how the bot compares, printed as ratios. Nothing here passes or fails."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import warnings
from pathlib import Path
from statistics import median

from tests.bench import acts, growth, numbers, pace, reminding, retros

_ACTS = {"propose": "/propose, sent in and opened", "object": "objection by reaction", "read": '"I have read it"'}
_GROWN = {
    "start-up": "start-up, per open proposal",
    "reconciliation": "reconciliation, per open proposal",
    "requests": "requests at start-up, per open proposal",
    "sweep": "sweep with everything due, per open proposal",
    "memory": "most memory for all of these, per open proposal",
    "list": "/proposal list, ten times",
    "resident": "memory of the whole process",
}
_LOOKED_BACK = {
    "write": "all cards written, one after the other",
    "reveal": "reveal",
    "pages": "all pages of cards laid out",
    "suggest": "suggestions by wording",
    "merge": "two topics put together",
    "vote close": "vote closed, five dots of each person",
    "close": "closed, with the lessons on record",
    "lessons": "the document of lessons",
}
_COUNTED = {
    "all": "/metrics over everything",
    "90 days": "/metrics of 90 days, everything decided in them",
    "30 days": "/metrics of 30 days, nothing decided in them",
    "words": "its words and its table",
    "health": "the daily look at health",
    "stall": "longest stall of the event loop in a round",
}


def main() -> None:
    """All parts, one after the other."""
    logging.disable()
    warnings.simplefilter("ignore")
    parts = sys.argv[1:] or ["acts", "growth", "retros", "numbers", "reminders", "pace"]
    if "acts" in parts:
        print("Beside a bare bot that makes the same Discord calls and writes one row (aim: at most 2)\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            acts.compare(Path(folder), _told)
    if "growth" in parts:
        many, resolved = growth.LARGE
        few, fewer = growth.SMALL
        print(
            f"\n{many} open and {resolved:,} resolved proposals beside {few} and {fewer} (aim: at most 1.2)\n",
            flush=True,
        )
        grown = growth.compare()
        for what, words in _GROWN.items():
            small, large = median(grown.small[what]), median(grown.large[what])
            compared = f"{_shown(what, large)} beside {_shown(what, small)}"
            if (worked := what + growth.PROCESSOR) in grown.small:
                compared += f"; processor time {grown.ratio(worked):.2f} ×"
            print(f"  {words:<50} {grown.ratio(what):6.2f} ×   ({compared})")
    if "retros" in parts:
        people, cards = retros.LARGE
        print(f"\nA retro of {people} people and {cards:,} cards beside one of a tenth, per card (aim: at most 1.2)\n")
        taken = asyncio.run(retros.compare())
        for what, words in _LOOKED_BACK.items():
            small, large = median(taken.small[what]), median(taken.large[what])
            print(f"  {words:<50} {taken.ratio(what):6.2f} ×   ({_shown(what, large)} beside {_shown(what, small)})")
    if "numbers" in parts:
        large, small_one = numbers.LARGE, numbers.SMALL
        print(f"\n{large:,} resolved proposals beside {small_one}, per proposal (aim: at most 1.2)\n", flush=True)
        counted = asyncio.run(numbers.compare())
        for what, words in _COUNTED.items():
            small, large_one = median(counted.small[what]), median(counted.large[what])
            print(
                f"  {words:<50} {counted.ratio(what):6.2f} ×   ({_shown(what, large_one)} beside {_shown(what, small)})"
            )
    if "reminders" in parts:
        print(
            f"\nOne sweep that reminds {reminding.MANY:,} members beside {reminding.FEW} (aim: at most 1.2)\n",
            flush=True,
        )
        with tempfile.TemporaryDirectory() as folder:
            reminding.compare(Path(folder), _reminded)
    if "pace" in parts:
        print("\nBeside Discord's own pace, in the time of a model\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            scale = next((float(each) for each in parts if each[0].isdigit()), 1.0)
            pace.compare(Path(folder), lambda line: print(f"  {line}", flush=True), scale)


def _reminded(few: reminding.Reminded, many: reminding.Reminded) -> None:
    print(
        f"  {'a sweep, per reminder that is due':<50} {many.each / few.each:6.2f} ×   "
        f"({many.seconds:.1f} s for {many.members:,} beside {few.seconds * 1000:.0f} ms for {few.members})",
        flush=True,
    )


def _told(found: acts.Compared) -> None:
    crowd = "one at a time" if found.at_once == 1 else f"{found.at_once} at once"
    ours, theirs = median(found.real) * 1000, median(found.bare) * 1000
    print(
        f"  {_ACTS[found.act]:<30} {crowd:<14} {found.ratio:6.1f} ×   "
        f"({ours:.0f} ms beside {theirs:.0f} ms, {median(found.calls):.0f} calls)",
        flush=True,
    )


def _shown(what: str, value: float) -> str:
    if what in {"memory", "resident"}:
        return f"{value / 2**20:.1f} MiB"
    return f"{value:.0f}" if what == "requests" else f"{value * 1000:.0f} ms"


if __name__ == "__main__":
    main()
