"""A Discord bot that hosts multi-stakeholder governance inside chat."""
