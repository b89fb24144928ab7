"""Secret ballots: hidden until close, counted, and forgotten (DEC-3, DEC-3a, DEC-6, REC-1, RUN-4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.governance.ids import PartnershipId
from bot.governance.proposals_types import ProposalState
from bot.operation.logs import QUIET
from tests.journeys.deciding import (
    AGAINST,
    FOR,
    assert_heads_stand,
    ballots,
    escalated,
    outcome_posts,
    rows,
)
from tests.journeys.server import TALK, Server, said, serving, text_of

SECRET = '[vote]\nsecret = true\nquorum = "1/4"\n'


async def person(server: Server, name: str) -> str:
    """The random id under which somebody stands on record."""
    async with server.bot.ctx.uow.read() as tx:
        found = await tx.people.find(server[name].id)
    assert found is not None
    return str(found)


def stored(server: Server) -> bytes:
    """Every byte of the database, with what has not been moved into it yet."""
    files = [server.folder / f"governance.sqlite3{end}" for end in ("", "-wal", "-journal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def marked(option: str) -> bytes:
    """How the database keeps a ballot of one mark, behind whose it is."""
    return f'{{"{option}":1}}'.encode()


async def told(server: Server, number: int) -> str:
    """Everything that stands in Discord about it, and everything on record."""
    async with server.bot.ctx.uow.read() as tx:
        record = str(await tx.record.of(PartnershipId(1), f"proposal/{(await server.proposal(number)).id}"))
    shown = [text_of(await server.card(number)), *await server.notices(number), *server.feed()]
    return "\n".join([*shown, record])


async def test_a_secret_ballot_is_counted_and_its_choices_are_forgotten(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for library, least in QUIET.items():
        caplog.set_level(least, logger=library)
    async with serving(tmp_path, governance=SECRET) as server:
        number = await escalated(server)
        card = text_of(await server.card(number))
        assert "It is secret: who voted is known, how they voted is not" in card
        first = await server.vote("ada", number, AGAINST)
        assert "so few vote that a unanimous result would show how everyone voted" in said(first), said(first)
        assert "At the close the choices lose their names" in said(first)
        await ballots(server, number, ben=FOR, cleo=FOR, dev=AGAINST)
        await server.vote("dev", number, FOR)
        people = {name: (await person(server, name)).encode() for name in ("ada", "ben", "cleo", "dev")}
        assert people["ada"] + marked("against") in stored(server)
        before = await told(server, number)
        assert "For: " not in before
        assert "ballot cast" not in await server.happened(number)
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.ENACTED
        posts = "\n".join(outcome_posts(server, number))
        assert "For: 3, Against: 1 and Abstain: 0" in posts
        vote = (await server.proposal(number)).vote
        assert vote is not None
        assert [ballot.person for ballot in vote.ballots] == [None] * 4
        assert {str(p).encode() for p in vote.voted} == set(people.values())
        found = stored(server)
        for who in people.values():
            for option in ("for", "against", "abstain"):
                assert who + marked(option) not in found
        assert rows(server)["ballots"] == 0
        after = await told(server, number)
        for name in people:
            assert f"<@{server[name].id}> voted" not in after
            assert f"{name} voted" not in caplog.text
        assert "against" not in caplog.text.casefold()
        await assert_heads_stand(server, number)
        why = said(await server.slash("eli", TALK, "proposal why", proposal=f"P-{number}"))
        for name in people:
            assert f"<@{server[name].id}>" in why, "who voted is known"


async def test_below_k_ballots_only_the_result_and_the_turnout_are_told(tmp_path: Path) -> None:
    async with serving(tmp_path, governance=SECRET) as server:
        number = await escalated(server)
        await ballots(server, number, ada=FOR, ben=FOR)
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.ENACTED
        posts = "\n".join(outcome_posts(server, number))
        assert "**Adopted**. 2 of 6 who could vote took part" in posts, posts
        assert "they stay hidden" in posts
        everything = await told(server, number)
        assert "For: 2" not in everything
        assert "'counts': [['" not in everything
        vote = (await server.proposal(number)).vote
        assert vote is not None
        assert vote.ballots == ()
        ada = (await person(server, "ada")).encode()
        assert ada + marked("for") not in stored(server)


async def test_a_secret_vote_is_seen_and_changed_by_its_voter_alone(tmp_path: Path) -> None:
    async with serving(tmp_path, governance=SECRET) as server:
        number = await escalated(server)
        await server.slash("ada", TALK, "vote", proposal=f"P-{number}", choice="Against")
        mine = await server.slash("ada", TALK, "vote", proposal=f"P-{number}")
        assert mine.ephemeral
        assert "Your vote: Against" in said(mine)
        other = await server.slash("ben", TALK, "vote", proposal=f"P-{number}")
        assert "You have not voted" in said(other)
        before = rows(server)
        for who in ("tia", "tom", "gus"):
            refused = await server.vote(who, number, FOR)
            assert "Only members of the stakeholder group" in said(refused), said(refused)
        assert rows(server) == before
        await server.give_role("nia", "River Trust")
        late = await server.vote("nia", number, FOR)
        assert "had not been a member of the stakeholder group for a week" in said(late), said(late)
        await server.take_role("cleo", "River Trust")
        gone = await server.slash("fay", TALK, "vote", proposal=f"P-{number}", choice="maybe")
        assert "Did you mean" in said(gone), said(gone)
        assert rows(server)["ballots"] == 1


async def everyone_but_fay(server: Server) -> int:
    """A final vote on what silence cannot pass: everybody has voted but one; its number."""
    await server.slash("mod", "lobby", "setup ratify")
    await server.settle()
    await server.advance(hours=72)
    await ballots(server, 1, **dict.fromkeys(("ada", "ben", "cleo", "dev", "eli"), FOR))
    return 1


async def test_it_closes_early_once_the_last_who_had_not_voted_has_left(server: Server) -> None:
    """Five minutes after everyone still able to vote has voted (DEC-1a)."""
    number = await everyone_but_fay(server)
    await server.leave("fay")
    await server.advance(minutes=4)
    assert await server.state(number) is ProposalState.ESCALATED
    await server.advance(minutes=1)
    assert await server.state(number) is ProposalState.ENACTED


async def test_who_is_back_within_the_five_minutes_is_not_passed_over(server: Server) -> None:
    """The sibling: the one waited for is there again, so it stays open, and so it does for who was removed."""
    number = await everyone_but_fay(server)
    await server.leave("fay")
    await server.advance(minutes=3)
    server.people["fay"] = server.guild.add_member(server["fay"].user, roles=[server.guild.roles["Harbour Club"]])
    await server.settle()
    await server.advance(minutes=30)
    assert await server.state(number) is ProposalState.ESCALATED
    await server.kick("fay")
    await server.advance(minutes=30)
    assert await server.state(number) is ProposalState.ESCALATED
