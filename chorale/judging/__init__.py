"""Judging: how likely a network finds chorales that are there."""
