"""The charter, written a second time by hand: act by act, who may and who may not (ORG-2, ORG-4, ORG-6, SCL-2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.governance import authority
from bot.governance.authority import Act, Domain, Relation
from bot.governance.errors import Conflicted, MayNotFile, NotEligible, NotYours, RoleSuspended
from bot.governance.ids import GroupId, PersonId, RoleId
from bot.governance.matrix import GENESIS
from bot.governance.organisation import Group, GroupKind, Holding, Member, RoleMapping
from tests.governance import scene

HERE, THERE = GroupId(7), GroupId(8)
OPEN = Group(HERE, GroupKind.CELL, "Here")
PRIVATE = replace(OPEN, private=True)
WHOLE = None


def someone(name: str, seat: str = "", group: GroupId | None = None) -> Member:
    return Member(PersonId(name), (RoleMapping(RoleId(1), group, seat),) if seat else ())


PEOPLE = {
    "member": someone("member", "member", HERE),
    "facilitator": someone("facilitator", "facilitator", HERE),
    "lead": someone("lead", "lead", HERE),
    "liaison": someone("liaison", "liaison", HERE),
    "observer": someone("observer", "observer", HERE),
    "elsewhere": someone("elsewhere", "member", THERE),
    "contributor": someone("contributor", "contributor"),
    "outsider": someone("outsider"),
}
LEADING = ("facilitator", "lead")
OF_THE_GROUP = ("member", *LEADING, "liaison")
ACTIVE = (*OF_THE_GROUP, "elsewhere", "contributor")
SEATED = (*ACTIVE, "observer")
READING_PRIVATELY = (*OF_THE_GROUP, "observer")


def seated(*without: str) -> tuple[Holding, ...]:
    return tuple(Holding(m.person, s) for name, m in PEOPLE.items() if name not in without for s in m.seats)


LED, LEADERLESS = seated(), seated(*LEADING)

NOBODY: tuple[str, ...] = ()
BY_SEAT: list[tuple[Act, Domain, tuple[Holding, ...], tuple[str, ...]]] = [
    (Act.LOOK_AROUND, WHOLE, LED, SEATED),
    (Act.LIST_ROLES, WHOLE, LED, SEATED),
    (Act.READ, WHOLE, LED, SEATED),
    (Act.READ, OPEN, LED, SEATED),
    (Act.READ, PRIVATE, LED, READING_PRIVATELY),
    (Act.READ_PROPOSAL, OPEN, LED, SEATED),
    (Act.READ_PROPOSAL, PRIVATE, LED, READING_PRIVATELY),
    (Act.READ_UNASKED, HERE, LED, LEADING),
    (Act.READ_UNASKED, HERE, LEADERLESS, ("member", *LEADING)),
    (Act.BE_CALLED, HERE, LED, OF_THE_GROUP),
    (Act.TAKE_PART_IN_RETRO, OPEN, LED, ACTIVE),
    (Act.TAKE_PART_IN_RETRO, PRIVATE, LED, OF_THE_GROUP),
    (Act.TAKE_PART_IN_MEETING, OPEN, LED, ACTIVE),
    (Act.TAKE_PART_IN_MEETING, PRIVATE, LED, OF_THE_GROUP),
    (Act.BE_SURVEYED, HERE, LED, OF_THE_GROUP),
    (Act.BE_SURVEYED, frozenset({HERE, THERE}), LED, (*OF_THE_GROUP, "elsewhere")),
    (Act.BE_SURVEYED, WHOLE, LED, SEATED),
    (Act.OWN_ACTION, WHOLE, LED, SEATED),
    (Act.GIVE_FEEDBACK, WHOLE, LED, SEATED),
    (Act.GIVE_FEEDBACK, OPEN, LED, SEATED),
    (Act.GIVE_FEEDBACK, PRIVATE, LED, READING_PRIVATELY),
    (Act.RAISE_CONCERN, WHOLE, LED, ACTIVE),
    (Act.BE_ELECTOR, HERE, LED, ("member",)),
    (Act.ASK_TEST, HERE, LED, ("facilitator",)),
    (Act.ASK_TEST, HERE, LEADERLESS, ("facilitator",)),
    (Act.RULE_ON_FORM, HERE, LED, ("facilitator",)),
    (Act.MARK_DONE, HERE, LED, OF_THE_GROUP),
    (Act.MARK_DONE, frozenset({HERE, THERE}), LED, (*OF_THE_GROUP, "elsewhere")),
    (Act.TAKE_OVER_RETRO, HERE, LED, LEADING),
    (Act.TAKE_OVER_RETRO, HERE, LEADERLESS, LEADING),
    (Act.TAKE_FEEDBACK, HERE, LED, OF_THE_GROUP),
    (Act.TAKE_FEEDBACK, WHOLE, LED, ACTIVE),
]
LED_ACTS = (
    Act.RUN_RETRO,
    Act.TAKE_OVER_LOST_RETRO,
    Act.FINISH_ACTION,
    Act.RUN_MEETING,
    Act.RUN_SURVEY,
    Act.ASSIGN_FEEDBACK,
    Act.ANSWER_FEEDBACK,
    Act.HIDE_FEEDBACK,
)
"""What a group's facilitators and leads do, whatever the noun: without them its members do, and no other seat."""

