"""An independent reader of Discord's markdown: finds what would be active, and says what a reader would see.

Written from the client's documented syntax, not from the escaping that it judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLOCK = {
    "heading": re.compile(r" *#{1,3}\s+\S"),
    "small": re.compile(r" *-#\s+\S"),
    "quote": re.compile(r" *>(>>)? "),
    "list": re.compile(r" *(?:[-*+]|\d+[.)])\s+\S"),
}
_INLINE = {
    "code": re.compile(r"(`+)[\s\S]*?[^`]\1(?!`)"),
    "bold or italics": re.compile(r"(\*{1,3})\S[\s\S]*?\1|(?<!\w)(_{1,3})\S[\s\S]*?\2(?!\w)"),
    "struck": re.compile(r"~~[\s\S]+?~~"),
    "spoiler": re.compile(r"\|\|[\s\S]+?\|\|"),
    "masked link": re.compile(r"\[[^\]\n]*\]\([^)\n]*\)"),
    "mention": re.compile(r"<(?:@[!&]?|#|/[-\w ]+:|id:)\w+>"),
    "everyone": re.compile(r"@(?:everyone|here)"),
    "time": re.compile(r"<t:-?\d+(?::[tTdDfFRsS])?>"),
    "emoji": re.compile(r"<a?:\w+:\d+>|:[\w+-]+(?:::skin-tone-\d)?:"),
    "link": re.compile(r"(?:https?|steam|discord|ftp)://\S"),
}
_SHOWN_LINK = re.compile(r"<(https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:/[A-Za-z0-9/._~%?&=+#-]*)?)>")
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e"
    "\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def active(text: str) -> Iterator[str]:
    """The names of the constructs that a client would act on in one line or more, a shown link not counted."""
    if found := _HIDDEN.search(text):
        yield f"hidden U+{ord(found[0]):04X}"
    for line in text.split("\n"):
        for name, pattern in _BLOCK.items():
            if pattern.match(line):
                yield name
    at = 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text) and not text[at + 1].isalnum() and not text[at + 1].isspace():
            at += 2
            continue
        if shown := _SHOWN_LINK.match(text, at):
            at = shown.end()
            continue
        for name, pattern in _INLINE.items():
            if pattern.match(text, at):
                yield name
        at += 1


def seen(text: str) -> str:
    """What a reader sees once escapes are taken away and shown links stand for themselves."""
    without = _SHOWN_LINK.sub(lambda found: re.sub(r"(?=[^\w\s])", r"\\", found[1]), text)
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", without)


def unquoted(text: str) -> str:
    """The inside of a block quote. Fails when any line stands outside."""
    lines = text.split("\n")
    assert all(line.startswith("> ") for line in lines), text
    return "\n".join(line[2:] for line in lines)
