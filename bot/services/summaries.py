"""Things as reminders, inbox and digest name them (RHY-2, RHY-3)."""

from __future__ import annotations

from bot.governance.errors import NotFound
from bot.governance.organisation import Partnership
from bot.services.noun import Thing
from bot.services.nouns import LOOKS
from bot.services.ports.transaction import Transaction


async def look(tx: Transaction, partnership: Partnership, name: str) -> Thing | None:
    """The thing of this name in the record; None once it is gone."""
    noun, _, number = name.partition("/")
    if noun not in LOOKS:
        return None
    try:
        return await LOOKS[noun](tx, partnership, number)
    except NotFound:
        return None
