"""The pages on which a county keeps its numbers, switches and days off."""
