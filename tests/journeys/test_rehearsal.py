"""The rehearsal as a visitor uses it: the page, every button, the preview, and its start and stop (RUN-1, HLP-2)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import rehearsal
from bot.rehearsal.evening import Rehearsal, rehearsing
from bot.rehearsal.page import ACTS, listen

ROOT = Path(__file__).resolve().parents[2]
SLOW = 60


@dataclass
class Visitor:
    """A browser on the front page."""

    on: Rehearsal
    session: aiohttp.ClientSession
    token: str

    async def state(self) -> Any:
        async with self.session.get(f"{self.on.address}/state") as answer:
            assert answer.status == 200
            return await answer.json()

    async def act(self, name: str, **form: str) -> Any:
        headers = {"X-Rehearsal-Token": self.token}
        async with self.session.post(f"{self.on.address}/act/{name}", data=form, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def open(self, channel: str, person: str) -> aiohttp.ClientResponse:
        form = {"token": self.token, "channel": channel, "person": person}
        return await self.session.post(f"{self.on.address}/open", data=form, allow_redirects=False)


@asynccontextmanager
async def visiting(*, empty: bool = False) -> AsyncIterator[Visitor]:
    said: list[str] = []
    with listen(0) as listener:
        async with rehearsing(listener, said.append, empty=empty) as on, aiohttp.ClientSession() as session:
            async with session.get(on.address) as answer:
                found = re.search(r'name="token" content="([^"]+)"', await answer.text())
            assert found
            yield Visitor(on, session, found[1])
    assert said


def named(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(row for row in rows if row["name"] == name)


def channels(state: Any) -> list[dict[str, Any]]:
    return [channel for group in state["groups"] for channel in group["channels"]]


def last(state: Any) -> dict[str, Any]:
    found: dict[str, Any] = state["log"][-1]
    return found


def errors(state: Any) -> list[str]:
    return [line["text"] for line in state["log"] if line["tone"] == "error"]


async def test_a_visitor_meets_the_example_partnership() -> None:
    async with visiting() as visitor:
        state = await visitor.state()

        stakeholders = [each for each in state["people"] if each["about"].startswith("stakeholder")]
        organisations = {role for each in stakeholders for role in each["roles"]} & {
            "Green Fund",
            "Delta University",
            "Open Water Lab",
            "Riverside Neighbours",
        }
        assert len(stakeholders) == 6
        assert len(organisations) == 4
        assert {each["name"] for each in channels(state)} >= {
            "decisions",
            "governance-talk",
            "stakeholders",
            "core-team",
            "cell-planting",
            "cell-outreach",
        }
        assert {each["state"] for each in state["waiting"]} >= {"Open to objections", "Passed, not carried out yet"}
        assert named(channels(state), "stakeholders")["threads"]
        assert {each["title"][:2] for each in state["waiting"]} == {"P-", "R-", "S-", "M-"}
        assert state["due"] > state["now"]
        assert not errors(state)


async def test_who_asked_for_direct_messages_has_them_and_nobody_else() -> None:
    async with visiting() as visitor:
        state = await visitor.state()
    assert [each["name"] for each in state["people"] if each["letters"]] == ["Dalia Haddad"]


async def test_the_next_deadline_is_that_of_anything() -> None:
    """Of a proposal, a meeting, a retro and a survey: none is passed over."""
    async with visiting() as visitor:
        state = await visitor.state()
        coming = {each["title"][:3]: each["due"] for each in state["waiting"]}
        assert state["due"] <= min(coming.values())
        met: set[str] = set()
        for _ in range(30):
            if met == coming.keys():
                break
            moved = await visitor.act("deadline")
            left = {each["title"][:3]: each["due"] for each in moved["waiting"]}
            met |= {
                name
                for name, due in coming.items()
                if left.get(name) != due and instant(moved["now"]) < soon_after(due)
            }
            assert not errors(moved)
        assert met == coming.keys()


async def test_nobody_does_what_discord_would_not_offer_them() -> None:
    """Who cannot read a place is asked as whom to open it; commands run only where one may write (SCL-2a)."""
    async with visiting() as visitor:
        state = await visitor.state()
        noor = named(state["people"], "Noor Aziz")
        for name in ("core-team", "stakeholders"):
            room = named(channels(state), name)
            asked = await visitor.open(room["id"], noor["id"])
            text = await asked.text()
            assert asked.status == 200
            assert f"Noor Aziz cannot read #{name}" in text
            assert "Open as Femi Adeyemi" in text
            assert (await visitor.state())["open"] is None
        femi = named(state["people"], "Femi Adeyemi")
        assert (await visitor.open(room["id"], femi["id"])).status == 303
        assert (await visitor.open(named(channels(state), "lobby")["id"], noor["id"])).status == 303

        front = visitor.on.acts.front
        amara = front.person(int(named(state["people"], "Amara Okafor")["id"]))
        for name in ("decisions", "core-team"):
            place = front.place(int(named(channels(state), name)["id"]))
            refused = await amara.slash(place, "inbox")
            assert refused.response is not None
            assert "Discord offers you no commands here" in refused.response.content
            assert "#" in refused.response.content
        talk = front.place(int(named(channels(state), "governance-talk")["id"]))
        answered = await amara.slash(talk, "inbox")
        assert answered.response is not None
        assert "Discord offers you no commands" not in answered.response.content
        assert not errors(await visitor.state())


async def test_an_empty_server_is_there_to_be_set_up() -> None:
    async with visiting(empty=True) as visitor:
        state = await visitor.state()
        assert state["empty"]
        assert [each["name"] for each in channels(state)] == ["lobby"]
        assert not state["waiting"]
        assert next(each["name"] for each in state["people"] if each["id"] == state["first"]) == "Mira Novak"
        front = visitor.on.acts.front
        mira = front.person(int(state["first"]))
        shown = await mira.slash(front.place(int(channels(state)[0]["id"])), "setup start")
        form = {"name": "Hill Farm", "purpose": "Keep the hill open.", "top_level_purpose": "Plan.", "cells": "Paths"}
        plan = await mira.submit_modal(shown, form)
        assert plan.followups or plan.response
        assert not errors(await visitor.state())


async def test_the_clock_moves_deadlines_are_met_on_the_way_and_what_the_bot_did_is_told() -> None:
    async with visiting() as visitor:
        before = await visitor.state()
        hour = await visitor.act("hour")
        assert instant(hour["now"]) - instant(before["now"]) >= timedelta(hours=1)
        soonest = before["waiting"][0]["title"]

        due = await visitor.act("deadline")
        assert instant(due["now"]) >= instant(before["due"])
        assert next(each for each in due["waiting"] if each["title"] == soonest)["state"] != "Open to objections"

        day = await visitor.act("day")
        assert instant(day["now"]) - instant(due["now"]) >= timedelta(days=1)
        assert not errors(day)

        told = [line["text"] for line in day["log"] if line["text"].startswith("Meanwhile the bot wrote")]
        assert any("in #decisions" in line and "P-3" in line for line in told)
        quiet = await visitor.act("hour")
        assert [line["tone"] for line in quiet["log"][len(day["log"]) :]] == ["act"]
        disputed = await visitor.act("day")
        told = [line["text"] for line in disputed["log"] if line["text"].startswith("Meanwhile the bot wrote")]
        assert any("Hana Sato can revise" in line for line in told), "people go by their names"
        assert not any("<" in line for line in told)


async def test_the_bot_is_restarted_crashed_stopped_and_started() -> None:
    async with visiting() as visitor:
        for name in ("restart", "crash"):
            state = await visitor.act(name)
            assert state["running"]
            assert not errors(state)

        stopped = await visitor.act("stop")
        assert not stopped["running"]
        assert stopped["due"] is None
        assert "stopped already" in last(await visitor.act("stop"))["text"]
        assert "was left alone" in last(await visitor.act("deadline"))["text"]

        started = await visitor.act("start")
        assert started["running"]
        assert "running already" in last(await visitor.act("start"))["text"]

        away = await visitor.act("absent")
        assert away["running"]
        assert instant(away["now"]) - instant(started["now"]) >= timedelta(days=1)
        assert instant(away["waiting"][0]["due"]) > instant(started["waiting"][0]["due"])  # PRO-11
        assert not errors(away)


async def test_a_moderator_takes_and_gives_roles_by_hand() -> None:
    async with visiting() as visitor:
        state = await visitor.state()
        person, role = named(state["people"], "Amara Okafor"), named(state["roles"], "Green Fund")
        form = {"person": person["id"], "role": role["id"]}

        assert named(state["people"], "Amara Okafor")["about"].startswith("stakeholder")

        taken = await visitor.act("take", **form)
        assert named(taken["people"], "Amara Okafor")["roles"] == []
        assert "stakeholder" not in named(taken["people"], "Amara Okafor")["about"]
        assert "does not wear" in last(await visitor.act("take", **form))["text"]

        given = await visitor.act("give", **form)
        assert named(given["people"], "Amara Okafor")["roles"] == ["Green Fund"]
        assert named(given["people"], "Amara Okafor")["about"].startswith("stakeholder")
        assert "wears the role" in last(await visitor.act("give", **form))["text"]


async def test_what_a_moderator_destroys_comes_back() -> None:
    async with visiting() as visitor:
        state = await visitor.state()
        card = next(each for each in state["cards"] if each["title"].startswith("P-4 ") and each["reactions"])
        wiped = await visitor.act("wipe", channel=card["channel"], message=card["id"])
        assert "wiped" in last(wiped)["text"]
        back = next(each for each in wiped["cards"] if each["id"] == card["id"])
        assert 0 < back["reactions"] < card["reactions"]  # the bot's own are put back, OBJ-5

        gone = await visitor.act("delete_card", channel=card["channel"], message=card["id"])
        assert card["id"] not in {each["id"] for each in gone["cards"]}
        assert any(
            each["title"] == card["title"] and each["place"] == card["place"] for each in gone["cards"]
        )  # PRO-10
        assert "no longer there" in last(await visitor.act("wipe", channel=card["channel"], message=card["id"]))["text"]

        thread = named(channels(gone), "stakeholders")["threads"][-1]
        after = await visitor.act("delete_thread", thread=thread["id"])
        threads = named(channels(after), "stakeholders")["threads"]
        assert thread["id"] not in {each["id"] for each in threads}
        assert thread["name"] in {each["name"] for each in threads}


async def test_channels_threads_and_direct_messages_open_in_the_preview() -> None:
    async with visiting() as visitor:
        state = await visitor.state()
        amara, noor = named(state["people"], "Amara Okafor"), named(state["people"], "Noor Aziz")
        stakeholders = named(channels(state), "stakeholders")
        assert state["open"] is None

        addresses = []
        for place in (stakeholders["id"], stakeholders["threads"][0]["id"], amara["direct"], noor["direct"]):
            answer = await visitor.open(place, amara["id"])
            assert answer.status == 303
            addresses.append(answer.headers["Location"])
            async with visitor.session.get(addresses[-1]) as preview:
                assert preview.status == 200
            assert (await visitor.state())["open"]["id"] == place
        assert len(set(addresses)) == len(addresses)

        moved = await visitor.act("restart")  # the open channel stays open
        assert moved["open"]["name"] == "direct messages of Noor Aziz"
        assert (await visitor.open("1", amara["id"])).status == 409


async def test_only_the_page_itself_may_act() -> None:
    async with visiting() as visitor:
        address, session = visitor.on.address, visitor.session
        port = address.rsplit(":", 1)[1]
        async with session.get(address, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        async with session.get(f"{address}/state", headers={"Host": f"localhost:{port}"}) as answer:
            assert answer.status == 200
        for headers in ({}, {"X-Rehearsal-Token": "guessed"}):
            async with session.post(f"{address}/act/day", headers=headers) as answer:
                assert answer.status == 403
        async with session.post(f"{address}/open", data={"channel": "1"}) as answer:
            assert answer.status == 403
        headers = {"X-Rehearsal-Token": visitor.token}
        async with session.post(f"{address}/act/unknown", headers=headers) as answer:
            assert answer.status == 404
        async with session.post(f"{address}/act/give", headers=headers, data={"person": "x"}) as answer:
            assert answer.status == 400


async def test_an_error_in_the_bot_is_told_and_the_rehearsal_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with visiting() as visitor:

        async def broken() -> None:
            raise RuntimeError("a screw is loose")

        monkeypatch.setattr(visitor.on.acts, "hour", broken)
        assert "a screw is loose" in errors(await visitor.act("hour"))[-1]
        assert (await visitor.act("day"))["running"]


async def test_a_refusal_is_an_answer_and_no_error_of_the_bot() -> None:
    async with visiting() as visitor:
        state = await visitor.state()
        noor = visitor.on.acts.front.person(int(named(state["people"], "Noor Aziz")["id"]))
        lobby = visitor.on.acts.front.place(int(named(channels(state), "lobby")["id"]))
        for _ in range(2):
            refused = await noor.slash(lobby, "inbox")
            assert refused.response is not None
            assert "You hold no seat" in refused.response.content
            assert not errors(await visitor.act("restart"))


def test_every_act_stands_on_the_page() -> None:
    page = (ROOT / "bot" / "rehearsal" / "page.html").read_text()
    assert set(re.findall(r'data-act="(\w+)"', page)) == set(ACTS)


def test_a_taken_port_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        assert rehearsal.main(port, open_browser=False) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"Port {port}" in said
    assert "--port" in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not sent so on Windows")
@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_it_without_a_trace(wanted: signal.Signals, tmp_path: Path) -> None:
    async with rehearsing_process(tmp_path) as process:
        process.send_signal(wanted)
        rest, wrong = await process.communicate()
    assert process.returncode == 0
    assert rest.decode().strip() == "Stopped. Nothing was kept."
    assert wrong == b""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not sent so on Windows")
async def test_it_begins_again_with_an_empty_server_at_the_same_address(tmp_path: Path) -> None:
    async with rehearsing_process(tmp_path) as process, aiohttp.ClientSession() as session:
        address = process.address
        worlds = []
        for empty in (False, True, False):
            async with session.get(f"{address}/state") as answer:
                state = await answer.json()
            assert state["empty"] is empty
            worlds.append(state["world"])
            if len(worlds) < 3:
                async with session.get(address) as answer:
                    found = re.search(r'name="token" content="([^"]+)"', await answer.text())
                assert found
                async with session.post(f"{address}/act/again", headers={"X-Rehearsal-Token": found[1]}) as answer:
                    assert answer.status == 200
                await process.until("To stop it")
        assert len(set(worlds)) == 3
        process.send_signal(signal.SIGTERM)
        _, wrong = await process.communicate()
    assert process.returncode == 0
    assert wrong == b""
    assert list(tmp_path.iterdir()) == []


class RehearsingProcess:
    """``python -m bot rehearse`` on a free port."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.address = f"http://127.0.0.1:{port}"
        self.send_signal = process.send_signal
        self.communicate = process.communicate

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    async def until(self, words: str) -> str:
        """What it prints until these words."""
        assert self._process.stdout
        assert self._process.stderr
        said = ""
        while words not in said:
            line = await self._process.stdout.readline()
            assert line, await self._process.stderr.read()
            said += line.decode()
        return said


@asynccontextmanager
async def rehearsing_process(folder: Path) -> AsyncIterator[RehearsingProcess]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "rehearse", "--no-browser", "--port", str(port)),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(3 * SLOW):
            running = RehearsingProcess(process, port)
            assert running.address in await running.until("To stop it")
            yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def soon_after(due: str) -> datetime:
    return instant(due) + timedelta(minutes=5)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
