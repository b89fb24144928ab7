"""The custom ids of the inbox."""

from __future__ import annotations

TEMPLATE = r"inbox:(?P<act>show)"
ALL = (TEMPLATE,)
SHOW = "inbox:show"
"""The button that opens it."""
