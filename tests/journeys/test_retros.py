"""Retros in the simulated Discord: live and slow, with all that happens to people and bots on the way (LRN-1)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.governance.retros import RetroState
from tests.journeys.forging import press_forged
from tests.journeys.looking_back import (
    SIX,
    begin,
    board,
    check_in,
    choose,
    dots,
    events,
    go_on,
    press,
    retro,
    told,
    write,
)
from tests.journeys.server import CORE, Server, controls_of, latest, said, serving, text_of


async def test_next_asks_first_where_others_write_and_one_step_leads_back_until_somebody_votes(server: Server) -> None:
    await begin(server)
    await go_on(server)
    await write(server, "ada", 0, "Shorter meetings")
    asked = latest(await press(server, "tom", "next"))
    assert "Cards came in the last two minutes" in text_of(asked)
    assert (await retro(server)).state is RetroState.GATHER
    await write(server, "dev", 0, "Reports that nobody reads")
    await press(server, "tom", "go", message=asked)
    await server.settle()
    assert "2 cards in 2 topics" in await told(server)
    shown = await write(server, "uma", 1, "A card that came late")
    assert "shown with the others now" in said(shown)
    assert "A card that came late" in await told(server)
    back = await press(server, "tom", "back")
    assert "writing cards" in said(back)
    await server.restart()
    await server.advance(minutes=3)
    moved = latest(await press(server, "tom", "next"))
    assert (await retro(server)).state is RetroState.GROUP, "after two minutes without a card nobody is asked"
    await press(server, "tom", "back", message=moved)
    assert (await retro(server)).state is RetroState.GATHER, "what was just done is taken back where it was answered"
    await go_on(server)
    assert await go_on(server) is RetroState.VOTE
    await dots(server, "ada", (await retro(server)).topics[0].id, 1)
    assert "until somebody has voted" in said(await press_forged(server, "tom", CORE, "retro:back:1:4"))
    closing = latest(await press(server, "tom", "next"))
    assert "nobody can change theirs any more" in text_of(closing)
    assert (await retro(server)).state is RetroState.VOTE
    assert await go_on(server) is RetroState.DISCUSS


async def test_two_presses_for_more_time_add_it_once(server: Server) -> None:
    await begin(server)
    board_ = await board(server)
    menu = latest(await server.press("tom", board_, "retro:menu:1"))
    longer = next(c for c in controls_of(menu) if c.startswith("retro:time:"))
    for _ in range(2):
        await server.press("tom", menu, longer)
    first = (await retro(server)).deadline_at
    again = latest(await server.press("tom", board_, "retro:menu:1"))
    await server.press("tom", again, next(c for c in controls_of(again) if c.startswith("retro:time:")))
    second = (await retro(server)).deadline_at
    assert first is not None
    assert second is not None
    assert second - first == timedelta(minutes=5)
    assert not [c for c in controls_of(board_) if c.startswith(("retro:cancel:", "retro:time:"))]
    for_uma = controls_of(latest(await server.press("uma", board_, "retro:menu:1")))
    assert not [c for c in for_uma if c.startswith(("retro:cancel:", "retro:time:", "retro:pause:"))]


async def test_a_live_retro_of_six_from_start_to_published_lessons(server: Server) -> None:
    await begin(server, template="start, stop, continue", title="The spring season")
    assert "check-in (step 1 of 6)" in await told(server)
    for who, word in zip(SIX, ("sunny", "tired", "🌧️", "curious", "hopeful", "sunny"), strict=True):
        shown = await check_in(server, who, word)
        assert shown.ephemeral
        assert word in said(shown)
    assert "6 people take part" in await told(server)
    assert "tired" not in await told(server)

    assert await go_on(server) is RetroState.GATHER
    assert "**How we are:** “🌧️” · “curious”" not in await told(server)
    assert "“curious” · “hopeful” · “sunny” · “sunny” · “tired”" in await told(server)
    await write(server, "ada", 0, "Shorter meetings on the river")
    await write(server, "cleo", 0, "Make meetings on the river shorter")
    await write(server, "dev", 1, "Reports that nobody reads")
    await write(server, "tia", 2, "The Saturday walks along the water")
    kept = await write(server, "uma", 2, "The Saturday walk")
    assert "1 of 30" in said(kept)
    for words in ("Shorter meetings", "Reports that", "Saturday"):
        assert words not in await told(server)
    shown = await server.slash("ada", "governance-talk", "retro show")
    assert "writing cards (step 2 of 6)" in said(shown)

    assert await go_on(server) is RetroState.GROUP
    assert "5 cards in 5 topics" in await told(server)
    suggested = latest(await press(server, "uma", "suggest"))
    merge = next(c for c in controls_of(suggested) if c.startswith("retro:merge:"))
    done = await server.press("uma", suggested, merge)
    assert "Put together" in said(done)
    await server.settle()
    assert "5 cards in 4 topics" in await told(server)

    moving = latest(await press(server, "dev", "group"))
    walks = [card.id for card in (await retro(server)).cards if "Saturday" in card.text]
    into = latest(await choose(server, "dev", moving, "move", [str(walks[0])]))
    shown = await choose(server, "dev", into, "into", [f"{walks[1]}.{walks[0]}"])
    named = await server.fill(
        "dev", await press(server, "dev", "rename", message=latest(shown)), title="Walking together"
    )
    assert "Walking together" in said(named)
    await server.settle()

    assert await go_on(server) is RetroState.VOTE
    topics = {topic.title or topic.id: topic.id for topic in (await retro(server)).topics}
    walking = topics["Walking together"]
    other = next(topic.id for topic in (await retro(server)).topics if len(topic.cards) == 2 and topic.id != walking)
    await dots(server, "ada", walking, 3)
    await dots(server, "tia", walking, 2)
    assert "given 3 of your 5 dots" in said(await dots(server, "cleo", other, 3))
    over = latest(await press(server, "cleo", "vote"))
    panel = latest(await choose(server, "cleo", over, "vote", [str(walking)]))
    refused = [c for c in controls_of(panel) if c.endswith(".3") and ":dots:" in c]
    assert refused == [], "only two are left to give"
    assert "5 dots" not in (await told(server)).replace("has 5 dots", "")

    assert await go_on(server) is RetroState.DISCUSS
    assert "Topic 1 of 2\nOn the table: **“Walking together”** (2 cards) · 5 dots" in await told(server)
    note = await server.fill(
        "ada", await press(server, "ada", "note"), note="Every first Saturday, whatever the weather."
    )
    assert "Noted" in said(note)
    await server.settle()
    assert "whatever the weather" in await told(server)
    await press(server, "tom", "time")
    await server.settle()
    for who in ("ada", "cleo", "dev"):
        assert "It takes 4" in said(await press(server, who, "more"))
    assert "More than half" in said(await press(server, "tia", "more"))
    await press(server, "tom", f"end:1:{walking}.discussed")
    await server.settle()
    assert "Topic 2 of 2" in await told(server)
    await press(server, "tom", f"end:1:{other}.parked")
    await server.settle()

    assert await go_on(server) is RetroState.ACTIONS
    form = await press(server, "uma", "action")
    noted = await server.fill("uma", form, action="Plan the first walk", owner=[server["tia"]], due="in 2 weeks")
    assert "Plan the first walk" in said(noted), said(noted)
    await server.settle()
    assert f"“Plan the first walk” – <@{server['tia'].id}>, by" in await told(server)

    assert await go_on(server) is RetroState.CLOSED
    assert "6 people took part" in await told(server)
    [*_, post] = (server.channel("core-team")).history()
    lessons = text_of(post)
    assert "It was called “The spring season”." in lessons
    assert "**Topic** “Walking together” (5 dots, discussed)" in lessons
    assert "whatever the weather" in lessons
    assert "Carried over to the next retro" in lessons
    assert [file.filename for file in post.attachments] == ["R-1-lessons.md"]
    [closed] = [each for each in await events(server) if each.event.name == "retro closed"]
    assert closed.event.data["took_part"] == 6
    shown = await server.slash("ada", "governance-talk", "retro show", retro="1/R-1")
    assert "Walking together" in said(shown)
    assert (await board(server)).id != post.id


async def test_who_facilitates_leaves_and_another_leads_on(server: Server) -> None:
    server.join("lea", ("Core Team", "Core Team Facilitator"))
    await begin(server)
    await check_in(server, "uma", "here")
    await server.leave("tom")
    await server.settle()
    assert f"Led by <@{server['lea'].id}>" in await told(server)
    assert "retro handed over" in [each.event.name for each in await events(server)]
    assert await go_on(server, "lea") is RetroState.GATHER
    await server.leave("lea")
    await server.settle()
    await write(server, "uma", 0, "We go on without anybody leading")
    assert "Only the person who leads this retro" in said(await press(server, "uma", "next"))
    assert "leads R-1 from now on" in said(await press(server, "uma", "take"))
    await server.settle()
    assert await go_on(server, "uma") is RetroState.GROUP


async def test_a_facilitator_who_says_nothing_for_a_day_is_not_waited_for(server: Server) -> None:
    await begin(server)
    await check_in(server, "uma", "here")
    await server.advance(hours=24)
    assert (await retro(server)).state is RetroState.GATHER, "nobody else facilitates: it moves on"
    await server.advance(hours=24)
    assert (await retro(server)).state is RetroState.ACTIONS, "without cards there is nothing to discuss"
    await server.advance(hours=24)
    assert (await retro(server)).state is RetroState.CLOSED
    assert "1 person took part" in await told(server)


async def test_handing_over_by_choosing_somebody(server: Server) -> None:
    await begin(server)
    panel = latest(await press(server, "tom", "hand"))
    other_bot = server.guild.add_member(server.env.create_user("other-bot", bot=True))
    assert "not in this server" in said(await choose(server, "tom", panel, "hand", [other_bot]))
    shown = await choose(server, "tom", panel, "hand", [server["uma"]])
    assert f"<@{server['uma'].id}> leads R-1" in said(shown)
    await server.settle()
    assert "Only the person who leads this retro" in said(await press_forged(server, "tom", CORE, "retro:pause:1"))
    await press(server, "uma", "pause")
    await server.settle()
    assert "⏸️ **Paused.**" in await told(server)
    await server.advance(hours=2)
    await press(server, "uma", "resume")
    await server.settle()
    assert "Paused" not in await told(server)


async def test_two_people_merge_the_same_cards_and_the_second_is_told_what_stands(server: Server) -> None:
    await begin(server)
    await go_on(server)
    for text in ("alpha", "beta", "gamma"):
        await write(server, "uma", 0, text)
    await go_on(server)
    uma, tia = [latest(await press(server, who, "group")) for who in ("uma", "tia")]
    one = latest(await choose(server, "uma", uma, "move", ["1"]))
    other = latest(await choose(server, "tia", tia, "move", ["1"]))
    assert "Put together: **“beta”**" in said(await choose(server, "uma", one, "into", ["2.1"]))
    told_second = said(await choose(server, "tia", other, "into", ["2.1"]))
    assert "These stand together already: **“beta”** (2 cards)" in told_second
    third = latest(await press(server, "dev", "group"))
    into = latest(await choose(server, "dev", third, "move", ["3"]))
    assert "(3 cards)" in said(await choose(server, "dev", into, "into", ["2.3"]))
    await server.settle()
    assert [topic.cards for topic in (await retro(server)).topics] == [(1, 2, 3)]


async def test_thirty_cards_of_the_greatest_length(server: Server) -> None:
    await begin(server)
    await go_on(server)
    for n in range(30):
        await write(server, "uma", n % 4, f"{n:02} " + "a_*" * 99)
    refused = await write(server, "uma", 0, "one more")
    assert "the most that one person may" in said(refused)
    assert "one more" in said(refused), "the words are given back"
    page = latest(await press(server, "uma", "mine"))
    assert "30 of 30" in text_of(page)
    further = latest(await press(server, "uma", "mine:1:1", message=page))
    change = [c for c in controls_of(further) if c.startswith("retro:card:1:")]
    assert len(change) == 8
    form = await server.press("uma", further, change[0])
    taken_back = await server.fill("uma", form, column=["1"], card="")
    assert "Taken back." in said(taken_back)
    assert "29 of 30" in said(taken_back)
    assert await go_on(server) is RetroState.GROUP
    seen, page = [], latest(await press(server, "tia", "cards"))
    while True:
        seen.append(text_of(page))
        turning = [c for c in controls_of(page) if c == f"retro:cards:1:{len(seen)}"]
        if not turning:
            break
        page = latest(await server.press("tia", page, turning[0]))
    assert len(seen) > 3
    assert sum(text.count("a\\_\\*a\\_\\*") > 0 for text in seen) == len(seen)
    whole = await press(server, "tia", "file", message=page)
    assert [file.filename for file in latest(whole).attachments] == ["R-1-cards.txt"]
    for _ in range(4):
        await go_on(server)
    assert (await retro(server)).state is RetroState.CLOSED
    posts = [m for m in server.channel("core-team").history() if any(f.filename.endswith(".md") for f in m.attachments)]
    assert len(posts) == 1
    assert "The whole document is in the file" in text_of(posts[0])


async def test_nobody_takes_part_and_no_empty_lessons_are_told(server: Server) -> None:
    await begin(server)
    await go_on(server)
    assert await go_on(server) is RetroState.CLOSED
    assert "Nobody took part, so there are no lessons" in await told(server)
    assert not [m for m in server.channel("core-team").history() if m.attachments]
    assert "Nobody took part" in said(await server.slash("uma", "governance-talk", "retro show", retro="R-1"))


async def test_late_joiners_and_people_without_a_seat(server: Server) -> None:
    await begin(server)
    await go_on(server)
    late = await server.slash("cal", "governance-talk", "retro join")
    assert "You join late" in said(late)
    for act in ("join", "card", "cards", "figures"):
        assert "You hold no seat" in said(await press_forged(server, "nia", "lobby", f"retro:{act}:1")), act
    assert "1 person takes part" in await told(server)
    refused = await server.slash("uma", "core-team", "retro start")
    assert "led by its facilitators and leads" in said(refused)


async def test_pressed_twice_and_forged(server: Server) -> None:
    await begin(server)
    message = await board(server)
    ahead = next(c for c in controls_of(message) if c.startswith("retro:next:"))
    await server.press("tom", message, ahead)
    await server.settle()
    await write(server, "uma", 0, "only once")
    await press_forged(server, "tom", "core-team", ahead)
    await server.settle()
    assert (await retro(server)).state is RetroState.GATHER, "the second press names a phase that is over"
    for custom_id in (
        "retro:merge:1:9.8",
        "retro:dots:1:1.3",
        "retro:end:1:1.waiting",
        "retro:end:1:1.discussed",
        "retro:split:1:77777777777777777777",
        "retro:card:1:0000",
        "retro:time:1:99999999999999999999",
        "retro:own:1:5",
        "retro:done:1:0",
        "retro:confirm:7",
        "retro:topics:1:99999",
        "retro:into:1:0.1.2",
        "capture:drop:2:ffff",
        "capture:write:99",
        "retro-list:page:9:0",
        "retro:show:999",
    ):
        answered = said(await press_forged(server, "uma", "core-team", custom_id))
        assert answered, custom_id
        assert "went wrong" not in answered, (custom_id, answered)
    assert "1 of 30" in said(await press(server, "uma", "mine"))
    assert (await retro(server)).state is RetroState.GATHER


async def test_the_capture_box_parked_topics_and_actions_come_back(server: Server) -> None:
    box = latest(await server.slash("uma", "core-team", "retro capture"))
    form = await server.press("uma", box, next(c for c in controls_of(box) if c.startswith("capture:write:")))
    kept = await server.fill("uma", form, card="Thought of between meetings")
    assert "Kept." in said(kept)
    await begin(server)
    assert "1 card captured since the last retro" in await told(server)
    await go_on(server)
    await write(server, "tia", 0, "Not enough time for this")
    for _ in range(2):
        await go_on(server)
    await dots(server, "uma", 1, 2)
    await go_on(server)
    await press(server, "tom", "end:1:1.parked")
    await server.settle()
    form = await press(server, "tia", "action")
    await server.fill("tia", form, action="Bring a bell", due="")
    await server.settle()
    for _ in range(2):
        await go_on(server)
    assert "Carried over to the next retro" in text_of(server.channel("core-team").history()[-1])
    await begin(server)
    shown = await told(server, 2)
    assert "Carried over from the last retro: 1 topic" in shown
    assert "R-1: “Bring a bell” – nobody has taken it yet" in shown
    listed = latest(await press(server, "uma", "actions", 1))
    owned = await press(server, "uma", "own", message=listed)
    assert "It is yours" in said(owned)
    form = await press(server, "uma", "propose", message=latest(owned))
    assert form.modal is not None
    drafted = await server.fill(
        "uma", form, title="A bell", ask="Bring a bell to every meeting.", why="The retro asked."
    )
    assert "A bell" in said(drafted)
    again = latest(await press(server, "uma", "actions", 1))
    assert "Marked as done" in said(await press(server, "uma", "done", message=again))
    await server.settle()
    assert "Bring a bell" not in await told(server, 2)


async def test_a_named_retro_says_so_and_shows_authors_until_it_closes(server: Server) -> None:
    await begin(server, named=True)
    assert "named: authors are shown until it closes" in await told(server)
    await check_in(server, "uma", "signed")
    await go_on(server)
    await write(server, "tia", 0, "With my name on it")
    await go_on(server)
    assert f"(<@{server['tia'].id}>)" in said(await press(server, "uma", "cards"))
    for _ in range(4):
        await go_on(server)
    lessons = text_of(server.channel("core-team").history()[-1])
    assert "With my name on it" in lessons
    assert str(server["tia"].id) not in lessons


async def test_a_private_groups_retro_is_seen_by_its_seats_alone(tmp_path: Path) -> None:
    async with serving(tmp_path, private="Commons") as server:
        await begin(server, "cal", "cell-commons")
        assert "It is now" in said(await press(server, "cal", "join"))
        for who in ("tom", "ada"):
            answered = await server.slash(who, "governance-talk", "retro list")
            assert "There is nothing here yet" in said(answered)
            answered = await server.slash(who, "governance-talk", "retro show", retro="R-1")
            assert "There is no such retro" in said(answered)
        assert await server["ada"].autocomplete(server.channel("governance-talk"), "retro show", "retro", "") == []


async def test_a_retro_is_scheduled_confirmed_begun_and_goes_on_in_a_series(server: Server) -> None:
    shown = await server.slash(
        "tom", "core-team", "retro schedule", when="in 3 days at 18:00", zone="Europe/Berlin", every="2 weeks"
    )
    assert "Is this the time?" in said(shown)
    assert "Every 2 weeks at 18:00 (Europe/Berlin)" in said(shown)
    assert "There is nothing here yet" in said(await server.slash("uma", "core-team", "retro list"))
    confirm = next(c for c in controls_of(latest(shown)) if c.startswith("retro:confirm:"))
    assert "There is no such retro" in said(await press_forged(server, "uma", "core-team", confirm))
    await server.press("tom", latest(shown), confirm)
    await press_forged(server, "tom", "core-team", confirm)
    await server.settle()
    assert "scheduled" in await told(server)
    starts_at = (await retro(server)).starts_at
    assert starts_at is not None
    await server.advance_to(starts_at)
    assert "check-in" in await told(server)
    await server.fill("tom", await press(server, "tom", "cancel"), reason="Too few of us today")
    await server.settle()
    assert "Too few of us today" in await told(server)
    following = await retro(server, 2)
    assert following.starts_at == starts_at + timedelta(days=14)
    assert "scheduled" in await told(server, 2)
    unclear = await server.slash("tom", "core-team", "retro schedule", when="some day")
    assert "some day" in said(unclear)
    refused = await server.slash("tom", "core-team", "retro schedule", when="2020-01-01 10:00")
    assert "Is this the time?" not in said(refused)
