"""Identifiers. Each names a thing and carries neither state nor authority."""

from __future__ import annotations

from typing import NewType

PartnershipId = NewType("PartnershipId", int)
GroupId = NewType("GroupId", int)
ProposalId = NewType("ProposalId", int)
VoteId = NewType("VoteId", str)
PersonId = NewType("PersonId", str)
"""A random id (REC-1): the only name a person has outside the table ``people``."""
RoleId = NewType("RoleId", int)
