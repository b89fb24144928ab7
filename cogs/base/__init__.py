"""What every cog shares: who acts, how forms and controls arrive, and the one place that answers and speaks errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias, TypeVar, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import caches
from bot.discord.caches import NotKnownYet
from bot.discord.requests import FAILED, in_a_line
from bot.governance.errors import Changed, NotFound, Refusal
from bot.services import objections, organisation
from bot.services.ports.context import Actor, Context
from bot.ui import answers, errors, forms, objections_replies
from bot.ui.limits import V2_COMPONENTS
from cogs.base.acknowledging import first_word, leave, watch, watched
from cogs.base.admission import CatchingUp, admit
from cogs.base.host import Host
from cogs.base.lengths import bound, check_fields, check_options

Interaction: TypeAlias = discord.Interaction[discord.Client]
Button: TypeAlias = "discord.ui.Button[discord.ui.LayoutView]"
Fields: TypeAlias = Mapping[str, str]
ControlT = TypeVar("ControlT", bound="Control")
MenuT = TypeVar("MenuT", bound="Menu")

_log = logging.getLogger(__name__)
_NOTHING: Fields = MappingProxyType({})
_OVER = frozenset({10062, 40060})
"""Discord's codes for an interaction that was not answered within three seconds, and for one answered already."""


def ctx_of(interaction: Interaction) -> Context:
    """What every use case is given."""
    return cast(Host, interaction.client).ctx


def actor(interaction: Interaction) -> Actor:
    """The person as this interaction presents them: the roles of the payload are the truth (ORG-2).

    Manage Roles is taken from the server's roles, not from the channel, whose overwrites are handed out lightly.
    A thread counts as its channel. Raises NotFound for acts outside a server, and NotKnownYet before the server has
    arrived, whose roles would all be missing.
    """
    member = interaction.user
    if interaction.guild is None or not isinstance(member, discord.Member):
        raise NotFound("server")
    guild = caches.standing(interaction.guild)
    channel = interaction.channel
    place = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    owner = guild.owner_id == member.id
    return Actor(
        user_id=member.id,
        guild_id=guild.id,
        roles=caches.worn_by(member),
        manages_roles=owner or member.guild_permissions.manage_roles,
        top_position=10**6 if owner else member.top_role.position,
        channel_id=place or 0,
    )


def asker(interaction: Interaction) -> tuple[Context, Actor]:
    """The first two arguments of every use case."""
    return ctx_of(interaction), actor(interaction)


async def answer(
    interaction: Interaction,
    said: str | discord.ui.LayoutView,
    *,
    ephemeral: bool = True,
    replace: bool = False,
    file: discord.File | None = None,
    files: Sequence[discord.File] = (),
) -> None:
    """Answer once, whether or not the interaction was acknowledged.

    With ``replace`` a button of a private answer changes that answer instead of adding one below it. What was done
    stands whether Discord takes the answer or not; where it does not, one short sentence is tried in its place.
    A ``file`` is shown below the answer; the answer itself shows ``files``, by their names.
    """
    try:
        await _send(interaction, said, ephemeral, replace, file, files)
    except FAILED as fault:
        if _is_over(fault):
            _log.info("interaction %s was over before it was answered", interaction.id)
            return
        _log.warning("the answer to interaction %s was not taken: %s", interaction.id, in_a_line(fault))
        await _say(interaction, answers.NOT_SHOWN)
    await _tell_objector(interaction)


async def _tell_objector(interaction: Interaction) -> None:
    """Whoever is answered, to whatever act, learns of an objection of theirs that nothing could tell them of (OBJ-2).

    Never raises: what was done stands, and they are told with their next act.
    """
    try:
        ctx, who = asker(interaction)
        for view, waiting in await objections.untold(ctx, who.guild_id, who.user_id):
            await _send(interaction, objections_replies.waiting(view, waiting))
            await objections.told_by_own_act(ctx, who, [view.proposal.id])
    except (NotFound, NotKnownYet):
        return  # outside a server, or before it has arrived
    except FAILED as fault:
        _log.warning("what waits for somebody was not told with interaction %s: %s", interaction.id, in_a_line(fault))
    except Exception:  # noqa: BLE001 -- logged; they are told with their next act
        _log.exception("what waits for somebody was not told")


