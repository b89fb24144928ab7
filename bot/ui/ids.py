"""Every custom_id. An id names a thing; it carries neither state nor authority.

Buttons: ``proposal:<act>:<proposal>``, ``objection:<act>:<proposal>:<objection>``, ``vote:cast:<proposal>:<choice>``,
``vote:mine:<proposal>``, ``inbox:show``, ``list:<name>:<partnership>:<before>``, ``feedback:<act>:<feedback>``,
``retro:<act>:<retro>[:<what in it>]`` and its lists ``retro-menu:…``, ``retro-list:…``,
``capture:<act>:<group>[:<card>]``. Forms: ``form:<name>:…``. The ``*_TEMPLATE`` patterns are what the dynamic items of
the cogs match; ``parse`` reads any id, and gives None for what no presenter of ours could have written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.matrix import TYPES
from bot.governance.scales import Scale

MOST = 100

PROPOSAL_ACTS = (
    "read",
    "object",
    "concern",
    "who",
    "why",
    "show",
    "text",
    "revise",
    "withdraw",
    "escalate",
    "escalate-now",
    "halt",
    "details",
    "edit",
    "preview",
    "open",
    "open-anyway",
    "discard",
    "options",
    "publish",
    "again",
    "start-over",
    "done",
    "not-done",
)
OBJECTION_ACTS = (
    "state",
    "withdraw",
    "withdraw-now",
    "keep",
    "resolved",
    "still",
    "test",
    "rule",
    "in-form",
    "not-in-form",
    "appeal",
    "stands",
    "falls",
    "sponsor",
)
MEETING_ACTS = (
    "confirm",
    "show",
    "here",
    "absent",
    "add",
    "notes",
    "start",
    "end",
    "end-now",
    "move",
    "move-to",
    "cancel",
    "minutes",
)
MEETING_FORMS = ("meeting-add", "meeting-notes", "meeting-move", "meeting-cancel")
SURVEY_ACTS = (
    "answer",
    "take-back",
    "results",
    "show",
    "words",
    "scale",
    "choice",
    "text",
    "open",
    "cancel",
    "cancel-now",
    "stop",
    "about",
)
QUESTION_ACTS = ("edit", "drop")
SURVEY_FORMS = ("survey-words", "survey-answer")
PROPOSAL_FORMS = ("edit", "details", "again", "concern", "withdraw")
REVISION_FORMS = ("revise", "revise-details")
OBJECTION_FORMS = ("state", "appeal")

FEEDBACK_ACTS = (
    "seen",
    "take",
    "give-to",
    "answer",
    "close",
    "resolved",
    "not-resolved",
    "hide",
    "reveal",
    "show",
)
FEEDBACK_FORMS = ("answer", "hide", "assign")
RETRO_ACTS = (
    "join",
    "word",
    "card",
    "mine",
    "cards",
    "file",
    "next",
    "go",
    "back",
    "menu",
    "time",
    "pause",
    "resume",
    "hand",
    "take",
    "cancel",
    "figures",
    "group",
    "into",
    "suggest",
    "merge",
    "topic",
    "rename",
    "split",
    "vote",
    "dots",
    "more",
    "note",
    "topics",
    "end",
    "action",
    "actions",
    "own",
    "done",
    "propose",
    "show",
    "lessons",
    "about",
    "confirm",
    "series",
)
RETRO_MENUS = ("move", "into", "topic", "vote", "note", "hand")
RETRO_FORMS = ("word", "card", "cancel", "rename", "note", "action")

REMINDERS_ACTS = ("wishes", "hours", "reset")
REMINDERS_FORMS = ("wishes", "hours")

_ID = r"[1-9][0-9]{0,8}"
_SMALL = r"[0-9]|[1-9][0-9]"

PROPOSAL_TEMPLATE = rf"proposal:(?P<act>{'|'.join(PROPOSAL_ACTS)}):(?P<proposal>{_ID})"
AMOUNT_TEMPLATE = rf"amount:(?P<act>take):(?P<proposal>{_ID}):(?P<minor>[1-9][0-9]{{0,15}}):(?P<currency>[A-Z]{{3}})"
OBJECTION_TEMPLATE = rf"objection:(?P<act>{'|'.join(OBJECTION_ACTS)}):(?P<proposal>{_ID}):(?P<objection>{_ID})"
CAST_TEMPLATE = rf"vote:(?P<act>cast):(?P<proposal>{_ID}):(?P<choice>{_SMALL})"
MINE_TEMPLATE = rf"vote:(?P<act>mine):(?P<proposal>{_ID})"
MEETING_TEMPLATE = rf"meeting:(?P<act>{'|'.join(MEETING_ACTS)}):(?P<meeting>{_ID})(?::(?P<at>[1-9][0-9]{{8,10}}))?"
MEETING_FORM_TEMPLATE = rf"form:(?P<act>{'|'.join(MEETING_FORMS)}):(?P<meeting>{_ID})"
SURVEY_TEMPLATE = rf"survey:(?P<act>{'|'.join(SURVEY_ACTS)}):(?P<survey>{_ID})"
OPENING_TEMPLATE = rf"survey:(?P<act>open-now):(?P<survey>{_ID}):(?P<version>{_ID})"
QUESTION_TEMPLATE = rf"survey:(?P<act>{'|'.join(QUESTION_ACTS)}):(?P<survey>{_ID}):(?P<place>[1-5])"
INBOX_TEMPLATE = r"inbox:(?P<act>show)"
PAGE_TEMPLATE = rf"list:(?P<act>[a-z]{{1,12}}):(?P<partnership>{_ID}):(?P<before>0|{_ID})"

FEEDBACK_TEMPLATE = rf"feedback:(?P<act>{'|'.join(FEEDBACK_ACTS)}):(?P<feedback>{_ID})"
FEEDBACK_PAGE_TEMPLATE = (
    rf"feedbacks:(?P<act>open|answered|closed|all):(?P<partnership>{_ID}):(?P<group>0|{_ID}):(?P<before>0|{_ID})"
)
FEEDBACK_GIVE_TEMPLATE = rf"form:(?P<act>feedback-give):(?P<partnership>{_ID}):(?P<group>0|{_ID})"
FEEDBACK_FORM_TEMPLATE = rf"form:feedback-(?P<act>{'|'.join(FEEDBACK_FORMS)}):(?P<feedback>{_ID})"
_ARG = r"[a-z0-9.-]{1,64}"
RETRO_TEMPLATE = rf"retro:(?P<act>{'|'.join(RETRO_ACTS)}):(?P<retro>{_ID})(?::(?P<arg>{_ARG}))?"
RETRO_MENU_TEMPLATE = rf"retro-menu:(?P<act>{'|'.join(RETRO_MENUS)}):(?P<retro>{_ID})(?::(?P<arg>{_ARG}))?"
RETRO_LIST_TEMPLATE = rf"retro-list:(?P<act>page):(?P<partnership>{_ID}):(?P<before>0|{_ID})"
CAPTURE_TEMPLATE = rf"capture:(?P<act>write|drop):(?P<group>{_ID})(?::(?P<arg>{_ARG}))?"
RETRO_FORM_TEMPLATE = rf"form:retro-(?P<act>{'|'.join(RETRO_FORMS)}):(?P<retro>{_ID})(?::(?P<arg>{_ARG}))?"
CAPTURE_FORM_TEMPLATE = rf"form:(?P<act>capture):(?P<group>{_ID})"

REMINDERS_TEMPLATE = rf"reminders:(?P<act>{'|'.join(REMINDERS_ACTS)}):(?P<partnership>{_ID})"
REMINDERS_FORM_TEMPLATE = rf"form:reminders-(?P<act>{'|'.join(REMINDERS_FORMS)}):(?P<partnership>{_ID})"

PROPOSE_FORM_TEMPLATE = rf"form:(?P<act>propose):(?P<type>{'|'.join(TYPES)}):(?P<group>0|{_ID})(?::(?P<again>{_ID}))?"
REVISION_FORM_TEMPLATE = rf"form:(?P<act>{'|'.join(REVISION_FORMS)}):(?P<proposal>{_ID}):(?P<version>{_ID})"
RULE_FORM_TEMPLATE = rf"form:(?P<act>rule):(?P<proposal>{_ID}):(?P<objection>{_ID}):(?P<in_form>yes|no)"
OBJECT_VOTE_FORM_TEMPLATE = rf"form:(?P<act>object-vote):(?P<proposal>{_ID}):(?P<choice>{_SMALL})"


SURVEY_NEW_FORM_TEMPLATE = (
    rf"form:(?P<act>survey-new):(?P<partnership>{_ID}):(?P<group>0|{_ID})"
    rf"(?::(?P<scale>{'|'.join(scale.name.lower() for scale in Scale)}))?"
)
QUESTION_FORM_TEMPLATE = rf"form:(?P<act>survey-(?:scale|choice|text)):(?P<survey>{_ID}):(?P<place>[0-5])"


def survey_form_template(form: str) -> str:
    """The form of this name, about a survey."""
    return rf"form:(?P<act>{form}):(?P<survey>{_ID})"


def proposal_form_template(*forms: str) -> str:
    """The forms of these names, each about a proposal."""
    return rf"form:(?P<act>{'|'.join(forms)}):(?P<proposal>{_ID})"


def objection_form_template(*forms: str) -> str:
    """The forms of these names, each about an objection."""
    return rf"form:(?P<act>{'|'.join(forms)}):(?P<proposal>{_ID}):(?P<objection>{_ID})"


_FORMS = (
    PROPOSE_FORM_TEMPLATE,
    proposal_form_template(*PROPOSAL_FORMS),
    objection_form_template(*OBJECTION_FORMS),
    REVISION_FORM_TEMPLATE,
    RULE_FORM_TEMPLATE,
    OBJECT_VOTE_FORM_TEMPLATE,
    RETRO_FORM_TEMPLATE,
    CAPTURE_FORM_TEMPLATE,
    MEETING_FORM_TEMPLATE,
    SURVEY_NEW_FORM_TEMPLATE,
    QUESTION_FORM_TEMPLATE,
    *map(survey_form_template, SURVEY_FORMS),
)
_ALL = tuple(
    re.compile(template)
    for template in (
        PROPOSAL_TEMPLATE,
        AMOUNT_TEMPLATE,
        OBJECTION_TEMPLATE,
        CAST_TEMPLATE,
        MINE_TEMPLATE,
        SURVEY_TEMPLATE,
        OPENING_TEMPLATE,
        QUESTION_TEMPLATE,
        INBOX_TEMPLATE,
        PAGE_TEMPLATE,
        FEEDBACK_TEMPLATE,
        FEEDBACK_PAGE_TEMPLATE,
        FEEDBACK_GIVE_TEMPLATE,
        FEEDBACK_FORM_TEMPLATE,
        RETRO_TEMPLATE,
        RETRO_MENU_TEMPLATE,
        RETRO_LIST_TEMPLATE,
        CAPTURE_TEMPLATE,
        MEETING_TEMPLATE,
        REMINDERS_TEMPLATE,
        REMINDERS_FORM_TEMPLATE,
        *_FORMS,
    )
)


_NUMBERS = (
    *("proposal", "objection", "choice", "group", "version", "again", "partnership", "before"),
    *("feedback", "meeting", "at", "survey", "place"),
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a custom_id names. ``kind`` is what an id begins with; what is not named is None.

    ``group`` is None too where a form names no group.
    """

    kind: str
    act: str
    proposal: ProposalId | None = None
    objection: int | None = None
    choice: int | None = None
    type: str | None = None
    group: GroupId | None = None
    in_form: bool | None = None
    version: int | None = None
    again: int | None = None
    feedback: int | None = None
    partnership: PartnershipId | None = None
    before: int | None = None
    retro: int | None = None
    arg: str | None = None
    meeting: int | None = None
    at: int | None = None
    survey: int | None = None
    place: int | None = None


