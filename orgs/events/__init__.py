"""The event log: what its lines mean, and the page that searches it."""
