"""Doors of responsibility (包保): the list and its export, entering, ending, copying, and what is missing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Organisation, Responsibility
from orgs.pages import doors
from orgs.pages.paging import page_of
from orgs.permissions import may_edit_any_responsibility, may_edit_responsibility
from orgs.register.forms import UploadForm
from orgs.responsibility import actions, filtering
from orgs.responsibility import gaps as gap_report
from orgs.responsibility.forms import CopyForm, ResponsibilityFilter, ResponsibilityForm
from orgs.responsibility.importing import Plan, plan, table_of
from orgs.responsibility.resources import workbook
from orgs.scope import require
from orgs.tree.forms import EndForm
from records import files
from records.changes import Conflict
from records.models import StoredFile
from sheets.refusals import BUSY, UnreadableError

SESSION_KEY = "responsibility_import"  # the key of the file a person is about to load
FIELDS = (
    "organisation", "duty", "person_name", "title", "phone", "department",
    "since", "until", "document", "pledged", "delivered",
)  # fmt: skip


def _found(request: doors.BusinessRequest, pk: int) -> Responsibility:
    rows = Responsibility.objects.visible_to(request.actor).select_related("organisation", "department")
    row = get_object_or_404(rows, pk=pk)
    require(may_edit_responsibility(request.actor, row.organisation))
    return row


def _show(request: doors.BusinessRequest, form: ResponsibilityForm | EndForm, title: str, button: str) -> HttpResponse:
    context = {"form": form, "title": title, "button": button}
    return render(request, "orgs/responsibility/form.html", context, status=422 if form.errors else 200)


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The list, filtered."""
    form = ResponsibilityFilter(request.GET, actor=request.actor)
    rows = filtering.responsibilities(request.actor, form.wanted).listed()
    shown = page_of(request, rows)
    for row in shown:
        row.may_edit = may_edit_responsibility(request.actor, row.organisation)
        row.linked = request.actor.sees(row.organisation)
    context = {"page": shown, "form": form, "may_add": may_edit_any_responsibility(request.actor)}
    return render(request, "orgs/responsibility/list.html", context)


@doors.business
def export(request: doors.BusinessRequest) -> HttpResponse:
    """The rows of the list exactly as filtered, as a workbook."""
    form = ResponsibilityFilter(request.GET, actor=request.actor)
    rows = filtering.responsibilities(request.actor, form.wanted).listed()
    return workbook(rows, name=f"{_('responsibility')}-{request.actor.on}.xlsx")


@doors.business
def new(request: doors.BusinessRequest) -> HttpResponse:
    """Give somebody a duty; ``?organisation=`` and ``?duty=`` fill in what is known."""
    require(may_edit_any_responsibility(request.actor))
    initial = {name: request.GET[name] for name in ("organisation", "duty") if name in request.GET}
    form = ResponsibilityForm(request.POST or None, actor=request.actor, initial={"since": request.actor.on, **initial})
    if request.method == "POST" and form.is_valid():
        row = actions.add(by=request.actor, **{name: form.cleaned_data[name] for name in FIELDS})
        said = _("%(who)s is now responsible at %(place)s: %(duty)s.")
        messages.success(request, said % {"who": row, "place": row.organisation, "duty": row.get_duty_display()})
        return redirect(row.organisation)
    return _show(request, form, _("New responsibility"), _("Save"))


@doors.business
def edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Change a responsibility."""
    row = _found(request, pk)
    form = ResponsibilityForm(request.POST or None, instance=row, seen=row, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        fresh = Responsibility.objects.visible_to(request.actor).select_related("organisation").get(pk=pk)
        try:
            actions.edit(fresh, by=request.actor, expected=form.cleaned_data["version"], **values)
        except Conflict as conflict:
            form.tell_conflict(conflict.current, {name: getattr(conflict.current, name) for name in FIELDS})
        else:
            messages.success(request, _("Saved."))
            return redirect(values["organisation"])
    return _show(request, form, _("Edit responsibility"), _("Save"))


@doors.business
def end(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """End a responsibility on a day."""
    row = _found(request, pk)
    form = EndForm(request.POST or None, seen=row, since=row.since, initial={"until": request.actor.on})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end(row, by=request.actor, until=form.cleaned_data["until"], expected=form.cleaned_data["version"])
        except Conflict as conflict:
            form.tell_conflict(conflict.current, {"until": getattr(conflict.current, "until", None)})
        else:
            messages.success(request, _("It ends on %(until)s.") % form.cleaned_data)
            return redirect(row.organisation)
    title = _("End: %(who)s, %(duty)s of %(place)s")
    return _show(
        request, form, title % {"who": row, "duty": row.get_duty_display(), "place": row.organisation}, _("End it")
    )


@doors.business
def copy(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Copy a responsibility to neighbours of the same kind."""
    row = _found(request, pk)
    place = row.organisation
    rows = Organisation.objects.visible_to(request.actor).within(request.actor.organisation).open_on(request.actor.on)
    rows = rows.filter(parent=place.parent_id, kind=place.kind).exclude(pk=place.pk).in_order()
    form = CopyForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        made = actions.copy(row, by=request.actor, targets=form.cleaned_data["targets"])
        said = ngettext("Copied to %(count)s organisation.", "Copied to %(count)s organisations.", len(made))
        messages.success(request, said % {"count": len(made)})
        return redirect("responsibility")
    context = {"form": form, "row": row, "any": rows.exists()}
    return render(request, "orgs/responsibility/copy.html", context, status=422 if form.errors else 200)


@doors.business
def gaps(request: doors.BusinessRequest) -> HttpResponse:
    """Where nobody is responsible, and pairings that delivered nothing; every figure leads to its rows."""
    shown = page_of(request, gap_report.townships(request.actor))
    context = {
        "figures": gap_report.figures(request.actor),
        "page": shown,
        "lines": gap_report.lines(request.actor, shown),
    }
    return render(request, "orgs/responsibility/gaps.html", context)


@doors.business
def load(request: doors.BusinessRequest) -> HttpResponse:
    """Take a workbook, show what it would do, and do it when that is confirmed."""
    require(may_edit_any_responsibility(request.actor))
    form = UploadForm()
    if request.method == "POST" and "seen" not in request.POST:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            request.session[SESSION_KEY] = form.stored.pk
            return redirect("responsibility_import")
    file = StoredFile.objects.filter(pk=request.session.get(SESSION_KEY, 0)).first()
    context: dict[str, Any] = {"form": form, "plan": None}
    if file is None and SESSION_KEY in request.session:
        del request.session[SESSION_KEY]
        messages.error(request, _("The file was kept for a day and is gone. Add it again."))
    if file is not None:
        content = files.read(file)
        try:
            if request.method == "POST" and "seen" in request.POST:
                return _loaded(request, actions.load(content, by=request.actor, seen=request.POST["seen"]))
            context["plan"] = plan(table_of(content), request.actor)
        except UnreadableError as error:
            if error.code != BUSY:
                del request.session[SESSION_KEY]
            messages.error(request, str(error))
        except actions.NotLoaded as refused:
            context["plan"] = refused.plan
            messages.warning(
                request, _("Nothing was written: the list was changed meanwhile. This is what the file would do now.")
            )
    return render(request, "orgs/responsibility/import.html", context, status=422 if form.errors else 200)


def _loaded(request: doors.BusinessRequest, done: Plan) -> HttpResponse:
    del request.session[SESSION_KEY]
    words = {"new": len(done.new), "changed": len(done.changed), "unchanged": done.unchanged}
    messages.success(request, _("%(new)s added, %(changed)s changed, %(unchanged)s as they were.") % words)
    return redirect("responsibility")