def parse(custom_id: str) -> Parsed | None:
    """What this id names; None for forged, oversized or odd ones."""
    if len(custom_id) > MOST:
        return None
    for template in _ALL:
        if found := template.fullmatch(custom_id):
            return _parsed(custom_id.partition(":")[0], found.groupdict())
    return None


def proposal(act: str, proposal: ProposalId) -> str:
    """A button about a proposal."""
    return _known(f"proposal:{act}:{proposal}")


def amount(proposal: ProposalId, minor: int, currency: str) -> str:
    """A button that chooses how an amount is meant: the sum in minor units of a currency."""
    return _known(f"amount:take:{proposal}:{minor}:{currency}")


def objection(act: str, proposal: ProposalId, objection: int) -> str:
    """A button about an objection."""
    return _known(f"objection:{act}:{proposal}:{objection}")


def cast(proposal: ProposalId, choice: int) -> str:
    """A button for one choice of the open vote, by its place in the method's fixed order."""
    return _known(f"vote:cast:{proposal}:{choice}")


def mine(proposal: ProposalId) -> str:
    """The button "my vote"."""
    return _known(f"vote:mine:{proposal}")


def survey(act: str, survey: int) -> str:
    """A button about a survey."""
    return _known(f"survey:{act}:{survey}")


def survey_opening(survey: int, version: int) -> str:
    """Opens a survey as it was shown in this version."""
    return _known(f"survey:open-now:{survey}:{version}")


