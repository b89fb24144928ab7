"""The command line as an operator meets it (RUN-1, RUN-3): every failure is a sentence, none a traceback."""

import asyncio
import hashlib
import io
import json
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

import bot
from bot.__main__ import main
from bot.discord import addresses
from bot.governance.ids import PartnershipId
from bot.governance.objections_events import ConcernRaised
from bot.governance.organisation import Partnership
from bot.governance.shards import EVERYTHING, Shards, read_shards
from bot.operation import instance
from bot.operation.errors import OperatorError
from config.settings import Settings
from storage import migrate
from storage.engine import create_engines
from storage.locks import InstanceLock
from storage.unit_of_work import SqlUnitOfWork
from tests.facts import event_of
from tests.processes import TOKEN, ended, environment, process
from tests.standin import StandIn, listening

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FILE = "governance.sqlite3"
BOTH = (PartnershipId(1), PartnershipId(2))


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An empty folder, no settings, and this process as it was afterwards."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level, mask = root.handlers[:], root.level, os.umask(0o022)
    yield
    os.umask(mask)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    addresses.use(Settings.model_construct())


@pytest.fixture
def database() -> Path:
    """A database with two partnerships and three events each; one was erased, which is a fourth."""

    async def fill() -> None:
        engines = create_engines(f"sqlite+aiosqlite:///{FILE}")
        await migrate.upgrade(engines.writer)
        async with SqlUnitOfWork(engines).write() as tx:
            person = await tx.people.id_of(123456789012345678)
            for each in BOTH:
                await tx.partnerships.save(Partnership(each, f"Commons {each}", 99))
                texts = ("first", "second", "third")
                events = [
                    event_of(ConcernRaised, "proposal/1", person, {"text": f"the {text} thing"}) for text in texts
                ]
                await tx.record.append(each, events, NOW)
            await tx.record.erase(BOTH[0], 2, NOW)
        await engines.dispose()

    asyncio.run(fill())
    return Path(FILE)


