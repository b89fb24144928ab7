"""Types of events: what each writes it reads, what older records say it understands, and what is strange it keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.governance import events
from bot.governance.events import Event, EventType, Fact, Json, Unread, as_recorded, fact, known, part
from bot.governance.ids import GroupId, PersonId
from bot.governance.meetings_events import MeetingEnded
from bot.governance.objections_events import ObjectionStated, ObjectionWithdrawn
from bot.governance.organisation_events import GroupCreated, MappedRole, RoleMapped, RolesMapped
from bot.governance.policy_events import EffectApplied, PolicyAdopted
from bot.governance.proposals_events import ProposalLapsed, ReviewOpened
from bot.governance.retros_events import RetroClosed
from bot.governance.stops_events import ClockResumed, ClockStopped
from bot.governance.surveys_events import SurveyClosed

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANA = PersonId("ana")
PLAIN = st.text(max_size=4) | st.integers(0, 9) | st.booleans() | st.none()
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=6),
    int: st.integers(-5, 2**53 - 1),
    bool: st.booleans(),
    datetime: st.integers(0, 4 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC)),
    object: PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.text(max_size=3), PLAIN, max_size=2),
}
KINDS = sorted(known().values(), key=lambda kind: kind.NAME)


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    hint = getattr(hint, "__supertype__", hint)
    arguments = get_args(hint)
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*(st.none() if each is NoneType else values_of(each) for each in arguments))
    if get_origin(hint) is tuple and arguments[-1] is ...:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*map(values_of, arguments))
    if get_origin(hint) is not None:
        return st.dictionaries(st.text(max_size=3), values_of(arguments[1]), max_size=2)
    return VALUES[hint] if hint in VALUES else said_by(hint)


def said_by(cls: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{each.name: values_of(hints[each.name]) for each in fields(cls)})


def read(name: str, data: Mapping[str, Json] | None) -> Fact:
    return as_recorded(name, "thing/1", None, data).fact


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
@given(data=st.data())
@settings(max_examples=8)
def test_what_a_type_writes_it_reads(kind: EventType, data: st.DataObject) -> None:
    told = data.draw(said_by(kind).filter(lambda made: kind is not EffectApplied or "effect" not in made.told))
    event = Event(told, "thing/1", data.draw(st.sampled_from([None, ANA])))
    written = json.loads(json.dumps(event.data))
    assert as_recorded(event.name, event.thing, event.actor, written) == event
    assert event.type is kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_every_type_says_what_it_is_about_and_stands_in_its_noun_s_file(kind: EventType) -> None:
    assert kind.__doc__
    assert kind.__module__.startswith("bot.governance.")
    assert kind.__module__.endswith("_events")
    assert (kind.VERSION > 1) is (kind.__dict__.get("upcast") is not None), "a later version reads the earlier ones"


@pytest.mark.parametrize(
    ("told", "data"),
    [
        (ClockStopped("card missing", NOW), {"reason": "card missing", "since": NOW.isoformat()}),
        (ObjectionWithdrawn(3), {"objection": 3}),
        (
            ObjectionWithdrawn(3, raised_by=ANA, organisation="Mill"),
            {"objection": 3, "raised_by": "ana", "organisation": "Mill"},
        ),
        (ProposalLapsed("stale"), {"why": "stale"}),
        (ProposalLapsed("low reach", 1, 5), {"why": "low reach", "reached": 1, "reachable": 5}),
        (EffectApplied("greet", {"whom": "all"}), {"effect": "greet", "whom": "all"}),
        (
            RolesMapped((MappedRole("Stewards", "Core", "lead", "", "", own=True),)),
            {"roles": [{"role": "Stewards", "group": "Core", "seat": "lead", "class": "", "organisation": "",
                        "self": True}]},
        ),
    ],
)  # fmt: skip
def test_what_is_recorded_is_what_was_before_there_were_types(told: Fact, data: dict[str, Json]) -> None:
    assert Event(told, "thing/1").data == data
    assert read(told.NAME, data) == told


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("clock stopped", {"reason": "outage"}, ClockStopped("outage", None)),
        ("clock resumed", {"reason": "outage", "minutes": 9}, ClockResumed("outage", 9, None, None)),
        (
            "review opened",
            {"number": 1, "type": "budget", "version": 1, "digest": "ab", "policy": 1, "electors": ["ana"]},
            ReviewOpened(1, "budget", 1, "ab", 1, (ANA,), None),
        ),
        ("group created", {"name": "Core", "kind": "cell"}, GroupCreated("Core", "cell", None, None, None)),
        ("policy adopted", {"version": 1, "values": {"a": "1"}}, PolicyAdopted(1, {"a": "1"}, ())),
        ("retro closed", {"number": 1, "why": "deadline", "took_part": 0}, RetroClosed(1, "deadline", 0, None)),
        ("survey closed", {"number": 1, "published": [1], "withheld": []}, SurveyClosed(1, (1,), (), None)),
        ("meeting ended", {"here": ["ana"], "decisions": [2]}, MeetingEnded((ANA,), (2,), None)),
        (
            "role mapped",
            {"seat": "lead", "class": "", "organisation": ""},
            RoleMapped("", "", "lead", "", "", own=False),
        ),
    ],
)
def test_what_older_records_lack_is_read(name: str, data: dict[str, Json], told: Fact) -> None:
    assert read(name, data) == told


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("dragon seen", {"where": "here"}),
        ("test ruled", {"objection": 1, "in_form": "maybe", "reason": ""}),
        ("test ruled", {"objection": True, "in_form": True, "reason": ""}),
        ("test ruled", {"in_form": True, "reason": ""}),
        ("nudged", {"people": "ana"}),
        ("digest given", {"since": "yesterday"}),
        ("nudged", {"people": [], "v": 2}),
        ("nudged", {"people": [], "v": "2"}),
    ],
)
def test_what_cannot_be_read_is_kept_as_it_is(name: str, data: dict[str, Json]) -> None:
    event = as_recorded(name, "thing/1", ANA, data)
    assert (event.fact, event.name, event.data) == (Unread(name, data), name, data)
    assert event.type is known().get(name, Unread)


def test_an_event_whose_words_were_erased_is_known_by_its_type_alone() -> None:
    event = as_recorded("objection stated", "proposal/1", ANA, None)
    assert (event.type, event.data) == (ObjectionStated, {})
    with pytest.raises(TypeError, match="objection stated"):
        event.says(ObjectionStated)


@pytest.fixture
def declaring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Types that are declared meanwhile are forgotten again."""
    monkeypatch.setattr(events, "_KNOWN", dict(known()))


