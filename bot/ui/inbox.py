"""What shared rooms know of the inbox (RHY-3)."""

from __future__ import annotations

from bot.ui import inbox_ids
from bot.ui.asking import Help
from bot.ui.presenter import Presenter

PRESENTER = Presenter(
    name="inbox",
    ids=inbox_ids.ALL,
    help=Help(
        everyone=("`/inbox` – what needs you now",),
    ),
)
