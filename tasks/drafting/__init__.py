"""Drafting and issuing a task."""
