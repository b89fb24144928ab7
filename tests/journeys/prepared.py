"""A server that was set up once, copied for each journey: what people did there, what Discord holds, what is kept.

The set-up itself is the real one, through the bot. A copy stands where a server stands whose bot was stopped cleanly.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simcord

FILE = "governance.sqlite3"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The simulated Discord with whatever else belongs to a server, and the database that its bot left."""

    discord: bytes
    database: bytes


def keep(env: simcord.Env, folder: Path, *values: Any) -> Prepared:
    """Keep a server whose bot has been stopped."""
    assert env.backend.subscribers == [], "a bot still listens"
    left = {file.name for file in folder.iterdir() if file.name.startswith(FILE)}
    assert left == {FILE}, f"the database is still open: {left}"
    written = io.BytesIO()
    _Writer(written, env).dump((env.backend, values))
    return Prepared(written.getvalue(), (folder / FILE).read_bytes())


def copy(prepared: Prepared, env: simcord.Env, folder: Path) -> tuple[Any, ...]:
    """Put a copy into a simulated Discord that has not started yet; the values that were kept with it."""
    (folder / FILE).write_bytes(prepared.database)
    values: tuple[Any, ...]
    env.backend, values = _Reader(io.BytesIO(prepared.discord), env).load()
    return values


class _Writer(pickle.Pickler):
    """Writes everything but the simulation's own machinery, which handles point to."""

    def __init__(self, file: io.BytesIO, env: simcord.Env) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._env = env

    def persistent_id(self, obj: Any) -> str | None:
        return "env" if obj is self._env else None


class _Reader(pickle.Unpickler):
    """Reads it again, with another simulation's machinery in its place."""

    def __init__(self, file: io.BytesIO, env: simcord.Env) -> None:
        super().__init__(file)
        self._env = env

    def persistent_load(self, pid: Any) -> simcord.Env:
        assert pid == "env"
        return self._env
