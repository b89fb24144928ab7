"""People's words are shown literally, whatever they contain (TXT-1)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.limits import CUT, units
from bot.ui.text import EMPTY, inline, pack, plain, quote, quote_parts, said
from tests.ui.markdown import active, seen, unquoted

ATTACKS = (
    "# Announcement",
    "### Decision",
    "-# Record #12 · abcdef",
    "> quoted",
    ">>> all of this",
    "- item",
    "* item",
    "+ item",
    "1. item",
    "12) item",
    "  - nested",
    "`code`",
    "```py\nprint()\n```",
    "||spoiler||",
    "**bold** *it* __under__ _it_ ~~gone~~ ***both***",
    "[Your bank](https://evil.example)",
    "[Your bank](<https://evil.example> 'title')",
    "<t:1700000000:R>",
    "<t:1700000000>",
    "<@123456789012345678>",
    "<@!123>",
    "<@&123>",
    "<#123>",
    "</vote:123>",
    "<id:customize>",
    "<:blob:123>",
    "<a:blob:123>",
    ":white_check_mark:",
    ":+1:",
    "@everyone",
    "@here",
    "steam://run/1",
    "discord://-/channels/1",
    "https://good.example@evil.example/",
    "https://evil.example/a|b||c||",
    "\u202egnp.exe",
    "\u2066hidden\u2069",
    "zero\u200bwidth\u200djoin\ufeff",
    "\U000e0041\U000e0042",
    "\u3164\u2800\u115f",
    "bell\x07 escape\x1b[31m",
    "\ud83d",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_reader_of_markdown_sees_every_attack_as_active(attack: str) -> None:
    """The judge is not blind: each of these is something before it is escaped."""
    assert list(active(attack))


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_inert(attack: str) -> None:
    for text in (attack, f"before\n{attack}", f"{attack}{attack}", f"\\{attack}", f"**{attack}**"):
        assert not list(active(unquoted(quote(text, 4000))))
        assert not list(active(inline(text, 4000)))


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.isprintable() and "@evil" not in a and "\u3164" not in a])
def test_attacks_are_shown_as_they_were_typed(attack: str) -> None:
    assert seen(inline(attack, 4000)) == " ".join(attack.split())


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029", "\x1c"])
def test_no_line_leaves_the_quote(newline: str) -> None:
    shown = quote(f"one{newline}# two{newline}{newline}{newline}three{newline}", 4000)
    assert shown == "> one\n> \\# two\n> \n> three"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", EMPTY),
        (" \n\n ", EMPTY),
        ("a\u200b\u200b\u200bb", "a⟨U+200B ×3⟩b"),
        ("\u202eabc", "⟨U+202E⟩abc"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3", "👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3"),
        ("a\u200db", "a⟨U+200D⟩b"),
        ("\u200b\u200dx", "⟨U+200B⟩⟨U+200D⟩x"),
        ("\u200b\u200b\ufe0f", "⟨U+200B ×2⟩⟨U+FE0F⟩"),
        ("\ufe0fx", "⟨U+FE0F⟩x"),
        ("e" + "\u0301" * 40, "e" + "\u0301" * 4),
        ("see https://ex.org/a_b.", "see <https://ex.org/a_b>."),
        ("https://ex.org@evil.org/x", "https\\://ex.org\\@evil.org/x (leads to evil.org)"),
        ("http://аррӏе.com", "http\\://аррӏе.com (leads to xn--80ak6aa92e.com)"),
        ("2. 3.5 is fine", "2\\. 3.5 is fine"),
        ("a\tb", "a\tb"),
        ("well & sons: #1 (new)", "well & sons: #1 (new)"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert quote(text, 4000) == f"> {shown}"


def test_a_masked_link_shows_where_it_leads() -> None:
    assert seen(inline("[Bank](https://evil.example/x)", 200)) == "[Bank](https://evil.example/x)"


def test_words_from_right_to_left_do_not_turn_our_line() -> None:
    assert inline("שלום 12", 50) == "\u2068שלום 12\u2069"
    assert units(inline("שלום " * 50, 50)) <= 50
    assert inline("שלום " * 50, 50).endswith("\u2069")


def test_said_stands_under_its_author() -> None:
    assert said("<@5>", "No.\nReally", 100) == "<@5> wrote:\n> No.\n> Really"


def test_plain_is_one_line_without_escapes() -> None:
    assert plain("**Dig**\n a\u202e well", 100) == "**Dig** a⟨U+202E⟩ well"
    assert plain("  ", 100) == EMPTY
    assert plain("word " * 40, 20) == "word word word word" + CUT


NASTY = st.text(
    st.sampled_from("\\`*_~|<>[]()#-+>:@!&/ \n1.aé\u202e\u200b\u2066👍\u0301\ufe0f\u200d") | st.characters()
)
PIECES = st.lists(st.sampled_from(ATTACKS) | NASTY, max_size=8).map("".join)


@given(PIECES, st.integers(1, 400))
def test_no_text_becomes_active_or_too_long(text: str, most: int) -> None:
    one = inline(text, most)
    assert units(one) <= max(most, 1)
    assert not list(active(one.strip("\u2068\u2069")))
    assert "\n" not in one
    assert units(plain(text, most)) <= most
    if most >= 3:
        shown = quote(text, most)
        assert units(shown) <= most
        assert not list(active(unquoted(shown)))


@given(PIECES)
def test_nothing_is_lost_where_there_is_room(text: str) -> None:
    """Every character that can be seen is shown, in its order."""
    shown = seen(unquoted(quote(text, 10**6)))
    visible = [c for c in text if unicodedata.category(c)[0] in "LNPS" and c not in "⟨⟩—\u2800\u3164\u115f\u1160\uffa0"]
    rest = iter(shown)
    assert all(c in rest for c in visible)


@given(PIECES, st.integers(40, 300))
def test_parts_hold_everything(text: str, most: int) -> None:
    parts = quote_parts(text, most)
    longest = 320
    assert all(units(p) <= max(most, longest) for p in parts)
    for part in parts:
        assert not list(active(unquoted(part)))
    whole = "".join(unquoted(quote(text, 10**6)).split())
    assert "".join("".join(unquoted(p) for p in parts).split()).replace("…", "") == whole.replace("…", "")


def test_a_part_never_begins_like_a_heading_or_a_list() -> None:
    for sign in ("# a", "- a", "1. a", "-# a"):
        parts = quote_parts(f"{'word ' * 6}{sign * 3}", 32)
        assert len(parts) > 1
        assert not [part for part in parts if list(active(unquoted(part)))]


def test_packing_nothing_gives_nothing() -> None:
    assert pack([], 10) == []
    assert pack([" ", "\n> "], 10) == []
