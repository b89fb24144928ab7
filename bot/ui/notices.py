"""What the discussion thread is told, one message for each event, with the buttons that belong to it.

Whoever is meant is mentioned; ``mentioned`` says who may be pinged by that, so that no other name in a text pings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.governance.events import EventType
from bot.governance.ids import PersonId
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionMaintained,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorSeatLost,
    ReactionGone,
    RulingAsked,
    RulingGiven,
    SignAnswered,
    SponsorFound,
    SponsorNeeded,
)
from bot.governance.proposals_events import Nudged, ProposalDisputed, ProposalHalted, ProposalStale, VersionPublished
from bot.governance.proposals_types import ProposalState
from bot.governance.votes_events import VoteOpened
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.record import Recorded
from bot.services.views import ProposalView
from bot.ui import objections_card as objections
from bot.ui import objections_ids, proposals_ids, record, votes_ids
from bot.ui import votes_card as votes
from bot.ui.announcements import asking
from bot.ui.notices_context import MOST_NAMED, NoticeContext
from bot.ui.nouns import NOUNS
from bot.ui.panels import Button, Part, Style, View, button, link, panel, rows
from bot.ui.presenter import complete, merged
from bot.ui.proposals_labels import STATE_COLOURS

WORDS: Mapping[EventType, Callable[[NoticeContext], str]] = merged("a notice", (noun.notices for noun in NOUNS))
"""The sentences for every event that asks for a notice (see ``announcements``)."""
complete("notices", asking(DeliveryKind.NOTICE), WORDS)


def notice(view: ProposalView, recorded: Recorded, marker: int | None) -> View:
    """The message in the thread that tells of this event."""
    told = NoticeContext(view, recorded)
    colour = STATE_COLOURS[view.proposal.state]
    if recorded.erased:
        return record.erased_post(recorded, marker)
    return panel(marker, colour, WORDS[recorded.event.type](told), *_buttons(told))


def mentioned(recorded: Recorded, view: ProposalView) -> list[int]:
    """The Discord users whom this message may ping: those of whom something is asked."""
    proposal, event = view.proposal, recorded.event
    told = NoticeContext(view, recorded)
    people: set[PersonId] = set()
    objection = told.objection
    match event.fact:
        case ObjectionRaised() | ReactionGone() | ObjectionLapsed() if objection:
            people = {objection.sponsor or objection.person}
        case SignAnswered() if event.actor is not None:
            people = {event.actor}
        case ObjectionWithdrawn() | ObjectionIntegrated() if objection and told.in_ones_place:
            people = {objection.person}
        case ObjectionStated() | ObjectionMaintained():
            people = {proposal.author} | ({objection.person} if objection and told.in_ones_place else set())
        case RulingAsked() | RulingGiven() | AppealFiled() | AppealDecided() if objection:
            people = {proposal.author, objection.sponsor or objection.person}
        case VersionPublished():
            people = {o.sponsor or o.person for o in objections.asked_again(proposal)}
        case ProposalDisputed() | ProposalStale() | ProposalHalted():
            people = {proposal.author}
        case Nudged():
            people = set(told.reminded[:MOST_NAMED])
    if event.actor is not None and event.type not in {ObjectionRaised, SignAnswered}:
        people -= {event.actor}
    return sorted(view.users[person] for person in people if person in view.users)[:MOST_NAMED]


_WITH_CONTROLS = frozenset(
    {
        ObjectionRaised,
        ObjectionStated,
        ObjectionMaintained,
        RulingAsked,
        RulingGiven,
        AppealFiled,
        SponsorNeeded,
        SponsorFound,
        ObjectorSeatLost,
    }
)


def _buttons(told: NoticeContext) -> list[Part]:
    proposal, found = told.view.proposal, told.objection
    kind = told.recorded.event.type
    card: Button | None = link("Card", told.view.links.card)
    if kind is ReactionGone and found is not None:
        withdraw = button(
            "Yes, withdraw it", objections_ids.button("withdraw", proposal.id, found.number), Style.danger
        )
        keep = button("No, keep it", objections_ids.button("keep", proposal.id, found.number))
        return [*rows(withdraw, keep)]
    if kind in _WITH_CONTROLS and found is not None:
        return [*rows(*objections.controls(proposal, found), card)]
    if kind is SignAnswered and proposal.state is ProposalState.REVIEW:
        objecting = button(f"{proposal.pinned.objection_emoji} Object", proposals_ids.button("object", proposal.id))
        return [*rows(objecting, button("Raise a concern", proposals_ids.button("concern", proposal.id)), card)]
    if kind is Nudged and proposal.state is ProposalState.REVIEW:
        return [*rows(button("I have read it", proposals_ids.button("read", proposal.id), Style.primary), card)]
    if kind is VoteOpened or (kind is Nudged and proposal.state is ProposalState.ESCALATED):
        return [*rows(*votes.choices(proposal)), *rows(button("My vote", votes_ids.mine(proposal.id)), card)]
    if kind in {ProposalDisputed, ProposalHalted, Nudged} and proposal.state is ProposalState.DISPUTED:
        return [*rows(button("Take it to a final vote", proposals_ids.button("escalate", proposal.id)), card)]
    return [*rows(card)]
