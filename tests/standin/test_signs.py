"""Reactions over real sockets: super reactions, servers that arrive late, sessions renewed (OBJ-1, OBJ-5, PRO-11)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.discord.client import GovernanceBot
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.objections_events import ReactionsWiped
from bot.governance.proposals_types import Proposal
from cogs.base import admission
from tests.standin import Json, StandIn, listening, on_duty, words
from tests.standin.running import caught_up
from tests.standin.town import FEED, Town, founded

HAND = "✋"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """An empty database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'governance.sqlite3'}"


@asynccontextmanager
async def proposed(database_url: str) -> AsyncIterator[tuple[Town, Json, int]]:
    """A partnership with a proposal in review, and its bot gone: the town, the card, the proposal's id."""
    standin = StandIn("a-token")
    guild = standin.guild()
    async with listening(standin):
        async with at_work(standin, database_url):
            town = await founded(standin, guild)
            number = await town.propose()
            card = await town.card(number)
        yield town, card, number


@asynccontextmanager
async def at_work(standin: StandIn, database_url: str) -> AsyncIterator[GovernanceBot]:
    """The bot, with all its servers taken in."""
    async with on_duty(standin, database_url) as bot:
        await standin.until(bot.is_ready)
        await caught_up(standin, bot)
        yield bot


async def proposal_of(bot: GovernanceBot, id: int) -> Proposal:
    """The dossier."""
    async with bot.ctx.uow.read() as tx:
        return await tx.of(Proposal).get(ProposalId(id))


async def objectors(bot: GovernanceBot, id: int) -> set[int]:
    """Who objects, by their Discord ids."""
    proposal = await proposal_of(bot, id)
    async with bot.ctx.uow.read() as tx:
        users = await tx.people.users_of(o.person for o in proposal.objections)
    return {users[o.person] for o in proposal.objections if o.counts}


def removed(standin: StandIn, since: int) -> list[str]:
    """The reactions of people that the bot took away."""
    return [each for each in standin.asked[since:] if each.startswith("DELETE") and "/reactions/" in each]


def direct(town: Town, who: str) -> list[str]:
    """What somebody was told directly."""
    return [words(message) for message in town.standin.messages(town.standin.world.direct(town[who].id))]


# ---- super reactions (OBJ-1) --------------------------------------------------------------------------


async def test_super_reactions_count_while_the_bot_is_there(database_url: str) -> None:
    async with proposed(database_url) as (town, card, number), at_work(town.standin, database_url) as bot:
        town["tom"].react(card, "✋🏽", burst=True)
        await town.standin.until(lambda: "raised objection" in str(town.standin.messages(town.thread(number))))
        assert await objectors(bot, number) == {town["tom"].id}


async def test_super_reactions_are_read_back_beside_the_others(database_url: str) -> None:
    async with proposed(database_url) as (town, card, number):
        entry = town.standin.messages(town.channel(FEED))[-1]
        town["tom"].react(card, HAND, burst=True)
        town["uma"].react(entry, HAND, burst=True)
        town["nia"].react(card, HAND)
        async with at_work(town.standin, database_url) as bot:
            assert await objectors(bot, number) == {town["tom"].id, town["uma"].id}
            await bot.outbox.drain()
            assert len(direct(town, "nia")) == 1
            assert direct(town, "tom") == direct(town, "uma") == []


async def test_super_reactions_are_seen_in_the_look_before_the_close(database_url: str) -> None:
    """The connection is dead and nobody said so: what happens is never told, and looked at before it is decided."""
    async with proposed(database_url) as (town, card, number), at_work(town.standin, database_url) as bot:
        town.standin.gateway.hush()
        town["tom"].react(card, HAND, burst=True)
        town["uma"].react(card, "💬", burst=True)
        assert await bot.reconciliation.look_again(PartnershipId(1), ProposalId(number))
        proposal = await proposal_of(bot, number)
        assert await objectors(bot, number) == {town["tom"].id}
        assert len(proposal.concerns) == 1


# ---- what is not known yet (PRO-11) -------------------------------------------------------------------


