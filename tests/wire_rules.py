"""Discord's limits that its API description leaves out or states too widely, as rules over one request."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

RULES = {
    "custom-id": "a custom_id has 1 to 100 characters",
    "custom-id-twice": "a custom_id stands once in a message or form",
    "button-identity": "a button has either a custom_id, a url or a sku",
    "button-label": "a button has a label of at most 80 characters, or an emoji",
    "select-options": "a select has 1 to 25 options with different values",
    "select-option-text": "an option's label and value have 1 to 100 characters, its description at most 100",
    "select-range": "a select asks for no more choices than it allows",
    "select-placeholder": "a select's placeholder has at most 150 characters",
    "v2-alone": "a message of v2 components has no content, embeds or poll",
    "v2-count": "a v2 message has at most 40 components, nested ones counted",
    "v2-text": "a v2 message has at most 4000 characters of text, and no empty text",
    "v2-section": "a section has 1 to 3 texts and an accessory",
    "v2-flag": "components other than rows need the v2 flag",
    "row-count": "a message has at most 5 rows",
    "row-content": "a row holds up to 5 buttons or a single select",
    "content": "a message has at most 2000 characters",
    "empty-message": "a message has something in it",
    "nonce": "a nonce has at most 25 characters",
    "embed-part": "an embed keeps within the limits of its parts",
    "embed-total": "a message has at most 10 embeds and 6000 characters over all of them",
    "attachments": "a message has at most 10 attachments",
    "poll": "a poll has a question of at most 300 characters and 1 to 10 answers of at most 55",
    "modal-title": "a form's title has 1 to 45 characters",
    "modal-components": "a form has 1 to 5 components and a custom_id",
    "modal-label": "a form's label has 1 to 45 characters and at most 100 of description",
    "modal-input": "a text field takes at most 4000 characters and starts within its own limits",
    "modal-choices": "radio buttons are 2 to 10, tick boxes 1 to 10",
    "callback-kind": "an interaction is answered in a way that its type allows",
    "callback-twice": "an interaction is answered once",
    "callback-unseen": "a form answers an interaction that the journey has seen",
    "suggestions": "at most 25 suggestions, with names of 1 to 100 characters",
    "name": "a channel, thread, role or event has a name of 1 to 100 characters",
    "channel-name": "a text channel's name is in lower case and without spaces",
    "topic": "a channel's topic has at most 1024 characters",
    "tags": "a forum has at most 20 tags with names of 1 to 20 characters; a post carries at most 5",
    "event-past": "a scheduled event starts in the future and ends after its start",
    "event-text": "an event's description has at most 1000 characters",
    "reason": "a reason for the audit log has at most 512 characters",
    "reactions": "a message carries at most 20 different reactions",
    "command-count": "at most 100 slash commands, each name once",
    "command-name": "a command's or option's name has 1 to 32 lower-case characters",
    "command-description": "a command's or option's description has 1 to 100 characters",
    "command-size": "a command with all its options has at most 8000 characters",
    "command-options": "at most 25 options, their names different, the required ones first",
    "command-choices": "at most 25 choices, and not together with suggestions",
}

Json = Any  # a request's body as it came off the wire
Found = Iterator[tuple[str, str]]  # the key of a rule, and what broke it

IS_V2 = 1 << 15
ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT, LABEL, RADIO, CHECKBOXES = (
    1,
    2,
    3,
    4,
    9,
    10,
    18,
    21,
    22,
)
SELECTS = (3, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6
REPLY, DEFER, DEFER_EDIT, EDIT, SUGGEST, MODAL = 4, 5, 6, 7, 8, 9
TEXT_CHANNELS, FORUMS = (0, 5), (15, 16)
COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
CALLBACK = re.compile(r"/interactions/(\d+)/[^/]+/callback")


class Request(Protocol):
    """One request as it went out; SimCord's log entries have this shape."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def json(self) -> Json: ...
    @property
    def reason(self) -> str | None: ...


