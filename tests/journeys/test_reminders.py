"""The one nudge before close, and what waits for whom (RHY-2, RHY-3, DEC-6)."""

from __future__ import annotations

from datetime import timedelta

from bot.governance.escalations import MOST_DISPUTED
from bot.governance.proposals_types import ProposalState
from tests.journeys.deciding import ballots, by_card, disputed, escalated
from tests.journeys.objecting import control, in_thread, revise, state, surely
from tests.journeys.server import CONCERN, CORE, TALK, Server, controls_of, latest, said, text_of


async def operational(server: Server) -> int:
    """A proposal of the core team's that the six stakeholders decide."""
    return await server.propose("tia", TALK, "operational")


def nudges(notices: list[str]) -> list[str]:
    return [text for text in notices if "The time is nearly up" in text]


async def test_one_nudge_goes_to_those_who_took_no_part(server: Server) -> None:
    number = await operational(server)
    await by_card(server, "ada", number, "read")
    await server.react("ben", number)
    await server.react("cleo", number, CONCERN)
    await server.settle()
    await server.advance(hours=47, minutes=50)
    assert not nudges(await server.notices(number))
    await server.advance(minutes=20)
    (nudge,) = nudges(await server.notices(number))
    for who in ("dev", "eli", "fay"):
        assert f"<@{server[who].id}>" in nudge, nudge
    for who in ("ada", "ben", "cleo", "tia"):
        assert f"<@{server[who].id}>" not in nudge, nudge
    written = [who for who in ("ada", "ben", "cleo", "dev", "eli", "fay") if server.direct_messages(who)]
    assert written == [], "who is mentioned is not written to as well: a reminder comes once"
    message = next(m for m in reversed((await server.thread(number)).history()) if "nearly up" in text_of(m))
    assert {user.id for user in message.mentions} == {server[who].id for who in ("dev", "eli", "fay")}
    await server.restart()
    await server.advance(hours=12)
    assert len(nudges(await server.notices(number))) == 1
    assert server.direct_messages("dev") == []


async def test_a_disputed_proposal_does_not_end_without_one_reminder(server: Server) -> None:
    number = await disputed(server, objectors=("tom", "uma"))
    ends_at = (await server.proposal(number)).state_since + MOST_DISPUTED
    earlier = len(nudges(await server.notices(number)))
    await server.advance_to(ends_at, short_of=timedelta(hours=25))
    assert len(nudges(await server.notices(number))) == earlier
    await server.advance(hours=2)
    *_, nudge = nudges(await server.notices(number))
    for who in ("tia", "tom", "uma"):
        assert f"<@{server[who].id}>" in nudge, nudge
        assert not any("It is disputed." in text for text in server.direct_messages(who)), "by one way"
    assert "not adopted" in nudge
    assert "final vote" in nudge
    escalate = await control(server, number, "escalate")
    await server.restart()
    await server.advance(hours=4)
    assert len(nudges(await server.notices(number))) == earlier + 1
    asked = await server.press("uma", await server.notice_with(number, escalate), escalate)
    await surely(server, "uma", "escalate", asked)
    await server.settle()
    assert await server.state(number) is ProposalState.ESCALATED


async def test_the_nudge_of_a_vote_goes_to_those_who_have_not_voted(server: Server) -> None:
    number = await escalated(server)
    await ballots(server, number, ada=0, ben=1)
    await server.advance(hours=49)
    (nudge,) = [text for text in nudges(await server.notices(number)) if "have not voted yet" in text]
    for who in ("cleo", "dev", "eli", "fay"):
        assert f"<@{server[who].id}>" in nudge
        assert not any("not voted yet" in text for text in server.direct_messages(who)), "by one way"
    assert f"<@{server['ada'].id}>" not in nudge
    assert not any("not voted" in text for text in server.direct_messages("ada"))


async def inbox(server: Server, who: str) -> str:
    shown = await server.slash(who, TALK, "inbox")
    assert shown.ephemeral
    return said(shown)


async def test_the_inbox_follows_a_proposal_through_its_life(server: Server) -> None:
    assert "Nothing waits for you" in await inbox(server, "uma")
    drafted = await server.draft("tia", CORE, "general")
    assert "Your draft is not open yet" in await inbox(server, "tia")
    number = await server.open("tia", drafted)
    assert "Nothing waits for you" in await inbox(server, "tia")
    assert "Read it" in await inbox(server, "tom")
    await by_card(server, "tom", number, "read")
    assert "Nothing waits for you" in await inbox(server, "tom")
    await by_card(server, "uma", number, "object")
    assert "State your objection No. 1" in await inbox(server, "uma")
    await state(server, "uma", number)
    assert "Nothing waits for you" in await inbox(server, "uma")
    await revise(server, "tia", number, ask="Adopt one calendar; every group names one person who keeps it.")
    asked = await inbox(server, "uma")
    assert "Does the new version resolve your objection No. 1?" in asked, asked
    assert "Read it" in await inbox(server, "tom")
    await in_thread(server, "uma", number, "still")
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED
    for who in ("tia", "uma", "tom"):
        assert "It is disputed" in await inbox(server, who)
    await by_card(server, "tom", number, "escalate")
    assert "You have not voted yet" in await inbox(server, "ada")
    assert "Nothing waits for you" in await inbox(server, "tia")
    shown = latest(await server.slash("ada", TALK, "inbox"))
    mine = next(c for c in controls_of(shown) if c.startswith("vote:mine:"))
    choosing = latest(await server.press("ada", shown, mine))
    await server.press("ada", choosing, next(c for c in controls_of(choosing) if c.startswith("vote:cast:")))
    assert "Nothing waits for you" in await inbox(server, "ada")
    assert "You hold no seat" in await inbox_without_a_seat(server)


async def inbox_without_a_seat(server: Server) -> str:
    """``/inbox`` by somebody whom Discord offers it, but who holds no seat."""
    shown = await server.slash("nia", "lobby", "inbox")
    assert shown.ephemeral
    return said(shown)
