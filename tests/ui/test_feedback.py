"""Feedback fits Discord's limits in every state, repeats no hidden words, and nobody's words pass for ours (TXT-1)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.governance import feedback as rules
from bot.governance.feedback import Feedback, FeedbackState
from bot.governance.feedback_events import FeedbackAnswered
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.services.feedback import FeedbackPage, FeedbackView
from bot.services.ports.record import Recorded
from bot.ui import feedback_board as pages
from bot.ui import ids
from tests.facts import event_of
from tests.governance import scene
from tests.ui.scenes import bomb, check_fits, custom_ids, text_of

ANA, FAY = PersonId("ana"), PersonId("fay")
WORDS = "The paths are wet."


def view(named: bool = True, **changes: object) -> FeedbackView:
    made = Feedback(7, PartnershipId(1), 9, GroupId(scene.GROUPS[0].id), WORDS, ANA if named else None, scene.NOW)
    made = replace(made, **changes)  # type: ignore[arg-type]
    return FeedbackView(made, scene.PARTNERSHIP, {ANA: 10_001, FAY: 10_002}, 77, "https://discord.com/channels/1/2/3")


def every() -> dict[str, FeedbackView]:
    found = {}
    for named in (True, False):
        for state in FeedbackState:
            answer = (
                {} if state in {FeedbackState.OPEN, FeedbackState.PROGRESS} else {"answer": "Done.", "answered_by": FAY}
            )
            for hidden in ({}, {"hidden_by": FAY, "hidden_because": "Rude."}):
                owned = {} if state is FeedbackState.OPEN else {"owner": FAY, "acknowledged_by": FAY}
                name = f"{state} {'named' if named else 'anonymous'} {'hidden' if hidden else 'shown'}"
                found[name] = view(named, state=state, **answer, **hidden, **owned)
    return found


@pytest.mark.parametrize("name", sorted(every()))
def test_every_state_fits_and_offers_what_can_be_done(name: str) -> None:
    shown = every()[name]
    card = pages.card(shown, 5)
    check_fits(card)
    acts = {parsed.act for custom_id in custom_ids(card) if (parsed := ids.parse(custom_id))}
    closed = shown.feedback.state is FeedbackState.CLOSED
    assert ("answer" in acts) is not closed
    assert ("resolved" in acts) is (
        shown.feedback.state is FeedbackState.ANSWERED and shown.feedback.author is not None
    )
    assert ("reveal" in acts) is (shown.feedback.hidden_by is not None)
    assert "hide" in acts or "reveal" in acts


@pytest.mark.parametrize("name", sorted(every()))
def test_neither_hidden_words_nor_an_anonymous_author_are_shown(name: str) -> None:
    shown = every()[name]
    page = FeedbackPage(shown.partnership, (shown,), None)
    said = [
        text_of(pages.card(shown, None)),
        text_of(pages.listing(page, "all", None, None)),
        text_of(pages.answered(shown, recorded("Done."), None)),
        pages.suggestion(shown)[0],
    ]
    for text in said:
        if shown.feedback.hidden_by:
            assert WORDS not in text
        if shown.feedback.author is None:
            assert "10001" not in text
    assert (pages.mentioned(shown) == ()) is (shown.feedback.author is None)


def recorded(answer: str) -> Recorded:
    event = event_of(FeedbackAnswered, "feedback/7", FAY, {"number": 9, "answer": answer})
    return Recorded(3, PartnershipId(1), scene.NOW, event, "0" * 64)


def test_words_of_people_stay_in_their_quotes() -> None:
    shown = view(
        text=bomb(rules.TEXT[1]),
        state=FeedbackState.ANSWERED,
        answer=bomb(rules.ANSWER[1]),
        answered_by=FAY,
        hidden_because=bomb(rules.REASON[1]),
    )
    for each in (shown, replace(shown, feedback=replace(shown.feedback, hidden_by=FAY))):
        check_fits(pages.card(each, 1))
        check_fits(pages.answered(each, recorded(bomb(rules.ANSWER[1])), 1))
        check_fits(pages.listing(FeedbackPage(each.partnership, eight(each), 4), "open", None, 12))
        for line in text_of(pages.card(each, 1)).split("\n"):
            assert not re.match(r"#+ (?!. F-9)", line), line
    assert all("\n" not in line for line in pages.digest_lines([shown.feedback], shown.partnership))


def eight(each: FeedbackView) -> tuple[FeedbackView, ...]:
    return tuple(replace(each, feedback=replace(each.feedback, id=n, number=n)) for n in range(1, 9))


def test_forms_fit() -> None:
    shown = view(text=bomb(1500), answer="x" * 1200)
    forms = (
        pages.give_form(scene.PARTNERSHIP, None),
        pages.give_form(scene.PARTNERSHIP, scene.GROUPS[0].id),
        pages.answer_form(shown),
        pages.hide_form(shown),
        pages.assign_form(shown),
    )
    for form in forms:
        sent = form.to_dict()
        assert len(sent["title"]) <= 45
        for part in sent["components"]:
            assert len(part["label"]) <= 45
            assert len(part["description"]) <= 100
    (_, chosen) = pages.give_form(scene.PARTNERSHIP, None).to_dict()["components"]
    assert not any(option.get("default") for option in chosen["component"]["options"])


def test_an_erased_answer_is_not_told() -> None:
    told = pages.answered(view(answer="Done."), replace(recorded("Done."), erased=True), None)
    assert "Done." not in text_of(told)
    assert "erased on request" in text_of(told)


@pytest.mark.parametrize(
    "act", ["seen", "take", "assign", "answer", "close", "resolved", "not-resolved", "hide", "reveal"]
)
def test_every_act_is_answered(act: str) -> None:
    said = pages.done(view(owner=FAY), act)
    check_fits(said)
    assert "F-9" in text_of(said)


def test_what_anonymous_means_is_said_where_it_counts() -> None:
    check_fits(pages.given(view(False)))
    assert "nobody else" in text_of(pages.given(view(False)))
    assert "with your name" in text_of(pages.given(view(True)))