async def _say(interaction: Interaction, text: str, file: discord.File | None = None) -> None:
    """A private sentence. Never raises: Discord may refuse it as well."""
    try:
        await _send(interaction, text, file=file)
    except FAILED as fault:
        _log.warning("the answer to interaction %s was not taken: %s", interaction.id, in_a_line(fault))


async def _send(
    interaction: Interaction,
    said: str | discord.ui.LayoutView,
    ephemeral: bool = True,
    replace: bool = False,
    file: discord.File | None = None,
    files: Sequence[discord.File] = (),
) -> None:
    every = [*files, *([file] if file else [])]
    more: dict[str, Any] = {"files": every} if every else {}
    if isinstance(said, str):
        more["content"] = said
    else:
        if file is not None and said.total_children_count < V2_COMPONENTS:
            # Beside components, an attachment is seen only where one of them shows it.
            said.add_item(discord.ui.File(f"attachment://{file.filename}"))
        said.stop()  # its controls are taken in by DynamicItems; a view kept in memory would only pile up
        more["view"] = said
    origin = interaction.message
    async with first_word(interaction):
        if interaction.response.is_done():
            await interaction.followup.send(ephemeral=ephemeral, **more)
        elif replace and "view" in more and origin and origin.flags.ephemeral and origin.flags.components_v2:
            await interaction.response.edit_message(view=more["view"])
        else:
            await interaction.response.send_message(ephemeral=ephemeral, **more)


async def announce(interaction: Interaction) -> None:
    """Tell Discord that a private answer takes a moment: it waits three seconds for the first word."""
    async with first_word(interaction):
        if not interaction.response.is_done():
            await interaction.response.defer(ephemeral=True, thinking=True)


async def register(bot: commands.Bot, cog: commands.Cog, *controls: type[Control | Menu]) -> None:
    """Add a cog with its controls; commands are let in and their errors spoken here too."""
    tree = cast(Any, bot.tree)
    tree.admit, tree.speak = command_admitted, command_failed
    bound(cog)
    bot.add_dynamic_items(*controls)
    await bot.add_cog(cog)


