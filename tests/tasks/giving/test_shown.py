"""Whatever gives a task to somebody or takes it away says how many before it is done, and does just that; a form that
comes back keeps what was ticked.
"""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from orgs.models import Organisation
from records import work
from records.models import ChangeSet, Work
from tasks.audience import Audience
from tasks.closing import actions as closing
from tasks.drafting import actions as drafting
from tasks.drafting import issue_actions
from tasks.due_dates import extension_actions
from tasks.models import Assignment, DueDateRevision, Task
from tasks.rules.status import RevisionState, Shape, Status, TaskStatus
from tasks.splits import actions as splits
from tasks.splits.actions import Wanted
from tests.tasks.stage import ANSWERS, DUE, draft, issued, of, themes

WIDER = Audience(kinds=("village", "community"))


def text(response):
    return response.content.decode()


def hidden(response, name):
    """What the page's form sends back of what it showed."""
    return re.search(rf'name="{name}" value="([^"]*)"', text(response))[1]


def ticked(response, name):
    return set(re.findall(rf'type="checkbox" name="{name}" value="([^"]+)"[^>]* checked', text(response)))


def widen(cast, task):
    """Somebody else chooses one recipient more."""
    drafting.save_draft(Task.objects.get(pk=task.pk), by=cast.actor("office2"), values={"audience": WIDER})


# A draft


@pytest.fixture
def drafted(cast):
    return draft(cast.actor("office"), themes(cast)[0])


def test_the_button_of_a_draft_says_how_many_get_it_and_gives_it_to_no_others(cast, signed_in, drafted):
    client, address = signed_in("office"), reverse("task_issue", args=[drafted.pk])
    page = client.get(drafted.get_absolute_url())
    assert "下达到 3 个单位" in text(page).replace("下达给", "下达到")
    widen(cast, drafted)
    client.post(address, {"confirmed": hidden(page, "confirmed")})
    assert not Assignment.objects.exists()
    client.post(address, {"confirmed": hidden(client.get(drafted.get_absolute_url()), "confirmed")})
    assert Assignment.objects.count() == 4


def test_a_form_sent_with_other_recipients_than_it_showed_is_kept_and_not_issued(cast, signed_in, drafted):
    client, address = signed_in("office"), reverse("task_edit", args=[drafted.pk])
    form = client.get(address)
    sent = {name: form.context["form"][name].value() or "" for name in form.context["form"].fields}
    sent |= {"kinds": ["village", "community"], "confirmed": hidden(form, "confirmed"), "action": "issue"}
    for name in ("files", "leads", "assists"):
        sent.pop(name)
    refused = client.post(address, sent)
    assert not Assignment.objects.exists()
    assert not refused.context["form"].errors
    assert "4" in text(refused)
    version = Task.objects.get(pk=drafted.pk).seen
    client.post(address, sent | {"version": version, "confirmed": hidden(refused, "confirmed")})
    assert Assignment.objects.count() == 4


def test_an_issued_task_goes_to_the_others_that_were_shown(cast, signed_in, drafted):
    drafting.issue(drafted, by=cast.actor("office"))
    client, address = signed_in("office"), reverse("task_issue", args=[drafted.pk])
    looked = client.post(address, {"kinds": ["village", "community"], "action": "preview"})
    sent = {"kinds": ["village", "community", "nonpublic"], "action": "issue", "confirmed": hidden(looked, "confirmed")}
    again = client.post(address, sent)
    assert again.status_code == 422
    assert Assignment.objects.count() == 3
    client.post(address, sent | {"confirmed": hidden(again, "confirmed")})
    assert Assignment.objects.count() == 5


# Many drafts


def test_no_draft_is_ticked_to_begin_with_and_those_ticked_stay_so(cast, signed_in, drafted):
    other = draft(cast.actor("office"), drafted.theme, title="第二件")
    client, address = signed_in("office"), reverse("programme_issue", args=[drafted.theme.programme_id])
    page = client.get(address + "?year=2026")
    assert text(page).count('data-count="3"') == 2
    assert ticked(page, "tasks") == set()
    sent = {"year": 2026, "tasks": [other.pk], "shown": hidden(page, "shown")}
    widen(cast, other)
    again = client.post(address, sent)
    assert again.status_code == 422
    assert ticked(again, "tasks") == {str(other.pk)}
    assert not Work.objects.exists()
    client.post(address, sent | {"shown": hidden(again, "shown")})
    work.perform(Work.objects.get().pk)
    assert set(Assignment.objects.values_list("task", flat=True)) == {other.pk}
    assert Assignment.objects.count() == 4


