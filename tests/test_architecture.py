"""The house's alarms. Who may import whom is checked by import-linter; this is what it cannot see."""

import ast
import graphlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.ui.nouns import NOUNS
from bot.ui.presenter import Presenter

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("bot", "cogs", "storage", "config")
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
MAY_READ_THE_TIME = ("bot/app.py", "bot/rehearsal.py", "bot/rehearsal/")
MAY_WRITE_EVENTS = {"bot/governance/events.py", "bot/services/scales_roles.py", "storage/chain.py"}
"""Who handles events as the record writes them: their types, the chain, and what a set-up keeps to tell later."""
# Written with character classes so that this file does not match itself.
LEAKS = {
    "a package registry": r"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(org|com)|debia[n]\.org/debian",
    "a path of one machine": r"(?<![\w.}])/(home|User[s]|roo[t]|wor[k]|tm[p])/[\w.-]+",
}
ALLOWED_LEAKS = (".ci/",)
MAY_NAME: dict[str, set[str]] = {
    "inbox": {"bot/ui/help.py"},
    "proposals": {
        "bot/discord/delivery.py",
        "bot/ui/diff.py",
        "bot/ui/feed.py",
        "bot/ui/forms.py",
        "bot/ui/notices.py",
        "bot/ui/versions.py",
        "cogs/base/choices.py",
    },
    "objections": {
        "bot/ui/feed.py",
        "bot/ui/forms.py",
        "bot/ui/notices.py",
        "bot/ui/versions.py",
        "cogs/base/__init__.py",
    },
    "votes": {"bot/ui/feed.py", "bot/ui/forms.py", "bot/ui/notices.py"},
    "retros": {"bot/discord/permissions.py"},
    "meetings": {"bot/discord/permissions.py"},
    "seats": {"bot/ui/feed.py"},
    "stops": {"bot/ui/deadlines.py"},
    "effects": {"bot/ui/diff.py", "bot/ui/errors.py", "bot/ui/feed.py", "bot/ui/forms.py", "bot/ui/versions.py"},
    "record": {"bot/discord/boards.py", "bot/discord/delivery.py", "bot/ui/notices.py"},
    "reminders": {"bot/discord/boards.py"},
    "scales": {"bot/discord/channels.py"},
}
"""Shared rooms that know a noun by name: those of a proposal with what belongs to it, what serves every noun, and the
words that ask an operator for permissions.
"""

KNOW_SEATS = {
    "bot/governance/authority.py": "the charter",
    "bot/governance/organisation.py": "what a seat is, and which role carries it",
    "bot/governance/seats.py": "since when a seat counts",
    "bot/governance/scales.py": "which channels are open to a seat",
    "bot/governance/plans.py": "which roles a set-up makes for seats",
    "bot/governance/health.py": "figures of seats",
    "bot/governance/proposals.py": "where an author sat is kept with the proposal",
    "bot/governance/rulings.py": "who sits where the author sits is a fact that the charter asks for",
    "bot/services/health.py": "figures of seats",
    "bot/ui/help.py": "people are told which seats they hold",
    "bot/services/roles.py": "whose electorate a role carries",
    "bot/services/seats.py": "whose electorate a gained or lost seat changes",
}
"""The only files that look at which seat somebody holds, and for what. What a seat gives is asked of the charter."""
NO_PEOPLE = {"matrix", "refusal", "self", "tx"}
"""What else has ``seats``."""


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever the import stands."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def clock_reads(tree: ast.AST) -> Iterator[int]:
    """The lines on which the time is read, or the function that reads it is handed on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            reads_date = node.attr in {"now", "utcnow", "today"} and owner in {"datetime", "date", "utils"}
            reads_time = node.attr in {"time", "time_ns"} and owner == "time"
            if reads_date or reads_time:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module in {"time", "discord.utils"}:
            yield from (node.lineno for alias in node.names if alias.name in {"time", "time_ns", "utcnow"})


def data_reads(tree: ast.AST) -> Iterator[int]:
    """The lines on which what an event says is looked up as the record writes it; Discord's interactions have data."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "data" and ast.unparse(node.value) != "interaction":
            yield node.lineno


