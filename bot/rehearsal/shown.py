"""What the front page shows: the people, the places and the messages of the simulated world, as plain data."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import discord
import simcord

from bot.governance.organisation import Partnership
from bot.governance.proposals_types import FINAL, Proposal, ProposalState
from bot.rehearsal.cast import Part
from bot.rehearsal.stage import Stage
from bot.services import summaries
from bot.services.nouns import NOUNS
from bot.services.ports.proposals import Filter
from bot.services.ports.transaction import Transaction
from bot.ui.limits import SUGGESTION
from bot.ui.proposals_labels import STATE_LABELS
from bot.ui.text import plain

Shown = dict[str, Any]
Viewer = simcord.MemberActor | simcord.UserHandle


OPEN = frozenset(ProposalState) - FINAL - {ProposalState.DRAFT}


@dataclass(slots=True)
class Front:
    """Reads the stage for the front page. ``parts`` are what people play; ``empty`` before anything has happened."""

    stage: Stage
    parts: dict[int, Part] = field(default_factory=dict)
    empty: bool = False
    world: str = field(default_factory=lambda: secrets.token_hex(8))
    """Another one after beginning again: a page that is still open then loads itself anew."""

    async def state(self) -> Shown:
        """Everything that the page shows, at this instant."""
        stage = self.stage
        stage.collect()
        due = await stage.next_deadline()
        return {
            "now": stage.env.now().isoformat(),
            "due": due.isoformat() if due else None,
            "running": stage.running,
            "doing": stage.doing,
            "empty": self.empty,
            "world": self.world,
            "first": str(self._first()),
            "open": self._open(),
            "waiting": await self._waiting(),
            "people": [self._person(each) for each in stage.people],
            "groups": self._channels(),
            "roles": self._roles(),
            "cards": self._cards(),
            "log": [
                {"number": each.number, "at": each.at.isoformat(), "tone": each.tone, "text": each.text}
                for each in stage.log.lines
            ],
        }

    def viewers(self, place: simcord.ChannelHandle, first: int) -> list[Viewer]:
        """Everyone who can read this place, the chosen person first."""
        owner = next((each for each in self.stage.people if each.user.dm_channel.id == place.id), None)
        if owner is not None:
            return [owner.user]
        able = [each for each in self.stage.people if self._reads(each, place)]
        return [*sorted(able, key=lambda each: each.id != first)]

    def shut_out(self, place: simcord.ChannelHandle, person_id: int) -> str:
        """The chosen person's name, if somebody else would have to act here in their place; else nothing."""
        letters = {each.user.dm_channel.id for each in self.stage.people}
        chosen = next((each for each in self.stage.people if each.id == person_id), None)
        if chosen is None or place.id in letters or self._reads(chosen, place):
            return ""
        return name_of(chosen)

    def place(self, channel_id: int) -> simcord.ChannelHandle:
        """The channel, thread or direct messages of this id. Raises LookupError."""
        for place in places(self.stage):
            if place.id == channel_id:
                return place
        raise LookupError("this channel or thread is no longer there")

    def person(self, user_id: int) -> simcord.MemberActor:
        """The person of this id. Raises LookupError."""
        for person in self.stage.people:
            if person.id == user_id:
                return person
        raise LookupError("there is no such person in the rehearsal")

    async def _waiting(self) -> list[Shown]:
        """What is open in every partnership here, proposals, retros, surveys and meetings, the next deadline first."""
        ctx = self.stage.ctx
        if ctx is None:
            return []
        async with ctx.uow.read() as tx:
            found = [
                each
                for partnership in await tx.partnerships.of_guild(self.stage.guild.id)
                for each in [*await _proposals(tx, partnership), *await _others(tx, partnership)]
            ]
        found.sort(key=lambda each: (each[0] is None, each[0]))
        return [{**row, "due": due.isoformat() if due else None} for due, row in found]

    def _person(self, person: simcord.MemberActor) -> Shown:
        direct = person.user.dm_channel
        member = person.member
        return {
            "id": str(person.id),
            "name": name_of(person),
            "about": self._about(person),
            "here": member is not None,
            "roles": [each.name for each in reversed(member.roles[1:])] if member else [],
            "direct": str(direct.id),
            "letters": len(direct.history()),
        }

    def _first(self) -> int:
        """Whom the page has chosen at first: in an empty server, who may set the bot up."""
        able = [person for person, part in self.parts.items() if part.manages]
        return able[0] if self.empty and able else self.stage.people[0].id

    def _about(self, person: simcord.MemberActor) -> str:
        """What the story tells of a person; nothing once roles were taken: then only what they wear is true."""
        part, member = self.parts.get(person.id), person.member
        if part is None or member is None or self.empty:
            return part.about if part and not part.roles else ""
        return part.about if set(part.roles) <= {role.name for role in member.roles} else "roles taken by hand"

    def _channels(self) -> list[Shown]:
        guild = self._guild()
        if guild is None:
            return []
        handles = {each.id: each for each in self.stage.guild.channels.values()}
        groups = []
        for category, channels in guild.by_category():
            rows = [self._channel(each, handles[each.id]) for each in channels if each.id in handles]
            if rows:
                groups.append({"name": category.name if category else "", "channels": rows})
        return groups

    def _channel(self, channel: discord.abc.GuildChannel, place: simcord.ChannelHandle) -> Shown:
        members = [each for each in self.stage.people if each.member is not None]
        rights = {each.id: channel.permissions_for(each.member) for each in members if each.member}
        return {
            "id": str(place.id),
            "name": place.name,
            "topic": getattr(channel, "topic", None) or "",
            "messages": _public(place),
            "readers": [str(person) for person, may in rights.items() if may.view_channel and may.read_message_history],
            "writers": [str(person) for person, may in rights.items() if may.view_channel and may.send_messages],
            "threads": [{"id": str(each.id), "name": each.name, "messages": _public(each)} for each in place.threads],
        }

    def _reads(self, person: simcord.MemberActor, place: simcord.ChannelHandle) -> bool:
        guild, member = self._guild(), person.member
        if guild is None or member is None:
            return False
        channel = guild.get_channel(_root(self.stage, place).id)
        if channel is None:
            return False
        may = channel.permissions_for(member)
        return may.view_channel and may.read_message_history

    def _roles(self) -> list[Shown]:
        guild = self._guild()
        wearable = [each for each in guild.roles if not each.is_default() and not each.managed] if guild else []
        return [{"id": str(each.id), "name": each.name} for each in reversed(wearable)]

    def _cards(self) -> list[Shown]:
        """Messages with controls; those that people react to come first."""
        found = [self._card(place, each) for place, each in cards(self.stage)]
        return sorted(found, key=lambda each: not each["reactions"])

    def _card(self, place: simcord.ChannelHandle, message: discord.Message) -> Shown:
        reactions = sum(each.count for each in message.reactions)
        return {
            "id": str(message.id),
            "channel": str(place.id),
            "place": place.name,
            "title": title_of(message),
            "reactions": reactions,
        }

    def _open(self) -> Shown | None:
        stage = self.stage
        if stage.preview is None or stage.shown is None:
            return None
        try:
            place = self.place(stage.shown)
        except LookupError:
            return {"id": str(stage.shown), "name": "a channel that is gone"}
        owner = next((each for each in stage.people if each.user.dm_channel.id == place.id), None)
        name = f"direct messages of {name_of(owner)}" if owner else f"#{place.name}"
        return {"id": str(place.id), "name": name}

    def _guild(self) -> discord.Guild | None:
        return self.stage.env.bot.get_guild(self.stage.guild.id)


