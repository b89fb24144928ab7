"""What the README says of setting up is there: each level has its pinned, hashed requirements."""

from __future__ import annotations

import re
from pathlib import Path

from requirements import install

ROOT = Path(__file__).parent.parent


def test_each_level_holds_everything_of_those_before_it() -> None:
    names: set[str] = set()
    for level in install.LEVELS:
        text = (ROOT / "requirements" / f"{level}.txt").read_text()
        found = set(re.findall(r"^([\w.-]+(?:\[\w+\])?)==", text, flags=re.MULTILINE))
        assert names <= found, level
        assert "--hash=sha256:" in text
        names = found


def test_the_readme_names_levels_that_exist() -> None:
    named = set(re.findall(r"requirements/install\.py (\w+)", (ROOT / "README.md").read_text()))
    assert named == set(install.LEVELS)
