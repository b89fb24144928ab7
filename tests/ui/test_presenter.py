"""Shared tables are made from what each noun declares: nothing is named twice, nothing is left without words."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.ui.nouns import NOUNS
from bot.ui.presenter import complete, merged


def test_two_nouns_cannot_name_the_same() -> None:
    with pytest.raises(ValueError, match=r"a limit named twice: \['drafts'\]"):
        merged("a limit", ({"drafts": 1, "cards": 2}, {"drafts": 3}))


def test_what_needs_words_cannot_be_left_without() -> None:
    with pytest.raises(ValueError, match=r"events without words: \['meeting held'\]"):
        complete("events", ("meeting held", "meeting missed"), {"meeting missed": ""})


def test_every_noun_declares_itself_once() -> None:
    assert [name for name, times in Counter(noun.name for noun in NOUNS).items() if times > 1] == []
