"""Importing workbooks into ledgers: reading, judging, staging, correcting, marking and writing out."""