def change(statement: str, *values: object) -> None:
    with closing(sqlite3.connect(FILE)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """What a command ends with and says, both streams together. A traceback fails the test."""
    try:
        code = main(arguments)
    except SystemExit as stopped:  # argparse
        code = int(stopped.code or 0)
    captured = capsys.readouterr()
    said = captured.out + captured.err
    assert "Traceback" not in said
    return code, said


# ---- bad configuration ---------------------------------------------------------------------------

BAD: list[tuple[dict[str, str], str]] = [
    ({"DISCORD_TOKEN": "two words"}, "DISCORD_TOKEN contains spaces"),
    ({"DATABASE_URL": "mysql://user:pass@host/name"}, "DATABASE_URL begins with mysql:"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not a database address"),
    ({"DATABASE_URL": "sqlite+aiosqlite:///missing/folder/x.sqlite3"}, "missing/folder"),
    ({"DATABASE_URL": "sqlite+aiosqlite:///folder"}, "The database folder cannot be used"),
    ({"DATABASE_URL": "sqlite+aiosqlite:///notes.txt"}, "notes.txt is not a SQLite database"),
    ({"DATABASE_URL": "postgresql+asyncpg://u:pass@127.0.0.1:1/n"}, "127.0.0.1"),
    ({"GOVERNANCE_FILE": "missing.toml"}, "missing.toml: there is no such file"),
    ({"GOVERNANCE_FILE": "syntax.toml"}, "syntax.toml, line 2:"),
    (
        {"GOVERNANCE_FILE": "unknown.toml"},
        "unknown.toml, line 3: there is no key review.windwo; did you mean review.window?",
    ),
    ({"GOVERNANCE_FILE": "bounds.toml"}, "bounds.toml, line 2: vote.quorum = 1/9 crosses a bound: it may be 1/4 – 1."),
    ({"DISCORD_API_BASE": "https://discord.example.org/api"}, "DISCORD_API_BASE may only name this machine"),
    ({"DISCORD_GATEWAY_URL": "wss://gateway.example.org"}, "DISCORD_GATEWAY_URL may only name this machine"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL has to be one of"),
    ({"HEALTH_PORT": "99999"}, "HEALTH_PORT has to be a port number"),
]


def configure(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    Path("syntax.toml").write_text("[review]\nwindow = 72h\n")
    Path("unknown.toml").write_text("[review]\n\nwindwo = '72h'\n")
    Path("folder").mkdir()
    Path("bounds.toml").write_text("[vote]\nquorum = '1/9'\n")
    Path("notes.txt").write_text("these are only notes, and rather long ones at that " * 20)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(("values", "said"), BAD, ids=[next(iter(values.values())) for values, _ in BAD])
def test_bad_configuration_is_said_in_words(
    values: dict[str, str],
    said: str,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        usual = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_BASE": f"http://127.0.0.1:{nobody.getsockname()[1]}"}
        configure(monkeypatch, usual | values)
        code, heard = told(capsys, command)
    assert code in {1, 2}
    assert said in heard
    assert "unforeseen" not in heard
    assert ":pass@" not in heard
    assert TOKEN not in heard


def test_the_empty_folder_is_told_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "run")
    assert code == 2
    assert "DISCORD_TOKEN is empty" in said
    assert list(Path().iterdir()) == []
    code, said = told(capsys, "check")
    assert code == 1
    assert "DISCORD_TOKEN is empty" in said
    assert "https://discord.com/oauth2/authorize?client_id=YOUR_APPLICATION_ID" in said
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("command", ["verify", "export x", "backup x", "migrate", "restore x"])
def test_other_commands_say_bad_settings_too(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    code, said = told(capsys, *command.split())
    assert code == 2
    assert "DATABASE_URL is not a database address" in said


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["backup"], ["rehearse", "--port", "0"], ["rehearse", "--port", "x"]]
)
def test_a_wrong_word_gets_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, *arguments)
    assert code == 2
    assert "usage: python -m bot" in said


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "--help")
    assert code == 0
    for command in ("run", "rehearse", "check", "verify", "export", "backup", "restore", "migrate"):
        assert f"    {command} " in said


def test_rehearse_without_simcord_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [each for each in sys.modules if each.startswith("bot.rehearsal")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(bot, "rehearsal", raising=False)
    monkeypatch.setitem(sys.modules, "simcord", None)
    monkeypatch.setenv("LOG_LEVEL", "loud")  # needs no settings, so bad ones are not in its way
    code, said = told(capsys, "rehearse", "--no-browser")
    assert code == 1
    assert "make rehearse" in said


# ---- check ---------------------------------------------------------------------------------------


def checked_database(capsys: pytest.CaptureFixture[str]) -> str:
    _, said = told(capsys, "check")
    return next(line for line in said.splitlines() if " database " in line)


def test_check_sees_a_database_that_fits(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked_database(capsys).startswith("ok ")


def test_check_sees_a_schema_behind(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    behind = "0000"
    original = migrate.knows
    change("UPDATE alembic_version SET version_num = ?", behind)
    migrate.knows = lambda revision: revision == behind or original(revision)
    try:
        line = checked_database(capsys)
    finally:
        migrate.knows = original
    assert line.startswith("wrong ")
    assert "at version 0000" in line
    assert "python -m bot migrate" in line


def test_check_and_migrate_refuse_a_newer_database(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version of the bot (9999)" in checked_database(capsys)
    code, said = told(capsys, "migrate")
    assert code == 1
    assert "newer version of the bot (9999)" in said


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may write everywhere")
def test_check_sees_a_folder_it_may_not_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "cannot be written" in checked_database(capsys)
    finally:
        tmp_path.chmod(0o700)


def test_check_names_every_mistake_of_the_governance_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.toml").write_text("[review]\nwindow = '1h'\nwindwo = '72h'\n")
    monkeypatch.setenv("GOVERNANCE_FILE", "mine.toml")
    code, said = told(capsys, "check")
    assert code == 1
    assert "mine.toml, line 2: review.window = 1h crosses a bound: it may be 24h – 30d." in said
    assert "mine.toml, line 3: there is no key review.windwo; did you mean review.window?" in said


# ---- the record ----------------------------------------------------------------------------------


def test_verify_says_that_every_chain_holds(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "verify")
    assert code == 0
    assert "Partnership 1 (Commons 1): holds" in said
    assert "Partnership 2 (Commons 2): holds" in said
    assert "events: 4, erased on request: 1" in said
    assert "events: 3, erased on request: 0" in said
    assert "Notice" not in said


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE events SET thing = 'proposal/9' WHERE partnership_id = 2 AND number = 2", 2),
        ("UPDATE events SET actor_id = NULL WHERE partnership_id = 2 AND number = 1", 1),
        ("UPDATE events SET at = 'once' WHERE partnership_id = 2 AND number = 3", 1),
        ("UPDATE payloads SET payload = '{}' WHERE partnership_id = 2 AND number = 3", 3),
        ("UPDATE payloads SET salt = 'no hex' WHERE partnership_id = 2 AND number = 2", 2),
        ("DELETE FROM events WHERE partnership_id = 2 AND number = 2", 2),
        ("DELETE FROM events WHERE partnership_id = 2 AND number = 3", 3),
        ('UPDATE payloads SET payload = \'{"text":1,"text":1}\' WHERE partnership_id = 2 AND number = 1', 1),
    ],
)
def test_verify_names_the_first_broken_event(
    statement: str, broken: int, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(statement)
    code, said = told(capsys, "verify")
    assert code == 1
    assert "Partnership 1 (Commons 1): holds" in said
    assert "Partnership 2 (Commons 2): BROKEN" in said
    assert f"first broken event: {broken} (" in said


def test_an_export_verifies_anywhere_without_erased_texts_or_discord_ids(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = told(capsys, "export", "record.jsonl")
    assert code == 0
    assert "7 events of 2 partnerships" in said
    exported = Path("record.jsonl")
    assert exported.stat().st_mode & 0o077 == 0
    text = exported.read_text()
    assert text.count("the second thing") == 1
    assert "guild" not in text
    database.unlink()
    code, said = told(capsys, "verify", "--export", "record.jsonl")
    assert code == 0
    assert said.count(": holds") == 2


def sealed_anew(lines: list[str]) -> list[str]:
    """As somebody would who knows the format: the last line counts what there is, and seals it."""
    rows = [json.loads(line) for line in lines[:-1]]
    kinds = [row["kind"] for row in rows]
    end = {"kind": "end", "partnerships": kinds.count("partnership"), "events": kinds.count("event")}
    seal = hashlib.sha256("".join(line + "\n" for line in lines[:-1]).encode()).hexdigest()
    return [*lines[:-1], json.dumps(end | {"seal": seal})]


def wordless(line: str) -> str:
    """An event whose words somebody took away."""
    return json.dumps(json.loads(line) | {"salt": None, "payload": None})


def edited(lines: list[str], edit: str) -> list[str]:
    second = next(at for at, line in enumerate(lines) if '"partnership","id":2' in line)
    match edit:
        case "a key doubled":
            return [line.replace('"number":1,', '"number":9,"number":1,', 1) for line in lines]
        case "a key doubled in a text":
            return [line.replace('{\\"text\\":', '{\\"text\\":\\"the worst thing\\",\\"text\\":', 1) for line in lines]
        case "a key doubled in the list":
            return [lines[0].replace('"id":1', '"id":9,"id":1', 1), *lines[1:]]
        case "a partnership left out":
            return [*lines[:second], lines[-1]]
        case "a partnership listed and left out":
            head = json.loads(lines[0])
            return [json.dumps(head | {"partnerships": head["partnerships"][:1]}), *lines[1:]]
        case "a partnership twice":
            return [*lines[:-1], *lines[second:-1], lines[-1]]
        case "partnerships in another order":
            return [lines[0], *lines[second:-1], *lines[1:second], lines[-1]]
        case "events of another partnership":
            return [*lines[:2], *lines[second + 1 : -1], *lines[second:]]
        case "a line doubled":
            return [*lines[:3], lines[2], *lines[3:]]
        case "another name":
            return [line.replace("Commons 2", "Commons 3") for line in lines]
        case "another name once":
            return [*lines[:second], lines[second].replace("Commons 2", "Commons 3"), *lines[second + 1 :]]
        case "words taken away where erasures are told":
            return [*lines[:2], wordless(lines[2]), *lines[3:]]
        case "an erasure taken away":
            return [*lines[: second - 1], wordless(lines[second - 1]), *lines[second:]]
        case "the same instant written otherwise":
            return [line.replace("12:00:00.000000Z", "13:00:00.000000+01:00") for line in lines]
        case "one thing more":
            return [line.replace('"kind":"event"', '"kind":"event","note":"trust me"') for line in lines]
        case "not a number":
            return [line.replace('"number":2', '"number":NaN') for line in lines]
        case "a flag for a number":
            return [line.replace('"number":1,', '"number":true,') for line in lines]
        case "a seal of nothing":
            return [*lines[:-1], json.dumps(json.loads(lines[-1]) | {"seal": ""})]
        case "as if from before":
            return [json.dumps({"kind": "governance record", "version": 1}), *lines[1:]]
        case "changed text":
            return [line.replace("the first thing", "the worst thing") for line in lines]
        case "changed header":
            return [line.replace("concern raised", "objection raised", 1) for line in lines]
        case "event left out":
            return [line for line in lines if '"number":2' not in line]
        case "end of a chain left out":
            return [line for line in lines if '"number":3' not in line]
        case "reordered":
            return [*lines[:2], lines[3], lines[2], *lines[4:]]
        case "cut short":
            return lines[:-1]
        case "cut in a line":
            return [*lines[:-2], lines[-2][:30]]
        case "something after the end":
            return [*lines, lines[-1]]
        case "an event without a partnership":
            return [lines[0], *lines[2:]]
        case "another file":
            return ["hello"]
        case "another format":
            return ['{"kind":"governance record","version":3,"partnerships":[]}', *lines[1:]]
        case "a number that is text":
            return [line.replace('"number":2', '"number":"2"') for line in lines]
        case "a list":
            return [lines[0], "[]", *lines[1:]]
        case "nothing":
            return []
    raise AssertionError(edit)


@pytest.mark.parametrize(
    "edit",
    [
        "changed text",
        "changed header",
        "event left out",
        "end of a chain left out",
        "reordered",
        "cut short",
        "cut in a line",
        "a key doubled",
        "a key doubled in a text",
        "a key doubled in the list",
        "a partnership left out",
        "a partnership listed and left out",
        "a partnership twice",
        "partnerships in another order",
        "events of another partnership",
        "a line doubled",
        "another name",
        "another name once",
        "words taken away where erasures are told",
        "an erasure taken away",
        "the same instant written otherwise",
        "one thing more",
        "not a number",
        "a flag for a number",
        "a seal of nothing",
        "as if from before",
        "something after the end",
        "an event without a partnership",
        "another file",
        "another format",
        "a number that is text",
        "a list",
        "nothing",
    ],
)
def test_an_edited_export_does_not_verify(edit: str, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "export", "record.jsonl")
    exported = Path("record.jsonl")
    honest = exported.read_text().splitlines()
    lines = edited(honest, edit)
    assert lines != honest
    exported.write_text("\n".join(lines))
    code, said = told(capsys, "verify", "--export", "record.jsonl")
    assert code == 1
    assert "BROKEN" in said or "is not a whole export: " in said
    assert "unforeseen" not in said


@pytest.mark.parametrize(
    "edit",
    [
        "changed text",
        "changed header",
        "event left out",
        "end of a chain left out",
        "reordered",
        "a key doubled",
        "a key doubled in a text",
        "a key doubled in the list",
        "a partnership left out",
        "a partnership listed and left out",
        "a partnership twice",
        "partnerships in another order",
        "events of another partnership",
        "a line doubled",
        "another name once",
        "words taken away where erasures are told",
        "an erasure taken away",
        "the same instant written otherwise",
        "one thing more",
        "a flag for a number",
        "a number that is text",
    ],
)
def test_an_edited_export_does_not_verify_though_it_was_sealed_anew(
    edit: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The seal finds what was damaged; whoever knows the format makes another, and is found by what it seals."""
    told(capsys, "export", "record.jsonl")
    exported = Path("record.jsonl")
    honest = exported.read_text().splitlines()
    exported.write_text("\n".join(sealed_anew(honest)))
    assert told(capsys, "verify", "--export", "record.jsonl")[0] == 0
    exported.write_text("\n".join(sealed_anew(edited(honest, edit))))
    code, said = told(capsys, "verify", "--export", "record.jsonl")
    assert code == 1, said
    assert "BROKEN" in said or "is not a whole export: " in said


def receipt_of(exported: Path, partnership: int, number: int) -> str:
    lines = exported.read_text().splitlines()
    begins = next(at for at, line in enumerate(lines) if f'"partnership","id":{partnership}' in line)
    return f"#{number} · {json.loads(lines[begins + number])['hash']}"


def test_a_receipt_is_checked_offline_at_its_number(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "export", "record.jsonl")
    exported = Path("record.jsonl")
    kept = receipt_of(exported, 2, 3)
    database.unlink()
    code, said = told(capsys, "verify", "--export", "record.jsonl", "--receipt", kept)
    assert code == 0, said
    assert "The receipt stands as event 3 in partnership 2 (Commons 2)." in said
    for wrong in (kept.replace("#3", "#2"), kept.replace("#3", "#4"), f"#3 · {'f' * 64}", "f" * 64):
        code, said = told(capsys, "verify", "--export", "record.jsonl", "--receipt", wrong)
        assert code == 1
        assert "THE RECEIPT DOES NOT STAND" in said
    for short in (kept[:17], kept[:20]):
        code, said = told(capsys, "verify", "--export", "record.jsonl", "--receipt", short)
        assert code == 1
        assert "too short to prove anything" in said
        assert "/audit receipt" in said
    code, said = told(capsys, "verify", "--export", "record.jsonl", "--receipt", "hello")
    assert code == 1
    assert "is no receipt" in said


def test_a_receipt_is_checked_against_the_database(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "export", "record.jsonl")
    kept = receipt_of(Path("record.jsonl"), 1, 3)
    code, said = told(capsys, "verify", "--receipt", kept[:37])
    assert code == 0, said
    assert "The receipt stands as event 3 in partnership 1 (Commons 1)." in said
    assert told(capsys, "verify", "--receipt", kept.replace("#3", "#1"))[0] == 1
    change("UPDATE payloads SET payload = '{}' WHERE partnership_id = 1 AND number = 1")
    code, said = told(capsys, "verify", "--receipt", kept)
    assert code == 1
    assert "DOES NOT STAND" in said


def test_a_receipt_finds_a_partnership_left_out_with_all_counts_made_anew(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such a file is whole in itself, as one of a server with that partnership alone: only who kept a receipt knows."""
    told(capsys, "export", "record.jsonl")
    exported = Path("record.jsonl")
    kept = receipt_of(exported, 2, 1)
    lines = edited(exported.read_text().splitlines(), "a partnership left out")
    head = json.loads(lines[0])
    exported.write_text(
        "\n".join(sealed_anew([json.dumps(head | {"partnerships": head["partnerships"][:1]}), *lines[1:]]))
    )
    assert told(capsys, "verify", "--export", "record.jsonl")[0] == 0
    code, said = told(capsys, "verify", "--export", "record.jsonl", "--receipt", kept)
    assert code == 1
    assert "DOES NOT STAND" in said


def test_an_export_from_before_verifies_with_a_notice(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Erasures were no events of the chain then, and the file had neither list nor seal."""
    change("DELETE FROM payloads WHERE partnership_id = 2 AND number = 2")
    told(capsys, "export", "record.jsonl")
    exported = Path("record.jsonl")
    lines = exported.read_text().splitlines()
    begins = next(at for at, line in enumerate(lines) if '"partnership","id":2' in line)
    first = json.dumps({"kind": "governance record", "version": 1})
    exported.write_text(
        "\n".join([first, *lines[begins:-1], json.dumps({"kind": "end", "partnerships": 1, "events": 3})])
    )
    code, said = told(capsys, "verify", "--export", "record.jsonl")
    assert code == 0, said
    assert "Notice: This file was written by an earlier version of the bot" in said
    assert "Notice: 1 erasure from before erasures were entries of the record" in said
    # The same file does not excuse a record that tells erasures.
    exported.write_text(
        "\n".join(
            [
                first,
                *lines[1:2],
                wordless(lines[2]),
                *lines[3:begins],
                json.dumps({"kind": "end", "partnerships": 1, "events": 4}),
            ]
        )
    )
    code, said = told(capsys, "verify", "--export", "record.jsonl")
    assert code == 1
    assert "no erasure of them is on record" in said


@pytest.mark.parametrize("command", ["verify", "export record.jsonl", "backup copy.sqlite3"])
def test_without_a_database_nothing_is_made(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, *command.split())
    assert code == 1
    assert "here is no database at governance.sqlite3 yet" in said
    assert list(Path().iterdir()) == []


def test_a_database_without_tables_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path(FILE).touch()
    code, said = told(capsys, "verify")
    assert code == 1
    assert "python -m bot migrate" in said


@pytest.mark.parametrize("command", ["export", "backup"])
def test_nothing_is_overwritten(command: str, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine").write_text("precious")
    for name, said in (("mine", "was left alone"), ("no/where", "does not exist")):
        code, heard = told(capsys, command, name)
        assert code == 1
        assert said in heard
    assert Path("mine").read_text() == "precious"


# ---- copies --------------------------------------------------------------------------------------


def test_a_backup_restores_and_verifies(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "backup", "copy.sqlite3")[0] == 0
    assert Path("copy.sqlite3").stat().st_mode & 0o077 == 0
    change("UPDATE events SET thing = 'forged' WHERE number = 1")
    assert told(capsys, "verify")[0] == 1
    code, said = told(capsys, "restore", "copy.sqlite3")
    assert code == 0
    assert "is now the database" in said
    assert "governance.sqlite3.replaced-" in said
    code, said = told(capsys, "verify")
    assert code == 0
    assert said.count(": holds") == 2


@pytest.mark.parametrize(("name", "said"), [("none", "no copy at none"), ("notes", "cannot be read as a database")])
def test_only_a_backup_is_restored(name: str, said: str, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("notes").write_text("not a database, however long this text may become " * 20)
    code, heard = told(capsys, "restore", name)
    assert code == 1
    assert said in heard
    assert sorted(path.name for path in Path().glob("*.replaced*")) == []
    assert told(capsys, "verify")[0] == 0


def hold(owner: str, at: datetime) -> None:
    change("INSERT INTO locks (name, owner, heartbeat_at) VALUES ('bot', ?, ?)", owner, f"{at:%Y-%m-%dT%H:%M:%S.%fZ}")


def test_restore_is_refused_while_the_bot_runs(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "backup", "copy.sqlite3")
    hold("elsewhere 7 abc", datetime.now(UTC))
    code, said = told(capsys, "restore", "copy.sqlite3")
    assert code == 1
    assert "The bot runs already: process 7 on elsewhere" in said
    assert told(capsys, "verify")[0] == 0


def test_migrate_makes_a_database_for_this_user_only(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "migrate")
    assert code == 0
    assert f"from nothing to version {migrate.head()}" in said
    assert Path(FILE).stat().st_mode & 0o077 == 0
    code, said = told(capsys, "migrate")
    assert code == 0
    assert "Nothing was changed" in said


def test_migrate_waits_for_the_end_of_a_process_of_an_older_version(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "current", _older)
    hold("elsewhere 7 abc", datetime.now(UTC))
    code, said = told(capsys, "migrate")
    assert code == 1
    assert "The bot runs on this database: process 7 on elsewhere. Nothing was changed." in said
    change("DELETE FROM locks")
    assert told(capsys, "migrate")[0] == 0


async def _older(_: object) -> str:
    return "0001"


# ---- one process at a time -----------------------------------------------------------------------


async def test_the_lock_of_a_process_that_died_is_taken_over_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}")
    await migrate.upgrade(engines.writer)
    machine = instance.owner().rsplit(" ", 2)[0]
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    try:
        for owner, free in (
            (f"{machine} {gone.pid} x", True),
            (f"{machine} {os.getppid()} x", False),
            ("else 1 x", False),
        ):
            held = InstanceLock(engines, owner)
            await held.acquire(NOW)
            if free:
                await (await instance.take(engines, lambda: NOW)).release()
            else:
                with pytest.raises(OperatorError, match="runs already"):
                    await instance.take(engines, lambda: NOW)
            await held.release()
    finally:
        await engines.dispose()


@pytest.mark.parametrize(
    ("held", "asked", "said"),
    [
        ("bot", EVERYTHING, "The bot runs already: process 1 on else"),
        ("0-3/8", EVERYTHING, "The bot runs already, with 8 shards: process 1 on else"),
        ("0-3/8", Shards(0, 1, 4), "This one has 4 shards"),
        ("bot", Shards(0, 3, 8), "The bot runs already, with 1 shard:"),
        ("0-3/8", Shards(3, 5, 8), "Of the shards 3-5/8 some are served already: process 1 on else serves 0-3/8"),
    ],
)
async def test_a_refusal_says_who_serves_what(tmp_path: Path, held: str, asked: Shards, said: str) -> None:
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}")
    await migrate.upgrade(engines.writer)
    try:
        await InstanceLock(engines, "else 1 x", EVERYTHING if held == "bot" else read_shards(held)).acquire(NOW)
        with pytest.raises(OperatorError) as refused:
            await instance.take(engines, lambda: NOW, asked)
    finally:
        await engines.dispose()
    assert said in str(refused.value)
    assert "Nothing was done." in str(refused.value)
    assert "wait 3 minutes" in str(refused.value)


async def test_losing_the_lock_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "BEAT", 0)
    engines = create_engines(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}")
    await migrate.upgrade(engines.writer)
    lost = asyncio.Event()
    try:
        async with instance.only_one(engines, lambda: NOW, lost):
            await InstanceLock(engines, "thief 1 x").acquire(datetime(2026, 3, 2, tzinfo=UTC))
            await asyncio.wait_for(lost.wait(), 5)
    finally:
        await engines.dispose()


# ---- the process itself --------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_run_connects_refuses_a_second_process_and_stops_cleanly(how: signal.Signals) -> None:
    standin = StandIn(TOKEN)
    async with listening(standin), process("run", **environment(standin)) as first:
        await standin.until(lambda: standin.gateway.connected, within=60)
        async with process("run", **environment(standin)) as second:
            code, said = await ended(second)
        assert code == 1
        assert f"The bot runs already: process {first.pid} on {socket.gethostname()}" in said
        async with process("backup", "copy.sqlite3") as copying:
            assert (await ended(copying))[0] == 0
        async with process("restore", "copy.sqlite3") as restoring:
            code, said = await ended(restoring)
        assert code == 1
        assert "runs already" in said
        first.send_signal(how)
        code, said = await ended(first)
    assert code == 0
    assert TOKEN not in said
    assert json.loads(said.splitlines()[-1])["message"] == "stopped"
    with closing(sqlite3.connect(FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM locks").fetchone() == (0,)


async def test_run_after_a_kill_starts_at_once() -> None:
    first, again = StandIn(TOKEN), StandIn(TOKEN)
    async with listening(first), process("run", **environment(first)) as killed:
        await first.until(lambda: first.gateway.connected, within=60)
        killed.kill()
        await killed.wait()
    async with listening(again), process("run", **environment(again)) as running:
        await again.until(lambda: again.gateway.connected, within=60)
        running.terminate()
        assert (await ended(running))[0] == 0


async def test_run_answers_health_while_it_is_connected() -> None:
    standin = StandIn(TOKEN)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    async with listening(standin), process("run", HEALTH_PORT=str(port), **environment(standin)) as running:
        await standin.until(lambda: standin.gateway.connected, within=60)
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/health") as answer:
            assert (await answer.json()).keys() == {"ready", "latency_seconds", "last_heartbeat"}
        async with process(
            "run", HEALTH_PORT=str(port), DATABASE_URL="sqlite+aiosqlite:///other.sqlite3", **environment(standin)
        ) as other:
            code, said = await ended(other)
        assert code == 2
        assert f"HEALTH_PORT {port} cannot be used" in said
        running.terminate()
        assert (await ended(running))[0] == 0


async def test_run_with_a_bad_token_says_so() -> None:
    standin = StandIn("another-token")
    async with listening(standin), process("run", **environment(standin)) as running:
        code, said = await ended(running)
    assert code == 2
    assert "Discord does not accept DISCORD_TOKEN" in said
    assert TOKEN not in said


async def test_run_without_the_intent_says_so() -> None:
    standin = StandIn(TOKEN)
    standin.gateway.close_code = 4014
    async with listening(standin), process("run", **environment(standin)) as running:
        code, said = await ended(running)
    assert code == 2
    assert "The Server Members Intent is off" in said


async def test_run_while_discord_is_out_of_reach_says_so_and_goes_on_trying() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        async with process("run", DISCORD_TOKEN=TOKEN, DISCORD_API_BASE=base) as running:
            assert running.stderr is not None
            async with asyncio.timeout(60):
                while "Discord could not be reached" not in (said := (await running.stderr.readline()).decode()):
                    assert said, "it ended"
            assert "The bot tries by itself" in said
            running.terminate()
            code, said = await ended(running)
    assert code == 0, said


async def test_check_of_everything_in_order_is_ready() -> None:
    standin = StandIn(TOKEN)
    async with process("migrate") as migrating:
        await ended(migrating)
    async with listening(standin), process("check", **environment(standin)) as checking:
        code, said = await ended(checking)
    assert code == 0
    assert "Ready for: python -m bot run" in said
    assert "client_id=424242424242424242" in said
    assert "wrong" not in said


# ---- erasure -------------------------------------------------------------------------------------


def test_an_event_is_erased_after_a_question_and_the_chain_holds(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    erase = ("erase", "--partnership", "2", "--event", "3")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    code, said = told(capsys, *erase)
    assert code == 1
    assert "This erases the words of event 3 of partnership 2 (Commons 2): concern raised, proposal/1" in said
    assert "It cannot be undone" in said
    assert "Nothing was erased." in said
    assert "the third thing" in kept()
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    code, said = told(capsys, *erase)
    assert code == 0, said
    assert "Erased." in said
    assert "backups" in said
    assert kept().count("the third thing") == 1, "the other partnership's stays"
    code, said = told(capsys, "verify")
    assert code == 0
    assert said.count("erased on request: 1") == 2


def test_a_person_is_forgotten(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "erase", "--person", "123456789012345678", "--yes")
    assert code == 0, said
    assert "123456789012345678" not in kept()
    code, said = told(capsys, "erase", "--person", "123456789012345678", "--yes")
    assert code != 0
    assert "Nobody with the Discord id" in said
    assert told(capsys, "verify")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--partnership", "2", "--event", "99", "--yes"), "has no event 99"),
        (("--partnership", "9", "--event", "1", "--yes"), "no partnership 9"),
        (("--event", "0"), "not a number above zero"),
        (("--person", "nobody"), "not a number above zero"),
        (("--person", "1", "--event", "1"), "not allowed with"),
        ((), "required"),
    ],
)
def test_what_cannot_be_erased_is_said(
    arguments: tuple[str, ...], words: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = kept()
    code, said = told(capsys, "erase", *arguments)
    assert code != 0
    assert words in said, said
    assert kept() == before


def kept() -> str:
    """Everything that the database file and its write-ahead log hold, as rows."""
    with closing(sqlite3.connect(FILE)) as connection:
        return "\n".join(connection.iterdump())