def test_issuing_in_the_background_gives_it_to_those_shown_or_to_nobody(cast, signed_in, drafted):
    client, address = signed_in("office"), reverse("programme_issue", args=[drafted.theme.programme_id])
    page = client.get(address + "?year=2026")
    started = client.post(address, {"year": 2026, "tasks": [drafted.pk], "shown": hidden(page, "shown")})
    assert started.status_code == 302
    widen(cast, drafted)
    work.perform(Work.objects.get(kind=issue_actions.WORK).pk)
    assert not Assignment.objects.exists()
    assert Task.objects.get(pk=drafted.pk).status == TaskStatus.DRAFT


def test_a_catalogue_is_taken_as_it_was_shown(cast, signed_in):
    programme = themes(cast)[0].programme
    client, address = signed_in("office"), reverse("programme_catalogue", args=[programme.pk])
    page = client.get(address, {"year": 2026, "catalogue": "five_basics"})
    sent = {"year": 2026, "catalogue": "five_basics"}
    client.post(address, sent | {"shown": hidden(page, "shown")})
    had = Task.objects.count()
    Task.objects.filter(title="新增集体经营性收入").update(year=2025)
    again = client.post(address, sent | {"shown": hidden(page, "shown")})
    assert (again.status_code, Task.objects.count()) == (200, had)
    client.post(address, sent | {"shown": hidden(again, "shown")})
    assert Task.objects.count() == had + 1


def test_a_year_is_copied_as_it_was_shown(cast, signed_in):
    task = issued(cast, year=2026)
    task.theme.programme.__class__.objects.update(last_year=2027)
    client, address = signed_in("office"), reverse("programme_copy", args=[task.theme.programme_id])
    sent = {"source": 2026, "to": 2027}
    page = client.get(address, sent)
    issued(cast, theme=task.theme, title="第二件", year=2026)
    again = client.post(address, sent | {"shown": hidden(page, "shown")})
    assert again.status_code == 422
    assert not Task.objects.filter(year=2027).exists()
    client.post(address, sent | {"shown": hidden(again, "shown")})
    assert Task.objects.filter(year=2027).count() == 2


# Taking away


def test_a_task_is_withdrawn_from_as_many_as_were_shown(cast, signed_in, drafted):
    drafting.issue(drafted, by=cast.actor("office"))
    client, address = signed_in("office"), reverse("task_withdraw", args=[drafted.pk])
    page = client.get(address)
    assert "3 个单位" in text(page)
    row = of(drafted, cast.places["shiling"])
    closing.request_close(row, by=cast.actor("hekou"), result="完成")
    closing.close(of(drafted, cast.places["shiling"]), by=cast.actor("office"))
    sent = {"version": Task.objects.get(pk=drafted.pk).seen, "reason": "文件废止"}
    again = client.post(address, sent | {"confirmed": hidden(page, "confirmed")})
    assert again.status_code == 422
    assert "2 个单位" in text(again)
    assert not Assignment.objects.filter(status=Status.WITHDRAWN).exists()
    assert client.post(address, sent | {"confirmed": hidden(again, "confirmed")}).status_code == 302
    assert Assignment.objects.filter(status=Status.WITHDRAWN).count() == 2


