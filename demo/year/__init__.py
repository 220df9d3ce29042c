"""A year of the demo county lived through day by day, and looked at from first principles every evening."""
