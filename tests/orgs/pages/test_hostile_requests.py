"""Requests that no browser of ours sends, each once found to end in an error or near to it: none is a 500."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from config.wsgi import application
from orgs.models import Organisation
from orgs.pages import requested
from records.cleaning import clean, clean_all
from tests.cast import Cast

pytestmark = pytest.mark.slow

NOT_NUMBERS = [
    "²",
    "①",
    "½",
    "9" * 25,
    "9" * 5000,
    "-1",
    "1.5",
    "1e5",
    "",
    "x",
    "\0",
    "石",
    "1_0",
    " ",
    "+1",
    None,
    [1],
]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_key_is_none(text: object) -> None:
    assert requested.key(text) is None
    assert requested.number(text) is None
    assert requested.year(text, 2026) == 2026
    assert requested.keys([text, "7", " 8 ", "９"]) == [7, 8, 9]


@pytest.mark.parametrize(
    "text", ["2026-W99", "2026-13", "2026-W00", "0000", "0001-W01", "9999-12", "2926", "", "x", "2026-Q5"]
)
def test_what_is_no_period_is_none(text: str) -> None:
    assert requested.period(text) is None


@pytest.mark.parametrize("text", ["2026-02-30", "0026-12-31", "9999-12-31", "", "x", "18.11.2026", "²"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert requested.day(text) is None
    assert requested.day("2026-11-18") == datetime.date(2026, 11, 18)


@pytest.mark.parametrize("text", ["[", "", "[" * 100_000, "{" * 5, '{"a":' * 50_000, "9" * 5000, "\0"])
def test_what_is_no_json_is_none(text: str) -> None:
    assert requested.structure(text) is None


def test_unseen_characters_are_taken_out_and_line_breaks_of_a_word_processor_kept() -> None:
    assert clean("石\0岭\ud800\x07村\ufffe") == "石岭村"
    assert clean("一\x0b二\r\n三\t四") == "一\n二\r\n三\t四"
    assert clean("😀👩\u200d🌾") == "😀👩\u200d🌾"
    assert requested.structure('{"1": ["\\ud800a\\u0000", 2, null]}') == {"1": ["a", 2, None]}
    assert clean_all({"\0a": ["\x1f"]}) == {"a": [""]}


@pytest.fixture
def office(signed_in: Callable[[str], Client]) -> Client:
    return signed_in("office")


PATHS = [
    f"/organisations/{'9' * 25}/",
    f"/organisations/{'9' * 19}/edit/",
    f"/tasks/{'9' * 5000}/",
    "/organisations/%C2%B2/",
    f"/history/orgs.organisation/{'9' * 25}/",
    "/history/%00/1/",
    "/settings/%00/reset/",
    "/ledgers/%ED%A0%80/",
    "/%FF/",
    "/%00",
    f"/messages/1/go/{'9' * 25}/",
    "/organisations/-1/",
    "/static/%00",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_none_is_not_found(path: str, method: str, office: Client) -> None:
    assert getattr(office, method)(path).status_code in {400, 403, 404}


QUERIES = [
    ("organisations", "open=%C2%B2"),
    ("organisations", "open=" + "9" * 25),
    ("organisations", "page=" + "9" * 25),
    ("organisations", "q=%00"),
    ("organisations", "below=" + "9" * 25),
    ("organisation_totals", "below=%C2%B2"),
    ("rows", "task=%C2%B2"),
    ("rows", "township=" + "9" * 25),
    ("rows", "period=2026-W99"),
    ("rows", "q=%ED%A0%80"),
    ("week", "week=2026-W99"),
    ("week", "week=9999-W52"),
    ("board", "programme=" + "9" * 5000),
    ("board", "period=2026-13"),
    ("tasks", "theme=" + "9" * 25),
    ("problems", "year=" + "9" * 25),
    ("problems", "township=%C2%B2"),
    ("orders", "township=%C2%B2"),
    ("verification", "township=" + "9" * 25),
    ("extensions", "township=%C2%B2"),
    ("ledger_boards", "year=%C2%B2"),
    ("deliveries", "day=0000-00-00"),
    ("call_list", "township=" + "9" * 25),
    ("responsibility", "organisation=" + "9" * 25),
    ("responsibility", "on=9999-12-31"),
    ("superior_tables", "period=" + "9" * 25),
    ("ledger_imports", "ledger=%00&ledger=%00"),
    ("blocker_new", "assignment=%C2%B2"),
    ("task_new", "theme=" + "9" * 25),
    ("workdays", "year=%C2%B2"),
]


@pytest.mark.parametrize(("name", "query"), QUERIES, ids=lambda value: str(value)[:24])
def test_a_query_that_makes_no_sense_is_no_error(name: str, query: str, office: Client) -> None:
    assert office.get(f"{reverse(name)}?{query}&no-such-name=1").status_code in {200, 403, 404}


@pytest.mark.parametrize(
    "cookie", ['sessionid="\\000abcdefgh"', "sessionid=" + "x" * 4000, 'django_language="\\000"', "messages=["]
)
def test_a_cookie_that_is_none_signs_nobody_in(cookie: str, db: None) -> None:
    answer = Client().get(reverse("week"), HTTP_COOKIE=cookie)
    assert answer.status_code == 302


FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="reason"\r\n\r\nzz\r\n--x--\r\n'
BODIES = [
    (f"{FORM}; charset=gbk", b"a=%CA%AF"),
    (f"{FORM}; charset=no-such", b"a=1"),
    ("multipart/form-data; boundary=x; charset=unicode_escape", PART),
    ("multipart/form-data", b"--x"),
    (FORM, b"&".join(b"f%d=1" % n for n in range(20_100))),
    (FORM, b"a=" + b"x" * 2_700_000),
]


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=lambda value: str(value)[:50])
def test_a_body_that_is_none_is_a_bad_request(kind: str, body: bytes, office: Client) -> None:
    url = f"{reverse('problem_new')}?year=2026"
    assert office.generic("POST", url, body, kind).status_code == 400


UNFINISHED = [
    b"--x\r\nnothing",
    b"--x\r\nContent-Disposition: form-data; name*=zz''a\r\n\r\n1\r\n--x--\r\n",
    b"\xff",
    b"",
]


@pytest.mark.parametrize("body", UNFINISHED, ids=str)
def test_a_body_that_says_nothing_is_a_form_not_sent(body: bytes, office: Client) -> None:
    kind = "multipart/form-data; boundary=x"
    assert office.generic("POST", reverse("problem_new"), body, kind).status_code in {200, 400, 422}


@pytest.mark.parametrize(
    "charset", ["hex", "rot13", "idna", "punycode", "undefined", "gbk", "no-such", "utf-16", "\xff", "'"]
)
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "text/plain"])
def test_a_charset_of_no_page_of_ours_is_refused_by_the_server(charset: str, kind: str, db: None) -> None:
    environ = RequestFactory()._base_environ(
        REQUEST_METHOD="POST",
        PATH_INFO="/sign-in/",
        QUERY_STRING="a=%E7%9F%B3",
        CONTENT_TYPE=f"{kind}; charset={charset}",
    )
    said: list[str] = []
    b"".join(application(environ, lambda status, _headers, _fault=None: said.append(status)))
    assert said == ["400 Bad Request"]


@pytest.mark.parametrize(
    "next_page", ["长", "'", "//evil.example", "week", "http://[", "/" + "x" * 5000, "javascript:1"]
)
def test_the_page_to_go_on_to_is_one_of_ours(next_page: str, office: Client) -> None:
    answer = office.post(reverse("language"), {"language": "en", "next": next_page})
    assert (answer.status_code, answer.url) == (302, "/")


@pytest.mark.parametrize("text", ["柳\0湾", "柳\x1f湾", "柳湾\ufffe", "柳\x7f湾"])
def test_a_form_keeps_what_was_typed_without_what_is_never_seen(text: str, office: Client, cast: Cast) -> None:
    village = cast.places["liuwan"]
    form = {"short_name": text, "party_form": village.party_form, "version": village.seen}
    assert office.post(reverse("organisation_edit", args=[village.pk]), form).status_code == 302
    assert Organisation.objects.get(pk=village.pk).short_name == "柳湾"


@pytest.mark.parametrize("keys", [["9" * 25], ["²"], ["-1"], ["1", "9" * 5000]])
def test_a_key_among_several_that_no_database_holds_is_unknown(keys: list[str], office: Client, cast: Cast) -> None:
    assert office.post(reverse("task_new"), {"title": "任务", "leads": keys, "version": "0"}).status_code == 422


@pytest.mark.parametrize(
    "carried", ["q=%00", "q=%ED%A0%80", "task=%C2%B2", "period=2026-W99", "stage=%00&township=" + "9" * 25]
)
def test_a_filter_that_a_form_carries_is_read_like_an_address(carried: str, office: Client) -> None:
    assert requested.query("q=%00a")["q"] == "a"
    form = {"all": "yes", "filter": carried, "sure": "yes", "reason": "重复"}
    assert office.post(reverse("rows_change", args=["withdraw"]), form).status_code in {200, 302, 422}


@pytest.mark.parametrize("month", ["2026-W99", "2026-13", "9999-12", "2026", "2026-Q3", "²", "0001-01"])
def test_a_sample_is_drawn_of_a_month(month: str, office: Client) -> None:
    assert office.post(reverse("samples"), {"month": month, "size": "3"}).status_code == 422


@pytest.mark.parametrize("address", ["x", "1.2.3", "²", "::ffff:1.2.3.4%eth0", "9" * 5000])
def test_a_lock_of_no_address_is_no_longer_there(address: str, signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("secadmin").post(reverse("unlock"), {"username": "hekou", "address": address})
    assert answer.status_code == 302
