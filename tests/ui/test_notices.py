"""Every event that asks for something is shown, fits, and pings only those of whom something is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.governance import lifecycle, rulings, sponsors
from bot.governance import objections as rules
from bot.governance import proposals as proposal_rules
from bot.governance.events import Event, EventType, Json, known
from bot.governance.ids import PersonId
from bot.governance.methods import REGISTRY as METHODS
from bot.governance.objections_events import ObjectionStated
from bot.governance.organisation_events import RoleMapped, RolesMapped
from bot.governance.proposals_events import (
    CardLost,
    CardPostedAgain,
    DraftDiscarded,
    Nudged,
    ProposalAdopted,
    ProposalEnacted,
    ProposalPassed,
    ReviewOpened,
)
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.votes_events import VoteOpened
from bot.services.ports.deliveries import Asked, DeliveryKind
from bot.ui import announcements, feed, notices, objections_labels, votes_labels
from bot.ui.announcements import AUDIENCES, announce
from tests.facts import event_of, fitting
from tests.governance import scene
from tests.ui.scenes import USERS, bomb, check_fits, components, custom_ids, happened, in_vote, states, text_of, view_of

STATES = states()
BASE = scene.appealed(scene.ruled(scene.stated(scene.opened(), scene.BO)), scene.BO)
WORST: dict[str, Json] = {
    "objection": 1,
    "via": "reaction",
    "criterion": "agreement",
    "agreement": bomb(200),
    "reason": bomb(1500),
    "suggestion": bomb(1500),
    "text": bomb(1500),
    "why": bomb(300),
    "in_form": True,
    "people": list[Json](map(str, USERS)) * 30,
    "hours": 48,
    "timelock_hours": 48,
    "low_reach": True,
    "minutes": 61,
    "method": "majority",
    "vote": "7-1",
    "version": 2,
    "what": "card",
    "key": "review.window",
    "was": bomb(60),
    "value": bomb(60),
    "role": bomb(100),
    "group": bomb(100),
    "seat": bomb(32),
    "class": bomb(50),
    "organisation": bomb(50),
    "self": True,
    "place": bomb(100),
}


def asking(kind: DeliveryKind) -> list[EventType]:
    events = [
        event_of(each, "proposal/7", None, fitting(each, {**WORST, "what": what}))
        for each in known().values()
        for what in DeliveryKind
    ]
    asked = {e.type for e in events if kind in {asked.kind for asked in announce(e)}}
    return sorted(asked, key=lambda kind: kind.NAME)


def test_every_event_has_a_line() -> None:
    assert set(AUDIENCES) == set(known().values())


def test_drafts_are_nobody_else_s_business() -> None:
    assert announce(Event(DraftDiscarded(), "proposal/7")) == ()


def test_the_opening_asks_for_everything_that_follows_a_proposal() -> None:
    assert [asked.kind for asked in announce(event_of(ReviewOpened, "proposal/7"))] == [
        DeliveryKind.CARD, DeliveryKind.THREAD, DeliveryKind.TEXT, DeliveryKind.FEED, DeliveryKind.REACTIONS,
    ]  # fmt: skip


def test_what_a_set_up_maps_is_told_in_one_entry_and_what_is_mapped_by_hand_alone() -> None:
    by_hand = event_of(RoleMapped, "group/1", None, {"role": "Stewards"})
    assert announce(by_hand) == (Asked(DeliveryKind.LOG),)
    assert announce(event_of(RoleMapped, "group/1", None, {**by_hand.data, "with_others": True})) == ()
    roles: list[Json] = [
        {
            "role": f"Role {n}",
            "group": "Stakeholders",
            "seat": "member",
            "class": "",
            "organisation": "",
            "self": n == 2,
        }
        for n in range(60)
    ]
    told = feed.log(happened(RolesMapped, "flo", roles=roles), scene.PARTNERSHIP, {PersonId("flo"): 99}, 5)
    check_fits(told)
    text = text_of(told)
    assert "60 roles carry seats now, mapped in the set-up by <@99>" in text
    assert "- the role “Role 0” gives “member” of “Stakeholders”\n" in text
    assert "“Role 2” gives “member” of “Stakeholders” ⚠️ **by a wearer**" in text


def test_a_nudge_is_told_in_the_thread() -> None:
    asked = announce(event_of(Nudged, "proposal/7", None, {"people": ["bo", "cy"]}))
    assert asked == (Asked(DeliveryKind.NOTICE),), "letters to people follow their preferences"


def test_a_nudge_to_nobody_is_no_nudge() -> None:
    assert announce(event_of(Nudged, "proposal/7", None, {"people": []})) == ()


@pytest.mark.parametrize("what", ["card", "feed", "thread", "odd"])
def test_what_was_lost_is_posted_again(what: str) -> None:
    lost = [asked.kind for asked in announce(event_of(CardLost, "proposal/7", None, {"what": what}))]
    assert lost[:1] == ([] if what == "odd" else [what])
    again = announce(event_of(CardPostedAgain, "proposal/7", None, {"what": what}))
    assert what not in {asked.kind for asked in again}


def test_outcomes_are_announced_wherever_a_proposal_is_decided() -> None:
    underway = {ProposalState.DISCARDED, ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.ESCALATED}
    assert set(asking(DeliveryKind.OUTCOME)) == {kind for kind, at in lifecycle.REACHED.items() if at not in underway}


@pytest.mark.parametrize("kind", [ProposalPassed, ProposalAdopted])
def test_a_decision_without_a_waiting_time_has_one_outcome_post(kind: EventType) -> None:
    told = [DeliveryKind.CARD, DeliveryKind.FEED, DeliveryKind.NOTICE]
    assert [a.kind for a in announce(event_of(kind, "proposal/7", None, {"timelock_hours": 0}))] == told
    waits = announce(event_of(kind, "proposal/7", None, {"timelock_hours": 24}))
    assert [a.kind for a in waits] == [*told, DeliveryKind.OUTCOME]


def test_the_only_outcome_post_says_how_many_were_reached() -> None:
    passed = replace(scene.advanced(scene.advanced(scene.opened(), scene.at(72)), scene.at(120)), low_reach=True)
    enacted, _, _ = lifecycle.enact(passed, scene.world(), scene.at(121))
    assert enacted.state is ProposalState.ENACTED
    text = text_of(feed.outcome(view_of(enacted, 122), happened(ProposalEnacted), 5))
    assert "Silence gave consent: 0 of" in text
    assert "Low reach" in text


def test_every_notice_asked_for_has_words() -> None:
    assert set(notices.WORDS) == set(asking(DeliveryKind.NOTICE))


@pytest.mark.parametrize("kind", asking(DeliveryKind.NOTICE))
@pytest.mark.parametrize("state", ["big", "crowded", "adopted", "withdrawn", "escalated, consent", "disputed"])
def test_notices_fit_whatever_people_wrote(kind: EventType, state: str) -> None:
    view = view_of(*STATES[state])
    for data in (WORST, {}):
        recorded = happened(kind, "bo", **fitting(kind, data))
        message = notices.notice(view, recorded, 1_000_009)
        check_fits(message)
        assert next(components(message))["id"] == 1_000_009
        assert "@everyone" not in text_of(message).replace("\\@everyone", "")
        assert set(notices.mentioned(recorded, view)) <= set(view.users.values())


def test_an_erased_event_says_so() -> None:
    recorded = happened(ObjectionStated, "bo", reason="secret")
    erased = type(recorded)(recorded.number, recorded.partnership, recorded.at, recorded.event, recorded.hash, True)
    text = text_of(notices.notice(view_of(BASE), erased, 5))
    assert "erased on request" in text
    assert "secret" not in text


def told(proposal: Proposal, event: Event, hour: float = 1) -> tuple[str, list[str], list[int]]:
    recorded = happened(event.type, event.actor, **event.data)
    view = view_of(proposal, hour)
    message = notices.notice(view, recorded, 5)
    check_fits(message)
    return text_of(message), custom_ids(message), notices.mentioned(recorded, view)


def test_a_raised_objection_is_acknowledged_with_its_deadline() -> None:
    proposal, (event,) = rules.raise_objection(scene.opened(), scene.BO, "reaction", scene.NOW)
    text, ids, pinged = told(proposal, event)
    assert "Your reaction is recorded" in text
    assert f"until <t:{int(scene.at(49).timestamp())}:F>" in text, "their time begins with this message"
    known, _ = rules.told(proposal, 1, rules.THREAD, scene.NOW)
    assert f"until <t:{int(scene.at(48).timestamp())}:F>" in told(known, event)[0], "and is not moved by a repetition"
    assert ids == ["objection:state:7:1", "objection:withdraw:7:1"]
    assert pinged == [USERS[scene.BO.person]]


def test_a_stated_objection_is_quoted_with_its_criterion() -> None:
    raised = scene.raised(scene.opened(), scene.BO)
    proposal, (event,) = rules.state_objection(raised, 1, scene.BO, scene.STATEMENT, scene.NOW)
    text, ids, pinged = told(proposal, event)
    assert "**Objection No. 1 is stated.** Criterion: **Harm: not safe to try**" in text
    assert f"> {scene.REASON}" in text
    assert "> Dig it elsewhere." in text
    assert ids == ["objection:test:7:1", "objection:rule:7:1", "objection:withdraw:7:1"]
    assert pinged == [USERS[scene.ANA.person]]


def test_a_ruling_offers_the_appeal_and_an_appeal_the_vote() -> None:
    stated = scene.stated(scene.opened(), scene.BO)
    ruled, (event,) = rulings.rule_on_form(stated, 1, scene.FLO, False, scene.REASON, scene.NOW)
    text, ids, pinged = told(ruled, event)
    assert "is not in form" in text
    assert "objection:appeal:7:1" in ids
    assert pinged == sorted([USERS[scene.ANA.person], USERS[scene.BO.person]])
    appealed, (event,) = rulings.appeal(ruled, 1, scene.BO.person, scene.REASON, scene.NOW)
    text, ids, _ = told(appealed, event)
    assert ids[:2] == ["objection:stands:7:1", "objection:falls:7:1"]


def test_a_reaction_that_disappeared_is_asked_about() -> None:
    proposal, (event,) = rules.reaction_gone(scene.raised(scene.opened(), scene.BO), scene.BO.person)
    text, ids, pinged = told(proposal, event)
    assert "Discord does not say" in text
    assert ids == ["objection:withdraw:7:1", "objection:keep:7:1"]
    assert pinged == [USERS[scene.BO.person]]


def test_a_sponsor_is_looked_for() -> None:
    stated = scene.stated(scene.opened(), scene.BO)
    proposal, (event,) = sponsors.objector_gone(stated, scene.BO.person, True, scene.NOW)
    text, ids, _ = told(proposal, event)
    assert "Anyone else who may object can take it over" in text
    assert "objection:sponsor:7:1" in ids


def test_a_nudge_names_people_and_pings_them() -> None:
    event = event_of(Nudged, "proposal/7", None, {"people": ["bo", "cy", "erased"]})
    text, ids, pinged = told(scene.opened(), event, 50)
    assert "<@10000>, <@10001> and someone (erased on request)" in text
    assert ids == ["proposal:read:7"]
    assert pinged == [10_000, 10_001]


def test_a_nudge_pings_those_whom_it_names_and_no_more_than_discord_takes() -> None:
    crowd: list[Json] = [f"person {n}" for n in range(300)]
    recorded = happened(Nudged, None, people=crowd)
    view = replace(view_of(scene.opened(), 50), users={PersonId(str(each)): 10**6 + n for n, each in enumerate(crowd)})
    shown, pinged = text_of(notices.notice(view, recorded, 1)), notices.mentioned(recorded, view)
    assert len(pinged) == 50
    assert all(f"<@{user}>" in shown for user in pinged)
    assert "and 250 more" in shown


def test_a_nudge_names_nobody_who_is_left_alone() -> None:
    recorded = happened(Nudged, None, people=["bo", "cy", "di"])
    view = replace(view_of(scene.opened(), 50), users={PersonId(each): n for n, each in enumerate(("bo", "cy", "di"))})
    some = replace(view, reminded=frozenset({PersonId("cy")}))
    assert "not taken part yet: <@1> and 2 more." in text_of(notices.notice(some, recorded, 1))
    assert notices.mentioned(recorded, some) == [1]
    none = replace(view, reminded=frozenset())
    assert "not taken part yet: 3." in text_of(notices.notice(none, recorded, 1))
    assert notices.mentioned(recorded, none) == []


def test_an_open_vote_can_be_cast_from_the_thread() -> None:
    text, ids, _ = told(in_vote(), event_of(VoteOpened, "proposal/7", None, {"eligible": 6}), 202)
    assert "6 members" in text
    assert ids == [f"vote:cast:7:{n}" for n in range(3)] + ["vote:mine:7"]


def test_a_withdrawal_quotes_the_author() -> None:
    gone, (event,) = proposal_rules.withdraw(scene.opened(), scene.ANA.person, "# New plan", scene.at(1))
    text, _, _ = told(gone, event)
    assert "> \\# New plan" in text


@pytest.mark.parametrize("kind", asking(DeliveryKind.LOG))
def test_log_posts_fit_and_say_who_did_it(kind: EventType) -> None:
    for data in (WORST, {}):
        recorded = happened(kind, "flo", **fitting(kind, data))
        message = feed.log(recorded, scene.PARTNERSHIP, {PersonId("flo"): 99}, 5)
        check_fits(message)
        assert "Record #7 · 0123456789abcdef0123456789abcdef" in text_of(message)


def test_mapping_a_role_one_wears_is_marked() -> None:
    data: dict[str, Json] = {"role": "Stewards", "group": "Stakeholders", "seat": "member", "class": "", "self": True}
    text = text_of(feed.log(happened(RoleMapped, "flo", **data), scene.PARTNERSHIP, {PersonId("flo"): 99}, 5))
    assert "Mapped by <@99>" in text
    assert "the person who mapped this role wears it" in text
    assert "“member” of “Stakeholders”" in text


def test_an_outcome_ends_with_the_short_head_hash() -> None:
    view = view_of(*STATES["passed"])
    message = feed.outcome(view, happened(ProposalPassed, reached=1, reachable=6, low_reach=True), 5)
    assert text_of(message).split("\n")[-1] == "-# Record #7 · 0123456789abcdef0123456789abcdef"
    assert "1 of 6 were reached" in text_of(message)
    assert "Low reach" in text_of(message)


def test_every_key_of_the_rules_has_a_label() -> None:
    assert set(objections_labels.CRITERION_LABELS) == set(rules.CRITERIA)
    assert set(votes_labels.METHOD_LABELS) == set(METHODS)
    assert {c for m in METHODS.values() for c in m.OPTIONS} == set(votes_labels.OPTION_LABELS)
    assert announcements.AUDIENCES
