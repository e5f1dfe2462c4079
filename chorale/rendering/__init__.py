"""Chorales as files that people open, play and read."""
