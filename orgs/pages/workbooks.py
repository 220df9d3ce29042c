"""Lists as workbooks to download."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from sheets import writing
from sheets.cleaning import file_name


def download(pages: Sequence[writing.Page], name: str) -> HttpResponse:
    """One workbook of the pages, as an attachment called ``name``; the event log keeps every export."""
    return attachment(writing.workbook(pages), name)


def attachment(content: bytes, name: str) -> HttpResponse:
    """A workbook as an attachment called ``name``."""
    response = HttpResponse(content, content_type=writing.XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(name)) or "attachment"
    response.is_export = True  # type: ignore[attr-defined]
    return response
