"""Views of proposals in every state, made by the rules themselves, and what is read off a finished message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord

from bot.governance import escalations, lifecycle, objections, proposals
from bot.governance.effects import Ratification
from bot.governance.events import EventType, Json
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.organisation import Elector
from bot.governance.policy import genesis
from bot.governance.proposals_types import Proposal, ProposalState, Statement, Text
from bot.governance.votes_types import Ballot
from bot.services.ports.record import Recorded
from bot.services.views import Links, ProposalView
from bot.ui import ids
from bot.ui.limits import units
from tests.facts import event_of
from tests.governance import scene

BOMB = (
    "# head\n-# small\n> quote\n>>> all\n- list\n1. one\n```py\ncode```\n||spoiler|| **b** _i_ ~~s~~ `c` "
    "[Bank](https://evil.example) <t:1:R> <@1> <@&2> <#3> </cmd:4> <id:customize> <:e:5> <a:e:5> @everyone @here "
    "https://a@evil.example/x :smile: \u202eabc\u200b\u200b\u2066x\u2069\n\n\n\n"
)


def bomb(most: int) -> str:
    return (BOMB * (most // len(BOMB) + 1))[:most]


BIG = Text(
    title=bomb(400).replace("\n", " ")[:90],
    ask=bomb(2000),
    why=bomb(1500),
    outcome=bomb(1000),
    risks=bomb(1000),
    summary=bomb(200),
    timeline=bomb(500),
    amount_written="9999999999.99",
    currency="USD",
    payee="*" * 100,
    account="~" * 200,
)
"""Every field at its limit, full of markdown."""

USERS = {m.person: 10_000 + n for n, m in enumerate((*scene.STAKEHOLDERS, scene.ANA, scene.FLO, scene.JOINER))}
LINKS = Links(
    "https://discord.com/channels/1/2/3", "https://discord.com/channels/1/3", "https://discord.com/channels/1/4/5"
)


def view_of(
    proposal: Proposal, hour: float = 1, *, private: bool = False, provisional: bool = False, links: Links = LINKS
) -> ProposalView:
    group = replace(scene.PARTNERSHIP.group(proposal.group), private=private)
    users = dict(USERS) | {o.person: 50_000 + o.number for o in proposal.objections if o.person not in USERS}
    return ProposalView(
        proposal=proposal,
        partnership=replace(scene.PARTNERSHIP, provisional=provisional),
        group=group,
        users=users,
        seated=len(proposal.electors),
        links=links,
        now=scene.at(hour),
        head="ab" * 32,
        policy=genesis(),
    )


def happened(kind: EventType, actor: str | None = None, **data: Json) -> Recorded:
    person = PersonId(actor) if actor else None
    return Recorded(7, PartnershipId(1), scene.NOW, event_of(kind, "proposal/7", person, data), "0123456789abcdef" * 4)


def in_vote(changes: Mapping[str, Any] | None = None) -> Proposal:
    proposal = scene.disputed(scene.opened(changes=changes or {}))
    return escalations.escalate(proposal, scene.BO, scene.at(201))[0]


def voted(*choices: str) -> Proposal:
    ballots = tuple(Ballot({c: 1}, m.person) for c, m in zip(choices, scene.STAKEHOLDERS, strict=False))
    return scene.advanced(in_vote(), scene.at(201 + 73), ballots)


def states() -> dict[str, tuple[Proposal, float]]:
    """A proposal in each state, with an hour at which to look at it."""
    opened = scene.opened()
    budget = scene.opened("budget")
    policy = scene.opened("policy")
    passed = scene.advanced(scene.advanced(budget, scene.at(72)), scene.at(120))
    world = replace(scene.world(), policy=genesis({"limits.open_per_author": 5}))
    policy_passed = scene.advanced(scene.advanced(policy, scene.at(72)), scene.at(120))
    stale, _, _ = lifecycle.enact(policy_passed, world, scene.at(400))
    enacted, _, _ = lifecycle.enact(policy_passed, scene.world(), scene.at(400))
    stopped = replace(
        opened, clock=replace(opened.clock, reasons=frozenset({"outage", "card missing"}), stopped_at=scene.at(5))
    )
    found = {
        "review": (opened, 1.0),
        "review, with objections": (scene.stated(scene.raised(opened, scene.DI), scene.BO), 30.0),
        "review, extended": (scene.advanced(opened, scene.at(72)), 80.0),
        "review, stopped": (stopped, 6.0),
        "review, clock stood": (replace(opened, clock=replace(opened.clock, stood=timedelta(hours=3))), 6.0),
        "settling": (scene.advanced(scene.stated(opened, scene.BO, now=scene.at(71)), scene.at(72)), 73.0),
        "disputed": (scene.disputed(), 201.0),
        "escalated": (in_vote(), 210.0),
        "escalated, secret": (in_vote({"vote.secret": True}), 210.0),
        "escalated, consent": (in_vote({"vote.method": "consent"}), 210.0),
        "escalated, announced": (in_vote({"vote.notice": timedelta(hours=24)}), 210.0),
        "passed": (passed, 121.0),
        "adopted": (voted("for", "for", "for", "against"), 280.0),
        "not adopted": (voted("for"), 280.0),
        "stale": (stale, 401.0),
        "enacted": (enacted, 401.0),
        "withdrawn": (proposals.withdraw(opened, scene.ANA.person, BOMB, scene.at(2))[0], 3.0),
        "lapsed": (proposals.enter(opened, ProposalState.LAPSED, scene.at(2), "low reach"), 3.0),
        "ratification": (ratification(), 1.0),
        "big": (big(), 1.0),
        "crowded": (crowded(), 1.0),
    }
    missing = set(ProposalState) - {ProposalState.DRAFT, ProposalState.DISCARDED} - {p.state for p, _ in found.values()}
    assert not missing, missing
    return found


def ratification() -> Proposal:
    draft = scene.draft("ratification", effects=(Ratification(),))
    world = scene.world(provisional=True)
    return proposals.open_ratification(draft, world, scene.SEATED, 1, scene.NOW)[0]


def big() -> Proposal:
    return scene.opened("budget", text=BIG)


def crowded() -> Proposal:
    """Fifty stated objections on a proposal whose every text is at its limit."""
    people = [scene.member(f"person {n}", scene.FUNDER) for n in range(50)]
    electors = tuple(Elector(m.person, bomb(80), bomb(80)) for m in people)
    proposal = scene.opened("budget", electors=electors, text=BIG)
    claim = objections.CRITERIA[1]
    statement = Statement(claim, bomb(1500), bomb(1500), bomb(200))
    for number, person in enumerate(people, 1):
        proposal = scene.raised(proposal, person)
        proposal, _ = objections.state_objection(proposal, number, person, statement, scene.NOW)
        proposal, _ = objections.raise_concern(proposal, person, bomb(1500), "", scene.NOW)
    return proposal


def components(view: discord.ui.LayoutView) -> Iterator[dict[str, Any]]:
    """Every component of a message, nested ones included."""

    def walk(part: Any) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict):
            if "type" in part and isinstance(part["type"], int):
                yield part
            for value in part.values():
                yield from walk(value)
        elif isinstance(part, list):
            for each in part:
                yield from walk(each)

    yield from walk(view.to_components())  # type: ignore[no-untyped-call]


def text_of(view: discord.ui.LayoutView) -> str:
    """All that a message says, buttons' labels included."""
    return "\n".join(c.get("content") or c.get("label") or "" for c in components(view) if c["type"] in {2, 10})


def custom_ids(view: discord.ui.LayoutView) -> list[str]:
    return [c["custom_id"] for c in components(view) if "custom_id" in c]


def check_fits(view: discord.ui.LayoutView) -> None:
    """Whether Discord would take this message."""
    found = list(components(view))
    texts = [c["content"] for c in found if c["type"] == 10]
    assert len(found) <= 40, len(found)
    assert sum(map(units, texts)) <= 4000, sum(map(units, texts))
    assert all(text.strip() for text in texts)
    own = [c["custom_id"] for c in found if "custom_id" in c]
    assert len(own) == len(set(own))
    assert all(ids.parse(each) is not None for each in own), own
    for each in found:
        if each["type"] == 1:
            assert 1 <= len(each["components"]) <= 5
        if each["type"] == 2:
            assert 1 <= units(each["label"]) <= 80
