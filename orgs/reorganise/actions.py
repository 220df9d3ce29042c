"""Merging, splitting, moving, renaming and closing organisations: seen before, done as one, undone as one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from naming import pinyin
from orgs.actor import Actor
from orgs.models import Organisation, OrganisationName, Post, Relation, Responsibility
from orgs.people import handover
from orgs.permissions import may_edit_organisation
from orgs.reorganise import cases
from orgs.reorganise.cases import Reorganisation, Verb
from orgs.reorganise.objections import open_children, refusals
from orgs.scope import require
from orgs.tree import placing
from records.changes import Conflict, Writer, change_set
from records.models import ChangeSet

PREFIX = "reorganise."  # of the verbs in the history


class Refused(Exception):
    """The reorganisation cannot be done; ``reasons`` say why, in the reader's language."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


# What it will do, in words


def preview(case: Reorganisation) -> list[str]:
    """What would happen, line by line: to the organisations, to what hangs on them, and in the upper apps."""
    found: list[str] = []
    for row in case.sources:
        found += _own_lines(case, row)
        if case.closes:
            found += _ending_lines(case, row)
    if case.verb == Verb.SPLIT:
        found.append(_("Responsibility, posts, terms and ratings stay with %(name)s.") % {"name": case.source.name})
    return [*found, *cases.lines(case)]


def _own_lines(case: Reorganisation, row: Organisation) -> Iterator[str]:
    target = case.target.name if case.target else ""
    words = {"name": row.name, "target": target, "day": case.day, "new": case.name, "children": ""}
    if case.verb == Verb.MERGE:
        yield _("%(name)s closes on %(day)s and becomes part of %(target)s; its name is still found there.") % words
        words["children"] = _names(open_children(row))
        if words["children"]:
            yield _("Moves below %(target)s: %(children)s.") % words
    elif case.verb == Verb.SPLIT:
        words["children"] = _names(case.children) or _("nothing")
        yield _("%(target)s is set up beside %(name)s on %(day)s. Moves below it: %(children)s.") % words
    elif case.verb == Verb.MOVE:
        words["count"] = Organisation.objects.within(row).count() - 1
        yield _("%(name)s moves below %(target)s, and with it the %(count)s organisations below it.") % words
        yield _("Figures of past days stay with the township of that day.")
    elif case.verb == Verb.RENAME:
        yield _("%(name)s is called %(new)s from %(day)s; the old name is still found.") % words
    else:
        yield _("%(name)s closes on %(day)s; it stays in the register as closed.") % words


def _names(rows: Any, shown: int = 12) -> str:
    """The names of organisations, the first dozen written out."""
    found = [row.name for row in rows]
    more = len(found) - shown
    text = _(", ").join(found[:shown])
    return _("%(names)s and %(count)s more") % {"names": text, "count": more} if more > 0 else text


def _ending_lines(case: Reorganisation, row: Organisation) -> Iterator[str]:
    """What ends with an organisation that closes."""
    words: dict[str, Any] = {"name": row.name, "target": case.target.name if case.target else ""}
    ending = _responsibilities(row, case).count() + _relations(row, case).count()
    if ending:
        words["count"] = ending
        yield (
            ngettext(
                "%(count)s responsibility or second relation of %(name)s ends.",
                "%(count)s responsibilities and second relations of %(name)s end.",
                ending,
            )
            % words
        )
    for post in _posts(row, case):
        words |= {"person": post.user.name, "post": post.title or post.get_role_display()}
        if case.verb == Verb.MERGE:
            yield _("%(person)s (%(post)s) carries on at %(target)s, with all that is in hand.") % words
        else:
            yield _("The post of %(person)s (%(post)s) ends.") % words


def objections(case: Reorganisation, by: Actor) -> list[str]:
    """Why it cannot be done, in the reader's language; empty when it can."""
    return [*refusals(case, by), *_unfinished(case)]


def _unfinished(case: Reorganisation) -> Iterator[str]:
    """Work in hand at an organisation that closes has nobody to go to."""
    if case.verb != Verb.CLOSE:
        return
    for row in case.sources:
        for post in _posts(row, case):
            in_hand = handover.preview(post)
            if in_hand:
                words = {"person": post.user.name, "things": _(", ").join(in_hand)}
                yield _("%(person)s still has in hand: %(things)s. End the post first and name a successor.") % words


def _still(case: Reorganisation) -> Q:
    """What is in force on the day or begins later."""
    return Q(until__isnull=True) | Q(until__gt=case.day)


def _responsibilities(row: Organisation, case: Reorganisation) -> models.QuerySet[Responsibility]:
    return Responsibility.objects.filter(_still(case)).filter(Q(organisation=row) | Q(department=row))


def _relations(row: Organisation, case: Reorganisation) -> models.QuerySet[Relation]:
    return Relation.objects.filter(_still(case)).filter(Q(organisation=row) | Q(member=row))


def _posts(row: Organisation, case: Reorganisation) -> models.QuerySet[Post]:
    return Post.objects.filter(_still(case), organisation=row).select_related("user", "organisation")


# Doing it


def carry_out(case: Reorganisation, *, by: Actor, expected: int | None = None) -> ChangeSet:
    """Do it in one change set, which undoes as one; ``expected`` is the version of the first source that was seen.

    Raises ``PermissionDenied``, ``Conflict`` when the source was written meanwhile, and ``Refused`` with the reasons.
    """
    try:
        with transaction.atomic():
            return _carry_out(case, by, expected)
    except IntegrityError as error:
        raise Refused([_("The register was changed at the same moment. Look at the preview again.")]) from error