@pytest.mark.usefixtures("declaring")
def test_a_later_version_reads_the_earlier_one_and_says_which_it_is() -> None:
    class Moved(Fact):
        """A group moved house; once there was one street only."""

        group: GroupId = part("where")
        streets: tuple[str, ...] = part()

        @classmethod
        def upcast(cls, data: Mapping[str, Json], version: int) -> Mapping[str, Json]:
            return {"where": data["group"], "streets": [data["street"]]}

    Moved.__annotations__ = {"group": GroupId, "streets": tuple[str, ...]}
    moved: Any = fact("house moved", 2)(Moved)
    now: Any = moved(GroupId(4), ("Mill Lane", "Weir"))
    assert Event(now, "group/4").data == {"where": 4, "streets": ["Mill Lane", "Weir"], "v": 2}
    assert read("house moved", Event(now, "group/4").data) == now
    assert read("house moved", {"group": 4, "street": "Weir"}) == moved(GroupId(4), ("Weir",))
    assert isinstance(read("house moved", {"group": 4, "v": 3}), Unread)


@pytest.mark.usefixtures("declaring")
def test_no_two_types_have_one_name() -> None:
    with pytest.raises(ValueError, match="declared twice: nudged"):
        fact("nudged")(type("Another", (Fact,), {}))
