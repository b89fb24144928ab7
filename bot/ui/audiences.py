"""What an event may ask for, by short names: where it is shown, and to whom it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bot.governance.events import Event
from bot.services.ports.deliveries import DeliveryKind

CARD, FEED, THREAD = DeliveryKind.CARD, DeliveryKind.FEED, DeliveryKind.THREAD
TEXT, NOTICE, OUTCOME = DeliveryKind.TEXT, DeliveryKind.NOTICE, DeliveryKind.OUTCOME
LOG, REACTIONS = DeliveryKind.LOG, DeliveryKind.REACTIONS
BOARD, POST, CALENDAR = DeliveryKind.BOARD, DeliveryKind.POST, DeliveryKind.CALENDAR

TOLD = (CARD, FEED, NOTICE)
DECIDED = (CARD, FEED, NOTICE, OUTCOME)

Asks: TypeAlias = tuple[DeliveryKind, ...]
Audience: TypeAlias = Asks | Callable[[Event], Asks]
"""What an event asks for, in the order in which it is shown: always the same, or by what the event says."""