def leaks(text: str) -> list[str]:
    return [f"{what}: {match[0]}" for what, pattern in LEAKS.items() if (match := re.search(pattern, text))]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """One circle of imports, or nothing."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def noun_of(module: str) -> str:
    """The noun to whose files a module belongs, on any floor: ``bot.ui.retros_pages`` to retros; empty for none."""
    stem = module.rpartition(".")[2]
    return next((noun.name for noun in NOUNS if stem == noun.name or stem.startswith(f"{noun.name}_")), "")


@cache
def modules_named(path: Path) -> set[str]:
    """The nouns whose presenters or cogs a file imports."""
    ours = {module for module in imports(path) if module.startswith(("bot.ui.", "cogs."))}
    return {noun_of(".".join(module.split(".")[: 3 if module.startswith("bot.") else 2])) for module in ours} - {""}


@cache
def said_in_code(path: Path) -> str:
    """Every name and every text of a file's code, a line each, without what documents it."""
    return "\n".join(_said(tree_of(path)))


def _said(tree: ast.AST) -> Iterator[str]:
    documents = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value
        for each in (getattr(node, part, None) for part in ("id", "attr", "name", "arg", "module")):
            if isinstance(each, str):
                yield each


def import_graph() -> dict[str, set[str]]:
    """Each file of ours with the files it names; `from package import module` names the module."""
    files = {
        name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in sources(*FLOORS)
    }
    graph: dict[str, set[str]] = {}
    for name, path in files.items():
        named = {each for each in imports(path) if each in files} - {name}
        graph[name] = {each for each in named if not any(other.startswith(f"{each}.") for other in named)}
    return graph


def types_named(tree: ast.AST) -> Iterator[int]:
    """The lines on which a type of decision is compared with a literal, or looked for among literals."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(_is_type(side) for side in sides) and any(_is_literal(side) for side in sides):
                yield node.lineno
        elif isinstance(node, ast.Match) and _is_type(node.subject):
            cases = [each for case in node.cases for each in ast.walk(case.pattern)]
            yield from (each.lineno for each in cases if isinstance(each, ast.MatchValue) and _is_literal(each.value))


def seats_looked_at(tree: ast.AST) -> Iterator[int]:
    """The lines on which a seat is compared, or the seats of a person are looked through."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                sides = [each for side in (node.left, *node.comparators) for each in ast.walk(side)]
                if any(isinstance(each, ast.Attribute) and each.attr == "seat" for each in sides):
                    yield node.lineno
            case ast.Match(subject=ast.Attribute(attr="seat")):
                yield node.lineno
            case ast.Attribute(value=ast.Name(id=whose), attr="seats") if whose not in NO_PEOPLE:
                yield node.lineno
            case ast.Attribute(attr="trusted" | "sits_in"):
                yield node.lineno


def _is_type(node: ast.AST) -> bool:
    """``proposal.type``, a bare ``type`` or ``kind``, or the name of a row of the matrix."""
    if isinstance(node, ast.Name):
        return node.id in {"type", "decision_type"}
    if not isinstance(node, ast.Attribute):
        return False
    of = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
    return node.attr == "type" or (node.attr == "name" and "row" in of)


def _is_literal(node: ast.AST) -> bool:
    if isinstance(node, ast.Set | ast.Tuple | ast.List):
        return any(_is_literal(each) for each in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


# ---- the tree ------------------------------------------------------------------------------------


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [path for path in sources(*FLOORS, "tests") if {path.stem, path.parent.name} & VAGUE]
    assert named == []


def test_the_rules_import_the_standard_library_only() -> None:
    foreign = [
        f"{name_of(path)}: {module}"
        for path in sources("bot/governance")
        for module in imports(path)
        if module.split(".")[0] not in sys.stdlib_module_names and not f"{module}.".startswith("bot.governance.")
    ]
    assert foreign == []


def test_the_rules_wait_for_nothing() -> None:
    waiting = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources("bot/governance")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    ]
    assert waiting == []


def test_every_rule_file_says_what_it_is_about() -> None:
    silent = [name_of(path) for path in sources("bot/governance") if not ast.get_docstring(tree_of(path))]
    assert silent == []


NAMES = {
    "mapped role of the seat 7",  # what differs from the record
    "say whether feedback is resolved",  # an act that comes too late
    "go to the next topic",
    "the version on the table",  # what became stale
    "7 7 is worn by 7",  # what has to be read before a set-up, of which a digest is kept
    "7 7 gives 7 7",
}
"""Texts of the rules that look like words for people and are names; those of four words are taken for names."""


