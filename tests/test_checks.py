"""`python -m bot check`: what Discord says about token, intent and permissions, in words (RUN-1, SCL-4)."""

import base64
import socket
from collections.abc import Iterator
from typing import Any

import discord
import pytest

from bot.discord import addresses
from bot.discord.permissions import REASONS, invite_link, permissions
from bot.operation.checks import Mark, ask_discord
from config.settings import Settings
from tests.standin import APPLICATION, StandIn, listening
from tests.standin.standin import MEMBERS

TOKEN = "right-token"


@pytest.fixture(autouse=True)
def _discord_afterwards() -> Iterator[None]:
    yield
    addresses.use(Settings.model_construct())


def settings_for(standin: StandIn, token: str = TOKEN) -> Settings:
    return Settings(discord_token=token, discord_api_base=standin.base, _env_file=None)


def home(bits: int | None = None, **more: Any) -> StandIn:
    """Discord, with the bot in one server."""
    standin = StandIn(TOKEN, **more)
    standin.guild("Home", bits=bits)
    return standin


async def said_by(standin: StandIn, token: str = TOKEN) -> dict[str, tuple[Mark, str]]:
    async with listening(standin):
        asked = await ask_discord(settings_for(standin, token))
    return {each.about: (each.mark, each.said) for each in asked.findings}


async def test_a_good_token_with_intent_and_permissions_is_fine() -> None:
    standin = home()
    async with listening(standin):
        asked = await ask_discord(settings_for(standin))
    assert {each.about: each.mark for each in asked.findings} == dict.fromkeys(
        ("token", "intent", "permissions"), Mark.FINE
    )
    assert asked.application == APPLICATION
    assert standin.asked == [f"GET {path}" for path in ("/users/@me", "/oauth2/applications/@me", "/users/@me/guilds")]


async def test_a_bad_token_is_said_with_what_to_do() -> None:
    said = await said_by(home(), token="wrong-token")
    assert said["token"][0] is Mark.WRONG
    assert "Reset Token" in said["token"][1]
    assert "wrong-token" not in str(said)


async def test_no_token_asks_nobody() -> None:
    standin = home()
    said = await said_by(standin, token="")
    assert said["token"][0] is Mark.WRONG
    assert "DISCORD_TOKEN is empty" in said["token"][1]
    assert standin.asked == []


@pytest.mark.parametrize(("flags", "mark"), [(0, Mark.WRONG), (MEMBERS, Mark.FINE), (1 << 19, Mark.WRONG)])
async def test_the_members_intent_is_looked_at(flags: int, mark: Mark) -> None:
    said = await said_by(home(flags=flags))
    assert said["intent"][0] is mark
    assert "Server Members Intent" in said["intent"][1]


async def test_a_missing_permission_is_named_with_its_reason() -> None:
    lacking = permissions()
    lacking.update(manage_roles=False)
    mark, said = (await said_by(home(lacking.value)))["permissions"]
    assert mark is Mark.WRONG
    assert "in Home the bot lacks Manage Roles" in said
    assert REASONS["manage_roles"] in said


async def test_administrator_is_noted_as_more_than_needed() -> None:
    bits = discord.Permissions(administrator=True).value
    mark, said = (await said_by(home(bits)))["permissions"]
    assert mark is Mark.NOTE
    assert "does not need" in said


async def test_an_endpoint_that_swallows_commands_is_wrong() -> None:
    assert (await said_by(home(endpoint="https://example.org/")))["commands"][0] is Mark.WRONG


async def test_a_bot_without_a_server_is_told_of_the_link() -> None:
    assert (await said_by(StandIn(TOKEN)))["servers"][0] is Mark.NOTE


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, None, "error 403"),
        (200, ["nonsense"], "not Discord"),
        (200, "<html>", "not Discord"),
        (200, {"x": 1}, "not Discord"),
    ],
)
async def test_an_answer_that_is_of_no_use_leaves_the_token_unknown(status: int, body: Any, said: str) -> None:
    standin = home()
    standin.fail("* **", status=status, body=body, times=None)
    mark, words = (await said_by(standin))["token"]
    assert mark is Mark.UNKNOWN
    assert said in words


async def test_offline_says_so_and_reads_the_application_from_the_token() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}"
        token = base64.b64encode(str(APPLICATION).encode()).decode().rstrip("=") + ".x.y"
        asked = await ask_discord(Settings(discord_token=token, discord_api_base=base, _env_file=None))
    [finding] = asked.findings
    assert finding.mark is Mark.UNKNOWN
    assert "could not be reached" in finding.said
    assert asked.application == APPLICATION


def test_the_invite_link_asks_for_the_least_and_never_administrator() -> None:
    link = invite_link(APPLICATION)
    assert f"client_id={APPLICATION}" in link
    assert f"permissions={permissions().value}" in link
    assert "scope=bot+applications.commands" in link
    assert not permissions().administrator
    assert {name for name, granted in permissions() if granted} >= set(REASONS) - {"view_channel"}
    assert all(reason and not reason.endswith(".") for reason in REASONS.values())
