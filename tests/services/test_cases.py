"""One case for every noun: found by number, read by who may, paged through, shown elsewhere when its place is lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.governance.errors import NotEligible, NotFound, RoleSuspended
from bot.governance.ids import GroupId, RoleId
from bot.governance.organisation import RoleMapping, with_mapping
from bot.governance.retros import plan
from bot.governance.surveys import Question, QuestionKind
from bot.services import cases, feedback, meetings, members, proposals, retros, retros_views, retros_writing, surveys
from bot.services.meetings import Wanted
from bot.services.noun import Noun
from bot.services.nouns import NOUNS, check
from bot.services.ports.context import Context
from bot.services.ports.partnerships import Place, PlaceKind
from tests.services.scene import (
    CAL,
    CELL,
    CORE_RULER,
    ELSEWHERE,
    GARDENER,
    HERE,
    NIA,
    PARTNERSHIP,
    QUIET,
    QUINN,
    TIA,
    TLC,
    TOM,
    Scene,
)

GROUPS_OWN, TALK = 71, 72
ABOUT = Question(QuestionKind.TEXT, "What should change?")


async def a_proposal(scene: Scene, who: int, group: GroupId) -> int:
    return await scene.file(who, "general", group)


async def a_retro(scene: Scene, who: int, group: GroupId) -> int:
    return (await retros.start(scene.ctx, scene.actor(who), HERE, group, plan("4 Ls"))).retro.id


async def a_survey(scene: Scene, who: int, group: GroupId) -> int:
    made = (await surveys.create(scene.ctx, scene.actor(who), HERE, group, "Pulse", "")).survey.id
    await surveys.put_question(scene.ctx, scene.actor(who), made, 0, ABOUT)
    return (await surveys.open_now(scene.ctx, scene.actor(who), made)).survey.id


async def some_feedback(scene: Scene, who: int, group: GroupId) -> int:
    given = await feedback.give(scene.ctx, scene.actor(who), HERE, group, "The map is old.", anonymous=True)
    return given.feedback.id


async def a_meeting(scene: Scene, who: int, group: GroupId) -> int:
    wanted = Wanted("friday 18:00", group=group, zone="UTC")
    typed = await meetings.draft(scene.ctx, scene.actor(who), HERE, wanted)
    return (await meetings.confirm(scene.ctx, scene.actor(who), typed.meeting.id)).meeting.id


MADE: dict[str, Callable[[Scene, int, GroupId], Awaitable[int]]] = {
    "proposal": a_proposal,
    "retro": a_retro,
    "survey": a_survey,
    "feedback": some_feedback,
    "meeting": a_meeting,
}
BOARDS: dict[str, Callable[[Context, int], Awaitable[Any]]] = {
    "retro": retros_views.load,
    "survey": surveys.board,
    "feedback": feedback.board,
    "meeting": meetings.board,
}
every_noun = pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)


async def readable(scene: Scene, noun: Noun[Any], id: int, who: int, guild: int | None = None) -> str:
    """What somebody is told who asks for it: nothing, or why not."""
    actor = scene.actor(who)
    try:
        async with cases.reading(scene.ctx, noun.shelf, actor if guild is None else replace(actor, guild_id=guild), id):
            return "shown"
    except NotFound as refusal:
        return f"no {refusal.what}"
    except NotEligible as refusal:
        return refusal.why


def test_no_noun_goes_without_these_tests() -> None:
    assert set(MADE) == {noun.name for noun in NOUNS}
    assert set(BOARDS) == {noun.name for noun in NOUNS if noun.boards}


# ---- numbers as people write them ----------------------------------------------------------------


@every_noun
def test_a_number_is_read_as_people_write_it(noun: Noun[Any]) -> None:
    own = noun.letter
    for words in ("7", "#7", f"{own}-7", f"{own}7", f"{own.lower()}-7", f" {own} 7 ", f"{own}-7 · Plant\ntrees · 12"):
        assert cases.written(own, words) == cases.TypedNumber(7), words
    for words in ("2/7", f"2/{own}-7", f"2/{own}-7 · words", "2 / 7"):
        assert cases.written(own, words) == cases.TypedNumber(7, "2"), words


@every_noun
def test_what_is_no_number_of_it_is_none(noun: Noun[Any]) -> None:
    other = next(each.letter for each in NOUNS if each is not noun)
    for words in ("", "0", "07", "-7", "7-", "1234567890", "seven", "٧", f"{other}-7", "7/", "/7", "2/0", "1/2/3"):
        assert cases.written(noun.letter, words) is None, words


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("", ()),
        ("P-12, P-14", (12, 14)),
        ("12 14;12", (12, 14)),
        ("#3, p 4\np-5,", (3, 4, 5)),
        ("P-12 and P-14", None),
        ("P-12P-14", None),
        ("M-3", None),
    ],
)
def test_several_numbers_are_read_together(words: str, numbers: tuple[int, ...] | None) -> None:
    assert cases.all_written("P", words) == numbers


# ---- who may read --------------------------------------------------------------------------------


@every_noun
async def test_it_is_shown_to_who_may_read_it_and_to_others_it_does_not_exist(scene: Scene, noun: Noun[Any]) -> None:
    made = await MADE[noun.name](scene, TOM, TLC)
    private = await MADE[noun.name](scene, QUINN, QUIET)
    assert await readable(scene, noun, made, CAL) == "shown"
    assert await readable(scene, noun, private, QUINN) == "shown"
    assert await readable(scene, noun, private, CAL) == f"no {noun.name}"
    assert await readable(scene, noun, made, NIA) == await readable(scene, noun, private, NIA) == "no seat"
    assert await readable(scene, noun, made, TOM, ELSEWHERE) == f"no {noun.name}"
    assert await readable(scene, noun, 4711, TOM) == f"no {noun.name}"


async def test_a_draft_is_not_there_for_others_seat_or_no_seat(scene: Scene) -> None:
    in_a_week = retros.Later("friday 18:00", "UTC")
    planned, _ = await retros.plan_later(scene.ctx, scene.actor(TOM), HERE, TLC, plan("4 Ls"), in_a_week)
    typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, Wanted("friday 18:00", group=TLC, zone="UTC"))
    drafts = (
        (proposals.NOUN, await scene.draft(TOM)),
        (retros.NOUN, planned.retro.id),
        (meetings.NOUN, typed.meeting.id),
    )
    for noun, made in drafts:
        for who in (TIA, NIA):
            assert await readable(scene, noun, made, who) == f"no {noun.name}"


@every_noun
async def test_a_number_of_another_server_is_not_found(scene: Scene, noun: Noun[Any]) -> None:
    made = await MADE[noun.name](scene, TOM, TLC)
    assert await cases.numbered(scene.ctx, noun.shelf, scene.actor(CAL), HERE, 1) == made
    with pytest.raises(NotFound):
        await cases.numbered(scene.ctx, noun.shelf, replace(scene.actor(TOM), guild_id=ELSEWHERE), HERE, 1)
    with pytest.raises(NotFound):
        await cases.numbered(scene.ctx, noun.shelf, scene.actor(TOM), HERE, 4711)


@every_noun
async def test_a_page_is_full_also_where_what_others_may_not_read_stands_between(scene: Scene, noun: Noun[Any]) -> None:
    for who, group in ((TOM, TLC), (QUINN, QUIET), (QUINN, QUIET), (TOM, TLC)):
        await MADE[noun.name](scene, who, group)
    for who, size, before, expected in (
        (CAL, 1, None, ((4,), 4)),
        (CAL, 1, 4, ((1,), None)),
        (CAL, 2, None, ((4, 1), None)),
        (QUINN, 2, None, ((4, 3), 3)),
    ):
        async with scene.ctx.uow.read() as tx:
            partnership = await tx.partnerships.get(HERE)
            member = await members.reader_of(tx, partnership, scene.actor(who))
            found, following = await cases.page(tx, noun.shelf, partnership, member, size, before=before)
        assert (tuple(each.number for each in found), following) == expected


# ---- where it is shown ---------------------------------------------------------------------------


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun.boards], ids=lambda noun: noun.name)
async def test_a_board_whose_channel_is_lost_stands_where_everybody_talks_unless_it_is_private(
    scene: Scene, noun: Noun[Any]
) -> None:
    made = await MADE[noun.name](scene, TOM, TLC)
    private = await MADE[noun.name](scene, QUINN, QUIET)

    async def places(*, lost: bool) -> list[int | None]:
        async with scene.ctx.uow.write() as tx:
            for group in (TLC, QUIET):
                await tx.partnerships.save_place(Place(HERE, PlaceKind.GROUP, GROUPS_OWN + 10 * group, group, lost))
            await tx.partnerships.save_place(Place(HERE, PlaceKind.TALK, TALK))
        return [(await BOARDS[noun.name](scene.ctx, each)).channel_id for each in (made, private)]

    assert await places(lost=False) == [GROUPS_OWN + 10 * TLC, GROUPS_OWN + 10 * QUIET]
    assert await places(lost=True) == [TALK, None]


# ---- the declarations ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "twin",
    [
        {"letter": "R"},
        {"plural": "retros"},
        {"looks": {"proposal": proposals.NOUN.looks["proposal"], "action": retros.NOUN.looks["action"]}},
        {"series": "retro number"},
        {"name": "motion"},
        {"looks": {}},
        {"running": frozenset()},
    ],
    ids=lambda twin: next(iter(twin)),
)
def test_two_nouns_that_share_what_tells_them_apart_are_refused(twin: dict[str, Any]) -> None:
    check(NOUNS)
    others = [noun for noun in NOUNS if noun.name != "proposal"]
    with pytest.raises(ValueError, match=r"proposal|motion"):
        check([*others, replace(proposals.NOUN, **twin)])


# ---- authority: one answer for every noun --------------------------------------------------------

LIAISON, WATCHING = RoleId(190), RoleId(191)
LIA, WIM = 91, 92


async def mapped(scene: Scene, *mappings: RoleMapping) -> None:
    async with scene.ctx.uow.write() as tx:
        partnership = await tx.partnerships.get(HERE)
        for each in mappings:
            partnership = with_mapping(partnership, each)
        await tx.partnerships.save(partnership)


@pytest.mark.parametrize("noun", ["retro", "survey", "meeting"])
async def test_where_nobody_leads_members_do_and_a_liaison_does_not(scene: Scene, noun: str) -> None:
    """ORG-4: a liaison used to run meetings there, and neither surveys nor retros."""
    await mapped(scene, RoleMapping(LIAISON, CELL, "liaison", name="Liaison"))
    await scene.joined(LIA, LIAISON)
    with pytest.raises(NotEligible, match="run"):
        await MADE[noun](scene, LIA, CELL)
    assert await MADE[noun](scene, CAL, CELL)


async def test_where_nobody_leads_members_hide_feedback_and_a_liaison_takes_it_on(scene: Scene) -> None:
    await mapped(scene, RoleMapping(LIAISON, CELL, "liaison", name="Liaison"))
    liaison = await scene.joined(LIA, LIAISON)
    given = await some_feedback(scene, TIA, CELL)
    with pytest.raises(NotEligible, match="hide feedback"):
        await feedback.hide(scene.ctx, liaison, given, "It names a child.")
    assert (await feedback.take(scene.ctx, liaison, given)).feedback.owner is not None
    assert (await feedback.hide(scene.ctx, scene.actor(CAL), given, "It names a child.")).feedback.hidden_by


async def test_who_only_watches_a_private_group_takes_part_in_nothing_of_it(scene: Scene) -> None:
    """SCL-2: with a seat elsewhere such an observer used to write in its meetings, and not in its retros."""
    await mapped(scene, RoleMapping(WATCHING, QUIET, "observer", name="Watching"))
    watcher = await scene.joined(WIM, WATCHING, GARDENER)
    held = await a_meeting(scene, QUINN, QUIET)
    assert (await meetings.show(scene.ctx, watcher, held)).meeting.id == held
    with pytest.raises(NotEligible, match="meeting seat"):
        await meetings.add_item(scene.ctx, watcher, held, "Who brings the cake?")
    with pytest.raises(NotEligible, match="retro seat"):
        await retros_writing.capture(scene.ctx, watcher, HERE, QUIET, "Who brings the cake?")
    open_to_all = await a_meeting(scene, CAL, CELL)
    assert len((await meetings.add_item(scene.ctx, watcher, open_to_all, "Who brings the cake?")).meeting.items) == 1


async def test_a_role_that_gained_power_opens_no_form_for_what_would_be_refused(scene: Scene) -> None:
    """ORG-2: the draft of a survey is still read; changing it waits until the role is mended, and says so at once."""
    made = (await surveys.create(scene.ctx, scene.actor(TOM), HERE, TLC, "Pulse", "")).survey.id
    ruler = next(each for each in PARTNERSHIP.mappings if each.role == CORE_RULER)
    await mapped(scene, replace(ruler, powers=("administrator",)))
    assert not (await surveys.show(scene.ctx, scene.actor(TOM), made)).runs
    with pytest.raises(RoleSuspended, match="Core Facilitator"):
        await surveys.check_change(scene.ctx, scene.actor(TOM), made)
