"""The wire's own tests: each rule refuses something and lets its neighbour pass."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import wire
from tests.wire_rules import IS_V2, RULES, unwritten

NOW = datetime(2026, 1, 1, tzinfo=UTC)

needs_description = pytest.mark.skipif(
    not wire.available(), reason="DISCORD_OPENAPI does not name Discord's API description"
)


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    json: Any = None
    reason: str | None = None


Part = dict[str, Any]
Build = Callable[..., Sent]


def message(**body: Any) -> Sent:
    return Sent("POST", "/channels/1/messages", {"content": "hello", **body})


def answer(kind: int, interaction: int = 7, **data: Any) -> Sent:
    body = {"type": kind, "data": data} if data else {"type": kind}
    return Sent("POST", f"/interactions/{interaction}/secret/callback", body)


def row(*components: Part) -> Part:
    return {"type": 1, "components": list(components)}


def button(n: object = 1, **more: Any) -> Part:
    return {"type": 2, "style": 1, "label": "Yes", "custom_id": f"object:{n}", **more}


def link(**more: Any) -> Part:
    return {"type": 2, "style": 5, "label": "Read", "url": "https://example.org", **more}


def option(n: object = 1, **more: Any) -> Part:
    return {"label": f"Choice {n}", "value": str(n), **more}


def select(count: int = 2, **more: Any) -> Part:
    return {"type": 3, "custom_id": "choose", "options": [option(n) for n in range(count)], **more}


def text(content: str = "words") -> Part:
    return {"type": 10, "content": content}


def section(count: int = 1, **more: Any) -> Part:
    return {"type": 9, "components": [text() for _ in range(count)], "accessory": button(), **more}


def card(*components: Part, **more: Any) -> Sent:
    return Sent("POST", "/channels/1/messages", {"flags": IS_V2, "components": list(components), **more})


def field(component: Part | None = None, **more: Any) -> Part:
    return {"type": 18, "label": "Reason", "component": component or entry(), **more}


def entry(**more: Any) -> Part:
    return {"type": 4, "custom_id": "reason", "style": 2, **more}


def choices(kind: int, count: int) -> Part:
    return {"type": kind, "custom_id": "pick", "options": [option(n) for n in range(count)]}


def form(*components: Part, **more: Any) -> Sent:
    data = {
        "title": "Object",
        "custom_id": "state-objection:17:v1",
        "components": list(components or [field()]),
    }
    return answer(9, **{**data, **more})


def commands(*listed: Part) -> Sent:
    return Sent("PUT", "/applications/1/guilds/2/commands", list(listed))


def command(name: str = "propose", **more: Any) -> Part:
    return {"name": name, "description": "Propose something", "type": 1, **more}


def parameter(name: str = "title", **more: Any) -> Part:
    return {"name": name, "description": "Its title", "type": 3, **more}


def many_parameters(characters: int) -> list[Part]:
    described = [{"name": f"{n}" * 20, "value": "v" * 60} for n in range(10, 30)]
    return [parameter(f"p{n}", choices=described) for n in range(characters // 2000)]


def channel(**body: Any) -> Sent:
    return Sent("POST", "/guilds/1/channels", {"name": "decisions", "type": 0, **body})


def thread(**body: Any) -> Sent:
    return Sent("POST", "/channels/1/messages/2/threads", {"name": "Proposal 17", **body})


def event(**body: Any) -> Sent:
    starts = (NOW + timedelta(hours=1)).isoformat()
    return Sent("POST", "/guilds/1/scheduled-events", {"name": "Retro", "scheduled_start_time": starts, **body})


def hours(n: int) -> str:
    return (NOW + timedelta(hours=n)).isoformat()


# Each rule of one request: what is taken, and what is refused.
TABLE: dict[str, tuple[list[Sent], list[Sent]]] = {
    "custom-id": (
        [message(components=[row(button(custom_id="x" * 100))])],
        [message(components=[row(button(custom_id="x" * 101))])],
    ),
    "custom-id-twice": (
        [message(components=[row(button(1), button(2))])],
        [message(components=[row(button(1)), row(button(1))]), form(field(entry()), field(entry()))],
    ),
    "button-identity": (
        [message(components=[row(link(), button())])],
        [
            message(components=[row(link(custom_id="x"))]),
            message(components=[row(button(custom_id=None))]),
            message(components=[row(button(url="https://example.org"))]),
        ],
    ),
    "button-label": (
        [message(components=[row(button(label="x" * 80), button(2, label=None, emoji={"name": "✋"}))])],
        [message(components=[row(button(label="x" * 81))]), message(components=[row(button(label=""))])],
    ),
    "select-options": (
        [message(components=[row(select(25))])],
        [
            message(components=[row(select(26))]),
            message(components=[row(select(0))]),
            message(components=[row(select(options=[option(1), option(1)]))]),
            form(field(select(26))),
        ],
    ),
    "select-option-text": (
        [message(components=[row(select(options=[option(label="x" * 100, value="y" * 100)]))])],
        [
            message(components=[row(select(options=[option(label="x" * 101)]))]),
            message(components=[row(select(options=[option(value="")]))]),
            message(components=[row(select(options=[option(value="x" * 101)]))]),
            message(components=[row(select(options=[option(description="x" * 101)]))]),
        ],
    ),
    "select-range": (
        [message(components=[row(select(min_values=0, max_values=2))])],
        [message(components=[row(select(min_values=2))])],
    ),
    "select-placeholder": (
        [message(components=[row(select(placeholder="x" * 150))])],
        [message(components=[row(select(placeholder="x" * 151))])],
    ),
    "v2-alone": (
        [card(text())],
        [card(text(), content="beside"), card(text(), embeds=[{"title": "beside"}])],
    ),
    "v2-count": (
        [card({"type": 17, "components": [text() for _ in range(39)]})],
        [card({"type": 17, "components": [text() for _ in range(40)]})],
    ),
    "v2-text": (
        [card(text("x" * 2000), text("x" * 2000))],
        [card(text("x" * 4000), text("x")), card(text(""))],
    ),
    "v2-section": ([card(section(3))], [card(section(4)), card(section(0)), card(section(accessory=None))]),
    "v2-flag": ([card(text())], [message(components=[text()])]),
    "row-count": (
        [message(components=[row(button(n)) for n in range(5)])],
        [message(components=[row(button(n)) for n in range(6)])],
    ),
    "row-content": (
        [message(components=[row(*(button(n) for n in range(5))), row(select())])],
        [
            message(components=[row(*(button(n) for n in range(6)))]),
            message(components=[row(button(), select())]),
            message(components=[row()]),
        ],
    ),
    "content": (
        [message(content="x" * 2000)],
        [
            message(content="x" * 2001),
            answer(4, content="x" * 2001),
            Sent("PATCH", "/channels/1/messages/2", {"content": "x" * 2001}),
            Sent("PATCH", "/webhooks/1/secret/messages/@original", {"content": "x" * 2001}),
        ],
    ),
    "empty-message": (
        [
            message(content="", embeds=[{"title": "Card"}]),
            Sent("PATCH", "/channels/1/messages/2", {"content": ""}),
        ],
        [message(content=""), answer(4, flags=64), Sent("POST", "/webhooks/1/secret", {"content": ""})],
    ),
    "nonce": ([message(nonce="x" * 25)], [message(nonce="x" * 26)]),
    "embed-part": (
        [message(embeds=[{"title": "x" * 256, "fields": [{"name": "a", "value": "b"}] * 25}])],
        [
            message(embeds=[{"title": "x" * 257}]),
            message(embeds=[{"description": "x" * 4097}]),
            message(embeds=[{"footer": {"text": "x" * 2049}}]),
            message(embeds=[{"author": {"name": "x" * 257}}]),
            message(embeds=[{"fields": [{"name": "a", "value": "x" * 1025}]}]),
            message(embeds=[{"fields": [{"name": "x" * 257, "value": "b"}]}]),
            message(embeds=[{"fields": [{"name": " ", "value": "b"}]}]),
            message(embeds=[{"fields": [{"name": "a", "value": "b"}] * 26}]),
        ],
    ),
    "embed-total": (
        [message(embeds=[{"description": "x" * 3000}] * 2)],
        [
            message(embeds=[{"description": "x" * 3000}] * 2 + [{"title": "x"}]),
            message(embeds=[{"title": "x"}] * 11),
        ],
    ),
    "attachments": ([message(attachments=[{"id": 0}] * 10)], [message(attachments=[{"id": 0}] * 11)]),
    "poll": (
        [message(poll={"question": {"text": "x" * 300}, "answers": [{"poll_media": {"text": "x" * 55}}] * 10})],
        [
            message(poll={"question": {"text": "When?"}, "answers": []}),
            message(poll={"question": {"text": "When?"}, "answers": [{"poll_media": {"text": "x"}}] * 11}),
            message(poll={"question": {"text": "When?"}, "answers": [{"poll_media": {"text": "x" * 56}}]}),
            message(poll={"question": {"text": "x" * 301}, "answers": [{"poll_media": {"text": "x"}}]}),
        ],
    ),
    "modal-title": ([form(title="x" * 45)], [form(title="x" * 46), form(title="")]),
    "modal-components": (
        [form(*(field(entry(custom_id=str(n))) for n in range(5)))],
        [
            form(*(field(entry(custom_id=str(n))) for n in range(6))),
            form(components=[]),
            form(custom_id="x" * 101),
        ],
    ),
    "modal-label": (
        [form(field(label="x" * 45, description="x" * 100))],
        [form(field(label="x" * 46)), form(field(label="")), form(field(description="x" * 101))],
    ),
    "modal-input": (
        [form(field(entry(max_length=4000, value="x" * 4000)))],
        [
            form(field(entry(max_length=4001))),
            form(field(entry(max_length=5, value="x" * 6))),
            form(field(entry(min_length=6, max_length=5))),
            form(field(entry(placeholder="x" * 101))),
        ],
    ),
    "modal-choices": (
        [form(field(choices(21, 2))), form(field(choices(22, 1))), form(field(choices(21, 10)))],
        [form(field(choices(21, 1))), form(field(choices(21, 11))), form(field(choices(22, 11)))],
    ),
    "suggestions": (
        [answer(8, choices=[{"name": "x" * 100, "value": "1"}] * 25)],
        [
            answer(8, choices=[{"name": "x", "value": "1"}] * 26),
            answer(8, choices=[{"name": "x" * 101, "value": "1"}]),
        ],
    ),
    "name": (
        [thread(name="x" * 100), Sent("PATCH", "/channels/1", {"archived": True})],
        [
            thread(name="x" * 101),
            thread(name=""),
            channel(name="x" * 101),
            event(name="x" * 101),
            Sent("POST", "/guilds/1/roles", {"name": "x" * 101}),
            Sent("PATCH", "/channels/1", {"name": "x" * 101}),
        ],
    ),
    "channel-name": (
        [channel(name="süd-küche"), channel(name="All Hands", type=2), channel(name="A Group", type=4)],
        [channel(name="Decisions"), channel(name="our decisions")],
    ),
    "topic": (
        [channel(topic="x" * 1024), channel(topic="x" * 4096, type=15)],
        [channel(topic="x" * 1025), Sent("PATCH", "/channels/1", {"topic": "x" * 1025})],
    ),
    "tags": (
        [channel(type=15, available_tags=[{"name": "x" * 20}] * 20), thread(applied_tags=["1"] * 5)],
        [
            channel(type=15, available_tags=[{"name": "x"}] * 21),
            channel(type=15, available_tags=[{"name": "x" * 21}]),
            thread(applied_tags=["1"] * 6),
        ],
    ),
    "event-past": (
        [
            event(),
            event(scheduled_end_time=hours(2)),
            Sent("PATCH", "/guilds/1/scheduled-events/2", {"status": 2}),
        ],
        [
            event(scheduled_start_time=hours(-1)),
            event(scheduled_start_time=hours(0)),
            event(scheduled_end_time=hours(1)),
        ],
    ),
    "event-text": ([event(description="x" * 1000)], [event(description="x" * 1001)]),
    "reason": (
        [Sent("DELETE", "/channels/1", None, "x" * 512)],
        [Sent("DELETE", "/channels/1", None, "x" * 513)],
    ),
    "command-count": (
        [commands(*(command(f"c{n}") for n in range(100)), {"name": "Object", "type": 3})],
        [commands(*(command(f"c{n}") for n in range(101))), commands(command(), command())],
    ),
    "command-name": (
        [commands(command("x" * 32)), commands(command("état"))],
        [
            commands(command("x" * 33)),
            commands(command("Propose")),
            commands(command("two words")),
            commands(command(options=[parameter("Title")])),
        ],
    ),
    "command-description": (
        [commands(command(description="x" * 100))],
        [
            commands(command(description="")),
            commands(command(description="x" * 101)),
            commands(command(options=[parameter(description="")])),
        ],
    ),
    "command-size": (
        [commands(command(options=many_parameters(6000)))],
        [commands(command(options=many_parameters(10000)))],
    ),
    "command-options": (
        [commands(command(options=[parameter(required=True), parameter("why"), *map(parameter, "abcdefghijk")]))],
        [
            commands(command(options=[parameter(f"p{n}") for n in range(26)])),
            commands(command(options=[parameter(), parameter()])),
            commands(command(options=[parameter(), parameter("why", required=True)])),
        ],
    ),
    "command-choices": (
        [commands(command(options=[parameter(choices=[{"name": "a", "value": "a"}] * 25)]))],
        [
            commands(command(options=[parameter(choices=[{"name": "a", "value": "a"}] * 26)])),
            commands(command(options=[parameter(choices=[{"name": "a", "value": "a"}], autocomplete=True)])),
        ],
    ),
}
# The smallest of everything is taken as well.
SMALLEST = [
    message(components=[row(select(options=[option(label="x", value="y")]))]),
    message(poll={"question": {"text": "?"}, "answers": [{"poll_media": {"text": "x"}}]}),
    card(section(1)),
    answer(8, choices=[{"name": "x", "value": "1"}]),
    form(field(entry(max_length=1), label="x", description="x"), title="x", custom_id="x"),
    channel(name="x", type=15, available_tags=[{"name": "x"}]),
    commands(command("x", description="x"), command("y", type=2, description="")),
    commands(command(options=[parameter("later", type=1), parameter("now", type=1, required=True)])),
]
OF_A_LOG = {"callback-kind", "callback-twice", "callback-unseen", "reactions"}  # tested further down


def rules_broken(request: Sent) -> set[str]:
    return {rule for rule, _detail in unwritten(request, NOW)}


def test_every_rule_is_in_a_table() -> None:
    assert TABLE.keys() | OF_A_LOG == RULES.keys()


@pytest.mark.parametrize("request_", SMALLEST)
def test_the_smallest_is_taken(request_: Sent) -> None:
    assert rules_broken(request_) == set()


def test_a_command_of_exactly_the_largest_size_is_taken() -> None:
    own = len("propose" + "Propose something") + len("title" + "Its title")
    for spare, broken in ((0, set()), (1, {"command-size"})):
        value = {"name": "x" * (8000 - own + spare), "value": ""}
        assert rules_broken(commands(command(options=[parameter(choices=[value])]))) == broken


@pytest.mark.parametrize("request_", [pytest.param(good, id=rule) for rule in TABLE for good in TABLE[rule][0]])
def test_what_discord_takes_is_taken(request_: Sent) -> None:
    assert rules_broken(request_) == set()


@pytest.mark.parametrize(
    ("rule", "request_"), [pytest.param(rule, bad, id=rule) for rule in TABLE for bad in TABLE[rule][1]]
)
def test_what_discord_refuses_is_named(rule: str, request_: Sent) -> None:
    assert rule in rules_broken(request_)


def test_the_versioned_path_is_checked_like_the_plain_one() -> None:
    assert rules_broken(Sent("POST", "/api/v10/channels/1/messages?wait=1", {"content": "x" * 2001})) == {"content"}


# ---- rules over a whole log ----------------------------------------------------------------------

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5


@pytest.mark.parametrize(
    ("asked", "answered", "taken"),
    [
        (COMMAND, 9, True),
        (COMPONENT, 9, True),
        (SUBMIT, 9, False),
        (AUTOCOMPLETE, 9, False),
        (COMMAND, 4, True),
        (SUBMIT, 4, True),
        (SUBMIT, 5, True),
        (COMPONENT, 6, True),
        (COMMAND, 6, False),
        (COMMAND, 7, False),
        (AUTOCOMPLETE, 8, True),
        (AUTOCOMPLETE, 4, False),
    ],
)
def test_an_interaction_is_answered_as_its_type_allows(asked: int, answered: int, taken: bool) -> None:
    bodies: dict[int, Part] = {4: {"content": "hello"}, 7: {"content": "hello"}, 8: {"choices": []}}
    sent = form() if answered == 9 else answer(answered, **bodies.get(answered, {}))
    log = wire.WireLog()
    log.saw_interaction(7, "secret", asked)
    found = log.problems([sent])
    assert [RULES["callback-kind"] in each for each in found] == ([] if taken else [True])


def test_a_form_to_an_interaction_that_nobody_saw_is_reported() -> None:
    assert [RULES["callback-unseen"] in each for each in wire.WireLog().problems([form()])] == [True]


def test_a_second_answer_is_reported() -> None:
    log = wire.WireLog()
    assert log.problems([answer(5), answer(5, interaction=8)]) == []
    assert [RULES["callback-twice"] in each for each in log.problems([answer(5), answer(5)])] == [True]


def reactions(count: int) -> list[Sent]:
    return [Sent("PUT", f"/channels/1/messages/2/reactions/e{n}/@me") for n in range(count)]


@pytest.mark.parametrize(
    ("requests", "refused"),
    [
        (reactions(20), 0),
        (reactions(21), 1),
        ([*reactions(20), *reactions(20)], 0),
        ([*reactions(20), Sent("DELETE", "/channels/1/messages/2/reactions/e3/@me"), reactions(21)[-1]], 0),
        ([*reactions(20), Sent("DELETE", "/channels/1/messages/2/reactions/e3/99"), reactions(21)[-1]], 1),
        ([*reactions(20), Sent("DELETE", "/channels/1/messages/2/reactions"), reactions(21)[-1]], 0),
    ],
)
def test_twenty_reactions_fit_on_a_message(requests: list[Sent], refused: int) -> None:
    assert len(wire.WireLog().problems(requests)) == refused


def test_an_event_is_judged_by_the_clock_of_its_own_moment() -> None:
    soon: Part = {"privacy_level": 2, "entity_type": 3, "entity_metadata": {"location": "#retros"}}
    requests = [event(**soon), event(**soon)]
    log = wire.WireLog()
    log.saw_time(NOW, sent=0)
    assert log.problems(requests) == []
    log.saw_time(NOW + timedelta(days=1), sent=1)
    assert [RULES["event-past"] in each for each in log.problems(requests)] == [True]


def test_a_renamed_text_channel_keeps_to_discords_spelling() -> None:
    log = wire.WireLog(is_text_channel=lambda each: each == 1)
    assert log.problems([Sent("PATCH", "/channels/2", {"name": "Our Retros"})]) == []
    assert len(log.problems([Sent("PATCH", "/channels/1", {"name": "Our Retros"})])) == 1


# ---- Discord's own description -------------------------------------------------------------------


@pytest.mark.parametrize("named", [None, "no-such-file.json"])
def test_without_the_description_only_our_rules_speak(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    monkeypatch.delenv("DISCORD_OPENAPI", raising=False)
    if named:
        monkeypatch.setenv("DISCORD_OPENAPI", named)
    assert not wire.available()
    assert wire.described(Sent("POST", "/no/such/route", {})) == []
    assert len(wire.WireLog().problems([message(content="x" * 2001)])) == 1


@needs_description
@pytest.mark.parametrize(
    "request_",
    [
        message(components=[row(button(), link())], allowed_mentions={"parse": []}),
        message(message_reference={"message_id": 12, "channel_id": "1"}),
        card({"type": 17, "components": [section(), text(), row(select())]}),
        form(field(entry()), field(choices(21, 3))),
        answer(5, flags=64),
        answer(4, content="Done", flags=64),
        channel(permission_overwrites=[{"id": 1, "type": 0, "allow": "1024", "deny": "0"}]),
        thread(auto_archive_duration=10080),
        commands(command(options=[parameter(required=True)])),
        Sent("PUT", "/channels/1/messages/2/reactions/%E2%9C%8B/@me"),
        Sent("GET", "/gateway"),
    ],
)
def test_the_description_takes_what_discord_takes(request_: Sent) -> None:
    assert wire.described(request_) == []


@needs_description
@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Sent("POST", "/channels/1/mesages", {"content": "x"}), "no such route"),
        (Sent("DELETE", "/gateway"), "no such route"),
        (message(content=7), "$.content"),
        (message(flags="many"), "$.flags"),
        (message(message_reference={"message_id": "twelve"}), "$.message_reference"),
        (message(components=[row(button(label="x" * 81))]), "$.components"),
        (form(title="x" * 46), "$"),
        (channel(type=1), "$.type"),
        (thread(auto_archive_duration=5), "$.auto_archive_duration"),
        (commands(command(options=[parameter(type=99)])), "$[0]"),
        (event(), "$"),
    ],
)
def test_the_description_refuses_and_says_where(request_: Sent, said: str) -> None:
    assert any(said in problem for problem in wire.described(request_))
