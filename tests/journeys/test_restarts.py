"""Stopped or crashed in every state: every button stays alive, forms are taken, nothing is posted twice (RUN-3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import discord
import pytest
import simcord

from bot.discord.guild import DiscordFailure
from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys import objecting
from tests.journeys.preferring import wishes
from tests.journeys.server import CORE, FEED, TALK, Server, controls_of, latest, page_one, policy_details, said, text_of


async def restart(server: Server, crash: bool) -> None:
    """Stopped cleanly, or dead in the middle of its work; then a new process."""
    await (server.crash() if crash else server.restart())


async def all_messages(server: Server) -> list[discord.Message]:
    """Everything that stands in the server's channels and threads."""
    found: list[discord.Message] = []
    for channel in server.guild.channels.values():
        if isinstance(server.env.bot.get_channel(channel.id), discord.TextChannel):
            found += channel.history()
        for thread in channel.threads:
            found += thread.history()
    return found


def said_twice(messages: Iterable[discord.Message]) -> list[str]:
    """What was posted more than once."""
    counted = Counter((message.channel.id, text_of(message)) for message in messages)
    return [text for (_, text), times in counted.items() if times > 1]


async def every_button_answers(server: Server, who: str, number: int) -> set[str]:
    """Press every control of card, feed entry and thread, look only; the acts that answered."""
    pressed: set[str] = set()
    for message in (
        await server.card(number),
        await server.feed_entry(number),
        *(await server.thread(number)).history(),
    ):
        for custom_id in controls_of(message):
            if custom_id.split(":")[1] in {"read", "object", "halt", "escalate", "cast", "withdraw", "resolved"}:
                continue  # these act; journeys press them where they belong
            result = await server.people[who].click(message, custom_id=custom_id)
            assert result.acknowledged, custom_id
            assert result.modal is not None or said(result).strip(), f"{custom_id} said nothing"
            assert "went wrong" not in said(result), (custom_id, said(result))
            pressed.add(custom_id.split(":")[1])
    return pressed


@pytest.mark.parametrize("crash", [False, True])
async def test_a_draft_outlives_a_restart(server: Server, crash: bool) -> None:
    drafted = await server.draft("tia", CORE, "general")
    await restart(server, crash)
    answer = latest(drafted)
    for act in ("preview", "edit"):
        custom_id = next(c for c in controls_of(answer) if c.startswith(f"proposal:{act}:"))
        result = await server.press("tia", answer, custom_id)
        assert result.modal is not None or said(result), act
    number = await server.open("tia", drafted)
    assert await server.state(number) is ProposalState.REVIEW


@pytest.mark.parametrize("crash", [False, True])
async def test_a_restart_in_every_state(server: Server, crash: bool) -> None:
    """One proposal goes the longest way, and the bot is restarted at each step of it."""
    await server.propose("tia", CORE)
    await restart(server, crash)
    seen = await every_button_answers(server, "tom", 1)
    assert {"who", "why", "text", "options", "show", "concern"} <= seen
    await objecting.on_card(server, "uma", 1, "read")
    await objecting.on_card(server, "tom", 1, "object")
    await server.settle()
    await restart(server, crash)
    assert await server.state(1) is ProposalState.REVIEW

    await server.advance(hours=72)
    await restart(server, crash)
    [objection] = (await server.proposal(1)).objections
    assert objection.state is ObjectionState.CONCERN, "never stated within two days"
    assert await server.state(1) is ProposalState.ENACTED
    await restart(server, crash)
    assert {"why", "show"} <= await every_button_answers(server, "tom", 1)

    await server.propose("tia", CORE)
    await server.advance(hours=71)
    await objecting.on_card(server, "tom", 2, "object")
    await server.settle()
    await server.advance(hours=1)
    assert await server.state(2) is ProposalState.SETTLING
    await restart(server, crash)
    await objecting.state(server, "tom", 2)
    await every_button_answers(server, "tia", 2)
    await server.advance(hours=48)
    assert await server.state(2) is ProposalState.DISPUTED
    await restart(server, crash)
    assert {"who", "why", "text"} <= await every_button_answers(server, "uma", 2)
    await objecting.on_card(server, "tia", 2, "escalate")
    await server.settle()
    assert await server.state(2) is ProposalState.ESCALATED
    await restart(server, crash)
    await every_button_answers(server, "ada", 2)
    for stakeholder in ("ada", "cleo", "dev", "fay"):
        await server.vote(stakeholder, 2, 0)
        await restart(server, crash)
    await server.advance(hours=72)
    proposal = await server.proposal(2)
    assert proposal.state is ProposalState.ENACTED
    assert [o.state for o in proposal.objections] == [ObjectionState.OVERRULED]
    await restart(server, crash)
    await every_button_answers(server, "uma", 2)
    assert said_twice(await all_messages(server)) == []


