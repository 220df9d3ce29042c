"""Splitting a figure over townships and villages: what adds up, what is named, and what follows when it changes."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils.translation import gettext as _

from orgs.history import reading as history_reading
from orgs.history.actions import undo_change_set
from orgs.models import Organisation
from records.changes import Conflict
from records.models import ChangeSet
from reminders.models import Push
from tasks.audience import Audience
from tasks.drafting import actions as drafting
from tasks.drafting import issue_actions
from tasks.facts.actions import Fact
from tasks.models import Assignment, Task
from tasks.programmes import year_actions
from tasks.refusals import StepRefused
from tasks.reporting import actions as reporting
from tasks.rules import quotas, typed_facts
from tasks.rules.quotas import Fault, Share, Split, quota_differences
from tasks.rules.status import Shape, Status
from tasks.splits import actions
from tasks.splits import reading as splits_reading
from tasks.splits.actions import Wanted
from tasks.splits.columns import read_column
from tests.cast import TODAY
from tests.tasks.splits.differing import differences
from tests.tasks.stage import draft, of, themes


def numbers(*values):
    return [Share(f"第{n}镇", None if value is None else Decimal(value)) for n, value in enumerate(values)]


@pytest.fixture
def task(cast):
    """A draft of 60 households, not split yet."""
    values = {"shape": Shape.QUANTITY, "unit": "户", "target": Decimal(60), "audience": Audience()}
    return draft(cast.actor("office"), themes(cast)[0], **values)


def split(task, cast, target=60, reason="", note="", **shares):
    kept = {cast.places[key].pk: None if share is None else Decimal(share) for key, share in shares.items()}
    row = Task.objects.get(pk=task.pk)
    return actions.split_task(row, kept, by=cast.actor("office"), target=Decimal(target), reason=reason, note=note)


def below(cast, row, by="hekou", reason="", **shares):
    wanted = {cast.places[key].pk: Wanted(None if share is None else Decimal(share)) for key, share in shares.items()}
    return actions.split_assignment(row, wanted, by=cast.actor(by), reason=reason)


@pytest.fixture
def given(cast, task):
    """Issued: 河口镇 owes 40, 金岭镇 20."""
    split(task, cast, hekou=40, jinling=20)
    drafting.issue(Task.objects.get(pk=task.pk), by=cast.actor("office"))
    return Task.objects.get(pk=task.pk)


def faults(task):
    return [(named.difference.fault, named.difference.gap) for named in differences([Task.objects.get(pk=task.pk)])]


# The rules


def test_nothing_is_named_when_everything_adds_up():
    assert quota_differences(Split("青禾县", Decimal(60), numbers(40, 20), sums_values=False)) == []
    assert quota_differences(Split("青禾县", Decimal(60), was_split=False)) == []


@pytest.mark.parametrize(
    ("split", "fault", "gap"),
    [
        (Split("县", Decimal(20), numbers(18)), Fault.SHARES, -2),
        (Split("县", Decimal(20), numbers(18, 4)), Fault.SHARES, 2),
        (Split("县", Decimal(20), ()), Fault.SHARES, -20),
        (Split("县", Decimal(5), [Share("村", Decimal(5), Decimal(3))], Decimal(4)), Fault.VALUES, -1),
        (Split("县", Decimal(5), [Share("村", Decimal(5), Decimal(3))], None), Fault.VALUES, 3),
        (Split("县", Decimal(5), [Share("村", Decimal(5), None)], Decimal(4)), Fault.VALUES, -4),
        (Split("县", Decimal(5), [Share("村", Decimal(5), is_below=False)]), Fault.STRAY, 5),
        (Split("县", Decimal(5), [Share("村", Decimal(5), is_closed=True)]), Fault.CLOSED, 5),
        (Split("县", Decimal(5), [*numbers(5), Share("村", None)]), Fault.NO_TARGET, 0),
        (Split("县", None, numbers(5)), Fault.NO_TARGET, 5),
    ],
)
def test_each_way_of_not_adding_up_is_named(split, fault, gap):
    [found] = quota_differences(split)
    assert (found.fault, found.gap) == (fault, gap)
    assert not found.is_explained
    assert found.name in quotas.in_words(found, "户")


def test_a_reason_explains_the_difference_it_was_given_for_and_no_other():
    named = Split("县", Decimal(20), numbers(18), reason="两户待定", explained=Decimal(-2))
    assert [found.reason for found in quota_differences(named)] == ["两户待定"]
    other = Split("县", Decimal(21), numbers(18), reason="两户待定", explained=Decimal(-2))
    assert [found.is_explained for found in quota_differences(other)] == [False]


@pytest.mark.parametrize(
    ("target", "weights", "expected"),
    [
        (60, [1, 1, 1], [20, 20, 20]),
        (20, [1, 1, 1], [7, 7, 6]),
        (10, [3, 1, 0], [8, 2, 0]),
        (7, [0, 0], [0, 0]),
        ("1.5", [1, 1, 1, 1], ["0.38", "0.38", "0.37", "0.37"]),
    ],
)
def test_proposed_shares_add_up_exactly(target, weights, expected):
    weighed = {n: Decimal(weight) for n, weight in enumerate(weights)}
    found = quotas.proposed(Decimal(target), weighed)
    assert list(found.values()) == [Decimal(value) for value in expected]
    assert sum(found.values()) in {Decimal(target), 0}


def test_a_pasted_column_goes_by_order_or_by_name():
    places = {1: ("河口镇",), 2: ("金岭镇", "金岭"), 3: ("两新工委",)}
    assert read_column("12\n\n7\n", places).texts == {1: "12", 3: "7"}  # a blank cell leaves its place as it is
    assert read_column("\n5\n\n\n", places).texts == {2: "5"}
    named = read_column("金岭\t8\n河口镇，３０\n上坊\t4", places)
    assert named.texts == {2: "8", 1: "３０"}
    assert len(named.faults) == 1
    assert "上坊" in named.faults[0]
    assert read_column("1\n2\n3\n4", places).faults


@pytest.mark.parametrize(
    ("line", "figure"),
    [
        ("白云街道\t1,200", "1200"),
        ("白云街道\t12,345.60", "12345.6"),
        ("白云街道\t１，２００", "1200"),
        ('白云街道\t"1,200"', "1200"),
        ("白云街道\t1 200", "1200"),
        ("白云街道\t1\u00a0200", "1200"),
        ("3\t白云街道\t1,200", "1200"),
        ("1,200\t白云街道", "1200"),
        ('白云街道\t"1,200\n"', "1200"),
        ("白云街道,1,200", "1200"),
        ("白云街道，１，２００", "1200"),
        ('白云街道,"1,200"', "1200"),
        ("白云街道 1,200", "1200"),
        ("白云街道：1,200户", "1200"),
        ("白云街道1200", "1200"),
        ("白云街道\t1.2万", "12000"),
        ("白 云 街 道\t12", "12"),
        ("白云街道\t四十", "40"),
    ],
)
def test_thousands_beside_a_name_stay_one_figure(line, figure):
    places = {1: ("云台街道",), 2: ("白云街道",)}
    read = read_column(f"{line}\r\n", places, "户")
    assert read.faults == []
    assert typed_facts.figure(read.texts[2], "户") == Decimal(figure)
    assert read.texts.keys() == {2}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("1,200\n860\n12,345.60", ["1200", "860", "12345.6"]),
        ("１，２００\r\n\r\n12\r\n", ["1200", None, "12"]),
        ('"1,200"\n 1 300 \n', ["1200", "1300"]),
    ],
)
def test_thousands_in_a_bare_column_stay_one_figure(text, figures):
    read = read_column(text, {1: ("甲",), 2: ("乙",), 3: ("丙",)}, "户")
    assert read.faults == []
    typed = {key: typed_facts.figure(figure, "户") for key, figure in read.texts.items()}
    assert typed == {key: Decimal(figure) for key, figure in enumerate(figures, start=1) if figure}


@pytest.mark.parametrize(
    "text",
    [
        "白云街道\t1,200\t860",
        "1,200\t860",
        "白云街道\t860\n\t1,200",
        "1,20",
        "12,5\n3",
        "白云街道\t5\n白云街道\t6",
        "白云街\t5",
        "白云街,1,200",
    ],
)
def test_what_could_be_two_figures_or_two_places_is_asked_about(text):
    read = read_column(text, {1: ("云台街道",), 2: ("白云街道",)}, "户")
    assert read.faults
    assert "200" not in read.texts.values()
    assert 1 not in read.texts


# The county


def test_the_shares_of_a_draft_wait_and_become_targets_when_it_is_issued(cast, given):
    assert {row.organisation_id: row.target for row in Assignment.objects.filter(task=given)} == {
        cast.places["hekou"].pk: 40,
        cast.places["jinling"].pk: 20,
    }
    assert faults(given) == []


def test_the_history_tells_shares_and_recipients_in_words(cast, task):
    split(task, cast, hekou=40, jinling=20)
    steps = history_reading.steps_of("tasks.task", task.pk, cast.actor("office"))
    told = {field.name: (field.old, field.new) for field in steps[0].rows[0].fields}
    assert told[str(Task._meta.get_field("shares").verbose_name)] == (
        "",
        _("%(count)s shares, %(total)s in all") % {"count": 2, "total": "60"},
    )
    assert told[str(Task._meta.get_field("audience").verbose_name)] == (
        "",
        _("%(count)s chosen by hand") % {"count": 2},
    )
    assert "{" not in str(steps)


def test_a_difference_needs_a_reason_and_is_named_with_it(cast, task):
    with pytest.raises(StepRefused) as refused:
        split(task, cast, hekou=40, jinling=18)
    assert refused.value.field == "reason"
    assert "2" in str(refused.value)
    assert Task.objects.get(pk=task.pk).shares == {}
    split(task, cast, hekou=40, jinling=18, reason="两户待定")
    [named] = differences([Task.objects.get(pk=task.pk)])
    assert (named.difference.gap, named.difference.reason) == (-2, "两户待定")


def test_only_those_who_issue_split_the_county_figure(cast, task):
    shares = {cast.places["hekou"].pk: Decimal(60)}
    for key in ("hekou", "leader", "agri"):
        with pytest.raises(PermissionDenied):
            actions.split_task(task, shares, by=cast.actor(key), target=Decimal(60))


def test_a_quota_changed_after_issuing_is_traced_and_the_township_is_told(cast, given):
    row = of(given, cast.places["hekou"])
    below(cast, row, shiling=25, liuwan=15)
    with pytest.raises(StepRefused) as refused:
        split(given, cast, target=65, hekou=45, jinling=20)
    assert refused.value.field == "note"
    record = split(given, cast, target=65, hekou=45, jinling=20, note="市里加任务")
    assert record.note == "市里加任务"
    row.refresh_from_db()
    assert row.target == 45
    assert faults(given) == [(Fault.SHARES, -5)]
    said = row.entries.get()
    for words in ("40", "45", "市里加任务"):
        assert words in said.text
    assert Push.objects.get().organisation_id == cast.places["hekou"].pk
    assert not of(given, cast.places["jinling"]).entries.exists()
    undo_change_set(record, by=cast.actor("office"))
    assert faults(Task.objects.get(pk=given.pk)) == []


def test_a_stale_split_is_a_conflict(cast, given):
    with pytest.raises(Conflict):
        actions.split_task(
            given,
            {cast.places["hekou"].pk: Decimal(70)},
            by=cast.actor("office"),
            target=Decimal(70),
            note="改",
            expected=given.version - 1,
        )


# The township


def test_a_township_splits_its_own_over_its_villages(cast, given):
    row = of(given, cast.places["hekou"])
    below(cast, row, shiling=25, liuwan=15)
    part = of(given, cast.places["shiling"])
    assert (part.target, part.above_id, part.due_on) == (25, row.pk, row.due_on)
    assert faults(given) == []
    assert splits_reading.counted(given).count() == 2  # nothing is counted twice


def test_parts_roll_up_and_percent_follows_a_changed_share(cast, given):
    row = of(given, cast.places["hekou"])
    below(cast, row, shiling=25, liuwan=15)
    part = of(given, cast.places["shiling"])
    reporting.report(part, by=cast.actor("shiling"), fact=Fact(value=Decimal(10)))
    row.refresh_from_db()
    assert (row.value, row.percent) == (10, 25)
    below(cast, row, shiling=20, liuwan=20)
    part.refresh_from_db()
    assert (part.target, part.percent) == (20, 50)
    assert faults(given) == []


def test_a_figure_of_its_own_that_stood_before_the_split_is_named_until_the_parts_report(cast, given):
    row = of(given, cast.places["hekou"])
    reporting.report(row, by=cast.actor("hekou"), fact=Fact(value=Decimal(6)))
    below(cast, row, shiling=25, liuwan=15)
    assert faults(given) == [(Fault.VALUES, -6)]
    row = of(given, cast.places["hekou"])
    with pytest.raises(StepRefused):
        reporting.report(row, by=cast.actor("hekou"), fact=Fact(value=Decimal(7)))
    reporting.report(of(given, cast.places["shiling"]), by=cast.actor("shiling"), fact=Fact(value=Decimal(4)))
    assert faults(given) == []


def test_a_village_without_a_share_is_withdrawn_and_taken_up_again(cast, given):
    row = of(given, cast.places["hekou"])
    below(cast, row, shiling=25, liuwan=15)
    below(cast, of(given, cast.places["hekou"]), shiling=40, liuwan=None)
    assert of(given, cast.places["liuwan"]).status == Status.WITHDRAWN
    assert faults(given) == []
    below(cast, of(given, cast.places["hekou"]), shiling=30, liuwan=10)
    again = of(given, cast.places["liuwan"])
    assert (again.status, again.target, again.above_id) == (Status.ISSUED, 10, row.pk)
    assert faults(given) == []


def test_a_village_that_has_reported_keeps_its_share(cast, given):
    below(cast, of(given, cast.places["hekou"]), shiling=25, liuwan=15)
    reporting.report(of(given, cast.places["shiling"]), by=cast.actor("shiling"), fact=Fact(value=Decimal(4)))
    with pytest.raises(StepRefused) as refused:
        below(cast, of(given, cast.places["hekou"]), shiling=None, liuwan=40)
    assert refused.value.field == f"share-{cast.places['shiling'].pk}"


def test_the_own_date_of_a_township_is_earlier_and_moves_nothing_of_the_county(cast, given):
    row, village = of(given, cast.places["hekou"]), cast.places["shiling"]
    early = row.due_on - datetime.timedelta(days=5)
    wanted = {village.pk: Wanted(Decimal(40), early)}
    actions.split_assignment(row, wanted, by=cast.actor("hekou"))
    part = of(given, village)
    assert (part.internal_due_on, part.due_on, part.counted_due_on) == (early, row.due_on, row.counted_due_on)
    late = row.due_on + datetime.timedelta(days=1)
    for key in ("shiling", "liuwan"):  # one that has it, one that would get it
        with pytest.raises(StepRefused) as refused:
            actions.split_assignment(
                of(given, cast.places["hekou"]),
                wanted | {cast.places[key].pk: Wanted(Decimal(1), late)},
                by=cast.actor("hekou"),
                reason="多分一户",
            )
        assert refused.value.field == f"own-{cast.places[key].pk}"


def test_another_township_does_not_split_it(cast, given):
    row = of(given, cast.places["hekou"])
    for key in ("jinling", "shiling", "office", "hekou_leader"):
        with pytest.raises(PermissionDenied):
            actions.split_assignment(row, {}, by=cast.actor(key))


def test_a_split_undone_leaves_nothing_below(cast, given):
    row = of(given, cast.places["hekou"])
    record = below(cast, row, shiling=25, liuwan=15)
    undo_change_set(ChangeSet.objects.get(pk=record.pk), by=cast.actor("hekou"))
    assert not Assignment.objects.filter(above=row).exists()
    assert faults(given) == []


# Done of the target


def test_done_of_the_target_by_township_equals_independent_sql_and_counts_nothing_twice(cast, given):
    below(cast, of(given, cast.places["hekou"]), shiling=25, liuwan=15)
    for key, by, value in (("shiling", "shiling", 10), ("liuwan", "hekou", 5), ("jinling", "jinling", 8)):
        learned = "" if by == key else "phone"
        fact = Fact(value=Decimal(value))
        reporting.report(of(given, cast.places[key]), by=cast.actor(by), fact=fact, learned=learned)
    rows = Assignment.objects.visible_to(cast.actor("office")).filter(task=given)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(o.township_id, o.id), SUM(a.target), SUM(a.value) FROM tasks_assignment a"
            " JOIN orgs_organisation o ON o.id = a.organisation_id"
            " WHERE a.task_id = %s AND a.above_id IS NULL AND a.status <> 'withdrawn' GROUP BY 1",
            [given.pk],
        )
        expected = {key: (target, value) for key, target, value in cursor.fetchall()}
    found = splits_reading.by_township(rows)
    assert {row.township: (row.target, row.value) for row in found} == expected
    assert [(row.name, row.percent) for row in found] == [("河口镇", 37), ("金岭镇", 40)]
    [whole] = splits_reading.done_of(rows).values()
    assert (whole.target, whole.value, whole.rows) == (60, 23, 2)


# The pages


def press(client, address, form):
    """Send the form, and confirm what the page then asks."""
    page = client.post(address, form)
    if page.status_code == 200 and page.context["asked"]:
        page = client.post(address, form | {"confirmed": page.context["asked"].effect.token})
    return page


def filled(page, **more):
    """What the page's form would send."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | {"action": "save"} | more


