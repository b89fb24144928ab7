"""Taking part in a retro: words, cards, dots, merging, notes and actions; nothing tells who (LRN-1)."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.governance import authority, retros_leading
from bot.governance import retros as rules
from bot.governance import retros_writing as writing
from bot.governance.anonymity import pseudonym
from bot.governance.authority import Act, Relation
from bot.governance.errors import AlreadyDone, NotFound, TimeUnclear
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Group, Holding, Member, Partnership, class_of
from bot.governance.retros import OPEN, Action, Retro, RetroState, retro_thing
from bot.governance.retros_writing import Merged, Written
from bot.services import members, times
from bot.services.ports.context import Actor, Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.sealed import Sealed
from bot.services.ports.transaction import Transaction
from bot.services.reminders import zone_of
from bot.services.retros import show
from bot.services.retros_sealed import capture_thing, minute_after, read_text, sealed_text, written_key, written_of
from bot.services.retros_views import Mine, RetroCase, RetroView, open_case, plan_reminders
from bot.services.similarity import alike

_HERE = "here"
_HAS_TIME = re.compile(r"\d[:.]\d\d|\d\s*[ap]m|\d\s*h\b|noon|<t:|\bat\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MoreTime:
    """How many want more time of how many who are needed; ``extended`` once they are enough."""

    view: RetroView
    wanted: int
    needed: int
    extended: bool


@dataclass(frozen=True, slots=True)
class RetroFigures:
    """How far a phase is, for its facilitator: only numbers."""

    view: RetroView
    words: int
    authors: int
    cards: int
    voters: int


@dataclass(frozen=True, slots=True)
class Box:
    """The asker's own cards in a capture box."""

    partnership: Partnership
    group: Group
    cards: tuple[Written, ...]


async def join(ctx: Context, actor: Actor, id: int) -> Mine:
    """Take part, early or late. Raises NotFound, NotEligible, WrongPhase."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await _taking_part(case, actor)
        rules.check_phase(replace(case.retro, paused_at=None), "join", *rules.PHASES)
        await _attend(case, member)
        return await _mine(case, member)


async def mine(ctx: Context, actor: Actor, id: int) -> Mine:
    """What the asker wrote and gave so far. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await open_case(tx, id, ctx.clock())
        return await _mine(case, await case.reader(actor))


async def check_in(ctx: Context, actor: Actor, id: int, text: str) -> Mine:
    """Say how one is, in a word or an emoji; a second one replaces the first. Raises as ``check_word``."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await _taking_part(case, actor)
        word = writing.check_word(case.retro, text)
        await _attend(case, member)
        thing = f"{case.thing}/words"
        content = sealed_text(word, _name(case, member))
        await tx.seals.put(thing, Sealed(await _counted(tx, thing, member), "word", content))
        return await _mine(case, member)


async def write(ctx: Context, actor: Actor, id: int, column: int, text: str, slot: str = "") -> Mine:
    """Write a card, or with ``slot`` write one of one's own anew. The same twice is kept once.

    Raises NotFound, NotEligible, and as ``check_card``.
    """
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await _taking_part(case, actor)
        if slot:
            rules.check_phase(case.retro, "change a card", RetroState.GATHER)
        if case.retro.state is RetroState.GROUP:
            return await _write_late(case, member, column, text)
        before = await _own_cards(case, member)
        if slot and all(each.slot != slot for each in before):
            raise NotFound("card")
        others = [each for each in before if each.slot != slot]
        words = writing.check_card(case.retro, column, text, len(others))
        await _attend(case, member)
        if all((each.column, each.text) != (column, words) for each in others):
            author = await _author(tx, case.thing, member)
            content = sealed_text(words, _name(case, member), column)
            await tx.seals.put(case.thing, Sealed(author, slot or secrets.token_hex(8), content))
            await tx.runtime.put(written_key(id), minute_after(case.now).isoformat())
        return await _mine(case, member)


async def _write_late(case: RetroCase, member: Member, column: int, text: str) -> Mine:
    """A card while they are put together: everybody sees it at once, and nothing tells whose it is."""
    thing = f"{case.thing}/late"
    others = len(await _own(case, thing, member))
    words = writing.check_card(case.retro, column, text, others)
    await _attend(case, member)
    changed = writing.add_card(case.retro, column, words, _name(case, member))
    if changed != case.retro:
        await case.tx.seals.put(thing, Sealed(await _counted(case.tx, thing, member), secrets.token_hex(8), "late"))
        await case.tx.runtime.put(written_key(case.retro.id), minute_after(case.now).isoformat())
        changed = await _save(case, changed, rules.changed(changed, "card added"))
    return replace(await _mine(case, member), view=await case.view(changed))


async def remove(ctx: Context, actor: Actor, id: int, slot: str) -> Mine:
    """Take one's own card back before the reveal. Raises NotFound, NotEligible, WrongPhase."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await _taking_part(case, actor)
        rules.check_phase(case.retro, "change a card", RetroState.GATHER)
        await tx.seals.drop(case.thing, await _author(tx, case.thing, member), slot)
        return await _mine(case, member)


