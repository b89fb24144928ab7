"""The mapper: what goes in comes out, and what does not fit is refused."""

import json
from collections.abc import Mapping
from dataclasses import fields, make_dataclass
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.governance import proposals_types
from bot.governance.effects import PAYLOADS, Effect, PolicyChange, Ratification
from bot.governance.errors import OutOfBounds
from bot.governance.ids import PersonId
from bot.governance.organisation import Elector, Group, Holding, Member, Partnership, RoleMapping
from bot.governance.policy import Policy, genesis
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import Key, Kind
from bot.governance.proposals import pin
from bot.governance.proposals_types import (
    Appeal,
    Clock,
    Concern,
    Objection,
    Proposal,
    ProposalTerms,
    Statement,
    Text,
    Version,
)
from bot.governance.seats import SeatRecord
from bot.governance.versions import digest
from bot.governance.votes_types import Ballot, Tally, Vote
from bot.services.ports.deliveries import Delivery
from bot.services.ports.partnerships import Place
from storage.chain import Link
from storage.mapping import BadDocument, from_json, to_json
from tests.storage.examples import partnership, proposal

TYPES = [
    Proposal, ProposalTerms, Text, Version, Statement, Appeal, proposals_types.Test, Objection, Concern, Tally,
    Vote, Ballot, Clock, Partnership, Group, RoleMapping, Holding, Elector, Member, Delivery, Place, SeatRecord, Link,
]  # fmt: skip

zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1900, 1, 2), datetime(9990, 1, 1), timezones=zones)  # noqa: DTZ001
words = st.text(max_size=12)
st.register_type_strategy(datetime, instants)
st.register_type_strategy(str, words)
st.register_type_strategy(timedelta, st.timedeltas(timedelta(days=-400), timedelta(days=4000)))
st.register_type_strategy(Fraction, st.fractions())


def holder_of(hint: Any) -> Any:
    return make_dataclass("Holder", [("value", hint)], frozen=True)


def examples(type_: type) -> st.SearchStrategy[Any]:
    return st.builds(type_, **{each.name: ... for each in fields(type_)})


def value_of(key: Key) -> st.SearchStrategy[Any]:
    floor: Any = key.floor
    ceiling: Any = key.ceiling
    match key.kind:
        case Kind.DURATION:
            return st.timedeltas(floor, ceiling)
        case Kind.SHARE:
            shares = st.fractions(floor, ceiling)
            return shares.filter(lambda share: share != floor) if key.above_floor else shares
        case Kind.COUNT:
            return st.integers(floor, ceiling)
        case Kind.FLAG:
            return st.booleans()
        case Kind.CHOICE:
            return st.sampled_from(key.choices)
        case Kind.ZONE:
            return st.sampled_from(["UTC", "Europe/Lisbon"])
        case Kind.EMOJI:
            return st.sampled_from(["✋", "💬", "👍🏽"])


st.register_type_strategy(Effect, st.one_of([examples(each) for each in PAYLOADS.values()]))
policies = st.builds(Policy, st.integers(1), st.fixed_dictionaries({name: value_of(key) for name, key in KEYS.items()}))


@pytest.mark.parametrize("type_", TYPES, ids=lambda each: each.__name__)
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_goes_in_comes_out(type_: type, data: st.DataObject) -> None:
    value = data.draw(examples(type_))
    assert from_json(type_, json.loads(json.dumps(to_json(value)))) == value


@given(policies)
@settings(deadline=None)
def test_a_policy_comes_out_as_it_went_in(policy: Policy) -> None:
    assert from_json(Policy, json.loads(json.dumps(to_json(policy)))) == policy


def test_an_old_policy_loses_what_is_unknown_and_gains_what_is_new() -> None:
    document = to_json(genesis({"objection.threshold": 3}))
    del document["values"]["vote.window"]
    document["values"]["moon.phase"] = "full"
    policy = from_json(Policy, document)
    assert policy.values == genesis({"objection.threshold": 3}).values


def test_a_zone_that_is_no_longer_known_gives_way_to_the_default() -> None:
    document = to_json(genesis({"clock.zone": "Europe/Lisbon"}))
    assert from_json(Policy, document).text("clock.zone") == "Europe/Lisbon"
    document["values"]["clock.zone"] = "Europe/Atlantis"
    assert from_json(Policy, document).text("clock.zone") == "UTC"


def test_a_kept_policy_does_not_cross_the_bounds_either() -> None:
    document = to_json(genesis())
    document["values"]["review.window"] = 1
    with pytest.raises(OutOfBounds):
        from_json(Policy, document)


def test_a_policy_with_other_keys_is_not_kept() -> None:
    with pytest.raises(BadDocument):
        to_json(Policy(1, {"moon.phase": "full"}))
    with pytest.raises(BadDocument):
        to_json(Policy(1, {}))


