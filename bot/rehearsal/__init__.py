"""The rehearsal: the real bot in a simulated Discord, with a page in the browser and no Discord account (RUN-1, HLP-2).

SimCord is imported here and in ``tests/`` only, and only when a rehearsal is asked for.
"""

from bot.rehearsal.evening import main

__all__ = ("main",)