def unwritten(request: Request, now: datetime | None = None) -> Found:
    """Which RULES one request breaks by itself; `now` is needed for scheduled events."""
    if len(request.reason or "") > 512:
        yield "reason", f"{len(request.reason or '')} characters"
    path, body = plain_path(request.path), request.json
    if re.fullmatch(r"/applications/\d+(/guilds/\d+)?/commands", path) and request.method == "PUT":
        yield from _commands(body or [])
    if not isinstance(body, dict):
        return
    if CALLBACK.fullmatch(path):
        yield from _callback(body)
    elif re.fullmatch(r"/channels/\d+/messages(/\d+)?|/webhooks/.*", path):
        yield from _message(body, new=request.method == "POST")
    elif re.fullmatch(r"/guilds/\d+/scheduled-events(/\d+)?", path):
        yield from _event(body, now)
    elif re.fullmatch(r"/guilds/\d+/roles(/\d+)?", path):
        yield from _name(body)
    elif re.fullmatch(r"/guilds/\d+/channels|/channels/\d+|/channels/\d+(/messages/\d+)?/threads", path):
        yield from _channel(body)
        if path.startswith("/guilds/") and (body.get("type") or 0) in TEXT_CHANNELS:
            yield from text_channel_name(body)
        if "message" in body:
            yield from _message(fields_of(body["message"]), new=True)


def plain_path(path: str) -> str:
    """A request's path without the API's version or a query."""
    return re.sub(r"^/api(/v\d+)?", "", path).split("?")[0]


# ---- messages ------------------------------------------------------------------------------------


def _message(body: dict[str, Json], *, new: bool) -> Found:
    filling = ("content", "embeds", "components", "attachments", "poll", "sticker_ids", "message_reference")
    if new and not any(body.get(key) for key in filling):
        yield "empty-message", "nothing to show"
    yield from _over("content", body.get("content"), 2000)
    yield from _over("nonce", str(body.get("nonce") or ""), 25)
    if len(body.get("attachments") or ()) > 10:
        yield "attachments", str(len(body["attachments"]))
    yield from _embeds(body.get("embeds") or [])
    if body.get("poll"):
        yield from _poll(body["poll"])
    components = body.get("components") or []
    yield from _components(list(_walk(components)))
    if (body.get("flags") or 0) & IS_V2:
        yield from _v2(body, list(_walk(components)))
    else:
        yield from _rows(components)


def _embeds(embeds: list[dict[str, Json]]) -> Found:
    total = 0
    for embed in embeds:
        footer, author = (
            fields_of(embed.get("footer")).get("text"),
            fields_of(embed.get("author")).get("name"),
        )
        fields = embed.get("fields") or []
        if len(fields) > 25:
            yield "embed-part", f"{len(fields)} fields, over 25"
        parts = [("title", embed.get("title"), 256), ("description", embed.get("description"), 4096)]
        parts += [("footer", footer, 2048), ("author", author, 256)]
        for each in fields:
            parts += [("field name", each.get("name"), 256), ("field value", each.get("value"), 1024)]
            if not str(each.get("name") or "").strip() or not str(each.get("value") or "").strip():
                yield "embed-part", "a field without name or value"
        for part, text, limit in parts:
            total += len(text or "")
            if len(text or "") > limit:
                yield "embed-part", f"{part} of {len(text or '')} characters, over {limit}"
    if len(embeds) > 10 or total > 6000:
        yield "embed-total", f"{len(embeds)} embeds, {total} characters"


def _poll(poll: dict[str, Json]) -> Found:
    question = fields_of(poll.get("question")).get("text") or ""
    answers = [fields_of(each.get("poll_media")).get("text") or "" for each in poll.get("answers") or []]
    if not 1 <= len(question) <= 300 or not 1 <= len(answers) <= 10 or any(len(each) > 55 for each in answers):
        yield "poll", f"{len(question)} characters of question, {len(answers)} answers"


def _v2(body: dict[str, Json], components: list[dict[str, Json]]) -> Found:
    beside = [key for key in ("content", "embeds", "poll") if body.get(key)]
    if beside:
        yield "v2-alone", ", ".join(beside)
    if len(components) > 40:
        yield "v2-count", str(len(components))
    texts = [each.get("content") or "" for each in components if each.get("type") == TEXT]
    if sum(map(len, texts)) > 4000 or "" in texts:
        yield "v2-text", f"{sum(map(len, texts))} characters in {len(texts)} texts"
    for each in components:
        if each.get("type") == SECTION:
            inside = len(each.get("components") or [])
            if not 1 <= inside <= 3 or not each.get("accessory"):
                yield "v2-section", f"{inside} texts"


