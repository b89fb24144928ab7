"""RUN-4: logs are structured and never carry a token, a password, or what people wrote."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.operation import logs
from config.settings import Settings

SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789ab"
OTHER = "OTg3NjU0MzIxMDk4NzY1NDMy.Gzyxwv.zyxwvutsrqponmlkjihgfedcba9876543210zz"
PASSWORD = "correct-horse"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def set_up(out: io.StringIO, form: str, level: str = "DEBUG") -> None:
    made = Settings(
        discord_token=SECRET,
        database_url=f"postgresql+asyncpg://bot:{PASSWORD}@localhost/x",
        log_format=form,
        log_level=level,
        _env_file=None,
    )
    logs.set_up(made, out)


def fail_with(secret: str) -> None:
    raise RuntimeError(f"refused: {secret}")


@pytest.mark.parametrize("form", ["plain", "json"])
def test_no_secret_is_ever_written(form: str, out: io.StringIO) -> None:
    set_up(out, form)
    log = logging.getLogger("bot.test")
    log.info("token %s", SECRET)
    log.info("said", extra={"header": f"Bot {SECRET}", "other": OTHER})
    log.info("https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246token-here/messages/@original")
    log.info("https://discord.com/api/v10/interactions/123/aW50ZXJhY3Rpb246token-here/callback")
    log.info("connect to postgresql+asyncpg://someone:else-secret@db/x and %s", PASSWORD)
    try:
        fail_with(SECRET)
    except RuntimeError:
        log.exception("it failed")
    written = out.getvalue()
    for secret in (SECRET, OTHER, "aW50ZXJhY3Rpb246token", PASSWORD, "else-secret"):
        assert secret not in written
    assert written.count("RuntimeError: refused: [secret]") == 1


def test_json_is_one_object_a_line(out: io.StringIO) -> None:
    set_up(out, "json")
    logging.getLogger("bot.test").warning("two\nlines", extra={"proposal": 12})
    try:
        fail_with("nothing")
    except RuntimeError:
        logging.getLogger("bot.test").exception("it failed")
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert first["message"] == "two\nlines"
    assert first["level"] == "warning"
    assert first["logger"] == "bot.test"
    assert first["proposal"] == 12
    assert first["time"].endswith("Z")
    assert "fail_with" in second["exception"]


def test_plain_says_the_same_for_people(out: io.StringIO) -> None:
    set_up(out, "plain")
    logging.getLogger("bot.test").info("opened %s", "P-12", extra={"guild": 3})
    assert out.getvalue().rstrip().endswith("INFO    bot.test: opened P-12 guild=3")


def test_libraries_never_write_out_requests_events_or_statements(out: io.StringIO) -> None:
    set_up(out, "plain")
    logging.getLogger("discord.gateway").debug("For Shard ID 0: WebSocket Event: vote:cast:3:1")
    logging.getLogger("discord.http").debug("POST with {'content': 'what somebody wrote'}")
    logging.getLogger("sqlalchemy.engine.Engine").info("INSERT INTO ballots")
    logging.getLogger("aiosqlite").debug("executing INSERT INTO ballots")
    assert out.getvalue() == ""
    logging.getLogger("discord.gateway").info("connected")
    assert "connected" in out.getvalue()


def test_the_level_is_the_least_of_all(out: io.StringIO) -> None:
    set_up(out, "plain", level="ERROR")
    logging.getLogger("discord").warning("no")
    logging.getLogger("bot.test").warning("no")
    logging.getLogger("discord").error("yes")
    assert out.getvalue().count("yes") == 1
    assert "no" not in out.getvalue()
