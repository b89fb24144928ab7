"""A benchmark of the bot against a bare one, and of large archives against small ones (``make bench``)."""
