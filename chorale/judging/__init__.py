"""Judging: how probable a network finds chorales that exist."""