async def show_form(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Open a form. It is not held in memory: what is sent in is routed by its id, also after a restart.

    An act that had to be acknowledged before cannot open one any more, and says so.
    """
    form.stop()
    async with first_word(interaction):
        if not interaction.response.is_done():
            cast(Host, interaction.client).unsent.fill(interaction.user.id, form)
            await interaction.response.send_modal(form)
            return
    await answer(interaction, answers.FORM_TOO_LATE)


async def guarded(
    interaction: Interaction, act: Callable[[], Awaitable[object]], fields: Fields = _NOTHING, *, admitted: bool = False
) -> None:
    """Take an act that may be let in; speak its refusal or fault privately, and give back what a form held."""
    with watched(interaction):
        try:
            check_fields(fields)
            if not admitted:
                await admit(interaction)
            await act()
        except Exception as fault:  # noqa: BLE001 -- ``failed`` logs what is not a refusal
            await failed(interaction, fault, fields)


async def failed(interaction: Interaction, fault: BaseException, fields: Fields = _NOTHING) -> None:
    """Say privately why an act was not taken. Never raises: Discord may refuse the answer as well."""
    if _is_over(fault):
        _log.info("interaction %s was over before it was answered", interaction.id)
        return
    if isinstance(fault, Refusal):
        said = errors.speak(fault, await _where_to_type(interaction), whom=who_gives_roles(interaction))
    elif isinstance(fault, Changed):
        said = answers.CHANGED_MEANWHILE
    elif isinstance(fault, CatchingUp | NotKnownYet):
        said = answers.CATCHING_UP
    elif isinstance(fault, FAILED):
        _log.warning("interaction %s met Discord's trouble: %s", interaction.id, in_a_line(fault))
        said = answers.DISCORD_IN_TROUBLE
    else:
        _log.error("interaction %s failed", interaction.id, exc_info=fault)
        said = answers.SOMETHING_WRONG
    text, whole = forms.with_words(said, fields)
    file = discord.File(whole, filename="your-words.txt") if whole else None
    await _say(interaction, text, file)
    await _tell_objector(interaction)


async def command_admitted(interaction: Interaction) -> bool:
    """What the command tree asks before it takes a command (``tree.interaction_check``)."""
    watch(interaction)
    try:
        if interaction.type is discord.InteractionType.application_command:
            check_options(interaction)
        await admit(interaction)
    except Exception as fault:  # noqa: BLE001 -- ``failed`` logs what is not a refusal
        await failed(interaction, fault)
        leave(interaction)
        return False
    return True


async def command_failed(interaction: Interaction, error: app_commands.AppCommandError) -> None:
    """What the command tree does with errors (``tree.on_error``)."""
    leave(interaction)
    if isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError) and error.__cause__:
        await failed(interaction, error.__cause__)
    elif isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        _log.warning("a command arrived that is not known in this form: %s", error)
        await guarded(interaction, lambda: answer(interaction, answers.COMMANDS_CHANGED), admitted=True)
    elif isinstance(error, app_commands.CheckFailure):
        await guarded(interaction, lambda: answer(interaction, answers.NOT_HERE), admitted=True)
    else:
        await failed(interaction, error)


Suggest = Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]


def suggesting(suggest: Suggest) -> Suggest:
    """An autocomplete that never raises: whatever goes wrong, it suggests nothing."""

    @wraps(suggest)
    async def quietly(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        try:
            check_options(interaction)
            return (await suggest(interaction, current))[:25]
        except Refusal:
            return []
        except Exception:  # noqa: BLE001 -- logged; an autocomplete has no way to say it
            _log.exception("no suggestions")
            return []

    return quietly


class Control(discord.ui.DynamicItem[Button], template=r"(?!)"):
    """A button that is alive for as long as its message stands, whatever was restarted in between.

    A subclass gives ``template`` and ``act``. Presenters send plain buttons with the same id; this receives clicks.
    """

    known: ClassVar[list[re.Pattern[str]]] = []
    """The ids of all controls there are."""

    def __init_subclass__(cls, *, template: str) -> None:
        super().__init_subclass__(template=template)
        Control.known.append(re.compile(template))

    def __init__(self, item: Button, match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls: type[ControlT], interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> ControlT:
        """The control that a click names."""
        return cls(item, match)  # type: ignore[arg-type]

    async def callback(self, interaction: Interaction) -> None:
        """Take the act and answer its errors."""
        await guarded(interaction, lambda: self.act(interaction))

    async def act(self, interaction: Interaction) -> None:
        """What a click does."""
        raise NotImplementedError


class ActButton(Control, template=r"(?!)"):
    """A button whose id names an act and the numbers of what it is about, in the order of the act's parameters.

    A number that the id may leave out is 0 then.
    """

    acts: ClassVar[Mapping[str, Callable[..., Awaitable[None]]]]

    async def act(self, interaction: Interaction) -> None:
        """Take the act that the id names."""
        named = self.match.groupdict()
        await self.acts[named.pop("act")](interaction, *(int(number or 0) for number in named.values()))


class Menu(discord.ui.DynamicItem[discord.ui.Select[discord.ui.LayoutView]], template=r"(?!)"):
    """A list to choose from, alive like a control. A subclass gives ``template`` and ``act``."""

    def __init_subclass__(cls, *, template: str) -> None:
        super().__init_subclass__(template=template)
        Control.known.append(re.compile(template))

    def __init__(self, item: discord.ui.Select[discord.ui.LayoutView], match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls: type[MenuT], interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> MenuT:
        """The list that a choice was made in."""
        return cls(item, match)  # type: ignore[arg-type]

    async def callback(self, interaction: Interaction) -> None:
        """Take the choice and answer its errors."""
        data = cast("dict[str, Any]", interaction.data or {})
        chosen = tuple(map(str, data.get("values") or ()))
        await guarded(interaction, lambda: self.act(interaction, chosen))

    async def act(self, interaction: Interaction, chosen: tuple[str, ...]) -> None:
        """What a choice does."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Form:
    """A form that is taken in by its id: ``take(interaction, match, fields)``."""

    template: re.Pattern[str]
    take: Callable[[Interaction, re.Match[str], Fields], Awaitable[None]]


class FormCog(commands.Cog):
    """A cog that takes in the forms listed in ``forms``, whether or not they were opened before a restart."""

    forms: ClassVar[tuple[Form, ...]] = ()

    @commands.Cog.listener("on_interaction")
    async def take_form(self, interaction: Interaction) -> None:
        """Route a submitted form by its id."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data = cast("dict[str, Any]", interaction.data or {})
        for form in self.forms:
            match = form.template.fullmatch(str(data.get("custom_id", "")))
            if match is not None:
                fields = forms.submitted(data.get("components", ()))
                await guarded(interaction, partial(_take, form, interaction, match, fields), fields)
                return


async def _take(form: Form, interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """Take a form in; what is refused is remembered until its person opens the form again."""
    unsent, custom_id = cast(Host, interaction.client).unsent, match[0]
    unsent.keep(interaction.user.id, custom_id, fields)
    await form.take(interaction, match, fields)
    unsent.drop(interaction.user.id, custom_id)


class UnknownCog(commands.Cog):
    """Answers controls and forms that nothing here knows, such as those of another version of the bot.

    Without it Discord would say "interaction failed", and what was typed into a form would be lost.
    """

    @commands.Cog.listener("on_interaction")
    async def take_unknown(self, interaction: Interaction) -> None:
        """Say so, and give the words back."""
        data = cast("dict[str, Any]", interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.component:
            if not any(template.fullmatch(custom_id) for template in Control.known):
                await failed(interaction, NotFound("control"))
        elif interaction.type is discord.InteractionType.modal_submit:
            bot = cast(commands.Bot, interaction.client)
            taken = (form for cog in bot.cogs.values() if isinstance(cog, FormCog) for form in cog.forms)
            if not any(form.template.fullmatch(custom_id) for form in taken):
                await failed(interaction, NotFound("form"), forms.submitted(data.get("components", ())))


async def _where_to_type(interaction: Interaction) -> str | None:
    """A channel for commands, for those who cannot write where they are: Discord offers them none there (SCL-2a)."""
    if interaction.guild_id is None or interaction.permissions.send_messages:
        return None
    try:
        channel_id = await organisation.talk_channel(
            ctx_of(interaction), interaction.guild_id, interaction.channel_id or 0
        )
    except Exception:  # noqa: BLE001 -- the refusal matters more than the hint
        _log.exception("no channel found for commands")
        return None
    return f"<#{channel_id}>" if channel_id else None


def who_gives_roles(interaction: Interaction) -> tuple[int, ...]:
    """People who can give the role of a seat: whoever is refused for want of a seat is told whom to ask."""
    if interaction.guild is None:
        return ()
    able = (m for m in interaction.guild.members if not m.bot and m.guild_permissions.manage_roles)
    return tuple(sorted(member.id for member in able))[:3]


def _is_over(fault: BaseException) -> bool:
    return isinstance(fault, discord.HTTPException) and fault.code in _OVER
