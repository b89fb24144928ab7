"""Trouble, as moderators make it by hand: the bot is not asked and must cope (RUN-1, PRO-10, OBJ-5, ORG-3)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import discord
import simcord

from bot.rehearsal.log import Tone
from bot.rehearsal.shown import Front, posts, title_of
from bot.rehearsal.stage import Stage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = 12
"""So many of the bot's messages are told one by one after the clock moved."""


class Acts:
    """What the buttons of the front page do. Each is one act under the stage's lock, told in the log."""

    def __init__(self, front: Front, owner: simcord.MemberActor) -> None:
        self.over = asyncio.Event()
        """Set when the visitor asked to begin again, with the other world."""
        self.front = front
        self.stage: Stage = front.stage
        self.owner = owner

    # ---- the clock and the bot -------------------------------------------------------------------

    async def hour(self) -> None:
        """An hour passes."""
        await self._pass("An hour passed.", HOUR)

    async def day(self) -> None:
        """A day passes."""
        await self._pass("A day passed.", DAY)

    async def deadline(self) -> None:
        """The clock moves to one second after the next deadline."""
        due = await self.stage.next_deadline()
        if due is None:
            why = "No deadline is waiting." if self.stage.running else "The bot is stopped and knows of no deadline."
            self.stage.log.say(f"{why} The clock was left alone.")
            return
        left = max(timedelta(0), due - self.stage.env.now()) + timedelta(seconds=1)
        await self._pass("The clock moved to the next deadline.", left)

    async def restart(self) -> None:
        """The bot is closed and started again at once."""
        if self.stage.running:
            await self.stage.stop()
        await self.stage.start()
        self.stage.log.say("The bot was restarted. Every button and form still works.", Tone.ACT)

    async def crash(self) -> None:
        """The bot disappears without a word and is started again."""
        await self.stage.crash()
        self.stage.log.say("The bot crashed without closing anything, and was started again.", Tone.TROUBLE)

    async def stop(self) -> None:
        """The bot is stopped until it is started again; people go on."""
        if not self.stage.running:
            self.stage.log.say("The bot is stopped already.")
            return
        await self.stage.stop()
        self.stage.log.say(
            "The bot was stopped. People can go on reacting and writing; buttons and commands stay unanswered.",
            Tone.TROUBLE,
        )

    async def start(self) -> None:
        """The stopped bot is started."""
        if self.stage.running:
            self.stage.log.say("The bot is running already.")
            return
        await self.stage.start()
        self.stage.log.say("The bot was started. It looked at what it had missed.", Tone.ACT)

    async def absent(self) -> None:
        """The bot is away for a day."""
        if self.stage.running:
            await self.stage.stop()
        await self.stage.forward(DAY)
        await self.stage.start()
        self.stage.log.say("The bot was stopped for a day and started again. Clocks stood meanwhile.", Tone.TROUBLE)

    async def again(self) -> None:
        """This rehearsal ends and another begins: in an empty server after the example, and the other way round."""
        self.over.set()

    # ---- by hand ---------------------------------------------------------------------------------

    async def give(self, person: int, role: int) -> None:
        """A moderator gives a role."""
        member, wanted = self._wearing(person, role)
        if wanted in member.roles:
            raise LookupError(f"{member.display_name} wears the role {wanted.name} already")
        await member.add_roles(wanted, reason="by hand, in the rehearsal")
        self.stage.log.say(f"A moderator gave {member.display_name} the role {wanted.name}.", Tone.TROUBLE)

    async def take(self, person: int, role: int) -> None:
        """A moderator takes a role away."""
        member, wanted = self._wearing(person, role)
        if wanted not in member.roles:
            raise LookupError(f"{member.display_name} does not wear the role {wanted.name}")
        await member.remove_roles(wanted, reason="by hand, in the rehearsal")
        self.stage.log.say(f"A moderator took the role {wanted.name} from {member.display_name}.", Tone.TROUBLE)

    async def delete_card(self, channel: int, message: int) -> None:
        """A moderator deletes one of the bot's messages."""
        card = self._card(channel, message)
        await self.stage.calmly(lambda: self.owner.delete(card))
        self.stage.log.say(f"A moderator deleted “{title_of(card)}” from #{self._name(channel)}.", Tone.TROUBLE)

    async def wipe(self, channel: int, message: int) -> None:
        """A moderator wipes every reaction from one of the bot's messages."""
        card = self._card(channel, message)
        await card.clear_reactions()
        self.stage.log.say(f"A moderator wiped every reaction from “{title_of(card)}”.", Tone.TROUBLE)

    async def delete_thread(self, thread: int) -> None:
        """A moderator deletes a thread, or a channel."""
        found = await self.stage.env.bot.fetch_channel(thread)
        if not isinstance(found, discord.Thread):
            raise LookupError("that is not a thread")
        await found.delete(reason="by hand, in the rehearsal")
        self.stage.log.say(f"A moderator deleted the thread “{found.name}”.", Tone.TROUBLE)

    # ---- help ------------------------------------------------------------------------------------

    async def _pass(self, words: str, by: timedelta) -> None:
        before = {message.id for _, message in posts(self.stage)}
        await self.stage.forward(by)
        now = self.stage.env.now()
        self.stage.log.say(f"{words} It is {now:%A} {now.day} {now:%B %Y, %H:%M} UTC now.", Tone.ACT)
        fresh = [(place, message) for place, message in posts(self.stage) if message.id not in before]
        for place, message in fresh[:TOLD]:
            self.stage.log.say(f"Meanwhile the bot wrote {place}: “{title_of(message)}”")
        if len(fresh) > TOLD:
            self.stage.log.say(f"It wrote {len(fresh) - TOLD} more messages.")

    def _wearing(self, person: int, role: int) -> tuple[discord.Member, discord.Role]:
        member = self.front.person(person).member
        wanted = member.guild.get_role(role) if member else None
        if member is None or wanted is None:
            raise LookupError("this person or this role is no longer there")
        return member, wanted

    def _card(self, channel: int, message: int) -> discord.Message:
        for each in self.front.place(channel).history():
            if each.id == message:
                return each
        raise LookupError("this message is no longer there")

    def _name(self, channel: int) -> str:
        return self.front.place(channel).name or "a channel"
