"""Accounts: opened, edited, closed and given posts by the system administrator; the three administrators kept apart."""

import datetime
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from orgs.models import Post, User
from orgs.people import actions as people
from orgs.rules import ADMINISTRATORS, Role
from orgs.sign_in import actions as sign_in
from orgs.sign_in import locks
from records.models import Change, Event
from tests.cast import TODAY, Cast

DAY = datetime.timedelta(days=1)
SignedIn = Callable[[str], Client]
NEW = {"name": "新来的", "username": "xin.lai", "phone": "", "title": "", "since": "2026-11-18", "until": ""}


# Opening


def test_an_account_is_opened_with_its_first_post_and_the_code_is_shown_once(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("sysadmin")
    data = {**NEW, "role": "township_organiser", "organisation": cast.places["hekou"].pk, "organisation_text": ""}
    data["organisation_text"] = "河口镇"
    response = client.post("/people/new/", data)
    assert response.status_code == 200
    code = response.context["opened"][0]["code"]
    assert code in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    user = User.objects.get(username="xin.lai")
    assert not user.has_usable_password()
    assert [(post.role, post.organisation) for post in user.posts.all()] == [
        ("township_organiser", cast.places["hekou"])
    ]
    assert code not in client.get(f"/people/{user.pk}/").content.decode()
    assert (
        sign_in.activate(username="xin.lai", code=code, password="sorrel-lantern-81", at=cast.actor("hekou").now)
        == user
    )
    assert Event.objects.filter(kind="person_new", subject="xin.lai", result="done").exists()


def test_a_user_name_is_given_once_whatever_its_case(cast: Cast) -> None:
    for wrong in ("HEKOU", "a b", "", "x", "河口"):
        with pytest.raises(ValidationError):
            people.open_account(username=wrong, name="甲", phone="", by=cast.actor("sysadmin"))


def test_an_account_is_not_left_behind_when_its_post_cannot_be_given(cast: Cast, signed_in: SignedIn) -> None:
    data = {
        **NEW,
        "role": "township_organiser",
        "organisation": cast.places["shiling"].pk,
        "organisation_text": "石岭村",
    }
    response = signed_in("sysadmin").post("/people/new/", data)
    assert response.status_code == 422
    assert response.context["form"].errors["role"]
    assert not User.objects.filter(username="xin.lai").exists()


def test_several_accounts_are_pasted_all_or_none(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("sysadmin")
    lines = "张某\tzhang\t\t乡镇组织干部\t河口镇\n李某,li.mou,,village_recorder,990121100201,文书\n王某,wang.mou"
    lines = lines.replace("乡镇组织干部", str(Role.TOWNSHIP_ORGANISER.label))
    response = client.post("/people/paste/", {"lines": lines})
    assert response.status_code == 200
    assert len({slip["code"] for slip in response.context["opened"]}) == 3
    assert Post.objects.get(user__username="li.mou").title == "文书"

    before = User.objects.count()
    faulty = (
        "赵某,zhao.mou,,village_recorder,柳湾村\n钱某,hekou\n孙某,sun.mou,,inspector,青禾县\n周某,zhou.mou,,,哪里镇"
    )
    faulty += "\n吴某"
    first = client.post("/people/paste/", {"lines": faulty})
    assert first.status_code == 422
    assert len(first.context["form"].errors["lines"]) == 2  # shape first: lines 4 and 5
    second = client.post("/people/paste/", {"lines": "\n".join(faulty.splitlines()[:3])})
    assert len(second.context["form"].errors["lines"]) == 2  # then rules: lines 2 and 3
    assert User.objects.count() == before


# Editing, renewing, closing


def test_two_editing_one_person_lose_nothing(cast: Cast, signed_in: SignedIn) -> None:
    who = cast.people["hekou"]
    people.edit_person(who, expected=who.version, name="他人改的", phone="", by=cast.actor("sysadmin"))
    response = signed_in("sysadmin").post(f"/people/{who.pk}/edit/", {"name": "我改的", "phone": "", "version": 0})
    assert response.status_code == 422
    page = response.content.decode()
    assert "他人改的" in page
    assert "我改的" in page
    assert User.objects.get(pk=who.pk).name == "他人改的"


def test_a_renewed_code_ends_the_old_password_and_the_old_code(cast: Cast, signed_in: SignedIn) -> None:
    admin, client = signed_in("sysadmin"), signed_in("hekou")
    who = cast.people["hekou"]
    first = admin.post(f"/people/{who.pk}/renew/").context["opened"][0]["code"]
    assert client.get("/password/").status_code == 302
    second = admin.post(f"/people/{who.pk}/renew/").context["opened"][0]["code"]
    with pytest.raises(sign_in.WrongCode):
        sign_in.activate(username="hekou", code=first, password="sorrel-lantern-81", at=cast.actor("hekou").now)
    sign_in.activate(username="hekou", code=second, password="sorrel-lantern-81", at=cast.actor("hekou").now)
    changed = Change.objects.filter(kind="orgs.activationcode")
    assert not [change for change in changed if "code_hash" in str(change.before) or "code_hash" in str(change.after)]


def test_closing_and_opening_again(cast: Cast, signed_in: SignedIn) -> None:
    admin, who = signed_in("sysadmin"), cast.people["hekou"]
    admin.post(f"/people/{who.pk}/close/")
    assert not User.objects.get(pk=who.pk).is_active
    assert who.posts.count() == 1
    admin.post(f"/people/{who.pk}/reopen/")
    assert User.objects.get(pk=who.pk).is_active


# Appointing


def give(
    cast: Cast,
    key: str,
    role: str,
    place: str = "county",
    since: datetime.date = TODAY,
    until: datetime.date | None = None,
) -> Post:
    return people.appoint(
        cast.people[key],
        role=role,
        organisation=cast.places[place],
        since=since,
        until=until,
        title="",
        by=cast.actor("sysadmin"),
    )


@pytest.mark.parametrize("held", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_nobody_holds_two_of_the_three_administrators(cast: Cast, held: str, role: str) -> None:
    give(cast, "finance", held, since=TODAY, until=TODAY + 100 * DAY)
    for since in (TODAY, TODAY + 50 * DAY, TODAY + 200 * DAY):
        if role == held:
            continue
        with pytest.raises(ValidationError, match="财政局甲"):
            give(cast, "finance", role, since=since)
    assert Post.objects.filter(user=cast.people["finance"], role__in=ADMINISTRATORS).count() == 1


def test_not_even_a_post_that_only_begins_later(cast: Cast) -> None:
    give(cast, "finance", Role.AUDIT_ADMIN, since=TODAY + 100 * DAY)
    with pytest.raises(ValidationError):
        give(cast, "finance", Role.SYSTEM_ADMIN, since=TODAY, until=TODAY + DAY)
    with pytest.raises(ValidationError):
        give(cast, "finance", Role.SECURITY_ADMIN, since=TODAY - 10 * DAY, until=TODAY - 5 * DAY)


def test_after_one_has_ended_the_other_may_be_given(cast: Cast) -> None:
    Post.objects.create(
        user=cast.people["finance"],
        role=Role.AUDIT_ADMIN,
        organisation=cast.places["county"],
        since=TODAY - 90 * DAY,
        until=TODAY - DAY,
    )
    assert give(cast, "finance", Role.SYSTEM_ADMIN)


def test_a_post_fits_its_place_and_its_dates(cast: Cast) -> None:
    for key, role, place, until in [
        ("finance", Role.TOWNSHIP_ORGANISER, "shiling", None),
        ("finance", Role.COUNTY_OFFICE, "hekou", None),
        ("finance", Role.INSPECTOR, "county", None),
        ("finance", Role.COUNTY_LEADER, "county", TODAY - DAY),
        ("hekou", Role.TOWNSHIP_ORGANISER, "hekou", None),
    ]:
        with pytest.raises(ValidationError):
            give(cast, key, role, place, until=until)
    assert give(cast, "finance", Role.INSPECTOR, until=TODAY + DAY)


def test_nobody_gives_posts_to_oneself_or_beyond_the_own_tree(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        give(cast, "sysadmin", Role.COUNTY_LEADER)
    with pytest.raises(PermissionDenied):
        give(cast, "finance", Role.CITY_VIEWER, "city")
    with pytest.raises(PermissionDenied):
        give(cast, "city", Role.COUNTY_LEADER)
    for key in ("office", "secadmin", "audit", "hekou"):
        with pytest.raises(PermissionDenied):
            people.appoint(
                cast.people["finance"],
                role=Role.COUNTY_LEADER,
                organisation=cast.places["county"],
                since=TODAY,
                until=None,
                title="",
                by=cast.actor(key),
            )
    assert not Post.objects.filter(user=cast.people["finance"], role=Role.COUNTY_LEADER).exists()


def test_the_appointment_page_says_what_stands_against_it(cast: Cast, signed_in: SignedIn) -> None:
    data = {
        "role": "audit_admin",
        "organisation": cast.places["county"].pk,
        "organisation_text": "青禾县",
        "since": "2026-11-18",
    }
    response = signed_in("sysadmin").post(f"/people/{cast.people['secadmin'].pk}/appoint/", data)
    assert response.status_code == 422
    assert response.context["form"].non_field_errors()


# Who sees whom


def test_only_the_system_administrator_keeps_accounts(cast: Cast, signed_in: SignedIn) -> None:
    pk = cast.people["hekou"].pk
    for key in ("office", "hekou", "secadmin", "audit", "city"):
        client = signed_in(key)
        for url in (
            "/people/",
            f"/people/{pk}/",
            "/people/new/",
            "/people/export/",
            f"/posts/{cast.posts['hekou'].pk}/end/",
        ):
            assert client.get(url).status_code == 403, (key, url)
        assert client.post(f"/people/{pk}/renew/").status_code == 403
    assert User.objects.get(pk=pk).has_usable_password()


def test_people_outside_the_own_tree_are_not_there(cast: Cast, signed_in: SignedIn) -> None:
    client, pk = signed_in("sysadmin"), cast.people["city"].pk
    assert client.get(f"/people/{pk}/").status_code == 404
    assert client.post(f"/people/{pk}/renew/").status_code == 404
    assert client.get(f"/posts/{cast.posts['city'].pk}/end/").status_code == 404
    assert cast.people["city"] not in client.get("/people/").context["page"].object_list


def test_the_list_is_searched_narrowed_and_exported_as_shown(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("sysadmin")

    def shown(query: str) -> list[str]:
        return [person.username for person in client.get(f"/people/{query}").context["page"]]

    assert shown("?q=河口") == ["hekou", "hekou2", "hekou_leader"]
    assert shown("?role=inspector") == ["inspector"]
    assert shown(f"?organisation={cast.places['jinling'].pk}") == ["jinling"]
    assert shown(f"?organisation={cast.places['hekou'].pk}&role=village_recorder") == ["shiling"]
    people.set_active(cast.people["jinling"], False, by=cast.actor("sysadmin"))
    assert shown("?state=closed") == ["jinling"]
    people.open_account(username="idle", name="无职", phone="", by=cast.actor("sysadmin"))
    assert shown("?state=idle") == shown("?state=waiting") == ["idle"]
    book = load_workbook(BytesIO(client.get("/people/export/?q=河口").content))
    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == ["hekou", "hekou2", "hekou_leader"]
    assert Event.objects.filter(kind="people_export", user=cast.people["sysadmin"]).exists()


def test_a_name_that_looks_like_a_formula_is_exported_as_text(cast: Cast, signed_in: SignedIn) -> None:
    User.objects.filter(username="hekou").update(name="=1+1")
    book = load_workbook(BytesIO(signed_in("sysadmin").get("/people/export/?q=hekou").content))
    assert book.active["A2"].data_type == "s"


@pytest.mark.parametrize("url", ["/people/", "/roles/"])
def test_the_lists_ask_as_often_whatever_their_length(
    cast: Cast, signed_in: SignedIn, url: str, django_assert_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in("sysadmin" if url == "/people/" else "secadmin")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(30):
        user, _code = people.open_account(username=f"more{number}", name="多一个", phone="", by=cast.actor("sysadmin"))
        Post.objects.create(user=user, role=Role.VILLAGE_RECORDER, organisation=cast.places["liuwan"], since=TODAY)
    with django_assert_num_queries(len(few)):
        assert len(client.get(url).context["page"]) > 30


# The security administrator


def test_the_security_administrator_unlocks(cast: Cast, signed_in: SignedIn) -> None:
    for _try in range(5):
        Client().post("/sign-in/", {"username": "hekou", "password": "x"}, REMOTE_ADDR="10.0.0.1")
    for _try in range(2):
        Client().post("/sign-in/", {"username": "jinling", "password": "x"}, REMOTE_ADDR="10.0.0.1")
    client = signed_in("secadmin")
    assert [(lock.username, lock.address, lock.tries) for lock in client.get("/locks/").context["locks"]] == [
        ("hekou", "10.0.0.1", 5)
    ]
    assert signed_in("sysadmin").post("/locks/lift/", {"username": "hekou", "address": "10.0.0.1"}).status_code == 403
    assert locks.locks()
    client.post("/locks/lift/", {"username": "hekou", "address": "10.0.0.1"})
    assert locks.locks() == []
    assert Event.objects.filter(kind="unlock", result="done", subject="hekou 10.0.0.1").exists()


def test_the_security_administrator_reads_roles_and_policies(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("secadmin")
    assert [post.user.username for post in client.get("/roles/?role=audit_admin").context["page"]] == ["audit"]
    assert client.get("/policies/").context["tries"] == 5
    for key in ("sysadmin", "audit", "office"):
        for url in ("/roles/", "/policies/", "/locks/"):
            assert signed_in(key).get(url).status_code == 403


# The first administrator


def test_the_first_administrator_is_appointed_from_the_command_line(cast: Cast) -> None:
    out = StringIO()
    call_command(
        "appoint_administrator",
        "--username=first",
        "--name=第一个",
        "--role=system_admin",
        "--organisation=990121000000",
        stdout=out,
    )
    code = out.getvalue().split("once: ")[1].split(" ")[0]
    user = sign_in.activate(username="first", code=code, password="sorrel-lantern-81", at=cast.actor("office").now)
    assert user.posts.get().role == Role.SYSTEM_ADMIN
    with pytest.raises(CommandError):
        call_command("appoint_administrator", "--username=first", "--role=audit_admin", stdout=out)


def test_without_organisations_it_says_what_to_do_first(db: None) -> None:
    with pytest.raises(CommandError, match="import_orgs"):
        call_command("appoint_administrator", "--username=first", "--role=system_admin")
    assert not User.objects.exists()
