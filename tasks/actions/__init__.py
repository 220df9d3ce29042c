"""Verbs that change tasks and assignments, by noun."""
