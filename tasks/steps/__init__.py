"""What the forms of a step on an assignment share."""
