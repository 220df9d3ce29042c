"""Doors of reminders, by noun."""
