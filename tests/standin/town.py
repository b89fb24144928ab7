"""A partnership in a server of the stand-in, set up by its owner as people do it, with a core team of three."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tests.standin.people import Declined, Interaction, Person, controls
from tests.standin.standin import StandIn
from tests.standin.world import Guild, Json

CORE, FEED, TALK = "core-team", "decisions", "governance-talk"
PEOPLE = {"tia": "Core Team", "tom": "Core Team", "uma": "Core Team", "ada": "Stakeholder", "nia": ""}
"""People and the role that each wears; ``nia`` is a newcomer."""


@dataclass
class Town:
    """The server, its people by name, and what stands in it."""

    standin: StandIn
    guild: Guild
    mod: Person
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def channel(self, name: str) -> Json:
        """A channel by name."""
        return next(each for each in self.guild.channels() if each["name"] == name)

    def role(self, name: str) -> Json:
        """A role by name."""
        return next(each for each in self.guild.roles.values() if each["name"] == name)

    def cards(self, id: int, where: str = CORE) -> list[Json]:
        """The cards of a proposal: more than one would be one too many."""
        return [m for m in self.standin.messages(self.channel(where)) if f"proposal:read:{id}" in controls(m)]

    def thread(self, id: int) -> Json:
        """The thread under a proposal's card."""
        [card] = self.cards(id)
        return self.standin.world.channel(int(card["id"]))

    async def propose(self, who: str = "tia", title: str = "A shared calendar", **texts: str) -> int:
        """File a proposal and open its review; its id. The card need not stand yet.

        The button is pressed until it takes: whom the bot heard of a moment ago may not hold their seats yet.
        """
        form = await self[who].command(self.channel(CORE), "propose", type="general").answered()
        drafted = await self[who].submit(form, **(PAGE_ONE | {"title": title} | texts)).answered()
        button = next((each for each in controls(drafted.messages[-1]) if each.startswith("proposal:open:")), None)
        if button is None:
            raise Declined(drafted.said)
        for _ in range(200):
            opened = await self[who].press(drafted.messages[-1], button).answered()
            if "Is it one of these?" in opened.said:
                button = button.replace(":open:", ":open-anyway:")
                continue
            if "Review opened" in opened.said:
                return int(button.rpartition(":")[2])
            await asyncio.sleep(0.05)
        raise Declined(opened.said)

    async def card(self, id: int) -> Json:
        """Wait until the card of a proposal stands, with the bot's own reactions to press."""
        await self.standin.until(lambda: any(len(card["reactions"]) > 1 for card in self.cards(id)))
        return self.cards(id)[0]


PAGE_ONE = {
    "title": "",
    "ask": "Adopt one calendar that every group keeps up to date, starting next month.",
    "why": "People miss meetings; our purpose needs them to meet.",
    "outcome": "Nobody misses a meeting for want of knowing.",
    "risks": "One more thing to keep up to date.",
}


async def planned(standin: StandIn, guild: Guild) -> tuple[Town, Interaction]:
    """A server with a lobby, whose owner has filled ``/setup start`` in: its plan."""
    lobby = next((each for each in guild.channels() if each["name"] == "lobby"), None) or guild.channel("lobby")
    town = Town(standin, guild, standin.owner(guild))
    form = await town.mod.command(lobby, "setup start").answered()
    fields = {"name": "River Commons", "purpose": "Keep the river clean.", "cells": "Commons\nDelivery"}
    return town, await town.mod.submit(form, **fields).answered()


async def founded(standin: StandIn, guild: Guild) -> Town:
    """The plan applied, and people with their roles. The bot has to be ready."""
    town, plan = await planned(standin, guild)
    button = next(each for each in controls(plan.messages[-1]) if each.startswith("setup:apply:"))
    applied = await town.mod.press(plan.messages[-1], button).answered()
    assert "is set up" in applied.said, applied.said
    for name, role in PEOPLE.items():
        town.people[name] = standin.join(guild, name, *([town.role(role)] if role else []))
    return town
