"""Who acts in an open process, and who reads it, whatever becomes of roles and people (PRO-9, OBJ-4, SCL-2, REC-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance import rulings
from bot.governance.errors import NotEligible, NotFound
from bot.governance.ids import ProposalId, RoleId
from bot.governance.organisation import Member, RoleMapping
from bot.governance.proposals_types import ObjectionState, ProposalState
from bot.governance.rolls import acting
from bot.governance.seats import SEASON
from bot.services import erasures, escalations, inbox, objections, proposals, roles, seats, votes
from bot.services.ports.proposals import Filter
from bot.services.proposals_cases import open_case
from tests.services.scene import (
    ADA,
    BEN,
    CAL,
    CLEO,
    CORE,
    DEV,
    ELI,
    FAY,
    FREE_KEY,
    FUND,
    GUILD,
    GUS,
    HERE,
    LAB,
    NIA,
    OTHER_TEXT,
    QUIET,
    QUINN,
    RAY,
    REASON,
    SHG_RULER,
    STAKEHOLDERS,
    SUE,
    TIA,
    TOM,
    TRUST,
    Scene,
)


async def reads(scene: Scene, who: int, filed: ProposalId) -> bool:
    """Whether they can open it, and have it in their list."""
    actor = scene.actor(who)
    try:
        await proposals.show(scene.ctx, actor, filed)
    except (NotFound, NotEligible):
        shown = False
    else:
        shown = True
    try:
        rows = await proposals.list_proposals(scene.ctx, actor, HERE, Filter())
    except NotEligible:
        rows = ()
    assert (filed in {row.id for row in rows}) is shown, "what can be opened is listed, and nothing else"
    return shown


async def electorate(scene: Scene, filed: ProposalId) -> set[int]:
    """The Discord users among the electors who act."""
    async with scene.ctx.uow.read() as tx:
        return set((await tx.people.users_of(acting((await scene.get(filed)).electors))).values())


# ---- who acts (PRO-9) -----------------------------------------------------------------------------


async def test_whoever_loses_the_seat_by_anothers_hand_does_everything_as_before(scene: Scene) -> None:
    """Every act that the rule names, by somebody without any role; who left does none of them."""
    filed = await scene.file()
    await scene.object(FAY, filed, stated=True)
    await scene.joined(ADA)
    await scene.left(BEN)
    ada, ben = scene.actor(ADA), scene.actor(BEN)
    await proposals.mark_read(scene.ctx, ada, filed)
    number = await scene.object(ADA, filed, stated=True)
    assert (await inbox.inbox(scene.ctx, ada, HERE)).items == ()
    await objections.withdraw(scene.ctx, ada, filed, number)
    await scene.left(FAY)
    await objections.sponsor(scene.ctx, ada, filed, 1)
    await scene.after(hours=72 + 48)
    await escalations.escalate(scene.ctx, ada, filed)
    await votes.cast(scene.ctx, ada, filed, {"for": 1})
    for refused in (
        proposals.show(scene.ctx, ben, filed),
        votes.cast(scene.ctx, ben, filed, {"for": 1}),
        inbox.inbox(scene.ctx, ben, HERE),
    ):
        with pytest.raises(NotEligible):
            await refused
    for who in (CLEO, DEV):
        await votes.cast(scene.ctx, scene.actor(who), filed, {"for": 1})
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.ENACTED


async def test_the_electorate_of_a_timelock_is_the_one_that_halts(scene: Scene) -> None:
    filed = await scene.file(TOM, "policy", effects=(FREE_KEY,))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.PASSED
    for who in (ADA, BEN, CLEO, DEV):
        await scene.joined(who)
        await proposals.halt(scene.ctx, scene.actor(who), filed)
    assert await scene.state(filed) is ProposalState.DISPUTED, "four of six, not four of two"


async def test_a_revision_drops_who_left_and_nobody_else(scene: Scene) -> None:
    filed = await scene.file()
    await scene.joined(CLEO)
    await scene.left(DEV)
    await scene.joined(NIA, LAB)
    scene.clock.forward(timedelta(days=2))
    await proposals.revise(scene.ctx, scene.actor(TIA), filed, OTHER_TEXT, ())
    assert await electorate(scene, filed) == {ADA, BEN, CLEO, ELI, FAY}


async def test_who_comes_back_in_time_is_an_elector_again_and_of_reviews_that_open_only_after_a_week(
    scene: Scene,
) -> None:
    filed = await scene.file()
    await scene.left(DEV)
    assert await electorate(scene, filed) == set(STAKEHOLDERS) - {DEV}
    await scene.joined(DEV, TRUST)
    assert await electorate(scene, filed) == set(STAKEHOLDERS)
    assert await electorate(scene, await scene.file(TOM)) == set(STAKEHOLDERS) - {DEV}
    scene.clock.forward(SEASON)
    assert await electorate(scene, await scene.file(TOM)) == set(STAKEHOLDERS)


@pytest.mark.both_databases
async def test_a_kick_that_is_told_late_is_no_leaving(scene: Scene) -> None:
    """Neither in what is open nor in what opens afterwards."""
    filed = await scene.file()
    await scene.left(DEV)
    await seats.removed_after_all(scene.ctx, GUILD, DEV)
    assert await electorate(scene, filed) == set(STAKEHOLDERS)
    assert await electorate(scene, await scene.file(TOM)) == set(STAKEHOLDERS)


@pytest.mark.parametrize("seated", [True, False])
async def test_a_ban_of_who_was_seen_leaving_gives_them_no_say_again(scene: Scene, seated: bool) -> None:
    """Kept with the rest, not in the memory of a process; whether they still wore the role or others had taken it."""
    filed = await scene.file()
    if not seated:
        await scene.joined(DEV)
        await scene.after(hours=24)
    left_at = scene.clock()
    await scene.left(DEV)
    scene.clock.forward(timedelta(hours=2))
    await seats.removed_after_all(scene.ctx, GUILD, DEV, scene.clock())
    assert await electorate(scene, filed) == set(STAKEHOLDERS) - {DEV}
    assert await electorate(scene, await scene.file(TOM)) == set(STAKEHOLDERS) - {DEV}
    await seats.removed_after_all(scene.ctx, GUILD, DEV, left_at + timedelta(seconds=10))
    assert await electorate(scene, filed) == set(STAKEHOLDERS), "this one says why they were gone"


async def test_who_came_back_and_was_banned_then_was_removed(scene: Scene) -> None:
    """The honest case beside it: what they left before says nothing of it (PRO-9)."""
    await scene.left(DEV)
    await scene.joined(DEV, TRUST)
    scene.clock.forward(SEASON)
    filed = await scene.file()
    await roles.member_left(scene.ctx, GUILD, DEV, by_themselves=False)
    await seats.removed_after_all(scene.ctx, GUILD, DEV, scene.clock())
    assert await electorate(scene, filed) == set(STAKEHOLDERS)


async def test_who_lost_the_role_and_then_left_has_left(scene: Scene) -> None:
    filed = await scene.file()
    await scene.joined(DEV)
    await scene.left(DEV)
    assert await electorate(scene, filed) == set(STAKEHOLDERS) - {DEV}
    assert await electorate(scene, await scene.file(TOM)) == set(STAKEHOLDERS) - {DEV}


# ---- one person is one person (REC-1) -------------------------------------------------------------


async def test_who_is_forgotten_gives_their_seats_up_and_comes_back_as_somebody_else_counted_once(
    scene: Scene,
) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    assert await erasures.forget(scene.ctx, ADA)
    proposal = await scene.get(filed)
    assert len(acting(proposal.electors)) == 5
    assert proposal.objections[number - 1].sponsor_by is not None, "as of anybody who leaves"
    async with scene.ctx.uow.read() as tx:
        held = await tx.seats.holdings(await tx.partnerships.get(HERE))
        assert len({h.person for h in held}) == len(await tx.people.users_of(h.person for h in held))
    with pytest.raises(NotEligible, match="joined later"):
        await proposals.mark_read(scene.ctx, scene.actor(ADA), filed)
    await scene.seen()  # the role is worn still
    assert len(acting((await scene.get(await scene.file(TOM))).electors)) == 5
    scene.clock.forward(SEASON)
    later = await scene.get(await scene.file(TOM))
    assert len(later.electors) == 6
    assert await electorate(scene, later.id) == set(STAKEHOLDERS)


async def test_who_is_forgotten_has_not_two_votes(scene: Scene) -> None:
    """The sibling: in a vote that is open, and in an appeal."""
    voted = await scene.escalated()
    await votes.cast(scene.ctx, scene.actor(BEN), voted, {"for": 1})
    appealed = await scene.file(TOM)
    number = await scene.object(CLEO, appealed, stated=True)
    await objections.rule(scene.ctx, scene.actor(GUS), appealed, number, False, REASON)
    await objections.appeal(scene.ctx, scene.actor(CLEO), appealed, number, REASON)
    await objections.vote_on_appeal(scene.ctx, scene.actor(BEN), appealed, number, False)
    await erasures.forget(scene.ctx, BEN)
    await scene.seen()
    for refused in (
        votes.cast(scene.ctx, scene.actor(BEN), voted, {"for": 1}),
        objections.vote_on_appeal(scene.ctx, scene.actor(BEN), appealed, number, False),
    ):
        with pytest.raises(NotEligible):
            await refused
    for who in (ADA, DEV):
        await objections.vote_on_appeal(scene.ctx, scene.actor(who), appealed, number, False)
    assert (await scene.objection(appealed, number)).test.appeal.stands is None, "two of the four left"  # type: ignore[union-attr]
    await objections.vote_on_appeal(scene.ctx, scene.actor(ELI), appealed, number, False)
    assert (await scene.objection(appealed, number)).state is ObjectionState.DISMISSED
    await scene.after(hours=72)
    tally = (await scene.get(voted)).vote.tally  # type: ignore[union-attr]
    assert (tally.cast, tally.eligible) == (0, 5)  # type: ignore[union-attr]


# ---- who reads (SCL-2) ----------------------------------------------------------------------------


async def test_who_left_a_private_group_reads_nothing_of_it(scene: Scene) -> None:
    filed = await scene.file(QUINN, "general", QUIET)
    await scene.joined(RAY, CORE)  # by a moderator's hand: they act in it as before, so they read it
    await scene.left(SUE)
    await scene.joined(SUE, CORE)
    assert [await reads(scene, who, filed) for who in (QUINN, RAY, SUE, TOM)] == [True, True, False, False]
    await proposals.withdraw(scene.ctx, scene.actor(QUINN), filed)
    assert [await reads(scene, who, filed) for who in (QUINN, RAY, SUE, TOM)] == [True, False, False, False]


async def test_judges_read_a_private_matter_for_their_appeal_and_nobody_else_does(scene: Scene) -> None:
    await scene.joined(NIA, FUND)
    filed = await scene.file(QUINN, "general", QUIET)
    number = await scene.object(SUE, filed, stated=True)
    await appeal_against_a_ruling(scene, filed, number)
    await scene.joined(BEN)  # a judge still
    await scene.left(CLEO)
    expected = {ADA: True, BEN: True, CLEO: False, TOM: False, CAL: False, NIA: False, GUS: False}
    assert {who: await reads(scene, who, filed) for who in expected} == expected
    for judge in (ADA, BEN, DEV):
        await objections.vote_on_appeal(scene.ctx, scene.actor(judge), filed, number, True)
    assert (await scene.objection(filed, number)).state is ObjectionState.STATED
    assert not any([await reads(scene, who, filed) for who in expected])


async def appeal_against_a_ruling(scene: Scene, filed: ProposalId, number: int) -> None:
    """A facilitator of the private group rules, and the objector appeals."""
    ruler = Member(await scene.person(RAY), (RoleMapping(RoleId(SHG_RULER), QUIET, "facilitator"),))
    async with scene.ctx.uow.write() as tx:
        case = await open_case(tx, filed, scene.clock())
        known = replace(case.proposal, facilitators=frozenset({ruler.person}))
        ruled, events = rulings.rule_on_form(known, number, ruler, False, REASON, case.now)
        await case.keep(ruled, events)
    await objections.appeal(scene.ctx, scene.actor(SUE), filed, number, REASON)
