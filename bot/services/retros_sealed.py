"""What is sealed of a retro: by which names, and how it is written and read (LRN-1)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from bot.governance import retros as rules
from bot.governance.anonymity import pseudonym
from bot.governance.ids import GroupId, PersonId
from bot.governance.organisation import Partnership
from bot.governance.retros import Retro, RetroState, retro_thing
from bot.governance.retros_writing import Written
from bot.services.ports.sealed import Sealed
from bot.services.ports.transaction import Transaction
from bot.services.retros_views import EVERY, running


def capture_thing(group: GroupId) -> str:
    """What the capture box of a group is called among sealed things."""
    return f"capture/{group}"


def written_key(retro: int) -> str:
    """Where it is kept, to the minute and until the phase ends, when the last card came."""
    return f"retro written/{retro}"


def minute_after(instant: datetime) -> datetime:
    """The next full minute: enough to know that cards come in, too little to tell whose interaction it was."""
    return (instant + timedelta(minutes=1)).replace(second=0, microsecond=0)


def written_of(sealed: Sealed) -> Written:
    """A card as it was sealed."""
    content = read(sealed)
    return Written(sealed.slot, int(content["column"]), str(content["text"]), content.get("author"))


def read_text(sealed: Sealed) -> str:
    """The words of what was sealed."""
    return str(read(sealed)["text"])


def sealed_text(text: str, author: PersonId | None, column: int | None = None) -> str:
    """What is sealed of a word or card: with its author in a named retro only."""
    content: dict[str, Any] = {"text": text}
    if column is not None:
        content["column"] = column
    if author is not None:
        content["author"] = author
    return json.dumps(content, ensure_ascii=False)


def read(sealed: Sealed) -> dict[str, Any]:
    """What was sealed."""
    found: dict[str, Any] = json.loads(sealed.content)
    return found


async def forget(tx: Transaction, partnership: Partnership, person: PersonId, now: datetime) -> None:
    """Take back what somebody who is being forgotten wrote where nobody has read it yet (REC-1)."""
    for draft in await tx.of(Retro).list(partnership.id, {RetroState.DRAFT}, limit=EVERY):
        if draft.facilitator == person:
            await tx.of(Retro).save(rules.blanked(draft))
    things = [capture_thing(group.id) for group in partnership.groups]
    for retro in await running(tx, partnership):
        await tx.of(Retro).get(retro.id)
        things += [retro_thing(retro.id), f"{retro_thing(retro.id)}/words", f"{retro_thing(retro.id)}/dots"]
    for thing in things:
        key = await tx.seals.find_key(thing)
        if key is None:
            continue
        author = pseudonym(person, key)
        for each in await tx.seals.of(thing, author):
            await tx.seals.drop(thing, author, each.slot)
