"""Letters, digests and the panel fit Discord's limits, whatever people write (RHY-2, TXT-1)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance.ids import PartnershipId, PersonId
from bot.governance.reminders import Entry, Letter, Preferences, ReminderTopic, Way
from bot.governance.reminders_events import DigestGiven
from bot.services.digests import DigestView
from bot.services.direct_messages import LetterView
from bot.services.ports.record import Recorded
from bot.services.reminders import PreferencesView
from bot.ui import inbox_page, proposals
from bot.ui import reminders_letters as reminders
from bot.ui import reminders_preferences as preferences
from bot.ui.limits import CONTENT, units
from tests.facts import event_of
from tests.governance import scene
from tests.ui.scenes import bomb, check_fits, text_of

HERE = PartnershipId(1)
LINK = "https://discord.com/channels/1/2/3"


def entry(section: str, why: str, n: int = 1) -> Entry:
    return Entry(section, why, f"P-{n}", bomb(200), scene.NOW, LINK, n % 2 == 0, bomb(900))


def every() -> tuple[Entry, ...]:
    found = [entry("reminder", why) for why in reminders.REMINDS]
    found += [entry("missed", why) for why, each in reminders.REMINDS.items() if each.missed]
    found += [entry("waiting", why) for why in inbox_page.WAITS]
    found += [entry("outcome", why) for why in proposals.OUTCOMES]
    found += [entry(section, "closed", n) for section in ("answered", "lessons", "survey", "meeting") for n in range(9)]
    return (*found, Entry("outcome", "more", "4"))


def view(entries: tuple[Entry, ...], digest: bool) -> LetterView:
    return LetterView(Letter(1, HERE, PersonId("ada"), scene.NOW, digest, entries), scene.PARTNERSHIP)


@pytest.mark.parametrize("digest", [True, False])
def test_a_letter_fits_however_full(digest: bool) -> None:
    entries = tuple(e for e in every() if digest or e.section == "reminder")
    assert units(reminders.letter(view(entries, digest))) <= CONTENT
    for each in entries:
        text = reminders.letter(view((each,), digest))
        assert units(text) <= CONTENT
        assert "{at}" not in text


def test_late_is_said() -> None:
    late = entry("reminder", "vote", 2)
    assert "This reminder is late" in reminders.letter(view((late,), False))
    assert "(late)" in reminders.letter(view((late,), True))


@pytest.mark.parametrize(("section", "why"), [("reminder", "meeting day"), ("reminder", "vote"), ("missed", "vote")])
def test_a_letter_says_of_which_partnership_it_is(section: str, why: str) -> None:
    """Numbers begin at 1 in each partnership, and direct messages of all of them stand in one place."""
    letter = view((entry(section, why),), False)
    other = replace(letter, partnership=replace(letter.partnership, name="River Commons"))
    assert f" in “{scene.PARTNERSHIP.name}”" in reminders.letter(letter)
    assert " in “River Commons”" in reminders.letter(other)
    assert " in “River Commons”" in reminders.letter(replace(other, letter=replace(other.letter, entries=every()[:3])))


def test_the_weekly_digest_fits_and_names_its_sections() -> None:
    recorded = Recorded(9, HERE, scene.NOW, event_of(DigestGiven, "digest/1"), "0" * 64)
    found = tuple(each for each in every() if each.section not in {"reminder", "missed", "waiting"})
    shown = reminders.weekly(DigestView(scene.PARTNERSHIP, found, scene.NOW, scene.NOW, 5), recorded, 7)
    check_fits(shown)
    text = text_of(shown)
    for name in ("Decided", "You said, we did", "Lessons published", "Results of surveys", "Coming meetings"):
        assert name in text


@pytest.mark.parametrize(
    "chosen",
    [
        Preferences(),
        Preferences(
            "Europe/Lisbon", (1320, 420), frozenset(ReminderTopic), Way.NONE, 0, scene.NOW + timedelta(days=3), None, 0
        ),
        Preferences(
            off=frozenset(set(ReminderTopic) - {ReminderTopic.DIGEST}), away_until=scene.NOW - timedelta(days=3)
        ),
    ],
)
def test_the_panel_and_its_forms_fit(chosen: Preferences) -> None:
    panel = PreferencesView(chosen, scene.PARTNERSHIP, "Europe/Lisbon", 5, scene.NOW, 3, scene.NOW)
    check_fits(preferences.panel(panel))
    check_fits(preferences.panel(replace(panel, digest_at=None, not_taken=0)))
    for form in (preferences.wishes_form(panel), preferences.hours_form(panel)):
        raw = form.to_dict()
        assert len(raw["title"]) <= 45
        assert 1 <= len(raw["components"]) <= 5
        for label in raw["components"]:
            assert len(label["label"]) <= 45, label
            assert len(label.get("description") or "") <= 100, label
            for option in label["component"].get("options", []):
                assert len(option["label"]) <= 100
        assert json.dumps(raw)
