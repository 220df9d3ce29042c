"""Workbooks made to break whoever opens them: a kilobyte or two each, of every container that is read.

``BOOKS`` holds each by name with what may come of it: the codes of refusals that are true of it, or ``read``.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ENTITIES = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
LAUGHS = f"<!DOCTYPE x [<!ENTITY a0 'ha'>{_ENTITIES}]>"
HEADINGS = ("村名", "总收入", "总户数")
ROWS = "".join(
    f'<row r="{n}">'
    + "".join(f'<c r="{"ABC"[at]}{n}" t="inlineStr"><is><t>{cell}</t></is></c>' for at, cell in enumerate(cells))
    + "</row>"
    for n, cells in enumerate([HEADINGS, ("梅花村", "12", "3")], 1)
)
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
OUTERMOST = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:media-type="application/vnd.oasis.opendocument.spreadsheet" manifest:full-path="/"/>'
    "</manifest:manifest>"
)
Content = str | bytes


def zipped(parts: Mapping[str, Content], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", kind) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def sheet(rows: str = ROWS, *, before: str = "", after: str = "", head: str = "") -> str:
    """A worksheet's part."""
    return f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def book(part: Content = "", **more: Content) -> bytes:
    """An .xlsx of one sheet; ``more`` replaces ``workbook``, ``rels``, ``styles``, ``strings`` or ``sheet_name``."""
    name = str(more.get("sheet_name", "xl/worksheets/sheet1.xml"))
    parts: dict[str, Content] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": OUTERMOST,
        "xl/workbook.xml": more.get("workbook", workbook()),
        "xl/_rels/workbook.xml.rels": more.get("rels", rels()),
        name: part or sheet(),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>',
    }
    for key, place in (("styles", "xl/styles.xml"), ("strings", "xl/sharedStrings.xml")):
        if key in more:
            parts[place] = more[key]
    return zipped(parts)


def workbook(sheets: str = '<sheet name="表" sheetId="1" r:id="rId1"/>', *, head: str = "", after: str = "") -> str:
    """A workbook's own part."""
    return f'{head}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{sheets}</sheets>{after}</workbook>'


def rels(more: str = "", target: str = "worksheets/sheet1.xml") -> str:
    """A workbook's relations."""
    first = f'<Relationship Id="rId1" Type="{RELATED}/worksheet" Target="{target}"/>'
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{first}{more}</Relationships>'


def many(text: str, times: int) -> str:
    """A text with its numbers, many times."""
    return "".join(text.replace("@", str(n)) for n in range(times))


def merges(*ranges: str) -> str:
    """Merged ranges."""
    return "<mergeCells>" + "".join(f'<mergeCell ref="{each}"/>' for each in ranges) + "</mergeCells>"


def strings(items: str, head: str = "") -> str:
    """A table of shared strings."""
    return f'{head}<sst xmlns="{MAIN}">{items}</sst>'


def lied() -> bytes:
    """A part that holds ten million characters and declares a hundred."""
    content = book(sheet(ROWS + " " * 10_000_000))
    return content.replace(struct.pack("<I", len(sheet(ROWS + " " * 10_000_000).encode())), struct.pack("<I", 100))


def twice() -> bytes:
    """Two parts of one name, a harmless one and another."""
    target = io.BytesIO(book())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/Sheet1.xml", sheet(FAR))
    return target.getvalue()


def huge() -> bytes:
    """A directory that declares parts of four gigabytes each."""
    content = bytearray(book())
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 0xFFFFFFF0)
    return bytes(content)


def old(change: Callable[[bytearray], None] | None = None, far: bool = False) -> bytes:
    """An .xls, its compound file changed somewhere."""
    made = xlwt.Workbook()
    page = made.add_sheet("表")
    for row, cells in enumerate([HEADINGS, ("梅花村", 12, 3)]):
        for column, cell in enumerate(cells):
            page.write(row, column, cell)
    if far:
        page.write(65_535, 255, 1)
    target = io.BytesIO()
    made.save(target)
    content = bytearray(target.getvalue())
    if change:
        change(content)
    return bytes(content)


def sector(content: bytearray, number: int) -> int:
    """Where a sector begins."""
    return 512 * (number + 1)


