"""Where things of each noun are kept: a noun joins with one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Table

from bot.governance.feedback import Feedback
from bot.governance.meetings import Meeting
from bot.governance.proposals_types import Proposal
from bot.governance.retros import Retro
from bot.governance.surveys import Survey
from storage import tables
from storage.proposals import Proposals
from storage.repository import Repository
from storage.session import Session

TABLES: Mapping[type[Any], Table] = MappingProxyType(
    {
        Proposal: tables.proposals,
        Retro: tables.retros,
        Survey: tables.surveys,
        Feedback: tables.feedback,
        Meeting: tables.meetings,
    }
)


def repository(session: Session, type_: type[Any]) -> Repository[Any]:
    """Where things of this type are kept."""
    return Proposals(session) if type_ is Proposal else Repository(session, TABLES[type_], type_)
