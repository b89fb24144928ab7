"""Small, complete examples of what is kept."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.governance.events import Event, EventType, proposal_thing
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId, RoleId
from bot.governance.organisation import Group, GroupKind, Partnership, RoleMapping
from bot.governance.policy import genesis
from bot.governance.proposals import pin
from bot.governance.proposals_events import ReviewOpened
from bot.governance.proposals_types import Objection, Proposal, ProposalState, Text
from tests.database import NEW_YEAR
from tests.facts import event_of

HERE = PartnershipId(1)
SHG, TLC, CELL = GroupId(1), GroupId(2), GroupId(3)
GUILD = 900_000_000_000_000_001
ADA, BEN = PersonId("a" * 32), PersonId("b" * 32)


def partnership(id: int = 1, **changes: Any) -> Partnership:
    plain = Partnership(
        PartnershipId(id),
        "River Commons",
        GUILD,
        groups=(
            Group(SHG, GroupKind.STAKEHOLDERS, "Stewards"),
            Group(TLC, GroupKind.TOP_LEVEL, "Core team", SHG),
            Group(CELL, GroupKind.CELL, "Gardens", TLC, private=True),
        ),
        mappings=(
            RoleMapping(RoleId(11), SHG, "member", "domain expert", "Alder", NEW_YEAR),
            RoleMapping(RoleId(12), TLC, "member", mapped_at=NEW_YEAR),
            RoleMapping(RoleId(13), None, "contributor"),
        ),
        created_at=NEW_YEAR,
    )
    return replace(plain, **changes)


def proposal(id: int = 1, **changes: Any) -> Proposal:
    plain = Proposal(
        ProposalId(id),
        HERE,
        TLC,
        "operational",
        ADA,
        NEW_YEAR,
        NEW_YEAR,
        Text(title=f"Plant trees {id}"),
        number=id,
        state=ProposalState.REVIEW,
        opened_at=NEW_YEAR,
        terms=pin(genesis(), genesis().row("operational")),
        closes_at=NEW_YEAR + timedelta(hours=72),
    )
    return replace(plain, **changes)


def due_at(at: datetime, id: int = 1, **changes: Any) -> Proposal:
    """One that waits for its timelock to end."""
    return proposal(id, state=ProposalState.PASSED, timelock_ends_at=at, **changes)


def objection(number: int, person: PersonId = BEN) -> Objection:
    return Objection(number, person, NEW_YEAR, 1, "button")


def event(id: int = 1, type: EventType = ReviewOpened, **data: Any) -> Event:
    return event_of(type, proposal_thing(ProposalId(id)), ADA, data)
