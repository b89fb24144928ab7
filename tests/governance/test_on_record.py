"""What the record says of each act: what happened, who did it, and all that is needed to tell it again (REC-1, DEC-2).

The feed, the archive, the export and every recount read nothing but this; so each event is compared whole. ``None`` as
the actor: time did it, or the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from bot.governance import (
    clock,
    electorates,
    escalations,
    halts,
    lifecycle,
    objections,
    proposals,
    revisions,
    rulings,
    sponsors,
    versions,
    votes,
)
from bot.governance.effects import Ratification
from bot.governance.events import Event, EventType, Json
from bot.governance.lifecycle import Surroundings
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    AppealVoted,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionMaintained,
    ObjectionOrphaned,
    ObjectionOverruled,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorSeatLost,
    ObjectorTold,
    ReactionGone,
    ReactionsWiped,
    RulingAsked,
    RulingGiven,
    SponsorFound,
    SponsorNeeded,
)
from bot.governance.proposals import Load
from bot.governance.proposals_events import (
    DraftDiscarded,
    HaltConsented,
    Nudged,
    ProposalAdopted,
    ProposalDisputed,
    ProposalEnacted,
    ProposalHalted,
    ProposalLapsed,
    ProposalNotAdopted,
    ProposalPassed,
    ProposalRead,
    ProposalStale,
    ProposalWithdrawn,
    ReviewClosed,
    ReviewExtended,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.proposals_types import Proposal, ProposalState, Statement
from bot.governance.stops_events import ClockResumed, ClockStopped, StopsSpent
from bot.governance.votes_events import BallotCast, ProposalEscalated, VoteClosed, VoteOpened
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    AROUND,
    BO,
    BUDGET,
    CY,
    DI,
    ED,
    FAY,
    FLO,
    NOW,
    REASON,
    SEATED,
    SHG,
    advanced,
    appealed,
    at,
    ballots,
    disputed,
    draft,
    opened,
    raised,
    revised,
    ruled,
    stated,
    world,
)

ELECTORS_NAMED: list[Json] = ["bo", "cy", "di", "ed", "fay", "gil"]
STATEMENT = Statement("agreement", REASON, "Dig it elsewhere.", "the charter")
READ_BY_NONE = {"reached": 0, "reachable": 6}

Happening = Callable[[], tuple[Event, ...]]
Said = tuple[EventType, str | None, Mapping[str, Json]]


def since(proposal: Proposal, now: datetime, around: Surroundings = AROUND) -> tuple[Event, ...]:
    """What time alone does to it until now."""
    return lifecycle.advance(proposal, now, around)[1]


def left(proposal: Proposal) -> Proposal:
    """Bo left: the objection waits for a sponsor."""
    return sponsors.objector_gone(proposal, BO.person, True, NOW)[0]


def in_a_vote(changes: dict[str, bool] | None = None) -> Proposal:
    """A vote that closes at hour 152."""
    return escalations.escalate(disputed(opened("budget", changes or {})), BO, at(80))[0]


def passed() -> Proposal:
    """Its timelock runs from hour 120 to hour 168."""
    return advanced(advanced(opened("budget"), at(72)), at(120))


def asked_to_halt() -> Proposal:
    """By three of six: one more is the majority."""
    proposal = passed()
    for person in (BO, CY, DI):
        proposal, _ = halts.consent_to_halt(proposal, person, at(121))
    return proposal


def judged() -> Proposal:
    """Bo's appeal, which Cy and Di uphold against Ed: one more decides it."""
    proposal = appealed(ruled(stated(opened(), BO)), BO)
    for person, stands in ((CY, True), (DI, True), (ED, False)):
        proposal, _ = rulings.vote_on_appeal(proposal, 1, person, stands, at(1))
    return proposal


def meddled() -> Proposal:
    return clock.stop(opened(), clock.ROLE, at(10))[0]


