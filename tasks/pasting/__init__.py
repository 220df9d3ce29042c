"""What is pasted into the grid: blocks from a spreadsheet, replies from a chat group."""
