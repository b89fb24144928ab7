"""LRN-2: a group is asked, people answer whom nobody can name, and only what tells nobody apart is shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.governance.proposals_types import ProposalState
from bot.governance.surveys import SurveyState
from bot.operation.logs import QUIET
from tests.journeys.deciding import rows
from tests.journeys.forging import press_forged, send_forged
from tests.journeys.server import CORE, STAKEHOLDERS, TALK, Server, controls_of, latest, said, serving, text_of
from tests.journeys.surveying import (
    CHOICE,
    DAYS,
    SCALE,
    TEXT,
    answer,
    asked,
    board,
    drafted,
    everyone_answers,
    form,
    id_of,
    kept,
    opening,
    posts,
    record,
    send,
)
from tests.journeys.surveying import STAKEHOLDERS as SIX


def stored(server: Server) -> bytes:
    """Every byte of the database, with what has not been moved into it yet."""
    files = [server.folder / f"governance.sqlite3{end}" for end in ("", "-wal", "-journal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def everything_said(server: Server) -> str:
    """Every message that stands in any channel, as anybody could read it."""
    return "\n".join(text_of(m) for c in server.guild.channels.values() for m in c.history())


async def test_from_draft_to_results(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        draft = await drafted(server)
        assert "seen by those who may run surveys" in said(draft).casefold()
        survey = id_of(draft)
        looked = await server.slash("gus", TALK, "survey open", survey="S-1")
        assert "It asks 7 people" in said(looked), said(looked)
        assert "every question gets a result if at least 5 people answer it" in said(looked)
        await server.press("gus", latest(looked), opening(latest(looked)))
        await server.settle()
        shown = text_of(await board(server, survey))
        assert "the 7 people with a seat in “Stakeholders”" in shown
        assert "How well do we decide together?" in shown
        assert "nobody sees who answered" in shown
        assert "database" not in shown, "a card says one thing first"
        behind = await server.press("ada", await board(server, survey), f"survey:about:{survey}")
        assert behind.ephemeral
        assert "Until it closes nobody sees who answers" in said(behind)
        assert "can work out who answered what" in said(behind)
        for number, who in enumerate(SIX):
            noted = await answer(server, who, survey, str(number % 5 + 1), str(number % 2), f"idea {9 - number}")
            assert noted.ephemeral
            assert "Only you see this" in said(noted)
        filled = await form(server, "fay", survey)
        opened_before = await form(server, "eli", survey)
        await send(server, "fay", filled, "5", "1", "a wholly other idea")
        await server.restart()
        await send(server, "eli", opened_before, "5", "1", "an idea after the restart")
        assert text_of(await board(server, survey)) == shown, "the board tells nothing of answers"
        await server.advance(DAYS)
        found = await kept(server, survey)
        assert [result.answers for result in found.results] == [6, 6, 6]
        (post,) = posts(server, STAKEHOLDERS)
        told = text_of(post)
        assert "On average **3.3** of 5, from 6 answers" in told, told
        assert "Friday”: ▇" in told, told
        for words in ("a wholly other idea", "an idea after the restart", "idea 9"):
            assert words in told
        assert "idea 4" not in told
        assert told.rstrip().rpartition("\n")[2].startswith("-# Record #")
        assert [file.filename for file in post.attachments] == ["survey-1-1.png", "survey-1-2.png", "survey-1.csv"]
        after = text_of(await board(server, survey))
        assert "It is closed" in after
        results = await server.slash("tia", TALK, "survey results", survey="S-1")
        assert "On average **3.3** of 5" in said(results)
        assert results.ephemeral


async def test_what_opens_is_what_was_shown_and_a_scale_is_asked_as_a_whole(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        form_ = await server.slash("gus", TALK, "survey create", scale="CONSTITUENCY")
        draft = await server.fill("gus", form_, title="All of us", about="")
        survey = id_of(draft)
        await server.fill("gus", await server.press("gus", latest(draft), f"survey:scale:{survey}"), **SCALE[1])
        looked = await server.slash("gus", TALK, "survey open", survey="S-1")
        assert "It asks 7 people" in said(looked)
        assert "Only 7 people are asked: should all of them answer the same" in said(looked)
        await server.fill("gus", await server.press("gus", latest(draft), f"survey:text:{survey}"), **TEXT[1])
        refused = await server.press("gus", latest(looked), opening(latest(looked)))
        assert "changed this draft after it was shown to you" in said(refused)
        assert (await kept(server, survey)).state is SurveyState.DRAFT
        await server.restart()
        again = await server.slash("gus", TALK, "survey open", survey="S-1")
        assert "is open" in said(await server.press("gus", latest(again), opening(latest(again))))
        await server.settle()
        assert "everyone in a stakeholder group" in text_of(await board(server, survey))
        assert len((await kept(server, survey)).questions) == 2
        both = await server.slash("gus", TALK, "survey create", group="Stakeholders", scale="CONSTITUENCY")
        assert "either a group or a scale" in said(both)


async def test_one_after_the_close_comes_too_late_and_loses_no_word(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, TEXT)
        shown = await form(server, "ada", survey)
        await server.advance(DAYS)
        late = await send(server, "ada", shown, "a word that came too late")
        assert "can be answered while it is open" in said(late)
        assert "a word that came too late" in said(late)


async def test_nobody_can_be_named_while_it_runs_nor_afterwards(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for library, least in QUIET.items():
        caplog.set_level(least, logger=library)
    async with serving(tmp_path) as server:
        survey = await asked(server, TEXT, SCALE)
        before, events = everything_said(server), await record(server)
        words = {who: f"the private thought of somebody number {n}" for n, who in enumerate(SIX)}
        for who, text in words.items():
            await answer(server, who, survey, text, "4")
        await server.settle()
        assert everything_said(server) == before, "no message changes when somebody answers"
        assert await record(server) == events, "nothing on record tells that somebody did"
        async with server.bot.ctx.uow.read() as tx:
            people = [await tx.people.find(server[who].id) for who in SIX]
            key = await tx.seals.find_key(f"survey/{survey}")
            sealed = await tx.seals.of(f"survey/{survey}")
        assert key is not None
        assert len({each.author for each in sealed}) == 6
        assert not any(str(person) in str(each) for each in sealed for person in people)
        await server.advance(DAYS)
        names = [each.author.encode() for each in sealed]
        left = stored(server)
        assert not any(name in left for name in names), "no keyed name survives the close"
        assert key.hex().encode() not in left, "nor does the key"
        assert rows(server)["sealed"] == rows(server)["session_keys"] == 0
        told = await record(server)
        for text in words.values():
            assert text not in told
            assert text not in caplog.text
        for person in people:
            assert person is not None
            around = left.split(str(person).encode())
            assert not any(b"private thought" in part[:200] for part in around[1:])
        (post,) = posts(server, STAKEHOLDERS)
        order = [line[-1] for line in text_of(post).splitlines() if "private thought" in line]
        assert order == sorted(order)


async def test_below_five_answers_nothing_is_shown_and_nothing_is_kept(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server)
        await everyone_answers(server, survey, "5", "1", "only four of us say this", who=SIX[:4])
        await server.advance(DAYS)
        (post,) = posts(server, STAKEHOLDERS)
        assert text_of(post).count("Fewer than 5 people answered this") == 3
        assert post.attachments == []
        assert b"only four of us say this" not in stored(server)
        assert (await kept(server, survey)).audience == frozenset()


async def test_one_who_joins_between_two_pulses_is_not_told_apart_and_five_are_enough(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        first = await asked(server, SCALE, TEXT, repeat="month", closes="in 3 days at 18:00")
        assert "It repeats every month" in text_of(await board(server, first))
        await everyone_answers(server, first, "2", "we could talk more")
        await server.advance(timedelta(days=4))
        assert "The next edition opens" in text_of(posts(server, STAKEHOLDERS)[0])
        await server.give_role("nia", "Green Fund")
        following = first + 1
        opens_at = (await kept(server, following)).opens_at
        assert opens_at is not None
        await server.advance_to(opens_at)
        assert "edition 2" in text_of(await board(server, following))
        assert "As things stand, results will have to be withheld" in text_of(await board(server, following))
        await everyone_answers(server, following, "4", "more of the same", who=(*SIX, "nia"))
        await server.advance(timedelta(days=4))
        told = text_of(posts(server, STAKEHOLDERS)[1])
        assert told.count("*Withheld.* Beside S-1, which asked the same") == 2, told
        assert "what 1 person said" in told
        assert "at least 5" in told
        assert b"more of the same" not in stored(server)
        for number in range(4):
            server.join(f"new{number}", ("Delta Lab",))
        await server.settle()
        third = following + 1
        opens_at = (await kept(server, third)).opens_at
        assert opens_at is not None
        await server.advance_to(opens_at)
        await everyone_answers(server, third, "4", "now we are many", who=(*SIX, "nia"))
        await server.advance(timedelta(days=4))
        told = text_of(posts(server, STAKEHOLDERS)[2])
        assert "On average **4.0** of 5, from 7 answers" in told
        shown = await server.slash("ada", TALK, "survey trend", survey=f"S-{third}", question=1)
        assert "2.0 on average" in said(shown)
        assert "S-2" in said(shown)
        assert "withheld" in said(shown)


async def test_a_trend_marks_what_was_decided_between_two_editions(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        first = await asked(server, SCALE, CHOICE)
        await everyone_answers(server, first, "2", "0")
        await server.advance(DAYS)
        number = await server.propose("tia", CORE)
        await server.advance(hours=130)
        assert await server.state(number) is ProposalState.ENACTED
        second = await asked(server, CHOICE, SCALE)
        await everyone_answers(server, second, "1", "5")
        await server.advance(DAYS)
        for survey, question in (("S-1", 1), ("S-2", 2)):
            shown = await server.slash("cal", TALK, "survey trend", survey=survey, question=question)
            told = said(shown)
            assert told.index("5.0 on average") < told.index("2.0 on average"), told
            assert f"P-{number} · “A shared calendar" in told
            assert shown.ephemeral
            assert [file.filename for file in latest(shown).attachments] == ["trend.csv", "trend.png"]
        none = await server.slash("cal", TALK, "survey trend", survey="S-2", question=5)
        assert "no such question" in said(none)


async def test_the_creator_hears_before_opening_what_will_have_to_be_withheld(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        first = await asked(server, SCALE)
        await everyone_answers(server, first, "3")
        await server.advance(DAYS)
        await server.take_role("fay", "Harbour Club")
        draft = await drafted(server, SCALE, TEXT)
        looked = await server.press("gus", latest(draft), f"survey:open:{id_of(draft)}")
        assert "will have to be withheld" in said(looked)
        assert "Question 1: Beside S-1, which asked the same" in said(looked)
        assert "Question 2" not in said(looked)
        small = await drafted(server, SCALE, who="tom", group="Core Team", title="The core team")
        looked = await server.press("tom", latest(small), f"survey:open:{id_of(small)}")
        assert "Only 3 people with a seat are asked. It takes at least 5." in said(looked)


async def test_the_whole_partnership_is_asked_where_everyone_may_write(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, SCALE, who="tom", group="")
        shown = await board(server, survey)
        assert shown.channel.id == server.channel(TALK).id
        assert "all 11 people with a seat in “River Commons”" in text_of(shown)
        await everyone_answers(server, survey, "4", who=("ada", "gus", "tia", "cal", "uma"))
        refused = await press_forged(server, "nia", "lobby", f"survey:answer:{survey}")
        assert "You hold no seat in this partnership" in said(refused)
        await server.advance(DAYS)
        assert "On average **4.0** of 5, from 5 answers" in text_of(posts(server, TALK)[0])


async def test_a_leavers_answer_stays_and_is_theirs_no_more(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, SCALE)
        await everyone_answers(server, survey, "4", who=SIX[:5])
        await server.take_role("ada", "Green Fund")
        refused = await press_forged(server, "ada", "lobby", f"survey:answer:{survey}")
        assert "You hold no seat" in said(refused)
        await server.kick("ben")
        await server.advance(DAYS)
        assert (await kept(server, survey)).results[0].counts == (0, 0, 0, 5, 0)
        before = text_of(posts(server, STAKEHOLDERS)[0])
        await server.leave("cleo")
        await server.restart()
        assert text_of(posts(server, STAKEHOLDERS)[0]) == before


async def test_who_was_not_asked_is_told_why(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, SCALE)
        before = rows(server)
        for who in ("tia", "cal"):
            refused = await form(server, who, survey)
            assert refused.ephemeral
            assert "You are not among them" in said(refused), said(refused)
        await server.give_role("nia", "Green Fund")
        assert "You are not among them" in said(await form(server, "nia", survey))
        assert rows(server)["sealed"] == before["sealed"] == 0
        listed = await server.slash("tia", TALK, "survey answer")
        assert "No open survey asks you" in said(listed)
        listed = await server.slash("ada", TALK, "survey answer")
        assert f"survey:answer:{survey}" in controls_of(latest(listed))


async def test_answers_are_taken_back(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, SCALE, TEXT)
        noted = await answer(server, "ada", survey, "4", "I take this back")
        taken = await server.press("ada", latest(noted), f"survey:take-back:{survey}")
        assert "No answer of yours is kept" in said(taken)
        assert rows(server)["sealed"] == 0


async def test_forged_ids_and_answers_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server)
        draft = id_of(await drafted(server, SCALE, title="Another one"))
        before = rows(server)
        for custom_id, said_back in (
            ("survey:answer:999", "no such survey"),
            (f"survey:answer:{draft}", "no such survey"),
            (f"survey:show:{draft}", "no such survey"),
            (f"survey:open-now:{draft}:1", "no such survey"),
            (f"survey:cancel-now:{survey}", "A facilitator or lead"),
            (f"survey:stop:{survey}", "A facilitator or lead"),
            (f"survey:words:{survey}", "A facilitator or lead"),
            (f"survey:drop:{draft}:1", "no such survey"),
            (f"survey:drop:{draft}:9", "not known to this version"),
        ):
            result = await press_forged(server, "ada", STAKEHOLDERS, custom_id)
            assert said_back in said(result), (custom_id, said(result))
            assert result.ephemeral
        typed = {"answer-1": "9", "answer-2": "7", "answer-3": "kept words"}
        refused = await send_forged(server, monkeypatch, "tia", f"form:survey-answer:{survey}", typed)
        assert "You are not among them" in said(refused)
        async with server.bot.ctx.uow.read() as tx:
            assert await tx.seals.of(f"survey/{survey}") == ()
        refused = await send_forged(server, monkeypatch, "tom", "form:survey-scale:999:0", {"question": "Who are we?"})
        assert "no such survey" in said(refused)
        fields = {"title": "Forged", "about": ""}
        refused = await send_forged(server, monkeypatch, "tia", "form:survey-new:1:2", fields)
        assert "A facilitator or lead" in said(refused)
        assert rows(server) == before
        assert (await kept(server, survey)).state is SurveyState.OPEN


async def test_a_question_form_sent_twice_asks_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        draft = await drafted(server, SCALE)
        survey = id_of(draft)
        twice = [await server.press("gus", latest(draft), f"survey:text:{survey}") for _ in range(2)]
        _, again = [await server.fill("gus", shown, **TEXT[1]) for shown in twice]
        assert "asks that already" in said(again)
        assert len((await kept(server, survey)).questions) == 2


async def test_two_answer_forms_of_one_person_count_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, SCALE)
        await everyone_answers(server, survey, "4", who=SIX[:4])
        twice = [await form(server, "eli", survey) for _ in range(2)]
        for shown in twice:
            await send(server, "eli", shown, "4")
        await server.advance(DAYS)
        assert (await kept(server, survey)).results[0].counts == (0, 0, 0, 5, 0)


BOMB = "@everyone **bold** [Bank](https://evil.example) <@1> -# small \u202egnp"


async def test_no_words_of_people_pass_for_the_bots(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(
            server,
            ("scale", {"question": f"# {BOMB}"[:100], "low": "**low**", "high": "@here"}),
            ("choice", {"question": "||Which|| day?", "choices": "[a](https://evil.example)\n<@&2>\n> c"}),
            ("text", {"question": "``` What now?"}),
            title=f"# {BOMB}"[:80],
            about=f"# {BOMB}\n> {BOMB}",
        )
        long = ("x" * 60 + "\n# **not the bot** @everyone\n") * 44
        for number, who in enumerate(SIX):
            noted = await answer(server, who, survey, "3", "0", f"{number} {BOMB}\n{long}"[:4000])
            assert "Kept" in said(noted)
        await server.advance(DAYS)
        for text in (everything_said(server), said(await server.slash("ada", TALK, "survey results", survey="S-1"))):
            assert "@everyone" not in text.replace("\\@everyone", "")
            assert "@here" not in text.replace("\\@here", "")
            assert "\u202e" not in text
            assert "\n# " not in text
            assert "[Bank](" not in text
            assert "**bold**" not in text


async def test_a_cancelled_survey_is_deleted_unread(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, TEXT)
        await everyone_answers(server, survey, "never to be shown")
        shown = await server.slash("gus", TALK, "survey open", survey="S-1")
        sure = await server.press("gus", latest(shown), f"survey:cancel:{survey}")
        assert "deleted unread" in said(sure)
        await server.press("gus", latest(sure), f"survey:cancel-now:{survey}")
        await server.settle()
        assert "It was cancelled" in text_of(await board(server, survey))
        assert b"never to be shown" not in stored(server)
        await server.advance(DAYS)
        assert posts(server, STAKEHOLDERS) == []
        again = await press_forged(server, "gus", STAKEHOLDERS, f"survey:cancel-now:{survey}")
        assert "cancelled already" in said(again)


async def test_a_deleted_board_is_posted_again_and_a_month_away_closes_late(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        survey = await asked(server, SCALE)
        await everyone_answers(server, survey, "4")
        message = await board(server, survey)
        await server.stop()
        async with server.by_hand():
            live = server.env.bot.get_channel(message.channel.id)
            await (await live.fetch_message(message.id)).delete()  # type: ignore[union-attr]
        await server.start()
        assert (await board(server, survey)).id != message.id
        await server.kill()
        await server.advance(timedelta(days=31))
        await server.start()
        assert len(posts(server, STAKEHOLDERS)) == 1
        await server.crash()
        assert len(posts(server, STAKEHOLDERS)) == 1


async def test_a_draft_is_changed_by_those_who_run_the_group(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        refused = await server.slash("ada", TALK, "survey create", group="Stakeholders")
        assert "A facilitator or lead of a group asks it" in said(refused)
        draft = await drafted(server, CHOICE, SCALE, who="tom", group="Core Team")
        survey = id_of(draft)
        shown = await server.press("tom", latest(draft), f"survey:edit:{survey}:1")
        changed = await server.fill("tom", shown, question="Which month suits you?", choices="May\nJune")
        assert "Which month suits you?" in said(changed)
        shown = await server.press("tom", latest(changed), f"survey:edit:{survey}:1")
        bad = await server.fill("tom", shown, question="Which month suits you?", choices="May")
        assert "2 to 10 different choices" in said(bad)
        assert "Which month suits you?" in said(bad), "what was typed is given back"
        dropped = await server.press("tom", latest(changed), f"survey:drop:{survey}:2")
        assert len((await kept(server, survey)).questions) == 1
        words = await server.press("tom", latest(dropped), f"survey:words:{survey}")
        await server.fill("tom", words, title="Months", about="")
        assert (await kept(server, survey)).title == "Months"
        past = await server.slash("tom", CORE, "survey open", survey="S-1", closes="yesterday 18:00")
        assert past.ephemeral
        assert "S-1" not in said(past)
        none = await server.slash("uma", CORE, "survey open", survey="S-1")
        assert "no such survey" in said(none)
