"""Every effect has its words wherever people meet it, and a form that asks for it (EFF-1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.governance import effects as rules
from bot.governance.effects import Effect
from bot.governance.errors import BadText
from bot.governance.events import Event
from bot.governance.policy import genesis
from bot.governance.proposals_types import ProposalState, Version
from bot.ui import diff, effects, errors, forms, record, versions
from bot.ui import proposals_replies as answers
from bot.ui.limits import CONTENT, FORM_PARTS, units
from tests.governance import scene
from tests.governance.effects import EXAMPLES, Example
from tests.ui.scenes import happened, text_of, view_of


@pytest.fixture(params=rules.REGISTRY)
def example(request: pytest.FixtureRequest) -> Example:
    return EXAMPLES[request.param]


def applied(example: Example) -> tuple[Effect, tuple[Event, ...]]:
    prepared = rules.prepare((example.filed,), example.before, scene.DECISION)
    return prepared[0], rules.apply(prepared, example.before, scene.DECISION)[1]


def holding(effect: Effect, state: ProposalState = ProposalState.REVIEW) -> Any:
    opened = scene.opened("operational")
    version = replace(opened.current, effects=(effect,))
    return replace(opened, type=effect.CARRIED_BY[0], effects=(effect,), versions=(version,), state=state)


def test_what_it_will_do_is_said_in_the_same_words_wherever_it_is_announced(example: Example) -> None:
    effect, _ = applied(example)
    said, view = effects.effect(effect), view_of(holding(effect))
    assert said
    assert said == effects.effect(effect.current)
    assert effects.on_pass(view, 500) == f"**On pass this will:** {effects.effect(effect, view.mention)}."
    done = view_of(holding(effect, ProposalState.ENACTED))
    assert effects.done(done, 500) == f"**Carried out:** {effects.effect(effect, view.mention)}."
    version = done.proposal.current
    assert said in "\n".join(versions.whole(version))
    assert said in "\n".join(diff.effects_changed(Version(1, version.text, (), "", scene.NOW), version))


def test_words_of_an_earlier_version_are_those_of_the_present_one(example: Example) -> None:
    for older in example.older:
        assert effects.effect(older) == effects.effect(older.current)


def test_what_it_did_stands_in_the_feed_and_in_the_timeline(example: Example) -> None:
    effect, told = applied(example)
    view = view_of(holding(effect, ProposalState.ENACTED))
    recorded = [happened(event.type, None, **event.data) for event in told]
    for each in recorded:
        assert effects.happened(each.event)
        assert effects.post(each.event, view.partnership, "a decision")
    answer, _ = record.why(replace(view, events=tuple(recorded)))
    assert all(effects.happened(each.event) in text_of(answer) for each in recorded)


def test_it_is_asked_for_by_a_form_that_gives_it_back_unless_only_the_set_up_files_it(example: Example) -> None:
    kind = example.filed.KIND
    if all(not genesis().row(name).may_file for name in example.filed.CARRIED_BY):
        assert effects._WORDS[kind].filing is None
        return
    for name in example.filed.CARRIED_BY:
        draft = replace(scene.draft("operational"), type=name, effects=(example.filed,))
        form = forms.details(view_of(draft))
        assert len(form.to_dict()["components"]) <= FORM_PARTS
        filled = forms.submitted(sent(form))
        assert effects.filed((), filled) == (example.filed,)
        assert effects.filed((example.filed,), filled) == (example.filed,)
        assert effects.filed((example.filed,), {"title": "another page"}) == (example.filed,)
        emptied = dict.fromkeys(filled, "")
        assert effects.filed((example.filed,), emptied) == ()
        heading, words = effects.drafted(name, (example.filed,))
        shown = text_of(answers.draft(view_of(draft), None))
        assert heading
        assert words
        assert f"**{heading}**" in shown


def test_a_draft_that_lacks_it_is_told_so(example: Example) -> None:
    said = errors.speak(BadText(example.filed.KIND, 0, 1, 1), kept="")
    if effects._WORDS[example.filed.KIND].filing is not None:
        assert said == effects.missing(example.filed.KIND)
        assert units(said) <= CONTENT


def test_no_two_effects_ask_by_the_same_field() -> None:
    filings = [words.filing for words in effects._WORDS.values() if words.filing is not None]
    names = [name for filing in filings for name in filing.labels]
    assert len(names) == len(set(names))
    assert not set(names) & set(forms._LABELS)


def test_every_effect_has_words() -> None:
    assert set(effects._WORDS) == set(rules.REGISTRY)


def sent(form: Any) -> list[dict[str, Any]]:
    """What Discord would send of a form as it opens: texts as they stand, and what is chosen beforehand."""
    found = []
    for part in form.to_dict()["components"]:
        entry = part["component"]
        if "options" in entry:
            values = [option["value"] for option in entry["options"] if option.get("default")]
            found.append({"component": {"custom_id": entry["custom_id"], "values": values}})
        else:
            found.append({"component": {"custom_id": entry["custom_id"], "value": entry.get("value", "")}})
    return found
