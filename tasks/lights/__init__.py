"""The days of a light as stored, in SQL, and in words."""
