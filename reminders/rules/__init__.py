"""Which kinds of reminders there are, and what is planned from them; ``kinds`` first, ``plan`` leans on it."""