def own_sector(content: bytearray) -> None:
    """The table of sectors says of each that it follows itself."""
    (table,) = struct.unpack_from("<I", content, 76)
    for number in range(128):
        struct.pack_into("<I", content, sector(content, table) + 4 * number, number)


def own_table(content: bytearray) -> None:
    """All 109 tables of sectors are the same one."""
    (table,) = struct.unpack_from("<I", content, 76)
    struct.pack_into("<109I", content, 76, *[table] * 109)


def own_tables(content: bytearray) -> None:
    """The list of tables goes on in a sector that names itself as the next one."""
    number = (len(content) - 512) // 512
    content += struct.pack("<128I", *[number] * 128)
    struct.pack_into("<II", content, 68, number, 1)


def ring(content: bytearray) -> None:
    """The chain of the directory turns back to its beginning."""
    (table,) = struct.unpack_from("<I", content, 76)
    (directory,) = struct.unpack_from("<I", content, 48)
    struct.pack_into("<I", content, sector(content, table) + 4 * directory, directory)


def wide_sectors(content: bytearray) -> None:
    """Sectors of two gigabytes."""
    struct.pack_into("<H", content, 30, 31)


def record(content: bytearray, kind: int, told: bytes) -> None:
    """Another body for the first record of a kind."""
    at = content.index(struct.pack("<H", kind), 512)
    content[at + 4 : at + 4 + len(told)] = told


def many_strings(content: bytearray) -> None:
    """A table of strings that promises four thousand million of them."""
    at = next(
        n
        for n in range(512, len(content) - 12)
        if content[n : n + 2] == b"\xfc\0" and content[n + 4 : n + 6] != b"\0\0"
    )
    struct.pack_into("<II", content, at + 4, 0xFFFFFFFF, 0xFFFFFFFF)


def old_records(*records: tuple[int, bytes], version: int = 0x0500) -> bytes:
    """A workbook of before 1997, without a compound file."""
    head = struct.pack("<HHHHHH", 0x809, 8, version, 0x10, 0, 0)
    return head + b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records) + b"\x0a\0\0\0"


def ods(tables: str, head: str = "", more: str = "") -> bytes:
    """An open document of one table's rows."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f'{head}<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="表">{more}'
        f"{tables}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return raw_ods(content)


def raw_ods(content: Content) -> bytes:
    """An open document with any content."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": MANIFEST, "content.xml": content})


def cell(attributes: str = "", text: str = "a") -> str:
    """A cell of an open document."""
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def line(cells: str, attributes: str = "") -> str:
    """A row of an open document."""
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def binary(*records: tuple[int, bytes]) -> bytes:
    """Records of an .xlsb: kind and body, both with lengths of seven bits a byte."""
    found = bytearray()
    for kind, body in records:
        found += bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size = len(body)
        while True:
            found.append(size & 0x7F | (0x80 if size > 0x7F else 0))
            size >>= 7
            if not size:
                break
        found += body
    return bytes(found)


def wide(text: str) -> bytes:
    """A text of an .xlsb."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(part: bytes, sheets: bytes | None = None) -> bytes:
    """An .xlsb of one sheet."""
    listed = sheets if sheets is not None else binary((156, struct.pack("<II", 0, 1) + wide("rId1") + wide("表")))
    head = binary((131, b""), (143, b"")) + listed + binary((144, b""), (132, b""))
    relation = rels(target="worksheets/sheet1.bin")
    return zipped(
        {
            "xl/workbook.bin": head,
            "xl/_rels/workbook.bin.rels": relation,
            "_rels/.rels": OUTERMOST.replace(".xml", ".bin"),
            "xl/worksheets/sheet1.bin": part,
        }
    )


def xlsb_rows(*places: tuple[int, int], dimension: tuple[int, int, int, int] = (0, 1, 0, 1)) -> bytes:
    """The part of an .xlsb's sheet with numbers in some places."""
    found = [(129, b""), (148, struct.pack("<IIII", *dimension)), (145, b"")]
    for row, column in places:
        found.append((0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0)))
        found.append((5, struct.pack("<IId", column, 0, 1.0)))
    return binary(*found, (146, b""), (130, b""))


def web(rows: str) -> bytes:
    """A web page with one table."""
    return f"<html><body><table>{rows}</table></body></html>".encode()