def question(act: str, survey: int, place: int) -> str:
    """A button about a question of a draft, from 1."""
    return _known(f"survey:{act}:{survey}:{place}")


def survey_new_form(partnership: PartnershipId, group: GroupId | None, scale: Scale | None = None) -> str:
    """The form for a new survey of this group, of all groups of a scale, or of the whole partnership."""
    return _known(f"form:survey-new:{partnership}:{group or 0}" + (f":{scale.name.lower()}" if scale else ""))


def survey_form(form: str, survey: int) -> str:
    """A form about a survey: one of SURVEY_FORMS."""
    return _known(f"form:{form}:{survey}")


def question_form(kind: str, survey: int, place: int) -> str:
    """The form for a question of this kind: a new one (0), or one from 1."""
    return _known(f"form:survey-{kind}:{survey}:{place}")


def inbox() -> str:
    """The button that opens the inbox."""
    return "inbox:show"


def page(partnership: PartnershipId, name: str, before: ProposalId | None) -> str:
    """A page of a list of proposals: those that follow this one, or the newest."""
    return _known(f"list:{name}:{partnership}:{before or 0}")


def propose_form(type: str, group: GroupId | None, again: int | None = None) -> str:
    """Page 1 of a new proposal, which may file the one of this number again."""
    return _known(f"form:propose:{type}:{group or 0}" + (f":{again}" if again else ""))