def owing(task):
    return {row.organisation.name: row.target for row in Assignment.objects.filter(task=task).in_force()}


@pytest.fixture
def for_villages(cast):
    """A draft of 60 for the three villages."""
    values = {"shape": Shape.QUANTITY, "unit": "户", "target": Decimal(60)}
    return draft(cast.actor("office"), themes(cast)[0], **values)


def test_a_split_of_a_draft_is_over_its_recipients_by_township(cast, for_villages, signed_in):
    client, address, before = signed_in("office"), f"/tasks/{for_villages.pk}/quota/", for_villages.audience
    page = client.post(address, filled(client.get(address), action="villages"))
    groups = [(str(group.township), len(group.boxes), group.weight, group.shares) for group in page.context["groups"]]
    assert groups == [("河口镇", 2, 2, 40), ("金岭镇", 1, 1, 20)]
    assert client.post(address, filled(page)).status_code == 302
    assert Task.objects.get(pk=for_villages.pk).audience == before
    drafting.issue(Task.objects.get(pk=for_villages.pk), by=cast.actor("office"))
    assert owing(for_villages) == {"石岭村": 20, "柳湾村": 20, "上坊村": 20}


@pytest.mark.parametrize("how", ["villages", "equal", "pasted"])
def test_a_split_of_an_issued_task_withdraws_and_issues_nothing(cast, for_villages, signed_in, how):
    drafting.issue(for_villages, by=cast.actor("office"))
    rows = set(Assignment.objects.values_list("pk", flat=True))
    client, address = signed_in("office"), f"/tasks/{for_villages.pk}/quota/"
    page = client.post(address, filled(client.get(address), action=how, pasted="河口镇\t40\n金岭镇\t20", note="按村分"))
    done = client.post(address, filled(page))
    assert done.status_code == 302
    assert owing(for_villages) == {"石岭村": 20, "柳湾村": 20, "上坊村": 20}
    assert set(Assignment.objects.values_list("pk", flat=True)) == rows


