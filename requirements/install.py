"""Set up .venv from the pinned, hashed requirements. `python requirements/install.py [runtime|rehearsal|dev]`.

A set-up that is finished and still fits is left alone; anything else is built anew. "Fits" is decided by a
stamp inside .venv, written last, which holds a hash of the requirements, the Python version and the place.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent
ROOT = REQUIREMENTS.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LEVELS = ("runtime", "rehearsal", "dev")  # each holds everything of those before it


def main(arguments: list[str]) -> int:
    """Bring .venv to the asked level (dev unless told) and say so in a line or two."""
    level = arguments[0] if arguments else "dev"
    if level not in LEVELS or len(arguments) > 1:
        print(f"usage: python requirements/install.py [{'|'.join(LEVELS)}]", file=sys.stderr)
        return 2
    with _alone():
        if is_ready(level):
            return 0
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"Setting up .venv with Python {version} for {level}: once, about a minute …", flush=True)
        started = time.monotonic()
        problem = _build(level)
        if problem:
            print(f"Setting up .venv failed; the next try starts afresh.\n{problem}", file=sys.stderr)
            return 1
        print(f"… ready in {time.monotonic() - started:.0f} s.", flush=True)
        return 0


def is_ready(level: str) -> bool:
    """Whether .venv holds a finished set-up of this level or a higher one, for the present requirements."""
    if not PYTHON.exists():  # also false for a link to an interpreter that has gone
        return False
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    enough = LEVELS[LEVELS.index(level) :]
    return any(stamp == fingerprint(candidate) for candidate in enough)


def fingerprint(level: str) -> dict[str, str]:
    """What a set-up depends on. A .venv that was moved does not work, so its place counts."""
    pinned = (REQUIREMENTS / f"{level}.txt").read_bytes()
    return {
        "level": level,
        "requirements": hashlib.sha256(pinned).hexdigest(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "place": hashlib.sha256(str(VENV).encode()).hexdigest(),
    }


def _build(level: str) -> str:
    """Make the environment; the last words of what went wrong, or nothing."""
    pinned = str(REQUIREMENTS / f"{level}.txt")
    STAMP.unlink(missing_ok=True)
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pinned],
    )
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    for step in steps:
        done = subprocess.run(step, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            return "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
    unfinished = STAMP.with_suffix(".part")
    unfinished.write_text(json.dumps(fingerprint(level), indent=2))
    unfinished.replace(STAMP)
    return ""


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two commands started together must not build the same .venv; the second one waits."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