@pytest.mark.parametrize("crash", [False, True])
async def test_a_restart_in_the_timelock(server: Server, crash: bool) -> None:
    await server.ratify()
    number = await server.propose_policy("limits.versions", "6")
    for reader in ("ada", "cleo", "dev"):
        await objecting.on_card(server, reader, number, "read")
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.PASSED
    await restart(server, crash)
    await every_button_answers(server, "ada", number)
    await objecting.on_card(server, "ada", number, "halt")
    await server.settle()
    await restart(server, crash)
    assert len((await server.proposal(number)).halts) == 1
    await server.advance(hours=48)
    assert await server.state(number) is ProposalState.ENACTED
    assert await server.policy_value("limits.versions") == 6
    assert said_twice(await all_messages(server)) == []


@pytest.mark.parametrize("crash", [False, True])
async def test_a_restart_while_stale(server: Server, crash: bool) -> None:
    """Two amendments of one rule: the second is stale when the first takes effect. Its buttons stay alive (EFF-1)."""
    await server.ratify()
    first = await server.propose_policy("limits.versions", "6")
    second = await server.propose_policy("limits.versions", "7", "tom", CORE, title="Seven versions of a proposal")
    for number in (first, second):
        await objecting.everyone_reads(server, number, "ada", "cleo", "dev")
    await server.advance(hours=72)
    await server.advance(hours=48)
    assert await server.state(second) is ProposalState.STALE
    await restart(server, crash)
    assert await server.state(second) is ProposalState.STALE
    assert {"who", "why", "text", "options", "show"} <= await every_button_answers(server, "ada", second)

    options = await objecting.on_card(server, "tom", second, "options")
    assert {"revise", "withdraw"} <= {c.split(":")[1] for c in controls_of(latest(options))}
    await restart(server, crash)
    kept = await server.press("tom", latest(options), await objecting.control(server, second, "revise"))
    form = await server.press("tom", latest(kept), await objecting.control(server, second, "details"))
    await restart(server, crash)
    await objecting.publish(server, "tom", await server.fill("tom", form, **policy_details("limits.versions", "8")))
    proposal = await server.proposal(second)
    assert proposal.state is ProposalState.REVIEW
    assert len(proposal.versions) == 2
    await restart(server, crash)
    assert {"read", "object"} <= {c.split(":")[1] for c in controls_of(await server.card(second))}
    assert said_twice(await all_messages(server)) == []


@pytest.mark.parametrize("crash", [False, True])
async def test_forms_opened_before_a_restart_are_taken_after_it(server: Server, crash: bool) -> None:
    propose = await server.slash("tia", CORE, "propose", type="general")
    await server.propose("tom", CORE)
    await objecting.on_card(server, "uma", 1, "object")
    await server.settle()
    statement = await objecting.in_thread(server, "uma", 1, "state")
    concern = await objecting.on_card(server, "tia", 1, "concern")
    await restart(server, crash)

    drafted = await server.fill("tia", propose, **page_one())
    assert "draft" in said(drafted).lower(), said(drafted)
    await server.fill("uma", statement, criterion=["harm"], reason=objecting.REASON, suggestion="", agreement="")
    await server.fill("tia", concern, concern="Who keeps it?")
    await server.settle()
    proposal = await server.proposal(1)
    assert [o.state for o in proposal.objections] == [ObjectionState.STATED]
    assert [c.text for c in proposal.concerns] == ["Who keeps it?"]
    number = await server.open("tia", drafted)
    assert await server.state(number) is ProposalState.REVIEW


