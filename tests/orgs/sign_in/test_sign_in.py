"""Signing in: the page, the lock by user and address, one-time codes, expiry, language."""

import datetime
from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dates import clock
from orgs.models import ActivationCode, Post, User
from orgs.people import actions as people
from records.models import Change, Event
from tests.cast import PASSWORD, TODAY, Cast

SIGN_IN = "/sign-in/"
GOOD = "sorrel-lantern-81"


def sign_in(username: str, password: str, address: str = "10.0.0.1", client: Client | None = None, **more: str):
    """Send the sign-in form."""
    return (client or Client()).post(
        SIGN_IN, {"username": username, "password": password, **more}, REMOTE_ADDR=address, HTTP_USER_AGENT="tests"
    )


def test_the_right_password_leads_to_the_first_page(cast: Cast) -> None:
    client = Client()
    response = sign_in("hekou", PASSWORD, client=client)
    assert (response.status_code, response.url) == (302, "/")
    assert client.get("/").status_code == 302
    assert (
        Event.objects.filter(kind="sign_in", result="done", user=cast.people["hekou"], address="10.0.0.1").count() == 1
    )
    assert Event.objects.count() == 1


def test_the_session_is_another_one_after_signing_in(cast: Cast) -> None:
    client = Client()
    session = client.session
    session["kept"] = "by the attacker"
    session.save()
    before = session.session_key
    sign_in("hekou", PASSWORD, client=client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_wrong_password_says_how_many_tries_are_left(cast: Cast) -> None:
    response = sign_in("hekou", "wrong")
    assert response.status_code == 422
    assert "4" in str(response.context["form"].non_field_errors())
    event = Event.objects.get()
    assert (event.kind, event.result, event.username, event.user) == ("sign_in", "failed", "hekou", None)


def test_five_wrong_passwords_lock_this_user_at_this_address_only(cast: Cast) -> None:
    for _try in range(4):
        assert sign_in("hekou", "wrong").status_code == 422
    fifth = sign_in("hekou", "wrong")
    assert fifth.status_code == 429
    assert fifth.context["minutes"] == 15
    assert "hekou" in fifth.content.decode()
    assert sign_in("hekou", PASSWORD).status_code == 429
    assert sign_in("jinling", PASSWORD).status_code == 302
    assert sign_in("hekou", PASSWORD, address="10.0.0.2").status_code == 302
    assert sign_in("hekou", PASSWORD).status_code == 429
    assert list(Event.objects.filter(username="hekou", address="10.0.0.1").values_list("result", flat=True)) == [
        "denied",
        "denied",
        "denied",
        *["failed"] * 4,
    ]


def test_another_browser_at_the_address_does_not_help(cast: Cast) -> None:
    for number in range(5):
        Client().post(SIGN_IN, {"username": "hekou", "password": "x"}, HTTP_USER_AGENT=f"browser {number}")
    assert Client().post(SIGN_IN, {"username": "hekou", "password": PASSWORD}, HTTP_USER_AGENT="new").status_code == 429


def test_the_lock_ends_by_itself_and_trying_meanwhile_does_not_prolong_it(cast: Cast) -> None:
    for _try in range(5):
        sign_in("hekou", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - datetime.timedelta(minutes=14, seconds=10))
    waiting = sign_in("hekou", PASSWORD)
    assert (waiting.status_code, waiting.context["minutes"]) == (429, 1)
    AccessAttempt.objects.update(attempt_time=timezone.now() - datetime.timedelta(minutes=15, seconds=1))
    assert sign_in("hekou", PASSWORD).status_code == 302


def test_behind_our_own_proxy_the_lock_counts_the_address_it_saw(cast: Cast, settings) -> None:
    settings.PROXY_COUNT = 1

    def attempt(forwarded: str, password: str) -> int:
        return (
            Client()
            .post(SIGN_IN, {"username": "hekou", "password": password}, HTTP_X_FORWARDED_FOR=forwarded)
            .status_code
        )

    for number in range(5):
        attempt(f"1.2.3.{number}, 10.0.0.7", "wrong")  # what the browser claims itself does not count
    assert attempt("9.9.9.9, 10.0.0.7", PASSWORD) == 429
    assert attempt("10.0.0.8", PASSWORD) == 302


def test_a_closed_account_cannot_sign_in_and_is_signed_out_at_once(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("hekou")
    assert client.get("/password/").status_code == 200
    people.set_active(cast.people["hekou"], False, by=cast.actor("sysadmin"))
    assert client.get("/password/").status_code == 302
    assert sign_in("hekou", PASSWORD).status_code == 422


def test_after_expiry_one_comes_back_to_the_page_left(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("hekou")
    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    away = client.get("/password/?a=1")
    assert away.url == "/sign-in/?next=%2Fpassword%2F%3Fa%3D1"
    assert sign_in("hekou", PASSWORD, next="/password/?a=1").url == "/password/?a=1"


def test_what_a_form_sent_after_expiry_is_said_to_be_lost_and_leads_back_to_the_form(cast: Cast) -> None:
    response = Client().post("/password/", {"old_password": "x"}, HTTP_REFERER="http://testserver/password/?from=menu")
    assert "lost=1" in response.url
    page = Client().get(response.url)
    assert page.context["lost"]
    assert page.context["next"] == "http://testserver/password/?from=menu"
    foreign = Client().post("/password/", {}, HTTP_REFERER="http://elsewhere.example/x")
    assert "next=%2F&" in foreign.url or "next=/&" in foreign.url


def test_a_fragment_sends_the_whole_page_to_the_sign_in_page(cast: Cast) -> None:
    response = Client().get("/password/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/week/"})
    assert response.status_code == 200
    assert response["HX-Redirect"].startswith("/sign-in/?next=http%3A%2F%2Ftestserver%2Fweek%2F")


def test_somebody_at_work_is_not_signed_out(cast: Cast, signed_in: Callable[[str], Client], settings) -> None:
    client = signed_in("hekou")
    soon = timezone.now() + datetime.timedelta(minutes=10)
    Session.objects.update(expire_date=soon)
    client.get("/password/")
    assert Session.objects.get().expire_date > soon + datetime.timedelta(hours=1)


def test_it_never_leads_to_a_foreign_address(cast: Cast) -> None:
    assert sign_in("hekou", PASSWORD, next="https://elsewhere.example/").url == "/"
    response = Client().post("/language/", {"language": "en", "next": "//elsewhere.example/"})
    assert response.url == "/"


def test_signing_out_ends_the_session(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("hekou")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").url == SIGN_IN
    assert client.get("/password/").status_code == 302
    assert Event.objects.get().kind == "sign_out"


def test_language_is_chinese_until_one_chooses(cast: Cast) -> None:
    client = Client(headers={"accept-language": "en"})
    assert 'lang="zh-hans"' in client.get(SIGN_IN).content.decode()
    client.post("/language/", {"language": "en", "next": SIGN_IN})
    assert 'lang="en"' in client.get(SIGN_IN).content.decode()
    client.post("/language/", {"language": "tlh", "next": SIGN_IN})
    assert 'lang="en"' in client.get(SIGN_IN).content.decode()
    assert not Event.objects.exists()


def test_without_a_post_one_is_told_whom_to_ask_and_home_does_not_loop(cast: Cast, signed_in) -> None:
    Post.objects.filter(user=cast.people["hekou"]).update(until=TODAY - datetime.timedelta(days=1))
    client = signed_in("hekou")
    response = client.get("/", follow=True)
    assert [url for url, _status in response.redirect_chain] == ["/no-post/"]
    assert response.status_code == 200
    assert client.get("/password/").status_code == 200


@pytest.mark.parametrize("key", ["sysadmin", "secadmin", "audit"])
def test_every_administrator_lands_on_a_page_of_the_own_desk(cast: Cast, signed_in, key: str) -> None:
    response = signed_in(key).get("/", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0] in {"/people/", "/locks/", "/events/"}


# Changing the password


def test_changing_the_password_ends_the_other_sessions(cast: Cast, signed_in) -> None:
    here, elsewhere = signed_in("hekou"), signed_in("hekou")
    response = here.post("/password/", {"old_password": PASSWORD, "new_password1": GOOD, "new_password2": GOOD})
    assert response.status_code == 302
    assert here.get("/password/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302
    assert sign_in("hekou", GOOD).status_code == 302
    assert Event.objects.filter(kind="password_change", result="done").count() == 1


@pytest.mark.parametrize("password", ["short-1", "1234567890123", "password123", "hekou-hek"])
def test_weak_passwords_are_refused(cast: Cast, signed_in, password: str) -> None:
    response = signed_in("hekou").post(
        "/password/", {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    )
    assert response.status_code == 422
    assert Event.objects.get().result == "failed"


# One-time codes


@pytest.fixture
def newcomer(cast: Cast) -> tuple[User, str]:
    """A person with a code."""
    return people.open_account(username="newcomer", name="新来的", phone="", by=cast.actor("sysadmin"))


def activate(
    code: str, password: str = GOOD, username: str = "newcomer", again: str | None = None, client: Client | None = None
):
    """Send the activation form."""
    data = {"username": username, "code": code, "new_password1": password, "new_password2": again or password}
    return (client or Client()).post("/activate/", data, REMOTE_ADDR="10.0.0.1")


def test_the_code_opens_the_account_once(newcomer: tuple[User, str]) -> None:
    user, code = newcomer
    client = Client()
    assert activate(code, client=client).status_code == 302
    assert int(client.session["_auth_user_id"]) == user.pk
    assert sign_in("newcomer", GOOD).status_code == 302
    assert activate(code, "another-good-42").status_code == 422
    assert not User.objects.get(pk=user.pk).check_password("another-good-42")
    assert Event.objects.filter(kind="activate", result="done", user=user).count() == 1


def test_a_code_may_be_typed_small_and_with_spaces(newcomer: tuple[User, str]) -> None:
    assert activate(newcomer[1].lower().replace("-", " ")).status_code == 302


def test_a_code_expires(newcomer: tuple[User, str], monkeypatch) -> None:
    later = clock.now() + datetime.timedelta(days=14)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert activate(newcomer[1]).status_code == 422


def test_a_weak_password_does_not_use_the_code_up(newcomer: tuple[User, str]) -> None:
    assert activate(newcomer[1], "12345678901").status_code == 422
    assert activate(newcomer[1], GOOD, again="different-99-x").status_code == 422
    assert activate(newcomer[1]).status_code == 302


def test_wrong_codes_lock_as_wrong_passwords_do(newcomer: tuple[User, str]) -> None:
    for _try in range(4):
        assert activate("AAAA-BBBB-CCCC").status_code == 422
    assert activate("AAAA-BBBB-CCCC").status_code == 429
    assert activate(newcomer[1]).status_code == 429
    assert not User.objects.get(username="newcomer").has_usable_password()


def test_somebody_elses_code_does_not_fit(newcomer: tuple[User, str], cast: Cast) -> None:
    people.open_account(username="second", name="第二个", phone="", by=cast.actor("sysadmin"))
    assert activate(newcomer[1], username="second").status_code == 422


def test_neither_code_nor_password_is_kept_anywhere(newcomer: tuple[User, str]) -> None:
    _user, code = newcomer
    almost = code[:-1] + ("2" if code[-1] != "2" else "3")
    activate(almost, "never-to-be-seen-1")
    sign_in("newcomer", "never-to-be-seen-2")
    assert AccessAttempt.objects.count() == 2
    kept = all_that_is_kept()
    activate(code, GOOD)
    kept += all_that_is_kept()
    for secret in (code, almost, code.replace("-", ""), "never-to-be-seen", GOOD):
        assert not [line for line in kept if secret in line]
    assert not [line for line in kept if "pbkdf2" in line or "md5$" in line]


def all_that_is_kept() -> list[str]:
    """Every row beside the person's own, where a secret might be left lying."""
    return [
        *map(str, ActivationCode.objects.values()),
        *map(str, Change.objects.values("before", "after")),
        *map(str, AccessAttempt.objects.values()),
        *map(str, Event.objects.values()),
    ]


def test_the_pages_stand_without_signing_in(db: None) -> None:
    for name in ("sign_in", "activate"):
        assert Client().get(reverse(name)).status_code == 200