_Waiting = tuple[datetime | None, Shown]


async def _proposals(tx: Transaction, partnership: Partnership) -> list[_Waiting]:
    return [
        (row.due_at, {"title": plain(f"P-{row.number} {row.title}", SUGGESTION), "state": STATE_LABELS[row.state]})
        for row in await tx.of(Proposal).listed(partnership.id, Filter(states=OPEN))
    ]


async def _others(tx: Transaction, partnership: Partnership) -> list[_Waiting]:
    """Things of every other noun, as far as they have a number: a plan that nobody confirmed has none."""
    found: list[_Waiting] = []
    for noun in (each for each in NOUNS if each.boards):
        for each in await tx.of(noun.type).in_states(partnership.id, noun.running):
            kept = await tx.of(noun.type).get(each)
            thing = await summaries.look(tx, partnership, noun.thing(each))
            if kept.number > 0 and thing is not None:
                title = plain(f"{thing.name} {thing.title}".strip(), SUGGESTION)
                found.append((noun.due_at(kept), {"title": title, "state": noun.name.capitalize()}))
    return found


def name_of(viewer: Viewer) -> str:
    """What people call somebody."""
    user = viewer.user if isinstance(viewer, simcord.MemberActor) else viewer
    return user.global_name or user.name


def places(stage: Stage) -> Iterator[simcord.ChannelHandle]:
    """Every channel, thread and direct message of the world."""
    for place in stage.guild.channels.values():
        yield place
        yield from place.threads
    for person in stage.people:
        yield person.user.dm_channel


