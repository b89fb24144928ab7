"""Use cases: authorise, open a transaction, call a rule, record events. No discord, no SQL."""
