"""What fails between the bot and Discord, before or after its effect, and what the bot makes of it (RUN-3).

The real bot in the test's loop, the stand-in of Discord behind real sockets.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from pydantic import SecretStr
from yarl import URL

from bot.app import create_bot
from bot.discord import addresses, client, requests
from bot.discord.client import GovernanceBot
from bot.governance.ids import ProposalId
from bot.governance.proposals_types import Proposal, ProposalState
from bot.operation.running import stay_connected
from bot.services.ports.deliveries import CalendarEntry
from config.settings import Settings
from tests.standin import How, StandIn, controls, listening, on_duty
from tests.standin.running import caught_up, settings
from tests.standin.town import CORE, Town, founded, planned

TOKEN = "a-token"
WAYS = [How.STATUS, How.DROP, How.TRUNCATE, How.SILENCE]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Waiting for Discord is kept short, and afterwards Discord is where it was."""
    monkeypatch.setattr(requests, "ANSWER_WITHIN", 2.5)
    yield
    addresses.use(Settings.model_construct())


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'governance.sqlite3'}"


@asynccontextmanager
async def at_work(url: str) -> AsyncIterator[tuple[StandIn, GovernanceBot]]:
    """A server and the bot, ready."""
    standin = StandIn(TOKEN)
    standin.guild()
    async with listening(standin), on_duty(standin, url) as bot:
        await standin.until(bot.is_ready)
        await caught_up(standin, bot)
        yield standin, bot


async def apply(standin: StandIn) -> tuple[Town, str]:
    """``/setup`` planned and applied once; what was answered."""
    [guild] = standin.world.guilds.values()
    town, plan = await planned(standin, guild)
    button = next(each for each in controls(plan.messages[-1]) if each.startswith("setup:apply:"))
    applied = await town.mod.press(plan.messages[-1], button).answered(60)
    return town, applied.said


def names(town: Town) -> list[str]:
    """Of roles and channels, those made by hand left out."""
    roles = [f"@{role['name']}" for role in town.guild.roles.values()]
    channels = [channel["name"] for channel in town.guild.channels()]
    return sorted(each for each in (*roles, *channels) if each not in {"@@everyone", "@Consent", "lobby"})


@pytest.mark.parametrize(
    ("route", "how"),
    [
        ("POST /guilds/*/roles", How.STATUS),
        ("POST /guilds/*/roles", How.DROP),
        ("POST /guilds/*/roles", How.SILENCE),
        ("POST /guilds/*/channels", How.STATUS),
        ("POST /guilds/*/channels", How.TRUNCATE),
    ],
)
async def test_a_role_or_channel_that_discord_took_without_saying_so_is_adopted(url: str, route: str, how: How) -> None:
    """One of each stands, and the set-up goes on where the answer was lost."""
    async with at_work(url) as (standin, _):
        fault = standin.fail(route, how=how, after=True)
        town, said = await apply(standin)
        assert fault.met
        assert "is set up" in said, said
        assert len(names(town)) == len(set(names(town))) == 16, names(town)


async def test_a_set_up_that_discord_did_not_take_stops_with_words_and_goes_on_when_it_is_run_again(url: str) -> None:
    async with at_work(url) as (standin, _):
        fault = standin.fail("POST /guilds/*/roles", how=How.DROP)
        town, said = await apply(standin)
        assert fault.met
        assert "Discord did not take it" in said, said
        again = await town.mod.command(town.channel("lobby"), "setup start").answered()
        button = next(each for each in controls(again.messages[-1]) if each.startswith("setup:apply:"))
        applied = await town.mod.press(again.messages[-1], button).answered(60)
        assert "is set up" in applied.said, applied.said
        assert len(names(town)) == len(set(names(town))) == 16


@pytest.mark.parametrize("how", WAYS)
async def test_an_event_that_discord_took_without_saying_so_is_adopted(url: str, how: How) -> None:
    async with at_work(url) as (standin, bot):
        [guild] = standin.world.guilds.values()
        starts = bot.ctx.clock() + timedelta(days=1)

        def entry(name: str) -> CalendarEntry:
            return CalendarEntry(
                name=name, description="", starts_at=starts, ends_at=starts + timedelta(hours=1), location="here"
            )

        standin.fail("POST /guilds/*/scheduled-events", how=how, after=True)
        made = await bot.guild_adapter.make_event(guild.id, entry("Retro"))
        assert list(guild.events) == [made]
        assert await bot.guild_adapter.make_event(guild.id, entry("Meeting")) != made
        assert len(guild.events) == 2


