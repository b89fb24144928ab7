"""Feedback as people see it: its board, its forms, lists, and what is answered to an act (LRN-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.governance import feedback as rules
from bot.governance.feedback import Feedback, FeedbackState
from bot.governance.feedback_events import FeedbackAnswered
from bot.governance.ids import GroupId
from bot.governance.organisation import Partnership
from bot.services.feedback import FeedbackPage, FeedbackView
from bot.services.ports.record import Recorded
from bot.ui import feedback_ids, fields
from bot.ui.answers import Answer, said
from bot.ui.labels import moment
from bot.ui.limits import SUGGESTION
from bot.ui.panels import LINE, Button, Part, Style, View, button, link, panel, rows
from bot.ui.text import in_quotes, plain, quote

FEEDBACK_STATE_LABELS: Mapping[FeedbackState, str] = MappingProxyType(
    {
        FeedbackState.OPEN: "Open",
        FeedbackState.PROGRESS: "In progress",
        FeedbackState.ANSWERED: "Answered",
        FeedbackState.CLOSED: "Closed",
    }
)

_SIGNS = {
    FeedbackState.OPEN: "📨",
    FeedbackState.PROGRESS: "🛠️",
    FeedbackState.ANSWERED: "💡",
    FeedbackState.CLOSED: "✅",
}
_COLOURS = {
    FeedbackState.OPEN: 0x3498DB,
    FeedbackState.PROGRESS: 0xF1C40F,
    FeedbackState.ANSWERED: 0x57F287,
    FeedbackState.CLOSED: 0x1F8B4C,
}
LISTS: Mapping[str, tuple[str, tuple[FeedbackState, ...]]] = MappingProxyType(
    {
        "open": ("Not answered yet", (FeedbackState.OPEN, FeedbackState.PROGRESS)),
        "answered": ("Answered", (FeedbackState.ANSWERED,)),
        "closed": ("Closed", (FeedbackState.CLOSED,)),
        "all": ("All of it", ()),
    }
)
"""The lists that can be asked for: what each is called, and the states in it."""

NOT_CLOSED = tuple(state for state in FeedbackState if state is not FeedbackState.CLOSED)

ANONYMOUS, NAMED = "anonymous", "named"

WHO_KNOWS = (
    "**What anonymous means here:** your name is not kept with your words: not in the record, not in a log, not for "
    "facilitators or moderators. Until midnight (UTC) a count is kept of how many pieces of feedback each person gave "
    "today, under a key of that day; somebody who holds the database could work out *that* you gave some today, not "
    "what you wrote, unless nobody else did. At midnight key and count are destroyed. Your words are shown the moment "
    "you send them: whoever sees you write, or knows who has just come by, can guess. So can who knows your style."
)
"""Said to whoever stayed anonymous (LRN-4)."""

_MOST_SHOWN = 90


# ---- the board ---------------------------------------------------------------------------------------------


def card(view: FeedbackView, marker: int | None) -> View:
    """Feedback as it stands, with everything that can be done."""
    feedback = view.feedback
    parts: list[Part] = [_head(view), _words(view), LINE, _care(view), _answer(view), LINE]
    return panel(marker, _COLOURS[feedback.state], *parts, _next(feedback), *rows(*_acts(feedback)))


def answered(view: FeedbackView, recorded: Recorded, marker: int | None) -> View:
    """Told where the board stands once there is an answer: an edited board tells nobody."""
    feedback = view.feedback
    by = view.mention(recorded.event.actor)
    fact = recorded.event.fact
    text = "It was erased on request."
    if isinstance(fact, FeedbackAnswered) and not recorded.erased:
        text = fact.answer
    head = f"### 💡 F-{feedback.number} has an answer\n{_from(view)} {by} answers:"
    return panel(marker, _COLOURS[FeedbackState.ANSWERED], head, quote(text, 2600), *rows(link("Feedback", view.link)))


def mentioned(view: FeedbackView) -> tuple[int, ...]:
    """Whom an answer may ping: the author, if their name is known."""
    author = view.feedback.author
    return (view.users[author],) if author is not None and author in view.users else ()


def _head(view: FeedbackView) -> str:
    feedback = view.feedback
    state = f"{_SIGNS[feedback.state]} F-{feedback.number} · {FEEDBACK_STATE_LABELS[feedback.state]}"
    return f"### {state}\n-# Feedback for {_place(view)} · given {moment(feedback.given_at)}"


def _place(view: FeedbackView) -> str:
    group = view.feedback.group
    return "the whole partnership" if group is None else in_quotes(view.partnership.group(group).name, 80)


def _from(view: FeedbackView) -> str:
    if view.feedback.author is None:
        return "Given anonymously."
    return f"Given by {view.mention(view.feedback.author)}."


def _words(view: FeedbackView) -> str:
    feedback = view.feedback
    if feedback.hidden_by is not None:
        who = view.mention(feedback.hidden_by)
        return f"🙈 These words are hidden. {who} gave this reason:\n{quote(feedback.hidden_because, 700)}"
    who = "Somebody with a seat here" if feedback.author is None else view.mention(feedback.author)
    return f"{who} wrote{' anonymously' if feedback.author is None else ''}:\n{quote(feedback.text, 1800)}"


def _care(view: FeedbackView) -> str:
    feedback = view.feedback
    lines = []
    if feedback.acknowledged_by is None:
        lines.append("**Seen:** not yet.")
    elif feedback.owner is None:
        lines.append(f"**Seen** by {view.mention(feedback.acknowledged_by)}.")
    owner = "nobody yet." if feedback.owner is None else f"{view.mention(feedback.owner)}."
    return "\n".join([*lines, f"**Taken care of by:** {owner}"])


def _answer(view: FeedbackView) -> str:
    feedback = view.feedback
    if not feedback.answer:
        return ""
    return f"**Answer** by {view.mention(feedback.answered_by)}:\n{quote(feedback.answer, 1400)}"


def _next(feedback: Feedback) -> str:
    named = feedback.author is not None
    match feedback.state:
        case FeedbackState.OPEN:
            return "**Next:** somebody takes it on and answers here, for everyone to read."
        case FeedbackState.PROGRESS:
            return "**Next:** the answer, here, for everyone to read."
        case FeedbackState.ANSWERED if named:
            return "**Next:** whoever gave it says whether that resolves it, or somebody closes it."
        case FeedbackState.ANSWERED:
            return "**Next:** somebody closes it. If the answer does not help, say so with `/feedback give`."
        case _:
            return "Closed."


def _acts(feedback: Feedback) -> list[Button]:
    def act(name: str, label: str, style: Style = Style.secondary) -> Button:
        return button(label, feedback_ids.button(name, feedback.id), style)

    found = []
    is_open = feedback.state is not FeedbackState.CLOSED
    if is_open and feedback.acknowledged_by is None:
        found.append(act("seen", "We have seen it"))
    if is_open and feedback.state is not FeedbackState.ANSWERED:
        found += [act("take", "I take care of it"), act("give-to", "Give it to…")]
    if is_open:
        again = feedback.state is FeedbackState.ANSWERED
        found.append(
            act("answer", "Change the answer" if again else "Answer", Style.secondary if again else Style.primary)
        )
    if feedback.author is not None and feedback.state is FeedbackState.ANSWERED:
        found.append(act("resolved", "That resolves it", Style.success))
    if feedback.author is not None and feedback.answer and feedback.state is not FeedbackState.PROGRESS:
        found.append(act("not-resolved", "It does not"))
    if feedback.state is FeedbackState.ANSWERED or (is_open and feedback.hidden_by is not None):
        found.append(act("close", "Close"))
    hide = act("hide", "Hide the words") if feedback.hidden_by is None else act("reveal", "Show the words again")
    return [*found, hide]


# ---- forms -------------------------------------------------------------------------------------------------


def give_form(partnership: Partnership, group: GroupId | None) -> fields.Form:
    """Feedback to be written; whether with one's name has to be chosen each time."""
    name = "the whole partnership" if group is None else partnership.group(group).name
    options = (
        (ANONYMOUS, "Anonymous: my name is not kept", "Nobody here can see who wrote it, moderators included"),
        (NAMED, "With my name", "You can say whether the answer helps"),
    )
    return fields.form(
        plain(f"Feedback for {name}", 45),
        feedback_ids.give_form(partnership.id, group),
        fields.text("feedback", "Your feedback", "Shown on a card that all its people can read", rules.TEXT, long=True),
        fields.choice("as", "Whose words are these?", "Choose; neither is chosen for you", options),
    )


