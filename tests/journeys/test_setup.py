"""``/setup`` and ``/roles`` driven by people in the simulated Discord (SCL-1, SCL-2, SCL-2a, SCL-5, ORG-2, ORG-2a)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest
import simcord

from bot.governance.ids import PartnershipId
from bot.governance.organisation import Partnership
from bot.governance.proposals_types import ProposalState
from tests.journeys.server import FEED, TALK, Server, controls_of, said, serving, text_of

FORM = {
    "name": "Willow Valley Commons",
    "purpose": "Look after the valley's water together.",
    "top_level_purpose": "Coordinate the cells and answer within two days.",
    "cells": "Commons\nDelivery",
    "private": "",
}
CHANNELS = {"decisions", "governance-talk", "stakeholders", "core-team", "cell-commons", "cell-delivery"}
ROLES = {
    "Stakeholder",
    "Stakeholders Facilitator",
    "Core Team",
    "Core Team Facilitator",
    "Cell: Commons",
    "Cell: Delivery",
    "Contributor",
}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Server]:
    async with serving(folder, set_up=False) as server:
        yield server


async def planned(server: Server, **values: str) -> simcord.InteractionResult:
    """``/setup start`` and the form: the plan, shown privately."""
    form = await server.slash("mod", "lobby", "setup start")
    return await server.fill("mod", form, **(FORM | values))


async def pressed(
    server: Server, shown: simcord.InteractionResult, act: str, who: str = "mod"
) -> simcord.InteractionResult:
    """A button of the set-up's answer."""
    answer = shown.followups[-1] if shown.followups else shown.response
    assert answer is not None, said(shown)
    custom_id = next((c for c in controls_of(answer) if c.startswith(f"setup:{act}:")), None)
    assert custom_id is not None, (act, said(shown))
    result = await server.press(who, answer, custom_id)
    await server.settle()
    return result


async def built(server: Server) -> Partnership:
    """A whole set-up."""
    done = await pressed(server, await planned(server), "apply")
    assert "is set up" in said(done), said(done)
    return await server.partnership()


def live(server: Server) -> discord.Guild:
    guild = server.env.bot.get_guild(server.guild.id)
    assert guild is not None
    return guild


def text_channel(server: Server, name: str) -> discord.TextChannel:
    found = discord.utils.get(live(server).text_channels, name=name)
    assert found is not None, name
    return found


def writes(server: Server) -> int:
    """How many requests changed roles, channels or access so far."""
    return sum(
        r.method in {"POST", "PUT", "PATCH", "DELETE"}
        and ("/roles" in r.path or "/permissions/" in r.path or r.path.endswith("/channels"))
        for r in server.env.http_requests
    )


async def test_a_partnership_is_built_as_planned_and_again_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        plan = await planned(server)
        words = said(plan)
        for name in ROLES | CHANNELS:
            assert name in words.replace("\\", ""), name
        assert not ROLES & set(server.guild.roles), "nothing is built before Apply"
        done = await pressed(server, plan, "apply")
        assert "is set up" in said(done), said(done)
        assert set(server.guild.roles) >= ROLES
        assert set(server.guild.channels) >= CHANNELS | {"Stakeholders", "Core Team", "Cells"}
        partnership = await server.partnership()
        assert partnership.provisional
        assert partnership.stakeholders.purpose == FORM["purpose"]
        assert len(partnership.mappings) == len(ROLES)
        (entry,) = [post for post in server.feed() if "🪪" in post]
        for name in ROLES:
            assert f"the role “{name}” gives" in entry, entry
        assert f"mapped in the set-up by {server['mod'].mention}" in entry
        before = writes(server)
        again = await server.slash("mod", "lobby", "setup start")
        assert "nothing to do" in said(again), said(again)
        assert writes(server) == before
        stale = await pressed(server, plan, "apply")
        assert "nothing had to be changed" in said(stale), said(stale)
        assert writes(server) == before
        assert len((await server.partnership()).mappings) == len(ROLES)


