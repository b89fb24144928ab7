"""A moderator takes and gives roles for the minute in which it counts: nobody loses a say (PRO-9, OBJ-4, ORG-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys import deciding, objecting
from tests.journeys.server import CORE, TALK, Server, latest, offered, said

ROLE = {"ada": "Green Fund", "ben": "Green Fund", "cleo": "River Trust", "dev": "Delta Lab", "eli": "Delta Lab",
        "fay": "Harbour Club"}  # fmt: skip
FOUR = ("cleo", "dev", "eli", "fay")


@asynccontextmanager
async def hands_on(server: Server, away: bool) -> AsyncIterator[None]:
    """What the moderator does, while the bot looks on or while it is away; it starts anew either way."""
    if away:
        await server.stop()
        await server.settle()
    yield
    if away:
        await server.start()
    else:
        await server.restart()


async def take(server: Server, people: Iterable[str]) -> None:
    """The moderator takes the roles that seat these people."""
    for who in people:
        await server.take_role(who, ROLE[who])


async def give_back(server: Server, people: Iterable[str]) -> None:
    """And gives them back."""
    for who in people:
        await server.give_role(who, ROLE[who])


async def map_role(server: Server, role: str, group: str, seat: str = "member") -> None:
    """``/roles map`` by the moderator."""
    chosen = await offered(server, "roles map", "group", group)
    await server.slash("mod", "lobby", "roles map", role=server.guild.roles[role], group=chosen, seat=seat)
    await server.settle()


@pytest.mark.parametrize("away", [False, True])
async def test_taking_roles_for_the_opening_silences_nobody(server: Server, away: bool) -> None:
    drafted = await server.draft("tia", CORE, "operational")
    async with hands_on(server, away):
        await take(server, FOUR)
    number = await server.open("tia", drafted)
    assert len((await server.proposal(number)).electors) == 6, "two seats are no electorate"
    entry = next(post for post in server.feed() if f"P-{number} " in post)
    for text in (entry, await objecting.card(server, number)):
        assert "Seats changed by others' hands" in text
        assert all(f"{server[who].mention} lost it" in text for who in FOUR)
    async with hands_on(server, away):
        await give_back(server, FOUR)

    for place, who in enumerate(FOUR, start=1):
        await server.react(who, number)
        await server.settle()
        await objecting.state(server, who, number, place)
    await objecting.everyone_reads(server, number, "ada", "ben")
    assert await objecting.states(server, number) == [ObjectionState.STATED] * 4
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED


async def test_who_is_seated_for_the_opening_gains_nothing_and_is_told_why(server: Server) -> None:
    """The counterpart: a seat given is no say yet. A week later it is one."""
    await server.advance(hours=24 * 8)  # the founding is over
    await server.give_role("nia", "Green Fund")
    number = await server.propose("tia", CORE, "operational")
    assert len((await server.proposal(number)).electors) == 6
    assert f"{server['nia'].mention} was given it" in await objecting.card(server, number)
    await server.react("nia", number)
    await server.settle()
    assert (await server.proposal(number)).objections == ()
    assert [concern.why for concern in (await server.proposal(number)).concerns] == ["joined later"]
    assert "had not held the member seat for a week" in server.direct_messages("nia")[-1]
    await server.advance(hours=24 * 7)
    later = await server.propose("tom", CORE, "operational")
    await server.react("nia", later)
    await server.settle()
    assert await objecting.states(server, later) == [ObjectionState.RAISED]


@pytest.mark.parametrize("way", ["unmap", "delete"])
async def test_a_role_put_in_anothers_place_seats_nobody_anew_and_unseats_nobody(server: Server, way: str) -> None:
    """The sibling: not the roles are taken but what they mean (ORG-3)."""
    await server.advance(hours=24 * 8)
    drafted = await server.draft("tia", CORE, "operational")
    if way == "unmap":
        await server.unmap("River Trust")
    else:
        await server.delete_role("River Trust")
    refused = await server.press("tia", latest(drafted), "proposal:open:1")
    assert "deleted or unmapped" in said(refused) or "was deleted" in said(refused), said(refused)
    server.guild.create_role("Friends of the mod")
    await server.give_role("nia", "Friends of the mod")
    await map_role(server, "Friends of the mod", "stakeholders")
    number = await server.open("tia", drafted)
    people = {server[who].id for who in ROLE}
    async with server.bot.ctx.uow.read() as tx:
        users = await tx.people.users_of(e.person for e in (await server.proposal(number)).electors)
    assert set(users.values()) == people, "cleo counts, nia does not"
    shown = await server.slash("cleo", "lobby", "object", proposal=f"P-{number}")
    assert "No. 1" in said(shown), said(shown)
    assert await objecting.states(server, number) == [ObjectionState.RAISED]


@pytest.mark.parametrize("away", [False, True])
async def test_taking_roles_for_the_escalation_leaves_no_vote_of_two(server: Server, away: bool) -> None:
    number = await server.propose("tia", CORE, "operational")
    await deciding.dispute(server, number, *FOUR)
    async with hands_on(server, away):
        await take(server, FOUR)
    assert any("changed by others' hands" in post and server["fay"].mention in post for post in server.feed())
    await deciding.by_card(server, "ada", number, "escalate")
    vote = (await server.proposal(number)).vote
    assert vote is not None
    assert vote.opened
    assert len(vote.electors) == 6
    await deciding.ballots(server, number, ada=deciding.FOR, ben=deciding.FOR)
    async with hands_on(server, away):
        await give_back(server, FOUR)
    await deciding.ballots(server, number, **dict.fromkeys(FOUR, deciding.AGAINST))
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.NOT_ADOPTED


async def test_two_votes_are_no_quorum_of_six(server: Server) -> None:
    """The same where the roles stay away: what two adopt is not adopted, and three are enough."""
    number = await server.propose("tia", CORE, "operational")
    await deciding.dispute(server, number, *FOUR)
    await take(server, FOUR)
    await deciding.by_card(server, "ada", number, "escalate")
    await deciding.ballots(server, number, ada=deciding.FOR, ben=deciding.FOR)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ESCALATED, (
        "four of its voters cannot see it: the vote waits for them"
    )
    await server.advance(hours=24 * 7)
    tally = (await server.proposal(number)).vote
    assert tally is not None
    assert tally.tally is not None
    assert (tally.tally.eligible, tally.tally.adopted) == (6, False)


@pytest.mark.parametrize("away", [False, True])
async def test_taking_roles_for_an_appeal_leaves_no_single_judge(server: Server, away: bool) -> None:
    number = await server.propose("tia", TALK, "operational")
    await server.react("cleo", number)
    await server.settle()
    await objecting.state(server, "cleo", number)
    await objecting.rule(server, "gus", number, False)
    await objecting.appeal(server, "cleo", number)
    others = ("ben", "dev", "eli", "fay")
    async with hands_on(server, away):
        await take(server, others)
    await objecting.in_thread(server, "ada", number, "falls")
    assert await objecting.states(server, number) == [ObjectionState.DISMISSED]
    test = (await objecting.objection(server, number)).test
    assert test is not None
    assert test.appeal is not None
    assert test.appeal.stands is None, "one of five is no majority"
    async with hands_on(server, away):
        await give_back(server, others)
    for judge in ("ben", "dev", "eli"):
        await objecting.in_thread(server, judge, number, "stands")
    assert await objecting.states(server, number) == [ObjectionState.STATED]


async def test_who_is_made_a_judge_or_facilitator_half_way_decides_nothing(server: Server) -> None:
    """The sibling: the hands that give. Gus, who facilitated before, rules as ever."""
    await server.advance(hours=24 * 8)
    number = await server.propose("tia", TALK, "operational")
    await server.react("cleo", number)
    await server.settle()
    await objecting.state(server, "cleo", number)
    await server.give_role("nia", "Stakeholders Facilitator")
    shown = await objecting.in_thread(server, "nia", number, "rule")
    assert "had held the facilitator's seat for a week" in said(shown), said(shown)
    await objecting.rule(server, "gus", number, False)
    await server.give_role("nia", "Green Fund")
    await objecting.appeal(server, "cleo", number)
    refused = await objecting.in_thread(server, "nia", number, "falls")
    assert "who had been members of the stakeholder group for a week" in said(refused), said(refused)
    for judge in ("ada", "ben", "dev"):
        await objecting.in_thread(server, judge, number, "stands")
    assert await objecting.states(server, number) == [ObjectionState.STATED]


async def test_who_has_lost_every_role_still_reads_and_objects(server: Server) -> None:
    """Without a role a command is what is left, in any channel where one may write (SCL-2a)."""
    number = await server.propose("tia", CORE, "operational")
    await take(server, ("cleo",))
    shown = await server.slash("cleo", "lobby", "proposal show", proposal=f"P-{number}")
    assert "A shared calendar" in said(shown), said(shown)
    told = await server.slash("cleo", "lobby", "object", proposal=f"P-{number}")
    assert "No. 1" in said(told), said(told)
    assert await objecting.states(server, number) == [ObjectionState.RAISED]
    card = await objecting.card(server, number)
    assert "5 still seated; 1 lost the seat by others' hands and can act as before" in card