BY_RELATION: dict[Act, set[Relation]] = {
    Act.LIST_ROLES: {Relation.MODERATOR},
    Act.READ_PROPOSAL: {Relation.AUTHOR, Relation.SPEAKER, Relation.HAS_A_SAY},
    Act.ANSWER_SURVEY: {Relation.ASKED},
    Act.RAISE_CONCERN: {Relation.ELECTOR},
    Act.REVISE: {Relation.AUTHOR},
    Act.CONFIRM_READING: {Relation.ELECTOR},
    Act.OBJECT: {Relation.ELECTOR},
    Act.SPEAK_FOR_OBJECTION: {Relation.SPEAKER, Relation.COLLEAGUE},
    Act.SPONSOR: {Relation.ELECTOR},
    Act.HALT: {Relation.ELECTOR},
    Act.ESCALATE: {Relation.AUTHOR, Relation.ELECTOR},
    Act.VOTE: {Relation.VOTER},
    Act.ASK_TEST: {Relation.AUTHOR},
    Act.APPEAL: {Relation.LOSER},
    Act.JUDGE: {Relation.JUDGE},
    Act.MARK_DONE: {Relation.AUTHOR},
    Act.LEAD_RETRO: {Relation.FACILITATOR},
    Act.FINISH_ACTION: {Relation.OWNER, Relation.FACILITATOR},
    Act.CONFIRM_MEETING: {Relation.AUTHOR},
    Act.ASSIGN_FEEDBACK: {Relation.OWNER},
    Act.ANSWER_FEEDBACK: {Relation.OWNER},
    Act.RESOLVE_FEEDBACK: {Relation.AUTHOR},
    Act.SET_UP: {Relation.MODERATOR},
}
NEVER: list[tuple[Act, Relation, Conflicted | NotEligible]] = [
    (Act.RULE_ON_FORM, Relation.AUTHOR, Conflicted("author")),
    (Act.RULE_ON_FORM, Relation.SPEAKER, Conflicted("objector")),
    (Act.RULE_ON_FORM, Relation.AUTHORS_ORGANISATION, Conflicted("organisation")),
    (Act.RULE_ON_FORM, Relation.FILING_GROUP, Conflicted("same cell")),
    (Act.OBJECT, Relation.AUTHOR, NotEligible("author")),
    (Act.CONFIRM_READING, Relation.AUTHOR, NotEligible("author")),
    (Act.SPONSOR, Relation.AUTHOR, NotEligible("author")),
    (Act.SPONSOR, Relation.OBJECTOR, NotEligible("own objection")),
    (Act.JUDGE, Relation.AUTHOR, Conflicted("party")),
    (Act.JUDGE, Relation.SPEAKER, Conflicted("party")),
    (Act.JUDGE, Relation.RULED, Conflicted("own ruling")),
]
OFFICES = {Act.FILE, Act.ASK_TEST, Act.RULE_ON_FORM, Act.TAKE_OVER_RETRO, *LED_ACTS}
"""What no seat gives whose role has gained power over the server (ORG-2)."""


