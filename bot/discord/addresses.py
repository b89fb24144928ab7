"""Where Discord is: the real one, or a test server on this machine (RUN-2)."""

from __future__ import annotations

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from config.settings import Settings

DISCORD_API = Route.BASE
DISCORD_GATEWAY = DiscordWebSocket.DEFAULT_GATEWAY


def use(settings: Settings) -> None:
    """Point discord.py at the addresses of these settings; empty ones mean Discord itself.

    ``Settings`` has refused everything but loopback addresses.
    """
    Route.BASE = settings.discord_api_base or DISCORD_API
    DiscordWebSocket.DEFAULT_GATEWAY = (
        URL(settings.discord_gateway_url) if settings.discord_gateway_url else DISCORD_GATEWAY
    )
