"""Doors of the system administrator: accounts, their codes, and the posts given to them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dates import clock
from orgs.history import verbs
from orgs.models import Post, User
from orgs.pages import workbooks
from orgs.pages.paging import page_of
from orgs.people import actions, roster
from orgs.people.administration import DeskRequest, desk, may_keep_account, may_keep_accounts, people_of
from orgs.people.forms import EditPersonForm, NewPersonForm, PasteForm, PeopleFilter, PostForm, at_line
from orgs.sign_in import acting
from records.changes import Conflict
from records.models import Change, ChangeSet, Event
from sheets.writing import Page

STEPS_SHOWN = 20


def find(request: DeskRequest, pk: int) -> User:
    """The person, if the administrator sees this account."""
    return get_object_or_404(people_of(request.actor), pk=pk)


def told(form: Any, error: ValidationError) -> None:
    """Put what stands against it beside the field, or above the form when it has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)


@require_GET
@desk(may_keep_accounts)
def people(request: DeskRequest) -> HttpResponse:
    """The list of people with accounts, to be searched and narrowed."""
    form = PeopleFilter(request.GET or None, actor=request.actor)
    page = page_of(request, _found(request, form))
    for person in page:
        person.state = roster.state_of(person)
    return render(request, "orgs/people/list.html", {"form": form, "page": page})


def _found(request: DeskRequest, form: PeopleFilter) -> QuerySet[User]:
    """The people searched for; none while the search makes no sense."""
    if form.is_bound and not form.is_valid():
        return User.objects.none()
    return roster.people(request.actor, form.cleaned_data if form.is_bound else {})


@require_GET
@desk(may_keep_accounts)
def people_export(request: DeskRequest) -> HttpResponse:
    """The people exactly as the list is narrowed, as a workbook."""
    form = PeopleFilter(request.GET or None, actor=request.actor)
    data = roster.RosterResource().export(_found(request, form))
    return workbooks.download(
        [Page(_("People"), data.headers, data)], _("People %(day)s.xlsx") % {"day": clock.today()}
    )


@require_GET
@desk(may_keep_accounts)
def person(request: DeskRequest, pk: int) -> HttpResponse:
    """One account: its state, its posts past and present, and what was done to it."""
    who = find(request, pk)
    posts = (
        Post.objects.visible_to(request.actor).filter(user=who).select_related("organisation", "stands_in_for__user")
    )
    return render(
        request,
        "orgs/people/person.html",
        {
            "person": who,
            "state": roster.state_of(who),
            "person_posts": posts.order_by("-since", "-id"),
            "verdict": may_keep_account(request.actor, who),
            "steps": _steps(who, posts),
        },
    )


def _steps(who: User, posts: QuerySet[Post]) -> list[dict[str, object]]:
    """What was done to the account and its posts, newest first."""
    about = Change.objects.filter(kind="orgs.user", object_id=who.pk)
    about |= Change.objects.filter(kind="orgs.post", object_id__in=posts.values("pk"))
    sets = (
        ChangeSet.objects.filter(pk__in=about.values("change_set")).select_related("user", "undone_by").order_by("-id")
    )
    return [
        {
            "record": record,
            "label": verbs.label(record.verb),
            "undoable": record.verb == "people.end_post" and not hasattr(record, "undone_by"),
        }
        for record in sets[:STEPS_SHOWN]
    ]


@desk(may_keep_accounts)
@never_cache
def person_new(request: DeskRequest) -> HttpResponse:
    """Open one account with its first post; the code is shown this once."""
    form = NewPersonForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.welcome(actions.Newcomer(**form.cleaned_data), by=request.actor)
        except ValidationError as error:
            told(form, error)
        else:
            return slips(request, "person_new", [opened])
    return render(request, "orgs/people/new.html", {"form": form}, status=422 if form.errors else 200)


@desk(may_keep_accounts)
@never_cache
def people_paste(request: DeskRequest) -> HttpResponse:
    """Open several accounts from pasted lines, all or none; the codes are shown this once."""
    form = PasteForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        pasted = form.cleaned_data["lines"]
        newcomers = [
            actions.Newcomer(line.name, line.username, line.phone, line.role, line.organisation, line.title)
            for line in pasted
        ]
        try:
            opened = actions.welcome_all(newcomers, by=request.actor)
        except actions.FaultyRows as refusal:
            form.add_error("lines", [at_line(pasted[position].number, text) for position, text in refusal.faults])
        else:
            return slips(request, "people_paste", opened)
    return render(request, "orgs/people/paste.html", {"form": form}, status=422 if form.errors else 200)


def slips(request: HttpRequest, kind: str, opened: list[tuple[User, str]]) -> HttpResponse:
    """The printable slips with the one-time codes; nothing keeps the codes after this page."""
    names = "、".join(user.username for user, _code in opened)
    acting.log_event(request, kind, Event.Result.DONE, subject=names)
    context = {
        "opened": [{"person": user, "code": code, "expires": user.activation.expires_at} for user, code in opened],
        "address": request.build_absolute_uri(reverse("activate")),
    }
    return render(request, "orgs/people/slips.html", context)


@desk(may_keep_accounts)
def person_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change name and phone."""
    who = find(request, pk)
    request.event_subject = str(who)  # type: ignore[attr-defined]
    form = EditPersonForm(request.POST or None, seen=who, initial={"name": who.name, "phone": who.phone})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            actions.edit_person(
                who, expected=cleaned["version"], name=cleaned["name"], phone=cleaned["phone"], by=request.actor
            )
        except Conflict as conflict:
            current = conflict.current
            form.tell_conflict(current, {name: getattr(current, name) for name in ("name", "phone")})
        else:
            messages.success(request, _("Saved."))
            return redirect("person", pk)
    return render(request, "orgs/people/edit.html", {"form": form, "person": who}, status=422 if form.errors else 200)


@require_POST
@desk(may_keep_accounts)
@never_cache
def person_renew(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a new one-time code, shown this once; the old password stops working."""
    who = find(request, pk)
    return slips(request, "person_renew", [(who, actions.renew_code(who, by=request.actor))])


@require_POST
@desk(may_keep_accounts)
def person_close(request: DeskRequest, pk: int) -> HttpResponse:
    """Close an account: the person is signed out at once; posts and history stay."""
    who = find(request, pk)
    request.event_subject = str(who)  # type: ignore[attr-defined]
    actions.set_active(who, False, by=request.actor)
    messages.success(
        request, _("The account of %(name)s is closed. End its posts to hand over the work.") % {"name": who}
    )
    return redirect("person", pk)


@require_POST
@desk(may_keep_accounts)
def person_reopen(request: DeskRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    who = find(request, pk)
    request.event_subject = str(who)  # type: ignore[attr-defined]
    actions.set_active(who, True, by=request.actor)
    messages.success(request, _("The account of %(name)s is open again.") % {"name": who})
    return redirect("person", pk)


@desk(may_keep_accounts)
def person_appoint(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a person a further post."""
    who = find(request, pk)
    request.event_subject = str(who)  # type: ignore[attr-defined]
    form = PostForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            post = actions.appoint(who, **form.cleaned_data, by=request.actor)
        except ValidationError as error:
            told(form, error)
        else:
            messages.success(request, _("%(name)s holds the post %(post)s.") % {"name": who, "post": post})
            return redirect("person", pk)
    context = {"form": form, "person": who, "verdict": may_keep_account(request.actor, who)}
    return render(request, "orgs/people/appoint.html", context, status=422 if form.errors else 200)
