"""The grammar of custom_ids: an id names a thing; it carries neither state nor authority.

Buttons are ``<noun>:<act>:<number>``, forms ``form:<name>:<number>``, some with more numbers behind. Each noun keeps
its own in ``<noun>_ids``: patterns that the dynamic items of the cogs match, and functions that write such ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

MOST = 100

ID = r"[1-9][0-9]{0,8}"
SMALL = r"[0-9]|[1-9][0-9]"
ARG = r"[a-z0-9.-]{1,64}"
"""What a noun's own words name further, such as a card or a page."""


def one_of(names: Iterable[str]) -> str:
    """A pattern of these names."""
    return "|".join(names)


def known(custom_id: str, template: str) -> str:
    """The id, if it is one that this pattern reads back. Raises ValueError for any other."""
    if len(custom_id) > MOST or _compiled(template).fullmatch(custom_id) is None:
        raise ValueError(f"no such custom_id: {custom_id}")
    return custom_id


@cache
def _compiled(template: str) -> re.Pattern[str]:
    return re.compile(template)
