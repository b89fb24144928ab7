"""What Discord would have refused, found in the log of requests that the bot sent.

The simulated Discord is more lenient than the real one, so every journey hands its log to a `WireLog`.
Each request is held against two things: Discord's own API description, when the environment variable
DISCORD_OPENAPI names it, and the rules in `wire_rules.py`.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator, TypeChecker
from jsonschema.exceptions import best_match
from jsonschema.validators import extend

from tests.wire_rules import (
    CALLBACK,
    DEFER,
    DEFER_EDIT,
    EDIT,
    MODAL,
    REPLY,
    RULES,
    SUGGEST,
    Found,
    Json,
    Request,
    fields_of,
    plain_path,
    text_channel_name,
    unwritten,
)

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
ANSWERS = {
    COMMAND: {REPLY, DEFER, MODAL},
    COMPONENT: {REPLY, DEFER, DEFER_EDIT, EDIT, MODAL},
    AUTOCOMPLETE: {SUGGEST},
    MODAL_SUBMIT: {REPLY, DEFER, DEFER_EDIT, EDIT},  # and never with another form
}
REACTION = re.compile(r"/channels/(\d+)/messages/(\d+)/reactions(?:/([^/]+)(?:/([^/]+))?)?")


def _unknown(_channel: int) -> bool:
    return False


@dataclass
class WireLog:
    """A journey's memory of what single requests do not show: interactions, the time, reactions."""

    is_text_channel: Callable[[int], bool] = _unknown
    answers_fail: bool = False
    """Whether the test makes answers fail: only then may one be tried again."""
    _interactions: dict[int, int] = field(default_factory=dict)
    _times: list[tuple[int, datetime]] = field(default_factory=list)

    def saw_interaction(self, id: int | str, token: str, type: int) -> None:
        """Remember what kind of interaction reached the bot, so that its answer can be judged."""
        self._interactions[int(id)] = int(type)

    def saw_time(self, now: datetime, sent: int) -> None:
        """Remember that the clock showed `now` when `sent` requests had gone out."""
        self._times.append((sent, now))

    def problems(self, requests: Iterable[Request]) -> list[str]:
        """Everything that Discord would have refused, in order; give the journey's whole log."""
        log = list(requests)
        found: list[str] = []
        for index, request in enumerate(log):
            found += (_line(request, problem) for problem in described(request))
            broken = [*unwritten(request, self._time_of(index)), *self._channel_names(request)]
            found += (_line(request, f"{RULES[rule]} ({detail})") for rule, detail in broken)
        over = [*self._answers(log), *_reactions(log)]
        return found + [_line(request, f"{RULES[rule]} ({detail})") for request, rule, detail in over]

    def _time_of(self, index: int) -> datetime | None:
        return max((now for sent, now in self._times if sent <= index), default=None)

    def _channel_names(self, request: Request) -> Found:
        edited = re.fullmatch(r"/channels/(\d+)", plain_path(request.path))
        if edited and request.method == "PATCH" and self.is_text_channel(int(edited[1])):
            yield from text_channel_name(fields_of(request.json))

    def _answers(self, log: Sequence[Request]) -> Iterator[tuple[Request, str, str]]:
        answered: set[int] = set()
        for request in log:
            callback = CALLBACK.fullmatch(plain_path(request.path))
            if not callback:
                continue
            interaction, kind = int(callback[1]), fields_of(request.json).get("type")
            asked = self._interactions.get(interaction)
            if asked is None and kind == MODAL:
                yield request, "callback-unseen", f"interaction {interaction}"
            if asked in ANSWERS and kind not in ANSWERS[asked]:
                yield request, "callback-kind", f"callback {kind} to interaction type {asked}"
            if interaction in answered and not self.answers_fail:
                yield request, "callback-twice", f"interaction {interaction}"
            answered.add(interaction)


def available() -> bool:
    """Whether Discord's API description is at hand; without it only RULES are checked."""
    return _description_file() is not None


def described(request: Request) -> list[str]:
    """What Discord's API description has against a request; nothing when it is not at hand."""
    source = _description_file()
    if source is None:
        return []
    path = plain_path(request.path)
    for method, pattern, validator in _operations(source):
        if method == request.method.upper() and pattern.fullmatch(path):
            if validator is None or request.json is None:
                return []
            leaves = (best_match([error]) for error in validator.iter_errors(request.json))
            return [f"{leaf.json_path}: {leaf.message[:200]}" for leaf in leaves if leaf]
    return ["Discord has no such route"]


def _reactions(log: Sequence[Request]) -> Iterator[tuple[Request, str, str]]:
    standing: dict[tuple[str, str], set[str]] = {}
    for request in log:
        match = REACTION.fullmatch(plain_path(request.path))
        if not match:
            continue
        channel, message, emoji, whose = match.groups()
        emojis = standing.setdefault((channel, message), set())
        if request.method == "PUT":
            emojis.add(emoji)
            if len(emojis) > 20:
                yield request, "reactions", f"{len(emojis)} by the bot alone"
        elif request.method == "DELETE" and emoji is None:
            emojis.clear()
        elif request.method == "DELETE" and whose in (None, "@me"):
            emojis.discard(emoji)


# ---- Discord's own description -------------------------------------------------------------------


def _description_file() -> Path | None:
    named = os.environ.get("DISCORD_OPENAPI")
    return Path(named) if named and Path(named).is_file() else None


@cache
def _operations(source: Path) -> list[tuple[str, re.Pattern[str], Draft202012Validator | None]]:
    """Every operation as method, path and what its body must look like; literal paths before variable ones.

    Discord is more lenient than its description: unions overlap, and numbers may come as text.
    """
    description = _lenient(json.loads(source.read_text()))
    schemas = {"components": description["components"]}
    schemas["components"]["schemas"]["SnowflakeType"]["type"] = ["string", "integer"]
    checker = _numbers_as_text(Draft202012Validator.TYPE_CHECKER)
    validate = extend(Draft202012Validator, type_checker=checker)  # type: ignore[no-untyped-call]
    operations = []
    for path in sorted(description["paths"], key=lambda each: each.count("{")):
        pattern = re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(path)))
        for method, operation in description["paths"][path].items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            body = validate({**content["schema"], **schemas}) if content else None
            operations.append((method.upper(), pattern, body))
    return operations


def _lenient(node: Json) -> Json:
    if isinstance(node, dict):
        return {"anyOf" if key == "oneOf" else key: _lenient(value) for key, value in node.items()}
    return [_lenient(value) for value in node] if isinstance(node, list) else node


def _numbers_as_text(checker: TypeChecker) -> TypeChecker:
    def is_integer(_checker: TypeChecker, value: object) -> bool:
        textual = isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) is not None
        return textual or checker.is_type(value, "integer")

    return checker.redefine("integer", is_integer)


def _line(request: Request, problem: str) -> str:
    return f"{request.method} {plain_path(request.path)}: {problem}"
