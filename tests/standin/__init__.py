"""A small Discord on this machine, behind real sockets: its web addresses, its gateway, and what it remembers.

The bot runs against it unmodified, as a process of its own (`tests/processes.py`) or in the test's own loop
(`on_duty`): with `DISCORD_API_BASE` and `DISCORD_GATEWAY_URL` pointing here everything between the bot and Discord
is real, discord.py's HTTP layer and reconnects included. It outlives the bot, which can be killed and started again.

    standin = StandIn(TOKEN)
    home = standin.guild("Home")
    tia = home.join("tia", roles=[core])
    async with listening(standin), on_duty(standin, database_url) as bot:
        pressed = tia.press(message, "proposal:object:1")
        await pressed.answered()

What it does: servers, roles, channels, members, messages with components, files and nonce, threads, reactions and
super reactions with the list of each, scheduled events, commands, buttons, selects and forms sent by people;
servers that arrive late after READY, RESUME with replay, op 7 and 9, dead connections, sharding; every way in which
a request can fail (`faults.py`), before and after its effect, and rate limits with buckets.

What it does not do: permissions and overwrites are kept but never checked (inject a 403); no validation beyond what
decides a race (twice the same thread, twice an answer, a form in answer to a form, an answer after three seconds):
the simulated Discord of the journeys and `tests/wire.py` judge that. No voice, forums, polls, webhooks, automod,
onboarding, entitlements, presence or compression; mentions are not parsed; one page of members per request. A route
that it does not know is answered with 404 and fails the test at the end of `listening`.
"""

from tests.standin.faults import Bucket, Fault, How
from tests.standin.people import Declined, Interaction, Person, controls, words
from tests.standin.running import listening, on_duty
from tests.standin.standin import APPLICATION, StandIn
from tests.standin.world import Guild, Json

__all__ = [
    "APPLICATION",
    "Bucket",
    "Declined",
    "Fault",
    "Guild",
    "How",
    "Interaction",
    "Json",
    "Person",
    "StandIn",
    "controls",
    "listening",
    "on_duty",
    "words",
]
