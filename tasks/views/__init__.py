"""Doors of tasks, by noun."""
