"""What shared rooms know of reminders: the words of their refusals (RHY-2)."""

from __future__ import annotations

from bot.ui.presenter import Presenter, Refusals

PRESENTER = Presenter(
    name="reminders",
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
    ),
)