def test_a_blank_of_one_who_never_had_a_share_takes_nobody_out(cast, for_villages, signed_in):
    drafting.issue(for_villages, by=cast.actor("office"))
    client, address = signed_in("office"), f"/tasks/{for_villages.pk}/quota/"
    one = f"share-{cast.places['shiling'].pk}"
    assert client.post(address, filled(client.get(address), **{one: "60"}, note="先分一村")).status_code == 302
    assert owing(for_villages) == {"石岭村": 60, "柳湾村": None, "上坊村": None}


def test_nobody_is_withdrawn_before_the_page_has_said_how_many(cast, given, signed_in):
    client, address = signed_in("office"), f"/tasks/{given.pk}/quota/"
    out = filled(client.get(address), target="40", note="调整", **{f"share-{cast.places['jinling'].pk}": ""})
    for confirmed in ("", "yes", "0" * 20):
        asked = client.post(address, out | {"confirmed": confirmed})
        assert "1 个作废" in asked.content.decode()
        assert "金岭镇" in asked.content.decode()
        assert owing(given) == {"河口镇": 40, "金岭镇": 20}
    token = asked.context["asked"].effect.token
    both = out | {"confirmed": token, f"share-{cast.places['hekou'].pk}": "", "reason": "都不要了"}
    again = client.post(address, both)  # not what was shown
    assert "2 个作废" in again.content.decode()
    assert owing(given) == {"河口镇": 40, "金岭镇": 20}
    assert client.post(address, out | {"confirmed": token}).status_code == 302
    assert owing(given) == {"河口镇": 40}


