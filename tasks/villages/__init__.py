"""What villages owe as they read it, who fills in for them, and what they object to."""
