"""What ledgers, their columns and their values may be: pure sentences."""
