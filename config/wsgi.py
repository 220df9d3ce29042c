"""The door of the web server."""

import contextlib
import ctypes
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from records import cleaning  # noqa: E402  only once the apps are loaded

M_MMAP_THRESHOLD, LARGE = -3, 128 << 10  # glibc's own number of the setting; bytes
with contextlib.suppress(AttributeError, OSError):  # other C libraries know no such setting
    # A large block goes back to the system when it is freed; otherwise each thread keeps what a large upload once took.
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer a request; what Django itself could not read is marked first, and refused like any bad request."""
    cleaning.mark_charset(environ)
    return _django(environ, start_response)
