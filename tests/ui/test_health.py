"""Health in plain words: fits, says what to do next, and blames nobody (ORG-7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from bot.governance.events import Json
from bot.governance.health import Check, Marks, Reading
from bot.governance.health_events import HealthMarked
from bot.governance.ids import PartnershipId, PersonId
from bot.services.health import HealthView
from bot.services.metrics import Scope
from bot.services.ports.record import Recorded
from bot.ui import feed, health, labels
from tests.facts import event_of
from tests.governance import scene
from tests.ui.scenes import USERS, bomb, check_fits, text_of

MARKS = Marks(Fraction(2, 5), timedelta(days=365), Fraction(1, 3))
SHG = scene.GROUPS[0].id
PEOPLE = tuple(USERS)
READINGS = (
    Reading(Check.SEATS, SHG, 5, 10, True, organisation="Green Fund"),
    Reading(Check.SEATS, SHG, 0, 3, organisation=""),
    Reading(Check.SEATS, SHG, 1, 2, enough=False, organisation="Green Fund"),
    Reading(Check.OBJECTIONS, None, 4, 5, True, organisation="Green Fund"),
    Reading(Check.FACILITATOR, SHG, over=True, people=PEOPLE[:1], since=scene.NOW),
    Reading(Check.REACH, None, 2, 3, True, proposals=(3, 9)),
    Reading(Check.REACH, None, 0, 1, enough=False),
    Reading(Check.HATS, None, 1, 9, people=PEOPLE[:1]),
    Reading(Check.HATS, None, 0, 9),
)


def view(*readings: Reading, hidden: int = 0) -> HealthView:
    return HealthView(Scope(scene.PARTNERSHIP, scene.GROUPS, hidden=hidden), readings, MARKS, USERS, scene.NOW)


@pytest.mark.parametrize("at", range(len(READINGS)))
def test_every_reading_is_said_with_what_to_do(at: int) -> None:
    page = health.page(view(READINGS[at], hidden=at))
    check_fits(page)
    text = text_of(page)
    assert ("1 mark crossed" in text) is READINGS[at].over
    assert ("Next:" in text) is (READINGS[at].over or (READINGS[at].check is Check.HATS and READINGS[at].part > 0))
    assert "not recorded yet" in text
    assert "no fault and no proof" in text


def test_many_and_long_ones_fit_marked_ones_first() -> None:
    long = [replace(each, organisation=bomb(60), people=PEOPLE * 9) for each in READINGS]
    page = health.page(view(*long * 12))
    check_fits(page)
    text = text_of(page)
    assert text.count("Over the mark") == text.count("Not marked") == 1
    assert text.index("Over the mark") < text.index("Not marked")


def test_each_reading_stands_under_what_it_means() -> None:
    text = text_of(health.page(view(*READINGS)))
    over, below, rest = (text.index(each) for each in ("🟠 Over the mark", "🟢 Below the mark", "⚪ Not marked"))
    assert over < text.index("5 of 10 (50 %). Mark: more than 40 %") < below
    assert below < text.index("none of 3 speaks for a named organisation") < rest < text.index("Contributions")


DATA: dict[Check, dict[str, Json]] = {
    Check.SEATS: {"part": 5, "whole": 10, "group": "Stakeholders", "organisation": "Green Fund"},
    Check.OBJECTIONS: {"part": 4, "whole": 5, "group": "whole partnership", "organisation": bomb(60)},
    Check.FACILITATOR: {"group": bomb(60), "since": scene.NOW.isoformat(), "person": PEOPLE[0]},
    Check.REACH: {"part": 2, "whole": 3, "group": "whole partnership", "proposals": [3, 9]},
}


@pytest.mark.parametrize("check", [*DATA, None])
def test_every_notice_fits_and_leads_on(check: Check | None) -> None:
    data: dict[str, Json] = {"check": check.value, **DATA[check]} if check else {}
    event = event_of(HealthMarked, "group/1", None, data)
    recorded = Recorded(7, PartnershipId(1), scene.NOW, event, "ab" * 32)
    page = feed.log(recorded, scene.PARTNERSHIP, USERS, 4)
    check_fits(page)
    assert "/health" in text_of(page)
    if check is Check.FACILITATOR:
        assert f"<@{USERS[PersonId(PEOPLE[0])]}>" in text_of(page)
    if check is Check.REACH:
        assert "P-3 and P-9" in text_of(page)


@pytest.mark.parametrize(
    ("part", "said"),
    [("1/2", "half"), ("1", "all"), ("2/5", "40 %"), ("3/4", "75 %"), ("2/3", "2/3"), ("7/10", "70 %"), ("1/6", "1/6")],
)
def test_shares_are_said_in_percent_wherever_that_is_exact(part: str, said: str) -> None:
    assert labels.share(Fraction(part)) == said
