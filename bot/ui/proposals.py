"""What shared rooms know of proposals (PRO-1 to PRO-11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.governance import errors
from bot.governance.events import Event
from bot.governance.ids import ProposalId
from bot.governance.money import EXPONENTS, written_amount
from bot.governance.proposals_events import (
    CardLost,
    CardPostedAgain,
    DraftDiscarded,
    HaltConsented,
    Nudged,
    ProposalAdopted,
    ProposalDisputed,
    ProposalDone,
    ProposalEnacted,
    ProposalHalted,
    ProposalLapsed,
    ProposalNotAdopted,
    ProposalNotDone,
    ProposalPassed,
    ProposalRead,
    ProposalStale,
    ProposalWithdrawn,
    ReviewClosed,
    ReviewExtended,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.proposals_types import ProposalState
from bot.governance.reminders import Entry, ReminderTopic
from bot.services.noun import InboxItem
from bot.ui import labels, matrix, proposals_ids, proposals_notices
from bot.ui.asking import Help, Reminds, Section, Waits
from bot.ui.audiences import CARD, DECIDED, FEED, NOTICE, REACTIONS, TEXT, THREAD, TOLD, Asks
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Limit, Presenter, Refusals, States
from bot.ui.proposals_labels import FIELDS, STATE_LABELS
from bot.ui.text import in_quotes

AMOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "There is none yet. Write a sum and its currency, such as 2500 USD or €1,200.50.",
        "too long": "That is longer than any sum of money. Write it in digits, such as 2500 USD.",
        "no sum": "{text} holds no sum. Write it in digits, such as 2500 USD.",
        "no currency": "{text} names no currency. Write its code or sign too, such as 2500 EUR or €2500.",
        "unknown currency": "{text} is no currency that I know. Write its code, such as EUR, USD or TND.",
        "not a sum": "{text} cannot be read as a sum. Write it in digits, such as 2500 EUR or 1,200.50 USD.",
        "decimals": "{text} has more decimals than {currency} has: {most}.",
        "out of range": "{text} is not a sum above zero that fits into the books.",
        "several": "{text} can be read in more than one way. Choose which one you mean; your words are kept.",
        "decimals or not": "{text} has more decimals than {currency} has, unless the point groups the digits. "
        "Choose the sum if you mean that, else write it anew; your words are kept.",
        "which currency": "The currency of {text} is not certain. Choose what you mean; your words are kept.",
    }
)
"""Why an amount was not understood; the keys of ``AmountUnclear.why``."""

_NO_SEAT = "You hold no seat that may file this type of proposal."


def _amount_unclear(refusal: errors.AmountUnclear) -> str:
    places = EXPONENTS.get(refusal.currency, 2)
    most = f"at most {places}" if places else "it has none"
    text = in_quotes(refusal.text, 102)
    words = f"**Amount**: {AMOUNTS[refusal.why].format(text=text, currency=refusal.currency, most=most)}"
    if not refusal.readings:
        return words
    return f"{words} It may be {labels.listed([written_amount(*each) for each in refusal.readings], 'or')}."


def _too_few(refusal: errors.TooFewElectors) -> str:
    people = labels.count(refusal.found, "person", "people")
    return (
        f"Only {people} besides you could object to this, and at least {refusal.least} are needed: silence means "
        "consent only where there is somebody to speak up. Your draft is kept. A moderator can map more "
        "members with `/roles map`."
    )


def _role_missing(refusal: errors.RoleMissing) -> str:
    return (
        f"A Discord role that gave the member seat of {in_quotes(refusal.group, 82)} was deleted, unmapped or given "
        "another seat. Those who wore it could not object, so nothing is opened or revised until that is mended. "
        "Your draft is kept. `/roles list` shows what is missing; a moderator maps a role to that seat with "
        "`/roles map`. If nobody is meant to hold it any more, that is a role which nobody wears."
    )


def _provisional(refusal: errors.Provisional) -> str:
    return (
        "This partnership is provisional: the stakeholder group has not ratified it yet. Until then budgets and "
        "policy changes cannot be opened. Your draft is kept. The ratification is the partnership's first "
        "proposal: `/proposal list` shows it."
    )


def _refiled(refusal: errors.Refiled) -> str:
    return (
        f"P-{refusal.number} said much the same and was not adopted less than 90 days ago. To file that again, link it "
        "in a draft and say what has changed since: press *Filed before* under your draft. Your words are kept."
    )


def _may_not_file(refusal: errors.MayNotFile) -> str:
    return f"{_NO_SEAT} It takes {matrix.seats(refusal.seats)}. `/help` shows your seats."


def _not_yours(refusal: errors.NotYours) -> str:
    return "Only the author may do this. If you disagree with the proposal, object or raise a concern on its card."


_POSTED_AGAIN: Mapping[str, Asks] = MappingProxyType({CARD: (CARD, REACTIONS), FEED: (FEED,), THREAD: (THREAD,)})
_STANDS_AGAIN: Mapping[str, Asks] = MappingProxyType(
    {CARD: (FEED, REACTIONS, NOTICE), FEED: (CARD,), THREAD: (CARD, FEED, TEXT, NOTICE)}
)
"""What links to the thing that stands in another place now, and who is told."""


def _posted_again(event: Event) -> Asks:
    return _POSTED_AGAIN.get(event.says(CardLost).what, ())


def _stands_again(event: Event) -> Asks:
    return _STANDS_AGAIN.get(event.says(CardPostedAgain).what, ())


def _decided(event: Event) -> Asks:
    """A decision without a waiting time is carried out at the same instant: one outcome post tells of both."""
    fact = event.fact
    waits = isinstance(fact, ProposalPassed | ProposalAdopted) and fact.timelock_hours
    return DECIDED if waits else TOLD


def _nudged(event: Event) -> Asks:
    return (NOTICE,) if event.says(Nudged).people else ()


OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        ProposalPassed.NAME: "passed by silence; not carried out yet",
        ProposalAdopted.NAME: "adopted by the final vote; not carried out yet",
        ProposalEnacted.NAME: "decided; it holds from now on",
        ProposalNotAdopted.NAME: "not adopted",
        ProposalLapsed.NAME: "lapsed",
        ProposalWithdrawn.NAME: "withdrawn",
    }
)
"""What a digest says of a proposal, by its last event."""


def _outcome(entry: Entry) -> str:
    return f" – {OUTCOMES.get(entry.why, entry.why)}."


def _settled_by(*acts: tuple[str, str], first: str = "") -> Callable[[InboxItem], list[Button]]:
    """Buttons by label and act; the ``first`` one, or else the one at the beginning, is what is expected."""

    def buttons(item: InboxItem) -> list[Button]:
        expected = first or acts[0][1]
        return [
            button(label, proposals_ids.button(act, ProposalId(item.id)), *([Style.primary] if act == expected else []))
            for label, act in acts
        ]

    return buttons


PRESENTER = Presenter(
    name="proposals",
    ids=proposals_ids.ALL,
    states={ProposalState: States("The proposal", STATE_LABELS)},
    refusals=Refusals(
        not_found={
            "proposal": "There is no such proposal, or you may not read it. `/proposal list` shows those you may read.",
        },
        not_eligible={
            "author": "You wrote this proposal, so you can neither object to it nor count as a reader of it. To take "
            "it back, use `/proposal withdraw`; to change it, `/proposal revise`.",
            "not an elector": "Only members of the deciding group, as it stood when the review opened, may do this. "
            "The button “Who may object?” on the card shows them. Anyone with a seat may raise a concern instead.",
            "mark as done": "Only its author, and people with a seat in the group that filed or decided it, say "
            "whether it is done.",
            "may not file": _NO_SEAT,
        },
        wrong_state={
            "open a review": "Only a draft can be opened for review.",
            "edit": "Only a draft can be edited. Once it is open, use `/proposal revise`.",
            "discard": "Only a draft can be discarded. Once it is open, use `/proposal withdraw`.",
            "revise": "A proposal can be revised while it is open, settling, disputed or stale.",
            "withdraw": "A proposal can be withdrawn while it is open, settling, disputed or stale, and until its "
            "final vote opens.",
            "halt": "A halt is possible only in the waiting time between the decision and carrying it out.",
            "mark as done": "Only what was decided for people to do is marked as done; the bot does the rest by "
            "itself.",
            "enact": "It can be carried out only after it was decided and the waiting time has ended.",
        },
        repeated={
            ("open a review", "review"): "Its review is open already.",
            ("discard", "discarded"): "This draft is discarded already.",
            ("edit", "discarded"): "This draft was discarded; its words are deleted. Begin anew with `/propose`.",
            ("withdraw", "withdrawn"): "It is withdrawn already.",
        },
        already_done={
            "marked as done": "This is marked as done already; the card says since when.",
            "marked as not done": "This is not marked as done.",
            "halt": "This proposal was halted once already. There is one halt.",
            "revise": "The new version says the same as the present one. Change something, then publish it again.",
        },
        limit_reached={
            "versions": Limit(
                "A proposal has at most {most}. Withdraw it and file a new one, or take it to a final vote once it is "
                "disputed.",
                "version",
            ),
            "drafts": Limit(
                "You may keep at most {most}. Open or discard one: `/proposal list` under *Mine* shows them.",
                "draft",
            ),
            "limits.open_per_author": Limit(
                "You may have at most {most} open at the same time. Wait for one to be decided, or withdraw one. Your "
                "draft is kept.",
            ),
            "limits.filed_per_day": Limit(
                "You may open at most {most} in 24 hours. Your draft is kept: open it later.",
                "review",
            ),
            "limits.open_per_group": Limit(
                "This group may have at most {most} open at the same time. Your draft is kept: open it when another "
                "one is decided.",
            ),
        },
        fields=FIELDS,
        ask_a_moderator=frozenset({"may not file"}),
        spoken={
            errors.AmountUnclear: _amount_unclear,
            errors.TooFewElectors: _too_few,
            errors.RoleMissing: _role_missing,
            errors.Provisional: _provisional,
            errors.Refiled: _refiled,
            errors.NotYours: _not_yours,
            errors.MayNotFile: _may_not_file,
        },
        wanted={
            "a reading": "a reading of what stands there",
            "one line": "one line",
            "none": "none for this type",
            "not adopted lately": "the number of a proposal that was not adopted within the last 90 days",
        },
    ),
    audiences={
        DraftDiscarded: (),
        ReviewOpened: (CARD, THREAD, TEXT, FEED, REACTIONS),
        VersionPublished: (CARD, FEED, TEXT, REACTIONS),
        ProposalRead: (CARD,),
        ReviewExtended: TOLD,
        ReviewClosed: (CARD, FEED),
        ProposalPassed: _decided,
        ProposalDisputed: DECIDED,
        ProposalLapsed: DECIDED,
        ProposalWithdrawn: DECIDED,
        ProposalNotAdopted: DECIDED,
        ProposalAdopted: _decided,
        ProposalEnacted: DECIDED,
        ProposalStale: DECIDED,
        ProposalDone: TOLD,
        ProposalNotDone: TOLD,
        HaltConsented: (CARD, NOTICE),
        ProposalHalted: DECIDED,
        Nudged: _nudged,
        CardLost: _posted_again,
        CardPostedAgain: _stands_again,
    },
    help=Help(
        everyone=(
            "`/proposal list` and `/proposal show` – what is open, and what you can do with it",
            "`/proposal why` – why it went this way",
        ),
        active=("`/propose` – file a proposal. A form opens; what you send in is kept as a draft that only you see",),
        members=(
            "Press “I have read it” on a card: that is not support, it says that you know",
            "`/proposal halt` – stop what is decided before it is carried out",
        ),
        authors=("Your own: `/proposal revise` publishes a new version, `/proposal withdraw` takes it back",),
    ),
    waits={
        "finish draft": Waits(
            "Your draft is not open yet.",
            _settled_by(("Go on", "show")),
        ),
        "read": Waits(
            "Read it. If you see harm in it, object before the time is up.",
            _settled_by(("Full text", "text"), ("I have read it", "read"), ("Object", "object"), first="read"),
        ),
        "mend or end": Waits(
            "It is disputed: revise it, withdraw it, or take it to a final vote. If nobody acts, it is not adopted.",
            _settled_by(("Revise", "revise"), ("Withdraw", "withdraw"), ("Take it to a final vote", "escalate")),
        ),
        "rebase": Waits(
            "What it was written against has changed: revise it, or withdraw it.",
            _settled_by(("Revise", "revise"), ("Withdraw", "withdraw")),
        ),
    },
    reminds={
        "review": Reminds(
            "The time for objections ends {at}. You have neither read it, objected nor raised a concern yet.\n"
            "Silence counts as consent. “I have read it” on the card is not a yes: it says that you know what is "
            "proposed.",
            "The time for objections ended {at}.",
        ),
        "affirmative": Reminds(
            "The time for objections ends {at}. You have neither read it, objected nor raised a concern yet.\n"
            "Silence is not enough for this one: when the time for objections is over, a vote follows.",
            "The time for objections ended {at}.",
        ),
    },
    topics={ReminderTopic.PROPOSALS: "Proposals about to close"},
    digest={"outcome": Section("**Decided**", _outcome)},
    notices=proposals_notices.WORDS,
)