async def vote(ctx: Context, actor: Actor, id: int, topic: int, dots: int) -> Mine:
    """Give a topic so many dots in all; none takes them back. Raises NotFound, NotEligible, as ``check_dots``."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await _taking_part(case, actor)
        writing.check_dots(case.retro, await _own_dots(case, member), topic, dots)
        await _attend(case, member)
        thing = f"{case.thing}/dots"
        author = await _counted(tx, thing, member)
        if dots:
            await tx.seals.put(thing, Sealed(author, str(topic), str(dots)))
        else:
            await tx.seals.drop(thing, author, str(topic))
        return await _mine(case, member)


async def more_time(ctx: Context, actor: Actor, id: int) -> MoreTime:
    """Ask for more time for this topic: more than half of those who take part get it. Raises as ``check_more_time``."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await _taking_part(case, actor)
        writing.check_more_time(case.retro)
        await _attend(case, member)
        thing = f"{case.thing}/more"
        await tx.seals.put(thing, Sealed(await _counted(tx, thing, member), str(case.retro.current), "more"))
        wanted = len({each.author for each in await tx.seals.of(thing)})
        needed = writing.majority(len(await tx.seals.of(f"{case.thing}/{_HERE}")))
        if wanted < needed:
            return MoreTime(await case.view(), wanted, needed, False)
        await tx.seals.destroy(thing)
        saved = await _save(case, writing.extend(case.retro, case.now), rules.changed(case.retro, "more time"))
        return MoreTime(await case.view(saved), wanted, needed, True)


async def figures(ctx: Context, actor: Actor, id: int) -> RetroFigures:
    """How far everybody is, for the facilitator. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await open_case(tx, id, ctx.clock())
        retros_leading.check_facilitator(case.retro, await case.reader(actor))
        cards = await tx.seals.of(case.thing)
        dots = await tx.seals.of(f"{case.thing}/dots")
        words = await tx.seals.of(f"{case.thing}/words")
        authors, voters = {each.author for each in cards}, {each.author for each in dots}
        return RetroFigures(await case.view(), len(words), len(authors), len(cards), len(voters))


# ---- grouping and discussion -----------------------------------------------------------------------


async def merge(ctx: Context, actor: Actor, id: int, moved: Sequence[int], into: int) -> tuple[RetroView, Merged]:
    """Put topics together; twice changes nothing. Raises NotFound, NotEligible, WrongPhase."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        await _attend(case, await _taking_part(case, actor))
        changed, merged = writing.merge(case.retro, moved, into)
        return await case.view(await _save(case, changed)), merged


async def split_off(ctx: Context, actor: Actor, id: int, card: int) -> RetroView:
    """Take a card out of its topic. Raises NotFound, NotEligible, WrongPhase."""
    return await _shared(ctx, actor, id, lambda retro: writing.split_off(retro, card))


async def rename(ctx: Context, actor: Actor, id: int, topic: int, title: str) -> RetroView:
    """Give a topic a title. Raises NotFound, NotEligible, WrongPhase, BadText."""
    return await _shared(ctx, actor, id, lambda retro: writing.rename(retro, topic, title))


async def suggestions(ctx: Context, actor: Actor, id: int) -> tuple[RetroView, tuple[tuple[int, ...], ...]]:
    """Topics whose wording is alike, each group with the likeliest first. Nothing is merged by this.

    Raises NotFound, NotEligible, WrongPhase.
    """
    async with ctx.uow.read() as tx:
        case = await open_case(tx, id, ctx.clock())
        await case.reader(actor)
        rules.check_phase(case.retro, "group", RetroState.GROUP)
        view = await case.view()
    texts = {card.id: card.text for card in case.retro.cards}
    topics = {topic.id: " ".join([topic.title, *(texts[card] for card in topic.cards)]) for topic in case.retro.topics}
    return view, await asyncio.to_thread(alike, tuple(topics.items()))


async def note(ctx: Context, actor: Actor, id: int, topic: int, text: str) -> RetroView:
    """Add to the notes of a topic. Raises NotFound, NotEligible, WrongPhase, BadText, LimitReached."""
    return await _shared(ctx, actor, id, lambda retro: writing.note(retro, topic, text))


