"""What is kept beside the chain is held against it (REC-1): a row changed by hand is named, an honest one never."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, Text, delete, select, text, type_coerce, update

from bot.governance.consistency import Difference, group_told, rows_told, values_told
from bot.governance.events import Event, Json
from bot.governance.organisation_events import PartnershipCreated, PartnershipRatified, RoleMapped
from bot.governance.policy_events import PolicyAdopted
from bot.services import erasures, escalations, objections, proposals, record, votes
from bot.services.record import RecordCheck
from storage import tables
from storage.engine import Engines
from tests.facts import event_of
from tests.services.scene import ADA, BEN, CLEO, DEV, FREE_KEY, GUS, HERE, OTHER_TEXT, REASON, TIA, TOM, Scene

Document = dict[str, Any]
VOTED, CHANGED, REVISED, WITHDRAWN = 1, 2, 3, 4
VOTE = f"{VOTED}-1"


async def founded(scene: Scene) -> None:
    """The events with which a set-up begins a record."""
    async with scene.ctx.uow.write() as tx:
        partnership = await tx.partnerships.get(HERE)
        policy = await tx.policies.current(HERE)
        values: dict[str, Json] = {**values_told(policy)}
        rows: list[Json] = [*rows_told(policy).values()]
        whole = f"partnership/{HERE}"
        told = [event_of(PartnershipCreated, whole, None, {"name": partnership.name})]
        told += [Event(group_told(g), f"group/{g.id}") for g in partnership.groups]
        adopted: dict[str, Json] = {"version": policy.version, "values": values, "matrix": rows}
        told.append(event_of(PolicyAdopted, whole, None, adopted))
        for each in partnership.mappings:
            data = {"seat": each.seat, "class": each.stakeholder_class, "organisation": each.organisation}
            where = whole if each.group is None else f"group/{each.group}"
            told.append(event_of(RoleMapped, where, None, {**data}))
        told.append(event_of(PartnershipRatified, whole))
        await tx.record.append(HERE, told, scene.clock())


@pytest.fixture
async def lived(scene: Scene) -> Scene:
    """P-1 was adopted by a vote over an objection, P-2 changed the policy, P-3 is revised, P-4 withdrawn."""
    await founded(scene)
    voted = await scene.file(TIA)
    await scene.object(ADA, voted, stated=True)
    await objections.concern(scene.ctx, scene.actor(BEN), voted, "Mind the cost.")
    await scene.after(hours=72)
    await scene.after(hours=49)
    await escalations.escalate(scene.ctx, scene.actor(ADA), voted)
    await scene.sweep()
    for voter in (BEN, CLEO, DEV):
        await votes.cast(scene.ctx, scene.actor(voter), voted, {"for": 1})
    await scene.after(hours=96)
    changed = await scene.file(TOM, "policy", effects=(FREE_KEY,))
    await scene.read_by(changed, ADA, BEN, CLEO)
    await scene.after(hours=72)
    await scene.after(hours=49)
    revised = await scene.file(TIA)
    await scene.object(ADA, revised, stated=True)
    await objections.rule(scene.ctx, scene.actor(GUS), revised, 1, False, REASON)
    await proposals.revise(scene.ctx, scene.actor(TIA), revised, OTHER_TEXT, ())
    await scene.read_by(revised, BEN)
    gone = await scene.file(TOM)
    await proposals.withdraw(scene.ctx, scene.actor(TOM), gone, "A better idea came.")
    assert (voted, changed, revised, gone) == (VOTED, CHANGED, REVISED, WITHDRAWN)
    states = [str(await scene.state(each)) for each in (voted, changed, revised, gone)]
    assert states == ["enacted", "enacted", "review", "withdrawn"]
    return scene


async def checked(scene: Scene) -> RecordCheck:
    async with scene.ctx.uow.scan() as tx:
        return await record.check(tx, HERE)


async def rewritten(engines: Engines, table: Table, row: int | str, change: Callable[[Document], Any]) -> None:
    """A document changed by hand, in the way of whoever opens the file with an editor."""
    key = table.c.version if table is tables.policies else table.c.id
    async with engines.write() as connection:
        chosen = select(type_coerce(table.c.document, Text)).where(key == row)
        document = json.loads((await connection.execute(chosen)).scalar_one())
        before = copy.deepcopy(document)
        change(document)
        assert document != before
        await connection.execute(update(table).where(key == row).values(document=document))


async def test_an_honest_database_agrees_with_its_record(lived: Scene) -> None:
    found = await checked(lived)
    assert found.verdict.holds
    assert found.differences == ()


def put(*path: Any, to: Any) -> Callable[[Document], None]:
    """Set what stands at a path; the last step may be a key or a place in a list."""

    def change(document: Document) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


P, V, PARTNER, POLICY = tables.proposals, tables.votes, tables.partnerships, tables.policies
BY_HAND: dict[str, tuple[Table, int | str, Callable[[Document], Any], str, str]] = {
    # what: table, row, change, thing and part that are named
    "state": (P, WITHDRAWN, put("state", to="not adopted"), "proposal/4", "column state"),
    "outcome": (P, WITHDRAWN, put("outcome", to="Nobody wanted it."), "proposal/4", "outcome"),
    "text of a version": (
        P,
        REVISED,
        put("versions", 0, "text", "ask", to="Pay me."),
        "proposal/3",
        "text of version 1",
    ),
    "text and its hash": (P, REVISED, put("versions", 1, "digest", to="f" * 64), "proposal/3", "text of version 2"),
    "effect": (P, CHANGED, put("versions", 0, "effects", 0, "value", to="20"), "proposal/2", "text of version 1"),
    "date of a version": (
        P,
        REVISED,
        put("versions", 0, "published_at", to="2025-01-01T00:00:00.000000Z"),
        "proposal/3",
        "date of version 1",
    ),
    "a version less": (P, REVISED, lambda d: d["versions"].pop(0), "proposal/3", "versions"),
    "text on the table": (P, REVISED, put("text", "why", to="Because."), "proposal/3", "text on the table"),
    "author": (P, REVISED, put("author", to="f" * 32), "proposal/3", "author"),
    "type": (P, REVISED, put("type", to="general"), "proposal/3", "type"),
    "group": (P, REVISED, put("group", to=2), "proposal/3", "group"),
    "number": (P, REVISED, put("number", to=9), "proposal/3", "number"),
    "opening": (P, REVISED, put("opened_at", to="2025-01-01T00:00:00.000000Z"), "proposal/3", "opening"),
    "an elector less": (P, REVISED, lambda d: d["electors"].pop(), "proposal/3", "electors"),
    "threshold": (P, REVISED, put("terms", "threshold", to=4), "proposal/3", "pinned rules"),
    "quorum": (P, VOTED, put("terms", "quorum", to="1/4"), "proposal/1", "pinned rules"),
    "window": (P, REVISED, put("terms", "window", to=3_600_000_000), "proposal/3", "pinned rules"),
    "policy version pinned": (P, REVISED, put("terms", "policy_version", to=1), "proposal/3", "pinned rules"),
    "deadline": (P, REVISED, put("closes_at", to="2026-01-02T00:00:00.000000Z"), "proposal/3", "deadline"),
    "readings": (P, REVISED, put("readers", to=[]), "proposal/3", "readings"),
    "a concern less": (P, VOTED, put("concerns", to=[]), "proposal/1", "concerns"),
    "text of a concern": (P, VOTED, put("concerns", 0, "text", to="Fine."), "proposal/1", "text of a concern"),
    "an objection less": (P, VOTED, put("objections", to=[]), "proposal/1", "objections"),
    "objector": (P, VOTED, put("objections", 0, "person", to="f" * 32), "proposal/1", "objections"),
    "state of an objection": (
        P,
        VOTED,
        put("objections", 0, "state", to="withdrawn"),
        "proposal/1",
        "state of objection 1",
    ),
    "a ruling turned": (P, REVISED, put("objections", 0, "state", to="stated"), "proposal/3", "state of objection 1"),
    "words of an objection": (
        P,
        VOTED,
        put("objections", 0, "statement", "reason", to="I like it after all."),
        "proposal/1",
        "words of objection 1",
    ),
    "words of a ruling": (
        P,
        REVISED,
        put("objections", 0, "test", "reason", to="I was paid."),
        "proposal/3",
        "words of objection 1",
    ),
    "result of a vote": (V, VOTE, put("tally", "adopted", to=False), "proposal/1", "vote"),
    "count of a vote": (V, VOTE, put("tally", "cast", to=6), "proposal/1", "vote"),
    "a published ballot": (V, VOTE, put("ballots", 0, "marks", to={"against": 1}), "proposal/1", "vote"),
    "another vote": (P, VOTED, put("vote", to="1-2"), "proposal/1", "document"),
    "no vote at all": (P, VOTED, put("vote", to=None), "proposal/1", "vote"),
    "not readable": (P, VOTED, put("state", to="carried"), "proposal/1", "document"),
    "name of the partnership": (PARTNER, 1, put("name", to="Mine"), "partnership/1", "name"),
    "ratification": (PARTNER, 1, put("provisional", to=True), "partnership/1", "ratification"),
    "organisation of a role": (
        PARTNER,
        1,
        put("mappings", 0, "organisation", to="Mine"),
        "group/1",
        "mapped role of the seat member",
    ),
    "a role more": (
        PARTNER,
        1,
        lambda d: d["mappings"].append({**d["mappings"][0], "role": 4711}),
        "group/1",
        "mapped role of the seat member",
    ),
    "a first row": (POLICY, 1, put("matrix", 1, "timelock", to="timelock.budget"), "policy/1", "decision matrix"),
    "a later row": (POLICY, 2, put("matrix", 1, "timelock", to="timelock.budget"), "policy/2", "decision matrix"),
    "the row that it was opened by": (
        P,
        REVISED,
        put("terms", "row", "passes", to="supermajority"),
        "proposal/3",
        "pinned rules",
    ),
    "a first rule": (POLICY, 1, put("values", "objection.threshold", to=3), "policy/1", "values"),
    "an amended rule": (POLICY, 2, put("values", "limits.open_per_author", to=9), "policy/2", "values"),
    "another rule": (POLICY, 2, put("values", "objection.threshold", to=3), "policy/2", "values"),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("what", BY_HAND)
async def test_a_document_changed_by_hand_is_found_and_named(lived: Scene, engines: Engines, what: str) -> None:
    table, row, change, thing, part = BY_HAND[what]
    await rewritten(engines, table, row, change)
    found = await checked(lived)
    assert found.verdict.holds, "the chain itself was left alone"
    assert Difference(thing, part) in found.differences
    named = {each.thing for each in found.differences}
    # What stands on a rule that was changed differs as well.
    beside = {"policy/2", *(f"proposal/{each}" for each in range(1, 5))} if table is POLICY else set()
    assert named <= {thing} | beside, "nothing else is accused"


COLUMNS: dict[str, tuple[str, str]] = {
    "UPDATE proposals SET title = 'Pay me' WHERE id = 3": ("proposal/3", "column title"),
    "UPDATE proposals SET state = 'withdrawn' WHERE id = 3": ("proposal/3", "column state"),
    "UPDATE proposals SET number = 9 WHERE id = 3": ("proposal/3", "column number"),
    "UPDATE proposals SET author_id = 'x' WHERE id = 3": ("proposal/3", "column author_id"),
    "UPDATE proposals SET group_id = 2 WHERE id = 3": ("proposal/3", "column group_id"),
    "UPDATE proposals SET type = 'general' WHERE id = 3": ("proposal/3", "column type"),
    "UPDATE proposals SET opened_at = closes_at WHERE id = 3": ("proposal/3", "column opened_at"),
    "UPDATE proposals SET closes_at = opened_at WHERE id = 3": ("proposal/3", "column closes_at"),
    "UPDATE proposals SET version = 99 WHERE id = 3": ("proposal/3", "column version"),
    "UPDATE partnerships SET name = 'Mine'": ("partnership/1", "column name"),
    "UPDATE partnerships SET guild_id = 4711": ("partnership/1", "column guild_id"),
    "UPDATE groups SET name = 'The board' WHERE id = 2": ("group/2", "description"),
    "UPDATE groups SET private = 0 WHERE id = 4": ("group/4", "description"),
    "UPDATE groups SET parent = 1 WHERE id = 4": ("group/4", "description"),
    "UPDATE groups SET purpose = 'Ours' WHERE id = 3": ("group/3", "description"),
    "UPDATE groups SET kind = 'cell' WHERE id = 2": ("group/2", "description"),
    "UPDATE groups SET kind = 'circle' WHERE id = 2": ("group/2", "a row that cannot be read"),
    "DELETE FROM groups WHERE id = 4": ("group/4", "whole group"),
    "INSERT INTO groups VALUES (1, 5, 'cell', 'Ours', 2, 0, '')": ("group/5", "whole group"),
    "UPDATE policies SET proposal_id = 3 WHERE version = 2": ("policy/2", "decision"),
    "UPDATE policies SET version = 3 WHERE version = 2": ("policy/3", "document"),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("statement", COLUMNS)
async def test_a_column_changed_by_hand_is_found_and_named(lived: Scene, engines: Engines, statement: str) -> None:
    async with engines.write() as connection:
        assert (await connection.execute(text(statement))).rowcount == 1
    assert Difference(*COLUMNS[statement]) in (await checked(lived)).differences


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("table", "row", "thing", "part"),
    [
        (P, VOTED, "proposal/1", "whole row"),
        (V, VOTE, "proposal/1", "document"),
        (P, REVISED, "proposal/3", "whole row"),
        (POLICY, 2, "policy/2", "whole version"),
        (POLICY, 1, "policy/1", "whole version"),
    ],
)
async def test_a_row_taken_away_is_missed(
    lived: Scene, engines: Engines, table: Table, row: int | str, thing: str, part: str
) -> None:
    key = table.c.version if table is POLICY else table.c.id
    async with engines.write() as connection:
        await connection.execute(delete(table).where(key == row))
    assert Difference(thing, part) in (await checked(lived)).differences


async def test_a_person_taken_away_by_hand_is_missed_and_one_erased_on_request_is_not(
    lived: Scene, engines: Engines
) -> None:
    ada, ben = await lived.person(ADA), await lived.person(BEN)
    assert await erasures.forget(lived.ctx, ADA)
    assert (await checked(lived)).differences == ()
    async with engines.write() as connection:
        await connection.execute(delete(tables.people).where(tables.people.c.person_id == ben))
    assert (await checked(lived)).differences == (Difference(f"person/{ben}", "whole row"),)
    assert ada != ben


async def test_what_was_erased_on_request_is_no_difference(lived: Scene) -> None:
    """Every event that can be erased is, one after the other: the chain holds and nobody is accused."""
    for each in await lived.record():
        if each.event.type is not PolicyAdopted:
            await erasures.erase(lived.ctx, HERE, each.number)
    found = await checked(lived)
    assert found.verdict.holds, found.verdict
    assert found.verdict.unexplained == 0
    assert found.differences == ()
