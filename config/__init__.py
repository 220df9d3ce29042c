"""Wires the apps together; no app imports from here."""

# Jobs need the Celery application loaded wherever Django is.
from config.celery import app as celery_app

__all__ = ["celery_app"]