def answer_form(view: FeedbackView) -> fields.Form:
    """The public answer, filled with the one given before."""
    about = "What was done, or will be, or why not. Everyone reads it"
    entry = fields.text("answer", "Your answer", about, rules.ANSWER, value=view.feedback.answer, long=True)
    return fields.form(f"Answer F-{view.feedback.number}", feedback_ids.form("answer", view.feedback.id), entry)


def hide_form(view: FeedbackView) -> fields.Form:
    """The public reason for hiding words."""
    about = "Everyone reads it, with your name. Who wrote the words is not looked for"
    entry = fields.text("hiding", "Why the words are hidden", about, rules.REASON, long=True)
    return fields.form(
        f"Hide the words of F-{view.feedback.number}", feedback_ids.form("hide", view.feedback.id), entry
    )


def assign_form(view: FeedbackView) -> fields.Form:
    """To whom it is given."""
    about = f"Somebody with a seat in {view.place}"
    entry = fields.person("owner", "Who takes care of it", plain(about, 100))
    return fields.form(
        f"Give F-{view.feedback.number} to somebody", feedback_ids.form("assign", view.feedback.id), entry
    )


# ---- answers -----------------------------------------------------------------------------------------------


def given(view: FeedbackView) -> Answer:
    """To whoever gave it."""
    feedback = view.feedback
    where = f" It stands in <#{view.channel_id}>." if view.channel_id else ""
    if feedback.author is None:
        return said(f"### Kept as F-{feedback.number}, without your name\nThank you.{where}", LINE, WHO_KNOWS)
    return said(f"### Kept as F-{feedback.number}, with your name\nThank you.{where} You hear when it is answered.")


