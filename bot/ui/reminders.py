"""What shared rooms know of reminders (RHY-2)."""

from __future__ import annotations

from bot.governance.reminders import ReminderTopic
from bot.governance.reminders_events import DigestGiven
from bot.ui import reminders_ids
from bot.ui.asking import Help
from bot.ui.audiences import POST
from bot.ui.presenter import Presenter, Refusals

PRESENTER = Presenter(
    name="reminders",
    ids=reminders_ids.ALL,
    refusals=Refusals(
        fields={
            "quiet_from": "Quiet from",
            "quiet_to": "Quiet until",
            "back": "Away; back on",
            "way": "How",
            "topics": "Of what",
            "mentions": "Reminders a day",
            "digest_day": "The digest comes",
            "digest_at": "At what time",
        },
        wanted={
            "time of day": "a time such as 22:00",
        },
    ),
    audiences={
        DigestGiven: (POST,),
    },
    help=Help(
        everyone=(
            (
                "`/reminders preferences` – when and how you are reminded: quiet hours, time zone, what of, how often, "
                "your digest"
            ),
        ),
    ),
    topics={ReminderTopic.DIGEST: "The digest"},
)
