"""What happened before the visitor came: acted out by the people, through the bot's own commands (RUN-1)."""
