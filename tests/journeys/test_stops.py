"""People who cannot see a card, or are kept from acting by others: the clock waits, the feed says so (PRO-11)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import discord
import pytest

from bot.governance.proposals_types import ProposalState
from tests.journeys import deciding, objecting
from tests.journeys.server import CORE, FEED, TALK, Server, controls_of, latest, said, serving, text_of
from tests.journeys.server import offered as autocompleted

Hide = Callable[[Server], Awaitable[None]]


def live(server: Server, name: str) -> discord.TextChannel:
    """A channel as the bot's library sees it."""
    channel = server.env.bot.get_channel(server.channel(name).id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def overwrite(server: Server, target: discord.abc.Snowflake | discord.Role, **given: bool | None) -> None:
    """A moderator sets by hand what the core team's channel allows somebody."""
    async with server.by_hand():
        assert isinstance(target, discord.Member | discord.Role)
        await live(server, CORE).set_permissions(target, overwrite=discord.PermissionOverwrite(**given))


async def by_person(server: Server) -> None:
    """View Channel is denied to one elector."""
    await overwrite(server, server._member("uma"), view_channel=False)


async def by_history(server: Server) -> None:
    """Read Message History is denied to one elector: the channel stands, and is empty for them."""
    await overwrite(server, server._member("uma"), read_message_history=False)


async def by_role(server: Server) -> None:
    """What the members' role is allowed is turned round: nobody sees it but who has another way."""
    await overwrite(server, server._role("Core Team"), view_channel=False)


async def by_category(server: Server) -> None:
    """The category hides it, and the channel is put in step with it."""
    async with server.by_hand():
        channel = live(server, CORE)
        assert channel.category is not None
        await channel.category.set_permissions(server._member("uma"), view_channel=False)
        await channel.edit(sync_permissions=True)


async def time_out(server: Server, name: str, by: timedelta) -> None:
    """A moderator times somebody out for so long."""
    async with server.by_hand():
        await server._member(name).timeout(server.env.now() + by)


async def due(server: Server, number: int = 1) -> datetime:
    """When the window closes."""
    at = (await server.proposal(number)).closes_at
    assert at is not None
    return at


async def stopped(server: Server, number: int = 1) -> frozenset[str]:
    """Why the clock stands."""
    return (await server.proposal(number)).clock.reasons


@pytest.mark.parametrize("hide", [by_person, by_history, by_role, by_category])
@pytest.mark.parametrize("away", [False, True])
async def test_a_card_that_an_elector_cannot_see_is_not_decided_on(server: Server, hide: Hide, away: bool) -> None:
    await server.propose("tia", CORE)
    await objecting.everyone_reads(server, 1, "tom")
    await server.advance(hours=10)
    before = await due(server)
    if away:
        await server.stop()
        await server.settle()
    await hide(server)
    since = server.env.now()
    if away:
        await server.start()
    assert await stopped(server) == {"shut out"}
    post = next(post for post in server.feed() if "cannot see the cards" in post)
    assert f"<@{server['uma'].id}>" in post
    assert f"<@{server['uma'].id}>" in text_of(await server.feed_entry(1)), "the entry names who is waited for"
    await server.advance(hours=100)
    assert await server.state(1) is ProposalState.REVIEW

    core = await autocompleted(server, "roles repair", "group", "core")
    shown = await server.slash("mod", "lobby", "roles repair", group=core)
    assert "Nothing is changed yet" in said(shown), said(shown)
    assert await stopped(server) == {"shut out"}
    answer = latest(shown)
    mended = await server.press("mod", answer, next(c for c in controls_of(answer) if "mend" in c))
    await server.settle()
    assert "is open again" in said(mended), said(mended)
    assert await stopped(server) == frozenset()
    assert await due(server) == before + (server.env.now() - since)
    assert any("opened the channel" in post for post in server.feed())
    await server.react("uma", 1)
    assert len((await server.proposal(1)).objections) == 1


async def test_the_feed_offers_the_repair_to_people_with_manage_roles(server: Server) -> None:
    await server.propose("tia", CORE)
    await by_person(server)
    post = next(m for m in server.channel(FEED).history() if "cannot see the cards" in text_of(m))
    button = next(c for c in controls_of(post) if c.startswith("stops:show:"))
    refused = await server.press("uma", post, button)
    assert "Manage Roles" in said(refused), said(refused)
    await server.give_role("tom", "Moderators")
    shown = await server.press("tom", post, button)
    assert f"<@{server['uma'].id}>: no longer denied: view channel" in said(shown), said(shown)
    await server.press("tom", latest(shown), next(c for c in controls_of(latest(shown)) if "mend" in c))
    await server.settle()
    assert await stopped(server) == frozenset()
    again = await server.press("tom", post, button)
    assert "Nothing to repair" in said(again)


async def test_an_honest_change_of_a_channel_stops_nothing(server: Server) -> None:
    await server.propose("tia", CORE)
    before = await due(server)
    await overwrite(server, server._member("cal"), view_channel=False)  # no elector of this one
    await overwrite(server, server._member("uma"), view_channel=True, add_reactions=False)
    async with server.by_hand():
        await live(server, CORE).edit(topic="What the core team works on", name="core-team-work")
    assert await stopped(server) == frozenset()
    assert await due(server) == before
    assert not [post for post in server.feed() if "cannot see" in post]
    await server.restart()
    assert await stopped(server) == frozenset()


async def test_many_proposals_of_a_group_are_told_of_once(server: Server) -> None:
    for author in ("tia", "tom", "uma"):
        await server.propose(author, CORE)
    await by_person(server)
    await server.crash()
    assert [await stopped(server, number) for number in (1, 2, 3)] == [{"shut out"}] * 3
    assert len([post for post in server.feed() if "cannot see the cards" in post]) == 1


async def test_shut_out_for_seven_days_it_goes_to_a_final_vote(server: Server) -> None:
    await server.propose("tia", CORE)
    await objecting.everyone_reads(server, 1, "tom")
    before = await due(server)
    await by_person(server)
    await server.advance(timedelta(days=7))
    proposal = await server.proposal(1)
    assert (proposal.clock.reasons, proposal.clock.spent) == (frozenset(), True)
    assert proposal.closes_at == before + timedelta(days=7)
    assert "Silence no longer passes" in text_of(await server.card(1))
    await server.advance_to(before + timedelta(days=7))
    assert await server.state(1) is ProposalState.ESCALATED


async def test_a_timeout_of_who_has_not_spoken_stops_the_clock_until_it_ends(server: Server) -> None:
    await server.propose("tia", CORE)
    await objecting.everyone_reads(server, 1, "tom", "uma")
    await server.advance(hours=71)
    before = await due(server)
    await time_out(server, "uma", timedelta(hours=30))
    assert await stopped(server) == {"kept from acting"}
    assert any("was timed out" in post for post in server.feed())
    await server.restart()
    await server.advance(hours=29)
    assert await server.state(1) is ProposalState.REVIEW
    await server.advance(hours=1)
    assert await stopped(server) == frozenset()
    assert await due(server) == before + timedelta(hours=30)
    await server.react("uma", 1)
    assert len((await server.proposal(1)).objections) == 1


async def test_a_timeout_of_who_has_spoken_stops_nothing(server: Server) -> None:
    await server.propose("tia", CORE)
    before = await due(server)
    await server.react("uma", 1)
    await objecting.state(server, "uma", 1)
    await time_out(server, "uma", timedelta(hours=30))
    await time_out(server, "cal", timedelta(hours=30))
    assert (await stopped(server), await due(server)) == (frozenset(), before)


async def test_after_a_timeout_the_time_to_state_an_objection_starts_again(server: Server) -> None:
    await server.propose("tia", CORE)
    await server.react("uma", 1)
    await server.advance(hours=40)
    await time_out(server, "uma", timedelta(hours=20))
    await server.advance(hours=20)
    [objection] = (await server.proposal(1)).objections
    assert objection.state_by == server.env.now() + timedelta(hours=48)
    await objecting.state(server, "uma", 1)


@pytest.mark.parametrize("away", [False, True])
async def test_who_is_kicked_before_speaking_stops_the_clock_until_they_are_back(server: Server, away: bool) -> None:
    await server.propose("tia", CORE)
    await server.advance(hours=10)
    if away:
        await server.stop()
        await server.settle()
    await server.kick("uma")
    if away:
        await server.start()
    assert "kept from acting" in await stopped(server)
    await server.advance(hours=62)
    assert await server.state(1) is ProposalState.REVIEW
    server.people["uma"] = server.guild.add_member(server["uma"].user, roles=[server.guild.roles["Core Team"]])
    await server.settle()
    assert "kept from acting" not in await stopped(server)


async def test_who_leaves_by_themselves_before_speaking_stops_nothing(server: Server) -> None:
    number = await server.propose("tia", CORE, "operational")
    before = await due(server, number)
    await server.leave("fay")
    await server.restart()
    assert (await stopped(server, number), await due(server, number)) == (frozenset(), before)
    await server.kick("eli")
    assert await stopped(server, number) == {"kept from acting"}


SEATED_BY = {"cleo": "River Trust", "dev": "Delta Lab", "eli": "Delta Lab", "fay": "Harbour Club"}


@pytest.mark.parametrize("away", [False, True])
async def test_whose_role_is_taken_cannot_see_the_card_and_is_waited_for(server: Server, away: bool) -> None:
    """With the role goes the channel: what four cannot read is not passed by the silence of four (PRO-9, PRO-11)."""
    number = await server.propose("tia", TALK, "operational")
    await objecting.everyone_reads(server, number, "ada", "ben")
    await server.advance(hours=10)
    before, since = await due(server, number), server.env.now()
    if away:
        await server.stop()
        await server.settle()
    for who, role in SEATED_BY.items():
        await server.take_role(who, role)
    if away:
        await server.start()
    assert await stopped(server, number) == {"shut out"}
    post = next(post for post in reversed(server.feed()) if "cannot see the cards" in post)
    assert any(server[who].mention in post for who in SEATED_BY)
    stakeholders = await autocompleted(server, "roles repair", "group", "stakeholders")
    repair = await server.slash("mod", "lobby", "roles repair", group=stakeholders)
    assert "give them their role back" in said(repair), said(repair)
    await server.advance(hours=80)
    assert await server.state(number) is ProposalState.REVIEW
    for who, role in SEATED_BY.items():
        await server.give_role(who, role)
    assert await stopped(server, number) == frozenset()
    assert await due(server, number) == before + (server.env.now() - since)
    await server.react("cleo", number)
    await server.settle()
    assert len((await server.proposal(number)).objections) == 1


async def test_a_role_in_anothers_place_stops_nothing(server: Server) -> None:
    """The honest act: somebody moves from one role to another that opens the channel as well."""
    number = await server.propose("tia", CORE)
    before = await due(server, number)
    await server.give_role("uma", "Cell: Commons")
    await server.take_role("uma", "Core Team")
    assert (await stopped(server, number), await due(server, number)) == (frozenset(), before)


@pytest.mark.parametrize("who", ["gus", "tia", "cleo"])
async def test_who_left_by_themselves_is_waited_for_in_nothing(server: Server, who: str) -> None:
    """Neither who could rule on form, nor the author, nor an objector with a ruling against them (PRO-9, PRO-11)."""
    number = await server.propose("tia", TALK, "operational")
    await server.react("cleo", number)
    await server.settle()
    await objecting.state(server, "cleo", number)
    if who == "cleo":
        await objecting.rule(server, "gus", number, False)
    before = await due(server, number)
    await server.leave(who)
    assert (await stopped(server, number), await due(server, number)) == (frozenset(), before)
    await server.restart()
    assert await stopped(server, number) == frozenset()
    await server.kick("fay")
    assert await stopped(server, number) == {"kept from acting"}, "who was removed is waited for as ever"


@pytest.mark.parametrize("who", ["gus", "tia"])
async def test_who_is_removed_is_waited_for_whatever_they_could_do(server: Server, who: str) -> None:
    """The counterpart: a ruling that somebody was kept from giving, a test that the author could not ask for."""
    number = await server.propose("tia", TALK, "operational")
    await server.react("cleo", number)
    await server.settle()
    await objecting.state(server, "cleo", number)
    await server.kick(who)
    assert await stopped(server, number) == {"kept from acting"}


async def test_a_private_groups_final_vote_is_not_held_up_by_its_own_privacy(tmp_path: Path) -> None:
    """Those who vote from outside read it by command (SCL-2); its own members must see the card as ever."""
    async with serving(tmp_path, private="Core Team") as server:
        number = await deciding.escalated(server)
        assert await stopped(server, number) == frozenset()
        await server.restart()
        assert await stopped(server, number) == frozenset()
        assert not [post for post in server.feed() if "cannot see" in post]
        voted = await server.slash("ada", TALK, "vote", proposal=f"P-{number}", choice="For")
        assert "For" in said(voted), said(voted)
        await by_person(server)
        assert await stopped(server, number) == {"shut out"}
