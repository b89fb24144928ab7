"""``python -m tests.bench``: print how the bot compares, as ratios."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench import acts


def main() -> None:
    """Both parts, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        acts.compare(Path(folder), _told)


def _told(c: acts.Compared) -> None:
    from statistics import median

    print(
        c.act,
        c.at_once,
        f"{c.ratio:.2f}",
        f"{median(c.real) * 1000:.1f} ms / {median(c.bare) * 1000:.1f} ms",
        "calls",
        c.calls,
        flush=True,
    )


if __name__ == "__main__":
    main()
