"""What the discussion thread is told, one message for each event, with the buttons that belong to it.

Whoever is meant is mentioned; ``mentioned`` says who may be pinged by that, so that no other name in a text pings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.governance.dossier import State
from bot.governance.events import Happened
from bot.governance.ids import PersonId
from bot.services.ports import Recorded
from bot.services.views import ProposalView
from bot.ui import ids, objections, objections_told, proposals_told, record, votes
from bot.ui.labels import STATE_COLOURS
from bot.ui.panels import Button, Part, Style, View, button, link, panel, rows
from bot.ui.told import MOST_NAMED, Told

WORDS: Mapping[Happened, Callable[[Told], str]] = MappingProxyType({**objections_told.WORDS, **proposals_told.WORDS})
"""The sentences for every event that asks for a notice (see ``announcements``)."""


def notice(view: ProposalView, recorded: Recorded, marker: int | None) -> View:
    """The message in the thread that tells of this event."""
    told = Told(view, recorded)
    colour = STATE_COLOURS[view.proposal.state]
    if recorded.erased:
        return record.erased_post(recorded, marker)
    return panel(marker, colour, WORDS[recorded.event.type](told), *_buttons(told))


def mentioned(recorded: Recorded, view: ProposalView) -> list[int]:
    """The Discord users whom this message may ping: those of whom something is asked."""
    proposal, event = view.proposal, recorded.event
    told = Told(view, recorded)
    people: set[PersonId] = set()
    objection = told.objection
    match event.type:
        case Happened.OBJECTION_RAISED | Happened.REACTION_GONE | Happened.OBJECTION_LAPSED if objection:
            people = {objection.sponsor or objection.person}
        case Happened.SIGN_ANSWERED if event.actor is not None:
            people = {event.actor}
        case Happened.OBJECTION_WITHDRAWN | Happened.OBJECTION_INTEGRATED if objection and told.in_ones_place:
            people = {objection.person}
        case Happened.OBJECTION_STATED | Happened.OBJECTION_MAINTAINED:
            people = {proposal.author} | ({objection.person} if objection and told.in_ones_place else set())
        case Happened.TEST_ASKED | Happened.TEST_RULED | Happened.APPEAL_FILED | Happened.APPEAL_DECIDED if objection:
            people = {proposal.author, objection.sponsor or objection.person}
        case Happened.VERSION_PUBLISHED:
            people = {o.sponsor or o.person for o in objections.asked_again(proposal)}
        case Happened.PROPOSAL_DISPUTED | Happened.PROPOSAL_STALE | Happened.PROPOSAL_HALTED:
            people = {proposal.author}
        case Happened.NUDGED:
            people = set(told.reminded[:MOST_NAMED])
    if event.actor is not None and event.type not in {Happened.OBJECTION_RAISED, Happened.SIGN_ANSWERED}:
        people -= {event.actor}
    return sorted(view.users[person] for person in people if person in view.users)[:MOST_NAMED]


_WITH_CONTROLS = frozenset(
    {
        Happened.OBJECTION_RAISED,
        Happened.OBJECTION_STATED,
        Happened.OBJECTION_MAINTAINED,
        Happened.TEST_ASKED,
        Happened.TEST_RULED,
        Happened.APPEAL_FILED,
        Happened.SPONSOR_NEEDED,
        Happened.SPONSOR_FOUND,
        Happened.OBJECTOR_SEAT_LOST,
    }
)


def _buttons(told: Told) -> list[Part]:
    proposal, found = told.view.proposal, told.objection
    kind = told.recorded.event.type
    card: Button | None = link("Card", told.view.links.card)
    if kind is Happened.REACTION_GONE and found is not None:
        withdraw = button("Yes, withdraw it", ids.objection("withdraw", proposal.id, found.number), Style.danger)
        keep = button("No, keep it", ids.objection("keep", proposal.id, found.number))
        return [*rows(withdraw, keep)]
    if kind in _WITH_CONTROLS and found is not None:
        return [*rows(*objections.controls(proposal, found), card)]
    if kind is Happened.SIGN_ANSWERED and proposal.state is State.REVIEW:
        objecting = button(f"{proposal.pinned.objection_emoji} Object", ids.proposal("object", proposal.id))
        return [*rows(objecting, button("Raise a concern", ids.proposal("concern", proposal.id)), card)]
    if kind is Happened.NUDGED and proposal.state is State.REVIEW:
        return [*rows(button("I have read it", ids.proposal("read", proposal.id), Style.primary), card)]
    if kind is Happened.VOTE_OPENED or (kind is Happened.NUDGED and proposal.state is State.ESCALATED):
        return [*rows(*votes.choices(proposal)), *rows(button("My vote", ids.mine(proposal.id)), card)]
    if (
        kind in {Happened.PROPOSAL_DISPUTED, Happened.PROPOSAL_HALTED, Happened.NUDGED}
        and proposal.state is State.DISPUTED
    ):
        return [*rows(button("Take it to a final vote", ids.proposal("escalate", proposal.id)), card)]
    return [*rows(card)]
