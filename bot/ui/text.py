"""Words of people, shown so that they cannot pass for the bot's own (TXT-1).

Every character that Discord would give a meaning is escaped and so shown as it was typed: headings, lists, ``-#``,
quotes, code, spoilers, masked links, mentions, timestamps, emoji names. Characters that cannot be seen or that turn
the direction of writing are made visible as ``⟨U+202E⟩``; only the joiners inside an emoji stay. Marks piled on a
letter are kept up to four. Web addresses stand unmasked: a plain one stays a link whose address is its text; any
other is inert, and followed by the host that it leads to where that is not plain to see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bot.ui.limits import CUT, fit_atoms, units

EMPTY = "—"

_MOST_MARKS = 4
_SEEN = re.compile(r"[\t\n\r -~]*")
"""Most texts are of such characters only, of which none is unseen: they are not looked at one by one."""

_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MEANINGFUL = frozenset("\\`*_~|<>[]@")
_LINE_START = re.compile(r"(?P<space>\s*)(?:(?P<sign>[-+=>#])|(?P<digits>\d{1,12})(?P<dot>[.)])(?=\s|$))?")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>]+")
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?(?:/[A-Za-z0-9/._~%?&=+#-]*)?", re.IGNORECASE
)
_LONGEST_LINK = 300
_TRAILING = ".,:;!?\"')]}*_~|`"
_DOUBLE_QUOTES = re.compile('["“”„‟«»″‶〝〞〟❝❞＂🙶🙷🙸]')
_DANGLING = re.compile(rf"(?:\n> ?)+{CUT}\Z")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_HALVES = re.compile("[\ud800-\udfff]")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_JOINER, _EMOJI_STYLE, _TEXT_STYLE = "\u200d", "\ufe0f", "\ufe0e"
_BLANK = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def sound(text: str) -> str:
    """The text without what no database can keep: half characters are replaced, NUL is dropped."""
    return _HALVES.sub("\ufffd", text).replace("\0", "")


def quote(text: str, most: int) -> str:
    """A block quote of this text in at most ``most`` units: every line of it is in the quote, none can leave it."""
    return "> " + _DANGLING.sub(CUT, fit_atoms(_quoted(text), max(most - 2, 1)))


def quote_parts(text: str, most: int) -> list[str]:
    """The whole text as block quotes of at most ``most`` units each, cut between words where there are any."""
    return [f"> {part}" for part in pack(_quoted(text), most - 2)]


def one_kind_of_breaks(text: str) -> str:
    """The text with every kind of line break written as a newline."""
    return _BREAKS.sub("\n", text)


def atoms(line: str) -> list[str]:
    """One line escaped, in pieces that may not be cut."""
    return list(_atoms(_visible(line)))


def pack(pieces: Sequence[str], most: int) -> list[str]:
    """Pieces joined to parts of at most ``most`` units; nothing is lost but white space where a part ends.

    A part that goes on in the middle of a line begins with "…": what stands there would be the beginning of a line.
    """
    parts: list[str] = []
    part: list[str] = []
    size, midline = 0, False
    for piece in pieces:
        if part and size + units(piece) > most:
            at = next((n for n in range(len(part) - 1, len(part) * 2 // 3, -1) if _fill(part[n])), len(part))
            parts.append(_trimmed(part[:at]))
            midline = "\n> " not in part[at : at + 1]
            part = [CUT] * midline + [rest for n, rest in enumerate(part[at:]) if n or not _fill(rest)]
            part = [] if part == [CUT] else part
            size = sum(map(units, part))
        if not part and _fill(piece):
            midline = midline and piece != "\n> "
            continue
        if not part and midline:
            part.append(CUT)
            size += units(CUT)
        midline = False
        part.append(piece)
        size += units(piece)
    return [shown for shown in (*parts, _trimmed(part)) if shown]


def said(name: str, text: str, most: int, verb: str = "wrote") -> str:
    """A quote under its author's name; ``name`` is ours, such as a mention."""
    head = f"{name} {verb}:\n"
    return head + quote(text, most - len(head))


def inline(text: str, most: int) -> str:
    """One line of somebody's words inside a line of ours, escaped.

    Words written from right to left are isolated, so that they do not turn the rest of our line around.
    """
    line = _one_line(text)
    if most > 2 and any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in line):
        return _ISOLATE + fit_atoms(list(_atoms(line)), most - 2) + _END_ISOLATE
    return fit_atoms(list(_atoms(line)) or [EMPTY], most)


def in_quotes(text: str, most: int) -> str:
    """A title, or other words of people, within a line of ours: in quotation marks that they cannot end (TXT-1).

    So what somebody calls a thing is never taken for what the bot says of it.
    """
    return f"“{inline(_DOUBLE_QUOTES.sub('’', text), max(most - 2, 1))}”"


