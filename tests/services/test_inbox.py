"""What needs *you* now, most urgent first, on real databases (RHY-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.governance.errors import NotEligible, NotFound
from bot.governance.ids import PartnershipId
from bot.governance.retros import RetroState, plan
from bot.governance.surveys import Question, QuestionKind
from bot.services import (
    escalations,
    feedback,
    meetings,
    objections,
    outbox,
    proposals,
    retros,
    retros_writing,
    roles,
    surveys,
    surveys_replies,
    votes,
)
from bot.services.inbox import inbox
from bot.services.meetings import Wanted
from bot.services.ports.deliveries import DeliveryKind
from tests.services.scene import (
    ADA,
    BEN,
    CLEO,
    CORE,
    ENTRENCHED_KEY,
    FREE_KEY,
    GUILD,
    GUS,
    HERE,
    ODA,
    OTHER_TEXT,
    QUIET,
    QUINN,
    RAY,
    REASON,
    SHG,
    STAKEHOLDERS,
    TEXT,
    TIA,
    TLC,
    TOM,
    Scene,
)


async def kinds(scene: Scene, who: int) -> list[str]:
    return [item.kind for item in (await inbox(scene.ctx, scene.actor(who), HERE)).items]


async def test_nothing_waits_at_first_and_asking_writes_nothing(scene: Scene) -> None:
    before = await scene.tables()
    for who in (ADA, TIA, ODA):
        assert await kinds(scene, who) == []
    assert await scene.tables() == before


async def test_what_is_unread_waits_until_it_is_read_objected_to_or_closed(scene: Scene) -> None:
    filed = await scene.file()
    (item,) = (await inbox(scene.ctx, scene.actor(ADA), HERE)).items
    assert (item.kind, item.name, item.due_at) == ("read", "P-1", (await scene.get(filed)).closes_at)
    for uninvolved in (TIA, TOM, ODA, GUS):
        assert await kinds(scene, uninvolved) == []
    await scene.read_by(filed, ADA)
    await scene.object(BEN, filed, stated=True)
    assert await kinds(scene, ADA) == []
    assert await kinds(scene, BEN) == []
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed)
    assert await kinds(scene, CLEO) == []


async def test_the_most_urgent_comes_first_and_what_has_no_deadline_last(scene: Scene) -> None:
    await scene.draft(ADA, "general")
    early = await scene.file(TIA)
    scene.clock.forward(timedelta(hours=1))
    await scene.file(TOM)
    number = await scene.object(ADA, early)
    items = (await inbox(scene.ctx, scene.actor(ADA), HERE)).items
    assert [(i.kind, i.objection) for i in items] == [
        ("state objection", number),
        ("read", None),
        ("finish draft", None),
    ]
    due = [i.due_at for i in items if i.due_at]
    assert due == sorted(due)


async def test_every_step_of_an_objection_waits_for_whom_it_concerns(scene: Scene) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed)
    assert await kinds(scene, ADA) == ["state objection"]
    await scene.object(ADA, filed, stated=True)
    assert await kinds(scene, ADA) == []
    await objections.ask_test(scene.ctx, scene.actor(TIA), filed, number)
    assert await kinds(scene, GUS) == ["rule"]
    await objections.rule(scene.ctx, scene.actor(GUS), filed, number, False, REASON)
    assert await kinds(scene, GUS) == []
    assert await kinds(scene, ADA) == ["appeal"]
    await objections.appeal(scene.ctx, scene.actor(ADA), filed, number, REASON)
    assert await kinds(scene, ADA) == []
    assert await kinds(scene, BEN) == ["read", "vote on appeal"]
    await objections.vote_on_appeal(scene.ctx, scene.actor(BEN), filed, number, True)
    assert await kinds(scene, BEN) == ["read"]
    for who in (CLEO, 14):
        await objections.vote_on_appeal(scene.ctx, scene.actor(who), filed, number, True)
    await proposals.revise(scene.ctx, scene.actor(TIA), filed, OTHER_TEXT, ())
    assert await kinds(scene, ADA) == ["answer revision"]
    scene.roles.pop(ADA)
    await roles.member_left(scene.ctx, GUILD, ADA, by_themselves=True)
    assert "sponsor" in await kinds(scene, BEN)
    await objections.sponsor(scene.ctx, scene.actor(BEN), filed, number)
    assert "sponsor" not in await kinds(scene, CLEO)
    assert "answer revision" in await kinds(scene, BEN), "a sponsor speaks for the objection"


async def test_a_dispute_a_vote_and_a_stale_change_wait_too(scene: Scene) -> None:
    filed = await scene.disputed()
    assert await kinds(scene, TIA) == ["mend or end"]
    assert await kinds(scene, BEN) == ["escalate or leave"]
    assert await kinds(scene, TOM) == []
    await escalations.escalate(scene.ctx, scene.actor(ADA), filed)
    await scene.sweep()
    assert await kinds(scene, BEN) == ["vote"]
    await votes.cast(scene.ctx, scene.actor(BEN), filed, {"for": 1})
    assert await kinds(scene, BEN) == []
    assert await kinds(scene, TIA) == []


async def test_a_stale_change_waits_for_its_author(scene: Scene) -> None:
    one = await scene.file(TIA, "policy", effects=(FREE_KEY,))
    two = await scene.file(TOM, "policy", text=OTHER_TEXT, effects=(FREE_KEY,))
    for filed in (one, two):
        await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    await scene.after(hours=48)
    assert sorted([await kinds(scene, TIA), await kinds(scene, TOM)]) == [[], ["rebase"]]


async def test_a_private_groups_matters_wait_for_its_members_alone(scene: Scene) -> None:
    await scene.file(QUINN, "general", QUIET)
    assert await kinds(scene, RAY) == ["read"]
    for outsider in (ADA, TIA, GUS):
        assert await kinds(scene, outsider) == []


async def test_who_left_a_private_group_is_told_nothing_of_it_any_more(scene: Scene) -> None:
    quinn = scene.actor(QUINN)
    question = Question(QuestionKind.TEXT, "What should change?")
    asked = (await surveys.create(scene.ctx, quinn, HERE, QUIET, "Between us", "")).survey.id
    await surveys.put_question(scene.ctx, quinn, asked, 0, question)
    await surveys.open_now(scene.ctx, quinn, asked)
    given = await feedback.give(scene.ctx, quinn, HERE, QUIET, "We talk too little.", anonymous=True)
    await feedback.take(scene.ctx, quinn, given.feedback.id)
    held = (await retros.start(scene.ctx, quinn, HERE, QUIET, plan("4 Ls"))).retro.id
    for since in (RetroState.CHECK_IN, RetroState.GATHER):
        await retros_writing.join(scene.ctx, quinn, held)
        await retros.next_phase(scene.ctx, quinn, held, since)
    await retros_writing.add_action(scene.ctx, quinn, held, "Talk more", quinn)
    waiting = {"answer survey", "answer feedback", "take part in retro", "do action"}
    assert set(await kinds(scene, QUINN)) == waiting
    await scene.joined(QUINN, CORE)
    assert await kinds(scene, QUINN) == []


async def test_an_affirmative_decision_waits_to_be_read_and_then_voted(scene: Scene) -> None:
    await scene.file(type="policy", text=TEXT, effects=(ENTRENCHED_KEY,))
    assert await kinds(scene, ADA) == ["read"]
    await scene.after(hours=72)
    assert await kinds(scene, ADA) == ["vote"]


async def test_an_item_links_to_the_card_where_it_stands(scene: Scene) -> None:

    filed = await scene.file()
    card = next(d for d in await outbox.of_proposal(scene.ctx, filed) if d.kind is DeliveryKind.CARD)
    await outbox.keep(scene.ctx, (replace(card, channel_id=7, message_id=8),))
    (item,) = (await inbox(scene.ctx, scene.actor(ADA), HERE)).items
    assert item.link == f"https://discord.com/channels/{GUILD}/7/8"


async def test_without_a_seat_or_in_no_partnership_there_is_no_inbox(scene: Scene) -> None:
    with pytest.raises(NotEligible):
        await kinds(scene, 4711)
    with pytest.raises(NotFound):
        await inbox(scene.ctx, scene.actor(ADA), PartnershipId(9))


async def test_a_meeting_waits_two_weeks_ahead_for_members_who_have_not_said(scene: Scene) -> None:
    for when in ("2026-01-15 00:00", "2026-01-15 00:01"):
        wanted = Wanted(when=when, group=SHG, every="once")
        typed = await meetings.draft(scene.ctx, scene.actor(GUS), HERE, wanted)
        await meetings.confirm(scene.ctx, scene.actor(GUS), typed.meeting.id)
    (item,) = (await inbox(scene.ctx, scene.actor(ADA), HERE)).items
    assert (item.kind, item.name, item.due_at) == ("answer meeting", "M-1", datetime(2026, 1, 15, tzinfo=UTC))
    assert await kinds(scene, ODA) == [], "an observer looks on"
    assert await kinds(scene, TIA) == []
    await meetings.attend(scene.ctx, scene.actor(ADA), int(item.thing.partition("/")[2]), False)
    assert await kinds(scene, ADA) == [], "who said no has said it"


async def test_feedback_waits_for_its_owner_until_it_is_answered_and_hidden_words_stay_hidden(scene: Scene) -> None:
    given = await feedback.give(scene.ctx, scene.actor(BEN), HERE, None, "A secret of somebody.", anonymous=True)
    assert await kinds(scene, TIA) == []
    await feedback.take(scene.ctx, scene.actor(TIA), given.feedback.id)
    (item,) = (await inbox(scene.ctx, scene.actor(TIA), HERE)).items
    assert (item.kind, item.title, item.due_at) == ("answer feedback", "A secret of somebody.", None)
    await feedback.hide(scene.ctx, scene.actor(GUS), given.feedback.id, "It names a child.")
    (item,) = (await inbox(scene.ctx, scene.actor(TIA), HERE)).items
    assert item.title == "words hidden"
    assert await kinds(scene, TOM) == []
    await feedback.answer(scene.ctx, scene.actor(TIA), given.feedback.id, "We did it.")
    assert await kinds(scene, TIA) == []


async def test_a_survey_waits_for_those_asked_while_it_is_open_also_for_those_who_answered(scene: Scene) -> None:
    gus = scene.actor(GUS)
    asked = (await surveys.create(scene.ctx, gus, HERE, SHG, "Pulse", "")).survey.id
    await surveys.put_question(scene.ctx, gus, asked, 0, Question(QuestionKind.TEXT, "What should change?"))
    assert await kinds(scene, ADA) == []
    opened = (await surveys.open_now(scene.ctx, gus, asked)).survey
    for who in STAKEHOLDERS:
        await surveys_replies.answer(scene.ctx, scene.actor(who), asked, ["More maps."])
    (item,) = (await inbox(scene.ctx, scene.actor(ADA), HERE)).items
    assert (item.kind, item.due_at) == ("answer survey", opened.closes_at)
    assert await kinds(scene, TIA) == []
    await scene.after(by=timedelta(days=5))
    assert await kinds(scene, ADA) == [], "a result was published, so whom it asked is known still"


async def test_actions_wait_for_their_owner_until_done_and_not_of_a_cancelled_retro(scene: Scene) -> None:
    tom = scene.actor(TOM)
    for number in (1, 2):
        held = (await retros.start(scene.ctx, tom, HERE, TLC, plan("4 Ls"))).retro.id
        await retros_writing.join(scene.ctx, tom, held)
        for since in (RetroState.CHECK_IN, RetroState.GATHER):
            await retros.next_phase(scene.ctx, tom, held, since)
        await retros_writing.add_action(scene.ctx, tom, held, f"Do {number}", scene.actor(TIA))
        if number == 1:
            await retros.next_phase(scene.ctx, tom, held, RetroState.ACTIONS)
        else:
            await retros.cancel(scene.ctx, tom, held, "")
    items = (await inbox(scene.ctx, scene.actor(TIA), HERE)).items
    assert [(item.kind, item.title, item.objection) for item in items] == [("do action", "Do 1", 1)]
    assert "do action" not in await kinds(scene, TOM)
    await retros_writing.finish_action(scene.ctx, scene.actor(TIA), 1, 1)
    assert await kinds(scene, TIA) == []
