"""The Celery application: every app's ``jobs`` module, and what beat runs when."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["filesystem"] = "config.file_queue:Transport"
app = Celery("luoshi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
app.conf.beat_schedule = {
    "heartbeat": {"task": "records.heartbeat", "schedule": 20.0, "options": {"expires": 15}},
    "reminders": (
        {"task": "reminders.sweep", "schedule": crontab(minute="*/5"), "options": {"expires": 280}}
        if settings.HAS_REDIS
        else {"task": "reminders.sweep", "schedule": 60.0, "options": {"expires": 55}}
    ),
    "snapshot": {"task": "tasks.take_snapshot", "schedule": crontab(minute="5,35"), "options": {"expires": 1500}},
}
