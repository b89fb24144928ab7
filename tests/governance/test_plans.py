"""Plans and access: applying a plan leaves nothing to do, and never locks the bot out (SCL-1, SCL-2, SCL-2a)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import plans, scales
from bot.governance.errors import BadText, BadValue, Refusal
from bot.governance.ids import GroupId, PartnershipId, RoleId
from bot.governance.organisation import OBSERVER, SEATS, RoleFacts, RoleMapping, with_mapping, without_role
from bot.governance.plans import ChannelSeen, Do, RoleSeen, SetupStep, Site, Snapshot, What
from bot.governance.scales import Draft, Overwrite, Purpose, SeatRole

GUILD, BOT = 1, 2
ALL = scales.GOVERNED | scales.BUILDING | {"manage_messages"}
NAMES = st.sampled_from(
    ("Stakeholder", "Core Team", "Cell: Commons", "Contributor", "Members", "stakeholders", "core-team", "decisions")
)
PERMISSIONS = st.frozensets(st.sampled_from(sorted(scales.GOVERNED | {"attach_files", "mention_everyone"})))


def drafted(**changes: str) -> Site:
    draft = replace(Draft(name="River"), **changes)
    return Site(scales.found(PartnershipId(1), GUILD, draft, map(GroupId, count(1)), None), actor_position=50)


def server(roles: Iterable[RoleSeen] = (), channels: Iterable[ChannelSeen] = ()) -> Snapshot:
    everyone = RoleSeen("@everyone", RoleFacts(RoleId(GUILD), is_everyone=True))
    return Snapshot(GUILD, BOT, 40, ALL, (everyone, *roles), tuple(channels))


def role(id: int, name: str, position: int = 5, **facts: object) -> RoleSeen:
    return RoleSeen(name, RoleFacts(RoleId(id), position=position, **facts))  # type: ignore[arg-type]


def built(site: Site, seen: Snapshot, most: int = 200) -> tuple[Site, Snapshot, list[SetupStep]]:
    """Take step after step, as the set-up does, planning anew each time."""
    ids = count(1000 + len(seen.roles) + len(seen.channels))
    taken: list[SetupStep] = []
    while (todo := plans.plan(site, seen).todo) and todo[0].do is not Do.REFUSED and len(taken) < most:
        step = todo[0]
        made = step.id if step.id is not None else next(ids)
        if step.what is What.RECORD:
            site = replace(site, recorded=True)
        elif step.what is What.ROLE:
            mapping = RoleMapping(RoleId(made), step.group, step.seat, name=step.name)
            site = replace(site, partnership=with_mapping(site.partnership, mapping))
        else:
            assert step.purpose is not None
            site = replace(site, places={**site.places, (step.purpose, step.group): made})
        seen = plans.seen_after(seen, step, made)
        taken.append(step)
    return site, seen, taken


@given(
    roles=st.lists(st.tuples(NAMES, st.integers(1, 39), st.booleans()), max_size=6),
    channels=st.lists(st.tuples(NAMES, st.booleans(), PERMISSIONS, PERMISSIONS, st.booleans()), max_size=6),
    private=st.sampled_from(("", "Core Team", "Stakeholders\nCommons")),
    stop=st.integers(0, 30),
)
def test_applying_a_plan_leaves_nothing_to_do(
    roles: list[tuple[str, int, bool]],
    channels: list[tuple[str, bool, frozenset[str], frozenset[str], bool]],
    private: str,
    stop: int,
) -> None:
    seen = server(
        (
            role(100 + i, name, position, powers=("kick_members",) if bad else ())
            for i, (name, position, bad) in enumerate(roles)
        ),
        (
            ChannelSeen(500 + i, name, category, (Overwrite(GUILD if everyone else 100, allow - deny, deny),))
            for i, (name, category, allow, deny, everyone) in enumerate(channels)
        ),
    )
    site, seen, _ = built(drafted(private=private), seen, stop)
    site, seen, _ = built(site, seen)
    left = plans.plan(site, seen).todo
    assert not left or left[0].do is Do.REFUSED


@given(channels=st.lists(st.tuples(NAMES, PERMISSIONS, PERMISSIONS), max_size=6))
def test_the_bot_is_allowed_before_anything_is_denied(
    channels: list[tuple[str, frozenset[str], frozenset[str]]],
) -> None:
    seen = server(
        (), (ChannelSeen(500 + i, n, False, (Overwrite(GUILD, a - d, d),)) for i, (n, a, d) in enumerate(channels))
    )
    _, after, steps = built(drafted(), seen)
    for step in steps:
        denies = [o.target != BOT and bool(o.deny) for o in step.overwrites]
        if any(denies):
            known = seen.channel(step.id)
            stood = known is not None and any(o.target == BOT and o.allow >= scales.GOVERNED for o in known.overwrites)
            assert stood or step.overwrites[0].target == BOT
            assert step.overwrites[0].allow >= scales.GOVERNED
    for channel in after.channels:
        own = next((o for o in channel.overwrites if o.target == BOT), None)
        assert own is None or not own.deny & scales.GOVERNED


@given(seat=st.sampled_from(SEATS), group=st.integers(0, 3), private=st.sampled_from(("", "Core Team\nCommons")))
def test_every_seat_has_a_channel_where_it_may_write(seat: str, group: int, private: str) -> None:
    partnership = drafted(private=private).partnership
    where = partnership.groups[group].id if seat != "contributor" else None
    places = scales.needed_places(partnership, False)
    allowed = [own for place in places for own in scales.access(place, 5, 6, [SeatRole(7, where, seat)])]
    assert any(own.target == 7 and scales.SEND in own.allow for own in allowed)


def test_the_feed_is_read_by_every_seat_and_written_by_none() -> None:
    partnership = drafted().partnership
    feed = next(p for p in scales.needed_places(partnership, False) if p.purpose is Purpose.FEED)
    seats = [SeatRole(10 + i, g.id, seat) for i, g in enumerate(partnership.groups) for seat in ("member", OBSERVER)]
    wanted = scales.access(feed, BOT, GUILD, seats)
    assert wanted[0] == Overwrite(BOT, scales.GOVERNED, person=True)
    for overwrite in wanted[1:-1]:
        assert scales.VIEW in overwrite.allow
        assert not overwrite.allow & {scales.SEND, scales.THREADS, scales.PRIVATE_THREADS}
        assert scales.DISCUSS in overwrite.allow
    assert wanted[-1].target == GUILD
    assert wanted[-1].deny >= {scales.SEND, scales.THREADS, scales.PRIVATE_THREADS}


def test_a_group_writes_in_its_channel_and_the_others_read_and_discuss_there() -> None:
    partnership = drafted().partnership
    shg, tlc = partnership.groups[:2]
    place = next(p for p in scales.needed_places(partnership, False) if p.purpose is Purpose.GROUP and p.group == tlc)
    given_to = {
        o.target: o.allow
        for o in scales.access(
            place,
            BOT,
            GUILD,
            (SeatRole(7, tlc.id, "member"), SeatRole(8, shg.id, "member"), SeatRole(9, shg.id, OBSERVER)),
        )
    }
    assert scales.SEND in given_to[7]
    assert given_to[8] == scales.TAKING_PART
    assert given_to[9] == scales.READING


def test_a_private_group_is_read_by_its_seats_only() -> None:
    partnership = drafted(private="core team").partnership
    shg, tlc = partnership.groups[:2]
    assert tlc.private
    assert not shg.private
    place = next(p for p in scales.needed_places(partnership, False) if p.purpose is Purpose.GROUP and p.group == tlc)
    targets = {
        o.target for o in scales.access(place, BOT, GUILD, (SeatRole(7, tlc.id, "member"), SeatRole(8, shg.id, "lead")))
    }
    assert targets == {BOT, 7, GUILD}


def test_outsiders_lose_writing_in_the_feed_but_keep_what_the_bot_does_not_govern() -> None:
    had = Overwrite(77, frozenset({"send_messages", "attach_files", "view_channel"}))
    seen = server((role(77, "Press"),), (ChannelSeen(500, "decisions", False, (had,)),))
    _, after, steps = built(drafted(), seen)
    adopted = next(s for s in steps if s.id == 500)
    assert adopted.do is Do.ADOPT
    channel = after.channel(500)
    assert channel is not None
    press = next(o for o in channel.overwrites if o.target == 77)
    assert press.allow == {"attach_files", "view_channel"}


def test_a_role_that_may_not_carry_a_seat_is_not_adopted() -> None:
    for bad in (
        role(7, "Stakeholder", powers=("administrator",)),
        role(7, "Stakeholder", 45),
        role(7, "Stakeholder", managed=True),
    ):
        step = next(s for s in plans.plan(drafted(), server((bad,))).steps if s.name == "Stakeholder")
        assert step.do is Do.REFUSED
        assert step.why in {"powers", "above the bot", "managed"}


def test_of_namesakes_the_one_that_is_safe_is_adopted() -> None:
    seen = server((role(7, "Stakeholder", powers=("administrator",)), role(8, "Stakeholder")))
    step = next(s for s in plans.plan(drafted(), seen).steps if s.name == "Stakeholder")
    assert (step.do, step.id) == (Do.ADOPT, 8)


def test_what_belongs_to_another_partnership_is_left_to_it() -> None:
    seen = server((role(8, "Stakeholder"),), (ChannelSeen(500, "decisions"),))
    site = replace(drafted(), taken_roles=frozenset({8}), taken_channels=frozenset({500}))
    assert all(step.id is None for step in plans.plan(site, seen).steps)
    named = plans.plan(replace(site, beside=("Hill",)), seen).steps
    assert "River · Stakeholder" in {s.name for s in named}
    assert "river-decisions" in {s.name for s in named}


def test_a_deleted_role_is_created_anew_and_an_unmapped_one_keeps_no_access() -> None:
    site, seen, _ = built(drafted(), server())
    gone = next(m for m in site.partnership.mappings if m.seat == "member")
    lost = replace(site, partnership=without_role(site.partnership, gone.role))
    closing = plans.access_steps(lost, seen, frozenset({gone.role}))
    assert closing
    assert all(not o.allow & scales.GOVERNED for step in closing for o in step.overwrites)
    again = plans.plan(lost, replace(seen, roles=tuple(r for r in seen.roles if r.facts.id != gone.role))).todo
    assert any(s.what is What.ROLE and s.do is Do.CREATE for s in again)


def test_a_deleted_channel_is_created_anew() -> None:
    site, seen, _ = built(drafted(), server())
    feed = site.places[Purpose.FEED, None]
    left = replace(seen, channels=tuple(c for c in seen.channels if c.id != feed))
    (step,) = plans.plan(site, left).todo
    assert (step.do, step.purpose) == (Do.CREATE, Purpose.FEED)


def test_missing_permissions_are_told_beforehand() -> None:
    seen = replace(server(), bot_permissions=ALL - {"manage_roles", scales.PRIVATE_THREADS})
    assert plans.plan(drafted(), seen).missing == {"manage_roles", scales.PRIVATE_THREADS}


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (Draft(), BadText),
        (Draft(name="R"), BadText),
        (Draft(name="×" * 3), BadValue),
        (Draft(name="River", cells=""), BadValue),
        (Draft(name="River", cells="\n".join(f"Cell {n}" for n in range(9))), BadValue),
        (Draft(name="River", cells="Commons\ncommons!"), BadValue),
        (Draft(name="River", cells="Core team"), BadValue),
        (Draft(name="River", private="Nobody"), BadValue),
        (Draft(name="River", cells="Commons\nСommоns"), BadValue),
        (Draft(name="River", cells="Сore Team"), BadValue),
        (Draft(name="River", cells="Whole partnership"), BadValue),
        (Draft(name="@everyone"), BadValue),
        (Draft(name="Lake\u200b  Trust"), BadValue),
        (Draft(name="River", purpose="x" * 601), BadText),
        (Draft(name="River" * 20), BadText),
    ],
)
def test_a_draft_that_cannot_be_built_is_refused(draft: Draft, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        scales.check_draft(draft, ["LAKE TRUST"])


def test_a_private_group_is_found_in_whatever_spelling() -> None:
    draft = Draft(name="River Trust", cells="Commons\nDelivery", private="ＣOMMONS")
    scales.check_draft(draft, ["Lake Trust"])
    made = scales.found(PartnershipId(1), GUILD, draft, map(GroupId, count(1)), None)
    assert [group.name for group in made.groups if group.private] == ["Commons"]


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("हिन्दी टीम", "हिन्दी-टीम"),
        ("ทีมงาน", "ทีมงาน"),
        ("தமிழ் குழு", "தமிழ்-குழு"),
        ("الفَريق", "الفَريق"),
        ("Équipe d'Été", "équipe-d-été"),
        ("Co\u200bre  Team!", "core-team"),
        ("́ ̂", "group"),
        ("a ́b", "a-b"),
        ("क" + "ि" * 3 + "-" * 5 + "ख", "क" + "ि" * 3 + "-ख"),
    ],
)
def test_channel_names_keep_the_marks_of_their_letters(name: str, channel: str) -> None:
    assert scales.channel_name(name) == channel


def test_no_letter_of_a_long_channel_name_is_cut_from_its_marks() -> None:
    made = scales.channel_name("a" * 98 + "टी" + "ं" + "म")
    assert made == "a" * 98
    assert scales.channel_name("a" * 97 + "टीम") == "a" * 97 + "टीम"


@given(st.text(max_size=120))
def test_channel_names_are_names_that_discord_keeps(name: str) -> None:
    made = scales.channel_name(name)
    assert 1 <= len(made) <= 100
    assert made == made.lower()
    assert scales.channel_name(made) == made
