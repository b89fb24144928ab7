"""What talks to Discord: the client, what it hears, and what it shows."""
