"""Stored files: kept once by content, of a sniffed type, within a size."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from records import files
from records.models import StoredFile

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
def test_the_same_content_is_kept_once() -> None:
    first = files.store(SimpleUploadedFile("现场.png", PNG))
    second = files.store(SimpleUploadedFile("another.png", PNG))
    assert first == second
    assert StoredFile.objects.count() == 1
    assert files.content_path(first).read_bytes() == PNG


@pytest.mark.django_db
def test_the_type_is_sniffed_not_believed() -> None:
    assert files.store(SimpleUploadedFile("photo.txt", PNG, "text/plain")).content_type == "image/png"
    with pytest.raises(ValidationError, match=r"setup\.png"):
        files.store(SimpleUploadedFile("setup.png", b"MZ\x90\x00" + b"\x00\xff" * 300, "image/png"))
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_an_html_page_is_never_shown_as_a_page() -> None:
    page = files.store(SimpleUploadedFile("note.html", b"<html><script>alert(1)</script></html>"))
    assert page.content_type == "text/plain"
    assert files.ACCEPTED[page.content_type] is False


@pytest.mark.django_db
def test_too_large_and_empty_files_are_refused_by_name(settings: Any) -> None:
    settings.STORED_FILE_MAX_BYTES = 1024 * 1024
    with pytest.raises(ValidationError, match="大图"):
        files.store(SimpleUploadedFile("大图.png", PNG + b"\x00" * 1024 * 1024))
    with pytest.raises(ValidationError, match="空"):
        files.store(SimpleUploadedFile("空.png", b""))
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("县里的通知".encode(), "text/plain"),
        ("县里的通知".encode("gb18030"), "text/plain"),
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"PK\x03\x04 broken", "application/octet-stream"),
    ],
)
def test_types_by_content(content: bytes, kind: str) -> None:
    assert files.sniff(content) == kind