SHOWN = ["POST /channels/*/messages", "POST /channels/*/messages/*/threads", "PUT /channels/*/messages/*/reactions/**"]


@pytest.mark.parametrize(
    ("how", "after"), [(How.STATUS, True), (How.DROP, False), (How.TRUNCATE, True), (How.SILENCE, True)]
)
async def test_a_proposal_is_shown_once_whatever_each_first_request_ends_in(url: str, how: How, after: bool) -> None:
    async with at_work(url) as (standin, bot):
        [guild] = standin.world.guilds.values()
        town = await founded(standin, guild)
        faults = [standin.fail(route, how=how, after=after) for route in SHOWN]
        number = await town.propose()
        await standin.until(lambda: all(fault.met for fault in faults), within=60)
        await standin.until(lambda: town.cards(number) and len(town.cards(number)[0]["reactions"]) > 1, within=60)
        await standin.until(lambda: standin.world.messages.get(int(town.cards(number)[0]["id"])), within=60)
        await bot.outbox.drain()
        assert len(town.cards(number)) == 1
        texts = [str(m["components"]) for m in standin.messages(town.thread(number))]
        assert len(texts) == len(set(texts)) > 0
        async with bot.ctx.uow.read() as tx:
            proposal = await tx.of(Proposal).get(ProposalId(number))
        assert proposal.state is ProposalState.REVIEW
        assert proposal.clock.reasons == frozenset()


async def test_an_objection_to_a_card_that_stood_before_the_bot_knew_it_counts(url: str) -> None:
    """The answer to its posting is lost, somebody reacts, and only then the bot finds it and adopts it."""
    async with at_work(url) as (standin, bot):
        [guild] = standin.world.guilds.values()
        town = await founded(standin, guild)
        route = f"POST /channels/{town.channel(CORE)['id']}/messages"
        standin.fail(route, how=How.TRUNCATE, after=True)
        number = await town.propose()
        await standin.until(lambda: town.cards(number))
        town["tom"].react(town.cards(number)[0], "✋")
        for _ in range(300):
            async with bot.ctx.uow.read() as tx:
                proposal = await tx.of(Proposal).get(ProposalId(number))
            if proposal.objections:
                break
            await asyncio.sleep(0.1)
        assert len(proposal.objections) == 1
        assert len(town.cards(number)) == 1


