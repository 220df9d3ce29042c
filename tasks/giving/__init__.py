"""Giving tasks out and taking them back: shown first, then done."""
