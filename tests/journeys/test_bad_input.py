"""Bad input: a clear private answer that says what to do, everything typed given back, nothing half-written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.governance.drafts import LENGTHS
from bot.governance.ids import ProposalId
from bot.governance.proposals_types import Proposal, ProposalState
from tests.journeys.deciding import ratified, rows
from tests.journeys.forging import press_forged, send_forged, typed_at_length
from tests.journeys.objecting import control, on_card
from tests.journeys.server import (
    CORE,
    STAKEHOLDERS,
    TALK,
    Server,
    controls_of,
    latest,
    page_one,
    said,
    serving,
    text_of,
)

BOMB = (
    "# Heading\n> quote\n-# small\n- [masked](https://evil.example) @everyone @here <@1> <@&2> <#3> <t:0:R> "
    "<:emoji:123456789012345678> ```code``` ||spoiler|| **bold** __x__ \u202egnol\u202c \u200b\u200d\ufeff `tick`\n"
)
LONG = (BOMB * 40)[:4000]


def assert_private(result: simcord.InteractionResult) -> str:
    """What it was answered with, which nobody else sees."""
    words = said(result)
    assert words, "no answer"
    assert result.ephemeral
    return words


@pytest.mark.parametrize("field", ["title", "ask", "why", "outcome", "risks"])
async def test_every_length_of_page_one_is_kept_and_the_limits_are_told(
    server: Server, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    least, most = LENGTHS[field]
    drafted = await server.draft("tia", CORE, "general")
    proposal = _id_of(drafted)
    for length in sorted({0, least - 1, least, most, most + 1, 4000} - {-1}):
        words = page_one() | {field: "x" * length}
        sent = await send_forged(server, monkeypatch, "tia", f"form:edit:{proposal}", words)
        answer = assert_private(sent)
        kept = await _text_of(server, proposal)
        assert getattr(kept, field) == "x" * length
        before = rows(server)
        if least <= length <= most:
            assert "Nothing is missing" in answer, answer
            continue
        assert "Still needed before the review can open" in answer, answer
        assert f"at most {most}" in answer or f"at least {least}" in answer or "is empty" in answer
        refused = await server.press("tia", latest(sent), f"proposal:open:{proposal}")
        assert_private(refused)
        assert rows(server) == before


async def test_bombs_in_every_field_stand_as_they_were_typed_and_ping_nobody(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        words = {name: LONG[: LENGTHS[name][1]] for name in ("ask", "why", "outcome", "risks")}
        title = "@everyone <t:0:R> [x](http://evil.example) \u202eevil"
        drafted = await server.draft("tia", CORE, "budget", title=title, **words)
        answer = latest(drafted)
        assert "Your draft is kept" in text_of(answer), text_of(answer)
        form = await server.press("tia", answer, next(c for c in controls_of(answer) if ":details:" in c))
        money = {"payee": LONG[:100], "account": LONG[:200], "timeline": LONG[:500], "summary": LONG[:200]}
        number = await server.open("tia", await server.fill("tia", form, amount="5 EUR", **money))
        asked = await server.slash("ada", TALK, "proposal text", proposal=f"P-{number}")
        concern = await on_card(server, "ada", number, "concern")
        await server.fill("ada", concern, concern=LONG[:1500])
        await on_card(server, "ben", number, "object")
        await server.settle()
        state_form = await server.press(
            "ben",
            await server.notice_with(number, await control(server, number, "state", 1)),
            await control(server, number, "state", 1),
        )
        await server.fill(
            "ben", state_form, criterion=["harm"], reason=LONG[:1500], suggestion=LONG[:1500], agreement=LONG[:200]
        )
        await server.settle()
        shown = [await server.card(number), await server.feed_entry(number), *(await server.thread(number)).history()]
        for message in shown:
            assert not message.mention_everyone
            assert not message.role_mentions
            assert {user.id for user in message.mentions} <= {person.id for person in server.people.values()}
        for text in [*map(text_of, shown), said(asked)]:
            assert "\u202e" not in text
            assert "\u200b" not in text
            assert "](http" not in text.replace("\\](", "")
            assert "<t:0:R>" not in text.replace("\\<t", "")
            assert "@everyone" not in text.replace("\\@", "")
            for line in text.splitlines():
                assert not line.startswith(("# Heading", "-# small", "> quote")), line
        withdrawn = await server.slash("tia", TALK, "proposal withdraw", proposal=f"P-{number}")
        await server.fill("tia", withdrawn, withdrawal=LONG[:500])
        await server.settle()
        assert await server.state(number) is ProposalState.WITHDRAWN
        assert "\u202e" not in text_of(await server.card(number))


async def test_texts_of_other_forms_at_and_over_their_limits(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    number = await server.propose("tia", CORE)
    proposal = (await server.proposal(number)).id
    await on_card(server, "uma", number, "object")
    await server.settle()
    cases: list[tuple[str, str, dict[str, str], str]] = [
        ("uma", f"form:state:{proposal}:1", {"criterion": "harm", "reason": "x" * 19}, "at least 20"),
        ("uma", f"form:state:{proposal}:1", {"criterion": "harm", "reason": "x" * 1501}, "at most 1500"),
        ("uma", f"form:state:{proposal}:1", {"criterion": "nonsense", "reason": "x" * 20}, "Did you mean"),
        ("uma", f"form:state:{proposal}:1", {"criterion": "", "reason": LONG}, ""),
        ("tom", f"form:concern:{proposal}", {"concern": "x" * 1501}, "at most 1500"),
        ("tom", f"form:concern:{proposal}", {"concern": ""}, ""),
        ("tia", f"form:withdraw:{proposal}", {"withdrawal": "x" * 501}, "at most 500"),
        ("tia", f"form:revise:{proposal}:7", page_one() | {"title": LONG}, "is now version 1"),
        ("tom", f"form:revise:{proposal}:1", page_one() | {"title": LONG}, "Only the author"),
        ("tia", f"form:revise:{proposal}", page_one(), "not known to this version"),
        ("tom", f"form:rule:{proposal}:1:no", {"ruling": "x" * 30}, ""),
        ("tia", f"form:appeal:{proposal}:1", {"appeal": "x" * 30}, ""),
        ("ada", f"form:object-vote:{proposal}:3", {"criterion": "harm", "reason": "x" * 30}, "no final vote open"),
    ]
    for who, custom_id, fields, expected in cases:
        before, file = rows(server), await server.proposal(number)
        where = STAKEHOLDERS if who == "ada" else CORE
        result = await send_forged(server, monkeypatch, who, custom_id, fields, where)
        answer = assert_private(result)
        assert expected in answer, (custom_id, answer)
        if "concern" in custom_id and not fields["concern"]:
            continue
        assert rows(server) == before, custom_id
        assert await server.proposal(number) == file, custom_id
        answers = [a for a in (result.response, *result.followups) if a is not None]
        given_back = "Your words, to copy" in answer or any(a.attachments for a in answers)
        assert given_back, answer
        if LONG in fields.values():
            assert any(a.attachments for a in answers), "long words are given back as a file"


async def test_unknown_numbers_are_answered_in_words(server: Server) -> None:
    await server.propose("tia", CORE)
    before = rows(server)
    typed = ["99", "P-99", "0", "-1", "P-1e9", "draft-777", "draft-999999999999999999", "9" * 30, "1/99", "7/1"]
    typed += ["nonsense", "'; drop table proposals; --", "@everyone", "\u202e", "\u0663", "x" * 100, "\ufdfd" * 50]
    commands = ["proposal show", "proposal why", "proposal revise", "proposal halt", "escalate", "vote", "object"]
    for number, words in enumerate(typed):
        shown = await server.slash("ben", TALK, commands[number % len(commands)], proposal=words)
        answer = assert_private(shown)
        assert "There is no such proposal" in answer or "There is no such partnership in this server" in answer, (
            words,
            answer,
        )
        assert "@everyone" not in answer.replace("\\@everyone", "")
        assert "Nothing was changed" in answer
    assert rows(server) == before


async def test_forged_controls_are_answered_privately_and_change_nothing(server: Server) -> None:
    number = await server.propose("tia", CORE)
    draft = _id_of(await server.draft("tom", CORE, "general"))
    acts = ["read", "object", "concern", "who", "why", "show", "text", "revise", "withdraw", "escalate", "halt"]
    acts += ["details", "edit", "preview", "open", "discard", "options", "publish", "start-over"]
    forged = [f"proposal:{act}:{named}" for act in acts for named in (999999, draft)]
    forged += [f"objection:{act}:1:7" for act in ("state", "withdraw", "keep", "resolved", "still", "test", "rule")]
    forged += ["objection:sponsor:1:1", "objection:stands:1:1", "objection:falls:1:999999999", "objection:appeal:1:1"]
    forged += ["vote:cast:1:0", "vote:cast:1:99", "vote:cast:999:0", "vote:mine:999", "setup:apply:77"]
    forged += ["setup:cancel:1", "setup:ratify:1", "list:open:99:0", "list:nonsense:1:0"]
    forged += ["proposal:read:0", "proposal:read:-1", "proposal:read:１", "proposal:nonsense:1", "a" * 100]
    forged += ["proposal:read:" + "9" * 80, "proposal:read:1\n", "\u202eproposal:read:1", "objection:state:1:1; drop"]
    before, file = rows(server), await server.proposal(number)
    for custom_id in forged:
        result = await press_forged(server, "uma", CORE, custom_id)
        assert result.acknowledged, custom_id
        if result.modal is None:
            assert_private(result)
        assert "Something went wrong" not in said(result), custom_id
        assert rows(server) == before, custom_id
    assert await server.proposal(number) == file
    async with server.bot.ctx.uow.read() as tx:
        assert (await tx.of(Proposal).get(ProposalId(draft))).state is ProposalState.DRAFT


async def test_forged_forms_are_answered_privately_and_give_the_words_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await server.propose("tia", CORE)
    draft = _id_of(await server.draft("tom", CORE, "general"))
    before, file = rows(server), await server.proposal(number)
    for custom_id in (
        f"form:edit:{draft}",
        f"form:details:{draft}",
        f"form:revise:{file.id}:1",
        f"form:revise-details:{file.id}:2",
        f"form:withdraw:{file.id}",
        f"form:edit:{file.id}",
        "form:edit:999999",
        f"form:state:{file.id}:9",
        f"form:rule:{file.id}:9:yes",
        "form:propose:general:999",
        "form:propose:ratification:0",
        "form:propose:budget:1",
        "form:nonsense:1",
        "form:edit:1:2:3",
        "\u202e",
        "form:edit:" + "1" * 80,
    ):
        fields = {"title": "Words that must not be lost", "withdrawal": "x" * 20, "ruling": "y" * 20}
        result = await send_forged(server, monkeypatch, "uma", custom_id, fields)
        answer = assert_private(result)
        assert "Words that must not be lost" in answer, (custom_id, answer)
        if custom_id != "form:propose:budget:1":
            assert rows(server) == before, custom_id
        before = rows(server)
    assert await server.proposal(number) == file


async def test_people_without_a_seat_and_people_elsewhere(server: Server) -> None:
    number = await server.propose("tia", CORE)
    proposal = await server.proposal(number)
    before = rows(server)
    for command, options in _commands(number).items():
        shown = await server.slash("nia", "lobby", command, **options)
        answer = assert_private(shown)
        assert "no seat" in answer or "/roles list" in answer or command == "help", (command, answer)
        assert "Something went wrong" not in answer
        assert shown.modal is None, command
    for act in ("read", "object", "concern", "who", "text", "why", "options", "escalate", "halt", "withdraw"):
        result = await press_forged(server, "nia", "lobby", f"proposal:{act}:{proposal.id}")
        assert "no seat" in assert_private(result), (act, said(result))
    assert rows(server) == before

    elsewhere = server.env.create_guild("Elsewhere")
    lobby = elsewhere.create_text_channel("lobby")
    stranger = elsewhere.add_member(server.env.create_user("zoe"))
    await server.settle()
    for command, options in _commands(number).items():
        shown = await stranger.slash(lobby, command, **options)
        answer = assert_private(shown)
        assert "There is no partnership here yet" in answer or command == "help", (command, answer)
    assert rows(server) == before


async def test_commands_in_direct_messages_are_not_offered(server: Server) -> None:
    for command in server.bot.tree.get_commands():
        assert getattr(command, "guild_only", False), command.name


async def test_a_person_of_another_server_cannot_reach_into_this_one(server: Server) -> None:
    number = await server.propose("tia", CORE)
    proposal = await server.proposal(number)
    elsewhere = server.env.create_guild("Elsewhere")
    lobby = elsewhere.create_text_channel("lobby")
    stranger = elsewhere.add_member(server.env.create_user("zoe"))
    await server.settle()
    before = rows(server)
    channel = server.env.bot.get_channel(lobby.id)
    assert isinstance(channel, discord.TextChannel)
    for custom_id in (
        f"proposal:read:{proposal.id}",
        f"proposal:text:{proposal.id}",
        f"proposal:why:{proposal.id}",
        f"vote:cast:{proposal.id}:0",
        "list:open:1:0",
        "setup:apply:1",
        "inbox:show",
    ):
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="forged", custom_id=custom_id))
        async with server.by_hand():
            message = await channel.send(view=view)
            view.stop()
        history = lobby.history()
        shown = next(m for m in history if m.id == message.id)
        result = await stranger.click(shown, custom_id=custom_id)
        answer = assert_private(result)
        assert "calendar" not in answer, (custom_id, answer)
        assert "Something went wrong" not in answer, (custom_id, answer)
    assert rows(server) == before


def _commands(number: int) -> dict[str, dict[str, Any]]:
    named = {"proposal": f"P-{number}"}
    return {
        "propose": {"type": "general"},
        "proposal show": named,
        "proposal list": {},
        "proposal why": named,
        "proposal text": named,
        "proposal revise": named,
        "proposal withdraw": named,
        "proposal halt": named,
        "object": named,
        "vote": named,
        "escalate": named,
        "inbox": {},
        "audit verify": {},
        "audit receipt": {},
        "help": {},
    }


def _id_of(drafted: simcord.InteractionResult) -> int:
    button = next(c for c in controls_of(latest(drafted)) if c.startswith("proposal:open:"))
    return int(button.rpartition(":")[2])


async def _text_of(server: Server, proposal: int) -> Any:
    async with server.bot.ctx.uow.read() as tx:
        return (await tx.of(Proposal).get(ProposalId(proposal))).text


async def test_bombs_in_the_set_up_and_in_mappings(tmp_path: Path) -> None:
    async with serving(tmp_path, set_up=False) as server:
        words = {"name": 60, "purpose": 600, "top_level_purpose": 600, "cells": 400, "private": 200}
        for bomb in (LONG, "@everyone " * 60, "\u202e\u200b" * 300, "x" * 4000, "\n" * 400):
            shown = await server.slash("mod", "lobby", "setup start")
            if shown.modal is None:
                answer = latest(shown)
                shown = await server.press(
                    "mod", answer, next(c for c in controls_of(answer) if c.startswith("setup:edit:"))
                )
            limits = {
                f["component"]["custom_id"]: f["component"]["max_length"] for f in (shown.modal or {})["components"]
            }
            filled = {name: bomb[: limits[name]] for name in words}
            filled["name"] = filled["name"].replace("\n", " ").strip() or "Name"
            result = await server.fill("mod", shown, **filled)
            text = assert_private(result)
            assert "Something went wrong" not in text
            assert "\u202e" not in text
            assert "@everyone" not in text.replace("\\@everyone", "")
        assert not {"Stakeholder", "Core Team"} & set(server.guild.roles)
    (tmp_path / "second").mkdir()
    async with serving(tmp_path / "second") as server:
        role = server.guild.create_role("Odd role \u202e @everyone")
        before = rows(server)
        for most in (1, 41, 60):
            for option in ("class", "organisation"):
                texts = {"class": "financial contributor", "organisation": "Green Fund"} | {option: LONG[:most]}
                answer = assert_private(
                    await server.slash(
                        "mod", "lobby", "roles map", role=role, group="Stakeholders", seat="member", **texts
                    )
                )
                assert "Something went wrong" not in answer
                assert "\u202e" not in answer
        assert rows(server).keys() == before.keys()


async def test_broken_characters_are_replaced_and_nothing_typed_is_lost(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half an emoji (a lone surrogate) cannot be written as UTF-8, and PostgreSQL keeps no NUL."""
    broken, mended = "half \ud83d an \x00emoji, and the rest of it", "half \ufffd an emoji, and the rest of it"
    draft = _id_of(await server.draft("tia", CORE, "general"))
    sent = await send_forged(server, monkeypatch, "tia", f"form:edit:{draft}", page_one() | {"ask": broken})
    assert "Your draft is kept" in assert_private(sent)
    assert (await _text_of(server, draft)).ask == mended
    refused = await send_forged(server, monkeypatch, "uma", f"form:edit:{draft}", {"ask": broken + "```"})
    assert "Something went wrong" not in assert_private(refused)
    assert latest(refused).attachments, "the words come back as a file"
    for command, option in (("proposal show", "proposal"), ("propose", "group"), ("proposal list", "partnership")):
        needed = {"type": "general"} if command == "propose" else {}
        answer = assert_private(await server.slash("tia", TALK, command, **needed, **{option: broken}))
        assert "There is no such" in answer, answer
        assert await server["tia"].autocomplete(server.channel(TALK), command, option, broken) == []


