"""What shared rooms know of partnerships, their groups and who sits where (ORG-1 to ORG-6)."""

from __future__ import annotations

from bot.governance.events import Event
from bot.governance.organisation_events import (
    AccessChanged,
    GroupCreated,
    OfRole,
    PartnershipCreated,
    PlaceLost,
    PlaceSet,
    RoleDeleted,
    RoleMapped,
    RolesMapped,
    RoleUnmapped,
)
from bot.ui import organisation_ids
from bot.ui.asking import Help
from bot.ui.audiences import LOG, Asks
from bot.ui.limits import fit_lines
from bot.ui.logged import LogEntry, Logged, Weight, seat_of
from bot.ui.presenter import Presenter, Refusals
from bot.ui.text import in_quotes


def _mapping(event: Event) -> Asks:
    """What a set-up maps is told at once, for all its roles."""
    return () if event.says(RoleMapped).with_others else (LOG,)


def _created(told: Logged) -> list[str]:
    return [
        "### 🚧 A partnership was set up",
        f"{told.who[:1].upper()}{told.who[1:]} set up {in_quotes(told.partnership.name, 82)}.",
        "It is provisional until the stakeholder group ratifies it.",
    ]


def _place_lost(told: Logged) -> list[str]:
    return [
        "### ⚠️ A channel of this partnership is gone",
        f"It was called {in_quotes(told.event.says(PlaceLost).place or 'unnamed', 82)}.",
        "Nothing is decided by that: the record is the truth. Reviews whose card stood there stand still.",
        "**Moderators:** run `/setup` again; it makes what is missing.",
    ]


def _role_deleted(told: Logged) -> list[str]:
    return [
        "### ⚠️ A role that carries a seat was deleted",
        f"No role gives the seat {seat_of(told.event.says(OfRole))} now. Reviews that depend on it stand still.",
        "No objection is weakened by that.",
        "**Moderators:** map another role with `/roles map`.",
    ]


def _mapped(told: Logged) -> list[str]:
    """Mapping a role that one wears oneself is marked (ORG-2a)."""
    fact = told.event.fact
    assert isinstance(fact, RoleMapped | RoleUnmapped)
    mapped = isinstance(fact, RoleMapped)
    after = "Counts in reviews opened from now on." if mapped else "Reviews that depend on it stand still."
    head = f"-# 🪪 A role carries {'a seat now' if mapped else 'a seat no more'}:"
    seat = _given(fact, "gives" if mapped else "gave")
    lines = [f"{head} {seat}. {'Mapped' if mapped else 'Unmapped'} by {told.who}. {after}"]
    if fact.own:
        done = "mapped" if mapped else "unmapped"
        lines.append(f"⚠️ **By a wearer:** the person who {done} this role wears it.")
    return lines


def _set_up(told: Logged) -> list[str]:
    """All roles that one set-up mapped."""
    roles = told.event.says(RolesMapped).roles
    carry = "1 role carries a seat" if len(roles) == 1 else f"{len(roles)} roles carry seats"
    lines = [f"- {_given(each)}{' ⚠️ **by a wearer**' if each.own else ''}" for each in roles]
    return [
        f"-# 🪪 {carry} now, mapped in the set-up by {told.who}. They count in reviews opened from now on.",
        fit_lines(lines, 3000, "- … and {} more: `/roles list`"),
    ]


def _given(role: OfRole, gives: str = "gives") -> str:
    named = f" {in_quotes(role.role, 102)}" if role.role else ""
    return f"the role{named} {gives} {seat_of(role)}"


PRESENTER = Presenter(
    name="organisation",
    ids=organisation_ids.ALL,
    refusals=Refusals(
        not_found={
            "group": "There is no such group in this partnership. Pick one from the suggestions.",
            "partnership": "There is no partnership here yet. A moderator can begin with `/setup`.",
            "partnership named": "There is no such partnership in this server. Pick one from the suggestions.",
            "place": "This partnership has no such channel. A moderator can mend that by running `/setup` again.",
            "role": "There is no such role in this server any more.",
            "mapping": "That role carries no seat here. `/roles list` shows those that do.",
        },
        already_done={
            "map": "That role carries exactly this seat already.",
        },
        fields={
            "seat": "Seat",
            "class": "Stakeholder class",
            "organisation": "Organisation",
        },
        wanted={
            "seat's group": "the whole partnership for contributors, one group for every other seat",
        },
    ),
    audiences={
        PartnershipCreated: (LOG,),
        GroupCreated: (),
        PlaceSet: (),
        PlaceLost: (LOG,),
        AccessChanged: (),
        RoleMapped: _mapping,
        RolesMapped: (LOG,),
        RoleUnmapped: (LOG,),
        RoleDeleted: (LOG,),
    },
    help=Help(
        moderators=("`/roles map` gives a role its seat",),
    ),
    log={
        PartnershipCreated: LogEntry(_created),
        PlaceLost: LogEntry(_place_lost, Weight.INCIDENT),
        RoleMapped: LogEntry(_mapped, Weight.SMALL),
        RolesMapped: LogEntry(_set_up, Weight.SMALL),
        RoleUnmapped: LogEntry(_mapped, Weight.SMALL),
        RoleDeleted: LogEntry(_role_deleted, Weight.INCIDENT),
    },
)
