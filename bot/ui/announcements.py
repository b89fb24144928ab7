"""Which event is shown where, as its noun declares it. Storage queues what ``announce`` asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.governance.events import Event, EventType, known
from bot.services.ports.deliveries import Asked, DeliveryKind
from bot.ui.audiences import Audience
from bot.ui.nouns import NOUNS
from bot.ui.presenter import complete, merged

AUDIENCES: Mapping[EventType, Audience] = merged("the audience of an event", (noun.audiences for noun in NOUNS))
complete("events", known().values(), AUDIENCES)


def announce(event: Event) -> tuple[Asked, ...]:
    """The deliveries that this event asks for, in the order in which they are shown."""
    audience = AUDIENCES[event.type]
    return tuple(map(Asked, audience(event) if callable(audience) else audience))


def asking(kind: DeliveryKind) -> Iterable[EventType]:
    """The types of events that always ask for this; which others do, an event's data says."""
    return (each for each, audience in AUDIENCES.items() if not callable(audience) and kind in audience)
