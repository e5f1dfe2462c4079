"""Composing: from requests to chorales."""