def wording(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts in code that are sentences: five words in a row. Failed assertions speak to developers."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AssertionError":
            silent |= {id(each) for each in ast.walk(node)}
        if id(node) in silent:
            continue
        match node:
            case ast.JoinedStr():
                silent |= {id(each) for each in node.values}
                text = "".join(str(each.value) if isinstance(each, ast.Constant) else "7" for each in node.values)
            case ast.Constant(value=str(text)):
                pass
            case _:
                continue
        if text not in NAMES and re.search(r"[\w’'](?:,? [\w’'(]+\)?){4}", text) and not text.isupper():
            yield node.lineno, text


def test_the_rules_hold_no_words_for_people() -> None:
    """They name what happened and what would fit; ``bot/ui`` says it (HLP-1).

    The charter is a table in sentences for whoever reads the code, and the confusable characters are no words.
    """
    said = [
        f"{name_of(path)}:{line} {text[:60]}"
        for path in sources("bot/governance")
        if path.name not in {"authority.py", "confusables.py"}
        for line, text in wording(ast.parse(path.read_text()))
    ]
    assert said == []


@pytest.mark.parametrize(
    ("code", "heard"),
    [
        ('raise BadValue("x", x, "one of the columns here")', True),
        ('raise BadValue("x", x, f"{least} to {most} names, one each")', True),
        ('ABOUT = ("objections that stop a proposal (rule: people)",)', True),
        ('raise BadValue("x", x, "whole number", 0, MOST)', False),
        ('def rule():\n    """The rule in a whole sentence."""', False),
        ('raise AssertionError("the last stretch has no end")', False),
        ('CODES = "BIF CLP DJF GNF HUF"', False),
    ],
)
def test_the_wording_alarm_hears(code: str, heard: bool) -> None:
    assert bool([*wording(ast.parse(code))]) is heard


def test_only_the_composition_root_reads_the_time() -> None:
    reads = [
        f"{name_of(path)}:{line}"
        for path in sources(*FLOORS)
        if not name_of(path).startswith(MAY_READ_THE_TIME)
        for line in clock_reads(tree_of(path))
    ]
    assert reads == []


def test_no_type_of_decision_is_asked_for_by_its_name() -> None:
    """POL-3: what a type does stands in its row, and its words with the presenters."""
    asked = [
        f"{name_of(path)}:{line}"
        for path in sources(*FLOORS)
        if not name_of(path).startswith("storage/migrations/")
        for line in types_named(tree_of(path))
    ]
    assert asked == []


@pytest.mark.parametrize(
    "text",
    [
        'proposal.type == "budget"',
        '"budget" != view.proposal.type',
        'type in {"budget", "policy"}',
        'row.name not in ("budget",)',
        'match proposal.type:\n    case "budget" | "policy":\n        pass',
    ],
)
def test_a_type_asked_for_by_its_name_is_found(text: str) -> None:
    assert len([*types_named(ast.parse(text))]) >= 1


def test_only_the_charter_decides_by_seats() -> None:
    """ORG-4, ORG-6: a mandate in place of a role changes what people hold, and no file but those that know seats."""
    looking = {name_of(path) for path in sources("bot", "cogs") if any(seats_looked_at(tree_of(path)))}
    assert looking == set(KNOW_SEATS)


@pytest.mark.parametrize(
    ("code", "heard"),
    [
        ("seat.seat == FACILITATOR", True),
        ("each.mapping.seat not in {OBSERVER}", True),
        ("(m.group, m.seat) == (group, 'member')", True),
        ("match mapping.seat:\n    case 'lead':\n        pass", True),
        ("any(s for s in member.seats)", True),
        ("if not chosen.seats:\n    pass", True),
        ("bool(member.trusted)", True),
        ("group in member.sits_in", True),
        ("authority.check(member, Act.RUN_RETRO, group, holdings)", False),
        ("await tx.seats.holdings(partnership)", False),
        ("record(mapping.seat, mapping.group)", False),
    ],
)
def test_the_alarm_of_seats_hears(code: str, heard: bool) -> None:
    assert bool([*seats_looked_at(ast.parse(code))]) is heard


def test_cogs_import_neither_storage_nor_each_other() -> None:
    base = {"cogs", "cogs.base"}
    wrong = [
        f"{name_of(path)}: {module}"
        for path in sources("cogs")
        for module in imports(path)
        if module.split(".")[0] == "storage"
        or (module.split(".")[0] == "cogs" and module not in base and not module.startswith("cogs.base."))
    ]
    assert wrong == []


def test_a_name_of_a_class_means_one_thing() -> None:
    """A port and what stands behind it share their name; what only one file uses keeps to itself with a ``_``."""
    meant: dict[str, list[str]] = {}
    for path in sources("bot", "cogs", "storage", "config"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                is_port = any("Protocol" in ast.unparse(base) for base in node.bases)
                meant.setdefault(node.name, []).extend([] if is_port else [name_of(path)])
    assert {name: paths for name, paths in meant.items() if len(paths) > 1} == {}


def test_no_files_import_each_other_in_a_circle() -> None:
    assert cycle(import_graph()) == []


def test_what_an_event_says_is_read_from_its_typed_fields() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in sources(*FLOORS)
        if name_of(path) not in MAY_WRITE_EVENTS
        for line in data_reads(tree_of(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "heard"),
    [('event.data["x"]', True), ("data = recorded.event.data", True), ("interaction.data", False), ("e.fact", False)],
)
def test_the_alarm_about_untyped_events_hears(text: str, heard: bool) -> None:
    assert bool([*data_reads(ast.parse(text))]) is heard


def test_types_of_events_are_declared_where_they_are_found() -> None:
    """``known`` reads the modules called ``…_events`` beside the rules."""
    declared = {name_of(path) for path in sources("bot") if re.search(r"^@fact\(", path.read_text(), re.MULTILINE)}
    assert {name for name in declared if not re.fullmatch(r"bot/governance/[a-z]+_events\.py", name)} == set()


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_a_noun_is_named_by_its_own_files_and_one_line(noun: Presenter) -> None:
    """What CONTRIBUTING promises of a noun: shared rooms are made from what it declares, and none of them names it."""
    things = re.compile("|".join(rf"(?<![a-z]){thing}" for thing in noun.boards) or r"(?!)", re.IGNORECASE)
    found = set()
    shared = [p for p in sources("bot/ui", "bot/discord", "cogs") if noun_of(p.stem) == "" and p.stem != "nouns"]
    for path in shared:
        if noun.name in modules_named(path) or things.search(said_in_code(path)):
            found.add(name_of(path))
    assert found == MAY_NAME.get(noun.name, set())


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in tracked():
        if path.is_file() and not name_of(path).startswith(ALLOWED_LEAKS):
            found += [f"{name_of(path)}: {leak}" for leak in leaks(path.read_text(errors="ignore"))]
    assert found == []


def test_pyproject_and_the_requirements_name_the_same_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    listed = {"runtime": project["dependencies"], "rehearsal": extras["rehearsal"], "dev": extras["dev"]}
    for name, packages in listed.items():
        lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
        assert {line for line in lines if line and line[0] not in "#-"} == set(packages), name


def test_every_pinned_package_has_a_hash() -> None:
    for name in ("runtime", "rehearsal", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        packages = re.split(r"\n(?=\w)", text)
        bare = [each.split("==")[0] for each in packages if "==" not in each or "--hash=sha256:" not in each]
        assert bare == []


# ---- the alarms themselves -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "heard"),
    [
        ("from datetime import datetime\ndatetime.now(UTC)", True),
        ("import datetime\ndatetime.datetime.utcnow()", True),
        ("import datetime\ndatetime.date.today()", True),
        ("import time\ntime.time()", True),
        ("clock = discord.utils.utcnow", True),
        ("from time import time", True),
        ("from discord.utils import utcnow", True),
        ("now = clock()", False),
        ("import time\ntime.monotonic()", False),
        ("policy.now", False),
    ],
)
def test_the_clock_alarm_hears(code: str, heard: bool) -> None:
    assert bool(list(clock_reads(ast.parse(code)))) is heard


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("see " + "https://" + "py" + "pi.org/simple", True),
        ("files.python" + "hosted.org", True),
        ("from /" + "home/ada/project", True),
        ("cd /" + "root/bot", True),
        ("https://example.org/" + "home/ada", False),
        ("requirements/" + "work/notes", False),
        ("pip install -r requirements/dev.txt", False),
    ],
)
def test_the_leak_alarm_hears(text: str, heard: bool) -> None:
    assert bool(leaks(text)) is heard


def test_the_circle_alarm_hears() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []
    assert cycle({"a": {"b", "c"}, "b": {"c"}}) == []
