"""Speaking up in a server: named and anonymous, answered in public, hidden with a reason, traced to nobody (LRN-4)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import simcord

from tests.journeys.forging import press_forged, send_forged
from tests.journeys.logged import WATCH
from tests.journeys.server import CORE, STAKEHOLDERS, TALK, Server, controls_of, said, serving, text_of

WORDS = "Meetings are set at hours when carers cannot come."
BOMB = "# Heading\n> quote\n[x](https://evil.example) @everyone <@1> <t:0:R> \u202egnol ``` x"


async def give(
    server: Server, who: str, words: str = WORDS, *, named: bool = False, where: str = TALK, **options: Any
) -> simcord.InteractionResult:
    shown = await server.slash(who, where, "feedback give", **options)
    sent = await server.fill(who, shown, **{"feedback": words, "as": ["named" if named else "anonymous"]})
    await server.settle()
    return sent


async def group(server: Server, who: str, typed: str) -> str:
    found = await server[who].autocomplete(server.channel(TALK), "feedback give", "group", typed)
    return str(found[0]["value"])


def board(server: Server, where: str, number: int = 1) -> Any:
    """The card of F-<number>: the first message that bears its name."""
    for message in server.channel(where).history():
        if f"F-{number} ·" in text_of(message).split("\n")[0] and "has an answer" not in text_of(message):
            return message
    raise AssertionError(f"no board of F-{number} in #{where}")


async def press(server: Server, who: str, where: str, act: str, number: int = 1) -> simcord.InteractionResult:
    result = await server.press(who, board(server, where, number), f"feedback:{act}:{number}")
    await server.settle()
    return result


async def answer(server: Server, who: str, where: str, words: str, number: int = 1) -> simcord.InteractionResult:
    sent = await server.fill(who, await press(server, who, where, "answer", number), answer=words)
    await server.settle()
    return sent


def every_word(server: Server) -> str:
    """What anybody could read in any channel or thread, and what was sent directly."""
    found = []
    for channel in server.guild.channels.values():
        for place in (channel, *channel.threads):
            found += [text_of(message) for message in place.history()]
    for who in server.people:
        found += server.direct_messages(who)
    return "\n".join(found)


def dump(server: Server) -> dict[str, set[str]]:
    """Every row of every table in the database file, by table."""
    connection = sqlite3.connect(server.folder / "governance.sqlite3")
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: {repr(row) for row in connection.execute(f'SELECT * FROM "{name}"')} for name in names}
    finally:
        connection.close()


async def test_named_feedback_from_given_to_resolved_with_restarts_between(server: Server) -> None:
    gardens = await group(server, "ada", "Stakeholders")
    told = await give(server, "ada", named=True, group=gardens)
    assert told.ephemeral
    assert "Kept as F-1, with your name" in said(told)
    assert f"<@{server['ada'].id}>" in text_of(board(server, STAKEHOLDERS))
    await server.crash()
    assert "Noted" in said(await press(server, "cleo", STAKEHOLDERS, "seen"))
    assert "take care of F-1" in said(await press(server, "cleo", STAKEHOLDERS, "take"))
    await server.restart()
    sent = await answer(server, "cleo", STAKEHOLDERS, "From May we meet at noon.")
    assert "public" in said(sent)
    posts = [text_of(m) for m in server.channel(STAKEHOLDERS).history() if "has an answer" in text_of(m)]
    assert len(posts) == 1
    assert "From May we meet at noon" in posts[0]
    assert "in progress again" in said(await press(server, "ada", STAKEHOLDERS, "not-resolved"))
    await answer(server, "cleo", STAKEHOLDERS, "From April we meet at noon, with child care.")
    await server.crash()
    assert "closed as resolved" in said(await press(server, "ada", STAKEHOLDERS, "resolved"))
    card = text_of(board(server, STAKEHOLDERS))
    assert "F-1 · Closed" in card
    assert "with child care" in card
    listed = said(await server.slash("tia", TALK, "feedback list", state="closed"))
    assert "F-1" in listed


async def test_anonymous_feedback_names_nobody_anywhere(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        cleo = server["cleo"].id
        (person,) = [row.split("'")[1] for row in dump(server)["people"] if str(cleo) in row]
        lines = len(WATCH.lines)
        before = dump(server)
        requests = len(server.env.http_requests)
        told = await give(server, "cleo")
        assert "without your name" in said(told)
        await press(server, "tia", TALK, "take")
        await answer(server, "tia", TALK, "We ask everyone for their hours.")
        await press(server, "tia", TALK, "close")
        assert str(cleo) not in every_word(server)
        new = {name: "\n".join(rows - before[name]) for name, rows in dump(server).items()}
        assert WORDS in new.pop("feedback")
        for name, rows in new.items():
            assert person not in rows, name
            assert str(cleo) not in rows, name
            assert WORDS not in rows, name
        assert not any(str(cleo) in line or person in line for line in WATCH.lines[lines:])
        sent = [r for r in server.env.http_requests[requests:] if "callback" not in r.path and "webhooks" not in r.path]
        assert not any(str(cleo) in str(r.json) for r in sent)
        await server.advance(hours=24)
        after = dump(server)
        assert after["sealed"] == after["session_keys"] == set()
        assert "F-1 · Closed" in text_of(board(server, TALK))
        assert controls_of(board(server, TALK)) == ["feedback:hide:1"]


async def test_three_a_day_then_words_are_given_back_and_tomorrow_they_count_anew(server: Server) -> None:
    for number in range(1, 4):
        assert f"F-{number}" in said(await give(server, "tia", named=number == 2))
    refused = await give(server, "tia", "A fourth thing that I would like to say.")
    assert refused.ephemeral
    assert "at most 3 pieces" in said(refused)
    assert "A fourth thing that I would like to say." in said(refused)
    await server.crash()
    assert "at most 3 pieces" in said(await give(server, "tia"))
    assert "F-4" in said(await give(server, "tom"))
    await server.advance(hours=24)
    assert "F-5" in said(await give(server, "tia"))


async def test_words_are_hidden_with_a_public_reason_and_can_be_shown_again(server: Server) -> None:
    core = await group(server, "ada", "Core")
    await give(server, "ada", group=core)
    refused = await press(server, "tia", CORE, "hide")
    assert "facilitator" in said(refused)
    form = await press(server, "tom", CORE, "hide")
    await server.fill("tom", form, hiding="It names somebody who is not here.")
    await server.settle()
    card = text_of(board(server, CORE))
    assert WORDS not in every_word(server)
    assert "It names somebody who is not here" in card
    assert f"<@{server['tom'].id}>" in card
    assert WORDS not in said(await server.slash("tia", CORE, "feedback list", state="all"))
    await press(server, "tom", CORE, "reveal")
    assert WORDS in text_of(board(server, CORE))


async def test_a_facilitator_gives_it_to_somebody_by_a_form(server: Server) -> None:
    core = await group(server, "ada", "Core")
    await give(server, "ada", group=core)
    form = await press(server, "tom", CORE, "give-to")
    other_bot = server.guild.add_member(server.env.create_user("other-bot", bot=True))
    assert "not in this server" in said(await server.fill("tom", form, owner=[other_bot]))
    form = await press(server, "tom", CORE, "give-to")
    sent = await server.fill("tom", form, owner=[server["uma"]])
    await server.settle()
    assert f"<@{server['uma'].id}>" in said(sent)
    assert f"<@{server['uma'].id}>" in text_of(board(server, CORE))
    again = await server.fill("tom", await press(server, "tom", CORE, "give-to"), owner=[server["nia"]])
    assert "no seat" in said(again)
    await answer(server, "uma", CORE, "I asked, and it is mended.")
    done = await server.slash("uma", CORE, "feedback close", feedback="F-1")
    assert "F-1 is closed" in said(done)


async def test_bombs_stand_as_they_were_typed(server: Server) -> None:
    await give(server, "ada", BOMB, named=True)
    await press(server, "tia", TALK, "take")
    await answer(server, "tia", TALK, BOMB)
    for message in server.channel(TALK).history():
        text = text_of(message)
        if "F-1" not in text:
            continue
        assert "](https://evil" not in text.replace("\\", "x")
        assert "\n# Heading" not in text
        assert "\u202e" not in text
        assert not message.mention_everyone
    listed = said(await server.slash("tia", CORE, "feedback list", state="all"))
    assert "\n# Heading" not in listed


FORGED = [f"feedback:{act}:99" for act in ("seen", "take", "give-to", "answer", "close", "resolved", "hide", "show")]


@pytest.mark.parametrize("custom_id", [*FORGED, "feedback:destroy:1", "feedback:take:0"])
async def test_forged_buttons_change_nothing(server: Server, custom_id: str) -> None:
    await give(server, "ada")
    before = dump(server)["feedback"]
    result = await press_forged(server, "tia", CORE, custom_id)
    assert result.ephemeral
    assert "no such" in said(result) or "not known" in said(result), said(result)
    assert dump(server)["feedback"] == before


async def test_forged_forms_are_refused_and_give_the_words_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(server, "ada")
    before = dump(server)["feedback"]
    tries = {
        "form:feedback-give:77:0": {"feedback": WORDS, "as": "named"},
        "form:feedback-give:1:99": {"feedback": WORDS, "as": "named"},
        "form:feedback-give:1:0": {"feedback": "short", "as": "named"},
        "form:feedback-answer:99": {"answer": "An answer to nothing."},
        "form:feedback-answer:1": {"answer": "x" * 4000},
        "form:feedback-hide:1": {"hiding": " "},
        "form:feedback-assign:1": {"owner": "everyone"},
    }
    for custom_id, fields in tries.items():
        result = await send_forged(server, monkeypatch, "tia", custom_id, fields)
        assert result.ephemeral, custom_id
        assert dump(server)["feedback"] == before, custom_id
    sent = await send_forged(server, monkeypatch, "tia", "form:feedback-give:1:0", {"feedback": WORDS, "as": "root"})
    assert "without your name" in said(sent)


async def test_a_newcomer_without_a_seat_is_told_what_to_do(server: Server) -> None:
    refused = await server.slash("nia", "lobby", "feedback give")
    assert "no seat" in said(refused)


async def test_a_private_groups_feedback_stays_there(tmp_path: Path) -> None:
    async with serving(tmp_path, private="Commons") as server:
        commons = await group(server, "cal", "Commons")
        await give(server, "cal", where="cell-commons", group=commons)
        assert WORDS in text_of(board(server, "cell-commons"))
        assert WORDS not in said(await server.slash("ada", TALK, "feedback list", state="all"))
        refused = await server.slash("ada", TALK, "feedback give", group=commons)
        assert "no such group" in said(refused)
        refused = await press_forged(server, "ada", TALK, "feedback:show:1")
        assert "no such feedback" in said(refused)


async def test_a_board_deleted_by_hand_is_posted_again(server: Server) -> None:
    await give(server, "ada")
    async with server.by_hand():
        channel: Any = server.env.bot.get_channel(server.channel(TALK).id)
        await channel.get_partial_message(board(server, TALK).id).delete()
    await server.settle()
    assert WORDS in text_of(board(server, TALK))
