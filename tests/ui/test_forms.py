"""Forms fit Discord's limits whatever they are filled with, and give back what was sent in (PRO-1, OBJ-2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.drafts import LENGTHS
from bot.governance.effects import PolicyChange
from bot.governance.objections import CRITERIA
from bot.governance.policy_keys import KEYS
from bot.governance.proposals_types import ProposalState, Text
from bot.ui import effects, forms, ids, policy
from bot.ui.limits import CONTENT, units
from tests.governance import scene
from tests.ui.scenes import BIG, bomb, view_of

TYPES = ("general", "operational", "budget", "policy")
LONG_KEY = PolicyChange("limits.versions", "9" * 100)


def drafts() -> Iterator[Any]:
    for kind in TYPES:
        wanted = (LONG_KEY,) if kind == "policy" else ()
        for text in (Text(), BIG, replace(BIG, title="x" * 5000)):
            yield replace(scene.draft(kind), text=text, effects=wanted)


def every_form() -> Iterator[discord.ui.Modal]:
    opened = scene.stated(scene.raised(scene.opened("budget", text=BIG), scene.BO), scene.BO)
    yield from (forms.propose(kind, scene.GROUPS[0].id) for kind in TYPES)
    yield forms.propose("general", None)
    for draft in drafts():
        for proposal in (draft, replace(draft, state=ProposalState.REVIEW, number=10**6, versions=opened.versions)):
            yield forms.words(proposal)
            yield forms.details(view_of(proposal))
    yield forms.withdraw(opened)
    yield forms.concern(opened.id)
    yield forms.state(opened, 1)
    yield forms.state(opened, 99)
    yield from (forms.rule(opened.id, 10**6, in_form) for in_form in (True, False))
    yield forms.appeal(opened.id, 10**6)
    yield forms.object_vote(opened.id, 3)


def parts(form: discord.ui.Modal) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = form.to_dict()["components"]
    return found


def field(form: discord.ui.Modal, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(p["component"] for p in parts(form) if p["component"]["custom_id"] == name)
    return found


def check_option(option: dict[str, Any]) -> None:
    assert 1 <= units(option["label"]) <= 100
    assert 1 <= units(option["value"]) <= 100
    assert 1 <= units(option.get("description", "-")) <= 100


async def test_every_form_fits_whatever_it_is_filled_with() -> None:
    for form in every_form():
        assert 1 <= units(form.title) <= 45, form.title
        assert ids.parse(form.custom_id) is not None, form.custom_id
        assert 1 <= len(parts(form)) <= 5
        for part in parts(form):
            assert part["type"] == 18
            assert 1 <= units(part["label"]) <= 45, part["label"]
            assert 1 <= units(part.get("description", "-")) <= 100, part["description"]
            entry = part["component"]
            if entry["type"] == 4:
                assert len(entry.get("value") or "") <= entry["max_length"] <= 4000
            else:
                assert 1 <= len(entry["options"]) <= 25
                list(map(check_option, entry["options"]))


async def test_the_lists_of_rules_hold_every_key_once() -> None:
    form = forms.details(view_of(scene.draft("policy")))
    listed = [o["value"] for name in ("key-1", "key-2", "key-3") for o in field(form, name)["options"]]
    assert listed == sorted(listed, key=listed.index)
    assert sorted(listed) == sorted(KEYS)


async def test_a_rule_is_offered_in_words_before_its_key() -> None:
    form = forms.details(view_of(scene.draft("policy")))
    found = {o["value"]: o for name in ("key-1", "key-2", "key-3") for o in field(form, name)["options"]}
    assert found["review.window"]["label"] == "How long a proposal is open to objections"
    assert found["review.window"]["description"].startswith("review.window: now ")
    assert not [o["label"] for o in found.values() if o["label"].endswith("…")], "words are cut"
    assert len({o["label"] for o in found.values()}) == len(KEYS)


async def test_the_criteria_are_the_published_ones() -> None:
    form = forms.state(scene.raised(scene.opened(), scene.BO), 1)
    assert tuple(o["value"] for o in field(form, "criterion")["options"]) == CRITERIA


async def test_a_stated_objection_is_shown_filled() -> None:
    form = forms.state(scene.stated(scene.raised(scene.opened(), scene.BO), scene.BO), 1)
    assert field(form, "reason")["value"] == scene.REASON
    assert [o["value"] for o in field(form, "criterion")["options"] if o.get("default")] == [scene.STATEMENT.criterion]


def test_sent_in_values_are_read_from_labels_rows_and_lists() -> None:
    sent: list[dict[str, Any]] = [
        {"type": 18, "id": 1, "component": {"type": 4, "custom_id": "title", "value": "A well"}},
        {"type": 18, "component": {"type": 3, "custom_id": "criterion", "values": ["harm"]}},
        {"type": 18, "component": {"type": 3, "custom_id": "key-1", "values": []}},
        {"type": 1, "components": [{"type": 4, "custom_id": "reason", "value": None}]},
        {"type": 10, "content": "only words"},
        {"type": 18},
    ]
    assert forms.submitted(sent) == {"title": "A well", "criterion": "harm", "key-1": "", "reason": ""}


def test_what_no_database_keeps_is_replaced_once_at_the_door() -> None:
    sent: list[dict[str, Any]] = [
        {"type": 18, "component": {"type": 4, "custom_id": "ask", "value": "a\ud800b\x00c\udfff \U0001f600"}},
        {"type": 18, "component": {"type": 3, "custom_id": "key-1", "values": ["\udc00", "x"]}},
    ]
    assert forms.submitted(sent) == {"ask": "a\ufffdbc\ufffd \U0001f600", "key-1": "\ufffd, x"}


@given(st.dictionaries(st.sampled_from(forms.PAGE_1), st.text(max_size=4000)))
def test_whatever_page_1_held_is_kept_and_opens_filled(fields: dict[str, str]) -> None:
    kept = forms.merged(BIG, fields)
    for name, value in fields.items():
        expected = " ".join(value.split()) if name == "title" else value
        assert getattr(kept, name) == expected
        shown = field(forms.words(replace(scene.draft(), text=kept)), name)
        assert shown.get("value", "") == expected
    for name in set(LENGTHS) - set(fields):
        assert getattr(kept, name) == getattr(BIG, name)
    assert kept.amount_written == BIG.amount_written


@pytest.mark.parametrize(
    ("typed", "amount", "currency"),
    [
        ("2500 USD", "2500", "USD"),
        ("2500usd", "2500", "USD"),
        ("EUR 1,200.50", "1,200.50", "EUR"),
        ("2 500", "2 500", ""),
        ("$25", "25", "$"),
        ("", "", ""),
        ("-5 USD", "-5", "USD"),
        ("a lot", "a lot", ""),
        ("five hundred", "five hundred", ""),
    ],
)
def test_an_amount_is_split_from_its_currency(typed: str, amount: str, currency: str) -> None:
    kept = forms.merged(Text(amount_written="9", currency="EUR", amount=900), {"amount": typed})
    assert (kept.amount_written, kept.currency, kept.amount) == (amount, currency, None)


async def test_an_amount_that_cannot_be_read_is_shown_as_it_was_typed() -> None:
    text = forms.merged(Text(), {"amount": "a lot of money"})
    form = forms.details(view_of(replace(scene.draft("budget"), text=text)))
    assert field(form, "amount")["value"] == "a lot of money"


def test_a_page_without_a_rule_leaves_the_rule_as_it_was() -> None:
    assert effects.filed((LONG_KEY,), {"title": "x"}) == (LONG_KEY,)


def test_an_emptied_rule_is_gone() -> None:
    assert effects.filed((LONG_KEY,), {"key-1": "", "key-2": "", "value": " "}) == ()


@pytest.mark.parametrize("key", KEYS)
async def test_a_chosen_rule_is_kept_and_opens_chosen(key: str) -> None:
    kept = effects.filed((), {policy.list_of(key): key, "value": " 72h "})
    assert kept == (PolicyChange(key, "72h"),)
    form = forms.details(view_of(replace(scene.draft("policy"), effects=kept)))
    chosen = [o["value"] for o in field(form, policy.list_of(key))["options"] if o.get("default")]
    assert chosen == [key]


def test_two_rules_at_once_are_kept_as_none_that_exists() -> None:
    (effect,) = effects.filed((), {"key-1": "review.window", "key-2": "limits.versions", "value": "3"})
    assert isinstance(effect, PolicyChange)
    assert effect.target not in KEYS
    assert "review.window" in effect.target
    assert "limits.versions" in effect.target


def test_a_refusal_alone_stays_as_it_is() -> None:
    assert forms.with_words("No.", {}) == ("No.", None)
    assert forms.with_words("No.", {"reason": "  "}) == ("No.", None)


def test_short_words_come_back_ready_to_copy() -> None:
    said, whole = forms.with_words("No.", {"reason": "*because*", "suggestion": ""})
    assert whole is None
    assert said.startswith("No.")
    assert "```\nYour reason:\n*because*\n```" in said


@pytest.mark.parametrize("words", [bomb(1500), "x" * 4000, "``` fenced ```", "ü" * 1999])
def test_long_or_fenced_words_come_back_whole_as_a_file(words: str) -> None:
    said, whole = forms.with_words("No. " * 300, {"reason": words, "suggestion": "Less."})
    assert units(said) <= CONTENT
    assert whole is not None
    text = whole.read().decode()
    assert words in text
    assert "Less." in text
