"""Refusals: why an act is not taken. Named after the refusal, without wording (``bot.ui.errors`` speaks)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Refusal(Exception):
    """An act that the rules do not take. Nothing was written."""


class NotFound(Refusal):
    """The thing named does not exist, or the asker may not see it."""

    def __init__(self, what: str, name: str = "") -> None:
        super().__init__(what, name)
        self.what = what
        self.name = name


class NotEligible(Refusal):
    """The person lacks the standing this act needs. ``why`` is a key for the presenter, ``needs`` the seat."""

    def __init__(self, why: str, needs: str = "") -> None:
        super().__init__(why, needs)
        self.why = why
        self.needs = needs


class SeatNeeded(NamedTuple):
    """A seat that would do: its name (empty: any but an observer's), the kind of its group (empty: any), that group."""

    seat: str
    kind: str
    group: str


class MayNotFile(NotEligible):
    """None of their seats may file this type of proposal; any of ``seats`` would do (POL-3)."""

    def __init__(self, seats: tuple[SeatNeeded, ...]) -> None:
        super().__init__("may not file")
        self.seats = seats


class WindowClosed(Refusal):
    """The time for this act has ended (windows are half-open, PRO-7)."""


class WrongState(Refusal):
    """The thing is not in a state from which this act leads anywhere (PRO-6, OBJ-8)."""

    def __init__(self, state: str, act: str) -> None:
        super().__init__(state, act)
        self.state = state
        self.act = act


class NotErasable(Refusal):
    """An event that says what was erased is never erased itself: it holds nobody's words (REC-1)."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class WrongPhase(Refusal):
    """The retro is not in the phase that this act needs, or it is paused (LRN-1). ``phase`` is where it is now."""

    def __init__(self, phase: str, act: str) -> None:
        super().__init__(phase, act)
        self.phase = phase
        self.act = act


class AlreadyDone(Refusal):
    """The act was taken before; repeating it changes nothing."""

    def __init__(self, act: str) -> None:
        super().__init__(act)
        self.act = act


class BadText(Refusal):
    """A text is missing, too short or too long. Lengths are characters."""

    def __init__(self, field: str, length: int, least: int, most: int) -> None:
        super().__init__(field, length, least, most)
        self.field = field
        self.length = length
        self.least = least
        self.most = most


class BadValue(Refusal):
    """A value cannot be read as what the field or policy key holds.

    ``wanted`` names what would fit, which presenters have words for, and ``parts`` are its bounds, or what to choose
    from.
    """

    def __init__(self, field: str, text: str, wanted: str, *parts: object) -> None:
        super().__init__(field, text, wanted, *parts)
        self.field = field
        self.text = text
        self.wanted = wanted
        self.parts = parts


class Unfit(Refusal):
    """Several things at once keep a text from being decided on (PRO-3), so that each is mended in one round."""

    def __init__(self, faults: tuple[Refusal, ...]) -> None:
        super().__init__(faults)
        self.faults = faults


class AmountUnclear(Refusal):
    """An amount as typed means nothing for certain. ``why`` is a key; ``currency`` the one it was read in, if any.

    ``readings`` are what it may mean, each in minor units of a currency.
    """

    def __init__(
        self, why: str, text: str = "", readings: tuple[tuple[int, str], ...] = (), currency: str = ""
    ) -> None:
        super().__init__(why, text, readings, currency)
        self.why = why
        self.text = text
        self.readings = readings
        self.currency = currency


class UnknownKey(Refusal):
    """No policy key, type or choice has this name. ``nearest`` lists the likeliest ones."""

    def __init__(self, name: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(name, nearest)
        self.name = name
        self.nearest = nearest


class OutOfBounds(Refusal):
    """A value lies below the floor or above the ceiling that nothing may cross (POL-1)."""

    def __init__(self, key: str, value: str, floor: str, ceiling: str) -> None:
        super().__init__(key, value, floor, ceiling)
        self.key = key
        self.value = value
        self.floor = floor
        self.ceiling = ceiling


class BadBallot(Refusal):
    """Marks that a ballot of this method may not hold (DEC-1).

    ``why`` is a key: ``mark`` of one option, ``total`` of all, ``order`` of places; these range from ``least`` to
    ``most``, None where there is no most.
    """

    def __init__(self, why: str, least: int, most: int | None) -> None:
        super().__init__(why, least, most)
        self.why = why
        self.least = least
        self.most = most


class LimitReached(Refusal):
    """A cap is used up (PRO-3, PRO-5). ``limit`` names it."""

    def __init__(self, limit: str, most: int) -> None:
        super().__init__(limit, most)
        self.limit = limit
        self.most = most


class TooFewElectors(Refusal):
    """Fewer electors than the policy asks for (PRO-9), the author not counted."""

    def __init__(self, found: int, least: int) -> None:
        super().__init__(found, least)
        self.found = found
        self.least = least


class TooFewStakeholders(TooFewElectors):
    """Fewer stakeholders wear their role than a ratification needs (SCL-5)."""


class RoleMissing(Refusal):
    """A role that gave the deciding group's member seat carries it no more: who may object is not known (ORG-3)."""

    def __init__(self, group: str) -> None:
        super().__init__(group)
        self.group = group


class Provisional(Refusal):
    """The partnership is not ratified yet, so this type of decision cannot be opened (SCL-5)."""


class Conflicted(Refusal):
    """The person stands too near the matter to rule on it (ORG-6, OBJ-4)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Stale(Refusal):
    """What the decision was written against has changed since (EFF-1)."""

    def __init__(self, what: str, was: str, now: str) -> None:
        super().__init__(what, was, now)
        self.what = what
        self.was = was
        self.now = now


class Outdated(Refusal):
    """Somebody has changed what the actor looked at before they agreed to it. ``what`` it is."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Refiled(Refusal):
    """The same was not adopted lately, and the draft is not linked to it (OBJ-6). ``number`` is its number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class NotYours(Refusal):
    """Only the author of the thing may do this."""


class RoleSuspended(Refusal):
    """The seat's role has gained power over the server: it gives no authority until that is mended (ORG-2).

    ``role`` is its name, ``powers`` the Discord permissions that it gained.
    """

    def __init__(self, role: str, powers: tuple[str, ...]) -> None:
        super().__init__(role, powers)
        self.role = role
        self.powers = powers


class RoleRefused(Refusal):
    """A Discord role that may not carry a seat (ORG-2a). ``why`` is a key for the presenter."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Changed(Exception):
    """Somebody else changed the same thing first: load it again and retry (optimistic locking)."""


class TimeUnclear(Refusal):
    """A time as typed may mean several things, or nothing. ``candidates`` can be typed so; ``why`` is a key."""

    def __init__(self, text: str, why: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(text, why, candidates)
        self.text = text
        self.why = why
        self.candidates = candidates


class TimePast(Refusal):
    """A time as typed is over. ``instant`` is what was understood, in UTC."""

    def __init__(self, text: str, instant: datetime) -> None:
        super().__init__(text, instant)
        self.text = text
        self.instant = instant


class TimeSkipped(Refusal):
    """The clocks of this zone leave that wall time out. ``around`` are the times before and after, to be typed."""

    def __init__(self, text: str, zone: str, wall: str, around: tuple[str, str]) -> None:
        super().__init__(text, zone, wall, around)
        self.text = text
        self.zone = zone
        self.wall = wall
        self.around = around


class TimeTwice(Refusal):
    """The clocks of this zone show that wall time twice. ``both`` name each with its offset, to be typed."""

    def __init__(self, text: str, zone: str, both: tuple[str, str]) -> None:
        super().__init__(text, zone, both)
        self.text = text
        self.zone = zone
        self.both = both


class ZoneUnknown(Refusal):
    """No time zone has this name. ``nearest`` lists the likeliest ones."""

    def __init__(self, name: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(name, nearest)
        self.name = name
        self.nearest = nearest
