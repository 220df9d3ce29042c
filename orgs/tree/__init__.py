"""Organisations: the tree, the list, the page of one, totals, and editing it in place."""
