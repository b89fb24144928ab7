"""Drafting, opening, revising, withdrawing, halting and finding proposals, on real databases (PRO-1 to PRO-11)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance.effects import Effect, PolicyChange, Ratification
from bot.governance.errors import (
    AlreadyDone,
    AmountUnclear,
    BadText,
    BadValue,
    LimitReached,
    NotEligible,
    NotFound,
    NotYours,
    OutOfBounds,
    Provisional,
    Stale,
    TooFewElectors,
    Unfit,
    UnknownKey,
    WindowClosed,
    WrongState,
)
from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.money import Money
from bot.governance.proposals_types import ObjectionState, ProposalState, Text
from bot.services import attempts, objections, proposals
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.proposals import Filter
from tests.services.scene import (
    ADA,
    BEN,
    CAL,
    CLEO,
    CORE,
    DEV,
    ENTRENCHED_KEY,
    FREE_KEY,
    HERE,
    LAB,
    NIA,
    ODA,
    OTHER_TEXT,
    QUIET,
    QUINN,
    RAY,
    SHG,
    STAKEHOLDERS,
    SUE,
    TEXT,
    TIA,
    TLC,
    TOM,
    UMA,
    Scene,
)

BUDGET = replace(TEXT, amount_written="2 500.50", currency="eur", payee="Well & Sons")


# ---- drafts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hindrance"),
    [
        (TEXT, None),
        (Text(), Unfit),
        (replace(TEXT, title="x" * 91), BadText),
        (replace(TEXT, ask="x" * 2001), BadText),
        (replace(TEXT, title="two\nlines"), BadValue),
    ],
)
async def test_a_draft_is_kept_as_submitted_valid_or_not(
    scene: Scene, text: Text, hindrance: type[Exception] | None
) -> None:
    filed = await scene.draft(text=text)
    view = await proposals.show(scene.ctx, scene.actor(TIA), filed)
    assert (view.proposal.text, view.proposal.number, view.proposal.state) == (text, None, ProposalState.DRAFT)
    found = proposals.hindrance(view)
    assert (None if found is None else type(found)) is hindrance
    before = await scene.tables()
    if hindrance is not None:
        with pytest.raises(hindrance):
            await proposals.open_review(scene.ctx, scene.actor(TIA), filed)
        assert await scene.tables() == before
        await proposals.edit(scene.ctx, scene.actor(TIA), filed, TEXT, ())
    assert (await proposals.open_review(scene.ctx, scene.actor(TIA), filed)).proposal.number == 1


async def test_only_the_author_chooses_how_an_amount_is_meant_and_only_what_stands_there(scene: Scene) -> None:
    filed = await scene.draft(type="budget", text=replace(BUDGET, amount_written="12,500", currency="TND"))
    before = await scene.tables()
    with pytest.raises(NotFound):
        await proposals.take_amount(scene.ctx, scene.actor(TOM), filed, Money(12500, "TND"))
    for other in (Money(12500000, "USD"), Money(1, "TND")):
        with pytest.raises(AmountUnclear):
            await proposals.take_amount(scene.ctx, scene.actor(TIA), filed, other)
    assert await scene.tables() == before
    await proposals.take_amount(scene.ctx, scene.actor(TIA), filed, Money(12500, "TND"))
    opened = await proposals.open_review(scene.ctx, scene.actor(TIA), filed)
    assert (opened.proposal.text.amount, opened.proposal.text.currency) == (12500, "TND")


@pytest.mark.parametrize("written", ["", "-5", "0", "lots", "1e9", "99999999999999999999999", "1.2345"])
async def test_an_amount_that_cannot_be_read_stays_as_written_and_hinders(scene: Scene, written: str) -> None:
    filed = await scene.draft(type="budget", text=replace(BUDGET, amount_written=written))
    kept = (await scene.get(filed)).text
    assert (kept.amount_written, kept.amount) == (written, None)
    with pytest.raises(AmountUnclear):
        await proposals.open_review(scene.ctx, scene.actor(TIA), filed)
    await proposals.edit(scene.ctx, scene.actor(TIA), filed, BUDGET, ())
    await proposals.open_review(scene.ctx, scene.actor(TIA), filed)
    assert (await scene.get(filed)).text.amount == 250050


@pytest.mark.parametrize(
    ("effects", "refusal"),
    [
        ((), BadText),
        ((PolicyChange("no.such.key", "4"),), UnknownKey),
        ((PolicyChange(FREE_KEY.target, "three"),), BadValue),
        ((PolicyChange(FREE_KEY.target, "0"),), OutOfBounds),
        ((PolicyChange(FREE_KEY.target, "3"),), BadValue),
        ((Ratification(),), BadValue),
    ],
)
async def test_a_policy_change_that_could_not_be_enacted_is_not_opened(
    scene: Scene, effects: tuple[Effect, ...], refusal: type[Exception]
) -> None:
    filed = await scene.draft(type="policy", effects=effects)
    before = await scene.tables()
    with pytest.raises(refusal):
        await proposals.open_review(scene.ctx, scene.actor(TIA), filed)
    assert await scene.tables() == before


async def test_nobody_but_the_author_sees_or_touches_a_draft(scene: Scene) -> None:
    filed = await scene.draft(TIA)
    before = await scene.tables()
    for other in (TOM, ADA, ODA, NIA):
        who = scene.actor(other)
        for refused in (
            proposals.show(scene.ctx, who, filed),
            proposals.why(scene.ctx, who, filed),
            proposals.edit(scene.ctx, who, filed, OTHER_TEXT, ()),
            proposals.open_review(scene.ctx, who, filed),
            proposals.withdraw(scene.ctx, who, filed),
            proposals.discard(scene.ctx, who, filed),
            objections.concern(scene.ctx, who, filed, "I heard of it."),
            attempts.write(scene.ctx, who, filed),
        ):
            with pytest.raises(NotFound):
                await refused
    assert await proposals.list_proposals(scene.ctx, scene.actor(TOM), HERE, Filter()) == ()
    (mine,) = await proposals.list_proposals(scene.ctx, scene.actor(TIA), HERE, Filter(author=await scene.person(TOM)))
    assert mine.id == filed, "one's own drafts, whoever was asked for"
    assert await scene.tables() == before


async def test_a_discarded_draft_is_gone_for_good(scene: Scene) -> None:
    filed = await scene.draft()
    await proposals.discard(scene.ctx, scene.actor(TIA), filed)
    for again in (
        proposals.discard(scene.ctx, scene.actor(TIA), filed),
        proposals.edit(scene.ctx, scene.actor(TIA), filed, TEXT, ()),
        proposals.open_review(scene.ctx, scene.actor(TIA), filed),
    ):
        with pytest.raises(WrongState):
            await again


@pytest.mark.parametrize(
    ("who", "type"),
    [(ADA, "operational"), (ADA, "budget"), (CAL, "budget"), (ODA, "general"), (NIA, "general"), (TIA, "ratification")],
)
async def test_who_may_not_file_a_type_leaves_no_draft(scene: Scene, who: int, type: str) -> None:
    before = await scene.tables()
    with pytest.raises(NotEligible):
        await scene.draft(who, type)
    with pytest.raises(NotEligible):
        await attempts.propose(scene.ctx, scene.actor(who), HERE, type)
    assert await scene.tables() == before


async def test_unknown_types_groups_and_partnerships(scene: Scene) -> None:
    before = await scene.tables()
    with pytest.raises(UnknownKey):
        await scene.draft(type="coup")
    with pytest.raises(NotFound):
        await scene.draft(type="general", group=GroupId(99))
    with pytest.raises(NotFound):
        await proposals.draft(scene.ctx, scene.actor(TIA), PartnershipId(99), "general", None, TEXT)
    assert await scene.tables() == before


async def test_an_author_keeps_ten_drafts_at_most_and_a_discarded_one_holds_no_words(scene: Scene) -> None:
    kept = await asyncio.gather(*(scene.draft() for _ in range(12)), return_exceptions=True)
    drafts = [each for each in kept if not isinstance(each, BaseException)]
    refusals = [each for each in kept if isinstance(each, LimitReached)]
    assert (len(drafts), {(each.limit, each.most) for each in refusals}) == (10, {("drafts", 10)})
    before = await scene.tables()
    with pytest.raises(LimitReached):
        await scene.draft()
    with pytest.raises(LimitReached):
        await attempts.propose(scene.ctx, scene.actor(TIA), HERE, "general")
    assert await scene.tables() == before
    await scene.draft(TOM)
    await proposals.discard(scene.ctx, scene.actor(TIA), drafts[0])
    gone = await scene.get(drafts[0])
    assert (gone.text, gone.effects) == (Text(), ())
    await scene.draft()
    await scene.after(hours=24 * 14)
    assert {(await scene.get(each)).text for each in drafts} == {Text()}


# ---- opening -----------------------------------------------------------------------------------------


async def test_opening_pins_snapshots_records_and_asks_for_what_people_see(scene: Scene) -> None:
    filed = await scene.file()
    proposal = await scene.get(filed)
    assert proposal.number == 1
    assert {e.person for e in proposal.electors} == {await scene.person(user) for user in STAKEHOLDERS}
    assert proposal.closes_at == scene.clock() + timedelta(hours=72)
    assert proposal.pinned.policy_version == 1
    assert await scene.happened(filed) == {"review opened": 1}
    async with scene.ctx.uow.read() as tx:
        shown = [d.kind for d in await tx.deliveries.of_proposal(filed)]
    assert sorted(shown) == sorted(
        [DeliveryKind.CARD, DeliveryKind.THREAD, DeliveryKind.TEXT, DeliveryKind.FEED, DeliveryKind.REACTIONS]
    )
    with pytest.raises(WrongState):
        await proposals.open_review(scene.ctx, scene.actor(TIA), filed)


async def test_ten_clicks_on_open_review_open_it_once(scene: Scene) -> None:
    filed = await scene.draft()
    clicks = (proposals.open_review(scene.ctx, scene.actor(TIA), filed) for _ in range(10))
    results = await asyncio.gather(*clicks, return_exceptions=True)
    assert sum(isinstance(result, WrongState) for result in results) == 9
    assert await scene.happened(filed) == {"review opened": 1}
    assert (await scene.get(filed)).number == 1


async def test_numbers_are_gapless_also_when_opening_is_refused(scene: Scene) -> None:
    bad = await scene.draft(TIA, text=Text())
    for _ in range(3):
        with pytest.raises(Unfit):
            await proposals.open_review(scene.ctx, scene.actor(TIA), bad)
    drafts = [(who, await scene.draft(who, "general")) for who in (TIA, TOM, UMA, ADA, BEN, CAL)]
    opened = await asyncio.gather(
        *(proposals.open_review(scene.ctx, scene.actor(who), each) for who, each in drafts),
        *(proposals.open_review(scene.ctx, scene.actor(TIA), bad) for _ in range(3)),
        return_exceptions=True,
    )
    numbers = sorted(view.proposal.number or 0 for view in opened if not isinstance(view, BaseException))
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert [r.event.name for r in await scene.record()].count("review opened") == 6


async def test_everything_that_is_missing_is_told_at_once(scene: Scene) -> None:
    filed = await scene.draft(TOM, "budget", text=replace(TEXT, title="", amount_written="1,5", payee=" "))
    found = proposals.hindrance(await proposals.show(scene.ctx, scene.actor(TOM), filed))
    assert isinstance(found, Unfit)
    assert [getattr(each, "field", "amount") for each in found.faults] == ["title", "amount", "payee"]
    mended = replace(BUDGET, title=TEXT.title)
    view = await proposals.edit(scene.ctx, scene.actor(TOM), filed, mended, ())
    assert proposals.hindrance(view) is None


@pytest.mark.both_databases
async def test_only_what_is_left_to_people_is_marked_as_done(scene: Scene) -> None:
    filed = await scene.file(TIA, "general")
    with pytest.raises(WrongState):
        await proposals.mark(scene.ctx, scene.actor(TIA), filed, True)
    await scene.read_by(filed, TOM, UMA)
    await scene.after(hours=72)
    view = await proposals.mark(scene.ctx, scene.actor(TIA), filed, True)
    assert view.proposal.done_at == view.now
    with pytest.raises(AlreadyDone):
        await proposals.mark(scene.ctx, scene.actor(TIA), filed, True)
    back = await proposals.mark(scene.ctx, scene.actor(TIA), filed, False)
    assert (back.proposal.done_at, back.proposal.done_by) == (None, None)


async def test_limits_per_day_and_author_hold_also_in_the_same_instant(scene: Scene) -> None:
    drafts = [await scene.draft() for _ in range(5)]
    results = await asyncio.gather(
        *(proposals.open_review(scene.ctx, scene.actor(TIA), each) for each in drafts), return_exceptions=True
    )
    refused = [each for each in results if isinstance(each, LimitReached)]
    assert len(refused) == 3
    assert {(each.limit, each.most) for each in refused} == {("limits.filed_per_day", 2)}
    scene.clock.forward(timedelta(hours=24, microseconds=1))
    left = [each for each in drafts if await scene.state(each) is ProposalState.DRAFT]
    assert (await proposals.open_review(scene.ctx, scene.actor(TIA), left[0])).proposal.number == 3
    with pytest.raises(LimitReached) as refusal:
        await proposals.open_review(scene.ctx, scene.actor(TIA), left[1])
    assert refusal.value.limit == "limits.open_per_author"


async def test_the_limit_of_a_group_is_the_groups(scene: Scene) -> None:
    ctx = replace(scene.ctx, genesis=replace(scene.ctx.genesis, version=2))
    async with ctx.uow.write() as tx:
        values = {**ctx.genesis.values, "limits.open_per_group": 2}
        await tx.policies.add(HERE, replace(ctx.genesis, values=values), None, scene.clock())
    for who in (TIA, TOM):
        await scene.file(who)
    with pytest.raises(LimitReached) as refusal:
        await scene.file(UMA)
    assert refusal.value.limit == "limits.open_per_group"
    assert (await scene.get(await scene.file(UMA, "general"))).group == TLC


async def test_too_few_electors_and_lost_seats_hinder_opening(scene: Scene) -> None:
    filed = await scene.draft(QUINN, "general", QUIET)
    await scene.joined(SUE)
    await scene.left(RAY)
    with pytest.raises(TooFewElectors):
        await proposals.open_review(scene.ctx, scene.actor(QUINN), filed)
    other = await scene.draft(TIA)
    await scene.joined(TIA)
    with pytest.raises(NotEligible):
        await proposals.open_review(scene.ctx, scene.actor(TIA), other)


async def test_what_opening_would_make_is_shown_before_and_written_nowhere(scene: Scene) -> None:
    filed = await scene.draft()
    before = await scene.tables()
    view = await attempts.open_review(scene.ctx, scene.actor(TIA), filed)
    assert (view.proposal.state, view.proposal.number) == (ProposalState.REVIEW, 1)
    assert await scene.tables() == before


# ---- under review ------------------------------------------------------------------------------------


async def test_reading_is_recorded_once_and_only_of_electors(scene: Scene) -> None:
    filed = await scene.file()
    await asyncio.gather(*(proposals.mark_read(scene.ctx, scene.actor(ADA), filed) for _ in range(20)))
    assert (await scene.happened(filed))["proposal read"] == 1
    for other in (TIA, UMA, ODA):
        with pytest.raises(NotEligible):
            await proposals.mark_read(scene.ctx, scene.actor(other), filed)
    scene.clock.forward(timedelta(hours=72))
    with pytest.raises(WindowClosed):
        await proposals.mark_read(scene.ctx, scene.actor(BEN), filed)
    assert (await scene.happened(filed))["proposal read"] == 1


async def test_a_revision_clears_readings_asks_objectors_and_snapshots_again(scene: Scene) -> None:
    filed = await scene.file()
    await scene.read_by(filed, BEN)
    number = await scene.object(ADA, filed, stated=True)
    await scene.joined(ADA)
    newcomer = await scene.joined(NIA, LAB)
    scene.clock.forward(timedelta(hours=60))
    await proposals.revise(scene.ctx, scene.actor(TIA), filed, OTHER_TEXT, ())
    proposal = await scene.get(filed)
    assert [v.number for v in proposal.versions] == [1, 2]
    assert proposal.readers == frozenset()
    assert proposal.closes_at == scene.clock() + timedelta(hours=48)
    assert await scene.person(ADA) in {e.person for e in proposal.electors}
    assert (await proposals.who_may_object(scene.ctx, newcomer, filed)).why == "joined later"
    assert (await scene.objection(filed, number)).state is ObjectionState.STATED
    with pytest.raises(AlreadyDone):
        await proposals.revise(scene.ctx, scene.actor(TIA), filed, OTHER_TEXT, ())
    with pytest.raises(NotYours):
        await proposals.revise(scene.ctx, scene.actor(TOM), filed, TEXT, ())
    await objections.answer_revision(scene.ctx, scene.actor(ADA), filed, number, resolved=True)
    assert (await scene.objection(filed, number)).state is ObjectionState.INTEGRATED


async def test_versions_are_limited_and_a_bad_one_leaves_the_last(scene: Scene) -> None:
    filed = await scene.file()
    for turn in range(4):
        words = replace(TEXT, ask=f"{TEXT.ask} Begin in month {turn + 1}.")
        await proposals.revise(scene.ctx, scene.actor(TIA), filed, words, ())
    before = await scene.tables()
    with pytest.raises(LimitReached):
        await proposals.revise(scene.ctx, scene.actor(TIA), filed, TEXT, ())
    with pytest.raises(LimitReached):
        await attempts.write(scene.ctx, scene.actor(TIA), filed)
    assert await scene.tables() == before


async def test_a_revision_is_collected_in_private_and_published_as_one_version(scene: Scene) -> None:
    filed = await scene.file(type="budget", text=BUDGET)
    who = scene.actor(TIA)
    await proposals.write_revision(scene.ctx, who, filed, 1, replace(BUDGET, ask=""), ())
    worse = await proposals.show(scene.ctx, who, filed)
    assert isinstance(proposals.hindrance(worse), BadText)
    with pytest.raises(BadText):
        await proposals.revise(scene.ctx, who, filed)
    changed = replace(BUDGET, ask=OTHER_TEXT.ask, amount_written="9")
    await proposals.write_revision(scene.ctx, who, filed, 1, changed, ())
    proposal = await scene.get(filed)
    assert (len(proposal.versions), proposal.text.ask, proposal.readers) == (1, BUDGET.ask, frozenset())
    assert (await scene.happened(filed))["version published"] == 0
    assert proposals.hindrance(await proposals.show(scene.ctx, who, filed)) is None
    await proposals.revise(scene.ctx, who, filed)
    proposal = await scene.get(filed)
    assert (proposal.text.ask, proposal.text.amount, len(proposal.versions)) == (OTHER_TEXT.ask, 900, 2)
    assert proposal.revision is None
    with pytest.raises(AlreadyDone):
        await proposals.revise(scene.ctx, who, filed)


async def test_a_page_written_for_an_older_version_is_refused_and_changes_nothing(scene: Scene) -> None:
    filed = await scene.file()
    await proposals.revise(scene.ctx, scene.actor(TIA), filed, OTHER_TEXT, ())
    before = await scene.tables()
    with pytest.raises(Stale):
        await proposals.write_revision(scene.ctx, scene.actor(TIA), filed, 1, TEXT, ())
    for other in (TOM, ADA):
        with pytest.raises(NotYours):
            await proposals.write_revision(scene.ctx, scene.actor(other), filed, 2, TEXT, ())
        with pytest.raises(NotYours):
            await proposals.drop_revision(scene.ctx, scene.actor(other), filed)
    assert await scene.tables() == before
    await proposals.write_revision(scene.ctx, scene.actor(TIA), filed, 2, TEXT, ())
    await proposals.drop_revision(scene.ctx, scene.actor(TIA), filed)
    assert (await scene.get(filed)).revision is None
    await proposals.write_revision(scene.ctx, scene.actor(TIA), filed, 2, TEXT, ())
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed)
    assert (await scene.get(filed)).revision is None, "words that were never published are not kept beyond the end"
    with pytest.raises(WrongState):
        await proposals.write_revision(scene.ctx, scene.actor(TIA), filed, 2, TEXT, ())


async def test_clicking_revise_twice_publishes_one_version(scene: Scene) -> None:
    filed = await scene.file()
    sent = (proposals.revise(scene.ctx, scene.actor(TIA), filed, OTHER_TEXT, ()) for _ in range(5))
    results = await asyncio.gather(*sent, return_exceptions=True)
    assert sum(isinstance(each, AlreadyDone) for each in results) == 4
    assert (await scene.happened(filed))["version published"] == 1


async def test_a_revision_that_would_let_an_entrenched_key_pass_by_silence_is_voted_on(scene: Scene) -> None:
    filed = await scene.file(type="policy", effects=(FREE_KEY,))
    await proposals.revise(scene.ctx, scene.actor(TIA), filed, TEXT, (ENTRENCHED_KEY,))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.ESCALATED


async def test_the_author_withdraws_and_the_reason_is_on_record(scene: Scene) -> None:
    filed = await scene.file()
    for other in (ADA, TOM):
        with pytest.raises(NotYours):
            await proposals.withdraw(scene.ctx, scene.actor(other), filed)
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed, "a better idea came")
    view = await proposals.why(scene.ctx, scene.actor(TIA), filed)
    assert view.events[-1].event.data["reason"] == "a better idea came"
    with pytest.raises(WrongState):
        await proposals.withdraw(scene.ctx, scene.actor(TIA), filed)
    with pytest.raises(WindowClosed):
        await objections.raise_objection(scene.ctx, scene.actor(ADA), filed, "button")


async def test_a_majority_of_electors_halts_in_the_timelock_once(scene: Scene) -> None:
    filed = await scene.file(type="policy", effects=(FREE_KEY,))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.PASSED
    with pytest.raises(NotEligible):
        await proposals.halt(scene.ctx, scene.actor(TOM), filed)
    await asyncio.gather(*(proposals.halt(scene.ctx, scene.actor(ADA), filed) for _ in range(5)))
    assert (await scene.happened(filed))["halt consented"] == 1
    for who in (BEN, CLEO):
        await proposals.halt(scene.ctx, scene.actor(who), filed)
    assert await scene.state(filed) is ProposalState.PASSED, "half is no majority"
    await proposals.halt(scene.ctx, scene.actor(DEV), filed)
    assert await scene.state(filed) is ProposalState.DISPUTED
    assert (await scene.happened(filed))["proposal halted"] == 1
    async with scene.ctx.uow.read() as tx:
        assert (await tx.policies.current(HERE)).version == 1


async def test_a_halt_at_the_end_of_the_timelock_comes_too_late(scene: Scene) -> None:
    filed = await scene.file(type="policy", effects=(FREE_KEY,))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    scene.clock.forward(timedelta(hours=48))
    with pytest.raises(WindowClosed):
        await proposals.halt(scene.ctx, scene.actor(ADA), filed)
    assert (await scene.get(filed)).halts == frozenset()


# ---- finding -----------------------------------------------------------------------------------------


async def test_a_private_groups_matters_are_its_own(scene: Scene) -> None:
    secret = await scene.file(QUINN, "general", QUIET)
    open_ = await scene.file(TIA)
    for reader in (TIA, ADA, CAL):
        who = scene.actor(reader)
        assert [row.id for row in await proposals.list_proposals(scene.ctx, who, HERE, Filter())] == [open_]
        for hidden in (
            proposals.show(scene.ctx, who, secret),
            proposals.why(scene.ctx, who, secret),
            proposals.by_number(scene.ctx, who, HERE, 1),
            proposals.who_may_object(scene.ctx, who, secret),
            objections.concern(scene.ctx, who, secret, "I heard of it."),
            objections.raise_objection(scene.ctx, who, secret, "button"),
        ):
            with pytest.raises(NotFound):
                await hidden
    seen = await proposals.list_proposals(scene.ctx, scene.actor(RAY), HERE, Filter())
    assert [row.id for row in seen] == [open_, secret]


@pytest.mark.both_databases
async def test_a_list_is_full_also_where_hidden_proposals_stand_between(scene: Scene) -> None:
    readable = []
    for who, other in ((TIA, QUINN), (TOM, RAY), (UMA, SUE)):
        readable.append(await scene.file(who))
        await scene.file(other, "general", QUIET)
    rows = await proposals.list_proposals(scene.ctx, scene.actor(ADA), HERE, Filter(limit=2))
    assert [row.id for row in rows] == [readable[2], readable[1]]
    rows = await proposals.list_proposals(scene.ctx, scene.actor(ADA), HERE, Filter(limit=3, before=readable[2]))
    assert [row.id for row in rows] == [readable[1], readable[0]]


@pytest.mark.both_databases
async def test_one_list_of_drafts_and_proposals_is_turned_page_by_page(scene: Scene) -> None:
    filed = [await scene.file(), await scene.file()]
    drafts = [await scene.draft() for _ in range(10)]
    for size in (1, 2, 10, 11, 12, 13):
        seen: list[ProposalId] = []
        mine = Filter(author=await scene.person(TIA), limit=size)
        while rows := await proposals.list_proposals(scene.ctx, scene.actor(TIA), HERE, mine):
            seen += [row.id for row in rows]
            mine = replace(mine, before=seen[-1])
        assert seen == [*reversed(drafts), *reversed(filed)], size


@pytest.mark.both_databases
async def test_lists_are_filtered_by_state_group_and_words(scene: Scene) -> None:
    calendar = await scene.file(TIA)
    well = await scene.file(TOM, "general", text=replace(TEXT, title="100% of a well_"))
    await proposals.withdraw(scene.ctx, scene.actor(TOM), well)

    async def found(**wanted: object) -> list[ProposalId]:
        rows = await proposals.list_proposals(scene.ctx, scene.actor(ADA), HERE, replace(Filter(), **wanted))  # type: ignore[arg-type]
        return [row.id for row in rows]

    assert await found() == [well, calendar]
    assert await found(states=frozenset({ProposalState.WITHDRAWN})) == [well]
    assert await found(group=SHG) == [calendar]
    assert await found(search="CALEND") == [calendar]
    assert await found(search="P-2") == [well]
    assert await found(search="%") == [well]
    assert await found(search="_") == [well]
    assert await found(search="'; drop table proposals; --") == []


async def test_why_tells_everything_that_happened_in_order(scene: Scene) -> None:
    filed = await scene.disputed()
    view = await proposals.why(scene.ctx, scene.actor(ODA), filed)
    assert [r.event.name for r in view.events] == [
        "review opened",
        "objection raised",
        "objection stated",
        "window closed",
        "proposal disputed",
    ]
    numbers = [r.number for r in view.events]
    assert numbers == sorted(numbers)
    assert view.seated == 6


async def test_who_may_object_says_why_not(scene: Scene) -> None:
    filed = await scene.file()
    newcomer = await scene.joined(NIA, LAB)
    asked = {
        ADA: "yes",
        TIA: "author",
        TOM: "not an elector",
        ODA: "not an elector",
    }
    for who, why in asked.items():
        standing = await proposals.who_may_object(scene.ctx, scene.actor(who), filed)
        assert (standing.may, standing.why) == (why == "yes", why)
        assert len(standing.electors) == 6
    assert (await proposals.who_may_object(scene.ctx, newcomer, filed)).why == "joined later"
    await scene.joined(BEN, CORE)
    standing = await proposals.who_may_object(scene.ctx, scene.actor(BEN), filed)
    assert (standing.why, standing.seated) == ("yes", 5)
    await scene.left(CLEO)
    standing = await proposals.who_may_object(scene.ctx, await scene.joined(CLEO, CORE), filed)
    assert (standing.why, standing.seated) == ("no seat now", 4)
    scene.clock.forward(timedelta(hours=72))
    assert (await proposals.who_may_object(scene.ctx, scene.actor(ADA), filed)).why == "window closed"


async def test_an_unratified_partnership_opens_no_budget_and_no_policy(scene: Scene) -> None:

    async with scene.ctx.uow.write() as tx:
        await tx.partnerships.save(replace(await tx.partnerships.get(HERE), provisional=True))
    for kind, text, effects in (("budget", BUDGET, ()), ("policy", TEXT, (FREE_KEY,))):
        filed = await scene.draft(type=kind, text=text, effects=effects)
        with pytest.raises(Provisional):
            await proposals.open_review(scene.ctx, scene.actor(TIA), filed)
    await scene.file(type="general")


async def test_an_author_without_the_filing_seat_reads_and_withdraws_but_publishes_no_version(scene: Scene) -> None:
    filed = await scene.file()
    actor = await scene.joined(TIA)
    before = await scene.tables()
    with pytest.raises(NotEligible, match="may not file"):
        await proposals.revise(scene.ctx, actor, filed, OTHER_TEXT, ())
    assert await scene.tables() == before
    assert (await proposals.show(scene.ctx, actor, filed)).proposal.id == filed
    assert (await proposals.withdraw(scene.ctx, actor, filed)).proposal.state is ProposalState.WITHDRAWN
