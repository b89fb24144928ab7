"""The set-up and the roles in words: everything fits, nothing is unsaid, nobody's text acts (SCL-1, TXT-1)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.governance import plans, scales
from bot.governance.errors import BadValue
from bot.governance.ids import GroupId, PartnershipId, RoleId
from bot.governance.organisation import RoleFacts, RoleMapping
from bot.governance.plans import Do, RoleSeen, SetupPlan, SetupStep, Site, Snapshot, What
from bot.governance.scales import Draft, Purpose
from bot.services.organisation import GroupChoice, OrganisationView
from bot.services.ports.server import DiscordRefused
from bot.services.roles import Mapped
from bot.services.scales import SetupView
from bot.ui import errors, organisation_ids, scales_ids
from bot.ui import organisation_replies as organisation
from bot.ui import scales as scales_words
from bot.ui import scales_replies as ui

ROOT = Path(__file__).resolve().parents[2]
NASTY = "## @everyone [x](https://evil.example) <@1>"
LIVE = r"(?<!\\)@everyone|(?<!\\)\]\(|(?<!\\)<\\?@1"
LONGEST = Draft(
    name="N" * 60,
    purpose="*" * 600,
    top_level_purpose="t" * 600,
    cells="\n".join(f"{n}{'_' * 58}x" for n in range(8)),
)
P = PartnershipId(1)


def partnership(draft: Draft = LONGEST) -> Any:
    return scales.found(P, 1, draft, map(GroupId, range(1, 20)), None)


def plan_of(*roles: RoleSeen, draft: Draft = LONGEST, permissions: frozenset[str] = frozenset()) -> SetupPlan:
    return plans.plan(Site(partnership(draft), recorded=False, actor_position=9), Snapshot(1, 2, 9, permissions, roles))


def walk(component: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield component
    for inner in component.get("components") or []:
        yield from walk(inner)


def words(view: Any) -> str:
    components = [c for top in view.to_components() for c in walk(top)]
    assert len(components) <= 40
    text = "\n".join(c["content"] for c in components if "content" in c)
    assert len(text) <= 4000
    for c in components:
        if "custom_id" in c:
            assert re.fullmatch(
                f"{scales_ids.TEMPLATE}|{organisation_ids.TEMPLATE.replace('?P<act>', '')}", c["custom_id"]
            )
    return text


def test_the_longest_plan_fits_and_says_every_kind_of_step() -> None:
    dangerous = RoleSeen("Stakeholder", RoleFacts(RoleId(7), powers=("administrator",)))
    plan = plan_of(dangerous)
    said = words(ui.shown(SetupView(P, LONGEST, partnership(), plan)))
    assert "Nothing is changed until you press" in said
    assert "The bot lacks" in said
    assert "mend this first" in said


def test_what_was_done_and_what_was_not_is_told_with_how_to_mend() -> None:
    plan = plan_of()
    for why in scales_words.TROUBLES:
        stopped = SetupView(
            P,
            None,
            partnership(),
            plan,
            trouble=DiscordRefused("decisions", why, "manage_roles"),
            done=plan.steps[:9],
            applied=True,
        )
        said = words(ui.shown(stopped))
        assert "**Done**" in said
        assert "**Not done**" in said
        assert "goes on where it stopped" in said


def test_every_trouble_has_its_words() -> None:
    source = (ROOT / "bot/discord/channels.py").read_text() + (ROOT / "bot/services/access.py").read_text()
    found = set(re.findall(r'DiscordRefused\([^)]*?, "([a-z ]+)"', source))
    table = next(
        node.value
        for node in ast.parse((ROOT / "bot/discord/channels.py").read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "_WHY"
    )
    found |= set(ast.literal_eval(table).values())
    assert found
    assert found <= set(scales_words.TROUBLES) | set(errors.ROLES)


def test_a_draft_with_a_fault_offers_to_change_it() -> None:
    view = ui.shown(SetupView(P, LONGEST, problem=BadValue("cells", "0", "1 to 8 names")))
    assert "What you wrote is kept" in words(view)
    assert f"setup:edit:{P}" in {getattr(item, "custom_id", None) for item in view.walk_children()}


@pytest.mark.parametrize("do", list(Do))
@pytest.mark.parametrize("what", list(What))
def test_names_of_people_never_act(do: Do, what: What) -> None:
    step = SetupStep(do, what, NASTY, purpose=Purpose.GROUP, why="powers", detail=NASTY)
    said = words(ui.shown(SetupView(P, None, partnership(Draft(name=NASTY[:60])), SetupPlan((step,)), applied=True)))
    assert re.search(LIVE, said) is None


def test_the_form_brings_back_what_was_written() -> None:
    form = ui.form(replace(LONGEST, name="x" * 200), P)
    assert re.fullmatch(scales_ids.FORM_TEMPLATE, form.custom_id)
    shown = form.to_dict()["components"]
    assert len(shown) == 5
    fields = {part["component"]["custom_id"]: part["component"].get("value", "") for part in shown}
    assert ui.draft_of(fields) == replace(LONGEST, name="x" * 200)
    for part in shown:
        assert len(part["label"]) <= 45
        assert len(part.get("description", "")) <= 100


def test_topics_fit() -> None:
    for purpose in Purpose:
        assert len(ui.topic(SetupStep(Do.CREATE, What.CHANNEL, "x", purpose=purpose), "N" * 60)) <= 1024


def test_the_list_of_roles_fits_and_marks_what_is_lost() -> None:
    groups = partnership().groups
    mappings = tuple(
        RoleMapping(
            RoleId(10**17 + n), groups[n % len(groups)].id, "member", "c" * 60, "o" * 60, name="r" * 100, lost=n == 3
        )
        for n in range(60)
    )
    full = replace(partnership(), mappings=mappings)
    view = OrganisationView(full, {}, tuple(range(10**17, 10**17 + 40)), 5)
    said = words(organisation.listed(view))
    assert "Double hats" in said
    assert "was deleted or unmapped" in said
    pages = [words(organisation.listed(view, page)) for page in range(20)]
    for mapping in mappings:
        times = sum(f"<@&{mapping.role}>" in page for page in dict.fromkeys(pages))
        assert times == (not mapping.lost), "each role stands on one page"
    assert pages[-1] == pages[-2], "behind the last page stands the last page"


def test_answers_on_roles_say_what_follows() -> None:
    mapping = RoleMapping(RoleId(7), GroupId(1), "member", NASTY[:60], NASTY[:60])
    group = partnership().groups[0]
    trouble = DiscordRefused(NASTY, "missing permission", "manage_roles")
    result = Mapped(partnership(), mapping, group, 1, True, mapping, trouble, 3)
    assert "You wear this role yourself" in organisation.mapped(result)
    gone = organisation.unmapped(result)
    assert "3 open proposals now stand still" in gone
    assert "The channels were not changed" in gone
    for said in (gone, organisation.mapped(result)):
        assert len(said) <= 2000
        assert re.search(LIVE, said) is None


def test_suggestions_fit() -> None:
    whole = organisation.group_suggestion(GroupChoice(partnership(), None), True)
    assert len(whole.name) <= 100
    for group in partnership().groups:
        assert len(organisation.group_suggestion(GroupChoice(partnership(), group), True).name) <= 100