def test_a_township_reads_how_many_of_its_villages_get_it_and_lose_it(cast, given, signed_in):
    row = of(given, cast.places["hekou"])
    below(cast, row, shiling=25, liuwan=15)
    client, address = signed_in("hekou"), f"/assignments/{row.pk}/quota/"
    shares = {"shiling": "20", "liuwan": "", "hekou_community": "20"}
    typed = {f"share-{cast.places[key].pk}": share for key, share in shares.items()}
    asked = client.post(address, filled(client.get(address), **typed))
    words = asked.content.decode()
    assert "1 个作废" in words
    assert "1 个新下达" in words
    assert not Assignment.objects.filter(task=given, organisation=cast.places["hekou_community"]).exists()
    done = client.post(address, filled(asked, confirmed=asked.context["asked"].effect.token))
    assert done.status_code == 302
    assert owing(given) == {"河口镇": 40, "金岭镇": 20, "石岭村": 20, "河口社区": 20}


def test_a_draft_is_issued_from_its_split_after_a_look_at_how_many_get_it(cast, for_villages, signed_in):
    client, address = signed_in("office"), f"/tasks/{for_villages.pk}/quota/"
    proposed = client.post(address, filled(client.get(address), action="equal"))
    asked = client.post(address, filled(proposed, action="issue"))
    assert "3 个新下达" in asked.content.decode()
    assert not Assignment.objects.exists()
    task = Task.objects.get(pk=for_villages.pk)
    assert task.shares == {}
    drafting.save_draft(task, by=cast.actor("office"), values={"audience": Audience(kinds=("village", "community"))})
    stale = client.post(address, filled(asked, action="issue", confirmed=asked.context["asked"].effect.token))
    assert not Assignment.objects.exists()
    again = client.post(address, filled(client.get(address), action="issue", reason="待分"))
    assert "4 个新下达" in again.content.decode()
    assert stale.status_code == 422


