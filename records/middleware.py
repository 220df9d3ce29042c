"""Gives every request an id that its log lines and error pages share."""

import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse, JsonResponse

from records import health

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Names the request; the name goes out as ``X-Request-ID`` and into each log line and change set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under a fresh id."""
        token = request_id.set(uuid.uuid4().hex[:12])
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class HealthMiddleware:
    """Answers the health page before sessions and accounts are looked at: these need what may be away just now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say how the system is, or pass the request on."""
        if request.path_info != health.PATH or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        found, status = health.report()
        return JsonResponse(found, status=status)


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, named."""
        record.request_id = request_id.get()
        return True
