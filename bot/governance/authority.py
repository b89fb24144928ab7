"""The charter: who may do what, by which seat and where, or by what they are to the thing itself (ORG-2, ORG-6).

Every act has one row, and nothing else decides by seats. People come in as ``Member`` and ``Holding``, who holds what
at this instant. Facts about one thing (who wrote it, who was pinned when it opened) come in as relations to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.governance.errors import Conflicted, MayNotFile, NotEligible, NotYours, Refusal, RoleSuspended, SeatNeeded
from bot.governance.ids import GroupId, PersonId
from bot.governance.matrix import DecisionType
from bot.governance.organisation import (
    CONTRIBUTOR,
    FACILITATOR,
    LEAD,
    MEMBER,
    OBSERVER,
    Group,
    GroupKind,
    Holding,
    Member,
    Partnership,
    RoleMapping,
)

Domain = Group | GroupId | frozenset[GroupId] | None
"""Where authority is asked for: in a group, in several, or (None) in the partnership as a whole."""


class Act(StrEnum):
    """What people do. Each is a row of the charter."""

    LOOK_AROUND = "look around in the partnership"
    LIST_ROLES = "see which role gives which seat"
    READ = "read what is of a group, or of everyone with a seat"
    READ_PROPOSAL = "read a proposal"
    READ_UNASKED = "read a survey that was never opened"

    BE_CALLED = "be called to a group's retros and meetings"
    TAKE_PART_IN_RETRO = "take part in a retro, and keep thoughts for the next one"
    TAKE_PART_IN_MEETING = "say whether one comes, add to the agenda, write minutes"
    BE_SURVEYED = "be asked by a survey that opens"
    ANSWER_SURVEY = "answer a survey"
    OWN_ACTION = "own what a retro agreed to do"
    GIVE_FEEDBACK = "give feedback"
    RAISE_CONCERN = "raise a concern about a proposal"

    FILE = "file a proposal of this type"
    REVISE = "write a proposal's draft, open its review, revise or withdraw it"
    BE_ELECTOR = "count among the electors of what opens in the group"
    CONFIRM_READING = "say that one has read a proposal"
    OBJECT = "object to a proposal"
    SPEAK_FOR_OBJECTION = "state an objection, withdraw it, say whether a revision resolves it"
    SPONSOR = "take over an objection whose objector is gone"
    HALT = "ask to halt what passed"
    ESCALATE = "put a disputed proposal to the vote"
    VOTE = "vote on a proposal"
    APPEAL = "appeal against a ruling on form"
    JUDGE = "decide an appeal"
    ASK_TEST = "ask for the test of form"
    RULE_ON_FORM = "rule whether an objection is in form"
    MARK_DONE = "say that people have done what was decided"

    RUN_RETRO = "begin a group's retros"
    LEAD_RETRO = "lead a retro on through its phases"
    TAKE_OVER_RETRO = "take over from who leads a retro"
    TAKE_OVER_LOST_RETRO = "lead on where who led a retro is gone"
    FINISH_ACTION = "say that an action is done"
    RUN_MEETING = "schedule and run a group's meetings"
    CONFIRM_MEETING = "confirm a meeting that one typed"
    RUN_SURVEY = "ask a survey"

    TAKE_FEEDBACK = "note that feedback was seen, and take it on"
    ASSIGN_FEEDBACK = "give feedback to somebody else to answer"
    ANSWER_FEEDBACK = "answer feedback, and close it"
    HIDE_FEEDBACK = "hide the words of feedback, and show them again"
    RESOLVE_FEEDBACK = "say whether an answer resolves one's feedback"

    SET_UP = "set a partnership up, map roles to seats, mend channels"


class Relation(StrEnum):
    """What somebody is to the thing at hand, whatever their seats."""

    AUTHOR = "who wrote it"
    OBJECTOR = "who raised the objection"
    SPEAKER = "who raised the objection, or took it over"
    COLLEAGUE = "an elector of the objector's organisation, where organisations are counted"
    LOSER = "whom the ruling went against"
    ELECTOR = "who was pinned as its elector, and has not given the seat up"
    VOTER = "who was pinned as its voter, and has not given the seat up"
    JUDGE = "who was pinned as judge of appeals"
    RULED = "who asked for the ruling, or gave it"
    HAS_A_SAY = "whose act is open in it"
    ASKED = "who was among those asked when it opened"
    OWNER = "who took it on"
    FACILITATOR = "who leads it now"
    MODERATOR = "who may manage roles in Discord"
    AUTHORS_ORGANISATION = "who speaks for an organisation of its author"
    FILING_GROUP = "who sits, beside the deciding group, where its author sits"


class SeatKind(StrEnum):
    """Which sort of seat gives it."""

    ANY = "any, observers too"
    ACTIVE = "any but an observer's"
    MEMBER = "a member's; of the partnership as a whole a contributor's too"
    FACILITATOR = "a facilitator's"
    LEADER = "a facilitator's or a lead's"


class Where(StrEnum):
    """In which group the seat is."""

    HERE = "in the group; for the partnership as a whole in any"
    OPENLY = "in the group, or anywhere while it is not private"
    ANYWHERE = "anywhere in the partnership"


class When(StrEnum):
    """What must be so beside."""

    ALWAYS = "always"
    LEADERLESS = "nobody there is facilitator or lead"
    WHOLE = "it is of the partnership as a whole"


@dataclass(frozen=True, slots=True)
class Held:
    """Those who hold a seat of this sort there."""

    seats: SeatKind
    where: Where = Where.HERE
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class Never:
    """Those who stand too near, whatever else they are, and how they are refused (ORG-6)."""

    relation: Relation
    why: str
    refused: type[Conflicted | NotEligible] = Conflicted


@dataclass(frozen=True, slots=True)
class Right:
    """A row: the rules behind it, who holds it, and why others are refused (empty: it is another's thing).

    An ``office`` gives no seat whose role has gained power over the server (ORG-2). What electors do is none: they keep
    their say, else whoever manages roles could silence them (PRO-9). ``needs`` is the seat that a refusal names.
    """

    rules: str
    holders: tuple[Held | Relation, ...]
    why: str = ""
    needs: str = ""
    office: bool = False
    never: tuple[Never, ...] = ()


ANYONE_SEATED = Held(SeatKind.ANY, Where.ANYWHERE)
ANYONE_ACTIVE = Held(SeatKind.ACTIVE, Where.ANYWHERE)
READERS = Held(SeatKind.ANY, Where.OPENLY)
PARTICIPANTS = Held(SeatKind.ACTIVE, Where.OPENLY)
ITS_OWN = Held(SeatKind.ACTIVE)
ALL_ASKED_TOGETHER = Held(SeatKind.ANY, when=When.WHOLE)
MEMBERS = Held(SeatKind.MEMBER)
FACILITATORS = Held(SeatKind.FACILITATOR)
LEADERS = Held(SeatKind.LEADER)
MEMBERS_IF_LEADERLESS = Held(SeatKind.MEMBER, when=When.LEADERLESS)
"""Where nobody facilitates or leads, the group's members do together: no other seat brings that with it (ORG-4)."""
LED_BY = (LEADERS, MEMBERS_IF_LEADERLESS)

_TOO_NEAR = (
    Never(Relation.AUTHOR, "author"),
    Never(Relation.SPEAKER, "objector"),
    Never(Relation.AUTHORS_ORGANISATION, "organisation"),
    Never(Relation.FILING_GROUP, "same cell"),
)
_NOT_ON_ONES_OWN = Never(Relation.AUTHOR, "author", NotEligible)

CHARTER: Mapping[Act, Right] = {
    # Reading
    Act.LOOK_AROUND: Right("SCL-2", (ANYONE_SEATED,), "no seat"),
    Act.LIST_ROLES: Right("ORG-2, ORG-6", (ANYONE_SEATED, Relation.MODERATOR), "no seat"),
    Act.READ: Right("SCL-2", (READERS,), "no seat"),
    Act.READ_PROPOSAL: Right(
        "SCL-2, PRO-9", (READERS, Relation.AUTHOR, Relation.SPEAKER, Relation.HAS_A_SAY), "no seat"
    ),
    Act.READ_UNASKED: Right("LRN-2", LED_BY, "run survey"),
    # Taking part
    Act.BE_CALLED: Right("RHY-2, RHY-3", (ITS_OWN,), "no seat"),
    Act.TAKE_PART_IN_RETRO: Right("LRN-1, SCL-2", (PARTICIPANTS,), "retro seat"),
    Act.TAKE_PART_IN_MEETING: Right("RHY-1, SCL-2", (PARTICIPANTS,), "meeting seat"),
    Act.BE_SURVEYED: Right("LRN-2", (ITS_OWN, ALL_ASKED_TOGETHER), "not asked"),
    Act.ANSWER_SURVEY: Right("LRN-2", (Relation.ASKED,), "not asked"),
    Act.OWN_ACTION: Right("LRN-1", (ANYONE_SEATED,), "owner without seat"),
    Act.GIVE_FEEDBACK: Right("LRN-4, SCL-2", (READERS,), "no seat"),
    Act.RAISE_CONCERN: Right("OBJ-3, POL-3", (ANYONE_ACTIVE, Relation.ELECTOR), "no seat"),
    # Deciding
    Act.FILE: Right("POL-3, ORG-6", (), "may not file", office=True),  # its holders stand in the matrix: ``may_file``
    Act.REVISE: Right("PRO-1, PRO-5, PRO-6", (Relation.AUTHOR,)),
    Act.BE_ELECTOR: Right("PRO-9, POL-3", (MEMBERS,), "not an elector"),  # who is pinned when it opens: ``rolls``
    Act.CONFIRM_READING: Right("PRO-8", (Relation.ELECTOR,), "not an elector", never=(_NOT_ON_ONES_OWN,)),
    Act.OBJECT: Right("OBJ-1, PRO-9", (Relation.ELECTOR,), "not an elector", never=(_NOT_ON_ONES_OWN,)),
    Act.SPEAK_FOR_OBJECTION: Right("OBJ-2, OBJ-6", (Relation.SPEAKER, Relation.COLLEAGUE), "not the objector"),
    Act.SPONSOR: Right(
        "PRO-9",
        (Relation.ELECTOR,),
        "not an elector",
        never=(Never(Relation.OBJECTOR, "own objection", NotEligible), _NOT_ON_ONES_OWN),
    ),
    Act.HALT: Right("EFF-3", (Relation.ELECTOR,), "not an elector"),
    Act.ESCALATE: Right("PRO-6, ESC-1", (Relation.AUTHOR, Relation.ELECTOR), "not an elector"),
    Act.ASK_TEST: Right("OBJ-4", (FACILITATORS, Relation.AUTHOR), "ask test", FACILITATOR, office=True),
    Act.RULE_ON_FORM: Right("OBJ-4, ORG-6", (FACILITATORS,), "rule", FACILITATOR, office=True, never=_TOO_NEAR),
    Act.APPEAL: Right("OBJ-4", (Relation.LOSER,), "appeal"),
    Act.JUDGE: Right(
        "OBJ-4, ORG-6",
        (Relation.JUDGE,),
        "appeal vote",
        MEMBER,
        never=(Never(Relation.AUTHOR, "party"), Never(Relation.SPEAKER, "party"), Never(Relation.RULED, "own ruling")),
    ),
    Act.VOTE: Right("DEC-1, PRO-9", (Relation.VOTER,), "vote", MEMBER),
    Act.MARK_DONE: Right("POL-3", (ITS_OWN, Relation.AUTHOR), "mark as done"),
    # Leading
    Act.RUN_RETRO: Right("LRN-1, ORG-4", LED_BY, "run retro", office=True),
    Act.LEAD_RETRO: Right("LRN-1", (Relation.FACILITATOR,), "not the facilitator"),
    Act.TAKE_OVER_RETRO: Right("LRN-1", (LEADERS,), "take over", office=True),
    Act.TAKE_OVER_LOST_RETRO: Right("LRN-1", LED_BY, "take over", office=True),
    Act.FINISH_ACTION: Right("LRN-1", (Relation.OWNER, Relation.FACILITATOR, *LED_BY), "action owner", office=True),
    Act.RUN_MEETING: Right("RHY-1, ORG-4", LED_BY, "run meetings", office=True),
    Act.CONFIRM_MEETING: Right("RHY-1", (Relation.AUTHOR,)),
    Act.RUN_SURVEY: Right("LRN-2", LED_BY, "run survey", office=True),
    # Feedback
    Act.TAKE_FEEDBACK: Right("LRN-4", (ITS_OWN,), "take feedback"),
    Act.ASSIGN_FEEDBACK: Right("LRN-4", (Relation.OWNER, *LED_BY), "tend feedback", office=True),
    Act.ANSWER_FEEDBACK: Right("LRN-4", (Relation.OWNER, *LED_BY), "answer feedback", office=True),
    Act.HIDE_FEEDBACK: Right("LRN-4", LED_BY, "hide feedback", office=True),
    Act.RESOLVE_FEEDBACK: Right("LRN-4", (Relation.AUTHOR,)),
    # Setting up: no governance act
    Act.SET_UP: Right("ORG-2, SCL-1", (Relation.MODERATOR,), "manage roles"),
}
"""Who may do what. An act that is in nobody's hands by seat is in the hands of who stands to the thing as named."""


def may(
    member: Member,
    act: Act,
    domain: Domain = None,
    holdings: Iterable[Holding] | None = None,
    relations: Collection[Relation] = (),
) -> bool:
    """Whether this member may do this there. ``holdings`` are asked for where it matters whether anybody leads."""
    right = CHARTER[act]
    seats = member.trusted.seats if right.office else member.seats
    if any(each.relation in relations for each in right.never):
        return False
    return _related(right, relations) or any(map(_giving(right, domain, holdings), seats))


def check(
    member: Member,
    act: Act,
    domain: Domain = None,
    holdings: Iterable[Holding] | None = None,
    relations: Collection[Relation] = (),
    otherwise: Refusal | None = None,
) -> None:
    """The same, with the row's refusal or a closer one.

    Raises Conflicted, RoleSuspended where only a role that has gained power would do, NotEligible, NotYours.
    """
    right = CHARTER[act]
    near = next((each for each in right.never if each.relation in relations), None)
    if near is not None:
        raise near.refused(near.why)
    if not _related(right, relations):
        refusal = otherwise or (NotEligible(right.why, right.needs) if right.why else NotYours())
        _check_seats(member, right, _giving(right, domain, holdings), refusal)


def holders(act: Act, domain: Domain, holdings: Collection[Holding]) -> frozenset[PersonId]:
    """Everybody whose seat gives them this act there."""
    right = CHARTER[act]
    gives = _giving(right, domain, holdings)
    return frozenset(h.person for h in holdings if gives(h.mapping) and not (right.office and h.mapping.powers))


def leaders(group: GroupId, holdings: Collection[Holding]) -> tuple[PersonId, ...]:
    """Who leads a group by their seat: its facilitators, then its leads, each in a fixed order (LRN-1)."""
    here = [(h.mapping.seat, h.person) for h in holdings if h.mapping.group == group]
    found = [person for seat in (FACILITATOR, LEAD) for person in sorted({p for s, p in here if s == seat})]
    return tuple(dict.fromkeys(found))


def may_file(member: Member, row: DecisionType, partnership: Partnership) -> bool:
    """Whether a seat of theirs may file by this row of the matrix (POL-3, ORG-6)."""
    return any(map(_filing(row, partnership), member.trusted.seats))


def check_file(member: Member, row: DecisionType, partnership: Partnership) -> None:
    """The same. Raises MayNotFile with what would do, RoleSuspended."""
    names = {group.kind: group.name for group in reversed(partnership.groups)}
    needed = [SeatNeeded(s.seat, s.kind or "", names.get(s.kind, "") if s.kind else "") for s in row.may_file]
    _check_seats(member, CHARTER[Act.FILE], _filing(row, partnership), MayNotFile(tuple(needed)))


# ---- how a row is read ---------------------------------------------------------------------------

Gives = Callable[[RoleMapping], bool]
"""Whether a seat gives an act."""


def _check_seats(member: Member, right: Right, gives: Gives, otherwise: Refusal) -> None:
    giving = [seat for seat in member.seats if gives(seat)]
    if not giving:
        raise otherwise
    if right.office and all(seat.powers for seat in giving):
        raise RoleSuspended(giving[0].name, giving[0].powers)


def _related(right: Right, relations: Collection[Relation]) -> bool:
    return any(each in relations for each in right.holders if isinstance(each, Relation))


def _giving(right: Right, domain: Domain, holdings: Iterable[Holding] | None) -> Gives:
    """What a row says of a seat, in this domain."""
    held = [each for each in right.holders if isinstance(each, Held)]
    led = False
    if any(each.when is When.LEADERLESS for each in held):
        assert holdings is not None, "who leads there must be known"
        leads = _gives(LEADERS, domain)
        led = any(leads(holding.mapping) for holding in holdings)
    holds_now = {When.ALWAYS: True, When.LEADERLESS: not led, When.WHOLE: domain is None}
    ways = [_gives(each, domain) for each in held if holds_now[each.when]]
    return lambda seat: any(gives(seat) for gives in ways)


def _gives(held: Held, domain: Domain) -> Gives:
    groups, is_of = _groups(held.where, domain), _IS_OF[held.seats]
    return lambda seat: (groups is None or seat.group in groups) and is_of(seat.seat)


_IS_OF: Mapping[SeatKind, Callable[[str], bool]] = {
    SeatKind.ANY: lambda seat: True,
    SeatKind.ACTIVE: lambda seat: seat != OBSERVER,
    SeatKind.MEMBER: lambda seat: seat in {MEMBER, CONTRIBUTOR},
    SeatKind.FACILITATOR: lambda seat: seat == FACILITATOR,
    SeatKind.LEADER: lambda seat: seat in {FACILITATOR, LEAD},
}


def _groups(where: Where, domain: Domain) -> frozenset[GroupId] | None:
    """In which groups the seat must be; None for any."""
    if where is Where.ANYWHERE or domain is None:
        return None
    if where is Where.OPENLY:
        assert isinstance(domain, Group), "whether it is private must be known"
        if not domain.private:
            return None
    if isinstance(domain, Group):
        return frozenset({domain.id})
    return domain if isinstance(domain, frozenset) else frozenset({domain})


def _filing(row: DecisionType, partnership: Partnership) -> Gives:
    """Contributors belong to the partnership as a whole: a kind of group is never theirs."""
    kinds: dict[GroupId | None, GroupKind] = {group.id: group.kind for group in partnership.groups}

    def gives(seat: RoleMapping) -> bool:
        return seat.seat != OBSERVER and any(
            wanted.seat in {"", seat.seat} and wanted.kind in {None, kinds.get(seat.group)} for wanted in row.may_file
        )

    return gives