@pytest.mark.parametrize("place", [CORE, FEED, "thread"])
async def test_a_crash_between_discord_and_the_database_posts_nothing_twice(
    server: Server, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord takes a message and the process dies before it knows (RUN-3)."""
    channel_ids = {server.channel(name).id for name in (CORE, FEED)}
    send = server.bot.guild_adapter.post
    lost: list[int] = []

    async def taken_but_unheard(channel_id: int, view: discord.ui.LayoutView, *more: Any) -> int:
        message_id = await send(channel_id, view, *more)
        wanted = channel_id not in channel_ids if place == "thread" else channel_id == server.channel(place).id
        if wanted and not lost:
            lost.append(message_id)
            raise DiscordFailure("the answer was lost")
        return message_id

    monkeypatch.setattr(server.bot.guild_adapter, "post", taken_but_unheard)
    long = {
        "risks": "It may fail. " * 70,
        "outcome": "All know. " * 90,
        "why": "They miss it. " * 100,
        "ask": "One calendar. " * 100,
    }
    await server.propose("tia", CORE, **long)
    assert len(lost) == 1
    await server.crash()
    await server.advance(minutes=2)
    assert said_twice(await all_messages(server)) == []
    assert text_of(await server.card(1))
    assert (await server.thread(1)).id
    texts = [text for text in await server.notices(1) if "It may fail." in text or "They miss it." in text]
    assert len(texts) >= 2, "the whole text stands, also what came after the message that was lost"
    assert await server.state(1) is ProposalState.REVIEW


async def test_an_answer_lost_while_the_bot_lives_posts_nothing_twice(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message of a proposal in turn is taken without an answer; the bot looks before it sends again."""
    send = server.bot.guild_adapter.post

    heard: set[str] = set()

    async def every_first_answer_lost(channel_id: int, view: discord.ui.LayoutView, *more: Any) -> int:
        message_id = await send(channel_id, view, *more)
        words = str(view.to_components())  # type: ignore[no-untyped-call]
        if words not in heard:
            heard.add(words)
            raise DiscordFailure("the answer was lost")
        return message_id

    monkeypatch.setattr(server.bot.guild_adapter, "post", every_first_answer_lost)
    await server.propose("tia", CORE)
    await server.advance(minutes=5)
    await objecting.on_card(server, "tom", 1, "object")
    await server.advance(minutes=5)
    await objecting.state(server, "tom", 1)
    await server.advance(minutes=5)
    monkeypatch.undo()
    await server.advance(hours=2)
    assert said_twice(await all_messages(server)) == []
    assert sum("State your objection" in notice for notice in await server.notices(1)) == 1
    assert "clock is stopped" not in text_of(await server.card(1))


async def test_a_reminder_sent_just_before_a_crash_is_not_sent_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("tom", "uma"):
        await wishes(server, who, way=["direct"])
    await server.propose("tia", CORE)
    send = server.bot.guild_adapter.direct

    async def taken_but_unheard(*args: object) -> bool:
        await send(*args)  # type: ignore[arg-type]
        raise DiscordFailure("the answer was lost")

    monkeypatch.setattr(server.bot.guild_adapter, "direct", taken_but_unheard)
    await server.advance(hours=48)
    await server.crash()
    await server.advance(hours=1)
    for who in ("tom", "uma"):
        assert len(server.direct_messages(who)) == 1, server.direct_messages(who)


async def test_a_lost_place_is_found_at_the_start_and_the_commands_still_work(server: Server) -> None:
    await server.propose("tia", CORE)
    await server.stop()
    async with server.by_hand():
        channel = server.env.bot.get_channel(server.channel(CORE).id)
        assert isinstance(channel, discord.TextChannel)
        await channel.delete()
    await server.start()
    for command in ("proposal show", "proposal why"):
        shown: simcord.InteractionResult = await server.slash("tom", TALK, command, proposal="P-1")
        assert "P-1" in said(shown), said(shown)
    raised = await server.slash("tom", TALK, "object", proposal="P-1")
    await server.settle()
    assert said(raised) or raised.modal is not None
    assert len((await server.proposal(1)).objections) == 1, "an objection needs no card"
