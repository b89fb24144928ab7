"""The container file and the service unit do what they say, as far as can be seen without a container engine."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONTAINER = (ROOT / "Containerfile").read_text()


def instructions(name: str) -> list[str]:
    """What stands behind each instruction of this name, in order."""
    joined = CONTAINER.replace("\\\n", " ")
    return re.findall(rf"^{name} (.+)$", joined, flags=re.MULTILINE)


def at_home(command: list[str], home: Path, work: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the image with its code in ``home``, in the folder ``work``, with nothing of ours around it."""
    assert command[0].endswith(".venv/bin/python")
    known = {"PATH": os.defpath, "PYTHONPATH": str(home), "HOME": str(work)}
    return subprocess.run(
        [sys.executable, *command[1:]], cwd=work, env=known, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What the container file copies, where it copies it, and nothing else of the repository."""
    home = tmp_path / "image"
    for line in instructions("COPY"):
        source, target = line.split()
        shutil.copytree(ROOT / source, home / target, ignore=shutil.ignore_patterns("__pycache__"))
    return home


def test_what_is_copied_is_enough_for_every_command(image: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    entry: list[str] = json.loads(instructions("ENTRYPOINT")[0])
    usual: list[str] = json.loads(instructions("CMD")[0])

    started = at_home([*entry, *usual], image, data)
    assert started.returncode == 2
    assert "DISCORD_TOKEN" in started.stderr
    assert "Traceback" not in started.stderr

    migrated = at_home([*entry, "migrate"], image, data)
    assert migrated.returncode == 0, migrated.stderr
    assert [each.name for each in data.iterdir() if each.suffix == ".sqlite3"] == ["governance.sqlite3"]
    checked = at_home([*entry, "verify"], image, data)
    assert checked.returncode == 0, checked.stderr


def test_what_is_decided_lies_in_the_volume_of_a_user_without_rights() -> None:
    (volume,) = instructions("VOLUME")
    assert instructions("WORKDIR")[-1] == volume
    assert instructions("USER") == ["bot"]
    assert any(volume in line and "-o bot" in line for line in instructions("RUN"))


def test_the_build_sees_what_it_copies_and_no_secrets() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == {
        line.split()[0] for line in instructions("COPY")
    }


def test_the_unit_starts_the_bot_where_its_data_lies(tmp_path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "docs" / "governance-bot.service")
    service = unit["Service"]
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    started = at_home(shlex.split(service["ExecStart"]), ROOT, tmp_path)
    assert started.returncode == 2
    assert "DISCORD_TOKEN" in started.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "governance-bot.service").read_text()
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", text, flags=re.MULTILINE)
    unit = tmp_path / "governance-bot.service"
    unit.write_text(re.sub(r"^User=.*$", "User=root", text, flags=re.MULTILINE))
    said = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "governance-bot" not in said.stderr, said.stderr
    assert said.returncode == 0, said.stderr