def allowed(act: Act, domain: Domain, holdings: tuple[Holding, ...]) -> set[str]:
    return {name for name, each in PEOPLE.items() if authority.may(each, act, domain, holdings)}


@pytest.mark.parametrize(("act", "domain", "holdings", "who"), BY_SEAT)
def test_what_a_seat_gives(act: Act, domain: Domain, holdings: tuple[Holding, ...], who: tuple[str, ...]) -> None:
    assert allowed(act, domain, holdings) == set(who)


@pytest.mark.parametrize("act", LED_ACTS)
def test_leading_is_the_same_for_every_noun(act: Act) -> None:
    """ORG-4: a liaison of a group that nobody leads runs neither its meetings nor its surveys; its members do both."""
    assert allowed(act, HERE, LED) == set(LEADING)
    assert allowed(act, HERE, LEADERLESS) == {"member", *LEADING}
    assert allowed(act, WHOLE, LED) == set(LEADING), "whoever leads anywhere, for the partnership as a whole"
    assert allowed(act, WHOLE, LEADERLESS) == {"member", "elsewhere", "contributor", *LEADING}
    assert allowed(act, frozenset({HERE, THERE}), LEADERLESS) == {"member", "elsewhere", *LEADING}
    elsewhere = (Holding(PersonId("x"), RoleMapping(RoleId(1), THERE, "lead")),)
    assert "member" in allowed(act, HERE, elsewhere), "a lead elsewhere leads elsewhere"


@pytest.mark.parametrize("act", Act)
def test_no_relation_gives_more_than_is_written(act: Act) -> None:
    barred = {relation for of, relation, _ in NEVER if of is act}
    wanted = BY_RELATION.get(act, set()) - barred
    outsider = PEOPLE["outsider"]
    assert {each for each in Relation if authority.may(outsider, act, OPEN, LED, {each})} == wanted


def test_every_act_is_written_here() -> None:
    assert {*BY_RELATION, *LED_ACTS, *(row[0] for row in BY_SEAT), Act.FILE} == set(Act) == set(authority.CHARTER)
    in_no_hands = set(Act) - {*LED_ACTS, *(row[0] for row in BY_SEAT), Act.FILE}
    for act in in_no_hands:
        for domain in (OPEN, PRIVATE, WHOLE):
            assert allowed(act, domain, LEADERLESS) == set(NOBODY), act


@pytest.mark.parametrize(("act", "near", "refusal"), NEVER)
def test_who_stands_too_near_may_not_whatever_else_they_are(
    act: Act, near: Relation, refusal: Conflicted | NotEligible
) -> None:
    everything = {Relation.ELECTOR, Relation.JUDGE, near}
    facilitator = PEOPLE["facilitator"]
    assert authority.may(facilitator, act, HERE, LED, everything - {near})
    assert not authority.may(facilitator, act, HERE, LED, everything)
    with pytest.raises(type(refusal)) as refused:
        authority.check(facilitator, act, HERE, LED, everything)
    assert refused.value.args == refusal.args


