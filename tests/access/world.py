"""The world the access table walks through: the cast, one task reaching both townships, and a file."""

import datetime
from dataclasses import dataclass

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from dates import clock
from ledgers.actions import entries, imports, superior
from ledgers.imports import staging
from ledgers.imports.sender import Sender
from ledgers.kinds import as_shipped
from ledgers.superior.sources import Sources
from ledgers.superior.within import Within
from orgs import options
from orgs.models import OrganisationName, Relation, Responsibility, TermOfOffice, WorkdayException, YearRating
from orgs.rules import Duty, RelationKind
from records import files, sendings, work
from records.changes import change_set
from records.models import ChangeSet
from reminders.models import Delivery, Message, RefusedAddress, ReminderKind, Run
from reminders.rules.kinds import Kind
from tasks.models import Assignment, Entry, Evidence, Objection, Programme, Task, Theme
from tasks.rules.status import Basic, EntryKind, Shape, Status, TaskStatus
from tests.cast import TODAY, Cast
from tests.ledgers.superior import blank
from tests.ledgers.workbooks import economy
from tests.supervision.stage import supervised


def _supervision(cast: Cast, row: Assignment, closed: Assignment) -> dict[str, object]:
    """Something of each kind of supervision, at 河口镇 and 石岭村."""
    return {name: found.pk for name, found in supervised(cast, row, closed).items()}


@dataclass(frozen=True)
class World:
    """Keys of what URLs name; everything of 河口镇 unless it says otherwise."""

    keys: dict[str, object]