OBJECTIONS: dict[str, tuple[Happening, list[Said]]] = {
    "raised": (
        lambda: objections.raise_objection(raised(opened(), CY), BO, "command", NOW)[1],
        [(ObjectionRaised, "bo", {"objection": 2, "via": "command"})],
    ),
    "told late": (
        lambda: objections.told(
            objections.raise_objection(opened(), BO, "reaction", NOW)[0], 1, "direct message", at(2)
        )[1],
        [(ObjectorTold, None, {"objection": 1, "way": "direct message"})],
    ),
    "stated": (
        lambda: objections.state_objection(raised(opened(), BO), 1, BO, STATEMENT, NOW)[1],
        [
            (
                ObjectionStated,
                "bo",
                {
                    "objection": 1,
                    "criterion": "agreement",
                    "agreement": "the charter",
                    "reason": REASON,
                    "suggestion": "Dig it elsewhere.",
                },
            )
        ],
    ),
    "concern": (
        lambda: objections.raise_concern(opened(), BO, "The noise.", "joined later", NOW)[1],
        [(ConcernRaised, "bo", {"text": "The noise.", "why": "joined later"})],
    ),
    "withdrawn": (
        lambda: objections.withdraw_objection(stated(opened(), BO), 1, BO, NOW)[1],
        [(ObjectionWithdrawn, "bo", {"objection": 1})],
    ),
    "resolved": (
        lambda: objections.answer_revision(revised(stated(opened(), BO), at(1)), 1, BO, True, at(2))[1],
        [(ObjectionIntegrated, "bo", {"objection": 1, "version": 2})],
    ),
    "maintained": (
        lambda: objections.answer_revision(revised(stated(opened(), BO), at(1)), 1, BO, False, at(2))[1],
        [(ObjectionMaintained, "bo", {"objection": 1, "version": 2})],
    ),
    "reaction gone": (
        lambda: objections.reaction_gone(raised(opened(), BO), BO.person)[1],
        [(ReactionGone, None, {"objection": 1})],
    ),
    "reactions wiped": (
        lambda: objections.reactions_wiped(objections.withdraw_objection(raised(opened(), BO, CY, DI), 2, CY, NOW)[0])[
            1
        ],
        [(ReactionsWiped, None, {"standing": [1, 3]})],
    ),
    "lapsed": (
        lambda: since(raised(opened(), BO), at(48))[:1],
        [(ObjectionLapsed, None, {"objection": 1})],
    ),
    "left": (
        lambda: sponsors.objector_gone(stated(opened(), BO), BO.person, True, NOW)[1],
        [(SponsorNeeded, None, {"objection": 1})],
    ),
    "seat taken": (
        lambda: sponsors.objector_gone(stated(opened(), BO), BO.person, False, NOW)[1],
        [(ObjectorSeatLost, None, {"objection": 1})],
    ),
    "seat taken after all": (
        lambda: sponsors.removed_after_all(left(stated(opened(), BO)), BO.person, at(1))[1],
        [(ObjectorSeatLost, None, {"objection": 1})],
    ),
    "sponsored": (
        lambda: sponsors.sponsor(left(stated(opened(), BO)), 1, CY, at(1))[1],
        [(SponsorFound, "cy", {"objection": 1})],
    ),
    "orphaned": (
        lambda: since(left(stated(opened(), BO)), at(48))[:1],
        [(ObjectionOrphaned, None, {"objection": 1})],
    ),
    "read": (
        lambda: electorates.mark_read(revised(opened(), at(1)), BO, at(2))[1],
        [(ProposalRead, "bo", {"version": 2})],
    ),
}

FORM: dict[str, tuple[Happening, list[Said]]] = {
    "asked": (
        lambda: rulings.ask_test(stated(opened(), BO), 1, ANA, NOW)[1],
        [(RulingAsked, "ana", {"objection": 1})],
    ),
    "ruled": (
        lambda: rulings.rule_on_form(stated(opened(), BO), 1, FLO, False, REASON, NOW)[1],
        [(RulingGiven, "flo", {"objection": 1, "in_form": False, "reason": REASON})],
    ),
    "appealed": (
        lambda: rulings.appeal(ruled(stated(opened(), BO)), 1, BO.person, REASON, NOW)[1],
        [(AppealFiled, "bo", {"objection": 1, "reason": REASON})],
    ),
    "judged": (
        lambda: rulings.vote_on_appeal(appealed(ruled(stated(opened(), BO)), BO), 1, CY, False, NOW)[1],
        [(AppealVoted, "cy", {"objection": 1, "stands": False})],
    ),
    "decided": (
        lambda: rulings.vote_on_appeal(judged(), 1, FAY, True, at(1))[1],
        [
            (AppealVoted, "fay", {"objection": 1, "stands": True}),
            (AppealDecided, None, {"objection": 1, "stands": True, "votes_stands": 3, "votes_against": 1}),
        ],
    ),
    "decided at its deadline": (
        lambda: since(judged(), at(72))[:1],
        [(AppealDecided, None, {"objection": 1, "stands": True, "votes_stands": 2, "votes_against": 1})],
    ),
}

