"""Everything that is pressed, chosen and sent in about a retro (LRN-1)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import MappingProxyType

import discord
from discord.ext import commands

from bot.governance import retros as rules
from bot.governance.errors import NotFound
from bot.governance.retros import PHASES, Progress, RetroState
from bot.services import attempts, retros, retros_leading, retros_writing
from bot.services.retros_views import RetroView
from bot.ui import forms, retros_forms, retros_ids, retros_notices, retros_replies, retros_topics
from bot.ui import retros_board as boards
from cogs.base import (
    Control,
    Fields,
    Form,
    FormCog,
    Interaction,
    Menu,
    announce,
    answer,
    asker,
    choices,
    register,
    show_form,
)

Act = Callable[[Interaction, int, str], Awaitable[None]]


# ---- taking part -----------------------------------------------------------------------------------


async def join(interaction: Interaction, id: int, arg: str) -> None:
    """Take part."""
    await answer(interaction, retros_replies.joined(await retros_writing.join(*asker(interaction), id)))


async def word(interaction: Interaction, id: int, arg: str) -> None:
    """Open the form of the check-in."""
    view = await _during(interaction, id, "check in", RetroState.CHECK_IN)
    await show_form(interaction, retros_forms.word(view.retro))


async def card(interaction: Interaction, id: int, arg: str) -> None:
    """Open the form for a card, or for one of one's own."""
    mine = await retros_writing.mine(*asker(interaction), id)
    rules.check_phase(mine.view.retro, "write a card", RetroState.GATHER, RetroState.GROUP)
    before = next((each for each in mine.cards if each.slot == arg), None)
    if arg and before is None:
        raise NotFound("card")
    await show_form(interaction, retros_forms.card(mine.view.retro, before))


async def own_cards(interaction: Interaction, id: int, arg: str) -> None:
    """Their own cards."""
    found = await retros_writing.mine(*asker(interaction), id)
    await answer(interaction, retros_replies.own_cards(found, _number(arg)), replace=True)


async def all_cards(interaction: Interaction, id: int, arg: str) -> None:
    """A page of all cards, once they are revealed."""
    view = await retros.show(*asker(interaction), id)
    # Many cards take a while to be laid out; once they are, every page is at hand.
    await asyncio.to_thread(boards.page_of_cards, view, 0)
    shown = retros_replies.cards(view, _number(arg)) if view.retro.cards else retros_replies.hidden(view)
    await answer(interaction, shown, replace=True)


async def cards_file(interaction: Interaction, id: int, arg: str) -> None:
    """All cards as a file."""
    view = await retros.show(*asker(interaction), id)
    if not view.retro.cards:
        await answer(interaction, retros_replies.hidden(view))
        return
    file = discord.File(BytesIO(retros_replies.cards_file(view).encode()), filename=f"R-{view.retro.number}-cards.txt")
    await answer(interaction, retros_replies.with_file(view), file=file)


async def about(interaction: Interaction, id: int, arg: str) -> None:
    """Who sees what."""
    await answer(interaction, retros_replies.about(await retros.show(*asker(interaction), id)))


async def show(interaction: Interaction, id: int, arg: str) -> None:
    """The retro as it stands."""
    await answer(interaction, retros_replies.overview(await retros.show(*asker(interaction), id)))


async def lessons(interaction: Interaction, id: int, arg: str) -> None:
    """The lessons, with the whole document as a file."""
    view = await retros.show(*asker(interaction), id)
    whole = await asyncio.to_thread(retros_notices.document, view)
    file = discord.File(BytesIO(whole), filename=retros_notices.file_name(view)) if whole else None
    await answer(interaction, retros_notices.answered(view, whole), file=file)


# ---- leading ---------------------------------------------------------------------------------------


async def next_phase(interaction: Interaction, id: int, arg: str) -> None:
    """End the phase that the button names, or ask first."""
    pressed = await retros_leading.press_next(*asker(interaction), id, _phase(arg))
    if pressed.doubt:
        await answer(interaction, retros_replies.doubted(pressed))
        return
    await answer(interaction, retros_replies.done(pressed.view, back=pressed.back))


async def go_on(interaction: Interaction, id: int, arg: str) -> None:
    """End it after the question."""
    view = await retros.next_phase(*asker(interaction), id, _phase(arg))
    await answer(interaction, retros_replies.done(view), replace=True)


async def step_back(interaction: Interaction, id: int, arg: str) -> None:
    """One step back."""
    view = await retros_leading.step_back(*asker(interaction), id, _phase(arg))
    await answer(interaction, retros_replies.done(view), replace=True)