async def test_every_seat_writes_somewhere_and_the_feed_is_the_bots(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        await built(server)
        for role in ROLES:
            server.join(f"p-{role.lower()[:20]}", [role])
        nobody = server.join("nobody")
        guild = live(server)
        feed, talk = text_channel(server, FEED), text_channel(server, TALK)
        for role in ROLES:
            member = guild.get_member(server.people[f"p-{role.lower()[:20]}"].id)
            assert member is not None
            assert talk.permissions_for(member).send_messages
            can = feed.permissions_for(member)
            assert can.view_channel
            assert can.send_messages_in_threads
            assert not can.send_messages
            assert not can.create_public_threads
            assert not can.create_private_threads
        stranger = guild.get_member(nobody.id)
        assert stranger is not None
        assert not feed.permissions_for(stranger).view_channel
        stakeholder = guild.get_member(server.people["p-stakeholder"].id)
        assert stakeholder is not None
        core = text_channel(server, "core-team").permissions_for(stakeholder)
        assert core.view_channel
        assert not core.send_messages
        assert text_channel(server, "stakeholders").permissions_for(stakeholder).send_messages
        for channel in guild.text_channels:
            assert channel.permissions_for(guild.me).send_messages
        await server.advance(minutes=10)
        assert "roles carry seats now" in "\n".join(server.feed())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/guilds/*/roles"),
        ("POST", "/guilds/*/channels"),
        ("PUT", "/channels/*/permissions/*"),
    ],
)
async def test_stopped_in_the_middle_it_says_so_and_goes_on(tmp_path: Path, method: str, path: str) -> None:
    async with opened(tmp_path) as server:
        server.guild.create_text_channel("decisions")
        plan = await planned(server)
        server.env.inject_error(method, path, status=403, code=50013, message="Missing Permissions")
        stopped = await pressed(server, plan, "apply")
        words = said(stopped)
        assert "stopped" in words
        assert "**Done**" in words
        assert "**Not done**" in words
        assert "lacks a permission" in words
        done = await pressed(server, stopped, "apply")
        assert "is set up" in said(done), said(done)
        assert sorted(role.name for role in live(server).roles if role.name in ROLES) == sorted(ROLES)
        assert sorted(c.name for c in live(server).channels if c.name in CHANNELS) == sorted(CHANNELS)


async def test_a_crash_between_discord_and_the_record_builds_nothing_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        plan = await planned(server)
        server.env.inject_error("POST", "/guilds/*/channels", status=403, code=50013, message="no")
        await pressed(server, plan, "apply")
        live_guild = live(server)
        await server.as_bot(live_guild.create_category("Stakeholders"))
        await server.crash()
        again = await server.slash("mod", "lobby", "setup start")
        done = await pressed(server, again, "apply")
        assert "is set up" in said(done), said(done)
        assert [c.name for c in live(server).channels].count("Stakeholders") == 1


async def test_a_channel_of_the_same_name_is_adopted_and_the_bot_is_let_in_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        kept = server.guild.create_text_channel("core-team")
        plan = await planned(server)
        assert "adopt channel" in said(plan)
        await pressed(server, plan, "apply")
        sent = [
            r for r in server.env.http_requests if r.method == "PUT" and f"/channels/{kept.id}/permissions/" in r.path
        ]
        assert sent[0].path.endswith(f"/{live(server).me.id}")
        assert sent[-1].path.endswith(f"/{server.guild.id}")
        assert [c.name for c in live(server).channels].count("core-team") == 1
        async with server.bot.ctx.uow.read() as tx:
            places = await tx.partnerships.places(PartnershipId(1))
        assert kept.id in {place.channel_id for place in places}


