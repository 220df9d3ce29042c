"""Verbs that change organisations and people, by noun."""
