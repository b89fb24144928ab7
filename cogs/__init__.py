"""Discord glue: commands, controls, forms, raw listeners. Each file parses, calls one use case and answers."""
