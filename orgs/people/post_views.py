"""Doors of posts: switching between one's own, ending one with a hand-over, and taking that back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgs.models import Post
from orgs.people import handover
from orgs.people import post_actions as actions
from orgs.people.administration import DeskRequest, desk, may_keep_account, may_keep_accounts
from orgs.people.forms import EndPostForm
from orgs.people.views import told
from orgs.sign_in import acting
from orgs.sign_in.acting import PersonRequest
from records.models import Change, ChangeSet
from records.once import repeatable
from records.undo import AlreadyUndone


@repeatable
@require_POST
def post_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Act in another of one's own posts from now on."""
    post = next((post for post in request.posts if post.pk == pk), None)
    if post is None:
        raise Http404
    request.session[acting.SESSION_KEY] = pk
    request.event_subject = str(post)  # type: ignore[attr-defined]
    messages.info(request, _("You now act as: %(post)s.") % {"post": post})
    return redirect("home")


@desk(may_keep_accounts)
def post_end(request: DeskRequest, pk: int) -> HttpResponse:
    """End a post: on which day, and who takes over what is in hand."""
    posts = Post.objects.visible_to(request.actor).select_related("user", "organisation")
    post = get_object_or_404(posts, pk=pk)
    request.event_subject = f"{post.user} · {post}"  # type: ignore[attr-defined]
    form = EndPostForm(request.POST or None, actor=request.actor, post=post)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.end_post(post, **form.cleaned_data, by=request.actor)
        except ValidationError as error:
            told(form, error)
        else:
            messages.success(request, _ended(post, done))
            return redirect("person", post.user_id)
    context = {
        "form": form,
        "post": post,
        "in_hand": handover.preview(post),
        "verdict": may_keep_account(request.actor, post.user),
    }
    return render(request, "orgs/people/post_end.html", context, status=422 if form.errors else 200)


def _ended(post: Post, done: actions.HandedOver) -> str:
    if done.to_post is None:
        return _("The post %(post)s ends on %(day)s.") % {"post": post, "day": post.until}
    return _("The post %(post)s ends on %(day)s. %(name)s takes over: %(what)s.") % {
        "post": post,
        "day": post.until,
        "name": done.to_post.user,
        "what": "、".join(done.moved) or _("nothing was in hand"),
    }


@require_POST
@desk(may_keep_accounts)
def post_end_undo(request: DeskRequest, pk: int) -> HttpResponse:
    """Take back the end of a post, with all that was handed over."""
    record = get_object_or_404(ChangeSet, pk=pk, verb="people.end_post")
    touched = Change.objects.filter(change_set=record, kind="orgs.post").values("object_id")
    ended = Post.objects.visible_to(request.actor).filter(pk__in=touched).order_by("since", "pk").first()
    if ended is None:
        raise Http404
    try:
        undone = actions.undo_end(record, by=request.actor)
    except AlreadyUndone:
        messages.warning(request, _("It has been taken back already."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        kept = "、".join(name for _kind, name in undone.kept)
        if kept:
            messages.warning(request, _("Taken back, but for what was changed since: %(kept)s.") % {"kept": kept})
        else:
            messages.success(request, _("Taken back: the post lasts, and its work is with it again."))
    return redirect("person", ended.user_id)