@pytest.mark.parametrize("how", [How.DROP, How.TRUNCATE, How.SILENCE])
async def test_an_act_whose_answer_is_lost_is_never_called_wrong(
    url: str, how: How, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_work(url) as (standin, _bot):
        [guild] = standin.world.guilds.values()
        town = await founded(standin, guild)
        number = await town.propose()
        card = await town.card(number)
        standin.fail("POST /interactions/*/*/callback", how=how)
        pressed = town["tom"].press(card, f"proposal:object:{number}")
        if how is How.SILENCE:  # by then Discord takes no answer any more
            await asyncio.sleep(3)
        else:
            assert "This went through" in (await pressed.answered()).said
        again = await town["tom"].press(card, f"proposal:object:{number}").answered()
        assert "stands already" in again.said, again.said
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


async def test_a_silent_request_holds_what_is_shown_for_no_longer_than_its_limit(url: str) -> None:
    async with at_work(url) as (standin, _bot):
        [guild] = standin.world.guilds.values()
        town = await founded(standin, guild)
        number = await town.propose()
        card = await town.card(number)
        silent = standin.fail(f"PATCH /channels/*/messages/{card['id']}", how=How.SILENCE, times=None)
        await town["uma"].press(card, f"proposal:object:{number}").answered()
        await standin.until(lambda: silent.met)
        unlike = {part: f"Two keys for the shed: {part}" for part in ("ask", "why", "outcome", "risks")}
        other = await town.propose("tom", "Two keys for the shed", **unlike)
        await standin.until(lambda: town.cards(other), within=20)


@pytest.mark.parametrize("how", [How.STATUS, How.TRUNCATE, How.SILENCE])
async def test_a_server_whose_taking_in_failed_is_taken_in_soon(
    url: str, how: How, caplog: pytest.LogCaptureFixture
) -> None:
    """Not with the next minute's sweep: people wait. Nothing of it is an error."""
    async with at_work(url) as (standin, bot):
        [guild] = standin.world.guilds.values()
        town = await founded(standin, guild)
        card = await town.card(await town.propose())
        await bot.outbox.drain()
        fault = standin.fail("GET /channels/*/messages/*", how=how, status=503)
        town["uma"].react(card, "💬")
        await standin.gateway.invalidate()
        await standin.until(lambda: fault.met, within=30)
        await standin.until(lambda: bot.reconciliation.knows(guild.id), within=15)
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert any("not taken in yet" in r.getMessage() for r in caplog.records)


async def test_stopping_waits_for_nobody_who_is_silent(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is shown by the next start, once."""
    monkeypatch.setattr(requests, "ANSWER_WITHIN", 300.0)
    monkeypatch.setattr(client, "WORK_ENDS_WITHIN", 0.5)
    standin = StandIn(TOKEN)
    guild = standin.guild()
    async with listening(standin):
        async with on_duty(standin, url) as bot:
            await standin.until(bot.is_ready)
            await caught_up(standin, bot)
            town = await founded(standin, guild)
            silent = standin.fail(f"POST /channels/{town.channel(CORE)['id']}/messages", how=How.SILENCE, after=True)
            number = await town.propose()
            await standin.until(lambda: silent.met)
            async with asyncio.timeout(5):
                await bot.close()
        standin.heal()
        async with on_duty(standin, url) as bot:
            await town.card(number)
            await bot.outbox.drain()
            assert len(town.cards(number)) == 1


@pytest.mark.parametrize("trouble", [{"status": 503}, {"how": How.DROP, "times": 2}])
async def test_commands_that_discord_does_not_take_at_first_are_taken_in_the_end(
    url: str, trouble: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PAUSES", (0.1,))
    standin = StandIn(TOKEN)
    standin.guild()
    fault = standin.fail("PUT /applications/*/commands", **trouble)
    async with listening(standin), on_duty(standin, url) as bot:
        await standin.until(bot.is_ready)
        await standin.until(lambda: fault.met and standin.world.commands)


@pytest.mark.parametrize(
    ("route", "trouble"),
    [
        ("GET /users/@me", {"status": 503}),
        ("GET /users/@me", {"status": 429, "body": {"message": "too many", "retry_after": 1.0}}),
        ("GET /users/@me", {"how": How.SILENCE}),
        ("GET /oauth2/applications/@me", {"how": How.TRUNCATE, "times": 3}),
    ],
)
async def test_trouble_at_login_ends_nothing(
    url: str, route: str, trouble: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(requests, "PAUSES", (0.1,))
    standin = StandIn(TOKEN)
    standin.guild()
    fault = standin.fail(route, **trouble)
    async with listening(standin), on_duty(standin, url) as bot:
        await standin.until(bot.is_ready)
        assert len(fault.met) == trouble.get("times", 1)
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert "The bot tries by itself" in caplog.text


async def test_a_gateway_out_of_reach_at_first_ends_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PAUSES", (0.1,))
    standin = StandIn(TOKEN)
    standin.guild()
    async with listening(standin):
        there, standin.gateway.address = standin.gateway.address, f"{standin.gateway.address}/nowhere"
        async with on_duty(standin, url) as bot:
            await standin.until(lambda: "GET /oauth2/applications/@me" in standin.asked)
            await asyncio.sleep(0.5)
            assert not bot.is_ready()
            DiscordWebSocket.DEFAULT_GATEWAY = URL(there)
            await standin.until(bot.is_ready)


async def test_a_wrong_token_ends_at_once(url: str) -> None:
    standin = StandIn("another-token")
    async with listening(standin):
        bot = create_bot(settings(standin, url).model_copy(update={"discord_token": SecretStr(TOKEN)}))
        with pytest.raises(discord.LoginFailure):
            await stay_connected(bot, TOKEN)
        await bot.close()
    assert standin.asked == ["GET /users/@me"]
