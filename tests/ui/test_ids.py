"""custom_ids: what we build we read back; nothing else is read (forged, oversized, odd)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.ui import (
    feedback_ids,
    ids,
    inbox_ids,
    meetings_ids,
    objections_ids,
    proposals_ids,
    reminders_ids,
    retros_ids,
    surveys_ids,
    votes_ids,
)
from bot.ui.custom_ids import MOST
from bot.ui.matrix import LABELS as TYPES
from bot.ui.nouns import NOUNS

P = ProposalId(10**9 - 1)
W = PartnershipId(1)
O = 10**9 - 2  # noqa: E741


def named(kind: str, act: str, **parts: object) -> ids.Parsed:
    return ids.Parsed(kind, act, {name: str(part) for name, part in parts.items()})


BUILT = {
    **{proposals_ids.button(act, P): named("proposal", act, proposal=P) for act in proposals_ids.ACTS},
    **{
        objections_ids.button(act, P, O): named("objection", act, proposal=P, objection=O)
        for act in objections_ids.ACTS
    },
    votes_ids.cast(P, 0): named("vote", "cast", proposal=P, choice=0),
    votes_ids.cast(P, 99): named("vote", "cast", proposal=P, choice=99),
    votes_ids.mine(P): named("vote", "mine", proposal=P),
    inbox_ids.SHOW: named("inbox", "show"),
    **{proposals_ids.propose_form(t, GroupId(3)): named("form", "propose", type=t, group=GroupId(3)) for t in TYPES},
    proposals_ids.propose_form("general", None, 7): named("form", "propose", type="general", group=0, again=7),
    proposals_ids.propose_form("general", None): named("form", "propose", type="general", group=0),
    **{proposals_ids.form(form, P): named("form", form, proposal=P) for form in proposals_ids.FORMS},
    **{
        proposals_ids.revision_form(form, P, 7): named("form", form, proposal=P, version=7)
        for form in proposals_ids.REVISION_FORMS
    },
    **{objections_ids.form(form, P, O): named("form", form, proposal=P, objection=O) for form in objections_ids.FORMS},
    objections_ids.rule_form(P, O, True): named("form", "rule", proposal=P, objection=O, in_form="yes"),
    objections_ids.rule_form(P, O, False): named("form", "rule", proposal=P, objection=O, in_form="no"),
    **{feedback_ids.button(act, 9): named("feedback", act, feedback=9) for act in feedback_ids.ACTS},
    **{feedback_ids.form(form, 9): named("form", form, feedback=9) for form in feedback_ids.FORMS},
    feedback_ids.give_form(W, GroupId(3)): named("form", "feedback-give", group=GroupId(3), partnership=W),
    feedback_ids.give_form(W, None): named("form", "feedback-give", partnership=W, group=0),
    feedback_ids.page("all", W, None, 7): named("feedbacks", "all", partnership=W, group=0, before=7),
    **{retros_ids.button(act, O): named("retro", act, retro=O) for act in retros_ids.ACTS},
    retros_ids.button("dots", 4, "12.3"): named("retro", "dots", retro=4, arg="12.3"),
    **{retros_ids.menu(menu, 4, 0): named("retro-menu", menu, retro=4, arg="0") for menu in retros_ids.MENUS},
    **{retros_ids.form(form, O): named("form", f"{form}", retro=O) for form in retros_ids.FORMS},
    retros_ids.form("card", 4, "a" * 16): named("form", "card", retro=4, arg="a" * 16),
    retros_ids.capture("drop", GroupId(3), "a" * 16): named("capture", "drop", group=GroupId(3), arg="a" * 16),
    retros_ids.capture_form(GroupId(3)): named("form", "capture", group=GroupId(3)),
    **{meetings_ids.button(act, 7): named("meeting", act, meeting=7) for act in meetings_ids.ACTS},
    meetings_ids.button("move-to", 7, 1_798_131_600): named("meeting", "move-to", meeting=7, at=1_798_131_600),
    **{meetings_ids.form(form, 7): named("form", form, meeting=7) for form in meetings_ids.FORMS},
    **{surveys_ids.button(act, 7): named("survey", act, survey=7) for act in surveys_ids.ACTS},
    **{surveys_ids.question(act, 7, 5): named("survey", act, survey=7, place=5) for act in surveys_ids.QUESTION_ACTS},
    **{surveys_ids.form(form, 7): named("form", form, survey=7) for form in surveys_ids.FORMS},
    surveys_ids.question_form("scale", 7, 0): named("form", "survey-scale", survey=7, place=0),
    surveys_ids.new_form(W, None): named("form", "survey-new", partnership=W, group=0),
    surveys_ids.new_form(W, GroupId(3)): named("form", "survey-new", partnership=W, group=GroupId(3)),
    votes_ids.object_form(P, 3): named("form", "object-vote", proposal=P, choice=3),
    **{reminders_ids.button(act, W): named("reminders", act, partnership=W) for act in reminders_ids.ACTS},
    **{reminders_ids.form(f, W): named("form", f, partnership=W) for f in reminders_ids.FORMS},
}


@pytest.mark.parametrize("custom_id", BUILT)
def test_what_is_built_is_read_back(custom_id: str) -> None:
    assert 1 <= len(custom_id) <= MOST
    assert ids.parse(custom_id) == BUILT[custom_id]


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "proposal",
        "proposal:read",
        "proposal:read:",
        "proposal:read:0",
        "proposal:read:-1",
        "proposal:read:01",
        "proposal:read:1 ",
        "proposal:read:1\n",
        "proposal:read:1:2",
        "proposal:read:١",
        "proposal:enact:1",
        "meeting:confirm:0",
        "meeting:dissolve:1",
        "meeting:move-to:1:5",
        "form:meeting-add:1:2",
        "proposal:read:" + "9" * 19,
        "Proposal:read:1",
        "objection:state:1",
        "objection:state:1:0",
        "objection:object:1:1",
        "vote:cast:1:-1",
        "vote:cast:1:100",
        "vote:cast:1:01",
        "vote:cast:1:for",
        "inbox:show:1",
        "form:propose:treason:0",
        "form:propose:general:",
        "form:rule:1:1:maybe",
        "form:withdraw:1:1",
        "retro:enact:1",
        "retro:next:0",
        "retro:next:1:",
        "retro:next:1:A",
        "retro:next:1:" + "9" * 65,
        "retro-menu:hand:1:2:3",
        "form:retro-card:1:ß",
        "capture:drop:0:a",
        "x" * 101,
        "proposal:read:1" + " " * 200,
    ],
)
def test_forged_ids_are_nothing(forged: str) -> None:
    assert ids.parse(forged) is None


@given(
    st.text(max_size=120) | st.from_regex(r"(proposal|objection|vote|form|inbox):[a-z-]*:[0-9:a-z]*", fullmatch=True)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    parsed = ids.parse(text)
    assert parsed is None or (len(text) <= MOST and parsed.kind == text.split(":")[0])


def test_unknown_acts_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="no such custom_id"):
        proposals_ids.button("enact", P)
    with pytest.raises(ValueError, match="no such custom_id"):
        proposals_ids.button("read", ProposalId(0))


def test_templates_overlap_nowhere() -> None:
    """One click reaches one dynamic item."""
    templates = [template for noun in NOUNS for template in noun.ids]
    for custom_id, parsed in BUILT.items():
        hits = sum(re.fullmatch(template, custom_id) is not None for template in templates)
        assert hits == 1, (custom_id, parsed)