TALLIED: dict[str, Json] = {
    "vote": "7-1", "adopted": True, "reason": "adopted", "cast": 3, "eligible": 6,
    "counts": [["for", 2], ["against", 1], ["abstain", 0]], "hidden": False,
}  # fmt: skip


def ballot(choice: str, person: str | None) -> Json:
    return {"choice": choice, "person": person, "criterion": "", "reason": ""}


VOTES: dict[str, tuple[Happening, list[Said]]] = {
    "escalated and opened": (
        lambda: escalations.escalate(disputed(), BO, at(80))[1],
        [
            (ProposalEscalated, "bo", {"method": "majority"}),
            (VoteOpened, None, {"vote": "7-1", "method": "majority", "eligible": 6}),
        ],
    ),
    "put to the vote by time": (
        lambda: since(advanced(meddled(), at(300)), at(1000))[1:3],
        [
            (ProposalEscalated, None, {"method": "majority"}),
            (VoteOpened, None, {"vote": "7-1", "method": "majority", "eligible": 6}),
        ],
    ),
    "cast": (
        lambda: votes.cast(in_a_vote(), CY, Ballot({"for": 1}), SHG, at(81))[2],
        [(BallotCast, "cy", {"vote": "7-1"})],
    ),
    "adopted": (
        lambda: since(in_a_vote(), at(152), Surroundings(ballots({"fay": "for", "cy": "for", "bo": "against"}))),
        [
            (
                VoteClosed,
                None,
                TALLIED | {"ballots": [ballot("against", "bo"), ballot("for", "cy"), ballot("for", "fay")]},
            ),
            (ObjectionOverruled, None, {"objection": 1}),
            (
                ProposalAdopted,
                None,
                {"timelock_hours": 48, "low_reach": False, "reached": 1, "reachable": 6},
            ),
        ],
    ),
    "adopted in secret": (
        lambda: since(
            in_a_vote({"vote.secret": True}), at(152),
            Surroundings(ballots({"fay": "for", "cy": "for", "bo": "against"})),
        )[:1],
        [
            (
                VoteClosed,
                None,
                TALLIED | {"ballots": [ballot("against", None), ballot("for", None), ballot("for", None)]},
            )
        ],
    ),
    "without quorum": (
        lambda: since(in_a_vote(), at(152))[1:],
        [(ProposalNotAdopted, None, {"why": "no quorum"})],
    ),
    "asked to halt": (
        lambda: halts.consent_to_halt(passed(), BO, at(121))[1],
        [(HaltConsented, "bo", {"agreed": 1, "electors": 6})],
    ),
    "halted": (
        lambda: halts.consent_to_halt(asked_to_halt(), ED, at(121))[1],
        [
            (HaltConsented, "ed", {"agreed": 4, "electors": 6}),
            (ProposalHalted, None, {}),
        ],
    ),
}  # fmt: skip

REFILED = replace(draft(), refiles=3, changed_since="It is on the other side.")
OPENED: dict[str, Json] = {
    "number": 9, "type": "operational", "group": SHG, "version": 1, "policy": 1, "electors": ELECTORS_NAMED,
}  # fmt: skip
ROLE_BACK: dict[str, Json] = {"reason": "role missing", "because": ["role missing"], "since": at(10).isoformat()}

