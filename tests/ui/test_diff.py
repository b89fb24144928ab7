"""Word diffs: complete, bounded, safe (PRO-5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.governance.effects import PolicyChange
from bot.governance.proposals_types import Text, Version
from bot.ui import diff
from bot.ui.limits import units
from bot.ui.proposals_labels import FIELDS, SUBSTANCE
from bot.ui.text import EMPTY
from tests.governance import scene
from tests.ui.markdown import active
from tests.ui.test_text import ATTACKS, PIECES


def kept(before: str, after: str, sign: int) -> str:
    return "".join(c.text for c in diff.words(before, after) if c.sign in {0, sign})


@settings(deadline=None)
@given(PIECES, PIECES)
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    assert kept(before, after, -1) == before
    assert kept(before, after, 1) == after


def test_words_not_letters_are_compared() -> None:
    assert diff.words("the red house", "the read house") == (
        diff.TextChange(0, "the "),
        diff.TextChange(-1, "red"),
        diff.TextChange(1, "read"),
        diff.TextChange(0, " house"),
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("five red chairs", "six red chairs", "> ~~five~~ **six** red chairs"),
        ("a b", "a b c", "> a b **c**"),
        ("one\ntwo", "one", "> one\n> ~~two~~"),
        ("", "new", "> **new**"),
        ("gone", "", "> ~~gone~~"),
        ("5 * 3", "5 * 4", "> 5 \\* ~~3~~ **4**"),
    ],
)
def test_what_a_diff_looks_like(before: str, after: str, shown: str) -> None:
    (part,) = diff.fields(Text(ask=before), Text(ask=after), 3000)
    head, _, body = part.partition("\n")
    assert head.startswith("**What is asked**: ")
    assert body == shown


def test_counts_are_said_in_words() -> None:
    (part,) = diff.fields(Text(why="one two three"), Text(why="one four"), 3000)
    assert "2 words removed, 1 word added." in part


def test_only_changed_fields_are_shown() -> None:
    changed = diff.fields(scene.TEXT, replace(scene.TEXT, title="Dig a third well", risks="Rain"), 3000)
    assert [part.partition("**: ")[0] for part in changed] == ["**Title", "**Risks"]
    assert diff.fields(scene.TEXT, scene.TEXT, 3000) == []


def test_long_unchanged_stretches_are_left_out() -> None:
    same = " ".join(f"word{n}" for n in range(200))
    (part,) = diff.fields(Text(ask=f"old {same} end"), Text(ask=f"new {same} end"), 3000)
    assert "\\[…\\]" in part
    assert "word0" in part
    assert "word100" not in part


def test_every_field_of_a_text_is_compared() -> None:
    assert set(diff.FIELDS) == {f for f in Text.__dataclass_fields__ if f != "amount"}
    assert set(diff.FIELDS) <= set(FIELDS)


@settings(deadline=None)
@given(PIECES, PIECES, st.integers(900, 3500))
def test_a_diff_is_safe_and_fits(before: str, after: str, most: int) -> None:
    for part in diff.fields(Text(ask=before), Text(ask=after), most):
        assert units(part) <= most
        for line in part.split("\n")[1:] if part.startswith("**What") else part.split("\n"):
            assert line.startswith("> ")
            assert not set(active(line[2:])) - {"bold or italics", "struck"}, line


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_stay_inert_inside_the_marks(attack: str) -> None:
    for before, after in ((attack, "x"), ("x", attack), (f"{attack} a", f"{attack} b")):
        for part in diff.fields(Text(why=before), Text(why=after), 3000):
            body = part.partition("\n> ")[2]
            assert not set(active(body.replace("\n> ", "\n"))) - {"bold or italics", "struck"}


def test_repetitive_texts_do_not_take_long() -> None:
    parts = diff.fields(Text(ask="a b " * 500), Text(ask="b a c " * 333), 3500)
    assert parts


@pytest.mark.parametrize("key", SUBSTANCE)
def test_what_matters_is_said_in_words(key: str) -> None:
    before = Text(amount_written="10", amount=1000, currency="USD", payee="Ann", account="1")
    after = {
        "larger amount": replace(before, amount=250050, amount_written="2500.50"),
        "smaller amount": replace(before, amount=900, amount_written="9"),
        "other currency": replace(before, currency="EUR"),
        "other payee": replace(before, payee="[Bob](https://evil.example)"),
        "other account": replace(before, account="2"),
    }[key]
    (said,) = diff.in_words(before, after)
    assert SUBSTANCE[key] in said
    assert not set(active(said)) - {"bold or italics"}


def test_a_first_amount_and_an_erased_payee_are_said() -> None:
    said = diff.in_words(Text(payee="Ann"), Text(amount=500, currency="USD", amount_written="5"))
    assert said[0] == f"⚠️ **The amount grew** from {EMPTY} to 5.00 USD."
    assert said[-1] == f"⚠️ **The payee changed** from Ann to {EMPTY}."


def test_other_effects_are_said() -> None:
    one = Version(1, Text(), (PolicyChange("vote.window", "96h", "72h"),), "", scene.NOW)
    none = Version(2, Text(), (), "", scene.NOW)
    assert "from 3 days to 4 days" in diff.effects_changed(one, none)[0]
    assert "now: nothing by itself." in diff.effects_changed(one, none)[0]
    assert diff.effects_changed(one, one) == []
