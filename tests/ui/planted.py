"""Examples of everything that presenters show, with a claim planted wherever people choose a word (TXT-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from bot.governance import errors, lifecycle, plans, scales
from bot.governance import retros as retro_rules
from bot.governance.consistency import Difference
from bot.governance.events import EventType, Json, known
from bot.governance.health_events import HealthMarked
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.meetings import Answer, MeetingKind
from bot.governance.objections_events import ObjectionRaised
from bot.governance.organisation import GroupKind
from bot.governance.plans import Do, SetupStep, What
from bot.governance.reminders import Letter, Preferences
from bot.governance.retros_leading import Doubt
from bot.governance.retros_writing import Merged, Written
from bot.governance.scales import Draft, Purpose
from bot.governance.seats import Turn
from bot.governance.votes_types import Ballot
from bot.services.agendas import MeetingList
from bot.services.digests import DigestView
from bot.services.direct_messages import LetterView
from bot.services.feedback import FeedbackPage
from bot.services.inbox import Inbox
from bot.services.meetings import Move
from bot.services.metrics import Scope
from bot.services.noun import InboxItem
from bot.services.organisation import OrganisationView
from bot.services.ports.record import Recorded, Verdict
from bot.services.ports.server import DiscordRefused
from bot.services.proposals import Similar
from bot.services.record import RecordCheck
from bot.services.reminders import PreferencesView
from bot.services.retros_leading import Options, Pressed
from bot.services.retros_views import Earlier, Mine
from bot.services.retros_writing import Box, MoreTime, RetroFigures
from bot.services.roles import Mapped
from bot.services.scales import SetupView
from bot.services.stops import Mending
from bot.services.surveys_replies import Answering
from bot.services.times import Understood
from bot.services.views import HeadView, ProposalStanding, Raised
from bot.ui import feed, inbox_page, notices, retros_notices, times
from bot.ui.proposals import AMOUNTS
from tests.facts import fitting
from tests.governance import scene
from tests.ui import scenes, test_feedback, test_health, test_meetings, test_metrics, test_reminders
from tests.ui import test_retros as retros
from tests.ui import test_surveys as surveys

MARK = "Qzx"
"""What the bot never says."""

PEOPLE_CHOOSE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(chosen.split())
        for name, chosen in {
            "Partnership": "name",
            "Group": "name purpose",
            "RoleMapping": "seat stakeholder_class organisation name",
            "Elector": "stakeholder_class organisation",
            "Text": "title ask why outcome risks summary timeline payee account",
            "Statement": "reason suggestion agreement",
            "Objection": "organisation",
            "Concern": "text",
            "Meeting": "title reason",
            "AgendaItem": "text",
            "Note": "text",
            "Action": "text",
            "Linked": "title",
            "Listed": "title",
            "Survey": "title about",
            "Question": "text low high choices",
            "Result": "texts",
            "PassedProposal": "title",
            "RetroPlan": "title columns",
            "Retro": "reason notes",
            "Card": "text column",
            "Word": "text",
            "Topic": "title notes",
            "Carried": "title texts",
            "Written": "text",
            "Mine": "word",
            "Feedback": "text answer hidden_because",
            "Reading": "organisation tied",
            "Draft": "name purpose top_level_purpose cells",
            "SetupStep": "name instead_of beside",
            "Mapped": "respelled",
            "DiscordRefused": "what",
        }.items()
    }
)
"""The fields that hold words of people, by the type that has them; lines of letters and inboxes have titles too."""


def plant(value: Any, claim: str) -> Any:
    """The same with the claim in place of every word that people choose."""
    if is_dataclass(value) and not isinstance(value, type):
        chosen = PEOPLE_CHOOSE.get(type(value).__name__, frozenset())
        if hasattr(value, "section") or hasattr(value, "ask"):
            chosen |= {"title"} if getattr(value, "section", "") == "waiting" else {"title", "text"}
        changes = {}
        for each in fields(value):
            if each.init:
                before = getattr(value, each.name)
                after = _replaced(before, claim) if each.name in chosen else plant(before, claim)
                if after is not before:
                    changes[each.name] = after
        return replace(value, **changes) if changes else value
    if isinstance(value, tuple | list):
        made = [plant(each, claim) for each in value]
        return type(value)(made) if any(a is not b for a, b in zip(made, value, strict=True)) else value
    if isinstance(value, dict):
        return {key: plant(each, claim) for key, each in value.items()}
    return value


def _replaced(value: Any, claim: str) -> Any:
    if isinstance(value, str):
        return claim if value else value
    return type(value)(_replaced(each, claim) for each in value) if isinstance(value, tuple) else value


def data_of(claim: str, kind: EventType) -> dict[str, Json]:
    """What events say, with the claim wherever people chose the word."""
    chosen = ("reason", "suggestion", "text", "agreement", "answer", "role", "was", "group", "seat", "class")
    return {
        **dict.fromkeys((*chosen, "organisation", "place"), claim),
        "objection": 1,
        "via": "reaction",
        "criterion": "agreement",
        "emoji": f"<:{claim.split()[-1][:3]}:1>",
        "why": "joined later",
        "in_form": True,
        "raised_by": str(scene.BO.person),
        "people": [str(scene.BO.person)],
        "lost": [str(scene.BO.person)],
        "hours": 48,
        "timelock_hours": 48,
        "low_reach": True,
        "reached": 1,
        "reachable": 6,
        "minutes": 61,
        "vote": "7-1",
        "version": 2,
        "what": "card",
        "key": "review.window",
        "value": "5 days",
        "self": True,
        "roles": [{"role": claim, "group": claim, "seat": claim, "class": claim, "organisation": claim, "self": True}],
        "powers": ["manage_roles"],
        "opened": ["view_channel"],
        "numbers": [1, 2],
        "since": scene.NOW.isoformat(),
        **({"reason": "outage"} if kind.NAME.startswith("clock") else {}),
        **({"was": "3 days"} if kind.NAME.startswith("policy") else {}),
        "starts_at": scene.NOW.isoformat(),
        "before": scene.NOW.isoformat(),
        "series": True,
    }


def told(claim: str, kinds: Iterable[EventType], **more: Json) -> list[Recorded]:
    actors = (str(scene.BO.person), None)
    return [
        scenes.happened(kind, actor, **{**fitting(kind, data_of(claim, kind)), **more})
        for kind in kinds
        for actor in actors
    ]


def proposals(claim: str) -> list[Any]:
    """In every state, in an open group and in a private one."""
    event = [
        scenes.happened(kind, str(scene.BO.person), **fitting(kind, data_of(claim, kind))) for kind in known().values()
    ]
    turns = (Turn(scene.BO.person, scene.NOW, True, False),)
    views = [scenes.view_of(proposal, hour) for proposal, hour in scenes.states().values()]
    views += [scenes.view_of(scene.opened(), private=True)]
    views += [scenes.view_of(scene.appealed(scene.ruled(scene.stated(scene.opened(), scene.BO)), scene.BO))]
    return [plant(replace(view, events=tuple(event), turned=turns), claim) for view in views]


def boards(claim: str) -> list[Any]:
    """Retros in every state."""
    plan = retro_rules.plan("custom", ("One", "Two"), title="A title")
    found = []
    for state in retros.STATES:
        for made in (retros.made(plan, ("one", "two"), state), retros.crowded(state)):
            few = replace(made, cards=made.cards[:20], topics=tuple(t for t in made.topics if max(t.cards) <= 20))
            found.append(retros.view_of(few, earlier=(Earlier(1, 1, retros.ACTIONS[0]),)))
    return [plant(view, claim) for view in found]


def refusals(claim: str) -> list[errors.Refusal]:
    """Those that name what somebody wrote or chose."""
    around = ("2026-12-24 18:00", "2026-12-24 19:00")
    named = [
        errors.NotFound("group", claim),
        errors.UnknownKey(claim),
        errors.BadValue("cells", claim, "1 to 8 names"),
        errors.RoleMissing(claim),
        errors.RoleSuspended(claim, ("manage_roles",)),
        errors.TimePast(claim, scene.NOW),
        errors.ZoneUnknown(claim),
        *(errors.TimeUnclear(claim, why) for why in times.UNCLEAR),
        *(errors.AmountUnclear(why, claim) for why in AMOUNTS),
        errors.TimeSkipped(claim, "Europe/Berlin", "18:00", around),
        errors.TimeTwice(claim, "Europe/Berlin", around),
    ]
    return [*named, errors.Unfit((named[0], named[2]))]


def examples(claim: str) -> dict[str, list[Any]]:
    """What each parameter of a presenter may be, by ``module.presenter:parameter`` or, for all of them, by type."""
    views, retro_views = proposals(claim), boards(claim)
    partnership = plant(scene.PARTNERSHIP, claim)
    meeting = [plant(replace(test_meetings.FULL, state=state, attendance=()), claim) for state in test_meetings.LIVE]
    meetings = [plant(replace(test_meetings.view_of(each), now=test_meetings.NOW), claim) for each in meeting]
    understood = Understood(scene.NOW, scene.NOW.replace(tzinfo=None), "Europe/Berlin")
    surveyed = [plant(surveys.view(each, next_at=surveys.NOW + timedelta(days=30)), claim) for each in surveys.states()]
    feedback = [plant(each, claim) for each in test_feedback.every().values()]
    written = (plant(Written("a" * 16, 0, "words"), claim),)
    mine = [Mine(view, True, claim, written, {1: 1}) for view in retro_views]
    every = [replace(each, text="1") if each.section == "waiting" else each for each in test_reminders.every()]
    entries = plant(tuple(replace(each, at=each.at and scene.at(24)) for each in every), claim)
    letters = [
        LetterView(Letter(1, partnership.id, scene.BO.person, scene.NOW, d, e), partnership)
        for d in (True, False)
        for each in (entries, *((each,) for each in entries))
        if (e := tuple(i for i in each if d or i.section in {"reminder", "missed"}))
    ]
    found = scales.found(PartnershipId(1), 1, Draft(name=claim, cells=f"{claim} 2"), map(GroupId, range(1, 20)), None)
    steps = tuple(
        plant(
            SetupStep(
                do,
                what,
                "name",
                purpose=Purpose.GROUP,
                seat="member",
                why="powers",
                wearers=(1,),
                instead_of="was",
                webhooks=("hook",),
                beside=("other",),
                group=GroupId(1),
            ),
            claim,
        )
        for do in Do
        if do is not Do.NOTHING
        for what in What
    )
    refused = [DiscordRefused(claim, why, "manage_roles") for why in ("missing permission", "role gone", "odd")]
    setups = [
        SetupView(
            PartnershipId(1),
            Draft(name=claim),
            found,
            plans.SetupPlan(part),
            applied=applied,
            done=tuple(each for each in part if each.do is not Do.REFUSED),
            trouble=trouble,
        )
        for part in (steps, *((step,) for step in steps))
        for applied, trouble in ((False, None), (True, None), (True, refused[0]))
    ]
    mappings = [plant(each, claim) for each in scene.MAPPINGS]
    mapped = [
        Mapped(partnership, each, group, 1, True, each, refused[0], 3, (claim,))
        for each in mappings
        for group in (partnership.groups[0], None)
    ]
    scopes = [
        Scope(partnership, partnership.groups, group, kind, 1)
        for group, kind in ((None, None), (partnership.groups[0], None), (None, GroupKind.CELL))
    ]
    figures = [replace(plant(test_metrics.view(), claim), scope=scope) for scope in scopes]
    health = [replace(plant(test_health.view(*test_health.READINGS), claim), scope=scope) for scope in scopes]
    drafts = plant([scenes.view_of(scene.draft(text=text)) for text in (scene.TEXT, scenes.BIG)], claim)
    closed = [
        view for view in retro_views if view.retro.state is retro_rules.RetroState.CLOSED and view.retro.took_part
    ]
    marks: list[dict[str, Json]] = [
        {**data, "check": check.value, "group": claim, "organisation": claim}
        for check, data in test_health.DATA.items()
    ]
    waiting = [InboxItem(kind, "proposal/1", "P-1", claim, scene.NOW, 1) for kind in inbox_page.WAITS]
    log = list(feed.LOG)
    by_type: dict[str, list[Any]] = {
        "ProposalView": views,
        "Refusal | None": [None],
        "int | None": [5],
        "ProposalId | None": [None],
        "GroupId | None": [None],
        "bool": [True, False],
        "Partnership": [partnership],
        "Partnership | None": [partnership, None],
        "Mapping[PersonId, int]": [scenes.USERS],
        "MeetingView": meetings,
        "Move": [Move(view, understood, at) for view in meetings for at in (None, scene.NOW)],
        "Understood": [understood],
        "MeetingList": [
            MeetingList(
                partnership,
                (each,) * 2,
                (each,),
                partnership.groups,
                {(partnership.groups[0].id, MeetingKind.PURPOSE): each},
            )
            for each in meeting
        ],
        "Answer": list(Answer),
        "SurveyView": surveyed,
        "Sequence[SurveyView]": [surveyed],
        "Answering": [Answering(view, ("3", claim, "0", "0", "0")[: len(view.survey.questions)]) for view in surveyed],
        "Trend": [
            plant(surveys.trended(asked, result), claim)
            for asked, result in zip((surveys.SCALE, surveys.TEXT, surveys.CHOICES[0]), surveys.COUNTED, strict=False)
        ],
        "RetroView": retro_views,
        "Sequence[RetroView]": [retro_views],
        "Mine": mine,
        "Merged": [
            Merged(view.retro.topics[0], moved, view.retro.topics[1:3])
            for view in retro_views
            if view.retro.topics
            for moved in (0, 1)
        ][:2],
        "MoreTime": [MoreTime(retro_views[0], 1, 4, named) for named in (True, False)],
        "RetroFigures": [RetroFigures(view, 1, 2, 3, 4) for view in retro_views if view.retro.runs],
        "Pressed": [Pressed(view, doubt) for view in retro_views if view.retro.runs for doubt in list(Doubt)[1:]],
        "Options": [
            Options(view, *flags) for view in retro_views for flags in ((True, False, True), (False, True, False))
        ],
        "Box": [Box(partnership, partnership.groups[0], written)],
        "FeedbackView": feedback,
        "FeedbackPage": [FeedbackPage(partnership, tuple(feedback), None)],
        "Sequence[Feedback]": [[view.feedback for view in feedback]],
        "HealthView": health,
        "MetricsView": figures,
        "LetterView": letters,
        "DigestView": [DigestView(partnership, entries, scene.NOW, scene.NOW, 5)],
        "PreferencesView": [PreferencesView(Preferences(), partnership, "Europe/Lisbon", 5, scene.NOW, 3, scene.NOW)],
        "Inbox": [Inbox(tuple(waiting[:n]), 3) for n in (0, 1, len(waiting))],
        "Sequence[Listed]": [[plant(test_meetings.pending(n), claim) for n in (1, 2)], []],
        "SetupView": setups,
        "Mapped": mapped,
        "OrganisationView": [
            OrganisationView(partnership, {}, (1, 2), 5),
            OrganisationView(replace(partnership, mappings=tuple(replace(m, lost=True) for m in mappings)), {}, ()),
        ],
        "Mending": [
            Mending(partnership, partnership.groups[0], 5, users, changes) for users in ((), (1,)) for changes in ((),)
        ],
        "Raised": [
            Raised(view, o, new, False) for view in views for o in view.proposal.objections for new in (True, False)
        ]
        + [Raised(views[0], None, True, True)],
        "ProposalStanding": [
            ProposalStanding(may, why, view.proposal.electors, 1, view)
            for view in views
            for may, why in ((True, "yes"), (False, "not an elector"))
        ],
        "HeadView": [HeadView(partnership, 42, "0f" * 32, scene.NOW)],
        "RecordCheck": [
            RecordCheck(Verdict(sound, 9, "ab" * 32, 2, 3), (Difference("proposal/3", "outcome"),))
            for sound in (True, False)
        ],
        "Sequence[Similar]": [[Similar(views[0].proposal, None)]],
        "Iterable[int]": [[mapping.role for mapping in mappings], []],
        "Sequence[int]": [[1]],
        "Recorded": told(claim, list(known().values())[:1]),
    }
    by_name = {
        "notices.notice:recorded": told(claim, notices.WORDS),
        "notices.notice:view": views[1:3] + views[-1:],
        "feed.log:recorded": told(claim, log) + [scenes.happened(HealthMarked, None, **each) for each in marks],
        "feed.outcome:recorded": told(claim, lifecycle.REACHED),
        "direct_messages.told:recorded": told(claim, [ObjectionRaised]),
        "meetings_notices.told:recorded": told(claim, test_meetings.TOLD),
        **{f"proposals_replies.{name}:view": drafts for name in ("draft", "preview", "kept", "discarded", "similar")},
        "proposals_replies.overview:view": views + drafts,
        **{f"retros_notices.{name}:view": closed for name in ("posts", "answered")},
        "retros_notices.posts:document": [retros_notices.document(view) for view in closed],
        "retros_notices.answered:whole": [retros_notices.document(view) for view in closed],
        ":marker": [5],
        "feedback_board.done:act": ["assign", "close"],
        ":name": ["open"],
        ":number": [1],
        **{f"{name}:page": [0] for name in ("retros_replies.cards", "retros_topics.to_move", "retros_topics.into")},
        "retros_topics.topics:page": [0],
        ":id": [1],
        ":most": [400],
        ":told": ["Noted."],
        ":why": ["not an elector"],
        ":version_number": [1],
        "proposals_replies.options:acts": [("revise", "withdraw"), ()],
        "objections_replies.objection_act:act": ["withdraw", "keep"],
        "objections_replies.waiting:objection": [o for view in views for o in view.proposal.objections],
        "retros_topics.into:moved": [(1,)],
        "retros_topics.suggested:groups": [[(1, 2)], []],
        "surveys_board.results:view": [view for view in surveyed if view.survey.results],
        "surveys_board.results:recorded": [surveys.EVENT, None],
        "surveys_replies.trend:picture": [None],
        "surveys_replies.trend:file": [None],
        "help.help_page:member": [scene.BO, scene.member("bo")],
        "votes_replies.cast:marks": [{"for": 1}],
        "votes_replies.ballot:mine": [None, Ballot({"for": 1}, scene.BO.person)],
        "errors.speak:refusal": refusals(claim),
    }
    return by_type | by_name