async def _shared(ctx: Context, actor: Actor, id: int, rule: Callable[[Retro], Retro]) -> RetroView:
    """Something that everybody does together: the board shows it, nothing says who it was."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        await _attend(case, await _taking_part(case, actor))
        return await case.view(await _save(case, rule(case.retro)))


# ---- actions ---------------------------------------------------------------------------------------


async def add_action(ctx: Context, actor: Actor, id: int, text: str, owner: Actor | None, due: str = "") -> RetroView:
    """Note what somebody will do, by when they typed. Raises NotFound, NotEligible, WrongPhase, BadText, LimitReached,
    and what the time refuses.
    """
    due_at = await _due(ctx, (await show(ctx, actor, id)).partnership.id, due) if due.strip() else None
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        await _attend(case, await _taking_part(case, actor))
        person = await _owner(case, owner) if owner else None
        changed = rules.add_action(case.retro, text, person, due_at)
        return await case.view(await _save(case, changed, rules.changed(changed, "action added")))


async def _due(ctx: Context, partnership: PartnershipId, due: str) -> datetime:
    """A day without a time of day means its end of work, on the partnership's clocks."""
    async with ctx.uow.read() as tx:
        zone = await zone_of(tx, partnership)
    typed = due if _HAS_TIME.search(due) else f"{due} 18:00"
    try:
        return (await asyncio.to_thread(times.parse, typed, zone, ctx.clock())).instant
    except TimeUnclear as unclear:
        raise TimeUnclear(due, unclear.why, unclear.candidates) from None


async def own_action(ctx: Context, actor: Actor, id: int, number: int) -> RetroView:
    """Take an action that nobody owns. Raises NotFound, NotEligible, AlreadyDone."""

    def rule(retro: Retro, member: Member, holdings: tuple[Holding, ...], action: Action, now: datetime) -> Action:
        if action.owner is not None:
            raise AlreadyDone("own action")
        return replace(action, owner=member.person)

    return await _on_action(ctx, actor, id, number, rule, "action taken")


async def finish_action(ctx: Context, actor: Actor, id: int, number: int) -> RetroView:
    """Mark an action as done: its owner, or who leads the group's retros. Raises NotFound, NotEligible, AlreadyDone."""

    def rule(retro: Retro, member: Member, holdings: tuple[Holding, ...], action: Action, now: datetime) -> Action:
        stands = {Relation.OWNER: action.owner, Relation.FACILITATOR: retro.facilitator}
        relations = {relation for relation, person in stands.items() if person == member.person}
        authority.check(member, Act.FINISH_ACTION, retro.group, holdings, relations)
        if action.done_at is not None:
            raise AlreadyDone("finish action")
        return replace(action, done_at=now)

    return await _on_action(ctx, actor, id, number, rule, "action done")


async def _on_action(
    ctx: Context,
    actor: Actor,
    id: int,
    number: int,
    rule: Callable[[Retro, Member, tuple[Holding, ...], Action, datetime], Action],
    what: str,
) -> RetroView:
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await _taking_part(case, actor)
        action = case.retro.action(number)
        if action is None:
            raise NotFound("action")
        changed = rules.with_action(case.retro, rule(case.retro, member, await case.holdings(), action, case.now))
        saved = await _save(case, changed, rules.changed(changed, what, member.person))
        for each in await tx.of(Retro).list(case.partnership.id, OPEN, case.group.id):
            if each.runs:  # their boards show what is still open
                await tx.deliveries.ask(case.partnership.id, DeliveryKind.BOARD, thing=retro_thing(each.id))
        return await case.view(saved)


async def _owner(case: RetroCase, owner: Actor) -> PersonId:
    member = await members.member_of(case.tx, case.partnership, owner)
    authority.check(member, Act.OWN_ACTION)
    return member.person


# ---- the capture box -------------------------------------------------------------------------------


async def capture(ctx: Context, actor: Actor, partnership_id: PartnershipId, group_id: GroupId, text: str) -> Box:
    """Keep a thought for the next retro of a group, sealed. Raises NotFound, NotEligible, BadText, LimitReached."""
    async with ctx.uow.write() as tx:
        partnership, group, member = await _boxed(tx, actor, partnership_id, group_id)
        thing = capture_thing(group.id)
        author = await _author(tx, thing, member)
        own, every = await tx.seals.of(thing, author), await tx.seals.of(thing)
        most = rules.terms_of(await tx.policies.current(partnership.id)).cards
        words = writing.check_captured(text, len(own), len(every), most)
        content = sealed_text(words, None, 0)
        if all(each.content != content for each in own):
            await tx.seals.put(thing, Sealed(author, secrets.token_hex(8), content))
        return Box(partnership, group, await _own_captured(tx, group, member))