def cards(stage: Stage) -> Iterator[tuple[simcord.ChannelHandle, discord.Message]]:
    """The bot's messages with buttons that stand in channels, newest first."""
    user = stage.env.bot.user
    for place in stage.guild.channels.values():
        for message in reversed(place.history()):
            mine = user is not None and message.author.id == user.id
            if mine and not message.flags.ephemeral and _has_buttons(message.components):
                yield place, message


def posts(stage: Stage) -> Iterator[tuple[str, discord.Message]]:
    """Everything that the bot wrote and that still stands, and where, oldest first: channels, threads, letters."""
    user = stage.env.bot.user
    letters = {each.user.dm_channel.id: name_of(each) for each in stage.people}
    found = [
        (f"to {letters[place.id]}" if place.id in letters else f"in #{place.name}", message)
        for place in places(stage)
        for message in place.history()
        if user is not None and message.author.id == user.id and not message.flags.ephemeral
    ]
    yield from sorted(found, key=lambda each: each[1].id)


def title_of(message: discord.Message) -> str:
    """The first line that a reader sees of a message, without its markings."""
    text = next(_texts(message.components), "") or message.content
    line = next((each for each in text.splitlines() if each.strip()), "a message without words")
    plain = re.sub(r"^\W+|[*_~`>#]+", "", _named(line, message)).strip()
    return plain if len(plain) <= 90 else f"{plain[:89]}…"


def _named(line: str, message: discord.Message) -> str:
    """A line as Discord shows it: people and channels by name, instants as dates."""

    def name(found: re.Match[str]) -> str:
        kind, number = found["kind"], int(found["number"])
        if kind == "t:":
            return f"{datetime.fromtimestamp(number, UTC):%d %B %Y, %H:%M} UTC"
        if kind == "#":
            channel = message.guild.get_channel_or_thread(number) if message.guild else None
            return channel.name if channel else "a channel"
        person = message.guild.get_member(number) if message.guild else None
        return person.display_name if person else "somebody"

    return re.sub(r"<(?P<kind>@!?|#|t:)(?P<number>\d{1,20})(?::\w)?>", name, line)


def _public(place: simcord.ChannelHandle) -> int:
    """How many messages everyone sees: private answers do not count."""
    return sum(not each.flags.ephemeral for each in place.history())


def _root(stage: Stage, place: simcord.ChannelHandle) -> simcord.ChannelHandle:
    """The channel that a thread hangs on."""
    if place.is_thread:
        for channel in stage.guild.channels.values():
            if any(each.id == place.id for each in channel.threads):
                return channel
    return place


def _texts(components: Iterable[Any]) -> Iterator[str]:
    for each in components:
        if isinstance(each, discord.TextDisplay):
            yield each.content
        yield from _texts(getattr(each, "children", ()))


def _has_buttons(components: Iterable[Any]) -> bool:
    return any(isinstance(each, discord.Button) or _has_buttons(getattr(each, "children", ())) for each in components)
