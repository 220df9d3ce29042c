"""What tasks add to the registry of duties, and my week."""
