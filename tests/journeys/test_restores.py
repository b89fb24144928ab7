"""A backup put back while Discord remembers more: the gap is announced, and an operator confirms (RUN-3)."""

from __future__ import annotations

from bot.governance.proposals_types import ProposalState
from bot.services import restores
from storage.backup import backup, restore
from tests.journeys import looking_back
from tests.journeys.server import FEED, Server, controls_of, text_of


async def test_a_restored_database_announces_the_gap_and_waits(server: Server) -> None:
    await server.propose("tia")
    copy = server.folder / "copy.sqlite3"
    await backup(server.database_url, copy)
    await server.propose("tom")
    await server.advance(hours=1)
    await server.stop()
    await restore(copy, server.database_url, server.env.now())

    await server.start()

    assert any("restored from a backup" in post for post in server.feed())
    await server.advance(hours=73 + 48)
    assert await server.state(1) is ProposalState.REVIEW

    assert await server.as_bot(restores.confirm(server.bot.ctx))
    await server.settle()
    await server.advance(hours=49)
    assert await server.state(1) is ProposalState.ENACTED
    assert any("was confirmed" in post for post in server.feed())


async def test_numbers_go_on_above_the_highest_card_seen(server: Server) -> None:
    await server.propose("tia")
    copy = server.folder / "copy.sqlite3"
    await backup(server.database_url, copy)
    assert await server.propose("tom") == 2
    await server.stop()
    await restore(copy, server.database_url, server.env.now())
    await server.start()
    await server.as_bot(restores.confirm(server.bot.ctx))

    assert await server.propose("uma") == 3
    entries = [text_of(message) for message in server.channel(FEED).history()]
    assert sum("P-2 " in entry for entry in entries) == 1


async def test_an_old_board_never_acts_on_a_new_thing(server: Server) -> None:
    """A retro that only Discord remembers: the next one has another number, and other buttons."""
    copy = server.folder / "copy.sqlite3"
    await backup(server.database_url, copy)
    await looking_back.begin(server)
    old = await looking_back.board(server)
    await server.stop()
    await restore(copy, server.database_url, server.env.now())
    await server.start()
    assert any("restored from a backup" in post for post in server.feed())
    await server.as_bot(restores.confirm(server.bot.ctx))

    new = await looking_back.board(server, await looking_back.begin(server))
    assert "R-1 " in text_of(old)
    assert "R-2 " in text_of(new)
    assert set(controls_of(old)) & set(controls_of(new)) == set()


async def test_a_restore_without_a_gap_goes_on_by_itself(server: Server) -> None:
    await server.propose("tia")
    copy = server.folder / "copy.sqlite3"
    await backup(server.database_url, copy)
    await server.stop()
    await restore(copy, server.database_url, server.env.now())

    await server.start()

    assert not any("restored from a backup" in post for post in server.feed())
    await server.advance(hours=73)
    await server.advance(hours=49)
    assert await server.state(1) is ProposalState.ENACTED
