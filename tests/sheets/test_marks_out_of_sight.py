"""Marks of secrecy off the first rows: headers, footers, text boxes, other sheets, names in archives, old forms."""

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from sheets import first_page, secrecy
from sheets.secrecy import Grade
from tests.sheets.test_secrecy import archive, docx, grade, xlsx

MARK = "机密★10年"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def book(change: Callable[[Any], None], rows: int = 2_000) -> bytes:
    made, target = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["村名", "收入"])
    for number in range(rows):
        made.active.append([f"村{number}", "说明文字内容" * 5])
    change(made)
    made.save(target)
    return target.getvalue()


def with_part(base: bytes, name: str, text: str) -> bytes:
    target = io.BytesIO()
    target.write(base)
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(name, text)
    return target.getvalue()


def header(made: Any) -> None:
    made.active.oddHeader.center.text = MARK


def footer(made: Any) -> None:
    made.active.oddFooter.right.text = '&"宋体,加粗"&14秘密'


def first_header(made: Any) -> None:
    made.active.firstHeader.left.text = MARK


def even_header(made: Any) -> None:
    made.active.evenHeader.center.text = MARK


def title(made: Any) -> None:
    made.active.title = "绝密"


def another_sheet(made: Any) -> None:
    made.create_sheet("附表").append([MARK])


def first_row_written_last(made: Any) -> None:
    made.create_sheet("说明", 0).append(["说明", "机　密"])


def properties(made: Any) -> None:
    made.properties.category = "密级：机密"


@pytest.mark.parametrize(
    "change", [header, footer, first_header, even_header, title, another_sheet, first_row_written_last, properties]
)
def test_a_workbook(change: Callable[[Any], None]) -> None:
    assert grade("表.xlsx", book(change)) == Grade.REFUSED


@pytest.mark.parametrize("name", ["xl/drawings/drawing3.xml", "xl/drawings/vmlDrawing1.vml"])
def test_a_text_box_over_a_sheet(name: str) -> None:
    text = '<d:wsDr xmlns:d="x" xmlns:a="y"><a:p><a:t>机密</a:t><a:t>★10年</a:t></a:p></d:wsDr>'
    assert grade("表.xlsx", with_part(xlsx(("村名",)), name, text)) == Grade.REFUSED


@pytest.mark.parametrize("part", ["footer1", "footer3", "header2", "header5"])
def test_the_foot_and_head_of_a_document(part: str) -> None:
    text = f"<w:ftr {WORD}><w:p><w:r><w:t>机密</w:t></w:r><w:r><w:t>★10年</w:t></w:r></w:p></w:ftr>"
    assert grade("通知.docx", with_part(docx("正文"), f"word/{part}.xml", text)) == Grade.REFUSED


def test_a_text_box_of_a_document() -> None:
    box = f"<w:pict><x><w:txbxContent><w:p><w:r><w:t>{MARK}</w:t></w:r></w:p></w:txbxContent></x></w:pict>"
    text = f"<w:document {WORD}><w:body><w:p><w:r><w:t>关于</w:t></w:r><w:r>{box}</w:r></w:p></w:body></w:document>"
    assert grade("通知.docx", archive("word/document.xml", text.encode())) == Grade.REFUSED


@pytest.mark.parametrize(
    "content",
    [
        b"{\\rtf1\\ansi\\ansicpg936 \\'bb\\'fa\\'c3\\'dc\\u9733?10\\'c4\\'ea\\par}",
        rb"{\rtf1\ansi {\b\u26426?\u23494?}\par}",
        "<html><body><table><tr><td>机&#23494;</td></tr></table>".encode("gbk"),
        ("<html><style>" + "a{color:red}\n" * 8_000 + f"</style><p>{MARK}</p>").encode(),
        "<table><tr><td><b>机</b><span lang=ZH>密</span></td></tr></table>".encode(),
        b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"<p>=E6=9C=BA=E5=AF=86=E2=98=85</p>",
        "机\n密\n关于工作的通知".encode(),
        "机,密\n村名,收入\n".encode(),
        "秘,密,★\n村名,收入\n".encode("gb18030"),
    ],
    ids=lambda content: content[:24].decode("latin-1").strip(),
)
def test_texts_and_pages(content: bytes) -> None:
    assert grade("a", content) == Grade.REFUSED