def build(cast: Cast) -> World:
    """Put the world into the database."""
    office = cast.actor("office")
    with change_set("tests.world", by=office) as changes:
        programme = changes.create(
            Programme(organisation=cast.places["county"], name="五个基本建设", first_year=2026, last_year=2026)
        )
        theme = changes.create(
            Theme(programme=programme, name="集体经济", basic=Basic.GUARANTEE, lead=cast.places["agriculture"])
        )
        other_theme = changes.create(Theme(programme=programme, name="阵地建设", basic=Basic.ORGANISATION))
        common = {
            "organisation": cast.places["county"],
            "keeper": cast.posts["office"],
            "supervisor": "县委组织部",
            "owner": "乡镇党委书记",
            "standard": "建筑面积不少于 90 平方米",
            "effect": "议事有场所",
            "due_on": TODAY + datetime.timedelta(days=2),
            "consequence": "列入月通报",
            "measures": "倒排工期",
        }
        draft = changes.create(Task(theme=other_theme, title="草稿任务", **common))
        task = changes.create(
            Task(
                theme=other_theme,
                title="改扩建完工",
                status=TaskStatus.ISSUED,
                issued_at=clock.at_noon(TODAY),
                **common,
            )
        )
        led = changes.create(
            Task(theme=theme, title="收入过五万", status=TaskStatus.ISSUED, issued_at=clock.at_noon(TODAY), **common)
        )
        rows = {}
        for name in ("shiling", "liuwan", "shangfang"):
            rows[name] = changes.create(
                Assignment.given(
                    on=TODAY, task=task, organisation=cast.places[name], due_on=task.due_on, status=Status.RECEIVED
                )
            )
        requested = changes.create(
            Assignment.given(
                on=TODAY,
                task=led,
                organisation=cast.places["shiling"],
                due_on=TODAY,
                status=Status.REQUESTED,
                requested_on=TODAY,
            )
        )
        foreign = changes.create(
            Assignment.given(
                on=TODAY, task=led, organisation=cast.places["shangfang"], due_on=TODAY, status=Status.RECEIVED
            )
        )
        fresh = changes.create(
            Assignment.given(on=TODAY, task=led, organisation=cast.places["liuwan"], due_on=TODAY, status=Status.ISSUED)
        )
        closed = changes.create(
            Assignment.given(
                on=TODAY,
                task=led,
                organisation=cast.places["hekou_community"],
                due_on=TODAY,
                status=Status.CLOSED,
                requested_on=TODAY,
                closed_on=TODAY,
            )
        )
        quantity = changes.create(
            Task(
                theme=theme,
                title="新增收入",
                shape=Shape.QUANTITY,
                unit="万元",
                target=60,
                status=TaskStatus.ISSUED,
                issued_at=clock.at_noon(TODAY),
                **common,
            )
        )
        quota = changes.create(
            Assignment.given(
                on=TODAY,
                task=quantity,
                organisation=cast.places["hekou"],
                due_on=TODAY,
                status=Status.RECEIVED,
                target=60,
            )
        )
        entry = changes.create(
            Entry(
                assignment=rows["shiling"],
                kind=EntryKind.PROGRESS,
                text="绿化未完",
                user=cast.people["hekou"],
                post=cast.posts["hekou"],
                at=clock.at_noon(TODAY),
            )
        )
        file = files.store(SimpleUploadedFile("现场.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 32))
        evidence = changes.create(Evidence(entry=entry, file=file, name="现场.png", at=clock.at_noon(TODAY)))
        duty = changes.create(
            Responsibility(organisation=cast.places["shiling"], duty=Duty.VILLAGE_CADRE, person_name="王某")
        )
        relation = changes.create(
            Relation(
                organisation=cast.places["shiling"],
                member=cast.places["liuwan"],
                kind=RelationKind.JOINT_BRANCH,
                since=TODAY,
            )
        )
        term = changes.create(
            TermOfOffice(
                organisation=cast.places["shiling"],
                started_on=datetime.date(2021, 12, 1),
                ends_on=datetime.date(2026, 12, 1),
            )
        )
        workday = changes.create(WorkdayException(organisation=cast.places["county"], day=TODAY, kind="rest"))
        name = changes.create(OrganisationName(organisation=cast.places["shiling"], name="老石岭"))
        rating = changes.create(YearRating(organisation=cast.places["shiling"], year=2026))
    with change_set("orgs.responsibility.end", by=cast.actor("hekou")) as changes:
        changes.update(duty, until=datetime.date(2026, 12, 31))
    with change_set("tasks.report_row", by=cast.actor("hekou")) as changes:
        changes.update(rows["shiling"], percent=40)
        objection = changes.create(
            Objection(entry=entry, text="绿化已完成", post=cast.posts["shiling"], at=clock.at_noon(TODAY), due_on=TODAY)
        )
        row_set = changes.record.pk
    with change_set("orgs.register", by=office) as changes:
        changes.update(cast.places["liuwan"], short_name="柳湾")
        register_set = changes.record.pk
    with change_set("reorganise.rename", by=office) as changes:
        changes.update(cast.places["shiling"], name="石岭新村")
        reorganised_set = changes.record.pk
    with change_set("people.end_post", by=cast.actor("sysadmin")) as changes:
        changes.update(cast.posts["jinling"], until=datetime.date(2026, 12, 31))
        ended_set = changes.record.pk
    ledger_entry = entries.save_entry(
        as_shipped("venue"),
        cast.places["shiling"],
        "2026",
        {"build_type": "新建", "floor_area": "120"},
        by=cast.actor("hekou"),
    )
    sender = Sender.of(cast.actor("hekou"))
    by = cast.actor("hekou")
    offered = Sources(by, Within.of(by, str(TODAY.year)))
    superior_table = superior.keep(blank(), "市表.xlsx", offered, by=by)
    waiting = imports.receive(economy(("石岭村", 3), ("杨家庄", 4)), "台账.xlsx", sender)
    imported = imports.receive(economy(("柳湾村", 3)), "柳湾.xlsx", sender)
    imports.commit(imported, sender)
    message = Message.objects.create(
        person=cast.people["hekou"],
        post=cast.posts["hekou"],
        organisation=cast.places["hekou"],
        kind=Kind.DAILY,
        key="digest",
        day=TODAY,
        subject="每日提醒",
        body={
            "lines": [
                {
                    "section": "due",
                    "kind": "assignment",
                    "key": task.pk,
                    "root": cast.places["hekou"].pk,
                    "stage": "open",
                    "title": task.title,
                    "due_on": str(task.due_on),
                    "count": 1,
                    "names": ["石岭村"],
                    "url": rows["shiling"].get_absolute_url(),
                    "post": cast.posts["hekou"].pk,
                }
            ],
            "left_out": {},
            "figures": [],
        },
        created_at=clock.at_noon(TODAY),
    )
    delivery = Delivery.objects.create(
        message=message, channel="mail", state="failed", address="hekou@example.org", next_at=clock.at_noon(TODAY)
    )
    refused = RefusedAddress.objects.create(
        channel="mail", address="hekou@example.org", refusals=2, refused_at=clock.at_noon(TODAY)
    )
    options.declare("tests.number", "天数", 3, field=forms.IntegerField, section="测试")
    work.register("tests.work", lambda acting, arguments, progress: {}, label="导入")
    begun = work.start("tests.work", by=cast.actor("hekou"), subject="导入台账", arguments={})
    run = Run.objects.create(organisation=cast.places["county"], day=TODAY, state=Run.State.STOPPED, head=Kind.DAILY)
    ReminderKind.objects.create(organisation=cast.places["county"], key="task_long", shipped_hash="")
    return World(
        {
            **_supervision(cast, rows["shiling"], closed),
            "message": message.pk,
            "ledger_entry": ledger_entry.pk,
            "superior_table": superior_table.pk,
            "import": waiting.pk,
            "import_row": staging.load(waiting)[1].address,
            "import_file": waiting.files.get().pk,
            "imported": imported.pk,
            "delivery": delivery.pk,
            "address": refused.pk,
            "run": run.pk,
            "work": begun.pk,
            "sending": sendings.claim(cast.people["hekou"].pk, sendings.new_key(cast.people["hekou"].pk), "")[1].key,
            "register_set": register_set,
            "reorganised_set": reorganised_set,
            "ended_set": ended_set,
            "programme": programme.pk,
            "theme": theme.pk,
            "draft": draft.pk,
            "task": task.pk,
            "led_task": led.pk,
            "quantity": quantity.pk,
            "quota": quota.pk,
            "village": cast.places["shiling"].pk,
            "township": cast.places["hekou"].pk,
            "assignment": rows["shiling"].pk,
            "foreign_assignment": rows["shangfang"].pk,
            "foreign_led_assignment": foreign.pk,
            "requested": requested.pk,
            "fresh": fresh.pk,
            "closed": closed.pk,
            "entry": entry.pk,
            "objection": objection.pk,
            "row_set": row_set,
            "evidence": evidence.pk,
            "responsibility": duty.pk,
            "relation": relation.pk,
            "term": term.pk,
            "rating": rating.pk,
            "workday": workday.pk,
            "name": name.pk,
            "person": cast.people["hekou"].pk,
            "post": cast.posts["hekou"].pk,
            "change_set": ChangeSet.objects.get(verb="orgs.responsibility.end").pk,
        }
    )