async def test_a_namesake_role_above_the_bot_is_refused_in_words(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        too_high = server.guild.create_role("Stakeholder", permissions=discord.Permissions(kick_members=True))
        plan = await planned(server)
        assert "mend this first" in said(plan), said(plan)
        stopped = await pressed(server, plan, "apply")
        assert "stopped" in said(stopped)
        assert "gives power over the server" in said(stopped)
        role = live(server).get_role(too_high.id)
        assert role is not None
        await server.as_bot(role.edit(name="Bouncers"))
        done = await pressed(server, stopped, "apply")
        assert "is set up" in said(done), said(done)


async def test_without_manage_roles_nothing_is_done(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        plan = await planned(server)
        moderator = server._member("mod")
        await server.as_bot(moderator.remove_roles(*[r for r in moderator.roles if not r.is_default()]))
        refused = await pressed(server, plan, "apply")
        assert "Manage Roles" in said(refused)
        assert not ROLES & set(server.guild.roles)


async def test_a_draft_with_a_fault_is_kept_and_can_be_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        shown = await planned(server, cells="Commons\nCommons")
        assert "kept" in said(shown)
        await server.crash()
        form = await pressed(server, shown, "edit")
        assert form.modal is not None
        plan = await server.fill("mod", form, **FORM)
        assert "### Plan" in said(plan), said(plan)
        cancelled = await pressed(server, plan, "cancel")
        assert "Cancelled" in said(cancelled)
        gone = await pressed(server, plan, "apply")
        assert "finished or cancelled" in said(gone), said(gone)


async def test_a_form_opened_before_a_restart_is_taken_after_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        form = await server.slash("mod", "lobby", "setup start")
        await server.crash()
        plan = await server.fill("mod", form, **FORM)
        assert "### Plan" in said(plan), said(plan)


async def test_roles_are_mapped_listed_and_unmapped(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        await built(server)
        server.guild.create_role("Water Trust")
        server.join("ada", ["Water Trust"])
        await server.settle()
        mapped = await server.slash(
            "mod",
            "lobby",
            "roles map",
            role=server.guild.roles["Water Trust"],
            group="Stakeholders",
            seat="member",
            **{"class": "financial contributor"},
            organisation="Water Trust",
        )
        assert "now carries" in said(mapped), said(mapped)
        assert "1 person wears it" in said(mapped)
        member = live(server).get_member(server["ada"].id)
        assert member is not None
        assert text_channel(server, "stakeholders").permissions_for(member).send_messages
        listed = await server.slash("mod", "lobby", "roles list")
        assert "Water Trust" in said(listed)
        unmapped = await server.unmap("Water Trust")
        assert "carries no seat any more" in said(unmapped), said(unmapped)
        assert not text_channel(server, "stakeholders").permissions_for(member).view_channel
        await server.settle()
        feed = "\n".join(server.feed())
        assert "Water Trust" in feed


async def test_roles_that_give_power_are_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        await built(server)
        roles = {
            "bad": server.guild.create_role("Bouncer", permissions=discord.Permissions(ban_members=True)),
            "own": server.guild.roles["Moderators"],
            "everyone": server.guild.default_role,
        }
        for name, words in (
            ("bad", "power over the server"),
            ("own", "power over the server"),
            ("everyone", "@everyone"),
        ):
            refused = await server.slash(
                "mod", "lobby", "roles map", role=roles[name], group="Stakeholders", seat="member"
            )
            assert words in said(refused), said(refused)


async def test_the_partnership_is_ratified_by_its_first_proposal(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        await built(server)
        early = await server.slash("mod", "lobby", "setup ratify")
        assert "stakeholder group ratifies" in said(early), said(early)
        for name in ("ada", "ben", "cleo"):
            server.join(name, ["Stakeholder"])
        server.join("tia", ["Core Team"])
        await server.settle()
        opened_now = await server.slash("mod", "lobby", "setup ratify")
        assert "P-1" in said(opened_now), said(opened_now)
        await server.settle()
        proposal = await server.proposal(1)
        assert proposal.type == "ratification"
        assert "tia" in proposal.current.text.ask
        assert str(FORM["top_level_purpose"]) in proposal.current.text.ask
        again = await server.slash("mod", "lobby", "setup ratify")
        assert "under way already" in said(again), said(again)
        for _ in range(6):
            await server.advance(hours=12)
        assert await server.state(1) is ProposalState.ESCALATED
        card = await server.card(1)
        yes = next(c for c in controls_of(card) if c.startswith("vote:cast:"))
        for name in ("ada", "ben", "cleo"):
            await server.press(name, card, yes)
        for _ in range(6):
            await server.advance(hours=12)
        assert await server.state(1) is ProposalState.ENACTED
        assert not (await server.partnership()).provisional
        assert "Ratify" in text_of(await server.feed_entry(1))