_SAID = MappingProxyType(
    {
        "seen": "Noted: F-{n} was seen.",
        "take": "You take care of F-{n} now. When there is something to say, press *Answer*.",
        "assign": "F-{n} is now taken care of by {owner}.",
        "answer": "Your answer to F-{n} is public now.",
        "close": "F-{n} is closed.",
        "resolved": "Thank you. F-{n} is closed as resolved.",
        "not-resolved": "Noted: the answer to F-{n} does not resolve it. It is in progress again.",
        "hide": "The words of F-{n} are hidden. Your reason and your name stand in their place.",
        "reveal": "The words of F-{n} are shown again.",
    }
)


def done(view: FeedbackView, act: str) -> Answer:
    """To whoever acted."""
    owner = view.mention(view.feedback.owner)
    return said(_SAID[act].format(n=view.feedback.number, owner=owner), buttons=(link("Feedback", view.link),))


def shown(view: FeedbackView) -> View:
    """One piece of feedback, privately, with everything that can be done."""
    return card(view, None)


def listing(page: FeedbackPage, name: str, group: GroupId | None, before: int | None) -> Answer:
    """One page of feedback, newest first."""
    partnership = page.partnership
    head = f"### Feedback: {LISTS[name][0].lower()}\nOf {in_quotes(partnership.name, 100)}."
    turning = [
        button("Newest", feedback_ids.page(name, partnership.id, group, None)) if before else None,
        button("Older", feedback_ids.page(name, partnership.id, group, page.before)) if page.before else None,
    ]
    if not page.found:
        return said(f"{head}\nThere is nothing here. `/feedback give` speaks up.", buttons=turning)
    show = [button(f"F-{view.feedback.number}", feedback_ids.button("show", view.feedback.id)) for view in page.found]
    return panel(None, 0x5865F2, head, "\n".join(map(_row, page.found)), *rows(*show), *rows(*turning))


def suggestion(view: FeedbackView) -> tuple[str, str]:
    """Feedback among suggestions: what is shown, and what is chosen."""
    feedback = view.feedback
    words = "hidden" if feedback.hidden_by else feedback.text
    return plain(f"F-{feedback.number} · {words}", SUGGESTION), str(feedback.number)


def _row(view: FeedbackView) -> str:
    feedback = view.feedback
    words = "Its words are hidden." if feedback.hidden_by else f"It says {in_quotes(feedback.text, _MOST_SHOWN)}"
    state = f"{_SIGNS[feedback.state]} {FEEDBACK_STATE_LABELS[feedback.state]}"
    return f"**F-{feedback.number}** · {state} · for {_place(view)}\n{words}"


def digest_lines(found: Sequence[Feedback], partnership: Partnership) -> list[str]:
    """One line for each, for the digest: “you said, we did”."""
    return [
        f"**F-{each.number}** You said: {in_quotes(each.text, _MOST_SHOWN)} – We did: {in_quotes(each.answer, 160)}"
        for each in found
        if each.partnership == partnership.id
    ]
