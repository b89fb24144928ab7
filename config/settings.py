"""Secrets, addresses and switches of one running bot, from the environment or a file ``.env`` (RUN-1, RUN-2)."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.governance.shards import EVERYTHING, BadShards, Shards, read_shards

ENV_FILE = Path(".env")
"""Read from the working directory; the environment wins over it."""

PACKAGED_GOVERNANCE = Path(__file__).with_name("governance.toml")
DEFAULT_DATABASE = "sqlite+aiosqlite:///governance.sqlite3"
DRIVERS = {"sqlite+aiosqlite", "postgresql+asyncpg"}

_SHARDS = {
    "unreadable": "is written like 0-3/16 (the shards 0 to 3 of 16) or 5/16 (one shard)",
    "none": "counts no shards at all; the number after the stroke has to be at least 1",
    "backwards": "begins at {} and ends before it, at {}",
    "beyond": "names shard {}, but {} shards are numbered 0 to {}",
}
_MEANT = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+psycopg": "postgresql+asyncpg",
    "postgresql+psycopg2": "postgresql+asyncpg",
}


class BadSettings(Exception):
    """Settings that cannot be used. Each problem is a sentence that names the setting and never its secret."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Everything that differs from one installation to the next. The token is never shown (RUN-4)."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord_token: SecretStr = SecretStr("")
    database_url: str = Field(default=DEFAULT_DATABASE, repr=False)  # may carry a password
    governance_file: Path = PACKAGED_GOVERNANCE
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["plain", "json"] = "plain"
    discord_api_base: str = ""
    discord_gateway_url: str = ""
    shards: str = ""
    health_port: int = Field(default=0, ge=0, le=65535)

    @property
    def token(self) -> str:
        """The token itself, for Discord and for nobody else."""
        return self.discord_token.get_secret_value()

    @property
    def database(self) -> URL:
        """The database address in parts. Its ``str`` hides a password."""
        return make_url(self.database_url)

    @property
    def database_file(self) -> Path | None:
        """Where a SQLite database lies; None for PostgreSQL."""
        url = self.database
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    @property
    def served(self) -> Shards:
        """Which servers this process serves: all, unless SHARDS says otherwise."""
        return read_shards(self.shards) if self.shards else EVERYTHING

    @field_validator("discord_token", mode="before")
    @classmethod
    def _usable_token(cls, value: Any) -> Any:
        token = (value.get_secret_value() if isinstance(value, SecretStr) else str(value)).strip()
        token = token.removeprefix("Bot ").strip()
        if re.search(r"[^\x21-\x7e]", token):
            raise ValueError(
                "contains spaces or characters that no token has: copy it again from the Developer Portal "
                "(page Bot, button Reset Token)"
            )
        return token

    @field_validator("database_url", mode="before")
    @classmethod
    def _usable_database(cls, value: Any) -> str:
        text = str(value).strip()
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise ValueError(
                f"is not a database address. Write {DEFAULT_DATABASE} for a file, or "
                "postgresql+asyncpg://user:password@host/name"
            ) from None
        if url.drivername not in DRIVERS:
            meant = _MEANT.get(url.drivername)
            hint = (
                f"begin it with {meant}:" if meant else "it has to begin with sqlite+aiosqlite: or postgresql+asyncpg:"
            )
            raise ValueError(f"begins with {url.drivername}:, which this bot cannot use; {hint}")
        if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
            raise ValueError(f"names no file, so every decision would be lost at the end. Write {DEFAULT_DATABASE}")
        return text

    @field_validator("shards", mode="before")
    @classmethod
    def _usable_shards(cls, value: Any) -> str:
        text = str(value).strip()
        if text:
            try:
                read_shards(text)
            except BadShards as error:
                raise ValueError(_SHARDS[error.why].format(*error.numbers)) from None
        return text

    @model_validator(mode="after")
    def _shards_share_a_database(self) -> Self:
        if not self.served.everything and self.database_file is not None:
            raise ValueError(
                f"SHARDS is {self.shards}, one process of several, and several processes need one PostgreSQL database: "
                "set DATABASE_URL=postgresql+asyncpg://user:password@host/name, or leave SHARDS empty"
            )
        return self

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, value: Any) -> str:
        return {"WARN": "WARNING", "CRITICAL": "ERROR"}.get(text := str(value).strip().upper(), text)

    @field_validator("log_format", mode="before")
    @classmethod
    def _format(cls, value: Any) -> str:
        return str(value).strip().lower()

    @field_validator("discord_api_base")
    @classmethod
    def _loopback_api(cls, value: str) -> str:
        return _loopback(value, ("http", "https"))

    @field_validator("discord_gateway_url")
    @classmethod
    def _loopback_gateway(cls, value: str) -> str:
        return _loopback(value, ("ws", "wss"))


def load(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings of this process. Raises BadSettings with every problem at once."""
    try:
        # The field for the file belongs to pydantic-settings and its plugin does not know it.
        return Settings(_env_file=env_file)  # type: ignore[call-arg, unused-ignore]
    except ValidationError as error:
        raise BadSettings(tuple(_sentence(each) for each in error.errors())) from None
    except SettingsError:
        raise BadSettings(("A setting in the environment cannot be read.",)) from None
    except UnicodeDecodeError:
        raise BadSettings((f"{env_file} is not text in UTF-8. Save it again as UTF-8.",)) from None
    except OSError as error:
        raise BadSettings((f"{env_file} cannot be read: {error.strerror}.",)) from None


_AUTHORITY = re.compile(r"(?:(?P<host>[a-z0-9.]+)|\[(?P<six>[0-9a-f:.]+)\])(?::[0-9]{1,5})?", re.IGNORECASE)
"""A host and a port, and nothing else: what stands beside an address in brackets is another reader's host."""


def _loopback(value: str, schemes: tuple[str, str]) -> str:
    """A test server's address, refused unless it is this machine: whoever answers there is given the token."""
    text = value.strip().rstrip("/")
    if not text:
        return ""
    refusal = (
        f"may only name this machine, such as {schemes[0]}://127.0.0.1:8080, because whoever answers there is "
        "given the bot's token. Leave it empty to use Discord"
    )
    # Two readers of an odd address may disagree about its host.
    if re.search(r"[\\@\s\x00-\x20\x7f-\U0010ffff]", text):
        raise ValueError(refusal)
    try:
        parts = urlsplit(text)
        _, authority = parts.port, _AUTHORITY.fullmatch(parts.netloc)
    except ValueError:
        raise ValueError(refusal) from None
    host = (authority["host"] or authority["six"]) if authority else ""
    if parts.scheme not in schemes or not _is_this_machine(host):
        raise ValueError(refusal)
    return text


def _is_this_machine(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _sentence(error: Any) -> str:
    if not error["loc"]:  # about several together; the sentence names them
        return f"{error['ctx']['error']}."
    name = str(error["loc"][0]).upper()
    match error["type"]:
        case "value_error":
            said = str(error["ctx"]["error"])
        case "literal_error":
            said = f"has to be one of {error['ctx']['expected'].replace(chr(39), '')}"
        case "int_parsing" | "greater_than_equal" | "less_than_equal" | "int_type" | "int_from_float":
            said = "has to be a port number from 1 to 65535, or 0 to switch it off"
        case _:
            said = f"cannot be used: {error['msg']}"
    return f"{name} {said}."
