"""No title of a person's can look like the bot's own words, wherever it is shown (TXT-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import retros as retro_rules
from bot.governance.meetings import MeetingState
from bot.governance.retros import RetroState as RetroState
from bot.governance.surveys import Question, QuestionKind, Result, SurveyState
from bot.services.proposals import Similar
from bot.services.surveys_replies import Answering
from bot.ui import meetings_board as meetings
from bot.ui import meetings_notices, meetings_replies, proposals_lists, proposals_replies, surveys_replies
from bot.ui import proposals_card as proposals
from bot.ui import retros_board as retros
from bot.ui import surveys_board as surveys
from bot.ui.limits import units
from bot.ui.text import in_quotes
from tests.governance import scene
from tests.ui import scenes, test_meetings, test_retros, test_surveys
from tests.ui.markdown import active
from tests.ui.scenes import components

CLAIM = "was adopted by the stakeholders"
CLAIMS = (
    f"P-1 {CLAIM}",
    f"Weekly check” · closed. “P-1 {CLAIM}",
    f'Weekly" · Enacted · "P-1 {CLAIM}',
    f"«Closed» P-1 {CLAIM}",
)
"""What a title pretends to be, with the marks that would end a quotation."""


def lines_of(view: discord.ui.LayoutView) -> Iterator[str]:
    for each in components(view):
        if each["type"] == 10:
            yield from each["content"].splitlines()


def check(*views: discord.ui.LayoutView) -> None:
    """Wherever the claim stands, it stands in quotation marks that it cannot end, or in a quote."""
    found = [line for view in views for line in lines_of(view) if CLAIM in line]
    assert found, "the title is shown"
    for line in found:
        assert line.startswith("> ") or CLAIM not in re.sub("“[^“”]*”", "", line), line


@given(st.text(max_size=200), st.integers(10, 120))
def test_nothing_ends_the_quotation_marks(text: str, most: int) -> None:
    shown = in_quotes(text, most)
    assert units(shown) <= most
    assert len(shown.splitlines()) <= 1
    assert shown.startswith("“")
    assert shown.endswith("”")
    assert not re.search('["“”„‟«»″]', shown[1:-1])
    assert not list(active(shown.translate({0x2068: None, 0x2069: None})))


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("state", [MeetingState.SCHEDULED, MeetingState.RUNNING, MeetingState.ENDED])
async def test_what_a_meeting_is_called(claim: str, state: MeetingState) -> None:
    view = test_meetings.view_of(replace(test_meetings.PLAIN, title=claim, state=state))
    check(meetings.card(view, None))
    check(*meetings_replies.shown(view))
    check(*meetings_notices.minutes(view, None))
    check(meetings_replies.preview(view), meetings_replies.end_asked(view))


@pytest.mark.parametrize("claim", CLAIMS)
async def test_surveys_and_their_questions_and_choices(claim: str) -> None:
    asked = Question(QuestionKind.CHOICE, claim, (claim, "No"))
    survey = replace(test_surveys.BIG, title=claim, about=claim, questions=(asked,), state=SurveyState.OPEN)
    view = test_surveys.view(survey)
    check(surveys.card(view, None))
    check(surveys_replies.before_opening(view), surveys_replies.before_cancelling(view))
    check(surveys_replies.waiting([view]))
    check(surveys_replies.noted(Answering(view, ("1",))))
    closed = replace(survey, state=SurveyState.CLOSED, results=(Result(6, (4, 2)),))
    check(surveys.results(test_surveys.view(closed), None, None))


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("state", [RetroState.CHECK_IN, RetroState.GATHER, RetroState.GROUP, RetroState.DISCUSS])
async def test_retros_their_columns_and_topics(claim: str, state: RetroState) -> None:
    plan = retro_rules.plan("custom", (claim[-40:], "Other"), title=claim)
    view = test_retros.view_of(test_retros.made(plan, (claim, "b"), state))
    check(retros.card(view, None))


@pytest.mark.parametrize("claim", CLAIMS)
async def test_proposals_and_lists(claim: str) -> None:
    text = replace(scene.TEXT, title=claim)
    opened = scenes.view_of(scene.opened(text=text))
    check(proposals.card(opened, None))
    check(proposals_replies.draft(scenes.view_of(scene.draft(text=text)), None))
    check(proposals_replies.opened(opened), proposals_replies.withdrawn(opened))
    check(proposals_replies.similar(opened, (Similar(opened.proposal, None),)))
    row = replace(test_meetings.pending(1), title=claim)
    check(proposals_lists.listing((row,), scene.PARTNERSHIP, "open", None))
