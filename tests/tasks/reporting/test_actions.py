"""What happens to an assignment: each step is attributed, dated and in the history."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.history.actions import undo_change_set
from records.changes import Conflict
from records.models import Change, ChangeSet
from tasks.closing import actions as closing
from tasks.models import Entry
from tasks.refusals import StepRefused
from tasks.reporting import actions
from tasks.rules import status as rules
from tasks.rules.status import Status
from tests.cast import TODAY
from tests.tasks.stage import DUE, issued, of

LATER = DUE + datetime.timedelta(days=4)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def task(cast):
    return issued(cast)


@pytest.fixture
def shiling(cast, task):
    return of(task, cast.places["shiling"])


def fresh(assignment):
    assignment.refresh_from_db()
    return assignment


def last_set(assignment):
    return ChangeSet.objects.filter(changes__kind="tasks.assignment", changes__object_id=assignment.pk).first()


def test_the_whole_way_is_attributed_dated_and_in_the_history(cast, shiling):
    village, office = cast.actor("shiling"), cast.actor("office")
    actions.receive(shiling, by=village)
    actions.report(shiling, by=village, percent=60, text="主体完工")
    closing.request_close(shiling, by=village, result="已竣工")
    closing.close(shiling, by=office)
    assert fresh(shiling).status == Status.CLOSED
    assert (shiling.received_on, shiling.reported_on, shiling.requested_on, shiling.closed_on) == (TODAY,) * 4
    assert (shiling.percent, shiling.result) == (100, "已竣工")
    sets = ChangeSet.objects.filter(changes__kind="tasks.assignment", changes__object_id=shiling.pk).order_by("id")
    assert [(s.verb, s.user.username) for s in sets] == [
        ("tasks.issue", "office"),
        ("tasks.receive", "shiling"),
        ("tasks.report", "shiling"),
        ("tasks.request_close", "shiling"),
        ("tasks.close", "office"),
    ]
    assert Change.objects.filter(kind="tasks.assignment", organisation=cast.places["shiling"]).count() == 5


def test_reporting_first_marks_it_received_and_a_blank_percent_stays_as_it_was(cast, shiling):
    village = cast.actor("shiling")
    actions.report(shiling, by=village, text="开工")
    assert (fresh(shiling).percent, shiling.received_on, shiling.status) == (None, TODAY, Status.IN_PROGRESS)
    actions.report(shiling, by=village, percent=0, text="还是零")
    assert fresh(shiling).percent == 0
    actions.report(shiling, by=village, percent=40)
    actions.report(shiling, by=village, text="粉刷")
    assert (fresh(shiling).percent, shiling.said) == (40, "粉刷")


def test_whoever_enters_for_a_village_says_how_it_was_learned(cast, shiling):
    organiser = cast.actor("hekou")
    with pytest.raises(StepRefused) as refused:
        actions.report(shiling, by=organiser, percent=10)
    assert refused.value.field == "learned"
    entry = actions.report(shiling, by=organiser, percent=10, learned="phone")
    assert (entry.user, entry.post, entry.learned, entry.at.date()) == (
        cast.people["hekou"],
        cast.posts["hekou"],
        "phone",
        TODAY,
    )
    assert entry.history_organisation_id == cast.places["shiling"].pk


def test_lateness_runs_to_the_accepted_request_and_the_verifiers_wait_is_its_own(cast, shiling):
    closing.request_close(shiling, by=cast.actor("shiling", DUE), result="已竣工")
    closing.close(fresh(shiling), by=cast.actor("office", LATER))
    assert fresh(shiling).days_late_on(LATER) == 0
    assert rules.days_waiting(shiling.requested_on, shiling.closed_on, LATER) == 4


def test_a_request_sent_back_counts_as_never_made(cast, shiling):
    closing.request_close(shiling, by=cast.actor("shiling", DUE), result="已竣工")
    closing.send_back(fresh(shiling), by=cast.actor("office", LATER), reason="缺验收单")
    assert (fresh(shiling).status, shiling.requested_on, shiling.return_reason) == (Status.RETURNED, None, "缺验收单")
    assert shiling.days_late_on(LATER) == 4
    assert last_set(shiling).note == "缺验收单"


def test_reopening_takes_the_percent_last_reported_back(cast, shiling):
    village, office = cast.actor("shiling"), cast.actor("office")
    actions.report(shiling, by=village, percent=80, text="快完了")
    closing.request_close(fresh(shiling), by=village, result="已竣工")
    closing.close(fresh(shiling), by=office)
    closing.reopen(fresh(shiling), by=office, reason="复查未过")
    assert (fresh(shiling).status, shiling.percent, shiling.closed_on) == (Status.RETURNED, 80, None)


@pytest.mark.parametrize("step", ["close", "send_back", "reopen"])
def test_a_step_that_does_not_fit_is_refused_in_words(cast, shiling, step):
    extra = {} if step == "close" else {"reason": "缺材料"}
    with pytest.raises(StepRefused, match=r"\w"):
        getattr(closing, step)(shiling, by=cast.actor("office"), **extra)
    assert fresh(shiling).status == Status.ISSUED


def test_a_stale_save_is_a_conflict_and_leaves_nothing_behind(cast, shiling):
    seen = shiling.version
    actions.report(shiling, by=cast.actor("hekou"), percent=30, text="甲", learned="phone", expected=seen)
    with pytest.raises(Conflict):
        actions.report(fresh(shiling), by=cast.actor("hekou2"), percent=50, text="乙", learned="phone", expected=seen)
    assert fresh(shiling).percent == 30
    assert Entry.objects.filter(text="乙").count() == 0


def test_evidence_asked_for_must_come_and_only_accepted_types_do(cast):
    task = issued(cast, evidence_wanted="验收单")
    shiling, village = of(task, cast.places["shiling"]), cast.actor("shiling")
    with pytest.raises(StepRefused) as refused:
        closing.request_close(shiling, by=village, result="已竣工")
    assert refused.value.field == "files"
    program = SimpleUploadedFile("a.exe", b"MZ\x00\x01" * 20)
    with pytest.raises(ValidationError):
        closing.request_close(shiling, by=village, result="已竣工", files=[program])
    closing.request_close(fresh(shiling), by=village, result="已竣工", files=[SimpleUploadedFile("验收.png", PNG)])
    assert fresh(shiling).status == Status.REQUESTED
    assert [e.name for e in shiling.entries.get().evidence.all()] == ["验收.png"]


def test_undoing_a_close_restores_what_was(cast, shiling):
    village, office = cast.actor("shiling"), cast.actor("office")
    actions.report(shiling, by=village, percent=70, text="粉刷")
    closing.request_close(fresh(shiling), by=village, result="已竣工")
    before = {f.attname: getattr(fresh(shiling), f.attname) for f in shiling._meta.concrete_fields}
    closing.close(shiling, by=office)
    undone = undo_change_set(last_set(shiling), by=office)
    assert undone.kept == []
    assert {f.attname: getattr(fresh(shiling), f.attname) for f in shiling._meta.concrete_fields} == before


def test_closing_many_at_once_leaves_and_names_what_changed_meanwhile(cast, task):
    rows = [of(task, cast.places[key]) for key in ("shiling", "liuwan")]
    for row in rows:
        closing.request_close(row, by=cast.actor("hekou"), result="已竣工")
    seen = {row.pk: fresh(row).version for row in rows}
    closing.send_back(fresh(rows[1]), by=cast.actor("office2"), reason="缺材料")
    done = closing.close_all([fresh(row) for row in rows], by=cast.actor("office"), expected=seen)
    assert (done.closed, done.left) == (1, [rows[1]])
    assert [fresh(row).status for row in rows] == [Status.CLOSED, Status.RETURNED]


def test_an_instruction_is_answered_by_a_remark(cast, shiling):
    order = actions.instruct(shiling, by=cast.actor("leader"), text="抓紧", reply_due_on=DUE)
    reply = actions.remark(shiling, by=cast.actor("hekou"), text="已部署", answers=order)
    assert list(order.replies.all()) == [reply]
    assert fresh(shiling).status == Status.ISSUED


MATRIX = {  # who may: report on 石岭村, verify what 河口组织委员 asked for, instruct, remark
    "office": "verify remark",
    "office2": "verify remark",
    "leader": "instruct remark",
    "agri": "remark",
    "finance": "remark",
    "hekou": "report remark",
    "hekou2": "report verify remark",
    "hekou_leader": "verify remark",
    "shiling": "report remark",
    "inspector": "",
    "city": "",
}


@pytest.mark.parametrize("who", MATRIX)
def test_who_may_do_what_on_an_assignment(cast, shiling, who):
    actor, allowed = cast.actor(who), MATRIX[who].split()
    steps = {
        "report": lambda: actions.report(shiling, by=actor, percent=5, learned="phone"),
        "verify": lambda: closing.send_back(of(shiling.task, shiling.organisation), by=actor, reason="缺材料"),
        "instruct": lambda: actions.instruct(shiling, by=actor, text="抓紧", reply_due_on=DUE),
        "remark": lambda: actions.remark(shiling, by=actor, text="阅"),
    }
    for name, take in steps.items():
        if name == "verify":
            closing.request_close(of(shiling.task, shiling.organisation), by=cast.actor("hekou"), result="已竣工")
        if name in allowed:
            take()
        else:
            with pytest.raises(PermissionDenied, match=r"\w"):
                take()


def test_a_lead_department_verifies_its_theme_but_not_its_own_work(cast):
    from tasks.audience import Audience
    from tests.tasks.stage import themes

    own = cast.places["agriculture"]
    theme = themes(cast)[1]
    task = issued(cast, by="agri", theme=theme, audience=Audience(kinds=("village",), picked=(own.pk,)))
    agri = cast.actor("agri")
    village = of(task, cast.places["shangfang"])
    closing.request_close(village, by=cast.actor("jinling"), result="已完成")
    closing.close(fresh(village), by=agri)
    mine = of(task, own)
    closing.request_close(mine, by=agri, result="已完成")
    with pytest.raises(PermissionDenied):
        closing.close(fresh(mine), by=agri)
    closing.close(fresh(mine), by=cast.actor("office"))
