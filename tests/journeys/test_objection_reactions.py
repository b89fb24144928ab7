"""Reactions on a card: whose count, what their disappearing means, and many at once (OBJ-1, OBJ-3, OBJ-5, PRO-9)."""

from __future__ import annotations

import discord

from bot.governance.events import Json
from bot.governance.ids import ProposalId
from bot.governance.policy import amended
from bot.governance.policy_events import PolicyAmended
from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.facts import event_of
from tests.journeys.objecting import (
    card,
    control,
    everyone_reads,
    fresh_card,
    in_thread,
    last_notice,
    on_card,
    reactors,
    states,
)
from tests.journeys.server import CONCERN, OBJECT, STAKEHOLDERS, TALK, Server, said


async def operational(server: Server) -> int:
    """A proposal of the core team which the six stakeholders review."""
    return await server.propose("tia", TALK, "operational")


async def test_reactions_that_cannot_count_are_taken_away_and_explained(server: Server) -> None:
    number = await operational(server)
    server.join("obs", ["Contributor"])
    await server.settle()
    for who, words in (
        ("tia", "You wrote this proposal"),
        ("uma", "Only members of the deciding group"),
        ("gus", "Only members of the deciding group"),
        ("obs", "Only members of the deciding group"),
    ):
        await server.react(who, number)
        await server.settle()
        told = server.direct_messages(who)
        assert len(told) == 1, who
        assert f"Your reaction on **P-{number}" in told[0]
        assert "could not be taken" in told[0]
        assert "nothing was recorded" in told[0]
        assert words in told[0]
        assert "Who may object?" in told[0]
        assert server[who].id not in await reactors(server, number, OBJECT)
    assert await states(server, number) == []
    assert "**Objections:** none so far." in await card(server, number)
    assert await server.happened(number) == ["review opened"]
    assert server.bot.user is not None
    assert await reactors(server, number, OBJECT) == {server.bot.user.id}


async def test_a_newcomers_reaction_is_taken_away_and_explained(server: Server) -> None:
    number = await operational(server)
    # Somebody gave newcomers a look into the stakeholders' channel by hand.
    async with server.by_hand():
        channel = server.env.bot.get_channel(server.channel(STAKEHOLDERS).id)
        assert isinstance(channel, discord.TextChannel)
        member = channel.guild.get_member(server["nia"].id)
        assert member is not None
        await channel.set_permissions(
            member, view_channel=True, add_reactions=True, read_message_history=True, send_messages=False
        )
    for emoji in (OBJECT, CONCERN):
        await server.react("nia", number, emoji)
        await server.settle()
        assert server["nia"].id not in await reactors(server, number, emoji)
    told = server.direct_messages("nia")
    assert len(told) == 1, "once for each proposal"
    assert "You hold no seat" in told[0]
    assert await server.happened(number) == ["review opened"]


async def test_with_closed_direct_messages_the_reaction_is_taken_away_all_the_same(server: Server) -> None:
    number = await operational(server)
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, message="Cannot send messages")
    await server.react("uma", number)
    await server.settle()
    assert server.direct_messages("uma") == []
    assert server["uma"].id not in await reactors(server, number, OBJECT)
    assert await states(server, number) == []
    # The button answers privately in any case.
    asked = await on_card(server, "uma", number, "who")
    assert "Only members of the deciding group" in said(asked)


async def test_other_emoji_and_messages_of_other_people_mean_nothing(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number, "🎉")
    said_by_tia = await server["tia"].send(await server.thread(number), "What do you think of it?")
    await server["cleo"].react(said_by_tia, OBJECT)
    await server.settle()
    assert await states(server, number) == []
    assert server["cleo"].id in await reactors(server, number, "🎉")


