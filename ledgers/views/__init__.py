"""Doors of ledgers."""
