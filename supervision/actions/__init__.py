"""Verbs of supervision, by noun."""
