"""Forms of tasks, by noun."""
