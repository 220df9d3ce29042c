"""Marks of secrecy: what is refused, what is asked about, and what is a word in running text."""

import io
import time
import zipfile
import zlib

import openpyxl
import pytest
import xlwt

from sheets import first_page, secrecy
from sheets.secrecy import Grade


def docx(*lines: str, prefix: str = "w", header: str = "") -> bytes:
    """A Word file with one paragraph a line, each cut into runs of two characters."""

    def paragraph(line: str) -> str:
        runs = (line[start : start + 2] for start in range(0, len(line), 2))
        return (
            f"<{prefix}:p>"
            + "".join(f"<{prefix}:r><{prefix}:t>{run}</{prefix}:t></{prefix}:r>" for run in runs)
            + f"</{prefix}:p>"
        )

    space = f'xmlns:{prefix}="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        body = "".join(map(paragraph, lines))
        package.writestr(
            "word/document.xml", f"<{prefix}:document {space}><{prefix}:body>{body}</{prefix}:body></{prefix}:document>"
        )
        if header:
            package.writestr("word/header1.xml", f"<{prefix}:hdr {space}>{paragraph(header)}</{prefix}:hdr>")
    return target.getvalue()


def xlsx(*rows: tuple[str, ...]) -> bytes:
    made, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(target)
    return target.getvalue()


def xls(*rows: tuple[str, ...]) -> bytes:
    made, target = xlwt.Workbook(), io.BytesIO()
    sheet = made.add_sheet("表")
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write(at, column, text)
    made.save(target)
    return target.getvalue()


def pdf(text: str, *, packed: bool) -> bytes:
    piece = b"BT (" + text.encode("gb18030") + b") Tj ET"
    return b"%PDF-1.4\n1 0 obj <<>> stream\n" + (zlib.compress(piece) if packed else piece) + b"\nendstream endobj"


def archive(name: str, content: bytes = b"x") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(name, content)
    return target.getvalue()


def grade(name: str, content: bytes = b"") -> Grade | None:
    found = secrecy.in_file(name, *first_page.heads(content))
    return found.grade if found else None


MARKS = [
    "机密★10年",
    "秘密★",
    "绝密",
    "秘 密",
    "机　密",
    "【机密】",
    "密级：机密",
    "ＸＸ　秘密★１年",
    "机密☆长期",
    "秘\u200b密",
    "机密 1年",
    "（绝密）",
]
WORDS = [
    "保密工作台账", "机密局联系人", "国家秘密保护宣传", "开展保密教育，保守国家秘密", "秘密花园农家乐", "密级：公开",
    "不得上传涉密信息和工作秘密", "本表不含工作秘密", "机要保密局 2026 年通知",
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_at_the_head_is_refused_in_every_kind_of_file(mark: str) -> None:
    assert grade("通知.docx", docx(mark, "关于开展工作的通知")) == Grade.REFUSED
    assert grade("通知.docx", docx("关于", "正文", mark, prefix="x")) == Grade.REFUSED
    assert grade("表.xlsx", xlsx((mark,), ("村名", "收入"))) == Grade.REFUSED
    assert grade("表.xlsx", xlsx(("统计表", "", mark), ("村名", "收入"))) == Grade.REFUSED
    assert grade("表.csv", f"{mark}\n村名,收入\n".encode()) == Grade.REFUSED
    assert grade("表.csv", f"汇总,,{mark}\n村名,收入\n".encode("gb18030")) == Grade.REFUSED
    assert grade("通知.txt", f"\n\n{mark}\n正文".encode()) == Grade.REFUSED
    assert secrecy.in_text(f"{mark}\n石岭村 12")
    assert secrecy.in_rows([[mark], ["村名"]])


@pytest.mark.parametrize("words", WORDS)
def test_a_word_in_running_text_is_no_mark(words: str) -> None:
    assert grade(f"{words}.docx", docx(words, "正文")) is None
    assert grade("表.xlsx", xlsx((words,), ("村名",))) is None
    assert grade("a.txt", words.encode()) is None
    assert grade(f"{words}.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 64) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("机密-名单.xlsx", Grade.REFUSED),
        ("【秘密】会议纪要.pdf", Grade.REFUSED),
        ("纪要(绝密).jpg", Grade.REFUSED),
        ("纪要 机 密 .png", Grade.REFUSED),
        ("机密文件.docx", Grade.REFUSED),
        ("秘密★5年通知.pdf", Grade.REFUSED),
        ("会议纪要机密.docx", Grade.ASKED),
        ("秘密通知.docx", Grade.ASKED),
        ("内部资料汇编.pdf", Grade.ASKED),
        ("内 部 资 料.jpg", Grade.ASKED),
        ("保密工作总结.docx", None),
        ("机密局通知.docx", None),
        ("台账.xlsx", None),
    ],
)
def test_names(name: str, expected: Grade | None) -> None:
    assert grade(name, b"") == expected


@pytest.mark.parametrize("mark", ["内部资料 注意保存", "内部资料", "内　部　文　件"])
def test_a_doubtful_one_is_asked_about(mark: str) -> None:
    for content in (docx(mark), xlsx((mark,)), mark.encode()):
        assert grade("a", content) == Grade.ASKED


def test_other_containers() -> None:
    assert grade("a.docx", docx("正文", header="机密★10年")) == Grade.REFUSED
    assert grade("a.xls", xls(("机密★10年",), ("村名",))) == Grade.REFUSED
    assert grade("a.xls", xls(("保密工作",), ("村名",))) is None
    assert grade("a.pdf", pdf("机密★10年", packed=True)) == Grade.REFUSED
    assert grade("a.pdf", pdf("绝密", packed=False)) == Grade.REFUSED
    assert grade("a.pdf", pdf("保密工作", packed=True)) is None
    assert grade("a.zip", archive("机密-名单.xlsx")) == Grade.REFUSED
    assert grade("a.zip", archive("通知.docx", docx("秘密★1年"))) == Grade.REFUSED
    assert grade("a.zip", archive("通知.docx", docx("正文"))) is None


def bomb(size: int = 200_000_000) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<a>" + b" " * size)
    return target.getvalue()


ENTITIES = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'


def many_parts() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for number in range(30_000):
            package.writestr(f"{number:0200}.xml", b"")
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        bomb(),
        many_parts(),
        archive("word/document.xml", ENTITIES),
        archive("word/document.xml", b"<a>" * 170_000),
        b"PK\x03\x04 broken",
        b"PK\x05\x06" + b"\xff" * 18,
        b"%PDF" + (b"stream\n" + zlib.compress(b"\x00" * 500_000)) * 2_000,
        b"%PDF" + b"(" * 2_000_000,
        b"\xd0\xcf\x11\xe0" + b"\xff" * 2_000_000,
        "机".encode() * 2_000_000,
        b"<" * 2_000_000,
        b"",
        b"\x00" * 1_000,
    ],
    ids=lambda content: f"{len(content)}",
)
def test_hostile_files_cost_little(content: bytes) -> None:
    began = time.process_time()
    secrecy.in_file("a.bin", *first_page.heads(content))
    assert time.process_time() - began < 1.5
