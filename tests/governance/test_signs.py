"""What reactions say (OBJ-1), and when an objector's time begins (OBJ-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import clock as clocks
from bot.governance import lifecycle, objections, periods, signs, sponsors
from bot.governance.errors import NotEligible
from bot.governance.proposals_types import ObjectionState, Proposal, ProposalState
from bot.governance.signs import Sign, sign_of
from tests.governance.scene import ANA, AROUND, BO, CY, STATEMENT, TICK, at, opened

TONES = ("", "\U0001f3fb", "\U0001f3ff")


@pytest.mark.parametrize(
    ("emoji", "says"),
    [
        *((f"✋{tone}", Sign.OBJECTION) for tone in (*TONES, "\ufe0f", "\ufe0e")),
        *((emoji, Sign.CONCERN) for emoji in ("💬", "💬\ufe0f")),
        *((f"{hand}{tone}", Sign.LIKE_NO) for hand in "🖐🤚👎🙅🙋" for tone in TONES),
        *((emoji, Sign.LIKE_NO) for emoji in ("🖐\ufe0f", "🛑", "❌", "✖\ufe0f", "✖", "❎", "⛔", "🚫", "⛔\ufe0f")),
        *((emoji, Sign.LIKE_NO) for emoji in ("🙅\u200d♀\ufe0f", "🙅🏽\u200d♂\ufe0f", "🙋🏿\u200d♀")),
        *((f"<:{name}:42>", Sign.LIKE_NO) for name in ("no", "NO", "thumbs_down", "Objection", "_x_", "raised_hand")),
        ("<a:veto:42>", Sign.LIKE_NO),
        *((emoji, None) for emoji in ("👍", "🎉", "🙏", "✅", "👋", "✊", "<:nose:42>", "<:party:42>", "no", "", "x")),
    ],
)
def test_what_an_emoji_says(emoji: str, says: Sign | None) -> None:
    assert sign_of(opened().pinned, emoji) is says


def test_by_the_emoji_that_its_review_opened_with() -> None:
    pinned = replace(opened().pinned, objection_emoji="🛑", concern_emoji="❌")
    assert sign_of(pinned, "🛑") is Sign.OBJECTION
    assert sign_of(pinned, "❌") is Sign.CONCERN
    assert sign_of(pinned, "✋🏽") is Sign.LIKE_NO


def test_an_elector_is_answered_once() -> None:
    answered, (event,) = signs.answer(opened(), BO, "👎", at(5))
    assert (event.name, event.actor, dict(event.data)) == ("sign answered", BO.person, {"emoji": "👎"})
    assert answered.objections == ()
    assert signs.answer(answered, BO, "❌", at(6)) == (answered, ())
    assert signs.answer(answered, CY, "❌", at(6))[1] != ()


def test_nothing_is_said_when_it_would_help_nobody() -> None:
    proposal = opened()
    objecting, _ = objections.raise_objection(proposal, BO, "reaction", at(5))
    assert signs.answer(objecting, BO, "👎", at(6)) == (objecting, ())
    assert proposal.closes_at is not None
    assert signs.answer(proposal, BO, "👎", proposal.closes_at) == (proposal, ())
    settling = replace(proposal, state=ProposalState.SETTLING)
    assert signs.answer(settling, BO, "👎", at(6)) == (settling, ())
    with pytest.raises(NotEligible):
        signs.answer(proposal, ANA, "👎", at(6))


# ---- when an objector was told (OBJ-2) --------------------------------------------------------------


def raised(via: str = "reaction", hour: float = 5) -> Proposal:
    return objections.raise_objection(opened(), BO, via, at(hour))[0]


@pytest.mark.parametrize(("via", "untold"), [("reaction", True), ("button", False), ("command", False)])
def test_only_a_reaction_is_not_answered_at_once(via: str, untold: bool) -> None:
    assert raised(via).objections[0].untold is untold


@given(st.integers(min_value=0, max_value=60 * 60 * 24 * 80))
def test_untold_it_never_lapses_and_told_it_has_the_whole_period(seconds: int) -> None:
    proposal = raised()
    later = at(5) + timedelta(seconds=seconds)
    assert periods.lapse_due(proposal, later) == (proposal, ())
    known, events = objections.told(proposal, 1, objections.DIRECT, later)
    (objection,) = known.objections
    assert objection.state_by == later + proposal.pinned.stating
    assert [dict(event.data)["way"] for event in events] == ["direct message"]
    just_before = objection.state_by - timedelta(microseconds=1)
    assert periods.lapse_due(known, just_before)[1] == ()
    assert periods.lapse_due(known, objection.state_by)[0].objections[0].state is ObjectionState.CONCERN


def test_told_in_the_thread_as_it_was_raised_needs_no_entry_and_later_does() -> None:
    at_once, events = objections.told(raised(), 1, objections.THREAD, at(5))
    assert not events
    assert objections.told(at_once, 1, objections.DIRECT, at(9)) == (at_once, ()), "once"
    assert objections.told(raised(), 1, objections.THREAD, at(9))[1]
    a_minute = at(5) + objections.TOLD_LATE
    assert not objections.told(raised(), 1, objections.THREAD, a_minute)[1]
    assert objections.told(raised(), 1, objections.THREAD, a_minute + TICK)[1]


def test_an_act_tells_of_ones_own_objections_only() -> None:
    proposal, _ = objections.raise_objection(raised(), CY, "reaction", at(6))
    known, events = objections.told_by_own_act(proposal, CY.person, at(7))
    assert [objection.untold for objection in known.objections] == [True, False]
    assert [dict(event.data) for event in events] == [{"objection": 2, "way": "own act"}]


def test_an_act_tells_of_all_ones_own_objections() -> None:
    proposal, _ = objections.withdraw_objection(raised(), 1, BO, at(6))
    again, _ = objections.raise_objection(proposal, BO, "reaction", at(7))
    known, events = objections.told_by_own_act(again, BO.person, at(8))
    assert [objection.untold for objection in known.objections] == [False, False]
    assert [event.data["objection"] for event in events] == [1, 2]
    assert known.objections[1].state_by == at(8 + 48)


def test_untold_it_is_waited_for_and_then_counts_on() -> None:
    """Raised just before the close: telling has as long as stating would have had; then the threshold decides."""
    proposal = replace(raised(hour=71), readers=frozenset(e.person for e in opened().electors))
    assert proposal.closes_at == at(72)
    closed, _ = lifecycle.advance(proposal, at(72), AROUND)
    assert closed.state is ProposalState.SETTLING
    assert lifecycle.next_due(closed) == at(71 + 48)
    assert lifecycle.advance(closed, at(71 + 47), AROUND)[0].state is ProposalState.SETTLING
    disputed, _ = lifecycle.advance(closed, at(71 + 48), AROUND)
    assert disputed.state is ProposalState.DISPUTED
    assert disputed.objections[0].counts
    due = lifecycle.next_due(disputed)
    assert due is not None
    assert due > at(71 + 48), "it does not wake up again and again"
    ended, _ = lifecycle.advance(disputed, at(71 + 48 + 15 * 24), AROUND)
    assert ended.state is ProposalState.NOT_ADOPTED, "nobody told, nobody acted: silence decides nothing for it"


def test_told_while_the_clock_stands_it_has_the_whole_period_afterwards() -> None:
    stopped, _ = clocks.stop(raised(), clocks.CARD, at(10))
    known, _ = objections.told(stopped, 1, objections.DIRECT, at(20))
    running, _ = clocks.resume(known, clocks.CARD, at(30))
    assert running.objections[0].state_by == at(30 + 48)


def test_who_takes_it_over_was_told_by_doing_so() -> None:
    left, _ = sponsors.objector_gone(raised(), BO.person, True, at(6))
    taken, _ = sponsors.sponsor(left, 1, CY, at(7))
    assert not taken.objections[0].untold
    assert taken.objections[0].state_by == at(7 + 48)


def test_stated_it_needs_no_telling() -> None:
    stated, _ = objections.state_objection(raised(), 1, BO, STATEMENT, at(200))
    assert not stated.objections[0].untold
    assert stated.objections[0].state is ObjectionState.STATED