def _rows(rows: list[dict[str, Json]]) -> Found:
    if any(row.get("type") != ROW for row in rows):
        yield "v2-flag", str(sorted({row.get("type", 0) for row in rows}))
    if len(rows) > 5:
        yield "row-count", str(len(rows))


def _components(components: list[dict[str, Json]]) -> Found:
    ids = [each["custom_id"] for each in components if each.get("custom_id") is not None]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        yield "custom-id-twice", ", ".join(twice)
    for each in ids:
        if not 1 <= len(each) <= 100:
            yield "custom-id", f"{len(each)} characters"
    for each in components:
        kind = each.get("type")
        if kind == ROW:
            inside = [child.get("type") for child in each.get("components") or []]
            if not 1 <= len(inside) <= 5 or (len(inside) > 1 and set(inside) != {BUTTON}):
                yield "row-content", f"types {inside}"
        elif kind == BUTTON:
            yield from _button(each)
        elif kind in SELECTS:
            yield from _select(each)


def _button(button: dict[str, Json]) -> Found:
    identity = {LINK: "url", PREMIUM: "sku_id"}.get(button.get("style") or 0, "custom_id")
    present = [key for key in ("custom_id", "url", "sku_id") if button.get(key)]
    if present != [identity]:
        yield "button-identity", f"style {button.get('style')} with {present}"
    label = button.get("label") or ""
    if len(label) > 80 or not (label or button.get("emoji") or identity == "sku_id"):
        yield "button-label", f"{len(label)} characters"


def _select(select: dict[str, Json]) -> Found:
    yield from _over("select-placeholder", select.get("placeholder"), 150)
    least, most = select.get("min_values"), select.get("max_values")
    if (1 if least is None else least) > (1 if most is None else most):
        yield "select-range", f"{least} to {most}"
    if select.get("type") == STRING_SELECT:
        yield from _options(select, 1, 25, "select-options")


def _options(parent: dict[str, Json], least: int, most: int, rule: str) -> Found:
    options = parent.get("options") or []
    values = {option.get("value") for option in options}
    if not least <= len(options) <= most or len(values) < len(options):
        yield rule, f"{len(options)} options, {len(values)} different"
    for option in options:
        label, value, more = (option.get(key) or "" for key in ("label", "value", "description"))
        if not 1 <= len(label) <= 100 or not 1 <= len(value) <= 100 or len(more) > 100:
            yield "select-option-text", repr(label[:40])


# ---- answers to interactions ---------------------------------------------------------------------


def _callback(body: dict[str, Json]) -> Found:
    kind, data = body.get("type"), fields_of(body.get("data"))
    if kind in (REPLY, EDIT):
        yield from _message(data, new=kind == REPLY)
    elif kind == SUGGEST:
        names = [choice.get("name") or "" for choice in data.get("choices") or []]
        if len(names) > 25 or any(not 1 <= len(name) <= 100 for name in names):
            yield "suggestions", f"{len(names)} of them"
    elif kind == MODAL:
        yield from _modal(data)


def _modal(form: dict[str, Json]) -> Found:
    if not 1 <= len(form.get("title") or "") <= 45:
        yield "modal-title", f"{len(form.get('title') or '')} characters"
    top = form.get("components") or []
    if not 1 <= len(top) <= 5 or not 1 <= len(form.get("custom_id") or "") <= 100:
        yield "modal-components", f"{len(top)} components, custom_id {str(form.get('custom_id'))[:40]!r}"
    inside = list(_walk(top))
    yield from _components(inside)
    for each in inside:
        kind = each.get("type")
        if kind == TEXT_INPUT:
            yield from _text_input(each)
        elif kind == LABEL:
            label, more = each.get("label") or "", each.get("description") or ""
            if not 1 <= len(label) <= 45 or len(more) > 100:
                yield "modal-label", f"{len(label)} characters, {len(more)} of description"
        elif kind in (RADIO, CHECKBOXES):
            yield from _options(each, 2 if kind == RADIO else 1, 10, "modal-choices")


