"""Private answers fit Discord's limits in every state, lose no words, and lead on (PRO-1, RHY-3, REC-2)."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.governance import receipts
from bot.governance.consistency import Difference
from bot.governance.effects import PolicyChange
from bot.governance.errors import BadText, BadValue, Refusal, UnknownKey, WrongState
from bot.governance.events import known
from bot.governance.ids import PersonId, ProposalId
from bot.governance.organisation import Group
from bot.governance.proposals_types import ProposalState, Revision
from bot.governance.receipts import Receipt, ReceiptStanding
from bot.governance.stops_events import ClockResumed
from bot.governance.votes_types import Ballot
from bot.services.inbox import Inbox
from bot.services.noun import InboxItem
from bot.services.ports.proposals import Listed
from bot.services.ports.record import Verdict
from bot.services.record import RecordCheck
from bot.services.views import HeadView, ProposalView, Raised
from bot.services.views import ProposalStanding as Holdings
from bot.ui import escalations_replies, inbox_page, notices, objections_replies, proposals_lists, record, votes_replies
from bot.ui import proposals_replies as answers
from bot.ui.help import help_page
from bot.ui.limits import CONTENT, units
from tests.facts import fitting
from tests.governance import scene
from tests.ui.scenes import BIG, USERS, bomb, check_fits, custom_ids, happened, in_vote, states, text_of, view_of

STATES = tuple(states())


def of(name: str) -> ProposalView:
    proposal, hour = states()[name]
    return view_of(proposal, hour)


def listed(number: int | None, title: str = "A well") -> Listed:
    group, author = scene.GROUPS[0].id, PersonId("ana")
    return Listed(
        ProposalId(number or 900), number, group, "budget", title, ProposalState.REVIEW, author, scene.NOW, None
    )


def revising(view: ProposalView) -> ProposalView:
    """The same with the next version begun, every field of it full of markdown."""
    effects = (PolicyChange(bomb(100), bomb(100)),)
    begun = Revision(view.proposal.current.number, replace(BIG, ask=BIG.ask[::-1], why="x" * 4000), effects)
    return replace(view, proposal=replace(view.proposal, revision=begun))


@pytest.mark.parametrize("name", STATES)
async def test_every_answer_about_a_proposal_fits(name: str) -> None:
    view = of(name)
    electors = view.proposal.electors
    shown = [
        answers.opened(view),
        answers.withdrawn(view),
        answers.read(view),
        *(answers.revision(view, hindrance) for hindrance in (None, BadText("ask", 3, 20, 2000))),
        answers.revision(revising(view), UnknownKey(bomb(300), ("review.window",))),
        answers.revised(view),
        escalations_replies.escalated(view),
        answers.halted(view),
        answers.options(view, ("revise", "withdraw")),
        answers.options(view, ()),
        escalations_replies.escalating(view),
        answers.marked(view),
        objections_replies.withdrawing(view, 1),
        answers.overview(view, None),
        answers.preview(view),
        answers.text(view)[0],
        votes_replies.ballot(view, None),
        votes_replies.ballot(view, Ballot({"for": 1})),
        objections_replies.concern(view),
        objections_replies.standing(Holdings(True, "yes", electors, len(electors), view)),
        objections_replies.standing(Holdings(False, "joined later", electors, 0, view)),
        objections_replies.ruling(view, 1),
        objections_replies.stated(view, 1),
        objections_replies.raised(Raised(view, None, True, concern=True)),
        *(objections_replies.objection_act(view, 1, act) for act in objections_replies._OBJECTION_ACTS),
        *(objections_replies.raised(Raised(view, o, True)) for o in view.proposal.objections[:1]),
    ]
    for view_shown in shown:
        check_fits(view_shown)


@pytest.mark.parametrize("type", ["general", "operational", "budget", "policy"])
async def test_the_draft_fits_and_leads_on(type: str) -> None:
    effects = (PolicyChange(bomb(100), bomb(100)),) if type == "policy" else ()
    proposal = replace(scene.draft(type), text=BIG, effects=effects)
    for hindrance in (None, BadText("ask", 3, 20, 2000), UnknownKey(bomb(300), ("review.window",))):
        shown = answers.draft(view_of(proposal), hindrance)
        check_fits(shown)
        assert custom_ids(shown) == [
            f"proposal:{act}:{proposal.id}" for act in ("details", "edit", "preview", "open", "discard")
        ]
    check_fits(answers.preview(view_of(proposal)))
    check_fits(answers.discarded(view_of(proposal)))


@pytest.mark.parametrize(
    ("hindrance", "words"),
    [
        (BadText("ask", 3, 20, 2000), "Press *Edit*"),
        (BadText("payee", 0, 2, 100), "Press *Details*"),
        (BadValue("currency", "", "a code such as USD or EUR"), "**Currency** is missing"),
        (UnknownKey("reviw.window", ("review.window",)), "Did you mean `review.window`?"),
    ],
)
async def test_a_draft_says_what_is_missing_and_where_to_mend_it(hindrance: Refusal, words: str) -> None:
    assert words in text_of(answers.draft(view_of(scene.draft("budget")), hindrance))


async def test_the_preview_is_the_card_with_its_buttons_asleep() -> None:
    shown = answers.preview(view_of(scene.opened()))
    assert "Preview: only you see this" in text_of(shown)
    buttons = [item for item in shown.walk_children() if isinstance(item, discord.ui.Button) and item.custom_id]
    assert buttons
    assert all(each.disabled for each in buttons)


async def test_no_word_of_a_long_text_is_lost() -> None:
    shown, whole = answers.text(view_of(scene.opened("budget", text=BIG)))
    check_fits(shown)
    assert whole is not None
    assert all(words in whole for words in (BIG.ask, BIG.why, BIG.outcome, BIG.risks, BIG.timeline))


async def test_a_short_text_needs_no_file() -> None:
    shown, whole = answers.text(view_of(scene.opened()))
    assert whole is None
    assert scene.TEXT.ask in text_of(shown)


async def test_an_objector_is_led_to_stating() -> None:
    proposal = scene.raised(scene.opened(), scene.BO)
    raised = objections_replies.raised(Raised(view_of(proposal), scene.first(proposal), True))
    assert custom_ids(raised)[0] == f"objection:state:{proposal.id}:1"
    assert "recorded as No. 1" in text_of(raised)
    again = objections_replies.raised(Raised(view_of(proposal), scene.first(proposal), False))
    assert "stands already" in text_of(again)
    assert "it becomes a concern" in text_of(again)


async def test_whose_seat_was_taken_is_not_told_that_the_objection_lapses() -> None:
    proposal = scene.raised(scene.opened(), scene.BO)
    guarded = proposal.with_objection(replace(scene.first(proposal), seat_taken=True))
    told = text_of(objections_replies.raised(Raised(view_of(guarded), scene.first(guarded), False)))
    assert "it counts without being stated" in told
    assert "it becomes a concern" not in told


async def test_the_vote_shows_the_choice_taken_and_how_to_change_it() -> None:
    view = view_of(in_vote(), 210)
    assert "You have not voted" in text_of(votes_replies.ballot(view, None))
    shown = votes_replies.cast(view, {"against": 1})
    assert "Your vote: Against" in text_of(shown)
    assert custom_ids(shown) == [f"vote:cast:{view.proposal.id}:{place}" for place in range(3)]


async def test_a_small_secret_vote_warns_that_it_may_reveal() -> None:
    view = view_of(in_vote({"vote.secret": True}), 210)
    assert "would show how everyone voted" in text_of(votes_replies.ballot(view, None))


def test_a_choice_is_found_by_its_place_and_by_its_name() -> None:
    proposal = in_vote()
    assert [votes_replies.place_of(proposal, typed) for typed in ("1", " against ", "AGAINST")] == [1, 1, 1]
    with pytest.raises(UnknownKey):
        votes_replies.place_of(proposal, "maybe")
    with pytest.raises(WrongState):
        votes_replies.place_of(scene.opened(), "for")


ITEMS = tuple(inbox_page.WAITS)


async def test_the_inbox_fits_however_full() -> None:
    for kind in ITEMS:
        items = [
            InboxItem(kind, f"proposal/{n}", f"P-{n}", bomb(90), scene.NOW, n, "https://discord.com/channels/1/2/3")
            for n in range(1, 40)
        ]
        check_fits(inbox_page.inbox(Inbox(tuple(items), 3), scene.PARTNERSHIP))
        shown = inbox_page.inbox(Inbox(tuple(items[:1])), scene.PARTNERSHIP)
        assert custom_ids(shown), kind
    every = [
        InboxItem(kind, f"proposal/{n}", f"P-{n}", "", None, 1)
        for n, kind in enumerate(ITEMS[: inbox_page.MOST_ITEMS], 1)
    ]
    check_fits(inbox_page.inbox(Inbox(tuple(every)), scene.PARTNERSHIP))
    check_fits(inbox_page.inbox(Inbox((), 1), scene.PARTNERSHIP))


async def test_a_page_of_a_list_fits_and_turns() -> None:
    rows = [listed(n, bomb(90)) for n in range(30, 19, -1)]
    shown = proposals_lists.listing(rows, scene.PARTNERSHIP, "open", ProposalId(31))
    check_fits(shown)
    assert f"list:open:{scene.PARTNERSHIP.id}:21" in custom_ids(shown)
    assert f"list:open:{scene.PARTNERSHIP.id}:0" in custom_ids(shown)
    last = proposals_lists.listing(rows[:3], scene.PARTNERSHIP, "mine", None)
    assert custom_ids(last) == [f"proposal:show:{row.id}" for row in rows[:3]]
    check_fits(proposals_lists.listing([], scene.PARTNERSHIP, "decided", ProposalId(4)))
    check_fits(proposals_lists.listing([listed(None)], scene.PARTNERSHIP, "mine", None))


@pytest.mark.parametrize("name", proposals_lists.LISTS)
async def test_an_empty_list_says_where_what_was_decided_stands(name: str) -> None:
    empty = text_of(proposals_lists.listing([], scene.PARTNERSHIP, name, None))
    assert "There is nothing here." in empty
    assert ("What was decided:" in empty) == (name not in {"decided", "mine"})


def test_every_state_stands_in_a_list() -> None:
    assert frozenset().union(*(found for _, found in proposals_lists.LISTS.values())) == frozenset(ProposalState) - {
        ProposalState.DISCARDED
    }
    with pytest.raises(UnknownKey):
        proposals_lists.wanted("other", None)


@pytest.mark.parametrize("name", STATES)
async def test_why_fits_and_loses_no_line(name: str) -> None:
    person = next(iter(USERS))
    told = [
        happened(kind, person, **fitting(kind, {"objection": 1, "version": 2, "reason": "outage"}))
        for kind in known().values()
    ]
    view = replace(of(name), events=tuple(told * 5))
    shown, whole = record.why(view)
    check_fits(shown)
    assert "?" not in text_of(shown).partition("What happened")[2].replace("Does", "")
    assert whole is not None
    assert "objection No. 1 raised by" in whole


@pytest.mark.parametrize("since", [scene.NOW.isoformat(), None])
def test_an_outage_has_its_beginning_and_its_length_on_record(since: str | None) -> None:
    stood = happened(ClockResumed, reason="outage", minutes=24 * 60, since=since)
    stood = replace(stood, at=scene.at(24))
    from_then = f"<t:{int(scene.NOW.timestamp())}:"
    view = replace(of("review"), events=(stood,))
    line = next(each for each in text_of(record.why(view)[0]).split("\n") if "clock resumed" in each)
    assert from_then in line
    assert "for 1 day; every deadline moved by that time" in line
    notice = text_of(notices.notice(view, stood, 5))
    assert f"It stood from {from_then}" in notice
    assert "for 1 day; every deadline moved by that time" in notice


def test_verdict_and_receipt_fit_and_are_clear() -> None:
    big = replace(scene.PARTNERSHIP, name=bomb(100))
    many = tuple(Difference(f"proposal/{number}", bomb(200)) for number in range(200))
    for found in (
        Verdict(True, 9, "ab" * 32, erased=2, unexplained=1),
        Verdict(False, 9, "ab" * 32, 0, 4, bomb(2000)),
    ):
        for differences in ((), many):
            for standing in (None, *ReceiptStanding):
                kept = None if standing is None else Receipt("ab" * 32, 10**14)
                assert units(record.verdict(big, RecordCheck(found, differences, kept, standing))) <= CONTENT
    assert units(record.receipt(HeadView(big, 10**9, "ab" * 32, scene.NOW))) <= CONTENT
    assert "does not hold" in record.verdict(big, RecordCheck(Verdict(False, 9, "", 0, 4, "digest")))


def test_a_receipt_is_read_back_as_it_was_shown() -> None:
    shown = record.receipt(HeadView(scene.PARTNERSHIP, 42, "0f" * 32, scene.NOW))
    assert receipts.read(shown.split("```")[1]) == Receipt("0f" * 32, 42)


def test_what_differs_and_how_a_receipt_stands_is_said_in_words() -> None:
    fine = Verdict(True, 9, "ab" * 32)
    differs = record.verdict(scene.PARTNERSHIP, RecordCheck(fine, (Difference("proposal/3", "outcome"),)))
    assert "not as the record tells" in differs
    assert "- proposal/3: outcome" in differs
    short = record.verdict(scene.PARTNERSHIP, RecordCheck(fine, (), Receipt("ab" * 6, 3), ReceiptStanding.TOO_SHORT))
    assert "too short to prove anything" in short
    assert "/audit receipt" in short
    broken = RecordCheck(Verdict(False, 9, "", 0, 4, "digest"), (), Receipt("ab" * 32, 3), ReceiptStanding.STANDS)
    assert "✅" not in record.verdict(scene.PARTNERSHIP, broken)


async def test_help_fits_whatever_seats_one_holds() -> None:
    groups = tuple(Group(g.id, g.kind, bomb(80), g.parent) for g in scene.GROUPS)
    crowded = replace(scene.PARTNERSHIP, name=bomb(90), groups=groups)
    for held in ((), scene.MAPPINGS[:1], scene.MAPPINGS):
        for manages in (True, False):
            check_fits(help_page(crowded, scene.member("ana", *held), manages, 5))
    check_fits(help_page(None, scene.STRANGER, True, None))
    assert "`/setup`" in text_of(help_page(None, scene.STRANGER, False, None))


def test_help_sends_nobody_to_a_channel_that_they_cannot_see() -> None:
    assert "<#5>" in text_of(help_page(scene.PARTNERSHIP, scene.member("ana", *scene.MAPPINGS), False, 5))
    for manages in (True, False):
        assert "<#5>" not in text_of(help_page(scene.PARTNERSHIP, scene.STRANGER, manages, 5))


async def test_help_and_a_secret_ballot_say_what_an_operator_could_still_see() -> None:
    proposal = in_vote({"vote.secret": True})
    assert proposal.vote is not None
    assert proposal.vote.secret
    answer = text_of(votes_replies.ballot(view_of(proposal), Ballot({"for": 1})))
    page = text_of(help_page(scene.PARTNERSHIP, scene.STRANGER, manages_roles=False, talk=None))
    for said_so in (answer, page):
        assert "Until the close" in said_so
        assert "person and choice" in said_so
        assert "After it nothing there links them" in said_so
        assert "backup" in said_so
    open_vote = text_of(votes_replies.ballot(view_of(in_vote({"vote.secret": False})), Ballot({"for": 1})))
    assert "operator" not in open_vote
