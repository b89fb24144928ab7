"""The set-up's plan: what stands in the server compared with what the organisation needs (SCL-1).

A plan is a list of steps, each to create, adopt, change or leave alone. After every step is taken, planning again
finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.governance import intrusions, scales
from bot.governance.errors import RoleRefused
from bot.governance.ids import GroupId, RoleId
from bot.governance.intrusions import CHANNEL_POWERS, Intrusion
from bot.governance.organisation import Partnership, RoleFacts, RoleMapping, check_mapping
from bot.governance.scales import NeededPlace, NeededRole, Overwrite, Purpose, SeatRole

PlaceKey = tuple[Purpose, GroupId | None]


class Do(StrEnum):
    """What a step does. REFUSED needs a person first: its ``why`` says what stands in the way."""

    CREATE = "create"
    ADOPT = "adopt"
    CHANGE = "change"
    NOTHING = "nothing"
    REFUSED = "refused"


class What(StrEnum):
    """What a step is about."""

    RECORD = "partnership"
    ROLE = "role"
    CATEGORY = "category"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class RoleSeen:
    """A role as it stands in the server. ``wearers`` are the people (not bots) who wear it, by Discord user."""

    name: str
    facts: RoleFacts
    wearers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A category or text channel as it stands in the server."""

    id: int
    name: str
    is_category: bool = False
    overwrites: tuple[Overwrite, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A server as the bot sees it. ``webhooks`` are names by channel, None where the bot could not look."""

    guild_id: int
    bot_id: int
    bot_position: int
    bot_permissions: frozenset[str]
    roles: tuple[RoleSeen, ...] = ()
    channels: tuple[ChannelSeen, ...] = ()
    webhooks: Mapping[int, tuple[str, ...]] | None = None

    def role(self, id: int) -> RoleSeen | None:
        """The role of this id, if it stands."""
        return next((r for r in self.roles if r.facts.id == id), None)

    def channel(self, id: int | None) -> ChannelSeen | None:
        """The channel of this id, if it stands."""
        return next((c for c in self.channels if c.id == id), None)


@dataclass(frozen=True, slots=True)
class Site:
    """What is on record: the partnership, its channels, and what in this server belongs to other partnerships.

    ``recorded`` is False for a draft that nothing was built of yet. ``beside`` names the partnerships that stood here
    before it: its roles and channels carry its own name then.
    """

    partnership: Partnership
    places: Mapping[PlaceKey, int] = field(default_factory=dict)
    recorded: bool = True
    beside: tuple[str, ...] = ()
    taken_roles: frozenset[int] = frozenset()
    taken_channels: frozenset[int] = frozenset()
    actor_position: int = 0


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step of a plan. ``id`` names the role or channel that stands already.

    ``overwrites`` are those to set, in this order; ``why`` is the key of what stands in the way. The rest is what
    people have to read before they agree (SCL-1): ``wearers`` get the seat of an adopted role at once, which takes the
    place of the deleted role ``instead_of``; a partnership is set up ``beside`` others; ``intrusions`` are taken away;
    ``webhooks`` can write in an adopted channel under any name, None where the bot could not look for them.
    """

    do: Do
    what: What
    name: str
    id: int | None = None
    group: GroupId | None = None
    seat: str = ""
    purpose: Purpose | None = None
    category: int | None = None
    overwrites: tuple[Overwrite, ...] = ()
    why: str = ""
    detail: str = ""
    wearers: tuple[int, ...] = ()
    instead_of: str = ""
    intrusions: tuple[Intrusion, ...] = ()
    webhooks: tuple[str, ...] | None = ()
    beside: tuple[str, ...] = ()

    @property
    def to_read(self) -> frozenset[str]:
        """What this step rests on that somebody else prepared: none may be new to whoever agrees to it (SCL-1).

        A role that nobody wears and a channel that is made anew hold nothing to be wary of.
        """
        if self.do is Do.CREATE:
            return frozenset(f"beside {name}" for name in self.beside)
        if self.do is not Do.ADOPT:
            return frozenset()
        read = {f"{self.what} {self.id} is worn by {user}" for user in self.wearers}
        for each in self.intrusions:
            read |= {f"{self.what} {self.id} gives {each.target} {power}" for power in each.gives}
        if self.what is What.CHANNEL:
            read.add(f"channel {self.id}" + (" unseen" if self.webhooks is None else ""))
        return frozenset(read)

    @property
    def needs(self) -> frozenset[str]:
        """The permissions that the bot needs for this step (SCL-4)."""
        if self.do not in {Do.CREATE, Do.ADOPT, Do.CHANGE} or self.what is What.RECORD:
            return frozenset()
        if self.what is What.ROLE:
            return frozenset({"manage_roles"}) if self.do in {Do.CREATE, Do.CHANGE} else frozenset()
        if self.do is Do.CREATE:
            return scales.GOVERNED | scales.BUILDING
        return scales.GOVERNED | {"manage_roles"} if self.overwrites else frozenset()


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """Every step in order, and the permissions that the bot misses for them."""

    steps: tuple[SetupStep, ...]
    missing: frozenset[str] = frozenset()

    @property
    def todo(self) -> tuple[SetupStep, ...]:
        """The steps that change something, or that stand in the way."""
        return tuple(s for s in self.steps if s.do is not Do.NOTHING)

    @property
    def to_read(self) -> frozenset[str]:
        """Everything that has to be read and agreed to before this is applied (SCL-1)."""
        return frozenset().union(*(s.to_read for s in self.steps))


def plan(site: Site, seen: Snapshot) -> SetupPlan:
    """Compare what is needed with what stands (SCL-1). Roles come first: channels are opened to them."""
    record = SetupStep(
        Do.NOTHING if site.recorded else Do.CREATE, What.RECORD, site.partnership.name, beside=site.beside
    )
    roles = _roles(site, seen)
    seats = _seats(site, roles, seen)
    steps = (record, *roles, *_places(site, seen, seats))
    needs: frozenset[str] = frozenset().union(*(s.needs for s in steps))
    return SetupPlan(steps, needs - seen.bot_permissions)


def intruded(site: Site, seen: Snapshot) -> Mapping[int, tuple[PlaceKey, tuple[Intrusion, ...]]]:
    """The partnership's own channels that stand, with their purpose and what they give that they should not (SCL-3)."""
    found: dict[int, tuple[PlaceKey, tuple[Intrusion, ...]]] = {}
    for step in _places(site, seen, _seats(site, (), seen)):
        if step.id is None or step.purpose is None or step.id != site.places.get((step.purpose, step.group)):
            continue
        # A category that everybody sees shows its name only: each channel in it says for itself who reads it.
        every = step.purpose is not Purpose.CATEGORY
        found[step.id] = (step.purpose, step.group), tuple(i for i in step.intrusions if every or i.powers)
    return found


def access_steps(site: Site, seen: Snapshot, roles: frozenset[int]) -> tuple[SetupStep, ...]:
    """Only what opens or closes the partnership's own channels to these roles, as after one mapping (ORG-2)."""
    steps = []
    for step in _places(site, seen, _seats(site, (), seen)):
        if step.do is Do.CHANGE and step.overwrites:
            few = tuple(o for o in step.overwrites if o.target in roles)
            if few:
                steps.append(replace(step, overwrites=few))
    return tuple(steps)


def seen_after(seen: Snapshot, step: SetupStep, id: int) -> Snapshot:
    """The server after this step, so that the next one is planned without asking Discord again."""
    if step.what is What.ROLE:
        if (role := seen.role(id)) is not None:
            others = (r for r in seen.roles if r is not role)
            mended = replace(role, facts=replace(role.facts, powers=())) if step.do is Do.CHANGE else role
            return replace(seen, roles=(*others, mended))
        return replace(seen, roles=(*seen.roles, RoleSeen(step.name, RoleFacts(RoleId(id)))))
    if step.what is What.RECORD:
        return seen
    before = seen.channel(id) or ChannelSeen(id, step.name, step.what is What.CATEGORY)
    by_target = {o.target: o for o in before.overwrites} | {o.target: o for o in step.overwrites}
    after = replace(before, overwrites=tuple(by_target.values()))
    return replace(seen, channels=(*(c for c in seen.channels if c.id != id), after))


def _roles(site: Site, seen: Snapshot) -> tuple[SetupStep, ...]:
    spoken_for: set[int] = set()
    steps = []
    for needed in scales.needed_roles(site.partnership, bool(site.beside)):
        step = _role(needed, site, seen, spoken_for)
        if step.id is not None:
            spoken_for.add(step.id)
        steps.append(step)
    by_hand = (m for m in site.partnership.mappings if not m.lost and m.role not in spoken_for)
    mended = (_mapped(mapping, seen) for mapping in by_hand)
    return (*steps, *(each for each in mended if each is not None and each.do is not Do.NOTHING))


def _mapped(mapping: RoleMapping, seen: Snapshot) -> SetupStep | None:
    """A role that carries a seat already: the power that it gained meanwhile is taken away (ORG-2a). None if gone."""
    alive = None if mapping.lost else seen.role(mapping.role)
    if alive is None:
        return None
    step = SetupStep(Do.NOTHING, What.ROLE, alive.name, mapping.role, mapping.group, mapping.seat)
    if not alive.facts.powers:
        return step
    do = Do.CHANGE if alive.facts.position < seen.bot_position else Do.REFUSED
    return replace(step, do=do, why="gained powers", detail=", ".join(alive.facts.powers))


def _role(needed: NeededRole, site: Site, seen: Snapshot, spoken_for: set[int]) -> SetupStep:
    """A seat that has a living role needs nothing; a namesake is adopted if it may carry a seat (ORG-2a)."""
    step = SetupStep(Do.CREATE, What.ROLE, needed.name, group=needed.group, seat=needed.seat)
    alike = [m for m in site.partnership.mappings if (m.group, m.seat) == (needed.group, needed.seat)]
    for mapping in alike:
        if (mapped := _mapped(mapping, seen)) is not None:
            return mapped
    carrying = {m.role for m in site.partnership.mappings if not m.lost}
    namesakes = sorted(
        (r for r in seen.roles if r.name == needed.name and r.facts.id not in site.taken_roles | carrying | spoken_for),
        key=lambda r: r.facts.id,
    )
    refused = None
    for namesake in namesakes:
        try:
            check_mapping(namesake.facts, seen.bot_position, site.actor_position)
        except RoleRefused as refusal:
            why, detail = refusal.why, refusal.detail
            refused = replace(step, do=Do.REFUSED, id=namesake.facts.id, why=why, detail=detail)
        else:
            gone = next((m.name or needed.name for m in alike), "")
            return replace(step, do=Do.ADOPT, id=namesake.facts.id, wearers=namesake.wearers, instead_of=gone)
    return refused or step


def _seats(site: Site, roles: Iterable[SetupStep], seen: Snapshot) -> tuple[SeatRole, ...]:
    """Every role that carries a seat once the roles' steps are taken. One to be created goes by its step's name."""
    standing = [
        SeatRole(m.role, m.group, m.seat) for m in site.partnership.mappings if not m.lost and seen.role(m.role)
    ]
    coming = [
        SeatRole(s.name if s.id is None else s.id, s.group, s.seat) for s in roles if s.do in {Do.CREATE, Do.ADOPT}
    ]
    return tuple(standing + coming)


def _places(site: Site, seen: Snapshot, seats: tuple[SeatRole, ...]) -> tuple[SetupStep, ...]:
    categories: dict[GroupId | None, int | None] = {}
    steps = []
    for needed in scales.needed_places(site.partnership, bool(site.beside)):
        step = _place(needed, site, seen, seats)
        if needed.purpose is Purpose.CATEGORY:
            categories[needed.group.id if needed.group else None] = step.id
        else:
            step = replace(step, category=categories.get(needed.category))
        steps.append(step)
    return tuple(steps)


def _place(needed: NeededPlace, site: Site, seen: Snapshot, seats: tuple[SeatRole, ...]) -> SetupStep:
    is_category = needed.purpose is Purpose.CATEGORY
    group = needed.group.id if needed.group else None
    former = frozenset(m.role for m in site.partnership.mappings if m.lost)
    what = What.CATEGORY if is_category else What.CHANNEL
    desired = scales.access(needed, seen.bot_id, seen.guild_id, seats)
    step = SetupStep(Do.CREATE, what, needed.name, group=group, purpose=needed.purpose, overwrites=desired)
    own = seen.channel(site.places.get((needed.purpose, group)))
    if own is not None and own.is_category == is_category:
        changes = _changes(own, desired, scales.withheld(needed), former)
        do = Do.CHANGE if changes else Do.NOTHING
        found = intrusions.found(own.overwrites, desired, scales.withheld(needed), former)
        return replace(step, do=do, id=own.id, name=own.name, overwrites=changes, intrusions=found)
    used = site.taken_channels | set(site.places.values())
    for namesake in seen.channels:
        same = namesake.is_category == is_category and namesake.name.casefold() == needed.name.casefold()
        if same and namesake.id not in used:
            return _adopted(step, namesake, seen, scales.withheld(needed), former)
    return step


def _adopted(
    step: SetupStep, namesake: ChannelSeen, seen: Snapshot, withheld: frozenset[str], former: frozenset[RoleId]
) -> SetupStep:
    """A channel that somebody made is taken over, and what it gives to others with it is taken away (SCL-1).

    One in which webhooks write is refused: they would go on writing beside the bot, under any name.
    """
    desired = step.overwrites
    others = intrusions.found(namesake.overwrites, desired, withheld, former)
    found = tuple(i for i in others if i.powers or i.target != seen.guild_id)  # closing it to all is no news
    hooks = None if seen.webhooks is None else seen.webhooks.get(namesake.id, ())
    if step.what is What.CATEGORY:
        hooks = ()
    refused = {"do": Do.REFUSED, "why": "webhooks", "detail": ", ".join(hooks)} if hooks else {"do": Do.ADOPT}
    changes = _changes(namesake, desired, withheld, former)
    return replace(
        step, id=namesake.id, name=namesake.name, overwrites=changes, intrusions=found, webhooks=hooks, **refused
    )


def _changes(
    seen: ChannelSeen, desired: tuple[Overwrite, ...], withheld: frozenset[str], former: frozenset[RoleId]
) -> tuple[Overwrite, ...]:
    """The overwrites to set: the bot's first, roles, ``@everyone``, then what outsiders were allowed before.

    Roles that were unmapped keep nothing, and nobody keeps power over the channel. Other permissions that the bot
    does not govern stay as somebody set them.
    """
    actual = {o.target: o for o in seen.overwrites}
    changes = []
    for want in desired:
        have = actual.pop(want.target, replace(want, allow=frozenset(), deny=frozenset()))
        foreign = frozenset() if want is desired[0] else CHANNEL_POWERS
        allow = (have.allow - scales.GOVERNED - foreign) | want.allow
        deny = (have.deny - scales.GOVERNED) | want.deny
        changes.append(replace(want, allow=allow, deny=deny) if (allow, deny) != (have.allow, have.deny) else None)
    for other in actual.values():
        kept = other.allow - (scales.GOVERNED if other.target in former else withheld) - CHANNEL_POWERS
        changes.append(replace(other, allow=kept) if kept != other.allow else None)
    return tuple(change for change in changes if change is not None)
