"""Every refusal that rules and use cases can make has words of its own (HLP-1)."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.governance import errors as refusals
from bot.governance.authority import CHARTER, Act
from bot.governance.meetings import MeetingState
from bot.governance.policy_values import Kind
from bot.governance.proposals_types import ObjectionState, ProposalState
from bot.governance.surveys import SurveyState
from bot.ui import errors, times
from bot.ui.limits import CONTENT, units

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "bot" / "governance").rglob("*.py")), *sorted((ROOT / "bot" / "services").rglob("*.py"))]
TABLES = {
    ("NotEligible", 0): errors.NOT_ELIGIBLE,
    ("Conflicted", 0): errors.CONFLICTED,
    ("RoleRefused", 0): errors.ROLES,
    ("WrongState", 1): errors.ACTS,
    ("AlreadyDone", 0): errors.DONE,
    ("LimitReached", 0): errors.LIMITS,
    ("NotFound", 0): errors.MISSING,
    ("BadText", 0): errors.FIELDS,
    ("BadValue", 2): errors.WANTED,
    ("TimeUnclear", 1): times.UNCLEAR,
}


def _literals(node: ast.expr) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _results(node: ast.expr) -> set[str]:
    """The texts that an argument can be: those of a choice's branches, not of its condition."""
    if isinstance(node, ast.IfExp):
        return _results(node.body) | _results(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _used() -> dict[tuple[str, int], set[str]]:
    """The keys that the sources give to each refusal, also through the checks that pass a key on."""
    used: dict[tuple[str, int], set[str]] = {key: set() for key in TABLES}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            for (name, place), found in used.items():
                if node.func.id == name and len(node.args) > place:
                    found |= _results(node.args[place])
            if node.func.id == "check_alive":
                used["WrongState", 1] |= _literals(node.args[1])
            if node.func.id == "check_length":
                used["BadText", 0] |= _literals(node.args[0])
    for act, right in CHARTER.items():
        if act is not Act.FILE:  # its refusal names the seats that would do
            used["NotEligible", 0] |= {right.why} - {""}
        for each in right.never:
            used[each.refused.__name__, 0].add(each.why)
    return used


def _subclasses(kind: type[refusals.Refusal]) -> set[type[refusals.Refusal]]:
    below: set[type[refusals.Refusal]] = {kind}
    for child in kind.__subclasses__():
        below |= _subclasses(child)
    return below


def test_the_sources_are_read() -> None:
    """The collector finds what is known to be there, so an empty answer is not mistaken for a clean one."""
    used = _used()
    assert {"author", "joined later", "not an elector", "vote joined later"} <= used["NotEligible", 0]
    assert {"revise", "appeal", "test"} <= used["WrongState", 1]
    assert {"reason", "ruling"} <= used["BadText", 0]
    assert {"one of", "whole number", "columns"} <= used["BadValue", 2]


def test_a_value_that_does_not_fit_is_told_what_would() -> None:
    said = {
        refusals.BadValue("scale", "x", "one of", "cell", "group"): "one of cell, group",
        refusals.BadValue("mentions", "x", "whole number", 0, 50): "a whole number from 0 to 50",
        refusals.BadValue("pace", "x", "time between", timedelta(minutes=10), timedelta(days=30)): "between 10 minutes "
        "and 30 days",
        refusals.BadValue("limits.versions", "x", Kind.COUNT): "a whole number such as 3",
        refusals.BadValue(
            "cells", "x", "unlike", "{0} {all}"
        ): "a name unlike that of {0} {all}, which this server hosts already",
    }
    assert {errors.wanted(refusal): words for refusal, words in said.items()} == {
        words: words for words in said.values()
    }


@pytest.mark.parametrize("where", TABLES, ids=lambda key: key[0])
def test_every_key_in_use_has_a_wording(where: tuple[str, int]) -> None:
    assert _used()[where] - set(TABLES[where]) == set()


def test_every_policy_limit_has_a_wording() -> None:
    from bot.governance.policy_keys import KEYS

    caps = {name for name in KEYS if name.startswith("limits.")} - {"limits.least_electors", "limits.versions"}
    assert caps <= set(errors.LIMITS)
    assert "versions" in errors.LIMITS


def test_every_text_field_has_a_label() -> None:
    from bot.governance.drafts import LENGTHS

    assert set(LENGTHS) <= set(errors.FIELDS)


def test_every_refusal_class_has_words() -> None:
    classes = _subclasses(refusals.Refusal) - {refusals.Refusal}
    assert classes == set(errors._WORDS)


BOMB = "@everyone [Bank](https://evil.example) ||x|| \u202e" * 200

SAMPLES: tuple[refusals.Refusal, ...] = (
    *(refusals.NotFound(what, BOMB) for what in (*errors.MISSING, "unheard of")),
    *(refusals.NotEligible(why, BOMB[:90]) for why in (*errors.NOT_ELIGIBLE, "unheard of")),
    refusals.WindowClosed(),
    *(
        refusals.WrongState(state, act)
        for state in (*ProposalState, *ObjectionState, *SurveyState, *MeetingState, "odd")
        for act in (*errors.ACTS, "odd")
    ),
    *(refusals.AlreadyDone(act) for act in (*errors.DONE, "unheard of")),
    *(refusals.BadText(field, 0, 5, 90) for field in (*errors.FIELDS, "unheard of")),
    *(refusals.BadText(field, 9000, 5, 90) for field in errors.FIELDS),
    *(
        refusals.BadValue("amount", BOMB, wanted, BOMB, timedelta(days=2), 3)
        for wanted in (*errors.WANTED, "unheard of")
    ),
    refusals.BadValue("amount", "", "a reading"),
    refusals.UnknownKey(BOMB, ("review.window", "vote.window")),
    refusals.OutOfBounds("review.window", "1h", "24h", "30d"),
    *(refusals.LimitReached(limit, 3) for limit in (*errors.LIMITS, "unheard of")),
    refusals.TooFewElectors(1, 2),
    refusals.Provisional(),
    *(refusals.Conflicted(why) for why in (*errors.CONFLICTED, "unheard of")),
    refusals.Stale("review.window", BOMB, BOMB),
    refusals.Refiled(10**6),
    refusals.NotYours(),
    *(refusals.RoleRefused(why, BOMB) for why in (*errors.ROLES, "unheard of")),
    *(refusals.TimeUnclear(BOMB, why) for why in (*times.UNCLEAR, "unheard of")),
    refusals.TimeUnclear(BOMB, "several", ("2026-05-04 18:00", "2026-04-05 18:00")),
    refusals.TimePast(BOMB, datetime(2026, 1, 1, tzinfo=UTC)),
    refusals.TimeSkipped(BOMB, "Europe/Berlin", "2026-03-29 02:30", ("2026-03-29 01:30", "2026-03-29 03:30")),
    refusals.TimeTwice(BOMB, "Europe/Berlin", ("2026-10-25 02:30 +02:00", "2026-10-25 02:30 +01:00")),
    refusals.ZoneUnknown(BOMB, ("Europe/Berlin",)),
    refusals.ZoneUnknown(BOMB),
    refusals.Refusal("plain"),
)


@pytest.mark.parametrize("refusal", SAMPLES, ids=lambda r: f"{type(r).__name__}-{str(r.args)[:30]}")
def test_refusals_are_spoken_whole_and_safely(refusal: refusals.Refusal) -> None:
    spoken = errors.speak(refusal, "<#77>")
    assert 0 < units(spoken) <= CONTENT
    assert "\u202e" not in spoken
    assert "@everyone" not in spoken.replace("\\@everyone", "").replace("role @everyone", "")
    assert "<#77>" in spoken
    assert "{" not in spoken


def test_what_was_kept_and_where_to_go_are_said() -> None:
    spoken = errors.speak(refusals.WindowClosed(), "<#5>", kept="Your words are kept in the form.")
    assert "Your words are kept in the form." in spoken
    assert spoken.endswith("You can type commands in <#5>.")
    assert errors.NOTHING_CHANGED in errors.speak(refusals.WindowClosed())


def test_why_not_speaks_for_standings() -> None:
    assert "ended" in errors.why_not("window closed")
    assert errors.why_not("joined later") == errors.NOT_ELIGIBLE["joined later"]
    assert errors.why_not("unheard of")
