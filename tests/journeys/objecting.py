"""What journeys about objections do again and again: object, state, rule, appeal, read what the thread says."""

from __future__ import annotations

import discord
import simcord

from bot.governance.proposals_types import Objection, ObjectionState
from tests.journeys.server import TALK, Server, controls_of, latest, said, text_of

REASON = "Volunteers would have to copy every date by hand, and the last time this ended in two wrong meetings."
RULING = "It names a kind of harm, gives a reason, and speaks about this proposal."
APPEAL = "The ruling overlooks that the reason is given in the first sentence."


async def control(server: Server, number: int, act: str, objection: int | None = None) -> str:
    """The custom_id of a control of a proposal, or of one of its objections."""
    proposal = (await server.proposal(number)).id
    return f"proposal:{act}:{proposal}" if objection is None else f"objection:{act}:{proposal}:{objection}"


async def on_card(server: Server, who: str, number: int, act: str) -> simcord.InteractionResult:
    """Press a button of the card, and what it asks to be sure."""
    result = await server.press(who, await server.card(number), await control(server, number, act))
    return await surely(server, who, act, result)


async def surely(server: Server, who: str, act: str, asked: simcord.InteractionResult) -> simcord.InteractionResult:
    """Press *Yes* where an act asks first; else what it led to."""
    shown = asked.followups[-1] if asked.followups else asked.response
    sure = [c for c in controls_of(shown) if c.split(":")[1] == f"{act}-now"] if shown is not None else []
    return await server.press(who, latest(asked), sure[0]) if sure else asked


async def in_thread(server: Server, who: str, number: int, act: str, objection: int = 1) -> simcord.InteractionResult:
    """Press a button about an objection on the latest message of the thread that carries it."""
    custom_id = await control(server, number, act, objection)
    result = await server.press(who, await server.notice_with(number, custom_id), custom_id)
    result = await surely(server, who, act, result)
    await server.settle()
    return result


async def state(
    server: Server, who: str, number: int, objection: int = 1, criterion: str = "harm", **texts: str
) -> simcord.InteractionResult:
    """Press *State your objection* in the thread and fill in the form."""
    form = await in_thread(server, who, number, "state", objection)
    values = {"reason": REASON, "suggestion": "", "agreement": ""} | texts
    result = await server.fill(who, form, criterion=[criterion], **values)
    await server.settle()
    return result


async def rule(
    server: Server, who: str, number: int, in_form: bool, objection: int = 1, reason: str = RULING
) -> simcord.InteractionResult:
    """Press *Rule on its form*, choose, and give the reason."""
    shown = await in_thread(server, who, number, "rule", objection)
    assert shown.response is not None
    act = "in-form" if in_form else "not-in-form"
    form = await server.press(who, shown.response, await control(server, number, act, objection))
    result = await server.fill(who, form, ruling=reason)
    await server.settle()
    return result


async def appeal(server: Server, who: str, number: int, objection: int = 1) -> simcord.InteractionResult:
    """Press *Appeal this ruling* and give the reason."""
    form = await in_thread(server, who, number, "appeal", objection)
    result = await server.fill(who, form, appeal=APPEAL)
    await server.settle()
    return result


async def revise(server: Server, who: str, number: int, where: str = TALK, **texts: str) -> simcord.InteractionResult:
    """``/proposal revise``, the words, sent in changed and published."""
    shown = await server.slash(who, where, "proposal revise", proposal=f"P-{number}")
    assert shown.response is not None, said(shown)
    form = await server.press(who, shown.response, await control(server, number, "edit"))
    proposal = await server.proposal(number)
    words = {name: getattr(proposal.text, name) for name in ("title", "ask", "why", "outcome", "risks")}
    return await publish(server, who, await server.fill(who, form, **(words | texts)))


async def publish(server: Server, who: str, kept: simcord.InteractionResult) -> simcord.InteractionResult:
    """*Publish version n* under what was kept of the next version."""
    button = next((c for c in controls_of(latest(kept)) if c.startswith("proposal:publish:")), None)
    result = await server.press(who, latest(kept), button) if button else kept
    await server.settle()
    return result


async def objection(server: Server, number: int, objection: int = 1) -> Objection:
    """An objection as it is on record."""
    found = (await server.proposal(number)).objection(objection)
    assert found is not None
    return found


async def states(server: Server, number: int) -> list[ObjectionState]:
    """Where all objections to a proposal stand."""
    return [o.state for o in (await server.proposal(number)).objections]


async def card(server: Server, number: int) -> str:
    """What the card says."""
    return text_of(await server.card(number))


async def last_notice(server: Server, number: int) -> str:
    """The latest thing said in the thread."""
    return (await server.notices(number))[-1]


async def told(server: Server, number: int, words: str) -> str:
    """The one thing said in the thread that holds these words."""
    (found,) = [text for text in await server.notices(number) if words in text]
    return found


async def everyone_reads(server: Server, number: int, *readers: str) -> None:
    """These people press *I have read it*."""
    for reader in readers:
        await on_card(server, reader, number, "read")


async def reactors(server: Server, number: int, emoji: str) -> set[int]:
    """Who stands behind an emoji on the card, the bot included."""
    message = await fresh_card(server, number)
    for reaction in message.reactions:
        if str(reaction.emoji) == emoji:
            return {user.id async for user in reaction.users()}
    return set()


async def fresh_card(server: Server, number: int) -> discord.Message:
    """The card as Discord has it, for what moderators do to it by hand."""
    shown = await server.card(number)
    channel = server.env.bot.get_channel(shown.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.fetch_message(shown.id)


def buttons_of(message: discord.Message) -> list[str]:
    """The acts that a message offers, without the ids they name."""
    return [custom_id.split(":")[1] for custom_id in controls_of(message)]
