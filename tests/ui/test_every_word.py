"""No word that people choose can pass for the bot's own, whichever presenter shows it (TXT-1)."""

from __future__ import annotations

import importlib
import inspect
import itertools
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import discord
import pytest

import bot.ui
from tests.governance import scene
from tests.ui.planted import MARK, examples
from tests.ui.scenes import components

CLAIMS = (f"P-1 {MARK}", f"W” · closed. “P-1 {MARK}")
"""What a word pretends to be, also with the marks that would end a quotation."""

APART = frozenset({"charts", "fields", "ids", "labels", "limits", "panels", "sheets", "tables", "text"})
"""Modules that words of people do not pass, or that only put together what others made."""

WHOLE = ("View", "Answer", "Said", "list[View]", "list[Said]", "tuple[Answer, str | None]", "list[tuple[View, Files]]")
"""What a presenter of messages gives."""
MESSAGES = frozenset(
    {
        "direct_messages.joined_later",
        "direct_messages.not_eligible_reaction",
        "direct_messages.told",
        "errors.speak",
        "organisation_replies.mapped",
        "organisation_replies.unmapped",
        "record.receipt",
        "record.verdict",
        "reminders_letters.letter",
    }
)
"""Texts that are messages by themselves."""


def presenters() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in pkgutil.iter_modules(bot.ui.__path__):
        if module.name not in APART:
            for name, found in vars(importlib.import_module(f"bot.ui.{module.name}")).items():
                if inspect.isfunction(found) and found.__module__ == f"bot.ui.{module.name}" and name[0] != "_":
                    yield f"{module.name}.{name}", found


SHOWN = {
    name: found
    for name, found in presenters()
    if (inspect.signature(found).return_annotation in WHOLE or name in MESSAGES) and name != "answers.said"
}


def shown(made: Any) -> Iterator[str]:
    """All texts in what a presenter made."""
    match made:
        case str():
            yield made
        case discord.ui.LayoutView():
            yield "\n".join(each["content"] for each in components(made) if each["type"] == 10)
        case list() | tuple():
            for each in made:
                yield from shown(each)


def faults(text: str) -> Iterator[str]:
    before = ""
    for line in text.split("\n"):
        if MARK in line and not line.startswith("> "):
            ours = re.sub("“[^“”]*”", "", line)
            if MARK in ours:
                yield f"outside of quotation marks: {line}"
            if re.match("(-# )?#{1,3} ", line):
                yield f"in a heading: {line}"
            if re.match("(-# |[*⁨])*“", line):
                yield f"begins a line: {line}"
        if line.startswith("> ") and not before.startswith("> ") and not before.endswith((":", "**")):
            yield f"a quote of nobody: {before} / {line}"
        before = line


def calls(name: str, known: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    needed = [p for p in inspect.signature(SHOWN[name]).parameters.values() if p.default is p.empty]
    values = []
    for each in needed:
        key = next((k for k in (f"{name}:{each.name}", f":{each.name}", str(each.annotation)) if k in known), None)
        assert key is not None, f"give {name} an example of {each}"
        values.append(known[key])
    for chosen in itertools.product(*values):
        yield dict(zip([each.name for each in needed], chosen, strict=True))


known = cache(examples)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("name", SHOWN)
async def test_no_word_of_people_passes_for_ours(name: str, claim: str) -> None:
    found: list[str] = []
    for given in calls(name, known(claim)):
        for text in shown(SHOWN[name](**given)):
            found += faults(text)
    assert not found, "\n".join(dict.fromkeys(found))


STAYS = (
    "direct_messages.told",
    "feed.log",
    "feed.outcome",
    "feedback_board.answered",
    "meetings_notices.told",
    "notices.notice",
    "reminders_letters.letter",
    "reminders_letters.weekly",
    "retros_notices.posts",
    "surveys_board.results",
    "versions.text_messages",
)
"""What is posted once and not drawn again."""


@pytest.mark.parametrize("name", STAYS)
async def test_what_is_not_drawn_again_counts_down_to_nothing(name: str) -> None:
    """A deadline may move; "in 3 days" would go on being said where nobody draws the post again (PRO-11)."""
    found: list[str] = []
    for given in calls(name, known(CLAIMS[0])):
        now = max([scene.NOW, *(at for each in given.values() if (at := getattr(each, "now", None)))])
        for text in shown(SHOWN[name](**given)):
            ahead = [int(at) for at in re.findall(r"<t:(\d+):R>", text) if int(at) > now.timestamp()]
            found += [line for line in text.split("\n") for at in ahead if f"<t:{at}:R>" in line]
    assert not found, "\n".join(dict.fromkeys(found))
