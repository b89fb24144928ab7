"""The people of the example: six stakeholders in three classes from four organisations, and two cells (RUN-1)."""

from __future__ import annotations

from dataclasses import dataclass

BOT = "Governance"
SERVER = "Willow Valley"
PARTNERSHIP = "River Commons"
PURPOSE = "Bring the lower river back to life, with all who live from it and beside it, for the next thirty years."
CORE_PURPOSE = "Plan each season, look after the money in hand, and help the cells to work together."
PLANTING, OUTREACH = "Planting", "Outreach"
MODERATORS = "Moderators"

FINANCIAL, EXPERT, COMMUNITY = "financial contributor", "domain expert", "community representative"


@dataclass(frozen=True, slots=True)
class Constituency:
    """A role made by hand for the stakeholders whom one organisation sends, mapped with ``/roles map`` (ORG-2)."""

    organisation: str
    stakeholder_class: str


CONSTITUENCIES = (
    Constituency("Green Fund", FINANCIAL),
    Constituency("Delta University", EXPERT),
    Constituency("Open Water Lab", EXPERT),
    Constituency("Riverside Neighbours", COMMUNITY),
)

SHG_FACILITATOR, CORE, CORE_FACILITATOR = "Stakeholders Facilitator", "Core Team", "Core Team Facilitator"
PLANTING_CELL, OUTREACH_CELL = f"Cell: {PLANTING}", f"Cell: {OUTREACH}"


@dataclass(frozen=True, slots=True)
class Part:
    """A person of the example. ``roles`` are names of Discord roles, given by hand once ``/setup`` has made them."""

    name: str
    about: str
    roles: tuple[str, ...] = ()

    @property
    def manages(self) -> bool:
        """Whether they may set the bot up."""
        return MODERATORS in self.roles

    @property
    def account(self) -> str:
        """Their Discord account's name."""
        return self.name.split()[0].lower()


AMARA = Part("Amara Okafor", "stakeholder: financial contributor", ("Green Fund",))
BRUNO = Part("Bruno Silva", "stakeholder: financial contributor", ("Green Fund",))
CHEN = Part("Chen Wei", "stakeholder: domain expert, facilitator", ("Delta University", SHG_FACILITATOR))
DALIA = Part("Dalia Haddad", "stakeholder: domain expert", ("Open Water Lab",))
ESI = Part("Esi Mensah", "stakeholder: community representative", ("Riverside Neighbours",))
FEMI = Part("Femi Adeyemi", "stakeholder: community; two hats", ("Riverside Neighbours", CORE))
GORAN = Part("Goran Petrov", "core team, facilitator", (CORE, CORE_FACILITATOR))
HANA = Part("Hana Sato", "core team, plants", (CORE, PLANTING_CELL))
IVO = Part("Ivo Marin", "plants", (PLANTING_CELL,))
KEMI = Part("Kemi Balogun", "core team, outreach", (CORE, OUTREACH_CELL))
LARS = Part("Lars Holm", "outreach", (OUTREACH_CELL,))
MIRA = Part("Mira Novak", "moderator without a seat", (MODERATORS,))
NOOR = Part("Noor Aziz", "newcomer without a seat")
ROBIN = Part("Robin Vale", "owner of the server, without a seat")

PARTS = (AMARA, BRUNO, CHEN, DALIA, ESI, FEMI, GORAN, HANA, IVO, KEMI, LARS, MIRA, NOOR, ROBIN)
STAKEHOLDERS = (AMARA, BRUNO, CHEN, DALIA, ESI, FEMI)
