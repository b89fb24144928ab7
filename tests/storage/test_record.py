"""The chain (REC-1): whatever is changed, removed, inserted or reordered is found; erasure is not a fault."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from bot.governance.errors import NotErasable, NotFound
from bot.governance.events import Event, EventType, Json, as_recorded, known
from bot.governance.ids import PersonId
from bot.governance.proposals_events import Nudged, ProposalPassed, ProposalRead
from bot.governance.record_events import COMPLETE, ErasuresListed, WordsErased
from bot.services.ports.transaction import UnitOfWork
from storage.chain import EMPTY, Link, forge, verify
from storage.engine import Engines
from storage.mapping import from_json, to_json
from storage.tables import events, heads, payloads
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.facts import event_of
from tests.storage.examples import ADA, HERE, event, partnership

happenings = st.builds(
    as_recorded,
    st.sampled_from([name for name, kind in known().items() if kind not in COMPLETE]),
    st.sampled_from(["proposal/1", "proposal/2", "role/3"]),
    st.sampled_from([None, ADA]),
    st.dictionaries(
        st.text(max_size=5), st.text(max_size=8) | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans(), max_size=3
    ),
)


def chain_of(happened: list[Event]) -> list[Link]:
    links: list[Link] = []
    for number, each in enumerate(happened, 1):
        links.append(forge(each, NEW_YEAR + timedelta(minutes=number), number, links[-1].hash if links else EMPTY))
    return links


def next_link(links: list[Link], happened: Event) -> Link:
    return forge(happened, NEW_YEAR + timedelta(days=1), len(links) + 1, links[-1].hash)


def without_words(link: Link) -> Link:
    return replace(link, salt=None, payload=None)


chains = st.lists(happenings, min_size=2, max_size=8).map(chain_of)


@given(chains)
def test_an_untouched_chain_holds(links: list[Link]) -> None:
    verdict = verify(links, len(links), links[-1].hash)
    assert (verdict.holds, verdict.events, verdict.head) == (True, len(links), links[-1].hash)


@given(chains, st.data())
def test_any_changed_part_of_any_row_is_found(links: list[Link], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(links) - 1))
    name = data.draw(st.sampled_from(Link.__slots__))
    row = links[which]
    other: Any = {
        "number": row.number + 1,
        "at": row.at + timedelta(microseconds=1),
        "actor": None if row.actor else "c" * 32,
        "salt": data.draw(st.sampled_from(["00" * 16, None])),
        "payload": data.draw(st.sampled_from(['{"other":1}', ""])),
    }.get(name, getattr(row, name) if name not in {"digest", "previous", "hash", "type", "thing"} else "f" * 64)
    links[which] = replace(row, **{name: other})
    verdict = verify(links, len(links))
    assert not verdict.holds
    assert verdict.broken_at in {which + 1, which + 2}


@given(chains, st.data())
def test_any_removed_inserted_or_reordered_row_is_found(links: list[Link], data: st.DataObject) -> None:
    length, head = len(links), links[-1].hash
    which = data.draw(st.integers(0, length - 1))
    other = data.draw(st.integers(0, length - 1).filter(lambda index: index != which))
    removed = links[:which] + links[which + 1 :]
    assert not verify(removed, length, head).holds
    inserted = [*links[:which], links[other], *links[which:]]
    assert not verify(inserted, length, head).holds
    swapped = list(links)
    swapped[which], swapped[other] = swapped[other], swapped[which]
    assert verify(swapped, length, head).broken_at == min(which, other) + 1


@given(chains, st.data())
def test_renumbering_and_resealing_the_rest_is_found_by_a_receipt(links: list[Link], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(links) - 1))
    head = links[-1].hash
    forged = chain_of([event_of(Nudged, "proposal/9") for _ in links])
    assert verify(links[:which] + forged[which:], len(links), head).holds is False


@given(chains, st.data())
def test_erased_texts_are_counted_and_not_held_against_the_chain(links: list[Link], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, len(links) - 1)))
    left = [replace(link, salt=None, payload=None) if i in gone else link for i, link in enumerate(links)]
    verdict = verify(left, len(links), links[-1].hash)
    assert (verdict.holds, verdict.erased, verdict.unexplained) == (True, len(gone), len(gone))
    if complete := data.draw(st.sampled_from([None, *sorted(COMPLETE, key=lambda kind: kind.NAME)])):
        # A record that tells erasures: what is missing without one was taken away.
        begun = [*left, next_link(left, event_of(complete, "partnership/1"))]
        verdict = verify(begun)
        assert (verdict.holds, verdict.broken_at) == (not gone, min(gone) + 1 if gone else None)


@given(chains, st.data())
def test_each_erasure_is_an_event_and_what_is_missing_without_one_fails(links: list[Link], data: st.DataObject) -> None:
    """Also of all subsets: listed one by one or together, what is listed is well and nothing else is."""
    gone = data.draw(st.sets(st.integers(1, len(links)), min_size=1))
    listed = data.draw(st.sets(st.sampled_from(sorted(gone))))
    kind: EventType = data.draw(st.sampled_from([WordsErased, ErasuresListed]))
    chain = [without_words(link) if link.number in gone else link for link in links]
    parts = [sorted(listed)] if kind is ErasuresListed else [[each] for each in sorted(listed)]
    for numbers in parts:
        chain.append(next_link(chain, event_of(kind, "proposal/1", None, {"numbers": [*numbers]})))
    verdict = verify(chain)
    taken = gone - listed
    if not parts:
        assert (verdict.holds, verdict.unexplained) == (True, len(gone))  # as in a record from before
    else:
        assert (verdict.holds, verdict.broken_at) == (not taken, min(taken) if taken else None)
        assert verdict.unexplained == len(taken)


@pytest.mark.parametrize(
    ("numbers", "broken"),
    [([1], 1), ([5], 5), ([6], 5), ([0], 5), ([-1], 5), (["2"], 5), ([2, 4], 5)],
    ids=["words stand still", "itself", "later", "none", "below none", "no number", "an erasure"],
)
def test_an_erasure_that_cannot_have_been_is_found(numbers: list[Json], broken: int) -> None:
    links = chain_of([event(a=1), event(a=2), event(a=3)])
    links[1] = without_words(links[1])
    links.append(next_link(links, event_of(WordsErased, "proposal/1", None, {"numbers": [2]})))
    assert verify(links).holds
    links.append(next_link(links, as_recorded(WordsErased.NAME, "proposal/1", None, {"numbers": numbers})))
    assert (verify(links).holds, verify(links).broken_at) == (False, broken)


def test_an_erasure_itself_cannot_be_erased() -> None:
    links = [without_words(chain_of([event(a=1)])[0])]
    links.append(next_link(links, event_of(WordsErased, "proposal/1", None, {"numbers": [1]})))
    links[1] = without_words(links[1])
    assert (verify(links).holds, verify(links).broken_at) == (False, 2)


@given(chains)
@settings(max_examples=20)
def test_an_exported_chain_verifies(links: list[Link]) -> None:
    exported = [to_json(link) for link in links]
    assert verify(from_json(Link, row) for row in exported).holds


def test_discord_ids_have_no_place_in_the_record() -> None:
    with pytest.raises(Exception, match="integer"):
        forge(event(number=900_000_000_000_000_001), NEW_YEAR, 1, EMPTY)


def test_the_same_text_has_another_digest_each_time() -> None:
    assert forge(event(), NEW_YEAR, 1, EMPTY).digest != forge(event(), NEW_YEAR, 1, EMPTY).digest


# ---- in the database -----------------------------------------------------------------------------


@pytest.fixture
async def kept(uow: SqlUnitOfWork) -> UnitOfWork:
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
        await tx.partnerships.save(partnership(2))
    return uow


async def test_events_come_back_in_order_and_chained(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        assert await tx.record.head(HERE) == (0, EMPTY)
        assert await tx.record.append(HERE, [], NEW_YEAR) == ()
        one, two = await tx.record.append(HERE, [event(1, digest="é"), event(2)], NEW_YEAR)
        (three,) = await tx.record.append(HERE, [event(1, ProposalPassed)], NEW_YEAR + timedelta(hours=1))
    async with kept.read() as tx:
        assert await tx.record.of(HERE, "proposal/1") == (one, three)
        assert await tx.record.event(HERE, 2) == two
        assert await tx.record.head(HERE) == (3, three.hash)
        assert (await tx.record.verify(HERE)).holds
        assert await tx.record.hash_at(HERE, 2) == two.hash
        assert await tx.record.hash_at(HERE, 4) is None
        assert await tx.record.number_of(HERE, two.hash[:32]) == 2
        assert await tx.record.number_of(HERE, "f" * 64) is None
        assert await tx.record.number_of(HERE, "%") is None
        with pytest.raises(NotFound):
            await tx.record.event(HERE, 4)
    assert (one.event.data["digest"], one.event.actor, three.at) == ("é", ADA, NEW_YEAR + timedelta(hours=1))


async def test_partnerships_have_chains_of_their_own(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        await tx.record.append(HERE, [event()], NEW_YEAR)
        (other,) = await tx.record.append(partnership(2).id, [event()], NEW_YEAR)
    assert other.number == 1


async def test_fifty_writers_make_one_chain(kept: UnitOfWork) -> None:
    async def write() -> None:
        async with kept.write() as tx:
            await tx.record.append(HERE, [event(), event()], NEW_YEAR)

    await asyncio.gather(*(write() for _ in range(50)))
    async with kept.read() as tx:
        verdict = await tx.record.verify(HERE)
    assert (verdict.holds, verdict.events) == (True, 100)


async def test_a_long_chain_is_read_in_parts(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        await tx.record.append(HERE, [event() for _ in range(1001)], NEW_YEAR)
    async with kept.read() as tx:
        assert (await tx.record.verify(HERE)).events == 1001


async def test_an_erased_text_is_gone_and_the_chain_verifies(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        await tx.record.append(HERE, [event(reason="private"), event()], NEW_YEAR)
        await tx.record.erase(HERE, 1, NEW_YEAR)
    async with kept.read() as tx:
        gone, said = await tx.record.event(HERE, 1), await tx.record.event(HERE, 3)
        verdict = await tx.record.verify(HERE)
    assert (gone.erased, gone.event.data) == (True, {})
    assert (verdict.holds, verdict.erased, verdict.unexplained) == (True, 1, 0)
    assert said.event == event_of(WordsErased, "proposal/1", None, {"numbers": [1]})


async def test_what_says_what_was_erased_stays_and_twice_is_once(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        await tx.record.append(HERE, [event(reason="private")], NEW_YEAR)
        assert await tx.record.erase(HERE, 1, NEW_YEAR)
        assert not await tx.record.erase(HERE, 1, NEW_YEAR)
        with pytest.raises(NotErasable):
            await tx.record.erase(HERE, 2, NEW_YEAR)
        with pytest.raises(NotFound):
            await tx.record.erase(HERE, 3, NEW_YEAR)
        assert (await tx.record.head(HERE))[0] == 2


async def test_words_deleted_by_hand_do_not_pass_for_erased(kept: UnitOfWork, engines: Engines) -> None:
    async with kept.write() as tx:
        await tx.record.append(HERE, [event(reason="private"), event(reason="mine"), event()], NEW_YEAR)
        await tx.record.erase(HERE, 1, NEW_YEAR)
    async with engines.write() as connection:
        await connection.execute(delete(payloads).where(payloads.c.number == 2))
    async with kept.read() as tx:
        verdict = await tx.record.verify(HERE)
    assert (verdict.holds, verdict.broken_at) == (False, 2)
    assert "no erasure of them is on record" in verdict.why


async def test_a_forgotten_person_leaves_the_chain_whole(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        person = await tx.people.id_of(900_000_000_000_000_777)
        await tx.record.append(HERE, [event_of(ProposalRead, "proposal/1", person)], NEW_YEAR)
        await tx.people.erase(person)
        assert await tx.people.users_of([person]) == {}
        assert (await tx.record.verify(HERE)).holds
        assert await tx.people.id_of(900_000_000_000_000_777) != person


TAMPERING: dict[str, Callable[[], Any]] = {
    "header": lambda: update(events).where(events.c.number == 2).values(thing="proposal/9"),
    "actor": lambda: update(events).where(events.c.number == 2).values(actor_id=PersonId("f" * 32)),
    "instant": lambda: update(events).where(events.c.number == 2).values(at=NEW_YEAR + timedelta(seconds=1)),
    "text": lambda: update(payloads).where(payloads.c.number == 2).values(payload="{}"),
    "removed": lambda: delete(events).where(events.c.number == 2),
    "end removed": lambda: delete(events).where(events.c.number == 3),
    "head": lambda: update(heads).values(hash="f" * 64),
    "all removed": lambda: delete(events),
}


@pytest.mark.parametrize("how", TAMPERING)
async def test_tampering_with_the_database_is_found(kept: UnitOfWork, engines: Engines, how: str) -> None:
    async with kept.write() as tx:
        await tx.record.append(HERE, [event(a=1), event(a=2), event(a=3)], NEW_YEAR)
    async with engines.write() as connection:
        await connection.execute(TAMPERING[how]())
    async with kept.read() as tx:
        assert not (await tx.record.verify(HERE)).holds