async def test_who_joined_later_has_a_concern_recorded_and_is_told_why(server: Server) -> None:
    number = await operational(server)
    await server.give_role("nia", "Stakeholder")
    asked = await on_card(server, "nia", number, "who")
    assert "You may not object" in said(asked)
    assert "You had not held the member seat for a week when this review opened" in said(asked)
    await server.react("nia", number)
    await server.settle()
    assert await states(server, number) == []
    assert [(c.why, c.text) for c in (await server.proposal(number)).concerns] == [("joined later", "")]
    told = server.direct_messages("nia")
    assert len(told) == 1
    assert "was recorded as a concern" in told[0]
    assert "You had not held the member seat for a week" in told[0]
    shown = await card(server, number)
    assert "**Objections:** none so far." in shown
    assert "1 heard" in shown
    # The button says the same at once, and records nothing twice.
    pressed = await on_card(server, "nia", number, "object")
    assert "Recorded as a concern" in said(pressed)
    assert (await server.happened(number)).count("concern raised") == 1
    await everyone_reads(server, number, "ada", "ben")
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED


async def test_toggled_on_and_off_it_is_acknowledged_once_and_asked_about_once(server: Server) -> None:
    number = await operational(server)
    for _ in range(5):
        await server.react("cleo", number)
        await server.unreact("cleo", number)
    await server.react("cleo", number)
    await server.settle()
    told = await server.notices(number)
    assert sum("you raised objection" in text for text in told) == 1
    assert sum("Withdraw it?" in text for text in told) == 1
    happened = await server.happened(number)
    assert happened.count("objection raised") == 1
    assert happened.count("reaction gone") == 1
    assert await states(server, number) == [ObjectionState.RAISED]


