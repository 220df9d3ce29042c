"""Doors of the register: take a file, show what it would change, load it, write it out again."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from orgs.history import actions as history
from orgs.pages import doors
from orgs.pages.paging import page_of
from orgs.permissions import may_load_register
from orgs.register import actions, layout
from orgs.register.forms import ConfirmForm, UploadForm
from orgs.register.resources import OrganisationResource
from orgs.scope import require
from orgs.tree import selection
from orgs.tree.forms import OrganisationFilter
from records import files
from records.models import ChangeSet, StoredFile
from sheets import writing
from sheets.cleaning import file_name
from sheets.reading import UnreadableError

SESSION_KEY = "register"  # the file a person is about to load: its key and its name
PARTS = ("faults", "new", "changed", "missing")


def office(view: Any) -> Any:
    """Open the door to whoever may load the register. Raises ``PermissionDenied`` with the reason."""

    @wraps(view)
    def guarded(request: doors.BusinessRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(may_load_register(request.actor))
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    return doors.business(guarded)


@office
def index(request: doors.BusinessRequest) -> HttpResponse:
    """Take a file; what it would change is shown next."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        request.session[SESSION_KEY] = [form.stored.pk, str(form.cleaned_data["file"].name)[:120]]
        return redirect("register_preview")
    loaded = ChangeSet.objects.filter(verb=actions.VERB, organisation=request.actor.organisation)
    context = {"form": form, "loaded": loaded.select_related("user")[:5], "columns": layout.headings()}
    return render(request, "orgs/register/upload.html", context, status=422 if form.errors else 200)


def _kept(request: doors.BusinessRequest) -> tuple[StoredFile, str] | None:
    """The file this person is about to load; None, with a word about it, when it is kept no longer."""
    key, name = request.session.get(SESSION_KEY, (None, ""))
    file = StoredFile.objects.filter(pk=key).first()
    if file is None:
        request.session.pop(SESSION_KEY, None)
        messages.error(request, _("“%(name)s” was kept for a day and is gone. Add it again.") % {"name": name})
        return None
    return file, name


@require_GET
@office
def preview(request: doors.BusinessRequest) -> HttpResponse:
    """What loading the kept file would change, or everything that is wrong with it."""
    if SESSION_KEY not in request.session:
        return redirect("register")
    return _show(request)


def _show(request: doors.BusinessRequest, status: int = 200) -> HttpResponse:
    kept = _kept(request)
    if kept is None:
        return redirect("register")
    file, name = kept
    try:
        content = files.read(file)
        plan = actions.load(content, name=name, by=request.actor, dry_run=True).plan
    except UnreadableError as error:
        messages.error(request, f"{name}: {error}")
        return redirect("register")
    counts = {
        "faults": len(plan.faults),
        "new": len(plan.new),
        "changed": len(plan.changed),
        "missing": len(plan.missing),
    }
    asked = request.GET.get("part", "")
    part = asked if asked in PARTS else next((part for part in PARTS if counts[part]), "new")
    context = {
        "name": name,
        "plan": plan,
        "counts": counts,
        "unchanged": plan.unchanged,
        "part": part,
        "page": page_of(request, getattr(plan, part)),
        "confirm": ConfirmForm(initial={"file": file.sha256, "plan": plan.digest}),
    }
    return render(request, "orgs/register/preview.html", context, status=status)


@require_POST
@office
def load(request: doors.BusinessRequest) -> HttpResponse:
    """Load what was previewed; when the register has changed meanwhile, show the preview again."""
    if SESSION_KEY not in request.session:
        return redirect("register")
    kept = _kept(request)
    if kept is None:
        return redirect("register")
    file, name = kept
    form = ConfirmForm(request.POST)
    if not form.is_valid() or form.cleaned_data["file"] != file.sha256:
        messages.error(request, _("Another file was chosen meanwhile. This is what it would change."))
        return _show(request, status=409)
    content = files.read(file)
    try:
        loaded = actions.load(content, name=name, by=request.actor, seen=form.cleaned_data["plan"])
    except UnreadableError as error:
        messages.error(request, f"{name}: {error}")
        return redirect("register")
    except (actions.Outdated, IntegrityError):
        messages.warning(request, _("The register was changed meanwhile. This is what the file would change now."))
        return _show(request, status=409)
    if loaded.change_set is None:
        return _show(request, status=422 if loaded.plan.faults else 200)
    del request.session[SESSION_KEY]
    return redirect("register_loaded", loaded.change_set.pk)


@require_GET
@office
def loaded(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """What a load did, with the way back."""
    sets = ChangeSet.objects.filter(verb=actions.VERB, organisation=request.actor.organisation)
    record = get_object_or_404(sets.select_related("user", "undone_by"), pk=pk)
    of_rows = Q(kind="orgs.organisation")
    counts = record.changes.aggregate(
        new=Count("object_id", distinct=True, filter=of_rows & Q(before__isnull=True)),
        touched=Count("object_id", distinct=True, filter=of_rows),
        beside=Count("id", filter=~of_rows),
    )
    verdict = history.may_undo(request.actor, record)
    context = {"record": record, "counts": counts, "changed": counts["touched"] - counts["new"], "verdict": verdict}
    return render(request, "orgs/register/loaded.html", context)


@require_GET
@doors.business
def export(request: doors.BusinessRequest) -> HttpResponse:
    """The organisations the list shows (``?state=all``: closed ones too) as a workbook that can be loaded again."""
    form = OrganisationFilter(request.GET)
    rows = selection.organisations(request.actor, form.wanted).order_by("path")
    resource = OrganisationResource(year=request.actor.on.year)
    page = writing.Page(_("Register"), layout.headings(), resource.rows(rows))
    response = HttpResponse(writing.workbook([page]), content_type=writing.XLSX)
    name = _("Register %(place)s %(day)s.xlsx") % {"place": request.actor.organisation.name, "day": request.actor.on}
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(name)) or "attachment"
    response.is_export = True  # type: ignore[attr-defined]  # the event log keeps every export
    return response
