"""The page of one assignment, with a door for each step."""
