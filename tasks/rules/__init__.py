"""What may happen to tasks and assignments, and what follows from a fact: pure sentences."""
