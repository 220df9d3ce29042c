"""The door of the web server."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from records import cleaning  # noqa: E402  only once the apps are loaded


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer a request; what Django itself could not read is marked first, and refused like any bad request."""
    cleaning.mark_charset(environ)
    return _django(environ, start_response)
