"""Presenters: values in, words and Discord components out. Nothing here waits."""
