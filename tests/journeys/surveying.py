"""What journeys about surveys do again and again: draft, open, answer, read the board and the results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import simcord

from bot.governance.ids import PartnershipId
from bot.governance.surveys import Survey
from tests.journeys.server import TALK, Server, controls_of, latest, said, text_of

SCALE = ("scale", {"question": "How well do we decide together?", "low": "not at all", "high": "fully"})
CHOICE = ("choice", {"question": "Which day suits you best?", "choices": "Monday\nFriday\nNeither of them"})
TEXT = ("text", {"question": "What should we change first?"})
DAYS = timedelta(days=5)
STAKEHOLDERS = ("ada", "ben", "cleo", "dev", "eli", "fay")


async def drafted(
    server: Server,
    *questions: tuple[str, dict[str, str]],
    who: str = "gus",
    group: str = "Stakeholders",
    title: str = "How are we doing?",
    about: str = "We want to decide better next year.",
) -> simcord.InteractionResult:
    """``/survey create`` with its form, and a form for each question: the private answer with the draft."""
    shown = await server.slash(who, TALK, "survey create", **({"group": group} if group else {}))
    answered = await server.fill(who, shown, title=title, about=about)
    draft = latest(answered)
    for kind, fields in questions or (SCALE, CHOICE, TEXT):
        button = next(c for c in controls_of(draft) if c.startswith(f"survey:{kind}:"))
        answered = await server.fill(who, await server.press(who, draft, button), **fields)
    return answered


def id_of(answered: simcord.InteractionResult) -> int:
    """The survey that a private answer is about."""
    return int(next(c for c in controls_of(latest(answered)) if c.startswith("survey:")).split(":")[2])


async def asked(server: Server, *questions: tuple[str, dict[str, str]], who: str = "gus", **more: Any) -> int:
    """A survey that is open; its id."""
    planned = {name: more.pop(name) for name in ("closes", "repeat", "zone") if name in more}
    answered = await drafted(server, *questions, who=who, **more)
    survey = id_of(answered)
    number = (await kept(server, survey)).number
    shown = await server.slash(who, TALK, "survey open", survey=f"S-{number}", **planned)
    opened = await server.press(who, latest(shown), opening(latest(shown)))
    assert "is open" in said(opened), said(opened)
    await server.settle()
    return survey


def opening(shown: discord.Message) -> str:
    """The button that opens what is shown."""
    return next(c for c in controls_of(shown) if c.startswith("survey:open-now:"))


async def kept(server: Server, survey: int) -> Survey:
    """A survey, from the database."""
    async with server.bot.ctx.uow.read() as tx:
        return await tx.of(Survey).get(survey)


async def board(server: Server, survey: int) -> discord.Message:
    """Its board, as it stands in its channel."""
    async with server.bot.ctx.uow.read() as tx:
        found = await tx.deliveries.board(f"survey/{survey}")
    assert found is not None
    assert found.channel_id is not None
    assert found.message_id is not None
    return server.message(found.channel_id, found.message_id)


async def form(server: Server, who: str, survey: int) -> simcord.InteractionResult:
    """Press *Answer* on the board."""
    return await server.press(who, await board(server, survey), f"survey:answer:{survey}")


async def answer(server: Server, who: str, survey: int, *answers: str) -> simcord.InteractionResult:
    """Press *Answer* and send the form in; empty answers are left out."""
    shown = await form(server, who, survey)
    return await send(server, who, shown, *answers)


async def send(server: Server, who: str, shown: simcord.InteractionResult, *answers: str) -> simcord.InteractionResult:
    """Send a form in."""
    return await server.fill(who, shown, **{f"answer-{place}": text for place, text in enumerate(answers, 1) if text})


async def everyone_answers(server: Server, survey: int, *answers: str, who: tuple[str, ...] = STAKEHOLDERS) -> None:
    """These people answer alike."""
    for each in who:
        await answer(server, each, survey, *answers)


def posts(server: Server, channel: str) -> list[discord.Message]:
    """The messages of a channel that tell results."""
    return [m for m in server.channel(channel).history() if "Results of S-" in text_of(m)]


async def record(server: Server) -> str:
    """Everything on record, as text."""
    async with server.bot.ctx.uow.read() as tx:
        verdict = await tx.record.verify(PartnershipId(1))
        return "\n".join([str(await tx.record.event(PartnershipId(1), n)) for n in range(1, verdict.events + 1)])
