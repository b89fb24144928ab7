"""What each rule of the policy is about, as people read it (POL-1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance.policy_keys import KEYS
from bot.ui.presenter import complete

ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "review.window": "how long a proposal is open to objections",
        "review.remainder": "the least time left open after a revision",
        "objection.stating": "time to state an objection once raised",
        "objection.ruling": "time to ask for and give a ruling on form",
        "objection.appeal_filing": "time to appeal a ruling",
        "objection.appeal_decision": "time to decide an appeal",
        "objection.sponsoring": "time to sponsor a leaver's objection",
        "objection.rule": "how objections are counted against the threshold",
        "objection.threshold": "objections that stop a proposal (rule: people)",
        "objection.share": "share of electors whose objections stop a proposal (rule: share)",
        "objection.classes": "stakeholder classes that must object (rule: classes)",
        "objection.unit": "who has one voice in counting objections",
        "objection.emoji": "the reaction that raises an objection",
        "concern.emoji": "the reaction that raises a concern",
        "reach.bar": "share of electors a silent pass should reach",
        "reach.extension": "added once when too few electors were reached",
        "reach.lapse_budget_above": "budgets above this lapse on low reach (0: never; in the smallest coin: "
        "100000 is 1,000.00 EUR)",
        "vote.window": "how long a final vote is open",
        "vote.notice": "time between an escalation and its vote",
        "vote.method": "how a disputed proposal is finally decided",
        "vote.quorum": "share of those eligible who must take part",
        "vote.majority": "a majority is more than this share of votes for and against",
        "vote.supermajority": "a supermajority is at least this share of votes for and against",
        "vote.secret": "whether final votes are secret (consent rounds never are)",
        "vote.hidden_k": "secret results below this many ballots stay hidden",
        "timelock.policy": "wait between pass and policy change",
        "timelock.budget": "wait between pass and spending",
        "limits.least_electors": "fewest electors, author not counted",
        "limits.versions": "most versions of one proposal",
        "limits.open_per_author": "open proposals of one author",
        "limits.filed_per_day": "reviews one author may open in 24 hours",
        "limits.open_per_group": "open proposals of one group",
        "clock.outage_tolerance": "the longest outage that does not move deadlines",
        "clock.zone": "time zone of the partnership, where nobody chose another",
        "reminder.before_close": "how long before close the undecided are nudged",
        "reminder.mentions": "most reminders to one person in a day; further ones go into their digest",
        "digest.weekday": "the day of the weekly digest, or off",
        "digest.hour": "the hour of the weekly digest",
        "survey.window": "how long a survey is open to answers",
        "survey.k": "results of a survey below this many answers stay hidden",
        "feedback.per_day": "most pieces of feedback of one person in a day",
        "retro.dots": "dots that each person gives in the vote of a retro",
        "retro.dots_per_topic": "most dots of one person on one topic",
        "retro.cards": "most cards of one person in a retro",
        "retro.silence": "how long after a deadline or their last act a retro's facilitator counts as gone",
        "retro.absent": "what happens when a retro's facilitator is gone",
        "health.organisation_share": "share of seats or objections above which one organisation is marked in /health",
        "health.facilitator_days": "how long one person facilitates a group before that is marked in /health",
        "health.low_reach_share": "share of silent passes with low reach above which that is marked in /health",
    }
)
complete("rules of the policy", KEYS, ABOUT)