def test_a_pasted_column_with_thousands_stands_in_the_boxes_as_it_was_copied(cast, given, signed_in):
    client, address = signed_in("office"), f"/tasks/{given.pk}/quota/"
    pasted = '河口镇\t"1,200"\r\n金岭镇\t12,345.60\r\n合计\t13,545.60\r\n'
    page = client.post(address, filled(client.get(address), action="pasted", pasted=pasted))
    assert [box.share.value() for box in page.context["boxes"]] == ["1,200", "12,345.60"]
    assert page.context["typed_sum"] == Decimal("13545.60")
    client.post(address, filled(page, target="13,545.60", note="改"))
    assert owing(given) == {"河口镇": Decimal("1200"), "金岭镇": Decimal("12345.60")}


def gone(cast, how, place):
    """A recipient is one no more, while somebody has the split open."""
    if how == "closed":
        Organisation.objects.filter(pk=cast.places[place].pk).update(closed_on=TODAY)
    elif how == "left out":
        Task.objects.update(audience=Audience(kinds=("village",), left_out=(cast.places[place].pk,)).to_json())
    else:
        Assignment.objects.filter(organisation=cast.places[place]).update(status=Status.WITHDRAWN)


@pytest.mark.parametrize("how", ["closed", "left out", "withdrawn"])
@pytest.mark.parametrize("was_split", [False, True])
def test_a_share_typed_for_who_is_no_recipient_any_more_is_named(cast, for_villages, signed_in, how, was_split):
    client, address = signed_in("office"), f"/tasks/{for_villages.pk}/quota/"
    if was_split:
        client.post(address, filled(client.post(address, filled(client.get(address), action="equal"))))
    if how == "withdrawn":
        drafting.issue(Task.objects.get(pk=for_villages.pk), by=cast.actor("office"))
    page = client.get(address)
    typed = {f"share-{cast.places[key].pk}": "20" for key in ("shiling", "liuwan", "shangfang")}
    sent = filled(page, **typed, target="65", reason="五户待定", note="加任务")
    gone(cast, how, "liuwan")
    before = Task.objects.get(pk=for_villages.pk).shares
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "柳湾村 20" in refused.content.decode()
    assert Task.objects.get(pk=for_villages.pk).shares == before
    assert client.post(address, filled(refused)).status_code == 302
    assert set(Task.objects.get(pk=for_villages.pk).shares.values()) == {"20.00"}