_ROLE = discord.AppCommandOptionType.role


def _typed_options(command: discord.app_commands.Command[Any, ..., Any]) -> list[str]:
    """The text options that are typed, not chosen from Discord's own list."""
    text = discord.AppCommandOptionType.string
    return [each.display_name for each in command.parameters if each.type is text and not each.choices]


async def test_length_is_looked_at_before_anything_else_in_every_option(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From somebody without any seat: the length is told, not the seat, whatever the command would have read."""
    server.join("mallory", ())
    await server.settle()
    commands = [each for each in server.bot.tree.walk_commands() if isinstance(each, discord.app_commands.Command)]
    before = rows(server)
    role = server.guild.roles["Green Fund"]
    seen = 0
    for command in commands:
        needed: dict[str, Any] = {
            each.display_name: role if each.type is _ROLE else each.choices[0].value if each.choices else "x"
            for each in command.parameters
            if each.required
        }
        for number, option in enumerate(_typed_options(command)):
            with typed_at_length(server, monkeypatch, option, " 9"[number % 2] * 6000):
                sent = await server.slash("mallory", "lobby", command.qualified_name, **(needed | {option: "x"}))
            answer = assert_private(sent)
            assert "has 6000 characters; at most" in answer, (command.qualified_name, option, answer)
            seen += 1
    assert seen > 60
    assert rows(server) == before


async def test_a_field_longer_than_any_form_lets_one_type_is_refused_and_given_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = _id_of(await server.draft("tia", CORE, "general"))
    before = rows(server)
    for who in ("ben", "tia"):
        with typed_at_length(server, monkeypatch, "ask", "9" * 30_000):
            sent = await send_forged(server, monkeypatch, who, f"form:edit:{draft}", {"ask": "x"}, TALK)
        assert "has 30000 characters; at most 4000" in said(sent), said(sent)
        assert latest(sent).attachments, "the words come back as a file"
    assert rows(server) == before
    kept = await send_forged(server, monkeypatch, "tia", f"form:edit:{draft}", page_one() | {"ask": "y" * 2000})
    assert "Your draft is kept" in said(kept)


async def test_a_count_of_many_digits_is_refused_in_words(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python itself refuses to read more than 4,300 digits; somebody has typed a number that is too large."""
    before = rows(server)
    fields = {"way": "mention", "topics": "", "mentions": "9" * 4000, "digest_day": "daily", "digest_at": ""}
    sent = await send_forged(server, monkeypatch, "ben", "form:reminders-wishes:1", fields, TALK)
    assert "Something went wrong" not in said(sent), said(sent)
    assert rows(server) == before
