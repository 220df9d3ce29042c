"""The grid of one township: its villages and this week's tasks."""
