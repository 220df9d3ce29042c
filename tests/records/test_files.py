"""Stored files: kept once by content, of a sniffed type, within a size."""

import io
import resource
import struct
import time
import zipfile
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


def _zip(names: list[str], before: bytes = b"", comment: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.comment = comment
        for name in names:
            archive.writestr(name, "")
    return target.getvalue() if not before else b"PK" + before + target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_zip(["a", "word/document.xml"]), "wordprocessingml.document"),
        (_zip(["a", "xl/workbook.xml"], comment=b"PK\x05 " * 99), "spreadsheetml.sheet"),
        (_zip(["XL\\workbook.xml"]), "spreadsheetml.sheet"),
        (_zip(["xl/workbook.xml"], before=b"x" * 99), "spreadsheetml.sheet"),
        (_zip(["a.txt"]), "application/zip"),
        (_zip([]), "application/zip"),
        (_zip(["xl/workbook.xml"])[:-30], "application/octet-stream"),
        (b"PK\x05\x06", "application/octet-stream"),
        (b"PK\x05\x06" + b"\xff" * 18, "application/zip"),
    ],
    ids=range(9),
)
def test_what_a_zip_holds_is_told_by_its_directory(content: bytes, kind: str) -> None:
    assert files.sniff(content).endswith(kind)


def test_a_directory_of_half_a_million_names_takes_neither_time_nor_memory() -> None:
    entry = struct.pack("<4s24xHHH12x", b"PK\x01\x02", 1, 0, 0) + b"a"
    directory = entry * 440_000
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(directory), 0, 0)
    content = b"PK" + directory + end
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert files.sniff(content) == "application/zip"
    assert time.process_time() - began < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000
