"""Forms: what they ask, and what comes back when they are sent in (PRO-1, OBJ-2, OBJ-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import discord

from bot.governance import money
from bot.governance.drafts import LENGTHS
from bot.governance.effects import Governed
from bot.governance.ids import GroupId, ProposalId
from bot.governance.matrix import AMOUNT
from bot.governance.objections import CRITERIA, MOST_REASON
from bot.governance.proposals import MOST_WITHDRAWAL
from bot.governance.proposals_types import Proposal, ProposalState, Statement, Text
from bot.governance.refiling import MOST_CHANGE
from bot.services.views import ProposalView
from bot.ui import effects, errors, limits, matrix, objections_ids, proposals_ids, votes_ids
from bot.ui.objections_labels import CRITERION_LABELS
from bot.ui.text import sound

Form = discord.ui.Modal
Fields = Mapping[str, str]

PAGE_1 = ("title", "ask", "why", "outcome", "risks")

_LABELS = {
    "title": ("Title", "One line that people will recognise in a list"),
    "ask": ("What is asked", "What exactly will happen if this passes? Write it so that it can be carried out"),
    "why": ("Why, and which purpose it serves", "The need behind it, and the purpose or goal of the partnership"),
    "outcome": ("Expected outcome", "How will we see that it worked? Optional"),
    "risks": ("Risks", "What could go wrong, and for whom? Optional"),
    "amount": ("Amount and currency", "A sum above zero and its currency, such as 2500 USD or €1,200.50"),
    "payee": ("Paid to", "The person or organisation that receives the money"),
    "account": ("From which account", "The treasury or account it is paid from. Optional"),
    "timeline": ("Timeline", "When it starts, when it is due, when it is looked at again. Optional"),
    "summary": ("Summary in one line", "Left empty, it is the first sentence of what is asked"),
    "again": ("Which proposal it files again", "Its number, such as P-7. Empty if it files nothing again"),
    "changed": ("What has changed since", "What is different this time? Everybody reads it on the card"),
    "criterion": ("Criterion", "An objection names one of these published criteria"),
    "agreement": ("Which agreement", "Only if it breaches one. Optional otherwise"),
    "reason": ("Your reason", "What harm would going ahead do? Say it so that others can follow"),
    "suggestion": ("What would resolve it", "A change that would let you withdraw the objection. Optional"),
    "concern": ("Your concern", "It is shown and answered in the thread. It never blocks"),
    "withdrawal": ("Why you withdraw it", "Shown to everyone. Optional"),
    "ruling": ("Reason for the ruling", "Judge the form only: reason named and about this proposal? Not whether true"),
    "appeal": ("Why the ruling is wrong", "The stakeholder group reads this and decides by majority"),
}
"""Label and description of every field, by its id."""

_HARM = {
    "purpose": "It works against what this partnership exists for",
    "agreement": "It breaks something that we agreed on; say which agreement",
    "capture": "It lets a few take control, or is not meant honestly",
    "harm": "It could do harm that we could not undo or bear",
    "not this body's": "Another group should decide this",
}
"""What each criterion means."""


def submitted(components: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What a form held when it was sent in, by field id: texts as typed, and the chosen option of each list.

    Only characters that no database keeps are replaced, here and once for all.
    """
    found: dict[str, str] = {}
    for component in components:
        nested = component.get("components") or [component.get("component") or {}]
        if "custom_id" in component:
            values = component.get("values")
            value = ", ".join(map(str, values)) if isinstance(values, Sequence) else str(component.get("value") or "")
            found[sound(str(component["custom_id"]))] = sound(value)
        elif any(nested):
            found |= submitted(nested)
    return found


def refill(form: Form, fields: Fields) -> None:
    """Put words into a form that were sent in with it before, and choose what was chosen."""
    for label in form.walk_children():
        if isinstance(label, discord.ui.TextInput) and fields.get(label.custom_id):
            label.default = fields[label.custom_id][: label.max_length]
        elif isinstance(label, discord.ui.Select) and fields.get(label.custom_id):
            chosen = fields[label.custom_id].split(", ")
            if any(option.value in chosen for option in label.options):
                for option in label.options:
                    option.default = option.value in chosen


