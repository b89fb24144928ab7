"""What happened before the visitor came: acted out by the people, through the bot's own commands and buttons (RUN-1).

A partnership is set up and ratified; one proposal has passed and waits in its timelock, one is in review with a stated
objection, and one passes soon if nobody minds. The core team is in a retro and will meet; everybody is asked something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import discord
import simcord

from bot.rehearsal.cast import (
    AMARA,
    BRUNO,
    CHEN,
    CONSTITUENCIES,
    CORE_PURPOSE,
    DALIA,
    ESI,
    FEMI,
    GORAN,
    HANA,
    KEMI,
    MIRA,
    MODERATORS,
    OUTREACH,
    PARTNERSHIP,
    PARTS,
    PLANTING,
    PURPOSE,
    ROBIN,
    STAKEHOLDERS,
    Part,
)
from bot.rehearsal.world import World

Words = Mapping[str, Any]

LENGTH = timedelta(days=9, hours=12)
"""How long the story takes; it begins that much before the present."""

SAPLINGS: Words = {
    "title": "Buy 400 willow saplings for the lower bank",
    "ask": "Pay the tree nursery at Alder Farm 2,400 EUR for 400 willow saplings of local stock, delivered in March.",
    "why": "The lower bank loses half a metre a year. Willows hold it: goal 2 of our purpose, a living bank.",
    "outcome": "At least 300 saplings alive after the first summer, counted in September by the planting cell.",
    "risks": "A dry spring could kill many of them; the planting cell waters twice a week until June.",
}
SAPLING_DETAILS: Words = {
    "amount": "2400 EUR",
    "payee": "Alder Farm tree nursery",
    "account": "Season budget, planting",
    "timeline": "Order in January, plant in March, count in September.",
}
TOWPATH: Words = {
    "title": "Close the towpath on planting days",
    "ask": "Close the towpath between the mill and the ferry on six Saturdays in March and April, from 8 to 16 h.",
    "why": "Volunteers carry tools and wet soil across the path; last year two cyclists fell.",
    "outcome": "Six planting days without an accident.",
    "risks": "People who walk to the ferry have to go round by the road.",
}
EVERYDAY: Words = {
    "title": "Let one author keep five proposals open",
    "ask": "Raise the number of proposals that one author may have open at a time from three to five.",
    "why": "Each season the core team files its plans together and has to wait for three to be decided first.",
    "outcome": "The season's plans can be read side by side.",
}
RULE_CHANGE: Words = {"key-2": ["limits.open_per_author"], "value": "5"}
OBJECTION: Words = {
    "criterion": ["harm"],
    "reason": "The towpath is the only way without steps to the ferry. On six Saturdays people with wheelchairs and "
    "prams could not reach it, and the road has no pavement.",
    "suggestion": "Keep a strip of 1.5 m open with a marshal, or plant on weekdays.",
}


SURVEY: Words = {"title": "How is the season going?", "about": "A pulse before winter: what should change?"}
SCALE: Words = {"question": "Do you hear early enough of what is planned?", "low": "never", "high": "always"}
OPEN_QUESTION: Words = {"question": "What should we change first?"}
ANSWERS = (
    (AMARA, "4", "Send the season's plan a week earlier."),
    (BRUNO, "3", ""),
    (DALIA, "2", "Tell us about the water tests before the press."),
    (KEMI, "5", "Nothing: this was a good season."),
)
CARDS = (
    (HANA, 0, "Planting together on Saturdays"),
    (FEMI, 0, "Neighbours who bring soup"),
    (KEMI, 2, "A second trolley for the saplings"),
    (GORAN, 3, "To be told sooner when the water is too high"),
)
BY_DIRECT_MESSAGE: Words = {
    "way": ["direct"],
    "topics": ["proposals", "votes", "meetings", "retros", "surveys", "feedback", "actions", "digest"],
    "mentions": "",
    "digest_day": ["0"],
    "digest_at": "09:00",
}


async def tell(world: World, end: datetime, say: Callable[[str], None]) -> None:
    """Act out the whole story, so that it ends at this instant."""
    teller = _Teller(world)
    begin = world.stage.env.now()
    say("Setting up the example partnership with /setup …")
    await teller.set_up()
    await teller.ratify()
    await teller.be_written_to(DALIA)
    say("Letting people file, read and object …")
    await teller.file(GORAN, "budget", SAPLINGS, SAPLING_DETAILS)
    await world.stage.forward(timedelta(hours=13))
    await teller.file(KEMI, "policy", EVERYDAY, RULE_CHANGE)
    for reader in (AMARA, CHEN, DALIA):
        await teller.press(reader, "decisions", "proposal:read:", "saplings")
    for reader in (BRUNO, ESI):
        await teller.press(reader, "decisions", "proposal:read:", "five proposals")
    await world.stage.forward(begin + LENGTH - timedelta(hours=30) - world.stage.env.now())
    await teller.file(HANA, "operational", TOWPATH)
    await world.stage.forward(timedelta(hours=5))
    await teller.press(FEMI, "stakeholders", "proposal:read:", "towpath")
    await teller.object_to("towpath")
    say("Looking back, asking and meeting …")
    await teller.look_back()
    await teller.ask_everybody()
    await teller.plan_a_meeting()
    await world.stage.forward(max(timedelta(0), end - world.stage.env.now()))


class _Teller:
    """Does what the people of the story do, as they would do it: with commands, forms, buttons and reactions."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stage = world.stage

    async def set_up(self) -> None:
        """``/setup`` by the moderator, then roles by hand, then ``/roles map`` for each organisation."""
        mira, lobby = self.world.person(MIRA), self.world.lobby
        shown = await mira.slash(lobby, "setup start")
        form: Words = {
            "name": PARTNERSHIP,
            "purpose": PURPOSE,
            "top_level_purpose": CORE_PURPOSE,
            "cells": f"{PLANTING}\n{OUTREACH}",
        }
        plan = _answer(await mira.submit_modal(shown, dict(form)))
        await mira.click(plan, custom_id=_control(plan, "setup:apply:"))
        for part in PARTS:
            await self._dress(part)
        await self.stage.pulse()
        for each in CONSTITUENCIES:
            wanted = {
                "role": self.stage.guild.roles[each.organisation],
                "group": "Stakeholders",
                "seat": "member",
                "class": each.stakeholder_class,
                "organisation": each.organisation,
            }
            await mira.slash(lobby, "roles map", **wanted)
        await self.stage.pulse()

    async def ratify(self) -> None:
        """The stakeholders vote on their partnership's first proposal (SCL-5)."""
        await self.world.person(MIRA).slash(self.world.lobby, "setup ratify")
        await self.stage.pulse()
        for reader in STAKEHOLDERS:
            await self.press(reader, "stakeholders", "proposal:read:", "Ratify")
        await self.stage.forward(timedelta(hours=73))
        for voter in STAKEHOLDERS:
            await self.press(voter, "stakeholders", "vote:cast:", "Ratify")
        await self.stage.forward(timedelta(hours=72))

    async def be_written_to(self, part: Part) -> None:
        """Somebody wants reminders as direct messages instead of mentions (RHY-2)."""
        person = self.world.person(part)
        panel = _answer(await person.slash(self._place("governance-talk"), "reminders preferences"))
        form = await person.click(panel, custom_id=_control(panel, "reminders:wishes:"))
        await person.submit_modal(form, dict(BY_DIRECT_MESSAGE))

    async def file(self, author: Part, type: str, words: Words, details: Words | None = None) -> None:
        """``/propose``, the form, the details where there are some, and *Open review*."""
        person, place = self.world.person(author), self._place("governance-talk")
        draft = _answer(await person.submit_modal(await person.slash(place, "propose", type=type), dict(words)))
        if details is not None:
            page = await person.click(draft, custom_id=_control(draft, "proposal:details:"))
            draft = _answer(await person.submit_modal(page, dict(details)))
        await person.click(draft, custom_id=_control(draft, "proposal:open:"))
        await self.stage.pulse()

    async def press(self, part: Part, place: str, control: str, words: str) -> simcord.InteractionResult:
        """Press a button of the card that holds these words."""
        card = self._card(place, control, words)
        result = await self.world.person(part).click(card, custom_id=_control(card, control))
        await self.stage.pulse()
        return result

    async def object_to(self, words: str) -> None:
        """A stakeholder objects by reaction, and states the objection with the button in the thread (OBJ-1, OBJ-2)."""
        esi = self.world.person(ESI)
        await esi.react(self._card("stakeholders", "proposal:object:", words), "✋")
        await self.stage.pulse()
        for thread in self._place("stakeholders").threads:
            if words in (thread.name or ""):
                notice = _with_control(thread, "objection:state:", "")
                form = await esi.click(notice, custom_id=_control(notice, "objection:state:"))
                await esi.submit_modal(form, dict(OBJECTION))
        await self.stage.pulse()

    async def look_back(self) -> None:
        """A retro of the core team, in which cards are being written (LRN-1)."""
        room, goran = self._place("core-team"), self.world.person(GORAN)
        await goran.slash(room, "retro start", title="Looking back on the planting season")
        await self.stage.pulse()
        await self.press(GORAN, "core-team", "retro:next:", "planting season")
        for part, column, words in CARDS:
            form = await self.press(part, "core-team", "retro:card:", "planting season")
            await self.world.person(part).submit_modal(form, {"column": [str(column)], "card": words})
        await self.stage.pulse()

    async def ask_everybody(self) -> None:
        """A survey of the whole partnership, which some have answered (LRN-2)."""
        talk, chen = self._place("governance-talk"), self.world.person(CHEN)
        draft = _answer(await chen.submit_modal(await chen.slash(talk, "survey create"), dict(SURVEY)))
        for kind, words in (("scale", SCALE), ("text", OPEN_QUESTION)):
            form = await chen.click(draft, custom_id=_control(draft, f"survey:{kind}:"))
            draft = _answer(await chen.submit_modal(form, dict(words)))
        shown = _answer(await chen.slash(talk, "survey open", survey="S-1", closes="in 4 days at 18:00"))
        await chen.click(shown, custom_id=_control(shown, "survey:open-now:"))
        await self.stage.pulse()
        for part, scale, why in ANSWERS:
            form = await self.press(part, "governance-talk", "survey:answer:", str(SURVEY["title"]))
            answers = {"answer-1": scale} | ({"answer-2": why} if why else {})
            await self.world.person(part).submit_modal(form, answers)
        await self.stage.pulse()

    async def plan_a_meeting(self) -> None:
        """The core team meets every two weeks (RHY-1)."""
        room, goran = self._place("core-team"), self.world.person(GORAN)
        title = "Core team: plans for the coming weeks"
        shown = await goran.slash(
            room, "meeting schedule", when="in 2 days at 18:00", title=title, zone="Europe/Berlin", every="2 weeks"
        )
        preview = _answer(shown)
        await goran.click(preview, custom_id=_control(preview, "meeting:"))
        await self.stage.pulse()

    async def _dress(self, part: Part) -> None:
        member = self.world.person(part).member
        if member is None:
            raise LookupError(f"{part.name} is not in the server")
        wanted = [name for name in part.roles if name != MODERATORS]
        roles = [role for role in member.guild.roles if role.name in wanted]
        if len(roles) != len(wanted):
            raise LookupError(f"the set-up did not make every role of {part.name}")
        if roles:
            await member.add_roles(*roles, reason=f"given by {ROBIN.name}")

    def _place(self, name: str) -> simcord.ChannelHandle:
        return self.stage.guild.channels[name]

    def _card(self, place: str, control: str, words: str) -> discord.Message:
        return _with_control(self._place(place), control, words)


def _answer(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """The newest message with which the bot answered."""
    said = result.followups[-1] if result.followups else result.response
    if said is None:
        raise LookupError("the bot gave no answer")
    return said


def _with_control(place: simcord.ChannelHandle, control: str, words: str) -> discord.Message:
    for message in reversed(place.history()):
        found = [each.to_dict() for each in message.components]
        if words in str(found) and any(each.startswith(control) for each in _controls(found)):
            return message
    raise LookupError(f"#{place.name} has no message with {control} about “{words}”")


def _control(message: simcord.ResponseMessage | discord.Message, prefix: str) -> str:
    """The id of the first control of a message that begins so."""
    for custom_id in _controls([_plain(each) for each in message.components]):
        if custom_id.startswith(prefix):
            return custom_id
    raise LookupError(
        f"the message has no control {prefix}: {message.content} {[_plain(each) for each in message.components]}"
    )


def _controls(components: list[Any]) -> Iterator[str]:
    for each in components:
        if "custom_id" in each:
            yield str(each["custom_id"])
        yield from _controls(each.get("components", []))
        if "accessory" in each:
            yield from _controls([each["accessory"]])


def _plain(component: Any) -> dict[str, Any]:
    return component if isinstance(component, dict) else component.to_dict()
