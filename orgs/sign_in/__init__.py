"""Signing in and out, one's own account, and the post in which a person acts."""
