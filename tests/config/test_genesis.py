"""POL-1: governance.toml and the rules agree, and a mistake in the file is named by line, key and bound."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import policy
from bot.governance.methods import DECIDING
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import Key, Kind, Value, written
from bot.ui.policy_keys import ABOUT
from config import genesis
from config.genesis import BadGenesis
from config.settings import PACKAGED_GOVERNANCE

FILE = PACKAGED_GOVERNANCE.read_text(encoding="utf-8")
METHODS = ", ".join(f'"{name}"' for name in DECIDING)


def problems_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadGenesis) as caught:
        genesis.parse(text)
    return [(each.line, each.said) for each in caught.value.problems]


def read_or_refused(text: str) -> bool:
    """Whether the outcome is a whole policy or problems to tell; anything else is raised."""
    try:
        return genesis.parse(text).values.keys() == KEYS.keys()
    except BadGenesis as error:
        return bool(error.problems)


def test_the_packaged_file_is_the_genesis_policy() -> None:
    assert genesis.load(PACKAGED_GOVERNANCE) == policy.genesis()


def test_the_packaged_file_has_every_key_in_order_and_no_other() -> None:
    listed = [f"{table}.{name}" for table, inside in tomllib.loads(FILE).items() for name in inside]
    assert listed == list(KEYS)


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key.name)
def test_each_key_is_explained_with_its_bounds(key: Key) -> None:
    table, name = key.name.split(".")
    section = re.split(rf"^\[{table}\]$", FILE, flags=re.MULTILINE)[1]
    comment = re.search(rf"^# (.*)\n{name} = ", section, flags=re.MULTILINE)
    assert comment is not None
    assert ABOUT[key.name].casefold() in comment[1].casefold()
    assert genesis.bounds(key) in comment[1]
    assert ("entrenched" in comment[1]) is key.entrenched


@pytest.mark.parametrize("key", [key for key in KEYS.values() if key.floor is not None], ids=lambda key: key.name)
def test_neither_bound_can_be_crossed(key: Key) -> None:
    assert key.floor is not None
    assert key.ceiling is not None
    for bound, beyond in ((key.floor, -1), (key.ceiling, 1)):
        value = _step(bound, beyond, key.kind)
        if value is None:
            continue
        [(line, said)] = problems_of(f"\n{key.name} = {value}")
        assert line == 2
        assert key.name in said
        if not str(value).startswith(('"-', "-")):
            assert genesis.bounds(key) in said


def _step(bound: Value, by: int, kind: Kind) -> str | None:
    """A TOML value just beyond a bound; None where no such value can be written."""
    if kind is Kind.DURATION:
        seconds = int(bound.total_seconds()) + 60 * by  # type: ignore[union-attr]
        return f'"{seconds // 60}min"' if seconds >= 0 else None
    if kind is Kind.SHARE:
        value = float(bound) + by / 100  # type: ignore[arg-type]
        return f"{value:.4f}" if value >= 0 else None
    return str(int(bound) + by)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key.name)
def test_the_bounds_themselves_are_allowed(key: Key) -> None:
    for bound in (key.floor, key.ceiling):
        if bound is None or (bound == key.floor and key.above_floor):
            continue
        shown = written(bound)
        loaded = genesis.parse(f"{key.name} = {shown if key.kind is Kind.COUNT else chr(34) + shown + chr(34)}")
        assert loaded.values[key.name] == bound


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[review]\nwindwo = '72h'", 2, "there is no key review.windwo; did you mean review.window?"),
        ("[reveiw]", 1, "there is no table [reveiw]; did you mean [review]?"),
        ("[zzz]", 1, "the tables are [review], [objection]"),
        ("[review]\nquorum = '1/2'", 2, "did you mean vote.quorum?"),
        ("reviews.window = '72h'", 1, "did you mean review.window or "),
        ("window = '72h'", 1, "did you mean review.window or "),
        ("qqq = 1", 1, "there is no key qqq; the tables are [review]"),
        ("[review]\nwindow = '1h'", 2, "review.window = 1h crosses a bound: it may be 24h – 30d."),
        ("[objection]\nshare = '0'", 2, "above 0 – 1/2"),
        ("[review]\nwindow = 72", 2, "review.window holds a duration in quotes"),
        ("[review]\nwindow = 'three days'", 2, 'such as "72h", "14d" or "15min", not "three days".'),
        ("[objection]\nthreshold = '1'", 2, 'objection.threshold holds a whole number without quotes, not "1"'),
        ("[objection]\nthreshold = true", 2, "not true"),
        ("[objection]\nthreshold = 1.5", 2, "not 1.5"),
        ("[vote]\nsecret = 'yes'", 2, "true or false without quotes"),
        ("[vote]\nsecret = 1", 2, "true or false without quotes"),
        ("[vote]\nmethod = 'coin'", 2, f'one of {METHODS}, not "coin"'),
        ("[concern]\nemoji = 'hello'", 2, "one emoji"),
        ("[reach]\nbar = nan", 2, "a share in quotes"),
        ("[reach]\nbar = true", 2, "a share in quotes"),
        ("[reach]\nbar = [1, 3]", 2, "not a list"),
        ("[reach]\nbar = {}", 2, "a share in quotes"),
        ("[review]\nwindow = 72h", 2, '"window = 72h" cannot be read'),
        ("[review]\nwindow =", 2, "cannot be read"),
        ("[review]\nwindow", 2, "cannot be read"),
        ("[review", 1, "is not a table"),
        ("[[review]]\nwindow = '72h'\n[[review]]", 3, "opened before, on line 1"),
        ("[review]\nwindow = '72h'\n\nwindow = '48h'", 4, "review.window was set before, on line 2"),
        ("review.window = '72h'\n[review]\nwindow = '48h'", 3, "review.window was set before, on line 1"),
        ("[review]\n[vote]\n[review]", 3, "the table [review] was opened before, on line 1"),
        ("[a]\n[review]\nb = 1", 1, "there is no table [a]"),
    ],
)
def test_a_mistake_is_named(text: str, line: int, said: str) -> None:
    found = problems_of(text)
    assert any(at == line and said in words for at, words in found), found


def test_every_mistake_is_reported_at_once() -> None:
    found = problems_of("[review]\nwindow = '1h'\nremainder = 5\nnope = 1\n[objection\n[vote]\nquorum = '1/9'\n")
    assert [line for line, _ in found] == [2, 3, 4, 5, 7]


def test_keys_left_out_have_their_defaults_and_inline_tables_are_read() -> None:
    loaded = genesis.parse("review = {window = '96h'}\r\n[reach]\r\nbar = 0.5\r\n")
    assert written(loaded.values["review.window"]) == "4d"
    assert written(loaded.values["reach.bar"]) == "1/2"
    assert loaded.values["vote.quorum"] == policy.genesis().values["vote.quorum"]
    assert loaded.version == 1


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    latin = tmp_path / "latin.toml"
    latin.write_bytes("# Grüße".encode("latin-1"))
    marked = tmp_path / "marked.toml"
    marked.write_bytes(b"\xef\xbb\xbf[review]\nwindow = '96h'\n")
    for path, said in ((missing, "no such file"), (latin, "UTF-8"), (tmp_path, "cannot be read")):
        with pytest.raises(BadGenesis) as caught:
            genesis.load(path)
        assert said in str(caught.value)
        assert str(path) in str(caught.value)
    assert written(genesis.load(marked).values["review.window"]) == "4d"


def test_the_place_stands_before_each_problem() -> None:
    with pytest.raises(BadGenesis) as caught:
        genesis.parse("[vote]\nnope = 1", Path("my.toml"))
    assert caught.value.lines[0].startswith("my.toml, line 2: there is no key vote.nope")


@given(st.text(max_size=200))
def test_no_text_gives_anything_but_a_policy_or_problems(text: str) -> None:
    assert read_or_refused(text)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*KEYS, "review", "x.y", "objection.emoji.z"]),
            st.sampled_from(["1", "'72h'", "true", "[]", "{}", "1.5", "'''", "'1/3'", "2026-01-01", "{a = 1}"]),
        ),
        max_size=6,
    )
)
def test_no_pairs_give_anything_but_a_policy_or_problems(pairs: list[tuple[str, str]]) -> None:
    assert read_or_refused("\n".join(f"{name} = {value}" for name, value in pairs))
