"""An objection from hand to outcome: stated, tested, appealed, integrated, or never stated (OBJ-1 to OBJ-8)."""

from __future__ import annotations

from datetime import timedelta

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys.objecting import (
    REASON,
    RULING,
    appeal,
    buttons_of,
    card,
    control,
    everyone_reads,
    in_thread,
    last_notice,
    objection,
    on_card,
    reactors,
    revise,
    rule,
    state,
    states,
    told,
)
from tests.journeys.server import OBJECT, TALK, Server, latest, offered, said, text_of


async def operational(server: Server) -> int:
    """A proposal of the core team which the six stakeholders review."""
    return await server.propose("tia", TALK, "operational")


async def test_upheld_revised_with_diff_resolved_and_passed(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    notice = await last_notice(server, number)
    assert "you raised objection No. 1" in notice
    assert "counts from now on" in notice
    assert "[State your objection]" in notice
    assert "1 raised. Counting now: 1; 1 is enough to stop it" in await card(server, number)

    stated = await state(server, "cleo", number, suggestion="Let one paid person keep it.")
    assert "Objection No. 1 is stated" in said(stated)
    notice = await last_notice(server, number)
    for part in (
        "is stated",
        "Harm: not safe to try",
        f"> {REASON}",
        "Let one paid person keep it.",
        "on its form only",
    ):
        assert part in notice

    asked = await in_thread(server, "tia", number, "test")
    assert "is asked for" in said(asked)
    assert "asked for a test of the form of objection No. 1" in await last_notice(server, number)
    ruled = await rule(server, "gus", number, True)
    assert "is in form and stands" in said(ruled)
    notice = await last_notice(server, number)
    assert "is in form: it stands" in notice
    assert "nothing about whether its reason is true" in notice
    assert f"> {RULING}" in notice

    ask = "Adopt one calendar that one paid person keeps up to date, starting next month."
    published = await revise(server, "tia", number, ask=ask)
    assert "Version 2 is published" in said(published)
    changes = await last_notice(server, number)
    assert "~~every group~~ **one paid person**" in changes
    assert "Does this version resolve your objection?" in changes
    assert server["cleo"].mention in changes

    resolved = await in_thread(server, "cleo", number, "resolved")
    assert "the new version resolves objection No. 1" in said(resolved)
    assert "version 2 resolves objection No. 1" in await last_notice(server, number)
    await everyone_reads(server, number, "ada", "ben")
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED
    assert "Ended: 1 resolved by a revision" in await card(server, number)
    assert any(f"P-{number}" in post for post in server.feed())
    happened = await server.happened(number)
    for event in ("objection raised", "objection stated", "test asked", "test ruled", "objection integrated"):
        assert happened.count(event) == 1, happened


async def test_no_answer_and_still_objecting_after_a_revision_are_the_same(server: Server) -> None:
    number = await operational(server)
    for who in ("cleo", "dev"):
        await server.react(who, number)
    await server.settle()
    await state(server, "cleo", number, 1)
    await state(server, "dev", number, 2)
    await revise(server, "tia", number, ask="Adopt two calendars that every group keeps up to date, at once.")
    foreign = await in_thread(server, "eli", number, "resolved", 1)
    assert "Only the person who raised this objection" in said(foreign)
    kept = await in_thread(server, "cleo", number, "still", 1)
    assert "stands against the new version as well" in said(kept)
    assert "is still objecting after version 2" in await last_notice(server, number)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED
    assert await states(server, number) == [ObjectionState.STATED, ObjectionState.STATED]
    assert "Counting now: 2" in await card(server, number)
    notice = await last_notice(server, number)
    assert server["tia"].mention in notice
    assert "[Take it to a final vote]" in notice
    # An answer may still change while it is disputed, and the author may go on revising.
    await in_thread(server, "dev", number, "resolved", 2)
    assert await states(server, number) == [ObjectionState.STATED, ObjectionState.INTEGRATED]


async def test_never_stated_it_becomes_a_concern_and_the_proposal_passes(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await everyone_reads(server, number, "ada", "ben")
    await server.advance(hours=48)
    assert await states(server, number) == [ObjectionState.CONCERN]
    assert server["cleo"].mention in await told(server, number, "was not stated in time")
    shown = await card(server, number)
    assert "1 heard; they are answered and never block" in shown
    late = await server.press(
        "cleo",
        await server.notice_with(number, await control(server, number, "state", 1)),
        await control(server, number, "state", 1),
    )
    assert "Nothing was changed" in said(late)
    await server.advance(hours=24)
    assert await server.state(number) is ProposalState.ENACTED
    assert any(f"P-{number}" in post and "oncern" in post for post in server.feed())


async def test_who_ruled_does_not_judge_the_appeal_against_it(server: Server) -> None:
    """A stakeholder who facilitates may rule; then others judge, and the card counts them without (OBJ-4, ORG-6)."""
    await server.give_role("gus", "River Trust")
    await server.advance(timedelta(days=8))
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await state(server, "cleo", number)
    await rule(server, "gus", number, False)
    await appeal(server, "cleo", number)
    assert "5 people decide by" in await card(server, number)
    notice = await last_notice(server, number)
    assert "5 people of the stakeholder group decide by majority" in notice
    assert "who asked for the ruling or gave it do not vote on it" in notice
    refused = await in_thread(server, "gus", number, "falls")
    assert "You asked for the ruling or gave it" in said(refused)
    assert "An appeal asks you" not in said(await server.slash("gus", TALK, "inbox"))
    assert "An appeal asks you" in said(await server.slash("ada", TALK, "inbox"))
    for judge in ("ada", "ben", "dev"):
        await in_thread(server, judge, number, "stands")
    assert await states(server, number) == [ObjectionState.STATED], "three of five"
    why = await server.slash("ada", TALK, "proposal why", proposal=f"P-{number}")
    assert f"{server['gus'].mention} asked for the ruling or gave it, and did not judge it." in said(why)


async def test_not_in_form_appealed_and_upheld_by_the_stakeholders(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.settle()
    await state(server, "cleo", number)
    ruled = await rule(server, "gus", number, False, reason="It speaks about last year's calendar, not this one.")
    assert "is not in form" in said(ruled)
    assert await states(server, number) == [ObjectionState.DISMISSED]
    assert "Counting now: 0" in await card(server, number)
    notice = await last_notice(server, number)
    assert "[Appeal this ruling]" in notice
    assert server["cleo"].mention in notice

    winner = await in_thread(server, "tia", number, "appeal")
    assert "Only the losing side may appeal" in said(winner)
    filed = await appeal(server, "cleo", number)
    assert "appeal about objection No. 1" in said(filed)
    notice = await last_notice(server, number)
    assert "Without votes, and on a tie, it stands" in notice
    assert "under appeal" in await card(server, number)

    for party in ("cleo", "tia"):
        refused = await in_thread(server, party, number, "stands")
        assert "do not vote on this appeal" in said(refused)
    outsider = await in_thread(server, "uma", number, "stands")
    assert "Only those decide appeals who had been members of the stakeholder group" in said(outsider)
    await in_thread(server, "ada", number, "falls")
    changed = await in_thread(server, "ada", number, "stands")
    assert "until it is decided" in said(changed)
    await in_thread(server, "ben", number, "stands")
    await in_thread(server, "dev", number, "stands")  # a majority of the five who may decide
    notice = await last_notice(server, number)
    assert "stands and counts" in notice
    assert "3 votes that it stands, 0 that it falls" in notice
    late = await in_thread(server, "eli", number, "falls")
    assert "no appeal open" in said(late)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED


async def test_an_appeal_without_votes_or_with_a_tie_lets_it_stand_and_a_majority_ends_it(server: Server) -> None:
    number = await operational(server)
    for at, who in enumerate(("cleo", "dev", "fay"), start=1):
        await server.react(who, number)
        await server.settle()
        await state(server, who, number, at)
        await rule(server, "gus", number, False, at, reason="No harm of going ahead is named in the reason given.")
        await appeal(server, who, number, at)
    await in_thread(server, "ada", number, "stands", 2)
    await in_thread(server, "ben", number, "falls", 2)
    for judge in ("ada", "ben", "eli"):
        await in_thread(server, judge, number, "falls", 3)
    assert "falls and counts no more" in await last_notice(server, number)
    await server.advance(hours=72)
    assert await states(server, number) == [ObjectionState.STATED, ObjectionState.STATED, ObjectionState.DISMISSED]
    decided = [notice for notice in await server.notices(number) if "Appeal decided" in notice]
    assert ["0 votes that it stands, 0 that" in notice for notice in decided] == [False, True, False]
    assert await server.state(number) is ProposalState.DISPUTED


async def test_a_ruling_in_form_appealed_by_the_author_can_fall(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await everyone_reads(server, number, "ada", "ben")
    await state(server, "cleo", number)
    await in_thread(server, "tia", number, "test")
    await rule(server, "gus", number, True)
    loser = await in_thread(server, "cleo", number, "appeal")
    assert "Only the losing side may appeal" in said(loser)
    await appeal(server, "tia", number)
    assert "ruled in form, under appeal" in await card(server, number)
    for judge in ("ada", "ben", "eli"):
        await in_thread(server, judge, number, "falls")
    assert await states(server, number) == [ObjectionState.DISMISSED]
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED


async def test_facilitators_who_stand_too_near_cannot_rule(server: Server) -> None:
    group = await offered(server, "roles map", "group", "Stakeholders")
    for who in ("ada", "ben", "dev", "tom"):
        await server.give_role(who, "Stakeholders Facilitator")
    number = await server.propose("ada", TALK, "general", group=group)
    assert (await server.proposal(number)).group == (await server.partnership()).stakeholders.id
    await server.react("dev", number)
    await server.settle()
    await state(server, "dev", number)
    for who, words in (
        ("ada", "You wrote this proposal"),
        ("ben", "You speak for the same organisation as the author"),
        ("dev", "This is your own objection"),
        ("eli", "Only a facilitator of the deciding group may rule"),
    ):
        refused = await in_thread(server, who, number, "rule")
        assert words in said(refused)
    await rule(server, "tom", number, True)
    again = await in_thread(server, "gus", number, "rule")
    assert "The first one holds" in said(again)
    assert (await objection(server, number)).state is ObjectionState.STATED

    # Somebody with two hats sits where the author sits.
    other = await operational(server)
    await server.react("cleo", other)
    await server.settle()
    await state(server, "cleo", other)
    refused = await in_thread(server, "tom", other, "rule")
    assert "You sit in the same group as the author" in said(refused)
    asked = await in_thread(server, "uma", other, "test")
    assert "Only the author, or a facilitator" in said(asked)
    assert "test asked" not in await server.happened(other)


async def test_raised_in_the_last_minute_and_stated_after_the_close_it_counts(server: Server) -> None:
    number = await operational(server)
    await everyone_reads(server, number, "ada", "ben")
    await server.advance(hours=71, minutes=59)
    await server.react("cleo", number)
    await server.advance(minutes=1)
    assert await server.state(number) is ProposalState.SETTLING
    assert "1 raised. Counting now: 1" in await card(server, number)
    # The window is half-open: at its end nothing more is taken.
    await server.react("dev", number)
    await server.settle()
    assert "nothing was recorded from it" in server.direct_messages("dev")[-1]
    assert server["dev"].id not in await reactors(server, number, OBJECT)
    assert len(await states(server, number)) == 1
    button = await server.slash("eli", TALK, "object", proposal=f"P-{number}")
    assert "The time for this has ended" in said(button)
    # The objector's own reaction, taken back and given again, changes nothing and is not taken away.
    await server.unreact("cleo", number)
    await server.react("cleo", number)
    await server.settle()
    assert not any("removed" in text for text in server.direct_messages("cleo"))
    assert server["cleo"].id in await reactors(server, number, OBJECT)
    await server.advance(hours=47)
    await state(server, "cleo", number)
    assert await states(server, number) == [ObjectionState.STATED]
    await server.advance(hours=47)
    assert await server.state(number) is ProposalState.SETTLING
    await server.advance(hours=1)
    assert await server.state(number) is ProposalState.DISPUTED


async def test_raised_in_the_last_minute_and_never_stated_it_becomes_a_concern(server: Server) -> None:
    number = await operational(server)
    await everyone_reads(server, number, "ada", "ben")
    await server.advance(hours=71, minutes=59)
    await server.react("cleo", number)
    await server.advance(hours=47)
    assert await server.state(number) is ProposalState.SETTLING
    await server.advance(hours=1)
    assert await states(server, number) == [ObjectionState.CONCERN]
    assert await server.state(number) is ProposalState.ENACTED
    assert "was not stated in time" in "\n".join(await server.notices(number))
    assert "Concerns:** 1 heard" in await card(server, number)


async def test_the_command_and_the_button_do_the_same_as_the_reaction(server: Server) -> None:
    number = await operational(server)
    by_command = await server.slash("cleo", TALK, "object", proposal=f"P-{number}")
    by_button = await on_card(server, "dev", number, "object")
    await server.react("eli", number)
    await server.settle()
    for answered, at in ((by_command, 1), (by_button, 2)):
        assert f"recorded as No. {at}" in said(answered)
        assert "[State it now]" in said(answered)
        assert "[Withdraw it]" in said(answered)
    assert [o.via for o in (await server.proposal(number)).objections] == ["command", "button", "reaction"]
    notice = [text for text in await server.notices(number) if "you raised" in text]
    assert len(notice) == 3
    assert all("[State your objection]" in text for text in notice)
    # Stated from the private answer, without looking for the thread.
    assert by_command.response is not None
    form = await server.press("cleo", by_command.response, await control(server, number, "state", 1))
    await server.fill("cleo", form, criterion=["agreement"], reason=REASON, suggestion="", agreement="Open calendar")
    await server.settle()
    assert "The agreement it names: “Open calendar”" in await last_notice(server, number)
    too_short = await in_thread(server, "dev", number, "state", 2)
    refused = await server.fill("dev", too_short, criterion=["harm"], reason="No.", suggestion="", agreement="")
    assert "it needs at least 20" in said(refused)
    assert "No." in said(refused)
    assert (await states(server, number))[1] is ObjectionState.RAISED
    # The same objection from the feed, which everyone may read.
    from_feed = await server.press("fay", await server.feed_entry(number), await control(server, number, "object"))
    assert "recorded as No. 4" in said(from_feed)


async def test_double_clicks_on_every_button_about_an_objection(server: Server) -> None:
    number = await operational(server)
    first, second = [await on_card(server, "cleo", number, "object") for _ in range(2)]
    assert "Your objection stands, recorded as No. 1" in said(first)
    assert "Your objection stands already" in said(second)
    await server.settle()
    forms = [await in_thread(server, "cleo", number, "state") for _ in range(2)]
    for form in forms:
        await server.fill("cleo", form, criterion=["harm"], reason=REASON, suggestion="", agreement="")
    await server.settle()
    once, twice = [await in_thread(server, "tia", number, "test") for _ in range(2)]
    assert "is asked for" in said(once)
    assert "asked for already" in said(twice)
    shown = await in_thread(server, "gus", number, "rule")
    assert shown.response is not None
    custom_id = await control(server, number, "not-in-form", 1)
    forms = [await server.press("gus", shown.response, custom_id) for _ in range(2)]
    ruled = [await server.fill("gus", form, ruling="It names no harm that going ahead would do.") for form in forms]
    assert "There is a ruling already" in said(ruled[1])
    await server.settle()
    forms = [await in_thread(server, "cleo", number, "appeal") for _ in range(2)]
    filed = [await server.fill("cleo", form, appeal="The harm is named in the first sentence.") for form in forms]
    assert "appealed already" in said(filed[1])
    await server.settle()
    for _ in range(2):
        await in_thread(server, "ada", number, "stands")
    for judge in ("ben", "eli"):
        await in_thread(server, judge, number, "stands")
    await revise(server, "tia", number, ask="Adopt one calendar that one paid person keeps up to date from June on.")
    for _ in range(2):
        await in_thread(server, "cleo", number, "still")
    once, twice = [await in_thread(server, "cleo", number, "resolved") for _ in range(2)]
    assert "resolves objection No. 1" in said(once)
    assert "Nothing was changed" in said(twice)
    gone = await server.slash("cleo", TALK, "object", proposal=f"P-{number}")
    assert "recorded as No. 2" in said(gone)
    assert gone.response is not None
    withdraw = await control(server, number, "withdraw", 2)
    asked = [await server.press("cleo", gone.response, withdraw) for _ in range(2)]
    surely = await control(server, number, "withdraw-now", 2)
    withdrawn = [await server.press("cleo", latest(each), surely) for each in asked]
    assert "is withdrawn" in said(withdrawn[0])
    assert "Nothing was changed" in said(withdrawn[1])
    happened = await server.happened(number)
    for event, times in (
        ("objection raised", 2),
        ("test asked", 1),
        ("test ruled", 1),
        ("appeal filed", 1),
        ("appeal decided", 1),
        ("objection maintained", 1),
        ("objection integrated", 1),
        ("objection withdrawn", 1),
    ):
        assert happened.count(event) == times, (event, happened)


async def test_concerns_by_reaction_and_by_button_are_told_and_never_block(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number, "💬")
    form = await on_card(server, "uma", number, "concern")
    heard = await server.fill("uma", form, concern="Who pays for it? @everyone")
    assert "It does not block" in said(heard)
    await server.settle()
    notice = await server.notices(number)
    assert f"{server['cleo'].mention} raised a concern" in notice[-2]
    assert "> Who pays for it?" in notice[-1]
    newcomer = await server.slash("cleo", TALK, "proposal show", proposal=f"P-{number}")
    assert "Concerns:** 2 heard" in said(newcomer)
    await everyone_reads(server, number, "ada", "ben")
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED


async def test_who_may_object_is_answered_privately(server: Server) -> None:
    number = await operational(server)
    may = await on_card(server, "cleo", number, "who")
    assert may.ephemeral
    assert "**You may object.**" in said(may)
    assert "6, 6 still seated" in said(may)
    for stakeholder in ("ada", "ben", "cleo", "dev", "eli", "fay"):
        assert server[stakeholder].mention in said(may)
    author = await on_card(server, "tia", number, "who")
    assert "You may not object" in said(author)
    assert "You wrote this proposal" in said(author)
    other = await on_card(server, "uma", number, "who")
    assert "Only members of the deciding group" in said(other)
    assert buttons_of(other.response) == ["concern"]  # type: ignore[arg-type]
    assert "decide" in text_of(await server.card(number)).lower()