async def menu(interaction: Interaction, id: int, arg: str) -> None:
    """What the asker can do beside what stands on the board."""
    await answer(interaction, retros_replies.more(await retros_leading.options(*asker(interaction), id)))


async def more_minutes(interaction: Interaction, id: int, arg: str) -> None:
    """Set the timer on, once for the deadline that the button names; one of before names none."""
    minutes, *seen = _numbers(arg)
    by, known = timedelta(minutes=min(minutes, 10**6)), min([*seen, 0][0], 10**11)
    at = datetime.fromtimestamp(known, UTC) if known else None
    view = await retros_leading.add_time(*asker(interaction), id, by, at, any_=not seen)
    await answer(interaction, retros_replies.done(view))


async def pause(interaction: Interaction, id: int, arg: str) -> None:
    """Stop the time."""
    await answer(interaction, retros_replies.done(await retros.pause(*asker(interaction), id)))


async def resume(interaction: Interaction, id: int, arg: str) -> None:
    """Go on."""
    await answer(interaction, retros_replies.done(await retros.resume(*asker(interaction), id)))


async def hand(interaction: Interaction, id: int, arg: str) -> None:
    """Choose who leads on."""
    await answer(interaction, retros_replies.handing(await retros.show(*asker(interaction), id)))


async def take_over(interaction: Interaction, id: int, arg: str) -> None:
    """Lead on."""
    view = await retros.take_over(*asker(interaction), id)
    await answer(interaction, retros_replies.handed(view), replace=True)


async def cancel(interaction: Interaction, id: int, arg: str) -> None:
    """Open the form for cancelling."""
    view = await retros.leading(*asker(interaction), id)
    await show_form(interaction, retros_forms.cancel(view.retro))


async def figures(interaction: Interaction, id: int, arg: str) -> None:
    """How far everybody is."""
    await answer(interaction, retros_replies.figures(await retros_writing.figures(*asker(interaction), id)))


async def end_topic(interaction: Interaction, id: int, arg: str) -> None:
    """End the topic that the button names."""
    topic, _, how = arg.partition(".")
    if how not in set(Progress) - {Progress.WAITING}:
        raise NotFound("topic")
    view = await retros.next_topic(*asker(interaction), id, _number(topic), Progress(how))
    await answer(interaction, retros_replies.done(view))


# ---- putting together ------------------------------------------------------------------------------


async def group(interaction: Interaction, id: int, arg: str) -> None:
    """Choose what to put elsewhere."""
    view = await _during(interaction, id, "group", RetroState.GROUP)
    await answer(interaction, retros_topics.to_move(view, _number(arg)), replace=True)


async def into(interaction: Interaction, id: int, arg: str) -> None:
    """Choose where to; the id names the page and what was chosen."""
    page, *moved = _numbers(arg)
    view = await _during(interaction, id, "group", RetroState.GROUP)
    await answer(interaction, retros_topics.into(view, moved, page), replace=True)


async def suggest(interaction: Interaction, id: int, arg: str) -> None:
    """Topics of like wording."""
    await announce(interaction)
    view, groups = await retros_writing.suggestions(*asker(interaction), id)
    await answer(interaction, retros_topics.suggested(view, groups))


async def merge(interaction: Interaction, id: int, arg: str) -> None:
    """Take one suggestion, or a choice."""
    first, *others = _numbers(arg)
    view, done = await retros_writing.merge(*asker(interaction), id, others, first)
    await answer(interaction, retros_topics.merged(view, done))


async def topic(interaction: Interaction, id: int, arg: str) -> None:
    """One topic with its cards."""
    view = await _during(interaction, id, "group", RetroState.GROUP)
    await answer(interaction, retros_topics.topic(view, _number(arg)), replace=True)


async def rename(interaction: Interaction, id: int, arg: str) -> None:
    """Open the form for a topic's title."""
    view = await _during(interaction, id, "group", RetroState.GROUP)
    found = view.retro.topic_of(_number(arg))
    if found is None:
        raise NotFound("topic")
    await show_form(interaction, retros_forms.rename(view.retro, found.id, found.title))


async def split(interaction: Interaction, id: int, arg: str) -> None:
    """Take a card out of its topic."""
    view = await retros_writing.split_off(*asker(interaction), id, _number(arg))
    await answer(interaction, retros_topics.topic(view, _number(arg)), replace=True)


# ---- voting and discussing -------------------------------------------------------------------------


