"""Whatever the bot is doing, an act has its first word in time: while a writer holds the database, too (RUN-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.discord.client import GovernanceBot
from bot.ui import answers
from cogs.base import Control, FormCog, Menu, acknowledging, admission
from tests.standin import Json, StandIn, controls, listening, on_duty, people
from tests.standin.people import DEFER, Interaction
from tests.standin.running import caught_up
from tests.standin.town import CORE, TALK, Town, founded

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, NUMBER = 3, 4, 5, 6, 7, 8, 10


@asynccontextmanager
async def proposed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Town, Json, GovernanceBot]]:
    """A partnership with a proposal in review and the bot at work, which does not have to be quick here."""
    monkeypatch.setattr(acknowledging, "WITHIN", 0.05)
    monkeypatch.setattr(people, "TO_ANSWER", 60.0)
    standin = StandIn("a-token")
    guild = standin.guild()
    async with listening(standin), on_duty(standin, f"sqlite+aiosqlite:///{folder / 'g.sqlite3'}") as bot:
        await standin.until(bot.is_ready)
        await caught_up(standin, bot)
        town = await founded(standin, guild)
        card = await town.card(await town.propose())
        await caught_up(standin, bot)
        yield town, card, bot


def commands(town: Town) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every slash command, with something for each option that it needs."""
    for command in town.standin.world.commands:
        if command.get("type", 1) == 1:
            yield from _below(town, command["name"], command)


def _below(town: Town, name: str, described: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    options = described.get("options") or []
    inner = [each for each in options if each["type"] in {1, 2}]
    for each in inner:
        yield from _below(town, f"{name} {each['name']}", each)
    if not inner:
        yield name, {each["name"]: _something(town, each) for each in options if each.get("required")}


def _something(town: Town, option: Json) -> Any:
    if option.get("choices"):
        return option["choices"][0]["value"]
    match option["type"]:
        case t if t == USER:
            return town.standin.world.users[town["uma"].id]
        case t if t == CHANNEL:
            return town.channel(TALK)
        case t if t == ROLE:
            return town.role("Core Team")
        case t if t in {INTEGER, NUMBER}:
            return 1
        case t if t == BOOLEAN:
            return True
        case _:
            return "P-1"


async def test_every_command_every_control_and_a_form_are_acknowledged_while_a_writer_holds_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proposed(tmp_path, monkeypatch) as (town, card, bot):
        form = await town["tia"].command(town.channel(CORE), "propose", type="general").answered(60)
        asked: list[tuple[str, Interaction]] = []
        async with bot.ctx.uow.write():
            asked += [(each, town["uma"].press(card, each)) for each in controls(card)]
            asked += [(n, town["tom"].command(town.channel(TALK), n, **given)) for n, given in commands(town)]
            asked += [("form", town["tia"].submit(form, title="Another", ask="Adopt it.", why="It helps."))]
            assert len(asked) > 20
            await town.standin.until(lambda: all(each.kind for _, each in asked), within=60)
            late = [name for name, each in asked if each.kind == DEFER and not each.messages]
            assert "object" in late, "it waits for its turn to write"
        for name, each in asked:
            said = (await each.answered(60)).said
            assert "went wrong" not in said, (name, said)


async def test_an_act_that_was_late_cannot_open_a_form_any_more_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 60.0)
    async with proposed(tmp_path, monkeypatch) as (town, card, bot):
        bot.reconciliation.forget(town.guild.id)
        button = next(each for each in controls(card) if each.startswith("proposal:concern:"))
        pressed = town["tom"].press(card, button)
        await town.standin.until(lambda: pressed.kind, within=60)
        await bot.sweep()
        assert answers.FORM_TOO_LATE in (await pressed.answered(60)).said
        assert (await town["tom"].press(card, button).answered(60)).form is not None


def test_every_control_and_form_comes_through_the_one_door_that_answers_in_time() -> None:
    def below(kind: type) -> set[type]:
        subclasses: list[type] = kind.__subclasses__()
        return {each for sub in subclasses for each in (sub, *below(sub))}

    for base, method in ((Control, "callback"), (Menu, "callback"), (FormCog, "take_form")):
        assert below(base)
        assert [each for each in below(base) if method in vars(each)] == []