def proposal_form(form: str, proposal: ProposalId) -> str:
    """A form about a proposal: one of PROPOSAL_FORMS."""
    return _known(f"form:{form}:{proposal}")


def revision_form(form: str, proposal: ProposalId, version: int) -> str:
    """A form for the version that follows this one: one of REVISION_FORMS."""
    return _known(f"form:{form}:{proposal}:{version}")


def objection_form(form: str, proposal: ProposalId, objection: int) -> str:
    """A form about an objection: one of OBJECTION_FORMS."""
    return _known(f"form:{form}:{proposal}:{objection}")


def rule_form(proposal: ProposalId, objection: int, in_form: bool) -> str:
    """The form for a ruling's reason."""
    return _known(f"form:rule:{proposal}:{objection}:{'yes' if in_form else 'no'}")


def object_vote_form(proposal: ProposalId, choice: int) -> str:
    """The form for the reason of a choice that needs one."""
    return _known(f"form:object-vote:{proposal}:{choice}")


def feedback(act: str, feedback: int) -> str:
    """A button about feedback."""
    return _known(f"feedback:{act}:{feedback}")


def feedback_page(name: str, partnership: PartnershipId, group: GroupId | None, before: int | None) -> str:
    """A page of a list of feedback: what follows this number, or the newest."""
    return _known(f"feedbacks:{name}:{partnership}:{group or 0}:{before or 0}")