def test_names_of_places_out_of_sight_are_not_told_by_a_forged_share(cast, for_villages, signed_in):
    client, address = signed_in("office"), f"/tasks/{for_villages.pk}/quota/"
    strange = {"share-999999": "1", "share-x": "1", "share-": "1", f"share-{cast.places['city'].pk}": "1"}
    assert "禾岭市 1" not in client.post(address, filled(client.get(address), **strange)).content.decode()


@pytest.mark.parametrize("how", ["equal", "villages", "pasted"])
def test_a_closed_village_is_proposed_nothing(cast, for_villages, signed_in, how):
    drafting.issue(for_villages, by=cast.actor("office"))
    gone(cast, "closed", "liuwan")
    client, address = signed_in("office"), f"/tasks/{for_villages.pk}/quota/"
    page = client.post(address, filled(client.get(address), action=how, pasted="河口镇\t30\n金岭镇\t30", note="改"))
    assert [box.share.value() for box in page.context["boxes"]] == ["30", "", "30"]


@pytest.mark.parametrize("door", ["issue", "edit", "many"])
def test_a_split_over_others_than_get_it_is_looked_over_before_it_is_issued(cast, for_villages, signed_in, door):
    client, address = signed_in("office"), f"/tasks/{for_villages.pk}/quota/"
    client.post(address, filled(client.post(address, filled(client.get(address), action="equal"))))
    both = {"audience": Audience(kinds=("village", "community"), left_out=(cast.places["liuwan"].pk,))}
    drafting.save_draft(Task.objects.get(pk=for_villages.pk), by=cast.actor("office2"), values=both)
    if door == "issue":
        page = client.get(for_villages.get_absolute_url())
        sent = {"confirmed": page.context["would_get"].token}
        said = client.post(f"/tasks/{for_villages.pk}/issue/", sent, follow=True).content.decode()
    elif door == "edit":
        page = client.get(f"/tasks/{for_villages.pk}/edit/")
        sent = filled(page, action="issue", confirmed=page.context["confirmed"], kinds=["village", "community"])
        sent |= {"left_out": [cast.places["liuwan"].pk]}
        for name in ("files", "leads", "assists"):
            sent.pop(name, None)
        said = client.post(f"/tasks/{for_villages.pk}/edit/", sent).content.decode()
    else:
        with pytest.raises(StepRefused) as refused:
            issue_actions.issue_many([Task.objects.get(pk=for_villages.pk)], by=cast.actor("office"))
        said = str(refused.value)
    assert "柳湾村" in said
    assert not Assignment.objects.exists()
    asked = client.post(address, filled(client.get(address), action="issue", reason="待分"))
    client.post(address, filled(asked, action="issue", confirmed=asked.context["asked"].effect.token))
    assert owing(for_villages) == {"石岭村": 20, "上坊村": 20, "河口社区": None}


