"""How gunicorn serves Luoshi; read by itself when gunicorn starts in this folder."""

from copy import deepcopy
from typing import Any

from config import embedded, start
from config.settings import BIND, LOGGING, PRODUCTION, env

wsgi_app = "config.wsgi:application"
bind = BIND
# SQLite has one writer, so the embedded default needs no second process; production sets WEB_CONCURRENCY.
workers = env.int("WEB_CONCURRENCY", 1)
worker_class = "gthread"
threads = env.int("WEB_THREADS", 8)
timeout = 120  # seconds; larger than any page, so that only a stuck worker is ended
graceful_timeout = 5
keepalive = 15
max_requests = 20_000 if PRODUCTION else 0
max_requests_jitter = 2_000
forwarded_allow_ips = env.str("FORWARDED_ALLOW_IPS", "127.0.0.1")
control_socket_disable = True
logconfig_dict: dict[str, Any] = deepcopy(LOGGING)
logconfig_dict["loggers"]["gunicorn.error"] = {"level": "WARNING", "propagate": True}
logconfig_dict["loggers"]["gunicorn.access"] = {"level": "WARNING", "propagate": True}


def on_starting(server: Any) -> None:
    """Refuse to open an address given on the command line to the network outside production, or with a wrong key."""
    for address in server.cfg.bind:
        if not PRODUCTION and (reason := embedded.bind_refusal(address)):
            raise SystemExit(reason)
    start.require_elsewhere()
