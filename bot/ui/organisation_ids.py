"""The custom ids of roles and their seats."""

from __future__ import annotations

from bot.ui.custom_ids import known

TEMPLATE = r"roles:(?P<act>unmap|list):(?P<id>[1-9][0-9]{0,19})(?::(?P<page>0|[1-9][0-9]{0,2}))?"

ALL = (TEMPLATE,)


def unmap(role: int) -> str:
    """Takes its seat from a role."""
    return known(f"roles:unmap:{role}", TEMPLATE)


def page(partnership: int, number: int) -> str:
    """A page of the list of roles."""
    return known(f"roles:list:{partnership}:{number}", TEMPLATE)
