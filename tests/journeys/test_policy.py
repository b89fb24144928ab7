"""Policy changes, from the form to the enacted version (POL-1 to POL-5, EFF-1 to EFF-4, SCL-5)."""

from __future__ import annotations

from pathlib import Path

from bot.governance.proposals_types import ProposalState
from tests.journeys.deciding import (
    AGAINST,
    FOR,
    STAKEHOLDERS_ALL,
    assert_heads_stand,
    ballots,
    by_card,
    outcome_posts,
    ratified,
    revise_details,
    rows,
    withdraw,
)
from tests.journeys.objecting import everyone_reads
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, policy_details, said, text_of


async def test_until_it_is_ratified_a_banner_stands_and_money_and_rules_wait(server: Server) -> None:
    general = await server.propose("tia", CORE)
    assert "Provisional partnership" in text_of(await server.card(general))
    for kind, details in (
        ("policy", policy_details("limits.open_per_group", "10")),
        ("budget", {"amount": "2500 USD", "payee": "River Trust", "account": "Core treasury"}),
    ):
        drafted = await server.draft("tom", TALK, kind)
        answer = latest(drafted)
        form = await server.press(
            "tom", answer, next(c for c in controls_of(answer) if c.startswith("proposal:details:"))
        )
        kept = latest(await server.fill("tom", form, **details))
        assert "Nothing is missing" in text_of(kept), text_of(kept)
        before = rows(server)
        refused = await server.press("tom", kept, next(c for c in controls_of(kept) if c.startswith("proposal:open:")))
        assert "provisional" in said(refused), said(refused)
        assert "draft is kept" in said(refused)
        assert rows(server) == before
    number = await server.ratify()
    assert await server.state(number) is ProposalState.ENACTED
    assert any("is ratified" in post for post in server.feed())
    assert "Low reach" not in text_of(await server.card(number)), "a vote has a quorum; silence played no part"
    again = await server.slash("mod", "lobby", "setup ratify")
    assert "ratified already" in said(again), said(again)
    await assert_heads_stand(server, number)
    later = await server.propose("uma", CORE)
    assert "Provisional" not in text_of(await server.card(later))


async def test_a_ratification_nobody_votes_on_is_not_adopted_and_can_be_asked_again(server: Server) -> None:
    await server.slash("mod", "lobby", "setup ratify")
    await server.settle()
    await server.advance(hours=72)
    assert await server.state(1) is ProposalState.ESCALATED
    await server.advance(hours=72)
    assert await server.state(1) is ProposalState.NOT_ADOPTED
    assert (await server.partnership()).provisional
    assert "too few people took part" in text_of(await server.card(1))
    assert await server.ratify() == 2


