"""Set up .venv from the pinned, hashed requirements. `python requirements/install.py [runtime|rehearsal|dev]`.

Exactly the pinned files are installed, in a year the same as today: nothing is resolved anew (no newer release can
change or break a set-up) and nothing is built, and a check at the end says whether anything is missing or in conflict.
uv does it in seconds; where it cannot be had, or pip was told to look for packages elsewhere, pip does the same.

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
UV = PYTHON.with_name("uv.exe" if os.name == "nt" else "uv")
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
        print(f"Setting up .venv with Python {version} for {level}: once …", flush=True)
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
    told = _told_to_pip()
    elsewhere = told.keys() & {"index-url", "no-index"} and "UV_DEFAULT_INDEX" not in os.environ
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    trusted = {"SSL_CERT_FILE": told["cert"]} if "cert" in told else {}
    for way in [_by_pip(pinned)] if elsewhere else [_by_uv(pinned), _by_pip(pinned)]:
        steps = [[sys.executable, "-m", "venv", "--clear", str(VENV)], *way]
        problem = _first_problem(steps, {**trusted, **os.environ, **quiet})
        if not problem:
            break
    if problem:
        return problem
    unfinished = STAMP.with_suffix(".part")
    unfinished.write_text(json.dumps(fingerprint(level), indent=2))
    unfinished.replace(STAMP)
    return ""


_PINNED_ONLY = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]


def _by_pip(pinned: str) -> list[list[str]]:
    pip = [str(PYTHON), "-m", "pip"]
    return [[*pip, "install", *_PINNED_ONLY, "-r", pinned], [*pip, "check"]]


def _by_uv(pinned: str) -> list[list[str]]:
    fetched = [str(PYTHON), "-m", "pip", "install", *_PINNED_ONLY, "-r", str(REQUIREMENTS / "installer.txt")]
    uv, here = [str(UV), "pip"], ["--python", str(PYTHON)]
    return [fetched, [*uv, "install", *here, *_PINNED_ONLY, "-r", pinned], [*uv, "check", *here]]


def _told_to_pip() -> dict[str, str]:
    """What pip's own configuration says, by option: uv reads none of it."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    lines = (line.partition("=") for line in listed.splitlines())
    return {name.rpartition(".")[2]: value.strip("'") for name, _, value in lines}


def _first_problem(steps: list[list[str]], environment: dict[str, str]) -> str:
    """Run these until one fails; its last words, or nothing."""
    for step in steps:
        try:
            done = subprocess.run(
                step, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
        except OSError as error:  # a folder whose programs may not run, or one made for another machine
            return f"{step[0]}: {error}"
        if done.returncode:
            return "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
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
