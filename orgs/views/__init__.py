"""Doors of organisations and people, by noun."""
