"""A set-up whose requests Discord takes and answers with an error: nothing stands twice (SCL-1)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.standin import How, StandIn, listening, on_duty
from tests.standin.people import controls
from tests.standin.running import caught_up
from tests.standin.town import planned
from tests.standin.world import Guild


def standing(guild: Guild) -> Counter[str]:
    """How often each name stands among the roles and channels."""
    names = [f"@{role['name']}" for role in guild.roles.values()]
    return Counter(names + [f"#{channel['name']}" for channel in guild.channels()])


@pytest.mark.parametrize("how", [How.STATUS, How.DROP, How.TRUNCATE])
@pytest.mark.parametrize("on", ["roles", "channels"])
async def test_what_discord_made_and_answered_with_an_error_stands_once(tmp_path: Path, on: str, how: How) -> None:
    standin = StandIn("a-token")
    guild = standin.guild()
    async with listening(standin), on_duty(standin, f"sqlite+aiosqlite:///{tmp_path / 'g.sqlite3'}") as bot:
        await standin.until(bot.is_ready)
        await caught_up(standin, bot)
        town, plan = await planned(standin, guild)
        fault = standin.fail(f"POST /guilds/*/{on}", status=502, how=how, after=True, times=2)
        button = next(each for each in controls(plan.messages[-1]) if each.startswith("setup:apply:"))
        done = await town.mod.press(plan.messages[-1], button).answered(30)
        assert "is set up" in done.said, done.said
        assert len(fault.met) == 2
        assert {name: times for name, times in standing(guild).items() if times > 1} == {}
        async with bot.ctx.uow.read() as tx:
            (partnership,) = await tx.partnerships.all()
            places = await tx.partnerships.places(partnership.id)
        assert {m.role for m in partnership.mappings} <= set(guild.roles)
        assert {place.channel_id for place in places} <= {int(channel["id"]) for channel in guild.channels()}


async def test_what_somebody_else_makes_meanwhile_is_never_taken_for_a_twin(tmp_path: Path) -> None:
    standin = StandIn("a-token")
    guild = standin.guild()
    async with listening(standin), on_duty(standin, f"sqlite+aiosqlite:///{tmp_path / 'g.sqlite3'}") as bot:
        await standin.until(bot.is_ready)
        await caught_up(standin, bot)
        town, plan = await planned(standin, guild)
        silent = standin.fail("POST /guilds/*/roles", how=How.SILENCE, after=True)
        button = next(each for each in controls(plan.messages[-1]) if each.startswith("setup:apply:"))
        pressed = town.mod.press(plan.messages[-1], button)
        await standin.until(lambda: silent.met)
        by_hand = guild.role("Stakeholder")
        standin.heal()
        done = await pressed.answered(30)
        assert "is set up" in done.said, done.said
        assert standing(guild)["@Stakeholder"] == 2, "the bot's one, and the one that somebody made"
        assert int(by_hand["id"]) in guild.roles
        async with bot.ctx.uow.read() as tx:
            (partnership,) = await tx.partnerships.all()
        assert int(by_hand["id"]) not in {m.role for m in partnership.mappings}