@pytest.mark.parametrize("how", ["start", "renewed"])
async def test_before_its_server_has_arrived_nobodys_hand_is_removed(database_url: str, how: str) -> None:
    async with proposed(database_url) as (town, card, number):
        standin = town.standin
        if how == "start":
            town.guild.arrives_after = None
        async with on_duty(standin, database_url) as bot:
            if how == "renewed":
                await standin.until(bot.is_ready)
                await caught_up(standin, bot)
                town.guild.arrives_after = None
                before = standin.gateway.identified
                await standin.gateway.drop(forget=True)
                await standin.until(lambda: standin.gateway.identified > before)
            await standin.until(lambda: bot.guilds and not bot.guilds[0].roles)
            since = len(standin.asked)
            town["tom"].react(card, HAND)
            town["nia"].react(card, HAND)
            await asyncio.sleep(0.3)  # what was wrong happened at once
            assert removed(standin, since) == []
            assert await objectors(bot, number) == set()

            standin.gateway.arrive(town.guild)
            await caught_up(standin, bot)
            await standin.until(lambda: removed(standin, since))
            await bot.outbox.drain()
            assert await objectors(bot, number) == {town["tom"].id}
            assert direct(town, "tom") == []
            assert len(direct(town, "nia")) == 1
            assert [each.rpartition("/")[2] for each in removed(standin, since)] == [str(town["nia"].id)]


@pytest.mark.parametrize("act", ["object", "who"])
async def test_a_press_before_its_server_has_arrived_is_asked_to_come_again(
    database_url: str, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 0)
    async with proposed(database_url) as (town, card, number):
        standin = town.standin
        town.guild.arrives_after = None
        async with on_duty(standin, database_url) as bot:
            await standin.until(lambda: bot.guilds)
            early = await town["tom"].press(card, f"proposal:{act}:{number}").answered()
            assert "nothing is lost by waiting" in early.said
            # Also when the server was known a moment ago, and its session is renewed under the press.
            monkeypatch.setattr(bot.reconciliation, "known_within", _known)
            under = await town["tom"].press(card, f"proposal:{act}:{number}").answered()
            assert "nothing is lost by waiting" in under.said
            monkeypatch.undo()
            standin.gateway.arrive(town.guild)
            await caught_up(standin, bot)
            later = await town["tom"].press(card, f"proposal:{act}:{number}").answered()
            assert "nothing is lost by waiting" not in later.said
            assert await objectors(bot, number) == ({town["tom"].id} if act == "object" else set())


async def _known(guild_id: int, seconds: float) -> bool:
    return True


async def test_only_an_unknown_member_is_refused_not_one_whom_discord_does_not_tell_of(database_url: str) -> None:
    """Somebody reacted and left while the bot was away; at first Discord does not say whether they are there."""
    async with proposed(database_url) as (town, card, number):
        standin = town.standin
        for who in ("nia", "uma", "tom"):
            town[who].react(card, HAND)
        town.guild.lose(town["nia"].id)
        town.guild.lose(town["uma"].id)
        fault = standin.fail("GET /guilds/*/members/*", status=403, code=50001, times=None)
        async with on_duty(standin, database_url) as bot:
            await standin.until(lambda: fault.met)
            since = len(standin.asked)
            assert removed(standin, 0) == []
            standin.heal()
            await bot.sweep()
            await caught_up(standin, bot)
            await standin.until(lambda: removed(standin, since))
            assert len(removed(standin, since)) == 1, "the newcomer's"
            # Nobody can say by whose hand uma went, so nobody took her say (PRO-9).
            assert await objectors(bot, number) == {town["tom"].id, town["uma"].id}


# ---- the bot's own reactions (OBJ-5) ------------------------------------------------------------------


async def test_a_wipe_that_was_not_seen_is_made_good_once(database_url: str) -> None:
    async with proposed(database_url) as (town, card, number):
        standin = town.standin
        town["tom"].react(card, HAND)
        async with at_work(standin, database_url):
            pass
        standin.world.wipe(int(card["channel_id"]), int(card["id"]))
        for _ in range(2):
            async with at_work(standin, database_url) as bot:
                await bot.outbox.drain()
                mine = {
                    r.emoji for r in standin.world.reactions[int(card["id"])] if r.user == int(standin.world.bot["id"])
                }
                assert mine == {HAND, "💬"}
                assert await objectors(bot, number) == {town["tom"].id}
                async with bot.ctx.uow.read() as tx:
                    proposal = await tx.of(Proposal).get(ProposalId(number))
                    record = await tx.record.of(proposal.partnership, f"proposal/{number}")
                assert [e.event.type for e in record].count(ReactionsWiped) == 1
