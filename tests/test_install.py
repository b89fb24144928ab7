"""Setting up: each level has its pinned, hashed requirements, and exactly those are installed, also in a year."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from requirements import install

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name(install.UV.name)
WAYS = (
    "pip",
    pytest.param("uv", marks=pytest.mark.skipif(not UV.exists(), reason="this environment was set up without uv")),
)


def test_each_level_holds_everything_of_those_before_it() -> None:
    names: set[str] = set()
    for level in install.LEVELS:
        text = (ROOT / "requirements" / f"{level}.txt").read_text()
        found = set(re.findall(r"^([\w.-]+)(?:\[[\w, ]+\])?==", text, flags=re.MULTILINE))
        assert names <= found, level
        assert "--hash=sha256:" in text
        names = found


def test_what_is_compiled_keeps_its_extras() -> None:
    """Whoever installs it without this script then also gets what the extras ask for."""
    asked = re.findall(r"^([\w.-]+)\[", (ROOT / "requirements" / "runtime.in").read_text(), flags=re.MULTILINE)
    pinned = (ROOT / "requirements" / "runtime.txt").read_text()
    assert asked
    assert all(re.search(rf"^{name}\[[\w, ]+\]==", pinned, flags=re.MULTILINE) for name in asked)


def test_the_readme_names_levels_that_exist() -> None:
    named = set(re.findall(r"requirements/install\.py (\w+)", (ROOT / "README.md").read_text()))
    assert named == set(install.LEVELS)


class Shop:
    """An index of packages on this machine, and a project which pins some of them.

    ``reader`` 1 asks for ``parser`` with an extra, which asks for ``words``, and the pinned set does not name the
    extra: the shape that makes pip look for the newest ``parser``.
    """

    def __init__(self, root: Path) -> None:
        self.index = root / "index"
        self.project = root / "project"
        self.address = ""
        (self.project / "requirements").mkdir(parents=True)
        shutil.copy(ROOT / "requirements" / "install.py", self.project / "requirements")
        reader = self.release("reader", "1", needs=("parser[words]",))
        parser = self.release("parser", "1", needs=('words; extra == "words"',), extras=("words",))
        words = self.release("words", "1")
        self.pin("dev", f"reader==1 {reader}", f"parser==1 {parser}", f"words==1 {words}")
        uv = self.release("uv", "1", script=f'#!/bin/sh\nexec "{UV}" "$@"\n')
        self.pin("installer", f"uv==1 {uv}")

    def release(
        self, name: str, version: str, needs: tuple[str, ...] = (), extras: tuple[str, ...] = (), script: str = ""
    ) -> str:
        """Put a version of a package on the shelf; the option with its hash."""
        shelf = self.index / "simple" / name
        shelf.mkdir(parents=True, exist_ok=True)
        wheel = shelf / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        metadata += [f"Provides-Extra: {e}" for e in extras] + [f"Requires-Dist: {n}" for n in needs]
        files = {
            f"{name}.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": "\n".join(metadata) + "\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        if script:
            files[f"{name}-{version}.data/scripts/{name}"] = script
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                kept = zipfile.ZipInfo(path)
                kept.external_attr = 0o100755 << 16
                archive.writestr(kept, text)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        with (shelf / "index.html").open("a") as page:
            page.write(f'<a href="{wheel.name}#sha256={digest}">{wheel.name}</a><br>\n')
        return f"--hash=sha256:{digest}"

    def pin(self, level: str, *lines: str) -> None:
        (self.project / "requirements" / f"{level}.txt").write_text("\n".join(lines) + "\n")

    def set_up(self, way: str) -> subprocess.CompletedProcess[str]:
        """Run the set-up as somebody with a fresh clone does, with this index for the only one."""
        simple = f"{self.address}/simple"
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_"))}
        told = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": simple, "UV_NO_CONFIG": "1", "UV_NO_CACHE": "1"}
        if way == "uv":
            told["UV_DEFAULT_INDEX"] = simple
        command = [sys.executable, "requirements/install.py", "dev"]
        return subprocess.run(
            command, cwd=self.project, env={**clean, **told}, capture_output=True, text=True, check=False, timeout=300
        )

    def installed(self) -> dict[str, str]:
        """What the project's environment holds beside its installers."""
        python = self.project / ".venv" / install.PYTHON.relative_to(install.VENV)
        listed = subprocess.run(
            [python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
            capture_output=True,
            text=True,
            check=True,
        )
        found = {each["name"]: each["version"] for each in json.loads(listed.stdout)}
        return {name: version for name, version in found.items() if name not in ("pip", "setuptools")}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(made.index))) as server:
        made.address = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield made
        server.shutdown()
        serving.join()


@pytest.mark.parametrize("way", WAYS)
def test_newer_releases_change_nothing(shop: Shop, way: str) -> None:
    """Also where a pinned package asks for another one with an extra: that one is not looked for anew."""
    for name in ("reader", "parser", "words"):
        shop.release(name, "2", extras=("words",))

    done = shop.set_up(way)

    assert done.returncode == 0, done.stderr
    expected = {"reader": "1", "parser": "1", "words": "1"}
    assert shop.installed() == expected | ({"uv": "1"} if way == "uv" else {})
    assert shop.set_up(way).stdout == ""  # what is finished and fits is left alone


def test_a_pinned_set_that_lacks_something_is_told(shop: Shop) -> None:
    pinned = shop.project / "requirements" / "dev.txt"
    lines = pinned.read_text().splitlines()
    pinned.write_text("\n".join(line for line in lines if not line.startswith("parser")))

    done = shop.set_up("pip")

    assert done.returncode == 1
    assert "parser" in done.stderr


def test_a_file_other_than_the_pinned_one_is_refused(shop: Shop) -> None:
    (shop.index / "simple" / "words" / "index.html").unlink()
    shop.release("words", "1", needs=("reader",))

    done = shop.set_up("pip")

    assert done.returncode == 1
    assert "hash" in done.stderr.lower()
    assert not (shop.project / ".venv" / install.STAMP.name).exists()


def test_where_uv_does_not_run_pip_sets_up(shop: Shop) -> None:
    uv = shop.release("uv", "2", script="#!/nowhere/at/all\n")
    shop.pin("installer", f"uv==2 {uv}")

    assert shop.set_up("uv").returncode == 0
    assert shop.installed() == {"reader": "1", "parser": "1", "words": "1"}  # built anew: nothing half done stays
