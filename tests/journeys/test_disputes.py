"""What becomes of a disputed proposal: revised, withdrawn, voted on, or left alone (PRO-6, DEC-1, DEC-2, OBJ-8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys.deciding import (
    ABSTAIN,
    AGAINST,
    CONSENT,
    FOR,
    OBJECT_TO_IT,
    STAND_ASIDE,
    WITH_CONCERN,
    assert_heads_stand,
    ballots,
    by_card,
    disputed,
    escalated,
    outcome_posts,
    rows,
    withdraw,
)
from tests.journeys.objecting import REASON, everyone_reads, in_thread, objection, revise
from tests.journeys.server import CORE, TALK, Server, controls_of, said, serving, text_of

CONSENT_FILE = '[vote]\nmethod = "consent"\n'


async def test_disputed_then_revised_resolved_and_passed(server: Server) -> None:
    number = await disputed(server)
    card = text_of(await server.card(number))
    assert "Disputed" in card
    assert "If nobody acts before" in card
    answer = await revise(server, "tia", number, ask="Adopt one calendar; every group names one person who keeps it.")
    assert "Version 2 is published" in said(answer), said(answer)
    assert await server.state(number) is ProposalState.REVIEW
    assert (await server.proposal(number)).readers == frozenset()
    await in_thread(server, "uma", number, "resolved")
    assert (await objection(server, number)).state is ObjectionState.INTEGRATED
    await everyone_reads(server, number, "tom")
    await server.advance(hours=48)
    assert await server.state(number) is ProposalState.ENACTED
    await assert_heads_stand(server, number)


async def test_disputed_then_withdrawn_with_a_reason(server: Server) -> None:
    number = await disputed(server)
    refused = await withdraw(server, "uma", number)
    assert "Only the author" in said(refused), said(refused)
    done = await withdraw(server, "tia", number, "no quorum")
    assert "is withdrawn" in said(done), said(done)
    assert await server.state(number) is ProposalState.WITHDRAWN
    card = text_of(await server.card(number))
    assert "The author's reason:\n> no quorum" in card, card
    assert "too few people" not in card
    assert "> no quorum" in (await server.notices(number))[-1]
    why = said(await server.slash("uma", TALK, "proposal why", proposal=f"P-{number}"))
    assert "too few people" not in why, why
    await assert_heads_stand(server, number)
    for act in ("revise", "withdraw"):
        shown = await server.slash("tia", TALK, f"proposal {act}", proposal=f"P-{number}")
        assert "withdrawn" in said(shown).lower(), said(shown)


async def test_disputed_and_nobody_acts(server: Server) -> None:
    number = await disputed(server)
    await server.advance(hours=14 * 24 - 1)
    assert await server.state(number) is ProposalState.DISPUTED
    await server.advance(hours=1)
    assert await server.state(number) is ProposalState.NOT_ADOPTED
    assert "nobody acted for 14 days" in text_of(await server.card(number))
    assert [c.split(":")[1] for c in controls_of(await server.card(number))] == ["text", "why"]
    await assert_heads_stand(server, number)
    late = await server.slash("uma", TALK, "escalate", proposal=f"P-{number}")
    assert "Only a disputed proposal" in said(late), said(late)


async def test_escalated_and_adopted_objections_are_overruled_with_their_reasons(server: Server) -> None:
    number = await escalated(server)
    assert "Vote: For" in text_of(await server.card(number))
    outsider = await server.slash("tom", TALK, "vote", proposal=f"P-{number}", choice="For")
    assert "Only members of the stakeholder group" in said(outsider), said(outsider)
    await ballots(server, number, ada=FOR, ben=AGAINST, cleo=AGAINST, dev=FOR)
    card = text_of(await server.card(number))
    assert "4 of 6 members have voted" in card
    assert "For: 2" not in card
    changed = await server.vote("cleo", number, FOR)
    assert "Your vote: For" in said(changed), said(changed)
    mine = await server.slash("cleo", TALK, "vote", proposal=f"P-{number}")
    assert "Your vote: For" in said(mine), said(mine)
    assert "4 of 6 members have voted" in text_of(await server.card(number))
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED
    overruled = await objection(server, number)
    assert overruled.state is ObjectionState.OVERRULED
    assert overruled.statement is not None
    assert overruled.statement.reason == REASON
    posts = "\n".join(outcome_posts(server, number))
    assert "For: 3, Against: 1 and Abstain: 0" in posts, posts
    assert "set aside" in posts
    thread = "\n".join(await server.notices(number))
    assert "1 objection set aside" in thread, thread
    await assert_heads_stand(server, number)
    late = await server.slash("fay", TALK, "vote", proposal=f"P-{number}", choice="For")
    assert "There is no final vote open" in said(late), said(late)


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ({"ada": FOR, "ben": AGAINST, "cleo": AGAINST}, "did not bring enough votes"),
        ({"ada": FOR, "ben": AGAINST, "cleo": ABSTAIN}, "was tied"),
        ({"ada": FOR, "ben": FOR}, "too few people took part"),
        ({}, "too few people took part"),
    ],
)
async def test_escalated_and_not_adopted(server: Server, votes: dict[str, int], reason: str) -> None:
    number = await escalated(server)
    await ballots(server, number, **votes)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.NOT_ADOPTED
    assert reason in text_of(await server.card(number))
    assert any(reason in post for post in outcome_posts(server, number))
    assert (await objection(server, number)).state is ObjectionState.STATED
    await assert_heads_stand(server, number)


async def test_who_may_escalate_and_once(server: Server) -> None:
    number = await disputed(server)
    before = rows(server)
    for who in ("ada", "cal"):
        refused = await server.slash(who, TALK, "escalate", proposal=f"P-{number}")
        assert "Only members of the deciding group" in said(refused), said(refused)
    assert rows(server) == before
    first = await by_card(server, "tia", number, "escalate")
    assert "goes to a final vote" in said(first), said(first)
    second = await server.slash("uma", TALK, "escalate", proposal=f"P-{number}")
    assert "It goes to the final vote already." in said(second), said(second)
    assert (await server.happened(number)).count("proposal escalated") == 1
    refused = await withdraw(server, "tia", number)
    assert "until its final vote opens" in said(refused), said(refused)
    assert await server.state(number) is ProposalState.ESCALATED


async def test_a_consent_round_adopts_without_objection(tmp_path: Path) -> None:
    async with serving(tmp_path, governance=CONSENT_FILE) as server:
        number = await escalated(server)
        card = text_of(await server.card(number))
        assert "consent round" in card
        assert "Silence is not consent" in card
        await ballots(server, number, ada=CONSENT, ben=WITH_CONCERN, cleo=STAND_ASIDE)
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.ENACTED
        assert "Consent: 1, Consent with a concern: 1, Stand aside: 1 and Object: 0" in "\n".join(
            outcome_posts(server, number)
        )
        await assert_heads_stand(server, number)


async def test_in_a_consent_round_one_objection_with_a_reason_is_enough(tmp_path: Path) -> None:
    async with serving(tmp_path, governance=CONSENT_FILE) as server:
        number = await escalated(server)
        await ballots(server, number, ada=CONSENT, ben=CONSENT, cleo=CONSENT, dev=CONSENT)
        form = await server.vote("fay", number, OBJECT_TO_IT)
        before = rows(server)
        short = await server.fill("fay", form, criterion=["harm"], reason="no")
        assert "needs at least" in said(short), said(short)
        assert rows(server) == before
        again = await server.vote("fay", number, OBJECT_TO_IT)
        done = await server.fill("fay", again, criterion=["harm"], reason=REASON)
        assert "Your vote: Object" in said(done), said(done)
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.NOT_ADOPTED
        assert "objections remained in the consent round" in text_of(await server.card(number))
        closed = (await server.proposal(number)).vote
        assert closed is not None
        assert REASON in [ballot.reason for ballot in closed.ballots]
        await assert_heads_stand(server, number)


async def test_a_consent_round_without_quorum_adopts_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path, governance=CONSENT_FILE) as server:
        number = await escalated(server)
        await ballots(server, number, ada=CONSENT, ben=CONSENT)
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.NOT_ADOPTED
        assert "too few people took part" in text_of(await server.card(number))


async def test_withdrawing_in_each_state_where_it_is_possible(server: Server) -> None:
    review = await server.propose("tia", CORE)
    settling = await server.propose("tom", CORE)
    await server.react("uma", settling)
    await everyone_reads(server, review, "tom")
    await withdraw(server, "tia", review, "It has been overtaken by events.")
    assert await server.state(review) is ProposalState.WITHDRAWN
    await server.advance(hours=71)
    await server.react("tia", settling)
    await server.advance(hours=1)
    assert await server.state(settling) is ProposalState.SETTLING
    done = await withdraw(server, "tom", settling)
    assert "is withdrawn" in said(done), said(done)
    assert await server.state(settling) is ProposalState.WITHDRAWN
    assert "its author took it back" in text_of(await server.card(settling))
    enacted = await server.propose("uma", CORE)
    await everyone_reads(server, enacted, "tia")
    await server.advance(hours=72)
    assert await server.state(enacted) is ProposalState.ENACTED
    refused = await withdraw(server, "uma", enacted)
    assert "A proposal can be withdrawn while" in said(refused), said(refused)


async def test_before_its_vote_opens_it_can_still_be_withdrawn(tmp_path: Path) -> None:
    async with serving(tmp_path, governance='[vote]\nnotice = "24h"\n') as server:
        number = await escalated(server)
        assert "The vote opens" in text_of(await server.card(number))
        early = await server.slash("ada", TALK, "vote", proposal=f"P-{number}", choice="For")
        assert "There is no final vote open" in said(early), said(early)
        done = await withdraw(server, "tia", number, "We found another way.")
        assert "is withdrawn" in said(done), said(done)
        await server.advance(hours=24)
        assert await server.state(number) is ProposalState.WITHDRAWN
        assert "vote opened" not in await server.happened(number)