def with_words(said: str, fields: Fields) -> tuple[str, BytesIO | None]:
    """A refusal together with everything that the form held, so that nothing typed is lost.

    Short words stand in the answer, ready to be copied; long ones come as a file.
    """
    typed = [(name, value) for name, value in fields.items() if value.strip()]
    if not typed:
        return limits.fit(said, limits.CONTENT), None
    whole = "\n\n".join(f"{_named_field(name)}:\n{value}" for name, value in typed)
    shown = f"{said}\n\nYour words, to copy:\n```\n{whole}\n```"
    if "```" not in whole and limits.units(shown) <= limits.CONTENT:
        return shown, None
    note = "\n\nEverything you wrote is in the file below, so that nothing is lost."
    return limits.fit(said, limits.CONTENT - len(note)) + note, BytesIO(whole.encode())


def propose(type: str, group: GroupId | None, again: int | None = None, text: Text | None = None) -> Form:
    """Page 1 of a new proposal (PRO-1), which may file another one ``again`` (OBJ-6), with words to begin from."""
    return _page_1(f"Propose: {matrix.label(type)}", proposals_ids.propose_form(type, group, again), text or Text())


def refile(view: ProposalView) -> Form:
    """What a draft files again, and what changed since (OBJ-6)."""
    proposal = view.proposal
    number = proposal.refiles or next(iter(view.refused_before), None)
    form = _form("Filed before", proposals_ids.form("again", proposal.id))
    again = _text("again", f"P-{number}" if number else "", most=20, required=False)
    return _with(form, again, _text("changed", proposal.changed_since, most=MOST_CHANGE, long=True, required=False))


def words(proposal: Proposal) -> Form:
    """Page 1, filled with whatever was sent in before: of a draft, or of the next version (PRO-1, PRO-5)."""
    if proposal.state is ProposalState.DRAFT:
        return _page_1("Edit your draft", proposals_ids.form("edit", proposal.id), proposal.text)
    kept = proposal.next_words
    return _page_1(_named("Revise", proposal), proposals_ids.revision_form("revise", proposal.id, kept.of), kept.text)


def details(view: ProposalView) -> Form:
    """Page 2 by type, filled: of a draft, or of the next version (PRO-1, PRO-5)."""
    proposal = view.proposal
    if proposal.state is ProposalState.DRAFT:
        return _page_2("Details of your draft", proposals_ids.form("details", proposal.id), view)
    custom_id = proposals_ids.revision_form("revise-details", proposal.id, proposal.next_words.of)
    return _page_2(_named("Revise details of", proposal), custom_id, view)


def withdraw(proposal: Proposal) -> Form:
    """Taking a proposal back (PRO-6)."""
    form = _form(_named("Withdraw", proposal), proposals_ids.form("withdraw", proposal.id))
    return _with(form, _text("withdrawal", "", most=MOST_WITHDRAWAL, long=True, required=False))


def concern(proposal: ProposalId) -> Form:
    """Raising a concern (OBJ-3)."""
    form = _form("Raise a concern", proposals_ids.form("concern", proposal))
    return _with(form, _text("concern", "", most=MOST_REASON, long=True))


def state(proposal: Proposal, number: int) -> Form:
    """Stating an objection, filled with what was stated before (OBJ-2)."""
    objection = proposal.objection(number)
    said = (objection.statement if objection else None) or Statement("", "")
    form = _form(f"State objection No. {number}", objections_ids.form("state", proposal.id, number))
    return _with(
        form,
        _criteria(said.criterion),
        _text("reason", said.reason, most=MOST_REASON, long=True),
        _text("suggestion", said.suggestion, most=MOST_REASON, long=True, required=False),
        _text("agreement", said.agreement, most=200, required=False),
    )


def rule(proposal: ProposalId, objection: int, in_form: bool) -> Form:
    """The reason of a ruling on form (OBJ-4)."""
    title = f"Objection No. {objection} is {'in form' if in_form else 'not in form'}"
    form = _form(title, objections_ids.rule_form(proposal, objection, in_form))
    return _with(form, _text("ruling", "", most=MOST_REASON, long=True))