@pytest.mark.parametrize(
    ("kept", "digested", "meant"),
    [
        (
            {"kind": "change policy", "target": "limits.versions", "value": "6", "was": "5"},
            "131036110d8055afa92760b567658c353d5a7cff5be9b1f821d33d5b9c35c798",
            PolicyChange("limits.versions", "6", "5"),
        ),
        (
            {"kind": "ratify partnership", "target": "", "value": "ana bo", "was": "provisional"},
            "6fcb88d5554c8988ae4acb5f1794dce7b96d66dbc8a66670558728ebb31bb412",
            Ratification((PersonId("ana"), PersonId("bo"))),
        ),
    ],
)
def test_what_a_bot_without_versions_kept_of_an_effect_is_read_and_has_its_digest(
    kept: dict[str, str], digested: str, meant: Effect
) -> None:
    document = {"number": 1, "text": {"title": "Six versions", "ask": "x"}, "effects": [kept], "digest": digested}
    version = from_json(Version, document | {"published_at": "2026-01-01T00:00:00.000000Z"})
    (effect,) = version.effects
    assert effect.current == meant
    assert to_json(version)["effects"] == [kept]
    assert digest(version.text, version.effects) == digested


def test_an_effect_says_which_version_of_its_payload_it_holds() -> None:
    version = Version(1, Text(), (Ratification((PersonId("ana"),)),), "", datetime(2026, 1, 1, tzinfo=UTC))
    kept = to_json(version)
    assert kept["effects"] == [{"kind": "ratify partnership", "version": 2, "listed": ["ana"]}]
    for spoilt in ({"kind": "sell the barn"}, {"version": 3}, {"version": "2"}, {"version": True}, {"target": "x"}):
        with pytest.raises(BadDocument):
            from_json(Version, {**kept, "effects": [kept["effects"][0] | spoilt]})


def test_a_field_that_an_old_document_lacks_takes_its_default() -> None:
    document = to_json(proposal())
    del document["low_reach"], document["clock"]
    assert from_json(Proposal, document) == proposal()


def changed(**parts: Any) -> dict[str, Any]:
    document: dict[str, Any] = to_json(proposal()) | parts
    return document


@pytest.mark.parametrize(
    "document",
    [
        changed(surprise=1),
        {name: value for name, value in changed().items() if name != "author"},
        changed(id="1"),
        changed(id=1.0),
        changed(id=True),
        changed(type=None),
        changed(extended=1),
        changed(extended="yes"),
        changed(state="undecided"),
        changed(state=[]),
        changed(created_at="2026-01-01T00:00:00"),
        changed(created_at="soon"),
        changed(created_at=0),
        changed(versions={}),
        changed(readers=["a", "a"]),
        changed(readers="ab"),
        changed(text="title"),
        changed(clock={"reasons": [], "stopped_at": None, "stood": "1h"}),
        changed(clock={"stood": 10**30}),
        [],
        None,
        "proposal",
    ],
)
def test_what_does_not_fit_is_refused(document: Any) -> None:
    with pytest.raises(BadDocument):
        from_json(Proposal, document)


@pytest.mark.parametrize("share", ["1", "1/0", "a/b", "1/2/3", 0.5, None])
def test_a_share_is_a_fraction(share: Any) -> None:
    with pytest.raises(BadDocument):
        from_json(holder_of(Fraction), {"value": share})


def wrong(**parts: Any) -> Proposal:
    return proposal(**parts)


@pytest.mark.parametrize(
    "value",
    [
        wrong(created_at=datetime(2026, 1, 1)),  # noqa: DTZ001
        wrong(created_at="2026-01-01T00:00:00Z"),
        wrong(id="1"),
        wrong(id=True),
        wrong(extended=1),
        wrong(state="review"),
        wrong(effects=[]),
        wrong(readers=()),
        wrong(text={"title": "x"}),
        wrong(clock=Clock(stood=3600)),  # type: ignore[arg-type]
        wrong(text=Text(title=None)),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_read_again_is_not_kept(value: Proposal) -> None:
    with pytest.raises(BadDocument):
        to_json(value)


@pytest.mark.parametrize("marks", [[], [["for", 1]], {"for": "1"}, {"for": True}, None])
def test_marks_are_whole_numbers_by_name(marks: Any) -> None:
    with pytest.raises(BadDocument):
        from_json(Ballot, {"marks": marks})
    with pytest.raises(BadDocument):
        to_json(Ballot(marks))


@pytest.mark.parametrize("hint", [int | str, list[int], Any, Mapping[int, int]])
def test_a_type_that_cannot_be_told_apart_is_a_mistake(hint: Any) -> None:
    with pytest.raises(TypeError):
        to_json(holder_of(hint)(1))


def test_instants_are_written_in_one_way_only() -> None:
    document = to_json(partnership(created_at=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))))
    assert document["created_at"] == "2026-01-01T00:00:00.000000Z"
    assert from_json(Partnership, document).created_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_sign_once_taken_for_an_emoji_gives_way_to_the_default() -> None:
    document = to_json(genesis())
    document["values"]["objection.emoji"] = "!!"
    assert from_json(Policy, document) == genesis()


def test_terms_pinned_before_they_held_the_emojis_have_the_defaults() -> None:
    document = to_json(pin(genesis(), genesis().row("general")))
    for name in ("objection_emoji", "concern_emoji"):
        del document[name]
    terms = from_json(ProposalTerms, document)
    assert (terms.objection_emoji, terms.concern_emoji) == ("✋", "💬")
