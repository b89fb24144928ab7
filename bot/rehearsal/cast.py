"""The people of the example: six stakeholders in three classes from four organisations, and two cells (RUN-1)."""

from __future__ import annotations

from dataclasses import dataclass

PARTNERSHIP = "River Commons"
SERVER = "Willow Valley"
BOT = "Governance"

FINANCIAL, EXPERT, COMMUNITY = "financial contributor", "domain expert", "community representative"
GREEN_FUND, UNIVERSITY, LAB, NEIGHBOURS = "Green Fund", "Delta University", "Open Water Lab", "Riverside Neighbours"


@dataclass(frozen=True, slots=True)
class Role:
    """A Discord role made by hand and mapped with ``/roles map``. ``group`` is the name of its group."""

    name: str
    group: str
    seat: str = "member"
    stakeholder_class: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A person of the example. ``roles`` are names of Discord roles."""

    name: str
    about: str
    roles: tuple[str, ...] = ()

    @property
    def account(self) -> str:
        """Their Discord account's name."""
        return self.name.split()[0].lower()


STAKEHOLDERS, COORDINATION, PLANTING, OUTREACH = "Stakeholders", "Coordination", "Planting", "Outreach"

ROLES = (
    Role("Stakeholder · Green Fund", STAKEHOLDERS, "member", FINANCIAL, GREEN_FUND),
    Role("Stakeholder · Delta University", STAKEHOLDERS, "member", EXPERT, UNIVERSITY),
    Role("Stakeholder · Open Water Lab", STAKEHOLDERS, "member", EXPERT, LAB),
    Role("Stakeholder · Riverside Neighbours", STAKEHOLDERS, "member", COMMUNITY, NEIGHBOURS),
    Role("Stakeholder facilitator", STAKEHOLDERS, "facilitator"),
    Role("Coordination", COORDINATION),
    Role("Coordination facilitator", COORDINATION, "facilitator"),
    Role("Planting cell", PLANTING),
    Role("Outreach cell", OUTREACH),
)

MODERATORS = "Moderators"

PARTS = (
    Part("Amara Okafor", "Green Fund, financial contributor", ("Stakeholder · Green Fund",)),
    Part("Bruno Silva", "Green Fund, financial contributor", ("Stakeholder · Green Fund",)),
    Part(
        "Chen Wei",
        "Delta University, domain expert; facilitates the stakeholders",
        ("Stakeholder · Delta University", "Stakeholder facilitator"),
    ),
    Part("Dalia Haddad", "Open Water Lab, domain expert", ("Stakeholder · Open Water Lab",)),
    Part("Esi Mensah", "Riverside Neighbours, community", ("Stakeholder · Riverside Neighbours",)),
    Part(
        "Femi Adeyemi",
        "Riverside Neighbours, community; also sits in coordination",
        ("Stakeholder · Riverside Neighbours", "Coordination"),
    ),
    Part("Goran Petrov", "facilitates coordination", ("Coordination", "Coordination facilitator")),
    Part("Hana Sato", "coordinates planting", ("Coordination", "Planting cell")),
    Part("Ivo Marin", "plants", ("Planting cell",)),
    Part("Kemi Balogun", "coordinates outreach", ("Coordination", "Outreach cell")),
    Part("Lars Holm", "talks with the neighbours", ("Outreach cell",)),
    Part("Mira Novak", "moderates the server: manages roles, decides nothing", (MODERATORS,)),
    Part("Noor Aziz", "a newcomer without a seat"),
)
OWNER = Part("Robin Vale", "owns the server and holds no seat")
