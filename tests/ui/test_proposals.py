"""The card, the feed entry and the texts of a version, in every state and with the worst texts (PRO-2, PRO-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.governance import objections
from bot.governance.policy_values import Value
from bot.governance.proposals_events import ProposalEnacted, ProposalPassed
from bot.governance.proposals_types import FINAL, ObjectionState, Proposal, ProposalState, Text
from bot.services.views import ProposalView
from bot.ui import direct_messages, feed, matrix
from bot.ui import proposals_card as proposals
from bot.ui import proposals_labels as labels
from bot.ui.limits import CONTENT, units
from tests.governance import scene
from tests.ui.scenes import (
    BOMB,
    big,
    bomb,
    check_fits,
    components,
    crowded,
    custom_ids,
    happened,
    in_vote,
    ratification,
    states,
    text_of,
    view_of,
    voted,
)

STATES = states()
EVERY = pytest.mark.parametrize("name", STATES)


def shown(name: str, *, private: bool = False, provisional: bool = False) -> ProposalView:
    proposal, hour = STATES[name]
    return view_of(proposal, hour, private=private, provisional=provisional)


@EVERY
@pytest.mark.parametrize("provisional", [False, True])
def test_every_card_fits_and_says_its_state_in_words(name: str, provisional: bool) -> None:
    view = shown(name, provisional=provisional)
    card = proposals.card(view, 1_000_001)
    check_fits(card)
    text = text_of(card)
    if view.proposal.clock.stopped_at is not None and view.proposal.state not in FINAL:
        assert f" P-{view.proposal.number} · Clock stopped ({labels.STATE_LABELS[view.proposal.state].lower()})" in text
        assert "▰" not in text  # a bar would say that time goes by
    else:
        assert f" P-{view.proposal.number} · {labels.state_label(view.proposal)}" in text
    assert f"{matrix.label(view.proposal.type)} · version {len(view.proposal.versions)}" in text
    assert f"decided by “{view.group.name}”\n" in text
    assert ("Provisional partnership" in text) is (provisional and view.proposal.state not in FINAL)
    assert next(components(card))["id"] == 1_000_001
    assert "Reach:" in text
    assert "still seated" in text
    assert "Concerns:" in text


@EVERY
def test_nothing_plain_is_swallowed_by_a_quote_or_a_list(name: str) -> None:
    view = shown(name, provisional=True)
    decided = feed.outcome(view, happened(ProposalEnacted), 5)
    for message in (proposals.card(view, 5), feed.entry(view, 5), decided):
        for part in components(message):
            lines = part.get("content", "").split("\n")
            for before, line in pairwise(lines):
                assert line.startswith(("> ", "- ")) or not before.startswith(("> ", "- ")), part["content"]


@EVERY
def test_a_card_has_lines_between_its_blocks_only(name: str) -> None:
    kinds = [c["type"] for c in next(components(proposals.card(shown(name), 5)))["components"]]
    assert kinds.count(14) == 3
    assert kinds[0] != 14
    assert kinds[-1] != 14
    assert all((one, other) != (14, 14) for one, other in pairwise(kinds))


@EVERY
def test_the_feed_has_no_bar_since_it_is_not_drawn_again(name: str) -> None:
    assert "▰" not in text_of(feed.entry(shown(name), 5))


@EVERY
def test_every_feed_entry_fits(name: str) -> None:
    for private in (False, True):
        view = shown(name, private=private)
        check_fits(feed.entry(view, 5))
        check_fits(feed.outcome(view, happened(ProposalPassed, reached=1, reachable=2), 5))


@EVERY
def test_a_private_group_shows_neither_title_nor_text(name: str) -> None:
    view = shown(name, private=True)
    proposal = view.proposal
    for message in (feed.entry(view, 5), feed.outcome(view, happened(ProposalEnacted), 5)):
        text = text_of(message)
        assert proposal.current.text.title[:12] not in text
        assert "<@" not in text
        assert not any(c.get("url") for c in components(message))


@EVERY
def test_final_cards_keep_the_text_why_and_the_thread_only(name: str) -> None:
    view = shown(name)
    acts = custom_ids(proposals.card(view, 5))
    if view.proposal.state in FINAL:
        assert acts == ["proposal:text:7", "proposal:why:7"]
    else:
        assert {"proposal:who:7", "proposal:why:7", "proposal:text:7", "proposal:options:7"} <= set(acts)
    assert any(c.get("url") == view.links.thread for c in components(proposals.card(view, 5)))


@pytest.mark.parametrize(
    ("name", "acts"),
    [
        ("review", {"read", "object", "concern"}),
        ("settling", {"concern"}),
        ("disputed", {"escalate", "concern"}),
        ("escalated", {"concern"}),
        ("passed", {"halt"}),
        ("stale", set()),
        ("enacted", set()),
    ],
)
def test_card_and_feed_offer_what_the_state_allows(name: str, acts: set[str]) -> None:
    view = shown(name)
    acting = {"read", "object", "concern", "escalate", "halt"}
    for message in (proposals.card(view, 5), feed.entry(view, 5)):
        offered = {i.split(":")[1] for i in custom_ids(message) if i.startswith("proposal:")}
        assert offered & acting == acts


@pytest.mark.parametrize(
    ("name", "choices"),
    [("escalated", 3), ("escalated, secret", 3), ("escalated, consent", 4), ("escalated, announced", 0), ("review", 0)],
)
def test_an_open_vote_has_one_equal_button_for_each_choice(name: str, choices: int) -> None:
    card = proposals.card(shown(name), 5)
    cast = [c for c in components(card) if c.get("custom_id", "").startswith("vote:cast:7:")]
    assert [c["custom_id"] for c in cast] == [f"vote:cast:7:{n}" for n in range(choices)]
    assert len({c["style"] for c in cast}) <= 1
    assert ("vote:mine:7" in custom_ids(card)) is bool(choices)


def test_a_secret_vote_shows_no_turnout_while_it_is_open() -> None:
    proposal = in_vote({"vote.secret": True})
    assert proposal.vote is not None
    before = text_of(proposals.card(view_of(proposal, 210), 5))
    someone = replace(proposal, vote=replace(proposal.vote, voted=frozenset({scene.BO.person})))
    assert text_of(proposals.card(view_of(someone, 210), 5)).split("**Reach")[0] == before.split("**Reach")[0]
    assert "is told at the close" in before


@pytest.mark.parametrize(
    ("hour", "bar", "words"),
    [
        (1, "▰▰▰▰▰▰▰▰", "More than three quarters"),
        (19, "▰▰▰▰▰▰▱▱", "Less than three quarters"),
        (37, "▰▰▰▰▱▱▱▱", "Less than half"),
        (71, "▰▰▱▱▱▱▱▱", "Less than a quarter"),
        (72, "▱▱▱▱▱▱▱▱", "The time is up"),
    ],
)
def test_time_left_is_a_bar_with_words(hour: float, bar: str, words: str) -> None:
    text = text_of(proposals.card(view_of(scene.opened(), hour), 5))
    assert bar in text
    assert words in text
    assert f"<t:{int(scene.at(72).timestamp())}:F>" in text


def test_a_running_card_is_redrawn_at_each_quarter() -> None:
    opened = scene.opened()
    at = [proposals.redraw_at(view_of(opened, hour)) for hour in (0, 18, 40, 54, 71)]
    assert at == [scene.at(18), scene.at(36), scene.at(54), None, None]
    stopped, hour = STATES["review, stopped"]
    assert proposals.redraw_at(view_of(stopped, hour)) is None
    assert proposals.redraw_at(view_of(scene.disputed(), 201)) is None
    assert proposals.redraw_at(view_of(in_vote(), 202)) == scene.at(201 + 18)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "unless one objection stands when the time is up"),
        ({"objection.threshold": 2}, "unless 2 objections stand"),
        ({"objection.rule": "classes"}, "objections from 2 different stakeholder classes stand"),
        ({"objection.unit": "organisation"}, "one organisation objects (each organisation has one voice)"),
    ],
)
def test_how_it_passes_is_said_in_words(changes: dict[str, Value], words: str) -> None:
    assert words in text_of(proposals.card(view_of(scene.opened(changes=changes)), 5))


def test_an_entrenched_key_and_a_ratification_need_a_supermajority() -> None:
    for proposal in (scene.opened("policy", effects=(scene.ENTRENCHED_KEY,)), ratification()):
        assert "Passes only by a supermajority vote" in text_of(proposals.card(view_of(proposal), 5))


def test_the_card_says_what_happens_on_pass() -> None:
    text = text_of(proposals.card(shown("passed"), 5))
    assert "recorded as approved spending" in text
    policy = text_of(proposals.card(view_of(scene.opened("policy")), 5))
    assert "from 3 to 4" in policy
    assert "2 days go by" in policy


def test_a_stopped_clock_names_its_reasons() -> None:
    text = text_of(proposals.card(shown("review, stopped"), 5))
    assert "The clock is stopped" in text
    assert "the bot was not connected" in text
    assert "Nothing ends while the clock is stopped" in text
    assert "moved by 3 hours" in text_of(proposals.card(shown("review, clock stood"), 5))


def test_open_objections_have_a_line_each_and_closed_ones_are_summed() -> None:
    proposal = scene.ruled(scene.stated(scene.raised(scene.opened(), scene.DI), scene.BO), number=2)
    proposal, _ = objections.withdraw_objection(proposal, 1, scene.DI, scene.at(1))
    text = text_of(proposals.card(view_of(proposal), 5))
    assert "- No. 2 by <@10000>: ruled not in form. Harm: not safe to try; appeal possible until" in text
    assert "Ended: 1 withdrawn." in text


@pytest.mark.parametrize("name", ["passed", "enacted", "disputed"])
def test_the_rule_that_applied_is_told_as_a_rule(name: str) -> None:
    text = text_of(proposals.card(shown(name), 5))
    assert "It would have" not in text
    assert "By its rule it " in text


@pytest.mark.parametrize(
    ("in_form", "stands", "words"),
    [
        (True, None, "ruled in form, under appeal"),
        (False, None, "ruled not in form, under appeal"),
        (True, True, "stated; the appeal found that it stands"),
        (False, True, "stated; the appeal found that it stands"),
        (True, False, "ruled in form; the appeal found that it does not stand"),
        (False, False, "ruled not in form; the appeal found that it does not stand"),
    ],
)
def test_the_appeal_has_the_last_word_on_a_ruling(in_form: bool, stands: bool | None, words: str) -> None:
    proposal = scene.ruled(scene.stated(scene.opened(), scene.BO), in_form)
    proposal = scene.appealed(proposal, scene.ANA if in_form else scene.BO)
    objection = scene.first(proposal)
    assert objection.test is not None
    assert objection.test.appeal is not None
    if stands is not None:
        test = replace(objection.test, appeal=replace(objection.test.appeal, stands=stands))
        state = ObjectionState.STATED if stands else ObjectionState.DISMISSED
        proposal = proposal.with_objection(replace(objection, state=state, test=test))
    assert f"- No. 1 by <@10000>: {words}. Harm" in text_of(proposals.card(view_of(proposal), 5))


def test_fifty_objections_are_cut_with_a_count() -> None:
    assert " more: see the thread" in text_of(proposals.card(view_of(crowded()), 5))


def test_a_vote_that_is_over_shows_its_counts() -> None:
    text = text_of(proposals.card(view_of(voted("for", "for", "against"), 280), 5))
    assert "For: 2, Against: 1 and Abstain: 0. 3 of 6 who could vote took part" in text


def test_thread_names_are_plain_and_short() -> None:
    for proposal in (scene.opened(), big()):
        name = proposals.thread_name(view_of(proposal))
        assert name.startswith("P-12 ")
        assert units(name) <= 100
        assert "\n" not in name


@pytest.mark.parametrize("proposal", [scene.opened(), big(), ratification(), scene.opened("policy")])
def test_the_whole_text_stands_in_the_thread(proposal: Proposal) -> None:
    messages = proposals.text_messages(view_of(proposal), 1, 1_000_001)
    for message in messages:
        check_fits(message)
    assert next(components(messages[0]))["id"] == 1_000_001
    text = "".join("\n".join(map(text_of, messages)).replace("\\", "").replace("\n> ", "").split())
    for word in ("well", "barn") if proposal.text.title == scene.TEXT.title else ():
        assert word in text


def test_a_revision_shows_words_and_asks_earlier_objectors() -> None:
    richer = replace(scene.BUDGET, amount_written="9000", payee="Cousin", ask=scene.OTHER_TEXT.ask)
    proposal = scene.revised(scene.stated(scene.opened("budget"), scene.BO, scene.DI), scene.at(20), text=richer)
    (message,) = proposals.text_messages(view_of(proposal, 20), 2, 5)
    check_fits(message)
    text = text_of(message)
    assert "**The amount grew** from 2,500.50 EUR to 9,000.00 EUR." in text
    assert "**The payee changed** from Well & Sons to Cousin." in text.replace("\\", "")
    assert "~~behind~~ **in front of** the barn" in text
    assert custom_ids(message) == [f"objection:{a}:7:{n}" for n in (1, 2) for a in ("resolved", "still")]
    assert "<@10000> (objection No. 1)" in text


def test_a_thread_opened_again_is_given_the_whole_text() -> None:
    proposal = scene.revised(scene.stated(scene.opened(), scene.BO), scene.at(20))
    (message,) = proposals.text_messages(view_of(proposal, 20), 2, 5, afresh=True)
    text = text_of(message)
    assert "Full text of version 2" in text
    assert "~~" not in text
    assert scene.OTHER_TEXT.ask in text
    assert custom_ids(message) == ["objection:resolved:7:1", "objection:still:7:1"]


def test_a_revision_asks_fifty_objectors_over_several_messages() -> None:
    proposal = crowded()
    proposal = scene.revised(proposal, scene.at(3), text=replace(proposal.text, ask=bomb(2000)[::-1].strip("> ")))
    messages = proposals.text_messages(view_of(proposal, 3), 2, 5)
    for message in messages:
        check_fits(message)
    asked = [i for message in messages for i in custom_ids(message)]
    assert len(asked) == len(set(asked)) == 100


CARDS: tuple[Callable[[ProposalView], list[discord.ui.LayoutView]], ...] = (
    lambda view: [proposals.card(view, 5)],
    lambda view: [feed.entry(view, 5)],
    lambda view: proposals.text_messages(view, 1, 5),
)
WORST = st.sampled_from(
    ("`", "*", "@everyone ", "https://x.y@z.w ", "\u200b\u202e", "👍", "# \n", BOMB, "word ", "1. ")
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORST, min_size=9, max_size=9), st.sampled_from(CARDS))
def test_no_text_breaks_a_message(
    words: list[str], presenter: Callable[[ProposalView], list[discord.ui.LayoutView]]
) -> None:
    sizes = (90, 2000, 1500, 1000, 1000, 200, 500, 100, 200)
    title, ask, why, outcome, risks, summary, timeline, payee, account = (
        (word * size)[:size] for word, size in zip(words, sizes, strict=True)
    )
    text = Text(title, ask, why, outcome, risks, summary, timeline, "1.5", 150, "USD", payee, account)
    opened = scene.opened("budget")
    version = replace(opened.current, text=text)
    for message in presenter(view_of(replace(opened, text=text, versions=(version,)))):
        check_fits(message)
        assert "@everyone" not in text_of(message).replace("\\@everyone", "")


@EVERY
def test_direct_messages_fit(name: str) -> None:
    view = shown(name)
    for text in (
        direct_messages.joined_later(view),
        *(direct_messages.not_eligible_reaction(view, why) for why in ("author", "not an elector", "unheard of")),
    ):
        assert 0 < units(text) <= CONTENT


def test_every_state_is_labelled() -> None:
    for table in (labels.STATE_LABELS, labels.STATE_COLOURS, labels.STATE_SIGNS, labels.STATE_MEANINGS):
        assert set(table) == set(ProposalState)
