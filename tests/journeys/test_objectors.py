"""Objectors who leave, are removed, or lose their role (PRO-9)."""

from __future__ import annotations

import asyncio
from datetime import datetime

import discord
import pytest

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys.objecting import (
    REASON,
    card,
    control,
    everyone_reads,
    in_thread,
    last_notice,
    rule,
    state,
    states,
    told,
)
from tests.journeys.server import TALK, Server, said


async def operational(server: Server) -> int:
    """A proposal of the core team which the six stakeholders review, two of whom have read it."""
    number = await server.propose("tia", TALK, "operational")
    await everyone_reads(server, number, "ada", "ben")
    return number


async def test_an_objector_who_leaves_is_sponsored(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await server.leave("cleo")
    notice = await last_notice(server, number)
    assert "gave up the seat behind objection No. 1" in notice
    assert "If nobody does, it ends" in notice
    assert "[Take over this objection]" in notice
    shown = await card(server, number)
    assert "needs someone to take it over" in shown
    assert "6 people could object or consent at the opening; 5 still seated" in shown
    refused = await in_thread(server, "uma", number, "sponsor")
    assert "Only members of the deciding group" in said(refused)
    refused = await in_thread(server, "tia", number, "sponsor")
    assert "You wrote this proposal" in said(refused)
    taken = await in_thread(server, "fay", number, "sponsor")
    assert "You now speak for objection No. 1" in said(taken)
    assert f"{server['fay'].mention} took over objection No. 1" in await last_notice(server, number)
    for late in ("fay", "dev"):
        again = await in_thread(server, late, number, "sponsor")
        assert "Somebody has taken over this objection already" in said(again)
    assert (await server.happened(number)).count("sponsor found") == 1
    await state(server, "fay", number)
    assert f"{server['fay'].mention} wrote:\n> {REASON}" in await last_notice(server, number)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED


async def test_an_objector_who_leaves_and_is_not_sponsored_leaves_it_orphaned(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await state(server, "cleo", number)
    await server.leave("cleo")
    await server.advance(hours=47)
    assert await states(server, number) == [ObjectionState.STATED]
    await server.advance(hours=1)
    assert await states(server, number) == [ObjectionState.ORPHANED]
    assert "the objector left" in await told(server, number, "nobody took it over in time")
    late = await server.press(
        "fay",
        await server.notice_with(number, await control(server, number, "sponsor", 1)),
        await control(server, number, "sponsor", 1),
    )
    assert "Nothing was changed" in said(late)
    await server.advance(hours=24)
    assert await server.state(number) is ProposalState.ENACTED


async def test_an_objector_who_leaves_after_the_close_keeps_the_proposal_waiting_for_a_sponsor(server: Server) -> None:
    number = await operational(server)
    await server.advance(hours=71)
    await server.react("cleo", number)
    await server.advance(hours=2)
    await state(server, "cleo", number)
    await server.advance(hours=40)
    await server.leave("cleo")
    await server.advance(hours=10)  # the ruling period is over, the sponsor period is not
    assert await server.state(number) is ProposalState.SETTLING
    await in_thread(server, "dev", number, "sponsor")
    await server.advance(minutes=1)
    assert await server.state(number) is ProposalState.DISPUTED


async def test_an_objector_who_is_kicked_loses_nothing(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.react("dev", number)
    await server.settle()
    await state(server, "cleo", number)
    for who, at in (("cleo", 1), ("dev", 2)):  # the second is not stated yet
        await server.kick(who)
        notice = await last_notice(server, number)
        assert f"The seat behind objection No. {at}" in notice
        assert "taken away by somebody else" in notice
        assert "it stands and counts as before" in notice
    assert "goes on counting without that" in notice
    shown = await card(server, number)
    assert "Counting now: 2" in shown
    assert "4 still seated" in shown
    assert "sponsor needed" not in await server.happened(number)
    await server.advance(hours=72)
    assert await states(server, number) == [ObjectionState.STATED, ObjectionState.RAISED]
    assert await server.state(number) is ProposalState.DISPUTED


async def test_a_role_taken_away_weakens_nothing_and_given_back_gives_time_to_state_it(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await server.take_role("cleo", "River Trust")
    notice = await last_notice(server, number)
    assert server["cleo"].mention in notice
    assert "was taken away by somebody else or with its role" in notice
    assert "its seat was taken away" in await card(server, number)
    # Without the seat nothing new can be raised; what was raised is kept, also where the reaction is given again.
    await server.advance(hours=60)
    assert await states(server, number) == [ObjectionState.RAISED]
    await server.give_role("cleo", "River Trust")
    again = await server.slash("cleo", TALK, "object", proposal=f"P-{number}")
    assert "Your objection stands already" in said(again)
    await server.advance(hours=47)
    assert await server.state(number) is ProposalState.REVIEW, (
        "the clock stood while its objector could not see the card"
    )
    await state(server, "cleo", number)
    await rule(server, "gus", number, True)
    await server.advance(hours=25 + 48)
    assert await server.state(number) is ProposalState.DISPUTED


async def test_an_elector_who_left_and_is_back_without_the_seat_cannot_object(server: Server) -> None:
    number = await operational(server)
    await server.leave("cleo")
    server.people["cleo"] = server.guild.add_member(server["cleo"].user, roles=[server.guild.roles["Contributor"]])
    await server.settle()
    await server.react("cleo", number)
    await server.settle()
    assert await states(server, number) == []
    assert "You left and do not hold the member seat again" in server.direct_messages("cleo")[-1]
    assert "6 people could object or consent at the opening; 5 still seated" in await card(server, number)
    await server.give_role("cleo", "River Trust")
    assert "6 people could object or consent at the opening; 6 still seated" in await card(server, number)


async def test_a_role_deleted_weakens_nothing(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await state(server, "cleo", number)
    await server.delete_role("River Trust")
    notice = "\n".join(await server.notices(number))
    assert "was taken away by somebody else or with its role" in notice
    assert await states(server, number) == [ObjectionState.STATED]
    assert "Counting now: 1" in await card(server, number)


async def test_an_objector_who_comes_back_needs_no_sponsor(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await state(server, "cleo", number)
    await server.leave("cleo")
    server.people["cleo"] = server.guild.add_member(server["cleo"].user, roles=[server.guild.roles["River Trust"]])
    await server.settle()
    assert "needs someone to take it over" not in await card(server, number)
    await server.advance(hours=72)
    assert await states(server, number) == [ObjectionState.STATED]
    assert await server.state(number) is ProposalState.DISPUTED


async def test_whoever_spoke_for_a_leaver_and_is_removed_loses_nothing_and_another_can_speak(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await server.leave("cleo")
    await in_thread(server, "fay", number, "sponsor")
    await server.kick("fay")
    notice = await last_notice(server, number)
    assert "was taken away by somebody else" in notice
    assert "[Take over this objection]" in notice
    await server.advance(hours=60)
    assert await states(server, number) == [ObjectionState.RAISED]
    helped = await in_thread(server, "dev", number, "sponsor")
    assert "only the person who raised it can withdraw it" in said(helped)
    refused = await in_thread(server, "dev", number, "withdraw")
    assert "A seat behind this objection was taken away" in said(refused)
    await state(server, "dev", number)
    await server.advance(hours=7 * 24)  # fay, who has not spoken for herself, is waited for as long as may be
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED


async def test_a_sponsor_whose_role_was_taken_away_can_still_state_it(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await server.leave("cleo")
    await in_thread(server, "fay", number, "sponsor")
    await server.give_role("fay", "Contributor")
    await server.take_role("fay", "Harbour Club")
    await state(server, "fay", number)
    assert await states(server, number) == [ObjectionState.STATED]


async def test_a_ruling_against_who_was_kicked_goes_to_the_stakeholders_by_itself(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await state(server, "cleo", number)
    await server.kick("cleo")
    await rule(server, "gus", number, False)
    assert await states(server, number) == [ObjectionState.DISMISSED]
    await server.advance(hours=48)
    notice = await told(server, number, "nobody appealed in time, so the rules do")
    assert "[The objection stands]" in notice
    await server.advance(hours=72)
    assert await states(server, number) == [ObjectionState.STATED]
    assert await server.state(number) is ProposalState.DISPUTED


async def test_a_kick_that_the_audit_log_tells_late_weakens_nothing(server: Server) -> None:
    await server.propose("tia")
    await server.react("tom", 1)
    tom = server["tom"].id
    await server.leave("tom")
    assert "sponsor needed" in await server.happened(1)

    await server.as_bot(server.bot.incidents.member_removed(server.guild.id, tom))
    await server.settle()

    assert "objector seat lost" in await server.happened(1)
    await server.advance(hours=200)
    assert (await server.proposal(1)).objections[0].counts


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_ban_of_somebody_who_had_left_gives_them_no_say_again(server: Server, restarted: bool) -> None:
    """They gave it up: they are in no quorum and are waited for in nothing, whatever is done to them then (PRO-9)."""
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    for who in ("cleo", "fay"):
        await server.leave(who)
    if restarted:
        await server.restart()
    await server.advance(hours=2)
    async with server.by_hand():
        await server.env.bot.get_guild(server.guild.id).ban(discord.Object(server["fay"].id))  # type: ignore[union-attr]
    await server.as_bot(server.bot.incidents.member_removed(server.guild.id, server["cleo"].id, server.env.now()))
    await server.settle()
    proposal = await server.proposal(number)
    assert sum(elector.left for elector in proposal.electors) == 2
    assert proposal.clock.reasons == frozenset()
    assert proposal.objections[0].needs_sponsor


async def test_a_sponsors_kick_that_the_audit_log_tells_late_weakens_nothing(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await server.leave("cleo")
    await in_thread(server, "fay", number, "sponsor")
    fay = server["fay"].id
    await server.leave("fay")
    assert "If nobody does, it ends" in await last_notice(server, number)

    await server.as_bot(server.bot.incidents.member_removed(server.guild.id, fay))
    await server.settle()

    assert "was taken away by somebody else" in await last_notice(server, number)
    helped = await in_thread(server, "dev", number, "sponsor")
    assert "only the person who raised it can withdraw it" in said(helped)
    await server.advance(hours=250)  # fay, who has not spoken for herself, is waited for as long as may be
    assert await states(server, number) == [ObjectionState.RAISED]
    assert await server.state(number) is ProposalState.DISPUTED


async def test_who_comes_back_while_the_audit_log_is_asked_keeps_the_seat(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    incidents, adapter, cleo = server.bot.incidents, server.bot.guild_adapter, server["cleo"]
    ask, see = adapter.left_by_themselves, incidents.roles_changed
    asked, answered, seen = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow_answer(guild_id: int, user_id: int, since: datetime) -> bool:
        asked.set()
        await answered.wait()
        return await ask(guild_id, user_id, since)

    async def noted(guild_id: int, user_id: int, role_ids: frozenset[int]) -> None:
        await see(guild_id, user_id, role_ids)
        seen.set()

    monkeypatch.setattr(adapter, "left_by_themselves", slow_answer)
    monkeypatch.setattr(incidents, "roles_changed", noted)
    server.guild.remove_member(cleo)
    await asked.wait()
    server.people["cleo"] = server.guild.add_member(cleo.user, roles=[server.guild.roles["River Trust"]])
    await seen.wait()
    answered.set()
    await server.settle()
    assert "6 people could object or consent at the opening; 6 still seated" in await card(server, number)
    assert "needs someone to take it over" not in await card(server, number)
    await state(server, "cleo", number)
    assert await states(server, number) == [ObjectionState.STATED]


async def test_a_kick_told_while_the_audit_log_is_asked_is_no_leaving(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    incidents = server.bot.incidents

    async def told_meanwhile(guild_id: int, user_id: int, since: datetime) -> bool:
        await incidents.member_removed(guild_id, user_id)
        return True  # the answer is older than what was told

    monkeypatch.setattr(server.bot.guild_adapter, "left_by_themselves", told_meanwhile)
    await server.leave("cleo")
    assert "was taken away by somebody else" in await last_notice(server, number)
    await server.advance(hours=200)
    assert await states(server, number) == [ObjectionState.RAISED]
