"""The Celery application as it is, with a beat that sweeps every second instead of every five minutes."""

from config.celery import app

app.conf.beat_schedule = {"reminders": {"task": "reminders.sweep", "schedule": 1.0, "options": {"expires": 5}}}
