"""The stand-in's own tests: what the real bot sees of it, and that each way of failing is what it says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import discord
import pytest

from bot.governance.proposals_types import Proposal
from tests.standin import Bucket, How, Person, StandIn, listening, on_duty
from tests.standin.running import caught_up
from tests.standin.town import CORE, FEED, founded
from tests.standin.world import Reaction

TOKEN = "a-token"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """An empty database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'governance.sqlite3'}"


class Asking:
    """Requests as discord.py makes them."""

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin

    async def __aenter__(self) -> aiohttp.ClientSession:
        self.session = aiohttp.ClientSession(
            f"{self.standin.base}/", headers={"Authorization": f"Bot {TOKEN}"}, timeout=aiohttp.ClientTimeout(0.5)
        )
        return self.session

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()


async def test_a_partnership_is_set_up_and_a_proposal_shown_objected_to_and_kept_over_a_restart(
    database_url: str,
) -> None:
    standin = StandIn(TOKEN)
    guild = standin.guild("Home", arrives_after=0.2)
    async with listening(standin):
        async with on_duty(standin, database_url) as bot:
            await standin.until(bot.is_ready)
            await caught_up(standin, bot)
            town = await founded(standin, guild)
            number = await town.propose()
            card = await town.card(number)
            town["tom"].react(card, "✋")
            await bot.outbox.drain()
            await standin.until(lambda: "objection" in str(standin.messages(town.thread(number))))
            await standin.until(lambda: {r.emoji for r in standin.world.reactions[int(card["id"])]} >= {"✋", "💬"})
        town["uma"].react(card, "💬")
        async with on_duty(standin, database_url) as bot:
            await standin.until(bot.is_ready)
            await caught_up(standin, bot)
            async with bot.ctx.uow.read() as tx:
                [partnership] = await tx.partnerships.all()
                proposal = await tx.of(Proposal).numbered(partnership.id, 1)
            assert len(proposal.objections) == 1
            assert len(proposal.concerns) == 1
            assert len(town.cards(number)) == 1
            assert len(standin.messages(town.channel(FEED))) >= 1


async def test_super_reactions_are_listed_apart() -> None:
    standin = StandIn(TOKEN)
    guild = standin.guild()
    channel = guild.channel(CORE)
    message = standin.world.post(int(channel["id"]), standin.world.bot, {"content": "card"})
    tia, tom = standin.join(guild, "tia"), standin.join(guild, "tom")
    tia.react(message, "✋")
    tom.react(message, "✋", burst=True)
    async with listening(standin), Asking(standin) as session:
        where = f"channels/{channel['id']}/messages/{message['id']}"
        for query, who in (("", tia), ("?type=0", tia), ("?type=1", tom)):
            async with session.get(f"{where}/reactions/✋{query}") as answer:
                assert [int(each["id"]) for each in await answer.json()] == [who.id]
        async with session.get(where) as answer:
            [counted] = (await answer.json())["reactions"]
        assert counted["count"] == 2
        assert counted["count_details"] == {"normal": 1, "burst": 1}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("how", list(How))
async def test_a_request_fails_before_or_after_its_effect(how: How, after: bool) -> None:
    standin = StandIn(TOKEN)
    guild = standin.guild()
    path = f"/guilds/{guild.id}/roles"
    fault = standin.fail("POST /guilds/*/roles", how=how, after=after, status=503)
    async with listening(standin), Asking(standin) as session:
        try:
            async with session.post(path.removeprefix("/"), json={"name": "Core Team"}) as answer:
                assert how in {How.STATUS, How.TRUNCATE}
                await answer.read()
                assert answer.status == 503
        except aiohttp.ServerDisconnectedError:
            assert how is How.DROP
        except aiohttp.ClientPayloadError:
            assert how is How.TRUNCATE
        except TimeoutError:
            assert how is How.SILENCE
        assert fault.met == [f"POST {path}"]
        assert [role["name"] for role in guild.roles.values()].count("Core Team") == after
        async with session.post(path.removeprefix("/"), json={"name": "Core Team"}) as answer:
            assert answer.status == 200


async def test_an_enforced_nonce_gives_back_the_message_that_stands() -> None:
    standin = StandIn(TOKEN)
    channel = standin.guild().channel(CORE)
    said = {"content": "once", "nonce": "7", "enforce_nonce": True}
    async with listening(standin), Asking(standin) as session:
        for body in (said, said, said | {"enforce_nonce": False}, {"content": "once"}):
            async with session.post(f"channels/{channel['id']}/messages", json=body) as answer:
                assert answer.status == 200
    assert len(standin.messages(channel)) == 3


