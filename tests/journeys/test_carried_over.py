"""The bot goes on with a database that an earlier version of it left behind, in the servers that it left (RUN-3).

``tests/test_frozen.py`` says what ``tests/frozen`` holds. Here people act on what stood on the cards and boards then.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.governance.disclosure import FEW_APART
from bot.governance.meetings import MeetingState
from bot.governance.proposals_types import ObjectionState, ProposalState
from bot.governance.retros import RetroState
from bot.governance.surveys import SurveyState
from tests.frozen.loading import resumed
from tests.journeys import looking_back, meeting, objecting, surveying
from tests.journeys.deciding import AGAINST, FOR, assert_heads_stand, ballots, withdraw
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said, text_of
from tests.journeys.test_feedback import answer

REVIEW, UNREAD, WITH_OBJECTIONS, SETTLING, SECOND_VERSION = 25, 28, 26, 24, 27
DISPUTED, STALE = 23, 18
OPEN_VOTE, SECRET_VOTE, SUPERMAJORITY = 14, 19, 22
IN_TIMELOCK, BUDGET_IN_TIMELOCK, ADOPTED, WITHDRAWN = 20, 21, 16, 6
SURVEY = 4


async def test_reviews_objections_and_appeals_come_to_their_end(tmp_path: Path) -> None:
    async with resumed(tmp_path) as (valley, _):
        await objecting.rule(valley, "gus", WITH_OBJECTIONS, True, 1)
        for judge in ("ada", "eli"):
            await objecting.in_thread(valley, judge, WITH_OBJECTIONS, "stands", 2)
        await objecting.state(valley, "fay", WITH_OBJECTIONS, 3)
        await objecting.state(valley, "dev", SETTLING, 1)
        await objecting.in_thread(valley, "uma", SECOND_VERSION, "resolved")
        shown = await valley.slash("tom", TALK, "proposal revise", proposal=f"P-{SECOND_VERSION}")
        await objecting.publish(valley, "tom", shown)
        await withdraw(valley, "uma", DISPUTED, "The birds have left.")
        await valley.advance(hours=60)
        assert await valley.state(REVIEW) is ProposalState.ENACTED
        unread = await valley.proposal(UNREAD)
        assert unread.state is ProposalState.REVIEW, "the cell's members read it, of its electors nobody (PRO-8)"
        assert unread.extended
        assert await valley.state(WITH_OBJECTIONS) is ProposalState.DISPUTED
        assert await objecting.states(valley, WITH_OBJECTIONS) == [ObjectionState.STATED] * 3
        assert await valley.state(SETTLING) is ProposalState.DISPUTED
        assert await objecting.states(valley, SECOND_VERSION) == [ObjectionState.INTEGRATED]
        assert len((await valley.proposal(SECOND_VERSION)).versions) == 3
        assert await valley.state(DISPUTED) is ProposalState.WITHDRAWN
        assert await valley.state(STALE) is ProposalState.STALE
        assert "Open objections" not in text_of(await valley.card(REVIEW))


async def test_votes_and_timelocks_end_as_people_chose(tmp_path: Path) -> None:
    async with resumed(tmp_path) as (valley, _):
        await ballots(valley, SUPERMAJORITY, dev=FOR, eli=FOR)
        await ballots(valley, OPEN_VOTE, dev=AGAINST, eli=AGAINST)
        await valley.advance(hours=100)
        assert await valley.state(OPEN_VOTE) is ProposalState.NOT_ADOPTED, "two for, three against"
        assert await tally(valley, OPEN_VOTE) == {"for": 2, "against": 3, "abstain": 0}
        assert await valley.state(SECRET_VOTE) is ProposalState.ENACTED
        assert await tally(valley, SECRET_VOTE) == {"for": 2, "against": 1, "abstain": 0}
        secret = (await valley.proposal(SECRET_VOTE)).vote
        assert secret is not None
        assert [ballot.person for ballot in secret.ballots] == [None] * 3, "who chose what is forgotten"
        for number in (SUPERMAJORITY, IN_TIMELOCK, BUDGET_IN_TIMELOCK, ADOPTED, UNREAD):
            assert await valley.state(number) is ProposalState.ENACTED, number
        assert (await valley.proposal(UNREAD)).low_reach, "passed after one extension, and marked (PRO-8)"
        assert await valley.policy_value("review.window") == timedelta(hours=96)
        assert await valley.policy_value("objection.ruling") == timedelta(hours=72)
        assert await valley.policy_value("digest.hour") == 10
        for number in (OPEN_VOTE, SECRET_VOTE, SUPERMAJORITY, IN_TIMELOCK):
            await assert_heads_stand(valley, number)


async def test_the_retros_in_writing_and_in_voting_go_on_and_close(tmp_path: Path) -> None:
    async with resumed(tmp_path) as (valley, _):
        await looking_back.write(valley, "uma", 0, "Swimming after work", 4)
        assert await looking_back.go_on(valley, number=4) is RetroState.GROUP
        cards = {card.text for card in (await looking_back.retro(valley, 4)).cards}
        assert {"The evenings on the quay", "More hands for the boats", "Swimming after work"} <= cards
        assert await looking_back.go_on(valley, "cal", 5) is RetroState.DISCUSS
        assert [topic.dots for topic in (await looking_back.retro(valley, 5)).topics] == [0, 3]
        for who, number in (("tom", 4), ("cal", 5)):
            while await looking_back.go_on(valley, who, number) is not RetroState.CLOSED:
                pass
        assert "The long reports" in looking_back.everything_said(valley)
        async with valley.bot.ctx.uow.read() as tx:
            assert [await tx.seals.of(f"retro/{at}") for at in (4, 5)] == [(), ()]


async def test_surveys_meetings_and_feedback_go_on(tmp_path: Path) -> None:
    async with resumed(tmp_path) as (valley, _):
        await surveying.answer(valley, "fay", SURVEY, "5", "1", "tell us earlier")
        form = await meeting.on_board(valley, "tom", "notes", 5)
        await meeting.fill(valley, "tom", form, notes="All boats are dry.", decisions=f"P-{REVIEW}")
        asked = await meeting.on_board(valley, "tom", "end", 5)
        end = next(control for control in controls_of(latest(asked)) if control.startswith("meeting:end-now:"))
        await valley.press("tom", latest(asked), end)
        await valley.advance(hours=48)
        survey = await surveying.kept(valley, SURVEY)
        assert survey.state is SurveyState.CLOSED
        apart = [(result.withheld, result.people, result.needed, result.beside) for result in survey.results]
        assert apart == [(FEW_APART, 1, survey.k, 1)] * 3, (
            "beside S-1 it would tell what one who left since answered (LRN-2)"
        )
        async with valley.bot.ctx.uow.read() as tx:
            assert await tx.seals.of(f"survey/{SURVEY}") == (), "no answer is kept"
        assert "All boats are dry." in looking_back.everything_said(valley)
        assert (await meeting.the(valley, 5)).state is MeetingState.ENDED
        sent = await answer(valley, "uma", CORE, "It is mended.", 5)
        assert "public" in said(sent), said(sent)


async def test_what_waited_is_shown_and_the_second_server_waits_for_who_is_kept_away(tmp_path: Path) -> None:
    """An erasure while the bot was down reaches its posts; a timeout that ran out lets the clock run on (PRO-11)."""
    async with resumed(tmp_path) as (valley, hill):
        assert "not good for the river" not in looking_back.everything_said(valley)
        assert "erased on request" in text_of(await valley.card(WITHDRAWN))
        before = await hill.proposal(2)
        assert before.clock.reasons == {"kept from acting"}
        await valley.advance(hours=110)
        await hill.settle()
        assert (await hill.proposal(2)).state is ProposalState.ENACTED
        await objecting.everyone_reads(valley, await valley.propose("tia", CORE, title="A new one"), "tom")


async def tally(server: Server, number: int) -> dict[str, int]:
    """The published result of a final vote."""
    vote = (await server.proposal(number)).vote
    assert vote is not None
    assert vote.tally is not None
    return dict(vote.tally.counts)