def test_shares_that_go_with_a_withdrawal_are_counted_before_it(cast, signed_in):
    values = {"shape": Shape.QUANTITY, "unit": "户", "target": Decimal(60), "audience": Audience(kinds=("township",))}
    task = draft(cast.actor("office"), themes(cast)[0], **values)
    drafting.issue(task, by=cast.actor("office"))
    Assignment.objects.update(target=Decimal(30))
    row = of(task, cast.places["hekou"])
    wanted = {cast.places[key].pk: Wanted(Decimal(15)) for key in ("shiling", "liuwan")}
    splits.split_assignment(row, wanted, by=cast.actor("hekou"))
    client, address = signed_in("office"), reverse("rows_change", args=["withdraw"])
    looked = client.post(address, {"chosen": [row.pk]})
    assert looked.context["preview"].parts == 2
    assert "分解下去的 2 条" in text(looked)
    sent = {"chosen": [row.pk], "sure": "yes", "reason": "重复", "seen": looked.context["seen"]}
    Assignment.objects.filter(organisation=cast.places["liuwan"]).update(status=Status.WITHDRAWN)
    again = client.post(address, sent | {"shown": hidden(looked, "shown")})
    assert (again.status_code, again.context["preview"].parts) == (422, 1)
    assert of(task, cast.places["hekou"]).status != Status.WITHDRAWN
    client.post(address, sent | {"shown": hidden(again, "shown")})
    assert Assignment.objects.filter(status=Status.WITHDRAWN).count() == 3


def test_a_reassignment_says_what_it_leaves_once_the_other_is_known(cast, signed_in):
    task = issued(cast)
    rows = [of(task, cast.places[key]) for key in ("shiling", "liuwan")]
    client, address = signed_in("office"), reverse("rows_change", args=["reassign"])
    looked = client.post(address, {"chosen": [row.pk for row in rows]})
    assert len(looked.context["preview"].sorted_out.fit) == 2
    sent = {"chosen": [row.pk for row in rows], "sure": "yes", "reason": "并村", "seen": looked.context["seen"]}
    sent |= {"to": cast.places["hekou_community"].pk, "to_text": "河口社区"}
    again = client.post(address, sent | {"shown": hidden(looked, "shown")})
    assert [len(again.context["preview"].sorted_out.fit), again.status_code] == [1, 422]
    assert not task.assignments.filter(organisation=cast.places["hekou_community"]).exists()
    client.post(address, sent | {"shown": hidden(again, "shown")})
    assert task.assignments.filter(organisation=cast.places["hekou_community"]).count() == 1


# Ticks of forms that come back


@pytest.fixture
def asked(cast):
    """Three extensions asked for."""
    task = issued(cast, shape=Shape.SINGLE)
    for key, by in (("shiling", "hekou"), ("liuwan", "hekou"), ("shangfang", "jinling")):
        extension_actions.ask(
            of(task, cast.places[key]), by=cast.actor(by), wanted_on=DUE.replace(month=12), reason="雨季"
        )
    return list(DueDateRevision.objects.order_by("pk"))


def test_requests_refused_without_a_word_stay_ticked_and_no_others(signed_in, asked):
    client, address = signed_in("office"), reverse("extensions_decide")
    sent = {"chosen": [asked[0].pk, asked[2].pk], "decision": "refuse", "together": "yes", "words": ""}
    again = client.post(address, sent)
    assert again.status_code == 422
    assert ticked(again, "chosen") == {str(asked[0].pk), str(asked[2].pk)}
    assert 'id="shift-together"' in text(again)
    assert not re.search(r'id="shift-together" checked', text(again))
    assert not DueDateRevision.objects.exclude(state=RevisionState.ASKED).exists()


def test_one_request_decided_on_its_own_ticks_no_box_of_those_decided_together(signed_in, asked):
    again = signed_in("office").post(reverse("extensions_decide"), {"chosen": [asked[1].pk], "decision": "refuse"})
    assert again.status_code == 422
    assert ticked(again, "chosen") == set()


def test_words_for_requests_stay_when_nothing_was_ticked(signed_in, asked):
    sent = {"decision": "refuse", "together": "yes", "words": "材料不全"}
    again = signed_in("office").post(reverse("extensions_decide"), sent)
    assert again.status_code == 422
    assert "材料不全" in text(again)


def test_departments_stay_ticked_when_somebody_was_faster(cast, signed_in, drafted):
    client, address = signed_in("office"), reverse("task_edit", args=[drafted.pk])
    form = client.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name not in {"files", "assists"}}
    both = [str(cast.places[key].pk) for key in ("agriculture", "finance")]
    drafting.save_draft(drafted, by=cast.actor("office2"), values={"title": "改了名"})
    again = client.post(address, sent | {"leads": both, "action": "save"})
    assert again.status_code == 422
    assert ticked(again, "leads") == set(both)


