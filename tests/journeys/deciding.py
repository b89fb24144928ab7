"""What journeys about decisions do again and again: ratify, dispute, escalate, vote, read answers."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import simcord

from bot.governance import receipts
from bot.governance.ids import PartnershipId
from bot.governance.proposals_types import ProposalState
from bot.services import record
from tests.journeys.objecting import on_card, publish, state
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said, serving

FOR, AGAINST, ABSTAIN = 0, 1, 2
CONSENT, WITH_CONCERN, STAND_ASIDE, OBJECT_TO_IT = 0, 1, 2, 3
STAKEHOLDERS_ALL = ("ada", "ben", "cleo", "dev", "eli", "fay")


@asynccontextmanager
async def ratified(folder: Path, governance: str = "") -> AsyncIterator[Server]:
    """The example partnership, ratified by its stakeholders (SCL-5)."""
    async with serving(folder, governance=governance, ratified=True) as server:
        yield server


async def by_card(server: Server, who: str, number: int, act: str) -> simcord.InteractionResult:
    """Press a button of the card and let what follows come to rest."""
    result = await on_card(server, who, number, act)
    await server.settle()
    return result


async def dispute(server: Server, number: int, *objectors: str) -> None:
    """These people object and state why; the review closes and the proposal is disputed."""
    for place, objector in enumerate(objectors, start=1):
        await by_card(server, objector, number, "object")
        await state(server, objector, number, place)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED


async def disputed(server: Server, who: str = "tia", where: str = CORE, objectors: Iterable[str] = ("uma",)) -> int:
    """A general proposal of the core team's that is disputed; its number."""
    number = await server.propose(who, where)
    await dispute(server, number, *objectors)
    return number


async def escalated(server: Server) -> int:
    """A disputed proposal in the stakeholders' final vote; its number."""
    number = await disputed(server)
    shown = await by_card(server, "uma", number, "escalate")
    assert "goes to a final vote" in said(shown), said(shown)
    assert await server.state(number) is ProposalState.ESCALATED
    return number


async def ballots(server: Server, number: int, **choices: int) -> None:
    """These people vote so."""
    for who, choice in choices.items():
        await server.vote(who, number, choice)
    await server.settle()


def outcome_posts(server: Server, number: int) -> list[str]:
    """The posts in the decisions feed that tell an outcome of this proposal."""
    return [post for post in server.feed() if "\n-# Outcome" in post and f"P-{number} " in post.partition("\n")[0]]


async def assert_heads_stand(server: Server, number: int) -> None:
    """Every outcome post ends with a short head hash, and that stands in the chain (REC-1)."""
    posts = outcome_posts(server, number)
    assert posts, "no outcome was posted"
    for post in posts:
        last = post.rpartition("\n")[2]
        assert last.startswith("-# Record #"), post
        kept = receipts.read(last)
        async with server.bot.ctx.uow.read() as tx:
            assert await record.standing_of(tx, PartnershipId(1), kept) is receipts.ReceiptStanding.STANDS, last


def rows(server: Server) -> dict[str, int]:
    """How many rows each table holds but the heartbeat's: unchanged by what was refused."""
    with closing(sqlite3.connect(f"file:{server.folder / 'governance.sqlite3'}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        return {
            table: database.execute(f'select count(*) from "{table}"').fetchone()[0]
            for table in tables
            if table != "runtime"
        }


async def show(server: Server, who: str, number: int, where: str = TALK) -> simcord.InteractionResult:
    """``/proposal show``."""
    return await server.slash(who, where, "proposal show", proposal=f"P-{number}")


async def withdraw(server: Server, who: str, number: int, reason: str = "") -> simcord.InteractionResult:
    """``/proposal withdraw`` and its form, where it opens."""
    shown = await server.slash(who, TALK, "proposal withdraw", proposal=f"P-{number}")
    if shown.modal is None:
        return shown
    result = await server.fill(who, shown, withdrawal=reason)
    await server.settle()
    return result


async def revise_details(server: Server, who: str, number: int, **values: Any) -> simcord.InteractionResult:
    """``/proposal revise``, the second page, sent in changed and published."""
    shown = await server.slash(who, TALK, "proposal revise", proposal=f"P-{number}")
    answer = latest(shown)
    form = await server.press(who, answer, next(c for c in controls_of(answer) if c.startswith("proposal:details:")))
    return await publish(server, who, await server.fill(who, form, **values))