async def test_a_reaction_that_disappears_withdraws_nothing_and_the_question_is_asked_once(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.unreact("cleo", number)
    await server.settle()
    told = await last_notice(server, number)
    for words in (server["cleo"].mention, "By whom, Discord does not say", "Withdraw it?", "[No, keep it]"):
        assert words in told
    assert "1 raised. Counting now: 1" in await card(server, number)
    (gone,) = [r for r in await server.events(number) if r.event.name == "reaction gone"]
    assert gone.event.actor is None
    for act in ("keep", "withdraw"):
        foreign = await in_thread(server, "dev", number, act)
        assert "Only the person who raised this objection" in said(foreign)
    kept = await in_thread(server, "cleo", number, "keep")
    assert "Your objection No. 1" in said(kept)
    assert "stands" in said(kept)
    assert await states(server, number) == [ObjectionState.RAISED]
    withdrawn = await in_thread(server, "cleo", number, "withdraw")
    assert "is withdrawn. It stays in the record" in said(withdrawn)
    assert await states(server, number) == [ObjectionState.WITHDRAWN]
    assert f"{server['cleo'].mention} withdrew objection No. 1" in await last_notice(server, number)
    assert "Counting now: 0" in await card(server, number)
    after = await server.press(
        "cleo",
        await server.notice_with(number, await control(server, number, "keep", 1)),
        await control(server, number, "keep", 1),
    )
    assert "stands" not in said(after).replace("while it stands", "")
    # An objection may be raised anew, and is one of its own.
    await server.react("cleo", number)
    await server.settle()
    assert await states(server, number) == [ObjectionState.WITHDRAWN, ObjectionState.RAISED]


async def test_a_moderator_wiping_reactions_withdraws_nothing(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.react("dev", number)
    await server.react("uma", number, CONCERN)
    assert server.bot.user is not None
    me = server.bot.user.id
    for wiped in (1, 2):
        message = await fresh_card(server, number)
        async with server.by_hand():
            if wiped == 1:
                await message.clear_reactions()
            else:
                await message.clear_reaction(OBJECT)
        assert await reactors(server, number, OBJECT) == {me}
        assert await reactors(server, number, CONCERN) == {me}
        assert await states(server, number) == [ObjectionState.RAISED, ObjectionState.RAISED]
        told = await last_notice(server, number)
        assert "Reactions on the card were wiped. Nothing is withdrawn" in told
        assert (await server.happened(number)).count("reactions wiped") == wiped
        assert "reaction gone" not in await server.happened(number)
    assert "Counting now: 2" in await card(server, number)
    message = await fresh_card(server, number)
    async with server.by_hand():
        await message.add_reaction("🎉")
        await message.clear_reaction("🎉")
    assert (await server.happened(number)).count("reactions wiped") == 2


async def test_fifty_reactions_in_the_same_instant_raise_one_objection_for_each_person(server: Server) -> None:
    number = await operational(server)
    shown = await server.card(number)
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    objectors = ("ada", "ben", "cleo", "dev", "eli", "fay")
    for turn in range(50):
        member = guild.get_member(server[objectors[turn % len(objectors)]].id)
        assert member is not None
        event = discord.RawReactionActionEvent(
            {
                "user_id": member.id,
                "channel_id": shown.channel.id,
                "message_id": shown.id,
                "guild_id": guild.id,
                "emoji": {"id": None, "name": OBJECT},
                "burst": False,
                "type": 0,
            },
            discord.PartialEmoji(name=OBJECT),
            "REACTION_ADD",
        )
        event.member = member
        await server.as_bot(_dispatched(server, event))
    await server.settle()
    raised = (await server.proposal(number)).objections
    assert [o.number for o in raised] == [1, 2, 3, 4, 5, 6]
    assert len({o.person for o in raised}) == 6
    told = await server.notices(number)
    assert sum("you raised objection" in text for text in told) == 6
    assert (await server.happened(number)).count("objection raised") == 6
    assert "6 raised. Counting now: 6" in await card(server, number)


async def _dispatched(server: Server, event: discord.RawReactionActionEvent) -> None:
    server.bot.dispatch("raw_reaction_add", event)


async def test_a_raised_hand_of_any_skin_tone_is_an_objection(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number, "✋🏽")
    await server.react("dev", number, "✋🏿")
    await server.settle()
    assert await states(server, number) == [ObjectionState.RAISED, ObjectionState.RAISED]
    await server.unreact("cleo", number, "✋🏽")
    await server.settle()
    assert "Withdraw it?" in await last_notice(server, number)


async def test_a_hand_raised_in_another_skin_tone_while_the_bot_was_away_is_found(server: Server) -> None:
    number = await operational(server)
    shown = await server.card(number)
    await server.stop()
    await server["cleo"].react(shown, "✋🏽")
    await server.start()
    await server.settle()
    assert await states(server, number) == [ObjectionState.RAISED]


async def test_a_card_keeps_the_emoji_it_opened_with(server: Server) -> None:
    number = await operational(server)
    await _emojis_become(server, objection="🛑", concern="💡")
    await server.react("cleo", number)
    await server.react("uma", number, CONCERN)
    await server.react("dev", number, "🛑")
    await server.settle()
    assert await states(server, number) == [ObjectionState.RAISED]
    assert len((await server.proposal(number)).concerns) == 1
    assert f"[{OBJECT} Object]" in await card(server, number)
    later = await server.propose("tom", TALK, "operational")
    assert "[🛑 Object]" in await card(server, later)
    assert server.bot.user is not None
    assert server.bot.user.id in await reactors(server, later, "🛑")
    await server.react("dev", later, "🛑")
    await server.react("cleo", later)
    await server.settle()
    assert await states(server, later) == [ObjectionState.RAISED]


async def _emojis_become(server: Server, objection: str, concern: str) -> None:
    """As enacted amendments leave it, with what the record says of them."""
    async with server.bot.ctx.uow.write() as tx:
        here, now = (await server.proposal(1)).partnership, server.bot.ctx.clock()
        for key, value in (("objection.emoji", objection), ("concern.emoji", concern)):
            before = await tx.policies.current(here)
            policy = amended(before, {key: value})
            await tx.policies.add(here, policy, ProposalId(1), now)
            told: dict[str, Json] = {
                "key": key,
                "was": str(before.values[key]),
                "value": value,
                "version": policy.version,
            }
            await tx.record.append(here, (event_of(PolicyAmended, "proposal/1", None, told),), now)
