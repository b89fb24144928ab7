"""What is new, line by line: each noun, its edges in time, and who may read it (LRN-4, RHY-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.governance import retros as retro_rules
from bot.governance.ids import GroupId
from bot.governance.reminders import Entry
from bot.governance.retros import RetroState
from bot.governance.surveys import Question, QuestionKind
from bot.services import digests, feedback, meetings, proposals, retros, retros_writing, surveys
from bot.services.digests import MOST, News
from bot.services.meetings import Wanted
from bot.services.noun import DigestLine
from tests.services.scene import (
    ADA,
    BEN,
    GUS,
    HERE,
    QUIET,
    QUINN,
    RAY,
    SHG,
    STAKEHOLDERS,
    TIA,
    TLC,
    TOM,
    Scene,
)

QUESTION = Question(QuestionKind.TEXT, "What should change?")


async def news(scene: Scene, since: datetime) -> News:
    async with scene.ctx.uow.read() as tx:
        return await digests.news(tx, await tx.partnerships.get(HERE), since, scene.clock())


def lines(entries: tuple[Entry, ...]) -> list[tuple[str, str, str]]:
    return [(each.section, each.why, each.name) for each in entries]


async def surveyed(scene: Scene, who: int, group: GroupId | None) -> None:
    actor = scene.actor(who)
    made = (await surveys.create(scene.ctx, actor, HERE, group, "Pulse", "")).survey.id
    await surveys.put_question(scene.ctx, actor, made, 0, QUESTION)
    await surveys.open_now(scene.ctx, actor, made)
    await scene.after(by=timedelta(days=5))


async def looked_back(scene: Scene, who: int, group: GroupId) -> None:
    actor = scene.actor(who)
    held = (await retros.start(scene.ctx, actor, HERE, group, retro_rules.plan("4 Ls", title="Spring"))).retro.id
    await retros_writing.join(scene.ctx, actor, held)
    while (state := (await retros.show(scene.ctx, actor, held)).retro.state) is not RetroState.CLOSED:
        await retros.next_phase(scene.ctx, actor, held, state)


async def test_each_noun_has_its_line_and_a_private_groups_lines_are_its_own(scene: Scene) -> None:
    since = scene.clock()
    for who, group in ((GUS, SHG), (QUINN, QUIET)):
        await surveyed(scene, who, group)
    for who, held_by in ((TOM, TLC), (QUINN, QUIET)):
        await looked_back(scene, who, held_by)
    for giver, about, answerer in ((BEN, None, TOM), (QUINN, QUIET, RAY)):
        given = await feedback.give(scene.ctx, scene.actor(giver), HERE, about, "The map is old.", anonymous=True)
        await feedback.answer(scene.ctx, scene.actor(answerer), given.feedback.id, "It is new now.")
    withdrawn = await scene.file(TIA)
    await proposals.withdraw(scene.ctx, scene.actor(TIA), withdrawn)
    found = await news(scene, since)
    everybodys = [
        ("survey", "closed", "S-1"),
        ("lessons", "closed", "R-1"),
        ("outcome", "proposal withdrawn", "P-1"),
        ("answered", "answered", "F-1"),
    ]
    private = [("survey", "closed", "S-2"), ("lessons", "closed", "R-2"), ("answered", "answered", "F-2")]
    assert sorted(lines(found.open_to_all())) == sorted(everybodys)
    assert sorted(lines(found.readable(found.member(await scene.person(ADA))))) == sorted(everybodys)
    assert sorted(lines(found.readable(found.member(await scene.person(RAY))))) == sorted(everybodys + private)
    await scene.joined(ADA)
    found = await news(scene, since)
    nobody = found.member(await scene.person(ADA))
    assert found.readable(nobody) == ()
    assert await digests.personal(found, nobody.person, ()) == []
    titles = {each.name: (each.title, each.text) for each in found.open_to_all()}
    assert titles == {
        "S-1": ("Pulse", ""),
        "R-1": ("Spring", ""),
        "P-1": ("A shared calendar", ""),
        "F-1": ("The map is old.", "It is new now."),
    }
    assert lines((await news(scene, scene.clock())).open_to_all()) == [], "what was told is not new again"


async def test_of_a_proposal_the_last_step_is_told_once(scene: Scene) -> None:
    since = scene.clock()
    filed = await scene.file(TIA)
    await scene.read_by(filed, *STAKEHOLDERS)
    await scene.after(hours=72)
    assert lines((await news(scene, since)).open_to_all()) == [("outcome", "proposal enacted", "P-1")]


async def test_meetings_of_the_next_week_are_coming_the_nearest_first(scene: Scene) -> None:
    for when in ("2026-01-08 00:00", "2026-01-08 00:01", "2026-01-02 10:00"):
        wanted = Wanted(when=when, title=f"At {when}", group=TLC, every="once")
        typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, wanted)
        await meetings.confirm(scene.ctx, scene.actor(TOM), typed.meeting.id)
    coming = [each for each in (await news(scene, scene.clock())).open_to_all() if each.section == "meeting"]
    assert [each.name for each in coming] == ["M-3", "M-1"], "seven days from now, and not a minute more"
    assert [each.at for each in coming] == sorted(each.at for each in coming if each.at)
    scene.clock.now = datetime.fromisoformat("2026-01-02T10:00:00+00:00")
    assert "M-3" not in [each.name for each in (await news(scene, scene.clock())).open_to_all()], "it has begun"


async def test_of_a_section_eight_lines_are_told_and_the_rest_is_counted(scene: Scene) -> None:
    some = [Entry("outcome", "proposal enacted", f"P-{n}") for n in range(MOST + 2)]
    for most, shown in ((MOST, MOST), (MOST + 1, MOST), (MOST + 2, MOST)):
        made = replace(await news(scene, scene.clock()), lines=tuple(DigestLine(None, each) for each in some[:most]))
        told = await digests.personal(made, await scene.person(ADA), ())
        assert [each.name for each in told if each.why != "more"] == [each.name for each in some[:shown]]
        more = [each.name for each in told if each.why == "more"]
        assert more == ([str(most - MOST)] if most > MOST else [])


async def test_what_a_letter_tells_already_does_not_wait_a_second_time(scene: Scene) -> None:
    filed = await scene.file(TIA)
    found = await news(scene, scene.clock())
    ada = await scene.person(ADA)
    assert [(e.section, e.why, e.at) for e in await digests.personal(found, ada, ())] == [
        ("waiting", "read", (await scene.get(filed)).closes_at)
    ]
    assert await digests.personal(found, ada, {"P-1"}) == []


async def test_answered_words_that_were_hidden_or_taken_back_are_not_repeated(scene: Scene) -> None:
    since = scene.clock() - timedelta(seconds=1)
    for words in ("The map is old.", "The bench is wet.", "The tea is cold."):
        await feedback.give(scene.ctx, scene.actor(BEN), HERE, None, words, anonymous=False)
        await feedback.answer(scene.ctx, scene.actor(TOM), (await numbered(scene, words)), "We did it.")
    await feedback.hide(scene.ctx, scene.actor(GUS), await numbered(scene, "The map is old."), "It is rude.")
    await feedback.say(scene.ctx, scene.actor(BEN), await numbered(scene, "The bench is wet."), False)
    await feedback.say(scene.ctx, scene.actor(BEN), await numbered(scene, "The tea is cold."), True)
    assert [e.title for e in (await news(scene, since)).open_to_all()] == ["The tea is cold."], "closed counts as well"


async def numbered(scene: Scene, words: str) -> int:
    page = await feedback.page(scene.ctx, scene.actor(BEN), HERE)
    return next(each.feedback.id for each in page.found if each.feedback.text == words)


async def test_feedback_that_was_closed_since_is_told_though_it_was_answered_before(scene: Scene) -> None:
    given = await feedback.give(scene.ctx, scene.actor(BEN), HERE, None, "The map is old.", anonymous=False)
    await feedback.answer(scene.ctx, scene.actor(TOM), given.feedback.id, "It is new now.")
    since = scene.clock()
    assert lines((await news(scene, since)).open_to_all()) == []
    scene.clock.forward(timedelta(hours=1))
    await feedback.say(scene.ctx, scene.actor(BEN), given.feedback.id, True)
    assert lines((await news(scene, since)).open_to_all()) == [("answered", "answered", "F-1")]
