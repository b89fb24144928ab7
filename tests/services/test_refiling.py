"""What was not adopted is filed again only with a link to it and words on what changed (OBJ-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance.errors import BadText, BadValue, NotFound, Refiled
from bot.governance.ids import ProposalId
from bot.governance.proposals_types import ProposalState, Text
from bot.services import attempts, proposals
from bot.services.ports.proposals import Filter
from tests.services.scene import ADA, HERE, QUIET, QUINN, RAY, TEXT, TIA, TOM, Scene

ELSE = replace(TEXT, title="Bee hives", ask="Buy two bee hives for the meadow behind the mill, and a suit.")
CHANGED = "One paid person keeps it now, as the objection asked for."


async def refused(scene: Scene, **more: object) -> ProposalId:
    """A proposal that was not adopted."""
    filed = await scene.file(**more)  # type: ignore[arg-type]
    objector = RAY if more.get("group") else ADA
    await scene.object(objector, filed, stated=True)
    await scene.after(hours=72)
    await scene.after(hours=24 * 14)
    assert await scene.state(filed) is ProposalState.NOT_ADOPTED
    return filed


async def test_the_same_title_again_needs_a_link_and_what_changed(scene: Scene) -> None:
    await refused(scene)
    again = await scene.draft(TOM, text=replace(TEXT, title="A shared calendar."))
    who = scene.actor(TOM)
    before = await scene.tables()
    hindrance = proposals.hindrance(await proposals.show(scene.ctx, who, again))
    assert isinstance(hindrance, Refiled)
    assert hindrance.number == 1
    with pytest.raises(Refiled):
        await proposals.open_review(scene.ctx, who, again)
    assert await scene.tables() == before
    await proposals.refile(scene.ctx, who, again, "P-1", "Too short.")
    with pytest.raises(BadText):
        await proposals.open_review(scene.ctx, who, again)
    await proposals.refile(scene.ctx, who, again, "1", CHANGED)
    assert proposals.hindrance(await proposals.show(scene.ctx, who, again)) is None
    await proposals.open_review(scene.ctx, who, again)
    opened = await scene.get(again)
    assert (opened.refiles, opened.changed_since) == (1, CHANGED)
    first = (await proposals.why(scene.ctx, who, again)).events[0].event
    assert (first.data["refiles"], first.data["changed"]) == (1, CHANGED)
    assert opened.pinned.threshold == (await scene.get(ProposalId(1))).pinned.threshold


REWORDED = (
    replace(TEXT, title="Quite another title"),
    replace(TEXT, title="Other", ask=TEXT.ask.upper() + " !!"),
    replace(TEXT, title="Other", ask=TEXT.ask.replace("a", "а").replace(" ", "\u200b  ")),
    replace(TEXT, title="Other", ask=f"Dear all, this is a wholly new idea of ours. {TEXT.ask} We hope you like it."),
    replace(TEXT, title="Other", ask=" ".join(reversed(TEXT.ask.split()))),
)


@pytest.mark.parametrize("text", REWORDED)
async def test_the_same_in_other_clothes_is_the_same(scene: Scene, text: Text) -> None:
    await refused(scene)
    again = await scene.draft(TOM, "general", text=text)
    with pytest.raises(Refiled):
        await proposals.open_review(scene.ctx, scene.actor(TOM), again)


async def test_after_ninety_days_or_with_something_else_to_say_no_link_is_asked_for(scene: Scene) -> None:
    await refused(scene)
    other = await scene.draft(TOM, text=replace(ELSE, title=TEXT.title))
    await proposals.open_review(scene.ctx, scene.actor(TOM), other)
    assert (await scene.get(other)).refiles is None
    scene.clock.forward(timedelta(days=90))
    again = await scene.file(TOM)
    assert (await scene.get(again)).refiles is None
    with pytest.raises(BadValue):
        await attempts.propose(scene.ctx, scene.actor(TIA), HERE, "operational", 1)


async def test_what_was_refused_does_not_come_back_as_another_version(scene: Scene) -> None:
    await refused(scene)
    filed = await scene.file(TOM, text=ELSE)
    before = await scene.tables()
    with pytest.raises(Refiled):
        await proposals.revise(scene.ctx, scene.actor(TOM), filed, replace(TEXT, title="Other"), ())
    assert await scene.tables() == before
    amended = replace(ELSE, ask=ELSE.ask + " Twice.")
    await proposals.revise(scene.ctx, scene.actor(TOM), filed, amended, ())


@pytest.mark.both_databases
async def test_what_says_much_the_same_is_shown_before_opening_and_never_hinders(scene: Scene) -> None:
    """PRO-3: open or lately, what the author may read, never a draft of somebody else, at most three."""
    first = await scene.file(text=replace(TEXT, title="A calendar"))
    await proposals.withdraw(scene.ctx, scene.actor(TIA), first)
    second = await scene.file(text=TEXT)
    await scene.file(TOM, text=ELSE)
    await scene.draft(TIA, text=TEXT)
    await scene.file(QUINN, type="general", group=QUIET)
    mine = await scene.draft(TOM, text=replace(TEXT, title="A Shared Calendar!"))
    before = await scene.tables()
    view, found = await proposals.before_opening(scene.ctx, scene.actor(TOM), mine)
    assert view.proposal.id == mine
    assert [each.proposal.id for each in found] == [second, first]
    assert await scene.tables() == before
    with pytest.raises(NotFound):
        await proposals.before_opening(scene.ctx, scene.actor(TIA), mine)
    scene.clock.forward(timedelta(days=181))
    late = await scene.draft(TOM, text=TEXT)
    assert first not in {e.proposal.id for e in (await proposals.before_opening(scene.ctx, scene.actor(TOM), late))[1]}
    unfit = await scene.draft(TOM, text=replace(TEXT, ask="x"))
    assert (await proposals.before_opening(scene.ctx, scene.actor(TOM), unfit))[1] == ()
    await proposals.open_review(scene.ctx, scene.actor(TOM), late)


@pytest.mark.both_databases
async def test_one_begins_with_the_link_under_any_title(scene: Scene) -> None:
    await refused(scene)
    who = scene.actor(TOM)
    (offered,) = await proposals.refilable(scene.ctx, who, HERE, "calen")
    assert offered.number == 1
    await attempts.propose(scene.ctx, who, HERE, "operational", 1)
    text = replace(TEXT, title="Quite another title")
    view = await proposals.draft(scene.ctx, who, HERE, "operational", None, text, again=1)
    assert view.proposal.refiles == 1
    assert isinstance(proposals.hindrance(view), BadText)
    unlinked = await proposals.refile(scene.ctx, who, view.proposal.id, "", "")
    assert isinstance(proposals.hindrance(unlinked), Refiled)


@pytest.mark.parametrize("number", ["2", "P-99", "nonsense", "-1", "1e3", "9" * 30])
async def test_only_what_was_not_adopted_can_be_filed_again(scene: Scene, number: str) -> None:
    await refused(scene)
    await scene.file(TIA, text=ELSE)
    again = await scene.draft(TOM)
    before = await scene.tables()
    with pytest.raises(BadValue):
        await proposals.refile(scene.ctx, scene.actor(TOM), again, number, CHANGED)
    with pytest.raises(NotFound):
        await proposals.refile(scene.ctx, scene.actor(TIA), again, "1", CHANGED)
    assert await scene.tables() == before


async def test_a_private_groups_titles_stay_its_own(scene: Scene) -> None:
    await refused(scene, who=QUINN, type="general", group=QUIET)
    again = await scene.draft(TOM)
    assert proposals.hindrance(await proposals.show(scene.ctx, scene.actor(TOM), again)) is None
    with pytest.raises(BadValue):
        await proposals.refile(scene.ctx, scene.actor(TOM), again, "1", CHANGED)
    assert await proposals.refilable(scene.ctx, scene.actor(TOM), HERE, "") == ()
    await proposals.open_review(scene.ctx, scene.actor(TOM), again)
    inside = await scene.draft(QUINN, "general", QUIET)
    with pytest.raises(Refiled):
        await proposals.open_review(scene.ctx, scene.actor(QUINN), inside)
    assert len(await proposals.list_proposals(scene.ctx, scene.actor(QUINN), HERE, Filter())) == 2
