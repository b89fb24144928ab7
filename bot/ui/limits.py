"""Discord's size limits, and how text is made to fit them."""

from __future__ import annotations

from collections.abc import Sequence

CONTENT = 2000
V2_TEXT = 4000
"""Over all texts of one message of v2 components."""
V2_COMPONENTS = 40
"""Nested ones counted."""

BUTTON_LABEL = 80
ROW_BUTTONS = 5
CUSTOM_ID = 100
LINK = 512
ALT_TEXT = 1024

SELECT_OPTIONS = 25
SELECT_TEXT = 100
SELECT_PLACEHOLDER = 150

FORM_TITLE = 45
FORM_LABEL = 45
FORM_DESCRIPTION = 100
FORM_INPUT = 4000
FORM_PLACEHOLDER = 100
FORM_PARTS = 5

SUGGESTIONS = 25
OPTION = 100
"""Characters of a text option of a command, unless it says otherwise; of Discord's 6,000."""
SUGGESTION = 100

THREAD_NAME = 100
CHANNEL_NAME = 100
TOPIC = 1024
AUDIT_REASON = 512

CUT = "…"


def units(text: str) -> int:
    """The length of a text in UTF-16 units, as Discord's own client counts; never less than in characters."""
    return len(text) if text.isascii() else len(text) + sum(1 for character in text if character > "\uffff")


def fit(text: str, most: int) -> str:
    """The text in at most ``most`` units: cut at a word where one ends in the last third, and "…" put after it.

    Knows nothing of markdown: for words of people in a message use ``bot.ui.text``.
    """
    return fit_atoms(tuple(text), most)


def fit_atoms(atoms: Sequence[str], most: int) -> str:
    """The same for a text that may only be cut between its atoms."""
    total, kept, space = 0, 0, 0
    for number, atom in enumerate(atoms):
        size = units(atom)
        if total + size > most:
            break
        total += size
        if total <= most - 1:
            kept = number + 1
            if atom.isspace():
                space = number
    else:
        return "".join(atoms)
    if most < 1:
        return ""
    at_word = atoms[kept].isspace()
    upto = space if not at_word and space > kept * 2 // 3 else kept
    return "".join(atoms[:upto]).rstrip() + CUT


def fit_lines(lines: Sequence[str], most: int, rest: str = CUT) -> str:
    """As many whole lines as fit in ``most`` units; ``rest`` says that more followed (``{}``: how many)."""
    whole = "\n".join(lines)
    if units(whole) <= most:
        return whole
    kept = list(lines)
    while kept:
        kept.pop()
        shown = "\n".join([*kept, rest.format(len(lines) - len(kept))])
        if units(shown) <= most:
            return shown
    return ""
