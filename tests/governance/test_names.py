"""Names that people choose, compared folded: case, width, composition, unseen and look-alike characters (OBJ-6)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import names
from bot.governance.confusables import skeleton
from bot.governance.errors import BadText, BadValue
from tests.governance.confusables_table import Pair, pairs, printed, table

UNSEEN = "\u200b\u200d\u2060\ufeff\u00ad\u202e\u2066\u034f\ufe0f\u3164\u115f\u180e\U000e0101\U000e0041\u2800"
WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co", "Cc", "Cf"]), min_size=1, max_size=12)
LETTERS = st.text(st.characters(categories=["Ll", "Lu", "Nd"], exclude_characters="ʼŉ"), min_size=1, max_size=12)
LISTED = pairs()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Green Fund", "GREEN FUND"),
        ("Green Fund", "green  fund "),
        ("Green Fund", "Ｇｒｅｅｎ\u3000Ｆｕｎｄ"),
        ("Green Fund", "Gre\u200ben\u00a0Fund"),
        ("Green Fund", "Grееn Fund"),
        ("Green Fund", "𝐆𝐫𝐞𝐞𝐧 𝐅𝐮𝐧𝐝"),
        ("Café", "Cafe\u0301"),
        ("Straße", "STRASSE"),
        ("ﬁsh", "FISH"),
        ("Innovation", "lnnovation"),
        ("Co-op", "Co\u2011op"),
        ("10 hours", "1O hours"),
        ("ВЕРА", "вера"),
        ("ВЕРА", "BEPA"),
        ("ΝΙΚΗ", "νικη"),
        ("viva", "νiνa"),
        ("", "\u200b"),
    ],
)
def test_spellings_that_people_take_for_one_name_are_alike(one: str, other: str) -> None:
    assert names.alike(one, other)
    assert names.alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mail", "Mall"),
        ("Nine", "Vive"),
        ("Café", "Cafe"),
        ("12 hours", "1–2 hours"),
        ("हिन्दी", "हिन्द"),
        ("Green Fund", "Green Fund 2"),
        ("Green Fund", ""),
        ("Yes!", "Yes?"),
        ("C", "C++"),
    ],
)
def test_names_that_people_tell_apart_are_not(one: str, other: str) -> None:
    assert not names.alike(one, other)


@given(WRITTEN)
def test_a_name_is_like_itself_in_every_composition(name: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert names.alike(name, unicodedata.normalize(form, name))


@given(LETTERS)
def test_case_makes_no_difference(name: str) -> None:
    assert names.alike(name, name.casefold())
    assert names.alike(name, name.swapcase())


@given(WRITTEN, st.sampled_from(UNSEEN), st.integers(0, 12))
def test_what_is_not_seen_makes_no_difference(name: str, unseen: str, place: int) -> None:
    assert names.alike(name, name[:place] + unseen + name[place:])


@given(st.text("abcxyz 019", min_size=1, max_size=8), st.sampled_from(LISTED))
def test_a_look_alike_makes_no_difference(around: str, listed: Pair) -> None:
    assert names.alike(around + listed[0], around + listed[1])


def test_all_that_unicode_lists_as_alike_looks_the_same() -> None:
    differ = [(one, other) for one, other in LISTED if skeleton(one) != skeleton(other)]
    assert len(LISTED) > 10_000
    assert differ == []


def test_of_plain_characters_only_those_are_alike_that_unicode_lists() -> None:
    looks: dict[str, str] = {}
    for code in range(0x20, 0x7F):
        looks[skeleton(chr(code))] = looks.get(skeleton(chr(code)), "") + chr(code)
    assert {same for same in looks.values() if len(same) > 1} == {"0O", "1Il|", "'`"}


def test_the_table_is_what_the_library_gives() -> None:
    made = table(LISTED)
    entries = [entry.partition("=") for entry in printed(made).split()]
    read = {one: to for to, _, ones in entries for one in ones.split(",")}
    assert len(read) == len(made)
    for one, to in made.items():
        assert skeleton(one) == skeleton(to), (one, to)


def test_one_spelling_stands_for_all_that_are_alike_directly_or_by_way_of_others() -> None:
    found = names.spellings(["вера", "Beta", "BEPA", "ВЕРА", "beta", "", "\u200b"])
    assert found == {
        **dict.fromkeys(["вера", "BEPA", "ВЕРА"], "вера"),
        **dict.fromkeys(["Beta", "beta"], "Beta"),
        **dict.fromkeys(["", "\u200b"], ""),
    }


@given(st.lists(st.sampled_from(["Beta", "BETA", "Вeta", "ВЕРА", "вера", "BEPA", "gamma", ""]), max_size=8))
def test_the_order_of_names_changes_no_count_of_voices(found: list[str]) -> None:
    forward, back = names.spellings(found), names.spellings(reversed(found))
    assert len(set(forward.values())) == len(set(back.values()))
    assert all((forward[a] == forward[b]) == (back[a] == back[b]) for a in found for b in found)


def test_the_spelling_that_stands_is_offered() -> None:
    assert names.standing("GREEN fund", ["Lake Trust", "Green Fund"]) == "Green Fund"
    assert names.standing("Green Fund", ["GREEN FUND", "Green Fund"]) == "Green Fund"
    assert names.standing("Blue Fund", ["Green Fund"]) is None


def test_suggestions_hold_what_was_typed_in_any_spelling() -> None:
    assert names.holds("Green Fund", "ｇreen f")
    assert names.holds("Green Fund", "")
    assert not names.holds("Green Fund", "blue")


def test_the_first_double_is_named() -> None:
    assert names.doubled(["Yes", "No", "YЕS"]) == "YЕS"
    assert names.doubled(["Yes", "No"]) is None


@pytest.mark.parametrize(
    "taken",
    [
        "@everyone",
        "＠everyone",
        "Everyone",
        "еveryone",
        "@ here",
        "Ηere",
        "Whole partnership",
        "whole\u200b Ｐartnership",
    ],
)
def test_no_name_looks_like_the_bots_own_words(taken: str) -> None:
    with pytest.raises(BadValue):
        names.check("organisation", taken, 1, 60)


@pytest.mark.parametrize(
    ("name", "refusal"), [("\u200b", BadValue), ("a\u2028b", BadText), ("a\n", BadText), ("a" * 61, BadText)]
)
def test_a_name_is_seen_and_stands_on_one_line(name: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        names.check("organisation", name, 1, 60)


@pytest.mark.parametrize("name", ["Heretics", "हिन्दी टीम", "Everyone's Garden", "A", "Partnership for Water"])
def test_other_names_are_taken(name: str) -> None:
    names.check("organisation", name, 1, 60)
