"""Forms of organisations and people, by noun."""
