"""``manage.py load_demo``: make the fictional demo county, or say what is there."""

import argparse
import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import translation

from dates import bounds, clock
from demo import accounts, load, state
from orgs.models import Organisation, User
from orgs.rules import OPERATING
from tasks.models import Assignment, Entry, Snapshot, Task
from tasks.rules.status import TaskStatus


def _day(given: str | datetime.date) -> datetime.date:
    if isinstance(given, datetime.date):
        return given
    try:
        day = datetime.date.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{given}' is not a date such as 2026-11-18.") from None
    if out := bounds.fault(day):
        raise argparse.ArgumentTypeError(out)
    return day


class Command(BaseCommand):
    """Make the demo county for a day; repeating it moves the demo to that day."""

    help = "Loads the fictional demo county as it stands on a day (today by default), in place of an older demo."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--date", type=_day, help="the day the demo stands at, such as 2026-11-18")
        parser.add_argument(
            "--accounts", action="store_true", help="print the demo accounts; loads nothing without --date"
        )
        parser.add_argument(
            "--status", action="store_true", help="print the day the demo stands at, or none; loads nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, unless only asked."""
        if options["status"]:
            self.stdout.write(str(state.date() or "none"))
            return
        if not options["accounts"] or options["date"]:
            self._load(_day(options["date"] or clock.today()))
        if options["accounts"]:
            with translation.override("zh-hans"):
                self.stdout.write(accounts.table() or "这里没有演示县的账号；运行 load_demo 载入演示数据。")

    def _load(self, on: datetime.date) -> None:
        try:
            load.load(on)
        except state.NotTheDemo as found:
            raise CommandError(
                f"The database holds organisations that are not the demo's, such as {found}; loading the demo would "
                "delete them. Use an empty database, for example with another LUOSHI_VAR or DATABASE_URL."
            ) from None
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # so many new rows: the planner must hear of them
        for line in summary(on):
            self.stdout.write(line)


def summary(on: datetime.date) -> list[str]:
    """Five lines on what stands in the database."""
    operating = Organisation.objects.filter(kind__in=OPERATING).count()
    units = Organisation.objects.open_on(on).exclude(kind__in=OPERATING).count()
    tasks, drafts = (Task.objects.filter(status=status).count() for status in (TaskStatus.ISSUED, TaskStatus.DRAFT))
    rows = Assignment.objects.count()
    late = Assignment.objects.overdue_on(on).count()
    share = f"{100 * late / max(rows, 1):.1f}%"
    days = Snapshot.objects.values("day").distinct().count()
    return [
        f"演示县已载入，停在 {on:%Y-%m-%d} 早上。",
        f"组织：乡镇、街道和党工委 {operating} 个，其他 {units} 个；账号 {User.objects.count()} 个。",
        f"任务：已下达 {tasks} 项，草稿 {drafts} 项；分到各单位 {rows} 件，逾期 {late} 件（{share}）。",
        f"记录：进展、留言和批示 {Entry.objects.count()} 条，每日快照 {days} 天。",
        "看账号：python manage.py load_demo --accounts",
    ]