def test_shares_of_a_draft_that_counts_nothing_any_more_are_forgotten(cast, for_villages, signed_in):
    split(for_villages, cast, shiling=20, liuwan=20, shangfang=20)
    fewer = {"shape": Shape.STANDING, "audience": Audience(kinds=("village",), left_out=(cast.places["liuwan"].pk,))}
    task = drafting.save_draft(Task.objects.get(pk=for_villages.pk), by=cast.actor("office"), values=fewer)
    drafting.issue(task, by=cast.actor("office"))
    assert owing(for_villages) == {"石岭村": None, "上坊村": None}


@pytest.mark.parametrize("key", ["hekou", "hekou_community", "agriculture"])
def test_a_share_goes_to_nobody_who_is_no_recipient(cast, for_villages, key):
    for issued in (False, True):
        if issued:
            drafting.issue(Task.objects.get(pk=for_villages.pk), by=cast.actor("office"))
        with pytest.raises(StepRefused) as refused:
            split(for_villages, cast, note="改", **{key: 60})
        assert refused.value.field == f"share-{cast.places[key].pk}"


def test_the_county_splits_on_its_page_and_a_stale_share_is_named(cast, given, signed_in):
    client = signed_in("office")
    address = f"/tasks/{given.pk}/quota/"
    page = client.get(address).content.decode()
    assert "40" in page
    hekou, jinling = cast.places["hekou"].pk, cast.places["jinling"].pk
    form = {
        "version": Task.objects.get(pk=given.pk).seen,
        "target": "６５",
        "note": "市里加任务",
        "action": "save",
        f"share-{hekou}": "45",
        f"was-{hekou}": "40",
        f"share-{jinling}": "20",
        f"was-{jinling}": "20",
    }
    assert client.post(address, form).status_code == 302
    assert of(given, cast.places["hekou"]).target == 45
    form |= {"version": Task.objects.get(pk=given.pk).seen, "target": "70", f"share-{hekou}": "50"}
    refused = client.post(address, form)
    assert refused.status_code == 422
    assert "45" in refused.content.decode()
    assert 'value="50"' in refused.content.decode()
    assert of(given, cast.places["hekou"]).target == 45
    assert client.post(address, form | {f"was-{hekou}": "45"}).status_code == 302
    assert of(given, cast.places["hekou"]).target == 50


@pytest.mark.parametrize(("typed", "status"), [("四十", 302), ("abc", 422), ("-3", 422), ("1e99", 422)])
def test_what_is_typed_is_read_or_asked_for_again(cast, given, signed_in, typed, status):
    row, place = of(given, cast.places["hekou"]), cast.places["shiling"].pk
    form = {"version": row.seen, "action": "save", f"share-{place}": typed, f"was-{place}": ""}
    page = press(signed_in("hekou"), f"/assignments/{row.pk}/quota/", form)
    assert page.status_code == status
    assert Assignment.objects.filter(above=row).exists() == (status == 302)


