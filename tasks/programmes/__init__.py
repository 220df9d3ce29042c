"""Programmes, their themes and years."""
