"""What can be done to rows of a list, ticked or all as filtered: at once, or in the background when they are many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.actor import Actor
from orgs.pages import requested, shown
from orgs.scope import Verdict
from records import work
from records.models import Work
from records.work import Progress
from tasks import permissions
from tasks.giving import deed_actions, withdraw_actions
from tasks.giving.deed_actions import SortedOut, Together
from tasks.lists import listing
from tasks.lists.deed_forms import DeedForm, OwnDateForm, PostponeForm, ReassignForm, RedateForm, WithdrawForm
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet

WORK = "tasks.batch"
MANY = 400  # more are changed in the background
LOOKED_THROUGH = 2000  # more are not looked through one by one beforehand
NAMES_SHOWN = 10


@dataclass(frozen=True)
class Batch:
    """One thing that can be done to chosen rows: its name in the address, its words, its form and who may."""

    name: str
    label: str | Promise
    title: str | Promise
    form: type[DeedForm]
    verdict: Callable[[Actor], Verdict]


_ALL = [
    Batch(
        "postpone", gettext_lazy("Postpone"), gettext_lazy("Postpone for all"), PostponeForm, permissions.may_decide
    ),
    Batch("redate", gettext_lazy("Correct the date"), gettext_lazy("Correct the due date"), RedateForm,
          permissions.may_decide),
    Batch("reassign", gettext_lazy("Reassign"), gettext_lazy("Give it to another organisation"), ReassignForm,
          permissions.may_decide),
    Batch("withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdraw assignments"), WithdrawForm,
          permissions.may_decide),
    Batch("own-date", gettext_lazy("Own date"), gettext_lazy("Set the township's own date"), OwnDateForm,
          permissions.may_set_own_dates),
]  # fmt: skip
BATCHES: Mapping[str, Batch] = {batch.name: batch for batch in _ALL}


def of(actor: Actor) -> list[Batch]:
    """What this post can do to chosen rows."""
    return [batch for batch in _ALL if batch.verdict(actor)]


@dataclass(frozen=True)
class Chosen:
    """Which rows are meant: those ticked, or all that a list's query string shows."""

    keys: tuple[int, ...] = ()
    query: str | None = None

    @classmethod
    def sent(cls, data: QueryDict) -> "Chosen":
        """As the bar below a list sends it; a ticked row is ``7`` or, with its version, ``7:120``."""
        if data.get("all") == "yes":
            return cls(query=data.get("filter", ""))
        keys = (value.partition(":")[0] for value in data.getlist("chosen"))
        return cls(tuple(sorted(set(requested.keys(keys)))))

    @property
    def anything(self) -> bool:
        """Whether rows are meant at all."""
        return self.query is not None or bool(self.keys)

    def rows(self, actor: Actor) -> AssignmentQuerySet:
        """The rows, of those the actor sees."""
        if self.query is not None:
            found = listing.rows(actor, listing.wanted(requested.query(self.query)))
            return Assignment.objects.filter(pk__in=found.order_by().values("pk"))
        return Assignment.objects.visible_to(actor).filter(pk__in=self.keys)


@dataclass(frozen=True)
class Preview:
    """What a deed would do: how many rows are meant, by township, and what would be left.

    ``parts`` is how many open shares split from the rows are withdrawn with them.
    """

    total: int
    townships: list[tuple[str, int]]
    sorted_out: SortedOut | None
    parts: int = 0

    @property
    def shown(self) -> str:
        """What the form sends back of what it showed."""
        fit = None if self.sorted_out is None else {row.pk for row in self.sorted_out.fit}
        return shown.fingerprint(self.total, fit, self.parts)


def preview(form: DeedForm, rows: AssignmentQuerySet, actor: Actor) -> Preview:
    """Look before it is done; very many rows are only counted."""
    counted = rows.order_by().values_list("organisation__township__name").annotate(n=Count("pk")).order_by("-n")
    townships = [(name or _("directly under the county"), count) for name, count in counted]
    total = sum(count for _name, count in townships)
    deed = form.deed() if form.is_bound and form.is_valid() else form.bare()
    looked = deed_actions.sort_out(deed, deed_actions.ready(rows), actor) if total <= LOOKED_THROUGH else None
    parts = (
        len(withdraw_actions.open_parts(looked.fit)) if looked and isinstance(deed, withdraw_actions.Withdraw) else 0
    )
    return Preview(total, townships, looked, parts)


def start(batch: Batch, chosen: Chosen, data: QueryDict, total: int, seen: int, *, by: Actor) -> Work:
    """Do it in the background: the rows are found and looked at again there."""
    subject = ngettext("%(title)s: %(count)s row", "%(title)s: %(count)s rows", total)
    arguments = {
        "name": batch.name,
        "keys": list(chosen.keys),
        "query": chosen.query,
        "sent": {name: data.getlist(name) for name in data if name not in {"csrfmiddlewaretoken", "chosen"}},
        "seen": seen,
        "total": total,
    }
    words = {"title": batch.title, "count": total}
    return work.start(WORK, by=by, subject=subject % words, arguments=arguments, url=reverse("rows"))


def run(actor: Actor, arguments: work.Arguments, progress: Progress) -> work.Result:
    """The background work: one deed on very many rows."""
    batch = BATCHES[arguments["name"]]
    form = batch.form(MultiValueDict(arguments["sent"]), actor=actor)
    if not form.is_valid():
        raise work.Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    chosen = Chosen(tuple(arguments["keys"]), arguments["query"])
    progress.set(0, arguments["total"])
    result: work.Result = {}

    def finish(done: Together) -> None:
        result.update({"message": in_words(done), "url": url_of(done)})
        progress.keep(result)

    deed_actions.do(form.deed(), chosen.rows(actor), by=actor, seen=arguments["seen"], finish=finish)
    return result


def url_of(done: Together) -> str:
    """Where what was done can be looked at and undone."""
    return reverse("change_undo", args=[done.change_set.pk]) if done.change_set else reverse("rows")


def in_words(done: Together) -> str:
    """What was done, and what was left with the reasons."""
    text = ngettext("%(count)s row was changed.", "%(count)s rows were changed.", done.changed)
    words = [text % {"count": done.changed}]
    for reason, count, rows in SortedOut([], done.left).reasons:
        named = _(", ").join(str(row.organisation) for row in rows)
        more = count - len(rows)
        names = _("%(names)s and %(count)s more") % {"names": named, "count": more} if more else named
        words.append(_("Left as they are: %(names)s. %(reason)s") % {"names": names, "reason": reason})
    return " ".join(words)