def titled(name: str, text: str, most: int = 240, verb: str = "calls it") -> str:
    """A title in a quote under the name of who gave it; ``name`` is ours, such as a mention (TXT-1)."""
    return f"{name} {verb}:\n> **{inline(text, most)}**"


def plain(text: str, most: int) -> str:
    """One line for places without markdown: thread names, labels of selects, suggestions."""
    return fit_atoms(tuple(_one_line(text)) or (EMPTY,), most)


def _quoted(text: str) -> list[str]:
    """The atoms of a quote but for the sign that opens it; runs of empty lines become one."""
    atoms: list[str] = []
    blank = True
    for line in (line.rstrip() for line in _BREAKS.split(_visible(text))):
        if atoms and (line or not blank):
            atoms.append("\n> ")
        atoms.extend(_atoms(line))
        blank = not line
    while atoms and _fill(atoms[-1]):
        atoms.pop()
    return atoms or [EMPTY]


def _fill(piece: str) -> bool:
    return not piece.strip(" \n>")


def _trimmed(pieces: Sequence[str]) -> str:
    first = next((n for n, piece in enumerate(pieces) if not _fill(piece)), len(pieces))
    last = next((n for n in range(len(pieces), first, -1) if not _fill(pieces[n - 1])), first)
    return "".join(pieces[first:last])


def _one_line(text: str) -> str:
    return " ".join(_visible(text).split())


def _visible(text: str) -> str:
    """Every unseen character replaced by its number in brackets, a run of the same one by its count as well."""
    if _SEEN.fullmatch(text):
        return text
    out: list[str] = []
    marks = 0
    for run in _runs(text):
        character, count, after = run
        before = out[-1] if out and len(out[-1]) == 1 else ""
        if _unseen(character, before, after) or (character == _JOINER and count > 1):
            times = f" ×{count}" if count > 1 else ""
            out.append(f"⟨U+{ord(character):04X}{times}⟩")
            marks = 0
        elif unicodedata.category(character) in {"Mn", "Me"}:
            room = max(_MOST_MARKS - marks, 0)
            out.extend(character * min(count, room))
            marks += count
        else:
            out.extend(character * count)
            marks = 0
    return "".join(out)


def _runs(text: str) -> Iterator[tuple[str, int, str]]:
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[end] == text[at]:
            end += 1
        yield text[at], end - at, text[end] if end < len(text) else ""
        at = end


def _unseen(character: str, before: str, after: str) -> bool:
    category = unicodedata.category(character)
    if character == _JOINER:
        return not (_emoji(before) and _emoji(after))
    if character in {_EMOJI_STYLE, _TEXT_STYLE}:
        return not (_emoji(before) or before in set("#*0123456789©®"))
    if category == "Cc":
        return not (character == "\t" or _BREAKS.fullmatch(character))
    if character in _BLANK or "\ufe00" <= character <= "\ufe0d" or "\U000e0100" <= character <= "\U000e01ef":
        return True
    if category == "Cn":
        return not _emoji(character)
    return category in {"Cf", "Cs", "Co"}


def _emoji(character: str) -> bool:
    """Whether it belongs to an emoji; those younger than this Python's tables count by their block."""
    if not character:
        return False
    return (
        character in {_EMOJI_STYLE, _JOINER}
        or unicodedata.category(character) in {"So", "Sk"}
        or ("\U0001f000" <= character <= "\U0001faff")
    )


def _atoms(line: str) -> Iterator[str]:
    """The line as pieces that may not be cut, each escaped."""
    start = _LINE_START.match(line)
    at = 0
    if start is not None:
        yield from start["space"].replace("\t", " ")
        if start["sign"]:
            yield "\\" + start["sign"]
        elif start["digits"]:
            yield f"{start['digits']}\\{start['dot']}"
        at = start.end()
    while at < len(line):
        found = _ADDRESS.search(line, at)
        until = found.start() if found else len(line)
        yield from _plainly(line[at:until] + line[until : until + 1])[: until - at]
        if found is None:
            return
        address = found[0].rstrip(_TRAILING)
        yield from _address(address)
        at = until + len(address)


def _address(address: str) -> Iterator[str]:
    """A plain web address stays a link showing itself; any other is inert and says where it leads."""
    if _PLAIN_ADDRESS.fullmatch(address) and len(address) <= _LONGEST_LINK:
        yield f"<{address}>"
        return
    yield from _plainly(address)
    authority = re.split(r"[/?#\\]", address.partition("://")[2], maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    if "@" in authority or not host.isascii():
        yield from _plainly(f" (leads to {_ascii(host)})")


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()


def _plainly(text: str) -> list[str]:
    """Each character escaped where it could mean something; a colon only where a name or an address could begin."""
    following = f"{text[1:]} "
    return [
        f"\\{character}" if character in _MEANINGFUL or (character == ":" and not after.isspace()) else character
        for character, after in zip(text, following, strict=False)
    ]
