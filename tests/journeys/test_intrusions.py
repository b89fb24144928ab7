"""What a moderator prepares, changes and takes by hand, and how it is noticed, refused and mended (ORG-2a, SCL-3)."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from bot.governance.proposals_types import ProposalState
from tests.journeys import objecting
from tests.journeys.server import CORE, FEED, STAKEHOLDERS, Server, said
from tests.journeys.test_setup import built, live, opened, planned, pressed, text_channel

POWER = discord.Permissions(manage_messages=True)


async def arm(server: Server, role: str, permissions: discord.Permissions = POWER) -> None:
    """A moderator changes what a role may do in the server."""
    async with server.by_hand():
        await server._role(role).edit(permissions=permissions)


async def overwrite(
    server: Server, channel: str, target: discord.Role | discord.Member, **allowed: bool | None
) -> None:
    """A moderator changes what a channel allows."""
    live_channel = discord.utils.get(server.env.bot.get_guild(server.guild.id).text_channels, name=channel)  # type: ignore[union-attr]
    assert live_channel is not None
    async with server.by_hand():
        await live_channel.set_permissions(target, overwrite=discord.PermissionOverwrite(**allowed))


def seats_given(server: Server) -> list[str]:
    return [post for post in server.feed() if "gave themselves" in post]


def told(server: Server, words: str) -> int:
    return sum(words in post for post in server.feed())


async def holders(server: Server) -> set[int]:
    """The Discord users who hold a seat of the partnership."""
    async with server.bot.ctx.uow.read() as tx:
        partnerships = await tx.partnerships.all()
        people = {h.person for p in partnerships for h in await tx.seats.holdings(p)}
        return set((await tx.people.users_of(people)).values())


# ---- before the set-up -----------------------------------------------------------------------------


async def test_a_fresh_server_is_set_up_without_a_warning(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        plan = await planned(server)
        assert "⚠" not in said(plan)
        assert "**In short:** create 7 roles, 3 categories and 6 channels." in said(plan)
        done = await pressed(server, plan, "apply")
        assert "is set up" in said(done)
        await server.settle()
        assert not any("⚠" in post for post in server.feed())


async def test_what_somebody_prepared_is_named_and_its_powers_are_taken_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        server.guild.create_role("Stakeholder")
        mallory = server.join("mallory", ["Stakeholder"])
        foreign = discord.PermissionOverwrite(
            manage_channels=True, manage_roles=True, manage_webhooks=True, manage_messages=True, mention_everyone=True
        )
        feed = server.guild.create_text_channel(
            FEED,
            overwrites={
                server.guild.roles["Green Fund"]: foreign,
                mallory: discord.PermissionOverwrite(manage_threads=True),
            },
        )
        hook = server.guild.create_webhook(feed, "Governance bot")
        server.env.inject_error("GET", "/guilds/*/webhooks", status=403, code=50013, message="no", times=None)
        plan = await planned(server)
        words = said(plan)
        assert f"<@{mallory.id}> wears it and holds the seat “member” at once" in words, words
        for power in ("Manage Channels", "Manage Roles", "Manage Webhooks", "Manage Messages", "Mention Everyone"):
            assert power in words, power
        assert f"<@{mallory.id}> has *Manage Threads* there: taken away" in words
        assert "cannot look for them" in words
        assert await holders(server) == set(), "nobody is seated before that was confirmed"
        done = await pressed(server, plan, "apply")
        assert "is set up" in said(done), said(done)
        assert await holders(server) == {mallory.id}
        kept = text_channel(server, FEED).overwrites
        for target, pair in kept.items():
            if target.id != live(server).me.id:
                assert not pair.pair()[0].value & foreign.pair()[0].value, target
                assert not pair.pair()[0].manage_threads
        assert hook.channel_id == feed.id
        await server.settle()
        assert told(server, "A channel was opened by hand") == 0


async def test_a_channel_in_which_webhooks_write_is_not_taken_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        feed = server.guild.create_text_channel(FEED)
        server.guild.create_webhook(feed, "Decisions")
        plan = await planned(server)
        assert "In the way" in said(plan), said(plan)
        assert "Decisions" in said(plan)
        stopped = await pressed(server, plan, "apply")
        assert "stopped" in said(stopped)
        async with server.by_hand():
            await server.as_bot(text_channel(server, FEED).edit(name="old-decisions"))
        done = await pressed(server, stopped, "apply")
        assert "is set up" in said(done), said(done)
        assert text_channel(server, FEED).id != feed.id


@pytest.mark.parametrize("how", ["worn", "channel", "role"])
async def test_what_changed_after_the_plan_was_read_is_asked_again(tmp_path: Path, how: str) -> None:
    async with opened(tmp_path) as server:
        server.guild.create_role("Stakeholder")
        server.join("ada", ["Stakeholder"])
        mallory = server.join("mallory")
        server.guild.create_text_channel(CORE)
        plan = await planned(server)
        if how == "worn":
            await server.give_role("mallory", "Stakeholder")
        elif how == "channel":
            await overwrite(server, CORE, server._member("mallory"), manage_messages=True)
        else:
            server.guild.create_role("Core Team")
            await server.give_role("mallory", "Core Team")
        asked = await pressed(server, plan, "apply")
        assert "is not what you read" in said(asked), said(asked)
        assert f"<@{mallory.id}>" in said(asked)
        assert await holders(server) == set()
        assert "Stakeholders" not in server.guild.channels
        await server.crash()
        done = await pressed(server, asked, "apply")
        assert "is set up" in said(done), said(done)


# ---- after it --------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [False, True])
async def test_a_role_that_gains_power_gives_no_authority_until_it_is_mended(server: Server, away: bool) -> None:
    await server.propose("tia", CORE)
    await server.react("uma", 1)
    await objecting.state(server, "uma", 1)
    electors = (await server.proposal(1)).electors
    if away:
        await server.stop()
    await arm(server, "Core Team")
    if away:
        await server.start()
    assert told(server, "has gained power over the server") == 1
    assert any("Manage Messages" in post for post in server.feed())

    refused = await server.slash("tia", CORE, "propose", type="general")
    assert "has gained power over the server" in said(refused), said(refused)
    assert "Server settings" in said(refused)
    proposal = await server.proposal(1)
    assert proposal.electors == electors, "nobody is struck from a list by that"
    assert [o.counts for o in proposal.objections] == [True]
    assert proposal.clock.stopped_at is None
    await server.react("tom", 1)
    assert len((await server.proposal(1)).objections) == 2, "who may object may go on objecting"

    await server.restart()
    await server.crash()
    assert told(server, "has gained power over the server") == 1, "told once"
    await arm(server, "Core Team", discord.Permissions.none())
    assert told(server, "has lost its power over the server again") == 1
    await server.propose("tia", CORE)
    await server.advance(hours=120)
    assert await server.state(1) is ProposalState.DISPUTED


async def test_a_facilitator_whose_role_is_dangerous_rules_on_nothing(server: Server) -> None:
    group = next(g for g in (await server.partnership()).groups if g.name == "Core Team")
    await server.propose("uma", CORE)
    await server.react("tia", 1)
    await objecting.state(server, "tia", 1)
    await arm(server, "Core Team Facilitator", discord.Permissions(ban_members=True))
    refused = await server.slash("tom", CORE, "meeting schedule", when="tomorrow 18:00", group=str(group.id))
    assert "has gained power over the server" in said(refused), said(refused)
    await arm(server, "Core Team Facilitator", discord.Permissions(send_messages=True))
    asked = await server.slash("tom", CORE, "meeting schedule", when="tomorrow 18:00", group=str(group.id))
    assert "Is this what you mean" in said(asked), said(asked)


@pytest.mark.parametrize("away", [False, True])
async def test_a_mapped_role_with_another_name_is_told(server: Server, away: bool) -> None:
    if away:
        await server.stop()
    async with server.by_hand():
        await server._role("Green Fund").edit(name="Blue Fund")
    if away:
        await server.start()
    await server.restart()
    assert told(server, "is called “Blue Fund” now") == 1
    listed = await server.slash("mod", "lobby", "roles list")
    assert "Blue Fund" not in said(listed), "roles are mentioned, not named"
    await server.propose("tia", CORE)


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("how", ["everyone", "webhooks", "person"])
async def test_a_channel_opened_by_hand_is_told_once_and_set_up_takes_it_back(
    server: Server, how: str, away: bool
) -> None:
    channel = FEED if how == "webhooks" else STAKEHOLDERS
    if away:
        await server.stop()
        await live(server).chunk()
    if how == "everyone":
        await overwrite(server, channel, server._role("@everyone"), view_channel=True, send_messages=True)
    elif how == "webhooks":
        await overwrite(server, channel, server._role("Moderators"), manage_webhooks=True, manage_messages=True)
    else:
        await overwrite(server, channel, server._member("nia"), view_channel=True, send_messages=True)
    if away:
        await server.start()
    await server.restart()
    await server.settle()
    assert told(server, "A channel was opened by hand") == 1, server.feed()
    (post,) = [each for each in server.feed() if "A channel was opened by hand" in each]
    expected = {"everyone": "@everyone", "webhooks": "Manage Webhooks", "person": f"<@{server['nia'].id}>"}
    assert expected[how] in post

    plan = await server.slash("mod", "lobby", "setup start")
    assert "Read this first" in said(plan), said(plan)
    done = await pressed(server, plan, "apply")
    assert "is set up" in said(done), said(done)
    assert told(server, "A channel is as it should be again") == 1
    again = await server.slash("mod", "lobby", "setup start")
    assert "nothing to do" in said(again)
    assert told(server, "A channel was opened by hand") == 1


async def test_set_up_again_takes_power_from_a_role_with_a_seat(server: Server) -> None:
    await arm(server, "Green Fund", discord.Permissions(manage_messages=True, send_messages=True))
    plan = await server.slash("mod", "lobby", "setup start")
    assert "has gained *Manage Messages*: taken away again" in said(plan), said(plan)
    done = await pressed(server, plan, "apply")
    assert "is set up" in said(done), said(done)
    assert server._role("Green Fund").permissions == discord.Permissions(send_messages=True)
    assert told(server, "has lost its power over the server again") == 1
    await server.propose("tia", CORE)


async def give_themselves(server: Server, who: str, to: str, role: str) -> None:
    """Somebody who manages roles gives one, as Discord and its audit log tell it."""
    given = server.guild.roles[role]
    async with server.by_hand():
        server.env.backend.add_member_role(server.guild.id, server[to].id, given.id)
        server.env.backend.record_audit_log(
            server.guild.id,
            discord.AuditLogAction.member_role_update.value,
            target_id=server[to].id,
            changes=[{"key": "$add", "new_value": [{"id": str(given.id), "name": given.name}]}],
            user_id=server[who].id,
        )


@pytest.mark.parametrize("away", [False, True])
async def test_a_seat_that_a_moderator_gives_themselves_is_told_once(server: Server, away: bool) -> None:
    if away:
        await server.stop()
    await give_themselves(server, "mod", "mod", "Green Fund")
    await give_themselves(server, "mod", "nia", "River Trust")
    if away:
        await server.start()
    await server.restart()
    await server.crash()
    (post,) = seats_given(server)
    assert f"<@{server['mod'].id}> gave themselves the role “Green Fund”" in post
    assert "member" in post
    async with server.bot.ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(server.hosted)
        people = {h.person for h in await tx.seats.holdings(partnership)}
        assert {server["mod"].id, server["nia"].id} <= set((await tx.people.users_of(people)).values())


async def test_a_new_role_of_a_deleted_ones_name_is_adopted_only_when_that_was_read(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        await built(server)
        for name in ("ada", "ben"):
            server.join(name, ["Core Team"])
        await server.settle()
        await server.delete_role("Core Team")
        server.guild.create_role("Core Team")
        mallory = server.join("mallory", ["Core Team"])
        await server.settle()
        assert mallory.id not in await holders(server)
        await server.restart()
        assert mallory.id not in await holders(server)
        plan = await server.slash("mod", "lobby", "setup start")
        words = said(plan)
        assert "that gave this seat is gone; this is another one" in words, words
        assert f"<@{mallory.id}>" in words
        done = await pressed(server, plan, "apply")
        assert "is set up" in said(done), said(done)
        assert await holders(server) == {mallory.id}
        await server.settle()
        assert "“Core Team”" in server.feed()[-1]