async def vote(interaction: Interaction, id: int, arg: str) -> None:
    """Their dots, and the topics to give some to."""
    mine = await retros_writing.mine(*asker(interaction), id)
    rules.check_phase(mine.view.retro, "vote", RetroState.VOTE)
    await answer(interaction, retros_topics.ballot(mine, _number(arg)), replace=True)


async def dots(interaction: Interaction, id: int, arg: str) -> None:
    """Give a topic so many dots."""
    named, count = (*_numbers(arg), 0)[:2]
    mine = await retros_writing.vote(*asker(interaction), id, named, count)
    await answer(interaction, retros_topics.ballot(mine), replace=True)


async def more_time(interaction: Interaction, id: int, arg: str) -> None:
    """Ask for more time."""
    await answer(interaction, retros_replies.asked(await retros_writing.more_time(*asker(interaction), id)))


async def note(interaction: Interaction, id: int, arg: str) -> None:
    """Open the form for a note."""
    view = await _during(interaction, id, "take notes", RetroState.DISCUSS, RetroState.ACTIONS)
    await show_form(interaction, retros_forms.note_on(view, _number(arg)))


async def topics(interaction: Interaction, id: int, arg: str) -> None:
    """The agenda with its notes."""
    view = await retros.show(*asker(interaction), id)
    await answer(interaction, retros_topics.topics(view, _number(arg)), replace=True)


# ---- actions ---------------------------------------------------------------------------------------


async def action(interaction: Interaction, id: int, arg: str) -> None:
    """Open the form for an action."""
    view = await _during(interaction, id, "add an action", RetroState.DISCUSS, RetroState.ACTIONS)
    await show_form(interaction, retros_forms.action(view.retro))


async def actions(interaction: Interaction, id: int, arg: str) -> None:
    """The actions one by one."""
    view = await retros.show(*asker(interaction), id)
    await answer(interaction, retros_replies.actions(view, _number(arg)), replace=True)


async def own_action(interaction: Interaction, id: int, arg: str) -> None:
    """Take an action."""
    view = await retros_writing.own_action(*asker(interaction), id, _number(arg))
    await answer(interaction, retros_replies.actions(view, 0, "It is yours. "), replace=True)


async def finish_action(interaction: Interaction, id: int, arg: str) -> None:
    """Mark an action as done."""
    view = await retros_writing.finish_action(*asker(interaction), id, _number(arg))
    await answer(interaction, retros_replies.actions(view, 0, "Marked as done. "), replace=True)


async def propose(interaction: Interaction, id: int, arg: str) -> None:
    """Open the form of ``/propose`` with what an action says."""
    ctx, who = asker(interaction)
    view = await retros.show(ctx, who, id)
    found = view.retro.action(_number(arg))
    if found is None:
        raise NotFound("action")
    kind, group = await attempts.propose(ctx, who, view.partnership.id, None, None, view.group.id)
    text = retros_forms.proposal_text(view.retro.number, view.group, found)
    await show_form(interaction, forms.propose(kind, group, None, text))


async def confirm(interaction: Interaction, id: int, arg: str) -> None:
    """Schedule what was planned."""
    await answer(interaction, retros_replies.started(await retros.confirm(*asker(interaction), id)), replace=True)


async def end_series(interaction: Interaction, id: int, arg: str) -> None:
    """This one is the last of its series."""
    view = await retros.end_series(*asker(interaction), id)
    await answer(interaction, retros_replies.last_of_series(view))


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "join": join,
        "word": word,
        "card": card,
        "mine": own_cards,
        "cards": all_cards,
        "file": cards_file,
        "next": next_phase,
        "go": go_on,
        "back": step_back,
        "menu": menu,
        "time": more_minutes,
        "pause": pause,
        "resume": resume,
        "hand": hand,
        "take": take_over,
        "cancel": cancel,
        "figures": figures,
        "group": group,
        "into": into,
        "suggest": suggest,
        "merge": merge,
        "topic": topic,
        "rename": rename,
        "split": split,
        "vote": vote,
        "dots": dots,
        "more": more_time,
        "note": note,
        "topics": topics,
        "end": end_topic,
        "action": action,
        "actions": actions,
        "own": own_action,
        "done": finish_action,
        "propose": propose,
        "show": show,
        "lessons": lessons,
        "about": about,
        "confirm": confirm,
        "series": end_series,
    }
)
"""What each button about a retro does."""


class RetroButton(Control, template=retros_ids.TEMPLATE):
    """Any button about a retro."""

    async def act(self, interaction: Interaction) -> None:
        """Take the act that the id names."""
        await ACTS[self.match["act"]](interaction, int(self.match["retro"]), self.match["arg"] or "")