def test_a_proposal_is_shown_and_not_saved(cast, given, signed_in):
    row = of(given, cast.places["hekou"])
    page = signed_in("hekou").post(f"/assignments/{row.pk}/quota/", {"version": row.seen, "action": "equal"})
    assert page.status_code == 200
    assert [box.share.value() for box in page.context["boxes"]] == ["14", "13", "13"]
    assert not Assignment.objects.filter(above=row).exists()


@pytest.mark.parametrize("page", ["/tasks/{task}/quota/", "/assignments/{row}/quota/"])
def test_a_split_takes_a_constant_number_of_queries(cast, given, signed_in, page, django_assert_max_num_queries):
    row = of(given, cast.places["hekou"])
    below(cast, row, shiling=25, liuwan=15)
    client = signed_in("office")
    address = page.format(task=given.pk, row=row.pk)
    client.get(address)
    with django_assert_max_num_queries(20):
        assert client.get(address).status_code == 200


def test_the_file_of_a_source_is_taken_away(cast):
    office = cast.actor("office")
    upload = SimpleUploadedFile("通知.txt", "关于下达任务的通知".encode())
    row = draft(office, themes(cast)[0])
    drafting.save_draft(row, by=office, values={}, source_upload=upload)
    assert Task.objects.get(pk=row.pk).source_file_name == "通知.txt"
    drafting.save_draft(Task.objects.get(pk=row.pk), by=office, values={}, remove_source=True)
    assert Task.objects.get(pk=row.pk).file is None
    assert Task.objects.get(pk=row.pk).source_file_name == ""


@pytest.mark.parametrize(
    "head",
    ["单位：元", "乡镇\t指标（元）", "乡镇\t指标\n\t元", "金额单位：人民币元\n乡镇\t指标", "乡镇\t指标（人民币元）"],
)
def test_a_pasted_column_is_read_in_the_unit_it_states(head: str) -> None:
    places = {1: ["河口镇"], 2: ["金岭镇"]}
    assert read_column(f"{head}\n河口镇\t50,000\n金岭镇\t6万元", places, "万元").texts == {1: "50,000元", 2: "6万元"}
    assert read_column("乡镇\t指标（户）\n河口镇\t5", places, "户").texts == {1: "5"}
    assert read_column("单位：元\n乡镇\t指标（万元）\n河口镇\t5", places, "万元").texts == {}


# Another unit


@pytest.mark.parametrize(
    ("old", "new", "kept"), [("万元", "元", "400000.00"), ("元", "千元", "0.04"), ("亩", "亩", "40")]
)
def test_shares_follow_a_draft_into_another_unit(cast, task, signed_in, old, new, kept):
    Task.objects.filter(pk=task.pk).update(unit=old)
    split(task, cast, hekou=40, jinling=20)
    client, address = signed_in("office"), f"/tasks/{task.pk}/edit/"
    page = client.post(address, filled(client.get(address), unit=new, leads=[], assists=[]))
    assert page.status_code == 302, page.context["form"].errors
    assert Decimal(Task.objects.get(pk=task.pk).shares[str(cast.places["hekou"].pk)]) == Decimal(kept)


@pytest.mark.parametrize(("old", "new"), [("元", "亿元"), ("万元", "亩"), ("户", "人次以上")])
def test_shares_that_another_unit_cannot_hold_are_asked_about(cast, task, signed_in, old, new):
    Task.objects.filter(pk=task.pk).update(unit=old)
    split(task, cast, hekou=40, jinling=20)
    client, address = signed_in("office"), f"/tasks/{task.pk}/edit/"
    page = client.post(address, filled(client.get(address), unit=new, leads=[], assists=[]))
    assert f"分配的份额按{old}填写" in page.content.decode()
    assert Task.objects.get(pk=task.pk).unit == old


@pytest.mark.parametrize(("unit", "last"), [("元", Decimal(400000)), ("万元", Decimal(40)), ("户", None)])
def test_the_shares_of_last_year_are_shown_in_the_unit_of_this_year(cast, given, unit, last):
    Task.objects.filter(pk=given.pk).update(unit="万元")
    year_actions.copy_year(given.theme.programme, 2026, 2027, by=cast.actor("office"))
    Task.objects.filter(copied_from=given).update(unit=unit)
    lines = splits_reading.lines_of_task(Task.objects.get(copied_from=given), cast.actor("office"))
    assert {line.last_year for line in lines if line.organisation == cast.places["hekou"]} == {last}