def _carry_out(case: Reorganisation, by: Actor, expected: int | None) -> ChangeSet:
    case = _read_again(case)
    for row in (*case.sources, *([case.target] if case.target and case.target.pk else [])):
        require(may_edit_organisation(by, row))
    if expected is not None and case.source.version != expected:
        raise Conflict(case.source)
    reasons = objections(case, by)
    if reasons:
        raise Refused(reasons)
    with change_set(f"{PREFIX}{case.verb}", by=by, note=case.note) as changes:
        if case.makes_new and case.target is not None:
            case.target.opened_on = case.day
            placing.add(changes, [case.target])
        _DOING[case.verb](changes, case)
        cases.apply(case, changes)
        return changes.record


def _read_again(case: Reorganisation) -> Reorganisation:
    """The rows as they stand now, locked until it is done."""
    target_key = case.target.pk if case.target else None
    keys = {row.pk for row in (*case.sources, *case.children)} | {target_key}
    locked = Organisation.objects.select_for_update(no_key=True, of=("self",)).select_related("parent", "township")
    fresh = locked.order_by("pk").in_bulk([key for key in keys if key is not None])
    if case.target is not None and target_key is None and case.target.parent is not None:
        case.target.parent = Organisation.objects.select_related("township").get(pk=case.target.parent.pk)
    return replace(
        case,
        sources=tuple(fresh[row.pk] for row in case.sources),
        children=tuple(fresh[row.pk] for row in case.children),
        target=fresh[target_key] if target_key is not None else case.target,
    )


def _target(case: Reorganisation) -> Organisation:
    if case.target is None:  # refusals() asks for it before
        raise TypeError(case.verb)
    return case.target


def _merge(changes: Writer, case: Reorganisation) -> None:
    target = _target(case)
    for row in case.sources:
        _hang_below(changes, list(open_children(row)), target)
        _remember_names(changes, row, target, case)
        _carry_posts(changes, row, target, case)
    _end(changes, case)


def _split(changes: Writer, case: Reorganisation) -> None:
    _hang_below(changes, list(case.children), _target(case))


def _move(changes: Writer, case: Reorganisation) -> None:
    _hang_below(changes, [case.source], _target(case))


def _rename(changes: Writer, case: Reorganisation) -> None:
    row, old = case.source, case.source.name
    changes.update(row, name=case.name, short_name=case.short_name, initials=pinyin.initials(case.name))
    if old != case.name:
        _remember(changes, row, old, case)


def _close(changes: Writer, case: Reorganisation) -> None:
    for row in case.sources:
        for post in _posts(row, case):
            _end_row(changes, post, case)
    _end(changes, case)


_DOING = {Verb.MERGE: _merge, Verb.SPLIT: _split, Verb.MOVE: _move, Verb.RENAME: _rename, Verb.CLOSE: _close}


def _hang_below(changes: Writer, rows: list[Organisation], target: Organisation) -> None:
    for row in rows:
        row.parent = target
        row.external_parent_code = ""
    placing.replace(changes, rows)


def _remember_names(changes: Writer, row: Organisation, target: Organisation, case: Reorganisation) -> None:
    """Every name the source was found by finds the target."""
    _remember(changes, target, row.name, case)
    for other in row.names.exclude(name__in=[target.name, row.name]).order_by("pk"):
        if not target.names.filter(name=other.name).exists():
            until = other.until or case.day
            changes.create(OrganisationName(organisation=target, name=other.name, initials=other.initials, until=until))


def _remember(changes: Writer, row: Organisation, name: str, case: Reorganisation) -> None:
    """Keep a name as an old one; one that was an alias gets its last day."""
    known = row.names.filter(name=name).first()
    if known is None:
        changes.create(OrganisationName(organisation=row, name=name, initials=pinyin.initials(name), until=case.day))
    elif known.until is None:
        changes.update(known, until=case.day)


def _carry_posts(changes: Writer, row: Organisation, target: Organisation, case: Reorganisation) -> None:
    """Whoever held a post at the source holds the same at the target, and keeps what was in hand."""
    for post in _posts(row, case):
        same = Post.objects.filter(_still(case), user=post.user, role=post.role, organisation=target).first()
        if same is None:
            values = {"user": post.user, "role": post.role, "title": post.title, "until": post.until}
            same = changes.create(Post(organisation=target, since=max(post.since, case.day), **values))
        handover.move(changes, post, same)
        _end_row(changes, post, case)


def _end(changes: Writer, case: Reorganisation) -> None:
    """Close the sources, and end what hangs on them."""
    for row in case.sources:
        ending: list[models.Model] = [*_responsibilities(row, case), *_relations(row, case)]
        for beside in ending:
            _end_row(changes, beside, case)
        fresh = Organisation.objects.get(pk=row.pk)
        merged_into = case.target if case.verb == Verb.MERGE else None
        changes.update(fresh, closed_on=case.day, merged_into=merged_into)


def _end_row(changes: Writer, row: Any, case: Reorganisation) -> None:
    """End a dated row on the day; what was only to begin later never does."""
    if row.since is not None and row.since > case.day:
        changes.delete(row)
    else:
        changes.update(row, until=case.day)
