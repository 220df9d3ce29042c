"""Which organisation a written name means; no models."""
