"""What holds at an organisation: settings, calendar, field dictionary; the nearest one's entry wins."""
