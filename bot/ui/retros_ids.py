"""The custom ids of retros and capture boxes: their buttons, lists and forms."""

from __future__ import annotations

from bot.governance.ids import GroupId, PartnershipId
from bot.ui.custom_ids import ARG, ID, known, one_of

ACTS = (
    "join",
    "word",
    "card",
    "mine",
    "cards",
    "file",
    "next",
    "go",
    "back",
    "menu",
    "time",
    "pause",
    "resume",
    "hand",
    "take",
    "cancel",
    "figures",
    "group",
    "into",
    "suggest",
    "merge",
    "topic",
    "rename",
    "split",
    "vote",
    "dots",
    "more",
    "note",
    "topics",
    "end",
    "action",
    "actions",
    "own",
    "done",
    "propose",
    "show",
    "lessons",
    "about",
    "confirm",
    "series",
)
MENUS = ("move", "into", "topic", "vote", "note", "hand")
FORMS = ("word", "card", "cancel", "rename", "note", "action")

TEMPLATE = rf"retro:(?P<act>{one_of(ACTS)}):(?P<retro>{ID})(?::(?P<arg>{ARG}))?"
MENU_TEMPLATE = rf"retro-menu:(?P<act>{one_of(MENUS)}):(?P<retro>{ID})(?::(?P<arg>{ARG}))?"
LIST_TEMPLATE = rf"retro-list:(?P<act>page):(?P<partnership>{ID}):(?P<before>0|{ID})"
CAPTURE_TEMPLATE = rf"capture:(?P<act>write|drop):(?P<group>{ID})(?::(?P<arg>{ARG}))?"
FORM_TEMPLATE = rf"form:retro-(?P<act>{one_of(FORMS)}):(?P<retro>{ID})(?::(?P<arg>{ARG}))?"
CAPTURE_FORM_TEMPLATE = rf"form:(?P<act>capture):(?P<group>{ID})"

ALL = (TEMPLATE, MENU_TEMPLATE, LIST_TEMPLATE, CAPTURE_TEMPLATE, FORM_TEMPLATE, CAPTURE_FORM_TEMPLATE)


def button(act: str, id: int, arg: object = "") -> str:
    """A button about a retro; ``arg`` names what in it."""
    return known(f"retro:{act}:{id}" + (f":{arg}" if arg != "" else ""), TEMPLATE)


def menu(name: str, id: int, arg: object = "") -> str:
    """A list to choose from in a retro: one of MENUS."""
    return known(f"retro-menu:{name}:{id}" + (f":{arg}" if arg != "" else ""), MENU_TEMPLATE)


def form(name: str, id: int, arg: object = "") -> str:
    """A form about a retro: one of FORMS."""
    return known(f"form:retro-{name}:{id}" + (f":{arg}" if arg != "" else ""), FORM_TEMPLATE)


def page(partnership: PartnershipId, before: int | None) -> str:
    """A page of the list of retros."""
    return known(f"retro-list:page:{partnership}:{before or 0}", LIST_TEMPLATE)


def capture(act: str, group: GroupId, arg: str = "") -> str:
    """A button of a group's capture box: ``write`` or ``drop``."""
    return known(f"capture:{act}:{group}" + (f":{arg}" if arg else ""), CAPTURE_TEMPLATE)


def capture_form(group: GroupId) -> str:
    """The form for a card in a group's capture box."""
    return known(f"form:capture:{group}", CAPTURE_FORM_TEMPLATE)
