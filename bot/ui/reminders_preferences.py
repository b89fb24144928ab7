"""How somebody wants to be reminded: a private panel and its two forms (RHY-2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance.reminders import Preferences, ReminderTopic, Way
from bot.services.reminders import PreferencesView
from bot.ui import fields, reminders_ids
from bot.ui.answers import Answer, said
from bot.ui.labels import count, listed, stamp
from bot.ui.nouns import NOUNS
from bot.ui.panels import LINE, Style, button
from bot.ui.presenter import complete, merged
from bot.ui.text import in_quotes, inline

WAYS: Mapping[Way, tuple[str, str]] = MappingProxyType(
    {
        Way.MENTION: ("Mention", "Named in the thread where you read it; else a direct message"),
        Way.DIRECT: ("Direct message", "Never named in threads by reminders"),
        Way.DIGEST: ("Only in my digest", "Nothing in between"),
        Way.NONE: ("None at all", "No reminder and no digest; /inbox still shows what waits"),
    }
)
"""What each way is called, and what it means."""

TOPICS: Mapping[ReminderTopic, str] = merged("a topic", (noun.topics for noun in NOUNS))
"""What there may be reminders of."""
complete("topics", ReminderTopic, TOPICS)

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def panel(view: PreferencesView) -> Answer:
    """Everything chosen so far, with the buttons to change it."""
    wanted, partnership = view.preferences, view.partnership
    beyond = "Further ones go into your digest" if wanted.has_digest else "Further ones come the next day"
    lines = [
        f"**How:** {WAYS[wanted.way][0]}.",
        f"**Of what:** {_topics(wanted)}.",
        f"**At most:** {_budget(view)} {beyond}.",
        f"**Time zone:** {inline(view.zone, 60)}{'' if wanted.zone else ' (that of the partnership)'}.",
        f"**Quiet hours:** {_quiet(wanted)}",
        f"**Digest:** {_digest(view)}",
    ]
    if wanted.away_until is not None and wanted.away_until > view.now:
        lines.append(f"**Away** until {stamp(wanted.away_until)}: nothing comes before, and then one digest.")
    if view.not_taken:
        lines.append(
            f"⚠️ {count(view.not_taken, 'message')} to you in the last two weeks could not be delivered. Allow direct "
            "messages from this server in its privacy settings, or rely on `/inbox`."
        )
    note = (
        "-# Only you see this. Nothing here enters the record, and it is deleted when you ask to be forgotten. What "
        "cannot be given in quiet hours comes after them; what is over by then is listed in the digest as missed."
    )
    return said(
        f"### Your reminders\nIn {in_quotes(partnership.name, 100)}.",
        LINE,
        "\n".join(lines),
        LINE,
        note,
        buttons=[
            button("How and of what", reminders_ids.button("wishes", partnership.id), Style.primary),
            button("Hours and absence", reminders_ids.button("hours", partnership.id), Style.primary),
            button("As at the beginning", reminders_ids.button("reset", partnership.id)),
        ],
    )


def wishes_form(view: PreferencesView) -> fields.Form:
    """How, of what and how often."""
    wanted = view.preferences
    ways = [(way.value, name, about) for way, (name, about) in WAYS.items()]
    topics = [(topic.value, name, "") for topic, name in TOPICS.items()]
    days = [("daily", "Every day", ""), *((str(n), f"Every {day}", "") for n, day in enumerate(_DAYS))]
    chosen = frozenset(topic.value for topic in ReminderTopic if topic not in wanted.off)
    day = "daily" if wanted.digest_day is None else str(wanted.digest_day)
    mentions = "" if wanted.mentions is None else str(wanted.mentions)
    most = f"A number from 0 to 50; empty: {view.budget}, as the partnership decided"
    return fields.form(
        "How I am reminded",
        reminders_ids.form("wishes", view.partnership.id),
        fields.choice("way", "How", "Each reminder comes once, by one way", ways, wanted.way.value),
        fields.choices("topics", "Of what", "Leave out what you do not want to hear of", topics, chosen),
        fields.text("mentions", "At most so many reminders a day", most, (0, 2), value=mentions),
        fields.choice("digest_day", "The digest comes", "Only if there is something to tell", days, day),
        fields.text("digest_at", "At what time", "For example 09:00", (0, 5), value=_clock(wanted.digest_minute)),
    )


def hours_form(view: PreferencesView) -> fields.Form:
    """Zone, quiet hours and absence."""
    wanted = view.preferences
    begins, ends = map(_clock, wanted.quiet) if wanted.quiet else ("", "")
    away = wanted.away_until
    until = f"<t:{int(away.timestamp())}>" if away is not None and away > view.now else ""
    return fields.form(
        "When I am left alone",
        reminders_ids.form("hours", view.partnership.id),
        fields.text(
            "zone",
            "Your time zone",
            "Such as Europe/Lisbon; /reminders preferences zone: suggests names",
            (0, 60),
            value=wanted.zone,
        ),
        fields.text("quiet_from", "Quiet from", "For example 22:00; empty for none", (0, 5), value=begins),
        fields.text("quiet_to", "Quiet until", "For example 07:00", (0, 5), value=ends),
        fields.text("back", "Away; back on", "For example 2026-12-01, or next Monday 9:00", (0, 60), value=until),
    )


def _topics(wanted: Preferences) -> str:
    if not wanted.off:
        return "everything"
    names = [name[0].lower() + name[1:] for topic, name in TOPICS.items() if topic in wanted.off]
    return f"everything but {listed(names)}"


def _budget(view: PreferencesView) -> str:
    if view.preferences.mentions is None:
        return f"{count(view.budget, 'reminder')} a day, as the partnership decided."
    return f"{count(view.preferences.mentions, 'reminder')} a day, as you decided."


def _quiet(wanted: Preferences) -> str:
    if wanted.quiet is None:
        return "none."
    return f"from {_clock(wanted.quiet[0])} until {_clock(wanted.quiet[1])}, on the clocks of your zone."


def _digest(view: PreferencesView) -> str:
    wanted = view.preferences
    if not wanted.has_digest:
        return "none."
    every = "every day" if wanted.digest_day is None else f"every {_DAYS[wanted.digest_day]}"
    when = f"{every} at {_clock(wanted.digest_minute)}, if there is something"
    if view.digest_at is None:
        return f"{when}. Until you choose something here, it holds only reminders that could not be given before."
    return f"{when}. Next: {stamp(view.digest_at)}."


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