def xml_2003(rows: str, head: str = "") -> bytes:
    """A workbook as one XML file, as of 2003."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    table = f'<Worksheet ss:Name="a"><Table>{rows}</Table></Worksheet>'
    return f'<?xml version="1.0"?>{head}<Workbook xmlns="{space}" xmlns:ss="{space}">{table}</Workbook>'.encode()


PREFIXED = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{ROWS}{FAR}</x:sheetData></x:worksheet>'
PREFIXED = (
    PREFIXED.replace("<row", "<x:row").replace("</row", "</x:row").replace("<c ", "<x:c ").replace("</c>", "</x:c>")
)
PREFIXED = (
    PREFIXED.replace("<v>", "<x:v>").replace("</v>", "</x:v>").replace("<is>", "<x:is>").replace("</is>", "</x:is>")
)
PREFIXED = PREFIXED.replace("<t>", "<x:t>").replace("</t>", "</x:t>")
LARGE, ODD, DAMAGED, FOREIGN = {"too_large"}, {"unusual_file"}, {"corrupt_file"}, {"unsupported_format"}
SLOW, MERGED, READ = {"too_slow"}, {"too_many_merged"}, {"read"}
ANY_TRUE = LARGE | SLOW | DAMAGED

BOOKS: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    # .xlsx: one far cell, written in every way
    "far": (lambda: book(sheet(ROWS + FAR)), LARGE),
    "far, single quotes": (lambda: book(sheet((ROWS + FAR).replace('"', "'"))), LARGE),
    "far, prefixed": (lambda: book(PREFIXED), LARGE),
    "far, other order": (lambda: book(sheet(ROWS + '<row r="3"><c t="n" r="XFD1048576"><v>1</v></c></row>')), LARGE),
    "far, on two lines": (lambda: book(sheet(ROWS + FAR.replace("<c ", "<c\n"))), LARGE),
    "far, spaced": (lambda: book(sheet(ROWS + FAR.replace('r="X', 'r = "X'))), LARGE),
    "far, small letters": (lambda: book(sheet(ROWS + FAR.replace("XFD", "xfd"))), LARGE | DAMAGED),
    "far, as a number": (lambda: book(sheet(ROWS + FAR.replace("XFD", "&#88;FD"))), LARGE | DAMAGED),
    "far, no address": (
        lambda: book(sheet('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>')),
        LARGE | DAMAGED,
    ),
    "far, in capitals": (lambda: book(sheet(ROWS + FAR), sheet_name="XL/WORKSHEETS/SHEET1.XML"), LARGE),
    "far, backslashes": (lambda: book(sheet(ROWS + FAR), sheet_name="xl\\worksheets\\sheet1.xml"), LARGE),
    "far, absolute": (lambda: book(sheet(ROWS + FAR), rels=rels(target="/xl/worksheets/sheet1.xml")), LARGE),
    "far, a formula": (
        lambda: book(sheet(ROWS + many('<row r="1@"><c r="XFD10@"><f>A1</f></c></row>', 9))),
        READ | LARGE,
    ),
    "far rows without results": (
        lambda: book(sheet(ROWS + many('<row><c r="XFD10@00"><f>A1</f></c></row>', 900))),
        LARGE,
    ),
    # .xlsx: markup
    "laughs in the sheet": (lambda: book(sheet(ROWS.replace("梅花村", "&a9;"), head=LAUGHS)), ODD),
    "laughs in the strings": (lambda: book(strings=strings("<si><t>&a9;</t></si>", LAUGHS)), ODD),
    "laughs in the workbook": (lambda: book(workbook=workbook(head=LAUGHS)), ODD),
    "laughs in the styles": (lambda: book(styles=f"{LAUGHS}<styleSheet/>"), ODD),
    "another file's content": (
        lambda: book(
            sheet(ROWS.replace("梅花村", "&a;"), head='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')
        ),
        ODD,
    ),
    "UTF-16": (lambda: book(sheet().encode("utf-16")), ODD),
    "declared GBK": (lambda: book(sheet(head='<?xml version="1.0" encoding="GBK"?>').encode("gbk")), ODD),
    "deep": (lambda: book(sheet(ROWS.replace("<is>", "<is>" + "<a>" * 200_000, 1))), READ | DAMAGED | LARGE),
    "broken markup": (lambda: book(sheet(ROWS + "<row><c r='A3'><v>1</row>")), DAMAGED),
    # .xlsx: too much of something
    "a thousand sheets": (
        lambda: book(workbook=workbook(many('<sheet name="s@" sheetId="@" r:id="rId1"/>', 1_000))),
        LARGE,
    ),
    "two sheets of one name": (
        lambda: book(workbook=workbook('<sheet name="表" sheetId="1" r:id="rId1"/>' * 2)),
        ODD,
    ),
    "names": (
        lambda: book(
            workbook=workbook(after="<definedNames>" + many('<definedName name="n@">表!$A$1</definedName>', 200_000))
        ),
        LARGE,
    ),
    "relations": (lambda: book(rels=rels(many('<Relationship Id="x@" Target="a@"/>', 200_000))), LARGE),
    "styles": (
        lambda: book(styles=f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 1_000_000}</cellXfs></styleSheet>'),
        READ | LARGE,
    ),
    "blank strings": (lambda: book(strings=strings("<si/>" * 3_900_000)), READ | ANY_TRUE),
    "one long text": (lambda: book(sheet(ROWS.replace("梅花村", "a" * 19_000_000))), LARGE | DAMAGED),
    "merged rows": (
        lambda: book(sheet(ROWS + '<row r="90000"><c r="C90000"><v>1</v></c></row>', after=merges("A1:C90000"))),
        MERGED,
    ),
    "merged again and again": (lambda: book(sheet(after=merges(*["A1:C2"] * 60_000))), MERGED),
    "merged sheet": (lambda: book(sheet(after=merges("A1:XFD1048576"))), READ),
    "hidden columns": (
        lambda: book(sheet(before='<cols><col min="1" max="999999999" hidden="1"/></cols>')),
        READ | DAMAGED,
    ),
    "a row beyond all rows": (
        lambda: book(sheet(ROWS + '<row r="4294967295" hidden="1"><c r="A4294967295"><v>1</v></c></row>')),
        ANY_TRUE | READ,
    ),
    "filled to the brim": (
        lambda: book(sheet(many('<row r="1@">' + "<c><v>1</v></c>" * 9_000 + "</row>", 90))),
        LARGE,
    ),
    # the zip
    "more than declared": (lied, DAMAGED),
    "a part twice": (twice, ODD),
    "four gigabytes declared": (huge, LARGE | DAMAGED),
    "ten thousand parts": (lambda: zipped({f"xl/a{n}": "" for n in range(10_000)}), LARGE),
    "no directory": (lambda: book()[:-40], DAMAGED),
    "bzip2": (
        lambda: zipped({"xl/workbook.xml": workbook(), "xl/worksheets/sheet1.xml": sheet()}, zipfile.ZIP_BZIP2),
        DAMAGED,
    ),
    # .xlsb
    "xlsb, far": (lambda: xlsb(xlsb_rows((0, 0), (1_048_575, 16_383), dimension=(0, 1_048_575, 0, 16_383))), LARGE),
    "xlsb, far, undeclared": (lambda: xlsb(xlsb_rows((0, 0), (4_000_000_000, 4_000_000_000))), READ | ANY_TRUE),
    "xlsb, declared far": (
        lambda: xlsb(xlsb_rows((0, 0), dimension=(0, 4_294_967_294, 0, 4_294_967_294))),
        ANY_TRUE | READ,
    ),
    "xlsb, endless record": (lambda: xlsb(b"\x81\x01" + b"\xff" * 4 + b"\x7f"), ANY_TRUE),
    "xlsb, no sheet": (lambda: xlsb(b"", b""), READ | DAMAGED | {"empty_file"}),
    # .xls
    "xls, a sector after itself": (lambda: old(own_sector), DAMAGED),
    "xls, one table for all": (lambda: old(own_table), DAMAGED),
    "xls, a table that names itself": (lambda: old(own_tables), DAMAGED),
    "xls, a ring": (lambda: old(ring), DAMAGED),
    "xls, sectors of gigabytes": (lambda: old(wide_sectors), DAMAGED),
    "xls, far": (lambda: old(far=True), LARGE),
    "xls, strings promised": (lambda: old(many_strings), ANY_TRUE | READ),
    "xls of 1995, far": (
        lambda: old_records((0x203, struct.pack("<HHHd", 65_535, 65_535, 0, 1.0))),
        ANY_TRUE | READ,
    ),
    "xls of 1992, nothing": (lambda: old_records(version=0x0400), ANY_TRUE | READ),
    "xls of 1995, a record without end": (lambda: old_records((0x203, b""))[:-2] + b"\xff\xff", ANY_TRUE | READ),
    # .ods
    "ods, rows again": (
        lambda: ods(line(cell('table:number-columns-repeated="1000"'), 'table:number-rows-repeated="1000000"')),
        LARGE,
    ),
    "ods, again without bound": (lambda: ods(line(cell(), f'table:number-rows-repeated="{"9" * 30}"')), LARGE),
    "ods, rows that never end": (lambda: raw_ods("<table:table-row " * 200_000), DAMAGED),
    "ods, rows within rows": (
        lambda: raw_ods('<a xmlns:table="t">' + "<table:table-row>" * 200_000),
        DAMAGED,
    ),
    "ods, spans": (
        lambda: ods(line(cell('table:number-columns-spanned="16000" table:number-rows-spanned="1000000"') * 3) * 3),
        READ | MERGED,
    ),
    "ods, hidden rows": (
        lambda: ods(
            line(cell(text="a")) + line("", 'table:visibility="collapse" table:number-rows-repeated="1048575"')
        ),
        READ,
    ),
    "ods, errors": (
        lambda: ods(
            line(
                cell('table:formula="a" table:number-columns-repeated="5"', "#REF!"),
                'table:number-rows-repeated="1000000"',
            )
        ),
        LARGE,
    ),
    "ods, laughs": (lambda: ods(line(cell(text="&a9;")), head=LAUGHS), ODD),
    # text and web pages
    "csv, commas": (lambda: b"a" + b"," * 9_000_000, DAMAGED | LARGE),
    "csv, a quote left open": (lambda: '村名,总收入\n"'.encode() + b"a,\n" * 3_000_000, {"bad_line"} | LARGE),
    "csv, blank lines": (lambda: "村名,总收入".encode() + b"\n" * 9_000_000, LARGE | READ),
    "csv, NUL": (lambda: "村名,总收入\n梅花村\0,1".encode(), FOREIGN),
    "web, spans": (lambda: web('<tr><td colspan="16000">a</td></tr>' * 5_000), LARGE),
    "web, rows spanned": (
        lambda: web(('<td rowspan="16000" colspan="60">a</td>' * 200 + "<tr>") * 300),
        LARGE | READ | FOREIGN,
    ),
    "web, tables within tables": (lambda: web("<tr><td><table>" * 100_000), ANY_TRUE | READ | FOREIGN),
    "web, names": (lambda: b"<html>" + b"<x:Name>" * 1_000_000 + web("<tr><td>a</td></tr>"), ANY_TRUE | READ | FOREIGN),
    "web, a page of laughs": (lambda: LAUGHS.encode() + web("<tr><td>&a9;</td></tr>"), READ | FOREIGN),
    "xml 2003, laughs": (lambda: xml_2003("<Row><Cell><Data>&a9;</Data></Cell></Row>", LAUGHS), FOREIGN | ODD | READ),
    "xml 2003, far": (lambda: xml_2003('<Row ss:Index="1048576"><Cell ss:Index="16384"/></Row>'), FOREIGN | LARGE),
    # .xlsm
    "xlsm, far": (
        lambda: zipped(
            {
                "_rels/.rels": OUTERMOST,
                "xl/workbook.xml": workbook(),
                "xl/_rels/workbook.xml.rels": rels(),
                "xl/worksheets/sheet1.xml": sheet(ROWS + FAR.replace('"', "'")),
                "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600,
            }
        ),
        LARGE,
    ),
    "xlsm, a macro of nonsense": (
        lambda: zipped(
            {
                "_rels/.rels": OUTERMOST,
                "xl/workbook.xml": workbook(),
                "xl/_rels/workbook.xml.rels": rels(),
                "xl/worksheets/sheet1.xml": sheet(),
                "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600,
            }
        ),
        READ | DAMAGED,
    ),
}
