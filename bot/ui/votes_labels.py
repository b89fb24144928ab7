"""What voting methods and choices are called in front of people, and what secrecy means (DEC-1 to DEC-3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

METHOD_LABELS: Mapping[str, str] = MappingProxyType(
    {"consent": "consent round", "majority": "majority vote", "supermajority": "supermajority vote"}
)

CHOICE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "for": "For",
        "against": "Against",
        "abstain": "Abstain",
        "consent": "Consent",
        "consent with concern": "Consent with a concern",
        "stand aside": "Stand aside",
        "object": "Object",
    }
)

SECRECY = (
    "Until the close, person and choice stand side by side in the bot's database: whoever runs the bot could look them "
    "up there, and in a backup made meanwhile. After it nothing there links them: the choices are kept without names, "
    "and who voted apart from them."
)
"""What an operator could see of secret votes (DEC-3)."""
