"""The superior's tables (上级报表): blank workbooks filled in place from ledgers and tasks."""
