"""custom_ids: what we build we read back; nothing else is read (forged, oversized, odd)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.matrix import TYPES
from bot.ui import ids

P = ProposalId(10**9 - 1)
W = PartnershipId(1)
O = 10**9 - 2  # noqa: E741

BUILT = {
    **{ids.proposal(act, P): ids.Parsed("proposal", act, P) for act in ids.PROPOSAL_ACTS},
    **{ids.objection(act, P, O): ids.Parsed("objection", act, P, O) for act in ids.OBJECTION_ACTS},
    ids.cast(P, 0): ids.Parsed("vote", "cast", P, choice=0),
    ids.cast(P, 99): ids.Parsed("vote", "cast", P, choice=99),
    ids.mine(P): ids.Parsed("vote", "mine", P),
    ids.inbox(): ids.Parsed("inbox", "show"),
    **{ids.propose_form(t, GroupId(3)): ids.Parsed("form", "propose", type=t, group=GroupId(3)) for t in TYPES},
    ids.propose_form("general", None, 7): ids.Parsed("form", "propose", type="general", again=7),
    ids.propose_form("general", None): ids.Parsed("form", "propose", type="general"),
    **{ids.proposal_form(form, P): ids.Parsed("form", form, P) for form in ids.PROPOSAL_FORMS},
    **{ids.revision_form(form, P, 7): ids.Parsed("form", form, P, version=7) for form in ids.REVISION_FORMS},
    **{ids.objection_form(form, P, O): ids.Parsed("form", form, P, O) for form in ids.OBJECTION_FORMS},
    ids.rule_form(P, O, True): ids.Parsed("form", "rule", P, O, in_form=True),
    ids.rule_form(P, O, False): ids.Parsed("form", "rule", P, O, in_form=False),
    **{ids.feedback(act, 9): ids.Parsed("feedback", act, feedback=9) for act in ids.FEEDBACK_ACTS},
    **{ids.feedback_form(form, 9): ids.Parsed("form", form, feedback=9) for form in ids.FEEDBACK_FORMS},
    ids.feedback_give_form(W, GroupId(3)): ids.Parsed("form", "feedback-give", group=GroupId(3), partnership=W),
    ids.feedback_give_form(W, None): ids.Parsed("form", "feedback-give", partnership=W),
    ids.feedback_page("all", W, None, 7): ids.Parsed("feedbacks", "all", partnership=W, before=7),
    **{ids.retro(act, O): ids.Parsed("retro", act, retro=O) for act in ids.RETRO_ACTS},
    ids.retro("dots", 4, "12.3"): ids.Parsed("retro", "dots", retro=4, arg="12.3"),
    **{ids.retro_menu(menu, 4, 0): ids.Parsed("retro-menu", menu, retro=4, arg="0") for menu in ids.RETRO_MENUS},
    **{ids.retro_form(form, O): ids.Parsed("form", f"{form}", retro=O) for form in ids.RETRO_FORMS},
    ids.retro_form("card", 4, "a" * 16): ids.Parsed("form", "card", retro=4, arg="a" * 16),
    ids.capture("drop", GroupId(3), "a" * 16): ids.Parsed("capture", "drop", group=GroupId(3), arg="a" * 16),
    ids.capture_form(GroupId(3)): ids.Parsed("form", "capture", group=GroupId(3)),
    **{ids.meeting(act, 7): ids.Parsed("meeting", act, meeting=7) for act in ids.MEETING_ACTS},
    ids.meeting("move-to", 7, 1_798_131_600): ids.Parsed("meeting", "move-to", meeting=7, at=1_798_131_600),
    **{ids.meeting_form(form, 7): ids.Parsed("form", form, meeting=7) for form in ids.MEETING_FORMS},
    **{ids.survey(act, 7): ids.Parsed("survey", act, survey=7) for act in ids.SURVEY_ACTS},
    **{ids.question(act, 7, 5): ids.Parsed("survey", act, survey=7, place=5) for act in ids.QUESTION_ACTS},
    **{ids.survey_form(form, 7): ids.Parsed("form", form, survey=7) for form in ids.SURVEY_FORMS},
    ids.question_form("scale", 7, 0): ids.Parsed("form", "survey-scale", survey=7, place=0),
    ids.survey_new_form(W, None): ids.Parsed("form", "survey-new", partnership=W),
    ids.survey_new_form(W, GroupId(3)): ids.Parsed("form", "survey-new", partnership=W, group=GroupId(3)),
    ids.object_vote_form(P, 3): ids.Parsed("form", "object-vote", P, choice=3),
    **{ids.reminders(act, W): ids.Parsed("reminders", act, partnership=W) for act in ids.REMINDERS_ACTS},
    **{ids.reminders_form(f, W): ids.Parsed("form", f, partnership=W) for f in ids.REMINDERS_FORMS},
}


@pytest.mark.parametrize("custom_id", BUILT)
def test_what_is_built_is_read_back(custom_id: str) -> None:
    assert 1 <= len(custom_id) <= ids.MOST
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
    assert parsed is None or (len(text) <= ids.MOST and parsed.kind == text.split(":")[0])


def test_unknown_acts_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="no such custom_id"):
        ids.proposal("enact", P)
    with pytest.raises(ValueError, match="no such custom_id"):
        ids.proposal("read", ProposalId(0))


def test_templates_overlap_nowhere() -> None:
    """One click reaches one dynamic item."""
    templates = (
        ids.PROPOSAL_TEMPLATE,
        ids.OBJECTION_TEMPLATE,
        ids.CAST_TEMPLATE,
        ids.MINE_TEMPLATE,
        ids.INBOX_TEMPLATE,
        ids.FEEDBACK_TEMPLATE,
        ids.FEEDBACK_PAGE_TEMPLATE,
        ids.RETRO_TEMPLATE,
        ids.RETRO_MENU_TEMPLATE,
        ids.CAPTURE_TEMPLATE,
        ids.MEETING_TEMPLATE,
        ids.SURVEY_TEMPLATE,
        ids.QUESTION_TEMPLATE,
        ids.REMINDERS_TEMPLATE,
    )
    for custom_id, parsed in BUILT.items():
        hits = sum(re.fullmatch(template, custom_id) is not None for template in templates)
        assert hits == (0 if parsed.kind == "form" else 1)
