"""One drawn fault in one request: path, query, field, file, header, cookie, method or body."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import quote

LONG = 5000
TEXTS = [
    "\0",
    "石\0岭",
    "\x0b",
    "\x1f",
    "\x7f",
    "\ufffe",
    "\ud800",
    "石\udc00岭",
    "😀" * 200,
    "\u202e岭",
    "长" * 256,
    "x" * 300,
    "长" * LONG,
    "9" * 25,
    "9" * 19,
    "9" * 18,
    "9" * LONG,
    "99999999999999999999",
    "9223372036854775808",
    "2147483648",
    "32768",
    "-1",
    "-9223372036854775809",
    "0",
    "²",
    "①",
    "½",
    "Ⅷ",
    "٣",
    "９",
    "1_000",
    "0x10",
    "1e5",
    "1e400",
    "1e999999999",
    "-1e-999999",
    "NaN",
    "Infinity",
    "-0",
    "1.5",
    "1,2",
    ",",
    "1:2",
    "²:²",
    "1:" + "9" * 25,
    "a:b",
    " ",
    "",
    "%",
    "_",
    "\\",
    "'",
    '"',
    "<b>",
    "=1+1",
    "../../etc",
    "on",
    "null",
    "[]",
    "{}",
    "[1]",
    '{"a": 1}',
    '"\\ud800"',
    '[["\\ud800\\u0000", 1]]',
    '{"1": {"c-1": "\\ud800", "note": "\\u0000"}}',
    '{"%s": {"c-1": "1"}}' % ("9" * 25),
    "[" * 3000,
    "9" * 400 + ".5",
    "2026-W99",
    "2026-W00",
    "2026-13",
    "2026-00",
    "2026-Q5",
    "0000",
    "0000-01",
    "0001-W01",
    "9999",
    "9999-12",
    "9999-W52",
    "2926",
    "1000-01",
    "9999-12-31",
    "0026-12-31",
    "2926-01-01",
    "0001-01-01",
    "2026-02-30",
    "2026-00-00",
    "10000-01-01",
    "2026-11-18T00:00",
    "20261118",
    "2026/11/18",
    "+1",
    "１２",
    "yes",
    "true",
    "all",
    "c1-A",
    "__class__",
    "id__in",
]
NAMES = [
    "page",
    "q",
    "year",
    "period",
    "week",
    "month",
    "day",
    "township",
    "organisation",
    "organisation_text",
    "programme",
    "theme",
    "task",
    "status",
    "light",
    "figure",
    "stage",
    "sort",
    "state",
    "kind",
    "before",
    "open",
    "from",
    "below",
    "village",
    "assignment",
    "unit",
    "whose",
    "missing",
    "source",
    "to",
    "catalogue",
    "next",
    "show",
    "columns",
    "copy",
    "group",
    "ledger",
    "duty",
    "on",
    "as",
    "size",
    "rows",
    "part",
    "reach",
    "kinds",
    "mine",
    "answered",
    "view",
    "role",
    "all",
    "color",
    "class",
    "village_class",
    "without",
    "party_form",
    "number",
    "chosen",
    "filter",
    "seen",
    "version",
    "action",
    "places",
    "tasks",
    "block",
    "place",
    "column",
    "text",
    "step",
    "sure",
    "returns",
    "does",
    "lines",
    "c-1",
    "was-1",
    "ms-total",
    "ms-0-before",
    "form-TOTAL_FORMS",
    "about",
]
HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": ["zz-ZZ;q=abc", "x" * 9000, ",;q=,", "zh-hans\0"],
    "HTTP_REFERER": [
        "http://[",
        "//",
        "javascript:1",
        "http://testserver/\ud800".encode("utf-8", "replace").decode(),
        "x" * 3000,
    ],
    "HTTP_HX_CURRENT_URL": ["http://[::1", "http://testserver/" + "长" * 900, "\0"],
    "HTTP_HX_REQUEST": ["true", "\0", "false"],
    "HTTP_HX_TARGET": ["shape", "\xff", "x" * 300],
    "HTTP_X_FORWARDED_FOR": ["no address", "1.2.3.4, " * 500, "::ffff:1.2.3.4%eth0"],
    "HTTP_ACCEPT": ["application/json", "*/*;q=x", "\0"],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Mon, 99 Foo 99999 99:99:99 GMT"],
    "HTTP_IF_NONE_MATCH": ['"', "W/", "x" * 5000],
    "HTTP_RANGE": ["bytes=99999999999999999999-", "bytes=-", "x"],
    "HTTP_USER_AGENT": ["x" * 5000, "\0", "ÿ"],
    "HTTP_X_REQUESTED_WITH": ["XMLHttpRequest"],
    "HTTP_HOST": ["[", "a b", "testserver:port", "x" * 300],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "HTTP_HX_PROMPT": ["%ED%A0%80", "x" * 2000],
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ["true"],
}
COOKIES = ["sessionid", "csrftoken", "django_language", "messages", "mine", "grid_whose", "x"]
COOKIE_TEXTS = [
    "",
    "x",
    '"\\000abcdefgh"',
    '"\\355\\240\\200abcdefgh"',
    "x" * 4000,
    "en",
    "zz",
    '["__json_message"',
    "ÿ" * 40,
    "9" * 25,
]
BODIES = [
    ("application/json", b'{"a": "\\ud800"}'),
    ("application/json", b"["),
    ("text/xml", b"<a/>"),
    ("", b"a=1"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=", b"--x"),
    ("multipart/form-data; boundary=x", b""),
    ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x\r\n"),
    ("multipart/form-data; boundary=\xff", b"--x\r\n"),
    (
        "multipart/form-data; boundary=x; charset=utf-7",
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nzz\r\n--x--\r\n',
    ),
    (
        "multipart/form-data; boundary=x; charset=idna",
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--x--\r\n',
    ),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name*=zz''a\r\n\r\n1\r\n--x--\r\n"),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=file; filename*=zz''a.xlsx\r\n\r\n1\r\n--x--\r\n",
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: \xff/\x00\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n@@@\r\n--x--\r\n",
    ),
    ("application/x-www-form-urlencoded; charset=gbk", b"text=%CA%AF"),
    ("application/x-www-form-urlencoded; charset=\xff", b"a=1"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(20_100))),
    ("application/x-www-form-urlencoded", b"a=" + b"x" * 2_700_000),
    ("application/x-www-form-urlencoded", b"%&%=%&=&\xff=\xfe"),
    ("application/x-www-form-urlencoded", b"text=%ED%A0%80&text=%00&text=%FF"),
]
FILES = [
    ("a.xlsx", b""),
    ("a.xlsx", b"PK\x03\x04"),
    ("长" * 300 + ".xlsx", b"PK\x03\x04" + b"\0" * 50),
    ("石\0岭.xlsx", b"x"),
    ("..", b"x"),
    ("", b"x"),
    ("a", b"\x89PNG\r\n\x1a\n" + b"\0" * 32),
    ("x" * 251 + ".png", b"\x89PNG\r\n\x1a\n" + b"\0" * 32),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ("a.csv", "石岭,\0\ud800".encode("utf-8", "surrogatepass")),
    ("a.ods", b"PK\x05\x06" + b"\0" * 18),
    ("a.pdf", b"%PDF-1.4"),
    ("😀.csv", "名称,数\n石岭,²\n".encode()),
]
METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]


@dataclass(frozen=True)
class Sent:
    """A request as it is sent; ``fault`` says in words what is wrong with it."""

    path: str
    method: str = "get"
    query: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    body: tuple[str, bytes] | None = None
    fault: str = ""

    @property
    def url(self) -> str:
        """Path and query, percent-encoded whatever they hold."""
        return f"{self.path}?{encoded(self.query)}" if self.query else self.path


def encoded(pairs: tuple[tuple[str, str], ...]) -> str:
    """Fields as a form sends them; half surrogates too."""
    return "&".join(
        f"{quote(name, '', errors='surrogatepass')}={quote(text, '', errors='surrogatepass')}" for name, text in pairs
    )


def _in_path(sent: Sent, chance: random.Random) -> Sent:
    steps = sent.path.split("/")
    places = [at for at, step in enumerate(steps) if step]
    if not places:
        return replace(sent, path="/" + quote(chance.choice(TEXTS), "", errors="surrogatepass"), fault="path")
    numbers = [at for at in places if steps[at].isdigit()]
    at, text = chance.choice(numbers or places), chance.choice(TEXTS)
    steps[at] = quote(text, "", errors="surrogatepass")
    return replace(sent, path="/".join(steps), fault=f"path {at}: {text[:40]!r}")


def _in_query(sent: Sent, chance: random.Random) -> Sent:
    known = [name for name, _text in (sent.query or (() if sent.method == "post" else sent.fields))]
    names = (
        chance.sample(known or NAMES, 1)
        if known and chance.random() < 0.5
        else chance.sample(NAMES, chance.choice([1, 1, 3]))
    )
    pairs = tuple((name, chance.choice(TEXTS)) for name in names for _again in range(chance.choice([1, 1, 2])))
    return replace(sent, query=sent.query + pairs, fault=f"query {[(n, t[:40]) for n, t in pairs]!r}")


def _in_field(sent: Sent, chance: random.Random) -> Sent:
    fields, text = list(sent.fields), chance.choice(TEXTS)
    if not fields:
        fields = [(chance.choice(NAMES), text)]
        return replace(sent, method="post", fields=tuple(fields), fault=f"field {fields[0][0]}: {text[:40]!r}")
    at = chance.randrange(len(fields))
    name = fields[at][0]
    way = chance.choice(["replace"] * 6 + ["repeat", "drop", "extra", "all"])
    if way == "drop":
        del fields[at]
    elif way == "replace":
        fields[at] = (name, text)
    elif way == "all":
        fields = [(each, text) for each, _was in fields]
    else:
        fields.append((name if way == "repeat" else chance.choice(NAMES), text))
    return replace(sent, method="post", fields=tuple(fields), fault=f"{way} field {name}: {text[:40]!r}")


def _in_file(sent: Sent, chance: random.Random) -> Sent:
    name = sent.files[0][0] if sent.files else chance.choice(["file", "files", "uploads", "workbook"])
    called, content = chance.choice(FILES)
    return replace(sent, method="post", files=((name, called, content),), fault=f"file {name}: {called[:40]!r}")


def _in_header(sent: Sent, chance: random.Random) -> Sent:
    name = chance.choice(list(HEADERS))
    text = chance.choice(HEADERS[name])
    return replace(sent, headers={name: text}, fault=f"{name}: {text[:40]!r}")


def _in_cookie(sent: Sent, chance: random.Random) -> Sent:
    name, text = chance.choice(COOKIES), chance.choice(COOKIE_TEXTS)
    return replace(sent, cookies={name: text}, fault=f"cookie {name}: {text[:40]!r}")


def _in_body(sent: Sent, chance: random.Random) -> Sent:
    kind, content = chance.choice(BODIES)
    return replace(sent, method="post", body=(kind, content), fault=f"body {kind[:60]}: {content[:40]!r}")


def _in_method(sent: Sent, chance: random.Random) -> Sent:
    method = chance.choice(METHODS)
    return replace(sent, method=method, fault=f"method {method}")


_WAYS: list[Callable[[Sent, random.Random], Sent]] = [
    *[_in_path] * 2,
    *[_in_query] * 4,
    *[_in_field] * 8,
    _in_file,
    _in_header,
    _in_cookie,
    _in_body,
    _in_method,
]


def draw(sent: Sent, chance: random.Random) -> Sent:
    """The request with one drawn fault."""
    return chance.choice(_WAYS)(sent, chance)
