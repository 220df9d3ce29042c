"""What is entered on an assignment, corrected, and read again in one line of time."""
