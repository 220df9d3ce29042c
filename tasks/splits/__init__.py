"""A figure split over those below, and whatever does not add up."""
