"""What was done, in words, for whom it may be read, and undoing it."""
