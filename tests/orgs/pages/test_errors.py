"""Error pages: in Chinese, saying what to do next, and standing even when the database does not."""

import pytest
from django.test import Client, RequestFactory

from orgs.pages import errors
from records.middleware import request_id
from tests.cast import Cast


def test_a_missing_page_says_where_to_go(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["hekou"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "这里没有这个页面" in answer.content.decode()


def test_a_refusal_begins_with_its_reason(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["hekou"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/people/")
    assert answer.status_code == 403
    assert "系统管理员" in answer.content.decode()


def test_a_fault_is_told_without_the_database(rf: RequestFactory, django_db_blocker: pytest.FixtureRequest) -> None:
    token = request_id.set("abc123")
    try:
        answer = errors.server_error(rf.get("/board/"))
    finally:
        request_id.reset(token)
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出了问题" in page
    assert "abc123" in page


@pytest.mark.django_db
def test_a_real_fault_shows_the_id_its_log_line_has(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("planted")

    client.raise_request_exception = False
    monkeypatch.setattr("orgs.sign_in.views.SignIn.get", fail)
    answer = client.get("/sign-in/")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
