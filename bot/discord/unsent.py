"""What somebody sent in with a form that was refused, until they open that form again (PRO-1)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import discord

from bot.ui import forms

MOST = 200
"""Forms remembered at a time, the newest ones."""


class Unsent:
    """Kept in memory only, for each person and form, and forgotten once the form is taken or opened again.

    A restart forgets them too; the refusal gives the words back as well, so nothing depends on this.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], Mapping[str, str]] = OrderedDict()

    def keep(self, user_id: int, custom_id: str, fields: Mapping[str, str]) -> None:
        """Remember what a refused form held."""
        self._kept[user_id, custom_id] = fields
        self._kept.move_to_end((user_id, custom_id))
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def drop(self, user_id: int, custom_id: str) -> None:
        """A form was taken: there is nothing to give back."""
        self._kept.pop((user_id, custom_id), None)

    def fill(self, user_id: int, form: discord.ui.Modal) -> None:
        """Put back into a form what its person sent in with it before."""
        fields = self._kept.pop((user_id, form.custom_id), None)
        if fields:
            forms.refill(form, fields)