def appeal(proposal: ProposalId, objection: int) -> Form:
    """Appealing a ruling (OBJ-4)."""
    form = _form(f"Appeal the ruling on objection No. {objection}", objections_ids.form("appeal", proposal, objection))
    return _with(form, _text("appeal", "", most=MOST_REASON, long=True))


def object_vote(proposal: ProposalId, choice: int) -> Form:
    """The reason for objecting in a consent round (DEC-1)."""
    form = _form("Object in the consent round", votes_ids.object_form(proposal, choice))
    return _with(form, _criteria(""), _text("reason", "", most=MOST_REASON, long=True))


def merged(text: Text, fields: Fields) -> Text:
    """The text with what a page of the form held; other fields stay as they were."""
    known: dict[str, Any] = {name: value for name, value in fields.items() if name in LENGTHS}
    if "title" in known:
        known["title"] = " ".join(known["title"].split())
    changed = replace(text, **known)
    if "amount" in fields:
        amount, currency = money.split(fields["amount"])
        if (amount, currency) != (text.amount_written, text.currency):
            changed = replace(changed, amount_written=amount, currency=currency, amount=None)
    return changed


def statement(fields: Fields) -> Statement:
    """What an objector claims."""
    return Statement(
        fields.get("criterion", ""), fields.get("reason", ""), fields.get("suggestion", ""), fields.get("agreement", "")
    )


def _page_1(title: str, custom_id: str, text: Text) -> Form:
    return _with(
        _form(title, custom_id),
        *(
            _text(name, getattr(text, name), most=LENGTHS[name][1], long=name != "title", required=name == "title")
            for name in PAGE_1
        ),
    )


def _page_2(title: str, custom_id: str, view: ProposalView) -> Form:
    """What its effect asks, then the fields of its row in their order (POL-6)."""
    proposal = view.proposal
    asked = effects.filing(proposal.type, proposal.next_words.effects)
    parts: list[discord.ui.Label[Any]] = []
    if asked is not None:
        words, kept = asked
        parts += words.parts(kept, Governed(view.partnership, view.policy))
    return _with(_form(title, custom_id), *parts, *(_field(name, proposal.next_words.text) for name in view.row.fields))


def _field(name: str, text: Text) -> discord.ui.Label[Any]:
    """A field of page 2, filled."""
    if name == AMOUNT:
        amount = f"{text.amount_written} {text.currency}".strip()
        return _text(name, amount, most=money.MOST_WRITTEN, required=False)
    most = LENGTHS[name][1]
    return _text(name, getattr(text, name), most=most, long=most > LENGTHS["account"][1], required=False)


def _form(title: str, custom_id: str) -> Form:
    return discord.ui.Modal(title=limits.fit(title, limits.FORM_TITLE), custom_id=custom_id)


def _with(form: Form, *parts: discord.ui.Label[Any]) -> Form:
    for part in parts:
        form.add_item(part)
    return form


def _named(act: str, proposal: Proposal) -> str:
    return f"{act} P-{proposal.number}" if proposal.number else f"{act} your draft"


def _text(name: str, value: str, *, most: int, long: bool = False, required: bool = True) -> discord.ui.Label[Any]:
    """A text field. What was kept before is shown whole, even where it is too long by now."""
    most = min(max(most, len(value)), limits.FORM_INPUT)
    style = discord.TextStyle.paragraph if long else discord.TextStyle.short
    entry: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name, style=style, default=value[:most] or None, max_length=most, required=required
    )
    return _labelled(name, entry)


def _criteria(chosen: str) -> discord.ui.Label[Any]:
    options = [
        discord.SelectOption(
            label=CRITERION_LABELS[name], value=name, description=_HARM.get(name), default=name == chosen
        )
        for name in CRITERIA
    ]
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id="criterion", options=options, placeholder="Choose one", required=True
    )
    return _labelled("criterion", menu)


def _labelled(name: str, component: discord.ui.Item[Any]) -> discord.ui.Label[Any]:
    label, description = _LABELS[name]
    return discord.ui.Label(text=label, description=description, component=component)


def _named_field(name: str) -> str:
    """What a field is called when its words are given back."""
    label = _LABELS.get(name) or effects.FIELD_LABELS.get(name)
    return label[0] if label else errors.FIELDS.get(name, name.replace("-", " ").capitalize())
