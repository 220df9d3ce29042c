"""Doors of supervision, by noun."""
