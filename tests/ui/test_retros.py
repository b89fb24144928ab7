"""The board, pages and lessons of retros with the worst and the most that people can write (LRN-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance import retros as rules
from bot.governance import retros_lessons, retros_writing
from bot.governance.cadences import Cadence, Unit
from bot.governance.events import Json
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Group, GroupKind, Partnership
from bot.governance.policy import genesis
from bot.governance.retros import Action, Carried, Progress, Retro, RetroPlan, RetroState, Topic, Word
from bot.governance.retros_events import RetroClosed
from bot.governance.retros_leading import Doubt
from bot.governance.retros_writing import Merged, Written
from bot.services.ports.record import Recorded
from bot.services.retros_leading import Options, Pressed
from bot.services.retros_views import Earlier, Mine, RetroView
from bot.services.retros_writing import Box, MoreTime, RetroFigures
from bot.services.times import Understood
from bot.ui import retros_board, retros_forms, retros_notices, retros_replies, retros_topics
from bot.ui import retros_board as boards
from bot.ui.limits import V2_TEXT, units
from tests.facts import event_of
from tests.governance.scene import NOW
from tests.ui.scenes import bomb, check_fits, custom_ids, text_of

GROUP = Group(GroupId(2), GroupKind.TOP_LEVEL, bomb(60).replace("\n", " "))
PARTNERSHIP = Partnership(PartnershipId(1), "River Commons", 1, (GROUP,))
TOM, UMA = PersonId("tom"), PersonId("uma")
TERMS = rules.terms_of(genesis())
LIVE = rules.plan("4 Ls")
WORST = RetroPlan(
    "custom", tuple(f"{n}{bomb(39)}".replace("\n", " ")[:40] for n in range(5)), True, bomb(80), timedelta(days=1)
)


def made(plan: RetroPlan = LIVE, cards: Sequence[str] = (), state: RetroState = RetroState.CHECK_IN) -> Retro:
    retro = replace(rules.make(4, 4, PARTNERSHIP.id, GROUP.id, TOM, plan, TERMS, NOW), state=state, phase_at=NOW)
    written = [
        Written(str(n), n % len(plan.columns), text, UMA if plan.named else None) for n, text in enumerate(cards)
    ]
    return retros_writing.reveal_cards(retro, written) if cards else retro


def view_of(retro: Retro, *, people: int = 6, earlier: tuple[Earlier, ...] = ()) -> RetroView:
    link = "https://discord.com/channels/1/2/3"
    return RetroView(retro, PARTNERSHIP, GROUP, {TOM: 11, UMA: 12}, 7, people, earlier, link, NOW)


CROWD = tuple(f"{n:03} {bomb(296)}" for n in range(1000))
ACTIONS = tuple(Action(n, bomb(500), UMA if n % 2 else None, NOW + timedelta(days=n)) for n in range(1, 51))
WORDS = tuple(Word(bomb(40), UMA) for _ in range(100))
NOTES = tuple(bomb(1000) for _ in range(50))


def crowded(state: RetroState) -> Retro:
    """A hundred people with a thousand cards of the greatest length, everything else at its limit too."""
    retro = replace(
        made(WORST, CROWD, state),
        words=WORDS,
        captured=CROWD[:30],
        carried=tuple(Carried(bomb(80), (bomb(300),)) for _ in range(25)),
        actions=ACTIONS,
        deadline_at=NOW + timedelta(hours=1),
        reason=bomb(300),
        starts_at=NOW + timedelta(days=1),
        cadence=Cadence(2, Unit.WEEK, "2026-01-02", "18:00", "Europe/Berlin"),
        took_part=100,
        classes=(("domain expert", 60), ("others", 40)),
    )
    topics = list(retro.topics)
    topics[0] = replace(topics[0], title=bomb(80), dots=9, notes=NOTES, cards=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
    kept = [topics[0], *(replace(topic, dots=3) for topic in topics[10:])]
    return replace(retro, topics=tuple(kept), current=1)


STATES = [RetroState.SCHEDULED, *rules.PHASES, RetroState.CLOSED, RetroState.CANCELLED]


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("state", STATES)
def test_every_board_fits_and_says_in_words_where_it_stands(state: RetroState, paused: bool) -> None:
    earlier = tuple(Earlier(1, 1, action) for action in ACTIONS)
    for retro in (made(state=state), made(cards=("one", "two"), state=state), crowded(state)):
        held = replace(retro, paused_at=NOW if paused else None)
        card = boards.card(view_of(held, earlier=earlier), 1_000_004)
        check_fits(card)
        stands = "paused" if paused else retros_board.RETRO_STATES[state]
        assert stands in text_of(card).split("\n")[0]


@pytest.mark.parametrize("page", [0, 1, 40, 10**6])
def test_every_page_of_a_thousand_cards_fits_and_none_is_left_out(page: int) -> None:
    view = view_of(crowded(RetroState.GROUP))
    shown = retros_replies.cards(view, page)
    check_fits(shown)
    assert "of" in text_of(shown).split("\n")[0]


def test_all_cards_stand_on_the_pages_once() -> None:
    view = view_of(made(cards=tuple(f"card number {n}" for n in range(500))))
    _, pages = boards.page_of_cards(view, 0)
    whole = "\n".join(boards.page_of_cards(view, page)[0] for page in range(pages))
    lines = [line.partition("` ")[2] for line in whole.split("\n") if line.startswith("- `")]
    assert sorted(lines) == sorted(f"“card number {n}”" for n in range(500))
    assert "card number 7" in retros_replies.cards_file(view)


def test_private_answers_fit_however_much_there_is() -> None:
    view = view_of(crowded(RetroState.GROUP))
    voting = view_of(crowded(RetroState.VOTE))
    own = tuple(Written(f"{n:016}", n % 5, bomb(300)) for n in range(30))
    mine = Mine(view_of(crowded(RetroState.GATHER)), True, "fine", own)
    ballot = Mine(voting, True, "", (), {1: 3, **dict.fromkeys(range(11, 13), 1)})
    box = Box(PARTNERSHIP, GROUP, own)
    many = [view_of(replace(crowded(RetroState.CLOSED), id=n, number=n)) for n in range(1, 12)]
    elsewhere = tuple(view.retro.topics[1:4])
    for shown in (
        retros_replies.about(view),
        retros_replies.overview(view),
        retros_replies.started(view),
        retros_replies.planned(view, Understood(NOW, NOW.replace(tzinfo=None), "Europe/Berlin")),
        retros_replies.joined(mine),
        retros_replies.joined(ballot),
        retros_replies.checked_in(mine),
        *(retros_replies.own_cards(mine, page) for page in range(4)),
        retros_replies.written(mine, "Kept."),
        *(retros_topics.to_move(view, page) for page in (0, 7, 99)),
        *(retros_topics.into(view, range(11, 21), page) for page in (0, 7, 99)),
        retros_topics.merged(view, Merged(view.retro.topics[0], 1, elsewhere)),
        retros_topics.merged(view, Merged(view.retro.topics[0], 0)),
        retros_topics.suggested(view, [tuple(range(n, n + 8)) for n in range(11, 91, 8)]),
        retros_topics.suggested(view, []),
        retros_topics.topic(view, 1),
        retros_topics.topic(view, 11),
        retros_topics.topic(view, 99999),
        retros_topics.ballot(ballot, 2),
        retros_topics.dots(ballot, 1),
        retros_topics.dots(ballot, 99999),
        retros_replies.asked(MoreTime(view, 1, 4, False)),
        retros_replies.asked(MoreTime(view, 4, 4, True)),
        *(retros_replies.figures(RetroFigures(view_of(crowded(s)), 1, 2, 3, 4)) for s in rules.PHASES),
        *(retros_topics.topics(view_of(crowded(RetroState.DISCUSS)), page) for page in (0, 60)),
        *(retros_replies.actions(view, page, "Noted. ") for page in (0, 3, 99)),
        retros_replies.handing(view),
        retros_replies.handed(view),
        retros_replies.done(view),
        retros_replies.hidden(view),
        retros_replies.with_file(view),
        retros_replies.last_of_series(view),
        retros_replies.noted(view),
        retros_replies.box(box, "Kept. "),
        retros_replies.listing(many, PARTNERSHIP, 7),
        retros_replies.listing([], PARTNERSHIP, None),
    ):
        check_fits(shown)


def test_the_terms_may_be_as_large_as_the_policy_allows() -> None:
    terms = replace(TERMS, dots=20, dots_per_topic=20, cards=100)
    view = view_of(replace(crowded(RetroState.VOTE), terms=terms))
    check_fits(retros_topics.dots(Mine(view, dots={1: 20}), 1))


def test_forms_hold_what_was_written() -> None:
    retro = made(WORST)
    for form in (
        retros_forms.word(retro),
        retros_forms.card(retro),
        retros_forms.card(retro, Written("a" * 16, 4, bomb(300))),
        retros_forms.capture(GROUP),
        retros_forms.cancel(retro),
        retros_forms.rename(retro, 1, bomb(80)),
        retros_forms.note(retro, 1, bomb(300)),
        retros_forms.action(retro),
    ):
        assert len(form.title) <= 45
        assert 1 <= len(form.children) <= 5


def closed_event(retro: Retro) -> Recorded:
    data: dict[str, Json] = {"lessons": retros_lessons.lessons(retro), "number": 4}
    return Recorded(9, PARTNERSHIP.id, NOW, event_of(RetroClosed, "retro/4", TOM, data), "ab" * 32)


def test_lessons_fit_into_few_messages_and_the_whole_stands_in_the_file() -> None:
    retro = crowded(RetroState.CLOSED)
    (document,) = retros_notices.drawn(view_of(retro), closed_event(retro))
    told = retros_notices.posts(view_of(retro), document, 1_000_004)
    assert 1 <= len(told) <= 3
    for shown, _ in told:
        check_fits(shown)
    assert [len(files) for _, files in told] == [0] * (len(told) - 1) + [1]
    ((name, content),) = told[-1][1]
    assert name == "R-4-lessons.md"
    assert content.decode().count("\n- ") > 990
    assert "The whole document is in the file" in text_of(told[-1][0])
    whole = retros_notices.document(view_of(retro))
    check_fits(retros_notices.answered(view_of(retro), whole))
    assert whole.decode().startswith("## 📗 Lessons of R-4")


def test_short_lessons_are_one_message_with_everything_in_it() -> None:
    retro = made(cards=("Walks along the river", "Long reports"), state=RetroState.CLOSED)
    topics = (
        Topic(1, (1,), "Walking", 4, ("Every Saturday.",), Progress.DISCUSSED),
        Topic(2, (2,), "", 1, (), Progress.PARKED),
    )
    retro = replace(
        retro, topics=topics, took_part=7, classes=(("domain expert", 4), ("others", 3)), actions=ACTIONS[:1]
    )
    (document,) = retros_notices.drawn(view_of(retro), closed_event(retro))
    ((shown, files),) = retros_notices.posts(view_of(retro), document, 1_000_004)
    text = text_of(shown)
    for words in (
        "7 people took part: 4 “domain expert” and 3 others.",
        "**Topic** “Walking” (4 dots, discussed)",
        "> Every Saturday.",
        "### Carried over to the next retro\n- “Long reports”",
        "<@12>, by <t:",
        "SHA-256 of these lessons",
        "Record #9 · " + "ab" * 16,
    ):
        assert words in text, words
    assert units(text) <= V2_TEXT
    assert len(files) == 1


def test_nobody_took_part_tells_no_lessons() -> None:
    retro = made(state=RetroState.CLOSED)
    event = Recorded(9, PARTNERSHIP.id, NOW, event_of(RetroClosed, "retro/4", TOM, {"took_part": 0}), "ab" * 32)
    assert retros_notices.drawn(view_of(retro), event) == ()
    assert "Nobody took part" in text_of(boards.card(view_of(retro), 1))
    assert retros_notices.document(view_of(retro)) == b""
    check_fits(retros_notices.answered(view_of(retro), b""))


def test_the_facilitators_buttons_name_the_phase_that_they_end() -> None:
    assert "retro:next:4:2" in custom_ids(boards.card(view_of(made(state=RetroState.GATHER)), 1))
    assert "retro:next:4:6" in custom_ids(boards.card(view_of(made(state=RetroState.ACTIONS)), 1))
    assert not [each for each in custom_ids(boards.card(view_of(made(state=RetroState.CLOSED)), 1)) if ":next:" in each]


@pytest.mark.parametrize("state", rules.PHASES)
def test_a_board_has_one_thing_first_and_the_rest_behind_more(state: RetroState) -> None:
    """A red button never stands beside the one that goes on."""
    current = 1 if state is RetroState.DISCUSS else None
    shown = boards.card(view_of(replace(made(state=state, cards=("a", "b")), current=current)), 1)
    ids = custom_ids(shown)
    assert len(ids) <= 5, ids
    ahead = f"retro:next:4:{rules.PHASES.index(state) + 1}"
    first = "retro:end:4:1.discussed" if state is RetroState.DISCUSS else ahead
    assert ids[-1] == first, "below the facilitator's line"
    assert "retro:menu:4" in ids
    assert not [each for each in ids if ":cancel:" in each]


def test_more_offers_each_what_they_may_do_and_what_the_board_has_not() -> None:
    for state in rules.PHASES:
        view = view_of(made(state=state))
        board = set(custom_ids(boards.card(view, 1)))
        others = custom_ids(retros_replies.more(Options(view, False, False, False)))
        leading = custom_ids(retros_replies.more(Options(view, True, False, True)))
        assert not set(others) & board - {"retro:about:4"}, state
        assert not [
            each for each in others if each.split(":")[1] in {"cancel", "pause", "time", "hand", "next", "back"}
        ]
        assert leading[: len(others)] == others
        assert leading[-1] == "retro:cancel:4", "what destroys comes last"
        assert "retro:back:4" in " ".join(leading)
        check_fits(retros_replies.more(Options(view, True, False, True)))
    taking = custom_ids(retros_replies.more(Options(view_of(made(state=RetroState.VOTE)), False, True, False)))
    assert taking[-1] == "retro:take:4"


def test_every_doubt_says_what_going_on_means() -> None:
    states = (RetroState.SCHEDULED, RetroState.GATHER, RetroState.VOTE, RetroState.DISCUSS, RetroState.ACTIONS)
    for doubt, state in zip(list(Doubt)[1:], states, strict=True):
        shown = retros_replies.doubted(Pressed(view_of(made(state=state)), doubt))
        check_fits(shown)
        assert "Nothing has changed yet" in text_of(shown)
        place = rules.PHASES.index(state) + 1 if state in rules.PHASES else 0
        assert custom_ids(shown) == [f"retro:go:4:{place}"]


def test_a_topic_of_one_card_says_its_words_once() -> None:
    """Neither the board nor the page for dots repeats a name as a quotation; a longer card and several stand whole."""
    long, short = f"Once {'x' * 200}", "Neighbours who bring soup"
    retro = made(cards=(short, long), state=RetroState.DISCUSS)
    first, second = retro.topics
    for current, times in ((first, 1), (second, 2)):
        board = text_of(boards.card(view_of(replace(retro, current=current.id)), 1))
        shown = board.split("Topic ")[1].split("**Next**")[0]
        assert shown.count(retro.cards[current.id - 1].text[:6]) == times, shown
    both = replace(first, cards=(first.id, second.id))
    texts = {each.id: each for each in retro.cards}
    assert boards.card_texts(both, texts, 8, 230).count("> ") == 2
