"""Rows: the records of the bot in SQLite or PostgreSQL, behind the ports of ``bot.services``."""
