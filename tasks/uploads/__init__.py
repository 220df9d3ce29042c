"""Files on their way to a row, and the fields and forms that keep them."""
