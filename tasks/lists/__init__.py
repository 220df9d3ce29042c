"""The list behind every figure, and what is done to chosen rows."""