class RetroMenu(Menu, template=retros_ids.MENU_TEMPLATE):
    """Any list to choose from in a retro."""

    async def act(self, interaction: Interaction, chosen: tuple[str, ...]) -> None:
        """Take the choice."""
        named = int(self.match["retro"])
        if not chosen:
            raise NotFound("topic")
        match self.match["act"]:
            case "move":
                await into(interaction, named, ".".join(("0", *chosen)))
            case "into":
                await merge(interaction, named, chosen[0])
            case "topic":
                await topic(interaction, named, chosen[0])
            case "vote":
                mine = await retros_writing.mine(*asker(interaction), named)
                rules.check_phase(mine.view.retro, "vote", RetroState.VOTE)
                await answer(interaction, retros_topics.dots(mine, _number(chosen[0])), replace=True)
            case "note":
                await note(interaction, named, chosen[0])
            case _:
                view = await retros.hand_over(*asker(interaction), named, choices.person_chosen(interaction, chosen[0]))
                await answer(interaction, retros_replies.handed(view), replace=True)


# ---- forms -----------------------------------------------------------------------------------------


async def take_word(interaction: Interaction, id: int, arg: str, fields: Fields) -> None:
    """The check-in was sent in."""
    mine = await retros_writing.check_in(*asker(interaction), id, fields.get("word", ""))
    await answer(interaction, retros_replies.checked_in(mine), replace=True)


async def take_card(interaction: Interaction, id: int, arg: str, fields: Fields) -> None:
    """A card was sent in: a new one, one changed, or one taken back by leaving it empty."""
    ctx, who = asker(interaction)
    if arg and not fields.get("card", "").strip():
        mine, told = await retros_writing.remove(ctx, who, id, arg), "Taken back."
    else:
        before = len((await retros_writing.mine(ctx, who, id)).cards)
        mine = await retros_writing.write(ctx, who, id, _number(fields.get("column", "")), fields.get("card", ""), arg)
        told = retros_replies.told_written(bool(arg), len(mine.cards) > before)
    await answer(interaction, retros_replies.written(mine, told), replace=True)


async def take_cancel(interaction: Interaction, id: int, arg: str, fields: Fields) -> None:
    """Cancelling was sent in."""
    await answer(
        interaction, retros_replies.done(await retros.cancel(*asker(interaction), id, fields.get("reason", "")))
    )


async def take_rename(interaction: Interaction, id: int, arg: str, fields: Fields) -> None:
    """A topic's title was sent in."""
    view = await retros_writing.rename(*asker(interaction), id, _number(arg), fields.get("title", ""))
    await answer(interaction, retros_topics.topic(view, _number(arg)), replace=True)


async def take_note(interaction: Interaction, id: int, arg: str, fields: Fields) -> None:
    """A note was sent in."""
    view = await retros_writing.note(*asker(interaction), id, _number(arg), fields.get("note", ""))
    await answer(interaction, retros_replies.noted(view))


async def take_action(interaction: Interaction, id: int, arg: str, fields: Fields) -> None:
    """An action was sent in."""
    ctx, who = asker(interaction)
    named = fields.get("owner", "")
    owner = choices.person_chosen(interaction, named) if named else None
    view = await retros_writing.add_action(ctx, who, id, fields.get("action", ""), owner, fields.get("due", ""))
    await answer(interaction, retros_replies.actions(view, 10**6, "Noted. "))


FORMS: Mapping[str, Callable[[Interaction, int, str, Fields], Awaitable[None]]] = MappingProxyType(
    {
        "word": take_word,
        "card": take_card,
        "cancel": take_cancel,
        "rename": take_rename,
        "note": take_note,
        "action": take_action,
    }
)
"""What is done with each form about a retro."""


async def take_form(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A form about a retro was sent in."""
    await FORMS[match["act"]](interaction, int(match["retro"]), match["arg"] or "", fields)


class RetroForms(FormCog):
    """Takes in the forms of retros."""

    forms = (Form(re.compile(retros_ids.FORM_TEMPLATE), take_form),)


# ---- parsing ---------------------------------------------------------------------------------------


async def _during(interaction: Interaction, id: int, act: str, *phases: RetroState) -> RetroView:
    view = await retros.show(*asker(interaction), id)
    rules.check_phase(view.retro, act, *phases)
    return view


def _phase(arg: str) -> RetroState:
    return (RetroState.SCHEDULED, *PHASES)[min(_number(arg), len(PHASES))]


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,20}", text) else 0


def _numbers(text: str) -> list[int]:
    return [_number(each) for each in text.split(".")]


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, RetroForms(), RetroButton, RetroMenu)
