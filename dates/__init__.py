"""The clock, periods, working days, bounds of dates, days left in words; no models."""