def _text_input(text: dict[str, Json]) -> Found:
    most = 4000 if text.get("max_length") is None else text["max_length"]
    least, start = text.get("min_length") or 0, text.get("value") or ""
    if not 1 <= most <= 4000 or least > most or len(start) > most or len(text.get("placeholder") or "") > 100:
        yield "modal-input", f"{least} to {most}, starting with {len(start)} characters"


# ---- channels, events, reactions -----------------------------------------------------------------


def _channel(body: dict[str, Json]) -> Found:
    yield from _name(body)
    if (body.get("type") or 0) not in FORUMS:
        yield from _over("topic", body.get("topic"), 1024)
    names = [tag.get("name") or "" for tag in body.get("available_tags") or []]
    applied = len(body.get("applied_tags") or [])
    if len(names) > 20 or any(not 1 <= len(name) <= 20 for name in names) or applied > 5:
        yield "tags", f"{len(names)} offered, {applied} applied"


def text_channel_name(body: dict[str, Json]) -> Found:
    """Discord would change such a name silently, and the bot would not find it again."""
    name = body.get("name") or ""
    if name != name.lower() or re.search(r"\s", name):
        yield "channel-name", repr(name)


def _event(body: dict[str, Json], now: datetime | None) -> Found:
    yield from _name(body)
    yield from _over("event-text", body.get("description"), 1000)
    starts, ends = (_instant(body.get(f"scheduled_{end}_time")) for end in ("start", "end"))
    if (starts and now and starts <= now) or (starts and ends and ends <= starts):
        yield "event-past", f"{starts} to {ends}, sent at {now}"


# ---- commands ------------------------------------------------------------------------------------


def _commands(commands: list[dict[str, Json]]) -> Found:
    slash = [each for each in commands if (each.get("type") or 1) == 1]
    names = [((each.get("type") or 1), each.get("name")) for each in commands]
    if len(slash) > 100 or len(set(names)) < len(names):
        yield "command-count", f"{len(slash)} commands, {len(names) - len(set(names))} names twice"
    for each in slash:
        yield from _command(each)
        size = _size(each)
        if size > 8000:
            yield "command-size", f"/{each.get('name')} has {size}"


def _command(command: dict[str, Json]) -> Found:
    name, description = command.get("name") or "", command.get("description") or ""
    if not COMMAND_NAME.fullmatch(name) or name != name.lower():
        yield "command-name", repr(name)
    if not 1 <= len(description) <= 100:
        yield "command-description", f"{name}: {len(description)} characters"
    options, choices = command.get("options") or [], command.get("choices") or []
    if len(choices) > 25 or (choices and command.get("autocomplete")):
        yield "command-choices", f"{name}: {len(choices)} choices"
    names = [option.get("name") for option in options]
    optional = [not option.get("required") for option in options if option.get("type") not in (1, 2)]
    if len(options) > 25 or len(set(names)) < len(names) or optional != sorted(optional):
        yield "command-options", f"{name}: {names}"
    for option in options:
        yield from _command(option)


def _size(command: dict[str, Json]) -> int:
    own = len(command.get("name") or "") + len(command.get("description") or "")
    own += sum(len(str(each.get("name"))) + len(str(each.get("value"))) for each in command.get("choices") or [])
    return own + sum(_size(option) for option in command.get("options") or [])


# ---- small things --------------------------------------------------------------------------------


def _walk(components: list[dict[str, Json]]) -> Iterator[dict[str, Json]]:
    for each in components:
        yield each
        nested = [*(each.get("components") or []), each.get("accessory"), each.get("component")]
        yield from _walk([child for child in nested if child])


def _over(rule: str, text: str | None, limit: int) -> Found:
    if len(text or "") > limit:
        yield rule, f"{len(text or '')} characters"


def _name(body: dict[str, Json]) -> Found:
    if "name" in body and not 1 <= len(body["name"] or "") <= 100:
        yield "name", f"{len(body['name'] or '')} characters"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def fields_of(value: Json) -> dict[str, Json]:
    """A body's or part's fields; none when it has none."""
    return value if isinstance(value, dict) else {}