PROPOSALS: dict[str, tuple[Happening, list[Said]]] = {
    "opened": (
        lambda: proposals.open_review(draft(), ANA, world(), SEATED, Load(), 9, NOW)[1],
        [(ReviewOpened, "ana", OPENED | {"digest": versions.digest(draft().text, ())})],
    ),
    "refiled": (
        lambda: proposals.open_review(REFILED, ANA, world(), SEATED, Load(), 9, NOW)[1],
        [
            (
                ReviewOpened,
                "ana",
                OPENED
                | {
                    "digest": versions.digest(draft().text, ()),
                    "refiles": 3,
                    "changed": "It is on the other side.",
                },
            )
        ],
    ),
    "set up": (
        lambda: proposals.open_ratification(
            draft("ratification", effects=(Ratification(),)), world(provisional=True), SEATED, 9, NOW
        )[1],
        [
            (
                ReviewOpened,
                "ana",
                OPENED
                | {
                    "type": "ratification",
                    "digest": versions.digest(draft().text, (Ratification(),)),
                },
            )
        ],
    ),
    "revised": (
        lambda: revisions.revise(
            opened("budget"), ANA.person, replace(BUDGET, payee="Cousin Ltd"), (), world(), SEATED, at(1)
        )[1],
        [
            (
                VersionPublished,
                "ana",
                {
                    "version": 2,
                    "digest": versions.digest(replace(draft("budget").text, payee="Cousin Ltd"), ()),
                    "substance": ["other payee"],
                    "electors": ELECTORS_NAMED,
                },
            )
        ],
    ),
    "withdrawn": (
        lambda: proposals.withdraw(opened(), ANA.person, "We found another way.", NOW)[1],
        [(ProposalWithdrawn, "ana", {"reason": "We found another way."})],
    ),
    "discarded": (
        lambda: proposals.withdraw(draft(), ANA.person, "Of no interest to anybody.", NOW)[1],
        [(DraftDiscarded, None, {})],
    ),
    "stopped": (
        lambda: clock.stop(opened(), clock.CARD, at(10), (BO.person,))[1],
        [(ClockStopped, None, {"reason": "card missing", "since": at(10).isoformat(), "people": ["bo"]})],
    ),
    "resumed": (
        lambda: clock.resume(meddled(), clock.ROLE, at(12.5))[1],
        [(ClockResumed, None, ROLE_BACK | {"minutes": 150})],
    ),
    "resumed after the last of two reasons": (
        lambda: clock.resume(
            clock.resume(clock.stop(meddled(), clock.CARD, at(11))[0], clock.CARD, at(12))[0], clock.ROLE, at(13)
        )[1],
        [(ClockResumed, None, ROLE_BACK | {"because": ["card missing", "role missing"], "minutes": 180})],
    ),
    "stopped long enough": (
        lambda: since(meddled(), at(10 + 7 * 24)),
        [
            (StopsSpent, None, {}),
            (ClockResumed, None, ROLE_BACK | {"minutes": 7 * 24 * 60}),
        ],
    ),
    "nudged": (
        lambda: since(objections.raise_concern(opened(), CY, "Hm.", "", NOW)[0], at(48)),
        [(Nudged, None, {"people": ["bo", "di", "ed", "fay", "gil"]})],
    ),
    "extended and passed": (
        lambda: (*since(opened("budget"), at(72)), *since(advanced(opened("budget"), at(72)), at(120))),
        [
            (ReviewExtended, None, {"hours": 48, **READ_BY_NONE}),
            (ReviewClosed, None, READ_BY_NONE),
            (ProposalPassed, None, {"timelock_hours": 48, "low_reach": True, **READ_BY_NONE}),
        ],
    ),
    "disputed": (
        lambda: since(stated(opened(changes={"objection.threshold": 2}), BO, CY), at(72))[1:],
        [(ProposalDisputed, None, {"weight": 2, "threshold": 2})],
    ),
    "nobody acted": (
        lambda: since(disputed(), at(72 + 14 * 24)),
        [(ProposalNotAdopted, None, {"why": "nobody acted"})],
    ),
    "lapsed": (
        lambda: since(advanced(opened("budget", {"reach.lapse_budget_above": 1}), at(72)), at(120))[1:],
        [(ProposalLapsed, None, {"why": "low reach", **READ_BY_NONE})],
    ),
    "lapsed stale": (
        lambda: since(proposals.enter(opened(), ProposalState.STALE, NOW), at(14 * 24)),
        [(ProposalLapsed, None, {"why": "stale"})],
    ),
    "enacted": (
        lambda: lifecycle.enact(passed(), world(), at(168))[2],
        [(ProposalEnacted, None, {"digest": versions.digest(draft("budget").text, ())})],
    ),
    "stale": (
        lambda: lifecycle.enact(
            advanced(advanced(opened("policy"), at(72)), at(120)), world({"limits.open_per_author": 7}), at(168)
        )[2],
        [(ProposalStale, None, {"why": "limits.open_per_author: 3 → 7"})],
    ),
    "before the ratification": (
        lambda: lifecycle.enact(passed(), world(provisional=True), at(168))[2],
        [(ProposalStale, None, {"why": "partnership: ratified → provisional"})],
    ),
}


@pytest.mark.parametrize(
    ("happening", "said"),
    [pytest.param(*case, id=name) for table in (OBJECTIONS, FORM, VOTES, PROPOSALS) for name, case in table.items()],
)
def test_what_the_record_says(happening: Happening, said: list[Said]) -> None:
    events = happening()
    assert [(event.type, event.actor, dict(event.data)) for event in events] == [
        (kind, actor, dict(data)) for kind, actor, data in said
    ]
    assert {event.thing for event in events} == {"proposal/7"}
