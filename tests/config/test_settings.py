"""RUN-1, RUN-2: settings are checked before anything starts, in sentences that never carry a secret."""

import os
from pathlib import Path

import pytest

from bot.governance.shards import EVERYTHING, Shards
from config import settings
from config.settings import BadSettings, Settings

NAMES = [name.upper() for name in Settings.model_fields]
SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789ab"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [each for each in os.environ if each.upper() in NAMES]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def problem(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        settings.load()
    return str(caught.value)


def test_nothing_set_is_a_database_beside_and_no_token() -> None:
    loaded = settings.load()
    assert loaded.token == ""
    assert loaded.database_file == Path("governance.sqlite3")
    assert loaded.governance_file.is_file()
    assert (loaded.log_level, loaded.log_format, loaded.health_port) == ("INFO", "plain", 0)
    assert (loaded.discord_api_base, loaded.discord_gateway_url) == ("", "")


def test_the_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("DISCORD_TOKEN=from-file\nLOG_LEVEL=debug\nHEALTH_PORT=\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("DISCORD_TOKEN", "from-environment")
    loaded = settings.load()
    assert loaded.token == "from-environment"
    assert loaded.log_level == "DEBUG"
    assert loaded.health_port == 0


def test_the_example_file_is_usable_as_it_is() -> None:
    example = Path(__file__).resolve().parents[2] / ".env.example"
    lines = example.read_text().splitlines()
    named = {line.removeprefix("#").split("=")[0] for line in lines if "=" in line and " " not in line.split("=")[0]}
    assert named == set(NAMES)
    assert settings.load(example) == settings.load(None)
    Path("all.env").write_text("\n".join(line.removeprefix("#") if line[1:2].isupper() else line for line in lines))
    uncommented = settings.load(Path("all.env"))
    assert uncommented.model_copy(update={"governance_file": settings.PACKAGED_GOVERNANCE}) == settings.load(None)


def test_tests_can_make_settings_without_a_file() -> None:
    made = Settings(discord_token="x", database_url="sqlite+aiosqlite:////somewhere/x.sqlite3", _env_file=None)
    assert made.token == "x"
    assert made.database_file == Path("/somewhere/x.sqlite3")


def test_neither_token_nor_password_is_ever_shown() -> None:
    made = Settings(
        discord_token=SECRET, database_url="postgresql+asyncpg://bot:hunter22@localhost/governance", _env_file=None
    )
    for shown in (repr(made), str(made), str(made.model_dump()["discord_token"]), str(made.database)):
        assert SECRET not in shown
        assert "hunter22" not in shown
    assert made.database_file is None


@pytest.mark.parametrize("token", [f"Bot {SECRET}", f" {SECRET}\n", SECRET])
def test_a_token_is_taken_as_people_paste_it(token: str) -> None:
    assert Settings(discord_token=token, _env_file=None).token == SECRET


@pytest.mark.parametrize("token", ["two words", "tab\tbed", "…", "nul\x7f"])
def test_a_token_that_no_header_could_carry_is_refused_without_showing_it(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = problem(monkeypatch, DISCORD_TOKEN=token)
    assert said.startswith("DISCORD_TOKEN contains spaces or characters that no token has")
    assert token not in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///x.sqlite3", "begin it with sqlite+aiosqlite:"),
        ("postgres://u:p@h/n", "begin it with postgresql+asyncpg:"),
        ("postgresql://u:p@h/n", "begin it with postgresql+asyncpg:"),
        ("mysql://u:p@h/n", "it has to begin with"),
        ("not a url", "is not a database address"),
        ("postgresql+asyncpg://h:notaport/n", "is not a database address"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
    ],
)
def test_an_unusable_database_address_is_explained(url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = problem(monkeypatch, DATABASE_URL=url)
    assert sentence.startswith("DATABASE_URL ")
    assert said in sentence
    assert ":p@" not in sentence


@pytest.mark.parametrize(
    "base",
    [
        "http://127.0.0.1:8080/api/v10/",
        "http://localhost:1",
        "https://[::1]:9",
        "http://[::1]/api",
        "http://LOCALHOST",
        "",
    ],
)
def test_a_test_server_on_this_machine_is_allowed(base: str) -> None:
    assert Settings(discord_api_base=base, _env_file=None).discord_api_base == base.rstrip("/")
    gateway = base.replace("http", "ws")
    assert Settings(discord_gateway_url=gateway, _env_file=None).discord_gateway_url == gateway.rstrip("/")


@pytest.mark.parametrize(
    "rest",
    [
        "example.org/api",
        "127.0.0.1@example.org/",
        "example.org\\@127.0.0.1/",
        "[::1]evil.example",
        "[::1]evil.example:80/api",
        "[::1].evil.example",
        "[::1]:80:evil.example",
        "evil.example[::1]",
        "127.0.0.1:",
        "127.0.0.1.evil.example",
        "2130706433",
        "localhost.example.org",
        "192.168.0.4:80",
        "0.0.0.0:80",
        "127.0.0.1:99999",
        "[::1",
        "127.0.0.1:80 .example.org",
        "",
    ],
)
def test_an_address_elsewhere_would_be_given_the_token_and_is_refused(
    rest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = problem(monkeypatch, DISCORD_API_BASE=f"http://{rest}", DISCORD_GATEWAY_URL=f"ws://{rest}")
    assert "DISCORD_API_BASE may only name this machine" in said
    assert "DISCORD_GATEWAY_URL may only name this machine" in said


@pytest.mark.parametrize("base", ["127.0.0.1:80", "ftp://127.0.0.1", "file:///etc", "ws://127.0.0.1"])
def test_an_api_base_is_a_web_address(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "DISCORD_API_BASE may only name" in problem(monkeypatch, DISCORD_API_BASE=base)


def test_every_bad_setting_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = problem(monkeypatch, LOG_LEVEL="loud", LOG_FORMAT="xml", HEALTH_PORT="eighty", DATABASE_URL="x")
    database = f"DATABASE_URL is not a database address. Write {settings.DEFAULT_DATABASE} for a file, or "
    database += "postgresql+asyncpg://user:password@host/name."
    assert said.splitlines() == [
        database,
        "LOG_LEVEL has to be one of DEBUG, INFO, WARNING or ERROR.",
        "LOG_FORMAT has to be one of plain or json.",
        "HEALTH_PORT has to be a port number from 1 to 65535, or 0 to switch it off.",
    ]


@pytest.mark.parametrize("port", ["-1", "65536", "80.5"])
def test_a_port_is_a_port(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problem(monkeypatch, HEALTH_PORT=port).startswith("HEALTH_PORT has to be a port number")


def test_a_settings_file_that_is_no_text_is_named() -> None:
    Path(".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe\n")
    with pytest.raises(BadSettings, match="UTF-8"):
        settings.load()


def test_one_process_serves_everything_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.load().served == EVERYTHING
    monkeypatch.setenv("SHARDS", "0-1/2")
    assert settings.load().served == Shards(0, 1, 2), "every shard in one process needs no PostgreSQL"
    monkeypatch.setenv("SHARDS", " 4-7/16 ")
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://bot:secret@host/name")
    assert settings.load().served == Shards(4, 7, 16)


@pytest.mark.parametrize(
    ("shards", "said"),
    [
        ("four", "SHARDS is written like 0-3/16 (the shards 0 to 3 of 16) or 5/16 (one shard)."),
        ("0-16/16", "SHARDS names shard 16, but 16 shards are numbered 0 to 15."),
        ("5-3/16", "SHARDS begins at 5 and ends before it, at 3."),
        ("0/0", "SHARDS counts no shards at all; the number after the stroke has to be at least 1."),
        ("0-3/16", "SHARDS is 0-3/16, one process of several, and several processes need one PostgreSQL database: "),
    ],
)
def test_shards_that_cannot_be_served_are_refused(monkeypatch: pytest.MonkeyPatch, shards: str, said: str) -> None:
    assert said in problem(monkeypatch, SHARDS=shards)
