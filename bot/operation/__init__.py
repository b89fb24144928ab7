"""What the operator uses: running, checks, upkeep of the database, exports, logs, health."""