async def captured(ctx: Context, actor: Actor, partnership_id: PartnershipId, group_id: GroupId) -> Box:
    """The asker's own cards in the box. Raises NotFound, NotEligible."""
    async with ctx.uow.write() as tx:
        partnership, group, member = await _boxed(tx, actor, partnership_id, group_id)
        return Box(partnership, group, await _own_captured(tx, group, member))


async def uncapture(ctx: Context, actor: Actor, partnership_id: PartnershipId, group_id: GroupId, slot: str) -> Box:
    """Take one's own card out of the box. Raises NotFound, NotEligible."""
    async with ctx.uow.write() as tx:
        partnership, group, member = await _boxed(tx, actor, partnership_id, group_id)
        thing = capture_thing(group.id)
        await tx.seals.drop(thing, await _author(tx, thing, member), slot)
        return Box(partnership, group, await _own_captured(tx, group, member))


async def _boxed(
    tx: Transaction, actor: Actor, partnership_id: PartnershipId, group_id: GroupId
) -> tuple[Partnership, Group, Member]:
    partnership = await tx.partnerships.get(partnership_id)
    if partnership.guild_id != actor.guild_id:
        raise NotFound("partnership")
    group = partnership.group(group_id)
    member = await members.member_of(tx, partnership, actor)
    authority.check(member, Act.LOOK_AROUND)
    if not authority.may(member, Act.READ, group):
        raise NotFound("group")
    authority.check(member, Act.TAKE_PART_IN_RETRO, group)
    return partnership, group, member


async def _own_captured(tx: Transaction, group: Group, member: Member) -> tuple[Written, ...]:
    key = await tx.seals.find_key(capture_thing(group.id))
    if key is None:
        return ()
    found = await tx.seals.of(capture_thing(group.id), pseudonym(member.person, key))
    return tuple(sorted(map(written_of, found), key=lambda each: each.text.casefold()))


# ---- sealed things ---------------------------------------------------------------------------------


async def _taking_part(case: RetroCase, actor: Actor) -> Member:
    member = await case.member(actor)
    authority.check(member, Act.TAKE_PART_IN_RETRO, case.group)
    return member


async def _attend(case: RetroCase, member: Member) -> None:
    """Count somebody among those who take part: their class under the session's key, no name."""
    if not case.retro.runs:
        return
    thing = f"{case.thing}/{_HERE}"
    author = await _counted(case.tx, thing, member)
    if not await case.tx.seals.of(thing, author):
        await case.tx.seals.put(thing, Sealed(author, _HERE, class_of(member, case.group.id)))
        await _redraw(case)


async def _author(tx: Transaction, thing: str, member: Member) -> str:
    return pseudonym(member.person, await tx.seals.key(thing))


async def _counted(tx: Transaction, thing: str, member: Member) -> str:
    """The author of what each person has once, or so many of.

    A copy that was put back holds no keys: who gives again would count twice, so what lies there is asked for anew.
    """
    if await tx.seals.find_key(thing) is None:
        await tx.seals.destroy(thing)
    return await _author(tx, thing, member)


async def _own(case: RetroCase, thing: str, member: Member) -> tuple[Sealed, ...]:
    key = await case.tx.seals.find_key(thing)
    return () if key is None else await case.tx.seals.of(thing, pseudonym(member.person, key))


async def _own_cards(case: RetroCase, member: Member) -> tuple[Written, ...]:
    found = map(written_of, await _own(case, case.thing, member))
    return tuple(sorted(found, key=lambda each: (each.column, each.text.casefold(), each.slot)))


async def _own_dots(case: RetroCase, member: Member) -> dict[int, int]:
    return {int(each.slot): int(each.content) for each in await _own(case, f"{case.thing}/dots", member)}


async def _mine(case: RetroCase, member: Member) -> Mine:
    words = await _own(case, f"{case.thing}/words", member)
    return Mine(
        await case.view(),
        bool(await _own(case, f"{case.thing}/{_HERE}", member)),
        read_text(words[0]) if words else "",
        await _own_cards(case, member),
        await _own_dots(case, member),
    )


def _name(case: RetroCase, member: Member) -> PersonId | None:
    return member.person if case.retro.plan.named else None


async def _redraw(case: RetroCase) -> None:
    await case.tx.deliveries.ask(case.partnership.id, DeliveryKind.BOARD, thing=case.thing)


async def _save(case: RetroCase, changed: Retro, *events: Event) -> Retro:
    """Keep what everybody sees; the board follows."""
    if changed == case.retro:
        return changed
    saved = await case.tx.of(Retro).save(changed)
    if events:
        await case.tx.record.append(case.partnership.id, events, case.now)
    else:
        await _redraw(case)
    await plan_reminders(case.tx, saved, case.now)
    return saved