def named_in_gbk(name: str) -> bytes:
    return archive("X" * len(name.encode("gbk"))).replace(b"X" * len(name.encode("gbk")), name.encode("gbk"))


def with_password(name: str) -> bytes:
    raw = bytearray(archive(name))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(sign) + at] |= 1
    return bytes(raw)


def many(last: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for number in range(40):
            package.writestr(f"{number}.txt", "x")
        package.writestr(last, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        named_in_gbk("机密-名单.xlsx"),
        archive("【机密】资料/名单.xlsx"),
        archive("b.zip", archive("通知.docx", docx(MARK))),
        archive("b.zip", archive("机密★10年.docx")),
        many("机密-名单.xlsx"),
        with_password("机密-名单.xlsx"),
        with_part(archive("content.xml"), "机密-名单.xlsx", "x"),
    ],
    ids=["gbk", "folder", "zip in zip", "name in zip in zip", "the 41st", "password", "looks like a document"],
)
def test_an_archive(content: bytes) -> None:
    assert grade("a.zip", content) == Grade.REFUSED


@pytest.mark.parametrize(
    "line",
    [
        "特急　机密", "◆机密◆", "★机密", "『机密』", "《秘密》", "“绝密”", "此件机密", "本件属机密", "本文件属于机密",
        "定密：机密", "等级：秘密", "祕密", "编号：001 机密", "机密 第001号", "机密·特急", "0001号　机密★10年",
    ],
)  # fmt: skip
def test_other_ways_of_writing_a_mark(line: str) -> None:
    assert grade("a.docx", docx(line)) == Grade.REFUSED
    assert secrecy.in_text(line)


@pytest.mark.parametrize(
    "line",
    [
        "内部资料，严禁外传", "内部资料 禁止复制", "内部文件 不得外传", "不得外传", "内部资料·不得翻印",
        "内部材料 严禁转发", "内部掌握", "请勿外传", "秘密 花园",
    ],
)  # fmt: skip
def test_what_forbids_passing_on_is_asked_about(line: str) -> None:
    assert grade("a.docx", docx(line)) == Grade.ASKED


@pytest.mark.parametrize(
    "line",
    [
        "保密工作台账", "机密路社区", "秘书处", "商业秘密保护宣传", "绝密飞行观影活动", "机密路社区2026年收入",
        "秘密村", "工作秘密管理培训通知", "内部资料性出版物管理", "机密路123号", "侵犯商业秘密案件",
        "查处泄露国家秘密案件2起",
        "秘密林农场", "国家秘密定密培训", "本表不含工作秘密", "保密局（机密路12号）",
    ],
)  # fmt: skip
def test_words_that_are_no_mark_are_let_through(line: str) -> None:
    assert grade(f"{line}.docx", docx(line)) is None
    assert grade(f"{line}.xlsx", xlsx((line,), ("村名",))) is None
    assert secrecy.in_text(f"{line}\n石岭村 12") is None


def large_parts() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(24):
            package.writestr(f"xl/worksheets/sheet{number}.xml", "密" + " " * 6_000_000)
    return target.getvalue()


def twenty_archives() -> bytes:
    inner, target = archive("a.docx", docx(*["正文"] * 20_000)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(20):
            package.writestr(f"{number}.zip", inner)
    return target.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        large_parts,
        twenty_archives,
        lambda: docx(*["机"] * 200_000),
        lambda: b"<html>" + b"<!--" * 500_000,
        lambda: b"<html>" + b"<style>" * 300_000,
        lambda: b"{\\rtf1" + b"\\u-" * 500_000,
        lambda: b"\xd0\xcf\x11\xe0" + "密".encode("utf-16-le") * 2_000_000,
        lambda: "密机".encode() * 1_000_000,
        lambda: b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 400_000,
    ],
    ids=["parts", "archives", "paragraphs", "comments", "styles", "rtf", "doc", "one line", "mail"],
)
def test_what_is_made_to_take_long_takes_little(make: Callable[[], bytes]) -> None:
    content = make()
    began = time.process_time()
    secrecy.in_file("a.bin", *first_page.heads(content))
    assert time.process_time() - began < 4
