"""Two people in the same instant, and two partnerships in the same server: nothing twice, nothing across."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from bot.governance.errors import Refusal
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.proposals_types import ProposalState
from bot.services import escalations, objections, proposals, votes
from bot.services.ports.context import Actor, Context
from tests.journeys.deciding import FOR, ballots, disputed, escalated, ratified, rows
from tests.journeys.forging import press_forged
from tests.journeys.objecting import everyone_reads
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said


def actor(server: Server, who: str) -> Actor:
    """Somebody as an interaction would present them."""
    member = server._member(who)
    roles = frozenset(role.id for role in member.roles if not role.is_default())
    return Actor(user_id=member.id, guild_id=server.guild.id, roles=roles)


async def at_once(server: Server, *acts: Awaitable[Any]) -> list[str]:
    """Acts that reach the database in the same instant; ``done``, or the name of the refusal."""

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*acts, return_exceptions=True)

    results = await server.as_bot(all_of_them())
    await server.settle()
    for result in results:
        assert not isinstance(result, Exception) or isinstance(result, Refusal), repr(result)
    return sorted(type(r).__name__ if isinstance(r, Refusal) else "done" for r in results)


async def test_two_escalate_in_the_same_instant(server: Server) -> None:
    number = await disputed(server)
    ctx, proposal = server.bot.ctx, (await server.proposal(number)).id
    acts = [escalations.escalate(ctx, actor(server, who), proposal) for who in ("tia", "uma", "tom")]
    assert await at_once(server, *acts) == ["WrongState", "WrongState", "done"]
    happened = await server.happened(number)
    assert happened.count("proposal escalated") == 1
    assert happened.count("vote opened") == 1


async def test_one_opens_a_draft_twice_in_the_same_instant(server: Server) -> None:
    drafted = await server.draft("tia", CORE, "general")
    wanted = next(c for c in controls_of(latest(drafted)) if c.startswith("proposal:open:"))
    ctx: Context = server.bot.ctx
    proposal = ProposalId(int(wanted.rpartition(":")[2]))
    acts = [proposals.open_review(ctx, actor(server, "tia"), proposal) for _ in range(5)]
    assert await at_once(server, *acts) == ["WrongState"] * 4 + ["done"]
    assert (await server.proposal(1)).id == proposal
    assert rows(server)["proposals"] == 1


async def test_everyone_objects_and_reads_in_the_same_instant(server: Server) -> None:
    number = await server.propose("tia", TALK, "operational")
    ctx, proposal = server.bot.ctx, (await server.proposal(number)).id
    acts: list[Awaitable[Any]] = []
    for who in ("ada", "ben", "cleo", "dev", "eli", "fay"):
        acts += [objections.raise_objection(ctx, actor(server, who), proposal, "button") for _ in range(2)]
        acts += [proposals.mark_read(ctx, actor(server, who), proposal) for _ in range(2)]
    assert set(await at_once(server, *acts)) == {"done"}
    happened = await server.happened(number)
    assert happened.count("objection raised") == 6
    assert happened.count("proposal read") == 6
    assert sorted(o.number for o in (await server.proposal(number)).objections) == [1, 2, 3, 4, 5, 6]


async def test_everyone_votes_twice_in_the_same_instant(server: Server) -> None:
    number = await escalated(server)
    ctx, proposal = server.bot.ctx, (await server.proposal(number)).id
    acts = [
        votes.cast(ctx, actor(server, who), proposal, {choice: 1})
        for who in ("ada", "ben", "cleo", "dev")
        for choice in ("against", "for")
    ]
    assert set(await at_once(server, *acts)) == {"done"}
    assert rows(server)["ballots"] == 4
    await ballots(server, number, ada=FOR, ben=FOR, cleo=FOR, dev=FOR)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED


async def test_halts_in_the_same_instant_halt_once(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await server.propose_policy("limits.versions", "4")
        await everyone_reads(server, number, "ada", "ben")
        await server.advance(hours=72)
        ctx, proposal = server.bot.ctx, (await server.proposal(number)).id
        six = ("ada", "ben", "cleo", "dev", "eli", "fay")
        answers = await at_once(server, *(proposals.halt(ctx, actor(server, who), proposal) for who in six))
        assert answers.count("done") == 4, answers
        assert await server.state(number) is ProposalState.DISPUTED
        assert (await server.happened(number)).count("proposal halted") == 1


async def test_an_objection_and_the_close_in_the_same_instant(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await everyone_reads(server, number, "tom")
    closes_at = (await server.proposal(number)).closes_at
    assert closes_at is not None
    await server.env.advance_time((closes_at - server.env.now()).total_seconds())
    ctx, proposal = server.bot.ctx, (await server.proposal(number)).id
    late = await at_once(
        server, objections.raise_objection(ctx, actor(server, "uma"), proposal, "button"), server.bot.sweep()
    )
    assert "WindowClosed" in late, "windows are half-open"
    assert await server.state(number) is ProposalState.ENACTED


async def test_two_partnerships_in_one_server_keep_apart(server: Server) -> None:
    number = await server.propose("tia", CORE)
    known = await server.slash("mod", "lobby", "setup start")
    another = next(c for c in controls_of(latest(known)) if c.startswith("setup:new:"))
    form = await server.press("mod", latest(known), another)
    planned = await server.fill(
        "mod",
        form,
        name="Hill Commons",
        purpose="Look after the hill.",
        top_level_purpose="Coordinate the work on the hill.",
        cells="Paths",
        private="",
    )
    apply = next(c for c in controls_of(latest(planned)) if c.startswith("setup:apply:"))
    done = await server.press("mod", latest(planned), apply)
    assert "is set up" in said(done), said(done)
    await server.settle()
    async with server.bot.ctx.uow.read() as tx:
        hill = await tx.partnerships.get(PartnershipId(2))
    core = next(m for m in hill.mappings if m.seat == "member" and "Core" in m.name)
    for name in ("hal", "hea", "hob"):
        server.join(name, [core.name])
    await server.settle()
    talk = next(name for name in server.guild.channels if "talk" in name and name != TALK)
    proposal = await server.proposal(number)
    before = rows(server)
    for command in ("proposal show", "proposal why", "object", "escalate", "vote"):
        there = said(await server.slash("hal", talk, command, proposal="1/1"))
        assert "no seat" in there, (command, there)
        own = said(await server.slash("hal", talk, command, proposal="P-1"))
        assert "There is no such proposal" in own, (command, own)
    for act in ("read", "object", "text", "why", "withdraw", "options"):
        refused = await press_forged(server, "hal", talk, f"proposal:{act}:{proposal.id}")
        assert "no seat" in said(refused), (act, said(refused))
    assert rows(server) == before
    suggested = await server["hal"].autocomplete(server.channel(talk), "proposal show", "proposal", "")
    assert suggested == []
    shown = await server.slash("hal", talk, "propose", type="general")
    drafted = await server.fill(
        "hal", shown, title="A path up the hill", ask="Build a path up the hill.", why="Access to the hill for all."
    )
    kept = next(c for c in controls_of(latest(drafted)) if c.startswith("proposal:open:"))
    opened = await server.press("hal", latest(drafted), kept)
    assert "P-1" in said(opened), said(opened)
    await server.settle()
    tia = await server["tia"].autocomplete(server.channel(TALK), "proposal show", "proposal", "hill")
    assert tia == []
