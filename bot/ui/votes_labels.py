"""What voting methods and choices are called in front of people, and what secrecy means (DEC-1 to DEC-3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.ui.text import inline

METHOD_LABELS: Mapping[str, str] = MappingProxyType(
    {"consent": "consent round", "majority": "majority vote", "supermajority": "supermajority vote"}
)

ADOPTED_IF: Mapping[str, str] = MappingProxyType(
    {
        "consent": "nobody objects with a reason and somebody besides the author consents. Silence is not consent here",
        "majority": "more than {share} of the votes for and against are for it and somebody besides the author is. "
        "A tie means not adopted",
        "supermajority": "at least {share} of the votes for and against are for it and somebody besides the author is. "
        "A tie means not adopted",
    }
)
"""What each method needs, in whole sentences; ``{share}`` is the share that it asks for."""

OPTION_LABELS: Mapping[str, str] = MappingProxyType(
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


def option_name(option: str) -> str:
    """What an option is called: a method's own by its label, a proposal's as it was written."""
    return OPTION_LABELS.get(option) or inline(option, 100)


SECRECY = (
    "Until the close, person and choice stand side by side in the bot's database: whoever runs the bot could look them "
    "up there, and in a backup made meanwhile. After it nothing there links them: the choices are kept without names, "
    "and who voted apart from them."
)
"""What an operator could see of secret votes (DEC-3)."""