def test_close_outs_that_cannot_be_closed_stay_chosen(cast, signed_in):
    task = issued(cast)
    for key, by in (("shiling", "hekou"), ("liuwan", "hekou")):
        closing.request_close(of(task, cast.places[key]), by=cast.actor(by), result="完成")
    Assignment.objects.filter(organisation=cast.places["shiling"]).update(result="")
    rows = [of(task, cast.places[key]) for key in ("shiling", "liuwan")]
    chosen = [f"{row.pk}:{row.seen}" for row in rows]
    again = signed_in("office").post(reverse("verification_close"), {"chosen": chosen, "sure": "yes"})
    assert again.status_code == 422
    assert set(re.findall(r'name="chosen" value="([^"]+)"', text(again))) == set(chosen)
    assert not Assignment.objects.filter(status=Status.CLOSED).exists()


def test_a_reorganisation_does_what_was_shown(cast, signed_in):
    village, client = cast.places["shiling"], signed_in("office")
    address = reverse("reorganise_step", args=[village.pk, "close"])
    looked = client.get(address, {"day": "2026-11-18", "version": village.seen})
    issued(cast)
    sent = {"day": "2026-11-18", "version": village.seen, "shown": hidden(looked, "shown")}
    again = client.post(address, sent)
    assert Organisation.objects.get(pk=village.pk).closed_on is None
    assert again.status_code == 409
    assert hidden(again, "shown") != sent["shown"]
    assert client.post(address, sent | {"shown": hidden(again, "shown")}).status_code == 302
    assert Organisation.objects.get(pk=village.pk).closed_on is not None


# Forms that no page of ours made


@pytest.mark.parametrize("token", [None, "", "0" * 20])
@pytest.mark.parametrize(
    "door", ["issue", "edit", "again", "withdraw", "rows", "many", "copy", "catalogue", "close", "urge", "order"]
)
def test_what_was_never_shown_is_not_done(cast, signed_in, drafted, door, token):
    """A form without what it showed, or with something else, gives nothing to anybody and takes nothing away."""
    task, programme = drafted, drafted.theme.programme
    if door not in {"issue", "edit", "many"}:
        drafting.issue(task, by=cast.actor("office"))
        Task.objects.update(is_key=True, year=2026)
        programme.__class__.objects.update(last_year=2027)
    seen, row = Task.objects.get(pk=task.pk).seen, Assignment.objects.first()
    village = cast.places["shiling"]
    name, args, sent = {
        "issue": ("task_issue", [task.pk], {}),
        "edit": ("task_edit", [task.pk], {"action": "issue", "theme": task.theme_id, "title": "活动场所",
                                          "kinds": ["village"], "shape": "single", "source_kind": "document",
                                          "version": seen, **ANSWERS}),
        "again": ("task_issue", [task.pk], {"kinds": ["village", "community"], "action": "issue", "version": seen}),
        "withdraw": ("task_withdraw", [task.pk], {"version": seen, "reason": "废止"}),
        "rows": ("rows_change", ["withdraw"], {"chosen": [row.pk if row else 0], "sure": "yes", "reason": "重复"}),
        "many": ("programme_issue", [programme.pk], {"year": 2026, "tasks": [task.pk]}),
        "copy": ("programme_copy", [programme.pk], {"source": 2026, "to": 2027}),
        "catalogue": ("programme_catalogue", [programme.pk], {"year": 2026, "catalogue": "five_basics"}),
        "close": ("reorganise_step", [village.pk, "close"], {"day": "2026-11-18", "version": village.seen}),
        "urge": ("urge_new", [], {"note": "抓紧"}),
        "order": ("order_new", [], {"unit": [cast.places["hekou"].pk], "color": "yellow", "rectify_by": "2026-11-25",
                                    "basis": "逾期", "demand": "整改", "signed_by": "县领导甲"}),
    }[door]  # fmt: skip
    before = list(ChangeSet.objects.exclude(verb="tasks.draft").values_list("verb", flat=True))
    field = "confirmed" if door in {"issue", "edit", "again", "withdraw"} else "shown"
    signed_in("office").post(reverse(name, args=args), sent | ({} if token is None else {field: token}))
    assert list(ChangeSet.objects.exclude(verb="tasks.draft").values_list("verb", flat=True)) == before
    assert not Work.objects.exists()