async def test_a_bucket_that_is_empty_says_when_it_is_full_again() -> None:
    standin = StandIn(TOKEN)
    first, second = standin.guild(), standin.guild("Away")
    standin.buckets.append(Bucket("GET /guilds/*/roles", limit=2, window=60))
    async with listening(standin), Asking(standin) as session:
        statuses = []
        for guild in (first, first, first, second):
            async with session.get(f"guilds/{guild.id}/roles") as answer:
                statuses.append(answer.status)
                assert answer.headers["X-RateLimit-Remaining"] in {"0", "1"}
        assert statuses == [200, 200, 429, 200]


@pytest.mark.parametrize("resumed", [True, False])
async def test_a_session_goes_on_with_what_was_missed_or_begins_anew(database_url: str, resumed: bool) -> None:
    standin = StandIn(TOKEN)
    guild = standin.guild()
    channel = guild.channel(CORE)
    message = standin.world.post(int(channel["id"]), standin.world.bot, {"content": "card"})
    heard: list[int] = []
    async with listening(standin), on_duty(standin, database_url) as bot:

        async def hear(reaction: discord.RawReactionActionEvent) -> None:
            heard.append(reaction.user_id)

        bot.add_listener(hear, "on_raw_reaction_add")
        await standin.until(bot.is_ready)
        await (standin.gateway.reconnect() if resumed else standin.gateway.invalidate())
        await standin.until(lambda: not standin.gateway.connected)
        standin.world.react(int(channel["id"]), int(message["id"]), Reaction(guild.owner, "✋"))
        await standin.until(lambda: standin.gateway.connected)
        await standin.until(lambda: bot.session_ready)
        assert heard == [guild.owner] * resumed
        assert (standin.gateway.identified, standin.gateway.resumed) == ((1, 1) if resumed else (2, 0))


async def test_a_server_can_arrive_after_ready_be_lost_and_come_back(database_url: str) -> None:
    standin = StandIn(TOKEN)
    guild = standin.guild(arrives_after=None)
    async with listening(standin), on_duty(standin, database_url) as bot:
        await standin.until(bot.is_ready)
        seen = bot.get_guild(guild.id)
        assert seen is not None
        assert seen.unavailable
        standin.gateway.arrive(guild)
        await standin.until(lambda: not seen.unavailable and seen.chunked)
        standin.gateway.out_of_reach(guild)
        await standin.until(lambda: seen.unavailable)
        standin.gateway.arrive(guild)
        await standin.until(lambda: not seen.unavailable)


async def test_an_interaction_is_answered_once_and_a_form_never_by_a_form() -> None:
    standin = StandIn(TOKEN)
    guild = standin.guild()
    lobby = guild.channel("lobby")
    tia: Person = standin.join(guild, "tia")
    form = {"type": 9, "data": {"custom_id": "f", "title": "F", "components": []}}
    asked = tia.desk.ask(5, guild, tia.id, lobby, {"custom_id": "f", "components": []})
    path = f"interactions/{asked.id}/{asked.token}/callback"
    async with listening(standin), Asking(standin) as session:
        for body, status in ((form, 400), ({"type": 4, "data": {"content": "done"}}, 200), ({"type": 6}, 400)):
            async with session.post(path, json=body) as answer:
                assert answer.status == status
        late = tia.desk.ask(2, guild, tia.id, lobby, {})
        late.sent_at -= 4
        async with session.post(f"interactions/{late.id}/{late.token}/callback", json={"type": 5}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (404, 10062)
    assert asked.said == "done"


async def test_a_route_that_is_not_known_fails_the_test() -> None:
    standin = StandIn(TOKEN)
    with pytest.raises(AssertionError, match="does not know"):
        async with listening(standin), Asking(standin) as session, session.get("stage-instances/1") as answer:
            assert answer.status == 404


async def test_silence_ends_when_the_fault_does() -> None:
    standin = StandIn(TOKEN)
    guild = standin.guild()
    standin.fail("POST /guilds/*/roles", how=How.SILENCE)
    async with listening(standin), aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session:
        asking = asyncio.create_task(session.post(f"{standin.base}/guilds/{guild.id}/roles", json={}))
        await standin.until(lambda: standin.asked)
        assert not asking.done()
        standin.heal()
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await asking