def feedback_give_form(partnership: PartnershipId, group: GroupId | None) -> str:
    """New feedback."""
    return _known(f"form:feedback-give:{partnership}:{group or 0}")


def feedback_form(form: str, feedback: int) -> str:
    """A form about feedback: one of FEEDBACK_FORMS."""
    return _known(f"form:feedback-{form}:{feedback}")


def retro(act: str, id: int, arg: object = "") -> str:
    """A button about a retro; ``arg`` names what in it."""
    return _known(f"retro:{act}:{id}" + (f":{arg}" if arg != "" else ""))


def retro_menu(menu: str, id: int, arg: object = "") -> str:
    """A list to choose from in a retro: one of RETRO_MENUS."""
    return _known(f"retro-menu:{menu}:{id}" + (f":{arg}" if arg != "" else ""))


def retro_form(form: str, id: int, arg: object = "") -> str:
    """A form about a retro: one of RETRO_FORMS."""
    return _known(f"form:retro-{form}:{id}" + (f":{arg}" if arg != "" else ""))


def retro_page(partnership: PartnershipId, before: int | None) -> str:
    """A page of the list of retros."""
    return _known(f"retro-list:page:{partnership}:{before or 0}")


def capture(act: str, group: GroupId, arg: str = "") -> str:
    """A button of a group's capture box: ``write`` or ``drop``."""
    return _known(f"capture:{act}:{group}" + (f":{arg}" if arg else ""))


def capture_form(group: GroupId) -> str:
    """The form for a card in a group's capture box."""
    return _known(f"form:capture:{group}")


def meeting(act: str, meeting: int, at: int | None = None) -> str:
    """A button about a meeting; ``at`` is the time to which it is moved, in seconds since 1970."""
    return _known(f"meeting:{act}:{meeting}" + (f":{at}" if at else ""))


def meeting_form(form: str, meeting: int) -> str:
    """A form about a meeting: one of MEETING_FORMS."""
    return _known(f"form:{form}:{meeting}")


def reminders(act: str, partnership: PartnershipId) -> str:
    """A button about how the asker is reminded."""
    return _known(f"reminders:{act}:{partnership}")


def reminders_form(form: str, partnership: PartnershipId) -> str:
    """A form about how the asker is reminded."""
    return _known(f"form:reminders-{form}:{partnership}")


def _known(custom_id: str) -> str:
    if parse(custom_id) is None:
        raise ValueError(f"no such custom_id: {custom_id}")
    return custom_id


def _parsed(kind: str, found: Mapping[str, str | None]) -> Parsed:
    named = {key: int(number) for key in _NUMBERS if (number := found.get(key)) is not None}
    return Parsed(
        kind,
        found["act"] or "",
        ProposalId(named["proposal"]) if "proposal" in named else None,
        named.get("objection"),
        named.get("choice"),
        found.get("type"),
        GroupId(named["group"]) if named.get("group") else None,
        found["in_form"] == "yes" if "in_form" in found else None,
        named.get("version"),
        named.get("again"),
        named.get("feedback"),
        PartnershipId(named["partnership"]) if "partnership" in named and kind != "list" else None,
        named.get("before") or None,
        int(found.get("retro") or 0) or None,
        found.get("arg"),
        named.get("meeting"),
        named.get("at"),
        named.get("survey"),
        named.get("place"),
    )
