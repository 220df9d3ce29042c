"""Merging, splitting, moving, renaming and closing organisations."""