@pytest.mark.parametrize("act", sorted(OFFICES - {Act.FILE}))
def test_an_office_comes_from_no_role_that_gained_power(act: Act) -> None:
    tainted, sound = (
        Member(PersonId("flo"), (RoleMapping(RoleId(2), HERE, "facilitator", name="Flo", powers=powers),))
        for powers in (("administrator",), ())
    )
    holdings = (Holding(tainted.person, tainted.seats[0]),)
    assert not authority.may(tainted, act, HERE, holdings)
    with pytest.raises(RoleSuspended, match="Flo"):
        authority.check(tainted, act, HERE, holdings)
    authority.check(replace(sound, seats=(*tainted.seats, *sound.seats)), act, HERE, holdings)
    assert authority.holders(act, HERE, holdings) == set()
    if Relation.OWNER in BY_RELATION.get(act, set()):
        authority.check(tainted, act, HERE, holdings, {Relation.OWNER})


@pytest.mark.parametrize("act", sorted(set(Act) - OFFICES))
def test_what_is_no_office_stays_whatever_became_of_the_role(act: Act) -> None:
    """Else whoever manages roles could silence people (PRO-9)."""
    for name, each in PEOPLE.items():
        tainted = replace(each, seats=tuple(replace(seat, powers=("administrator",)) for seat in each.seats))
        for domain in (OPEN, WHOLE):
            assert authority.may(tainted, act, domain, LED) == authority.may(each, act, domain, LED), name


@pytest.mark.parametrize("act", sorted(set(Act) - {Act.FILE}))
def test_a_refusal_says_why_and_what_is_anothers_is_not_yours(act: Act) -> None:
    others = {Act.REVISE, Act.CONFIRM_MEETING, Act.RESOLVE_FEEDBACK}
    refusal: type[NotEligible | NotYours] = NotYours if act in others else NotEligible
    with pytest.raises(refusal):
        authority.check(PEOPLE["outsider"], act, PRIVATE, LED)
    closer = NotEligible("closer")
    with pytest.raises(NotEligible, match="closer"):
        authority.check(PEOPLE["outsider"], act, PRIVATE, LED, otherwise=closer)


@pytest.mark.parametrize("act", sorted(set(Act) - {Act.FILE}))
def test_everybody_whose_seat_gives_it_is_found_at_once(act: Act) -> None:
    for domain in (OPEN, PRIVATE, WHOLE):
        for holdings in (LED, LEADERLESS):
            found = authority.holders(act, domain, holdings)
            seats = {h.person for h in holdings}
            assert found == {name for name in allowed(act, domain, holdings) if name in seats}


def test_where_privacy_or_leading_matters_it_must_be_known() -> None:
    with pytest.raises(AssertionError):
        authority.may(PEOPLE["member"], Act.READ, HERE)
    with pytest.raises(AssertionError):
        authority.may(PEOPLE["member"], Act.RUN_RETRO, HERE)


def test_who_files_stands_in_the_matrix() -> None:
    files = {row.name: {m.person for m in FILERS if authority.may_file(m, row, scene.PARTNERSHIP)} for row in GENESIS}
    assert files == {
        "general": {"funder", "flo", "top", "waterer", "giver"},
        "operational": {"top", "waterer"},
        "budget": {"top"},
        "policy": {"funder", "top", "waterer"},
        "ratification": set(),
    }
    for row in GENESIS:
        for each in FILERS:
            if each.person not in files[row.name]:
                with pytest.raises(MayNotFile):
                    authority.check_file(each, row, scene.PARTNERSHIP)


FILERS = (
    scene.member("funder", scene.FUNDER),
    scene.member("flo", scene.SHG_FACILITATOR),
    scene.member("top", scene.TOP),
    scene.member("waterer", scene.WATERER),
    scene.member("giver", scene.GIVER),
    scene.member("watcher", scene.SHG_OBSERVER),
    scene.member("stranger"),
)


def test_filing_is_an_office() -> None:
    top = scene.member("top", replace(scene.TOP, powers=("administrator",), name="Top"))
    row = next(each for each in GENESIS if each.name == "budget")
    assert not authority.may_file(top, row, scene.PARTNERSHIP)
    with pytest.raises(RoleSuspended, match="Top"):
        authority.check_file(top, row, scene.PARTNERSHIP)