async def test_a_policy_change_passes_by_silence_and_is_carried_out(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await server.propose_policy("limits.open_per_group", "12", who="tia")
        card = text_of(await server.card(number))
        assert "On pass this will:" in card
        assert "from 20 to 12" in card
        assert "Passes by silence" in card
        await everyone_reads(server, number, "ada", "ben", "cleo")
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.PASSED
        assert await server.policy_value("limits.open_per_group") == 20
        await server.advance(hours=48)
        assert await server.state(number) is ProposalState.ENACTED
        assert await server.policy_value("limits.open_per_group") == 12
        assert any("Policy version 2" in post for post in server.feed()), server.feed()
        assert len(outcome_posts(server, number)) == 2
        await assert_heads_stand(server, number)
        happened = await server.happened(number)
        assert happened.count("policy amended") == 1
        assert "Carried out" in text_of(await server.card(number))


async def test_an_entrenched_rule_never_changes_by_silence(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await server.propose_policy("review.window", "96h", who="tia")
        assert "Passes only by a supermajority vote" in text_of(await server.card(number))
        await everyone_reads(server, number, *STAKEHOLDERS_ALL)
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.ESCALATED
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.NOT_ADOPTED
        assert str(await server.policy_value("review.window")) == "3 days, 0:00:00"
        await assert_heads_stand(server, number)

        ask = "Leave every review open for four days and nights, so that those who work in shifts can take part."
        second = await server.propose_policy(
            "review.window", "96h", who="tom", title="Four days for every review", ask=ask
        )
        await server.advance(hours=72)
        await ballots(server, second, ada=FOR, ben=FOR, cleo=FOR, dev=FOR, eli=AGAINST, fay=AGAINST)
        await server.advance(hours=1)
        assert await server.state(second) is ProposalState.ADOPTED
        await server.advance(hours=48)
        assert await server.state(second) is ProposalState.ENACTED
        assert str(await server.policy_value("review.window")) == "4 days, 0:00:00"
        await assert_heads_stand(server, second)


async def test_what_another_decision_changed_meanwhile_makes_it_stale(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        first = await server.propose_policy("limits.open_per_group", "12", who="tia")
        await server.advance(hours=1)
        second = await server.propose_policy("limits.open_per_group", "15", who="tom")
        third = await server.propose_policy("limits.open_per_group", "9", who="uma")
        fourth = await server.propose_policy("limits.open_per_group", "8", who="tia")
        for number in (first, second, third, fourth):
            await everyone_reads(server, number, "ada", "ben", "cleo")
        await server.advance(hours=124)
        assert [await server.state(n) for n in (first, second, third)] == [
            ProposalState.ENACTED,
            ProposalState.STALE,
            ProposalState.STALE,
        ]
        assert await server.policy_value("limits.open_per_group") == 12
        card = text_of(await server.card(second))
        assert "Stale" in card
        assert "20" in card
        assert "12" in card
        inbox = await server.slash("tom", TALK, "inbox")
        assert "has changed" in said(inbox), said(inbox)

        answer = await revise_details(server, "tom", second, **policy_details("limits.open_per_group", "14"))
        assert "Version 2 is published" in said(answer), said(answer)
        assert await server.state(second) is ProposalState.REVIEW
        assert "from 12 to 14" in text_of(await server.card(second))
        await everyone_reads(server, second, "ada", "ben", "cleo")
        await server.advance(hours=96)
        assert await server.state(second) is ProposalState.ENACTED
        assert await server.policy_value("limits.open_per_group") == 14
        done = await withdraw(server, "tia", fourth, "The other change is enough.")
        assert "is withdrawn" in said(done), said(done)
        assert await server.state(fourth) is ProposalState.WITHDRAWN
        await server.advance(hours=24 * 14)
        assert await server.state(third) is ProposalState.LAPSED
        assert "nobody revised it" in text_of(await server.card(third))
        await assert_heads_stand(server, third)


async def test_a_rule_amended_during_a_window_leaves_the_pinned_terms_alone(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        change = await server.propose_policy("review.window", "24h", who="tia")
        await server.advance(hours=72)
        await ballots(server, change, **dict.fromkeys(STAKEHOLDERS_ALL, FOR))
        await server.advance(hours=1)
        assert await server.state(change) is ProposalState.ADOPTED
        pinned = await server.propose("tom", CORE)
        closes_at = (await server.proposal(pinned)).closes_at
        await server.advance(hours=48)
        assert await server.state(change) is ProposalState.ENACTED
        assert (await server.proposal(pinned)).closes_at == closes_at
        assert await server.state(pinned) is ProposalState.REVIEW
        after = await server.propose("uma", CORE)
        opened = await server.proposal(after)
        assert opened.closes_at is not None
        assert opened.opened_at is not None
        assert (opened.closes_at - opened.opened_at).total_seconds() == 24 * 3600
        why = said(await server.slash("tom", TALK, "proposal why", proposal=f"P-{pinned}"))
        assert "policy version 1" in why
        assert "3 days" in why


async def test_a_halt_by_a_majority_returns_it_once(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await server.propose_policy("limits.versions", "4", who="tia")
        await everyone_reads(server, number, "ada", "ben")
        early = await server.slash("ada", TALK, "proposal halt", proposal=f"P-{number}")
        assert "waiting time" in said(early), said(early)
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.PASSED
        refused = await by_card(server, "tia", number, "halt")
        assert "Only members of the deciding group" in said(refused), said(refused)
        for who, count in (("ada", 1), ("ada", 1), ("ben", 2), ("cleo", 3)):
            asked = await by_card(server, who, number, "halt")
            assert f"{count} of the 4 needed" in said(asked), said(asked)
        assert "3 of 4 needed" in text_of(await server.card(number))
        halted = await by_card(server, "dev", number, "halt")
        assert "is halted" in said(halted), said(halted)
        assert await server.state(number) is ProposalState.DISPUTED
        assert (await server.happened(number)).count("halt consented") == 4
        await by_card(server, "ada", number, "escalate")
        await ballots(server, number, **dict.fromkeys(STAKEHOLDERS_ALL, FOR))
        await server.advance(hours=1)
        assert await server.state(number) is ProposalState.ADOPTED
        assert "halt" not in [c.split(":")[1] for c in controls_of(await server.card(number))]
        again = await server.slash("ben", TALK, "proposal halt", proposal=f"P-{number}")
        assert "halted once already" in said(again), said(again)
        await server.advance(hours=48)
        assert await server.state(number) is ProposalState.ENACTED
        assert await server.policy_value("limits.versions") == 4
        await assert_heads_stand(server, number)
