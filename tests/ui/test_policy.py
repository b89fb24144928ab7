"""Rules and their values are told in words, and a card says nothing of money where there is none (POL-1, PRO-2)."""

from __future__ import annotations

import pytest

from bot.governance import authority
from bot.governance.effects import PolicyChange
from bot.governance.errors import NotEligible, OutOfBounds, Stale
from bot.governance.organisation import GroupKind
from bot.governance.policy import genesis
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import written
from bot.ui import effects, errors, policy
from bot.ui import proposals_replies as answers
from bot.ui.help import help_page
from bot.ui.proposals_card import card, words
from bot.ui.versions import whole
from tests.governance import scene
from tests.ui.scenes import text_of, view_of


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("review.window", "120h", "5 days"),
        ("review.window", "1h", "1 hour"),
        ("vote.notice", "0h", "no time"),
        ("reach.bar", "1/2", "half"),
        ("limits.versions", "6", "6"),
        ("vote.secret", "yes", "yes"),
        ("review.window", "a while", "a while"),
        ("a rule of long ago", "7", "7"),
    ],
)
def test_a_value_is_told_in_words(key: str, text: str, said: str) -> None:
    assert policy.value(key, text) == said


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key.name)
def test_every_usual_value_can_be_told(key: object) -> None:
    name = next(each for each, held in KEYS.items() if held is key)
    assert policy.value(name, written(KEYS[name].default)).strip()


def test_a_draft_an_effect_and_a_refusal_say_a_rule_alike() -> None:
    wanted = PolicyChange("review.window", "120h", "72h")
    view = view_of(scene.draft("policy", effects=(wanted,)))
    shown = text_of(answers.draft(view, None))
    assert "how long a proposal is open to objections" in shown
    assert "to become 5 days" in shown
    assert "→" not in shown
    assert "from 3 days to 5 days" in effects.effect(wanted)
    refused = errors.speak(OutOfBounds("review.window", "1h", "24h", "30d"))
    assert "must lie between 1 day and 30 days; 1 hour does not" in refused


def test_a_card_without_an_amount_says_nothing_of_money_and_one_with_it_says_it_in_one_line() -> None:
    plain = view_of(scene.opened("operational"))
    assert "Amount" not in text_of(card(plain, 1))
    assert not any("Amount" in part for part in whole(plain.proposal.current))
    line = next(each for each in words(view_of(scene.opened("budget"))).splitlines() if "Amount" in each)
    assert "paid to “" in line
    assert line.endswith("”")


@pytest.mark.parametrize("type", ["operational", "budget"])
def test_a_refusal_calls_the_coordinating_group_by_its_name(type: str) -> None:
    named = scene.PARTNERSHIP.of_kind(GroupKind.TOP_LEVEL).name
    with pytest.raises(NotEligible) as refusal:
        authority.check_file(scene.member("nobody in particular", scene.FUNDER), genesis().row(type), scene.PARTNERSHIP)
    said = errors.speak(refusal.value)
    assert "top-level" not in said
    assert "a seat in " in said
    assert named in said


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (
            "timelock.budget: 48h → 24h",
            "(timelock.budget) was 2 days when this was written, and is 1 day now",
        ),
        (
            "partnership: ratified → provisional",
            "the partnership was ratified when this was written, and is provisional now",
        ),
        ("adopted by hand", "adopted by hand"),
    ],
)
def test_what_became_stale_is_told_in_words(why: str, said: str) -> None:
    assert policy.moved(why).endswith(said)
    assert ("the rule **" in policy.moved(why)) is (why.split(":")[0] in KEYS)
    assert "→" not in errors.speak(Stale("review.window", "72h", "96h"))


def test_help_names_who_gives_the_roles_of_seats() -> None:
    assert "ask <@7> or <@8> for the one that fits you" in text_of(
        help_page(scene.PARTNERSHIP, scene.STRANGER, False, None, (7, 8))
    )
    assert "ask a moderator for" in text_of(help_page(scene.PARTNERSHIP, scene.STRANGER, False, None))
    assert "<@7> can begin with `/setup`" in text_of(help_page(None, scene.STRANGER, False, None, (7,)))
    moderator = text_of(help_page(scene.PARTNERSHIP, scene.STRANGER, True, None, (7,)))
    assert "<@7>" not in moderator, "nobody is sent to themselves"
    assert "which you can give" in moderator
    seated = scene.member("ana", *scene.MAPPINGS)
    assert "<@7>" not in text_of(help_page(scene.PARTNERSHIP, seated, False, None, (7,)))
