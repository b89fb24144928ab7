"""Whose words are whose, known to nobody: limits hold while a session runs, links do not survive it (LRN-1, LRN-2)."""

from __future__ import annotations

import hashlib
import hmac

from bot.governance.ids import PersonId


def pseudonym(person: PersonId, key: bytes) -> str:
    """The author's name within one session: HMAC-SHA256 of the person under the session's key, 64 hex digits.

    The same person has the same name for as long as the key lives, and no name once it is destroyed.
    """
    return hmac.new(key, person.encode(), hashlib.sha256).hexdigest()
