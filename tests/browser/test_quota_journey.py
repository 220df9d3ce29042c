"""A figure on its way: a year taken from a catalogue, copied into the next, a quota changed, split and split on.

The county works through pages alone; no step needs the admin site.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Site
from tests.browser.window import Window

TASK = "农村党员发展"
PHONE = {"width": 360, "height": 740}


MORE_TOWNSHIPS = """
from orgs import clock
from orgs.actions import tree
from orgs.models import Organisation
from records.changes import change_set
county = Organisation.objects.get(kind='county')
with change_set('tests.townships', by=None, at=clock.now()) as changes:
    above = [
        Organisation(code=f'{county.code[:6]}3{n:02}000', name=f'外{n}镇', kind='township', parent=county)
        for n in range(19)
    ]
    tree.add(changes, above)
    below = [
        Organisation(code=f'{row.code[:9]}20{m}', name=f'{row.name[:-1]}{m}村', kind='village', parent=row)
        for n, row in enumerate(above)
        for m in range(1 + n % 4)
    ]
    tree.add(changes, below)
"""


@dataclass
class Story:
    """What the chapters hand on; ``chapters`` were told to their end."""

    programme: str = ""
    task: str = ""
    share: int = 0
    chapters: int = 0

    def goes_on_after(self, chapters: int) -> None:
        """Stop here when the chapters before were not told to their end."""
        if self.chapters < chapters:
            pytest.fail(f"The story broke off in chapter {self.chapters + 1}.")


@pytest.fixture(scope="module")
def story() -> Story:
    """Filled by each chapter."""
    return Story()


def press(page: Page, value: str) -> None:
    """Press the button that does this, and wait for the page after it."""
    with page.expect_navigation():
        page.locator(f"main button[name=action][value={value}]").last.click()


def shares(page: Page) -> list[int]:
    """The shares as they stand in the boxes."""
    return [int(box.input_value() or 0) for box in page.locator("input.share").all()]


def split(page: Page, target: int) -> None:
    """Set the figure, let it be proposed by villages; the sum is said while typing."""
    page.fill("[name=target]", str(target))
    expect(page.locator("[data-gap]")).to_contain_text(str(target))
    press(page, "villages")
    assert sum(shares(page)) == target
    expect(page.locator("[data-gap]")).to_contain_text("相符")


def test_1_the_county_takes_a_catalogue_and_issues_a_split_figure(
    site: Site, signed_in: Callable[..., Window], story: Story
) -> None:
    site.tell(f"exec({MORE_TOWNSHIPS!r})")  # the small demo has six
    page = signed_in("dangjianban").page
    page.goto("/programmes/")
    page.locator("main a[href='/programmes/new/']").first.click()
    page.fill("[name=name]", "农村基层组织建设目标责任")
    page.fill("[name=first_year]", "2026")
    page.fill("[name=last_year]", "2027")
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile(r"/programmes/\d+/"))
    story.programme = re.search(r"/programmes/\d+/", page.url)[0]
    page.locator("main a", has_text="从自带目录开始").click()
    page.locator("main h2 a", has_text="农村基层组织建设目标责任").click()
    expect(page.locator("main")).to_contain_text("修缮村级活动场所")
    with page.expect_navigation():
        page.locator("main button", has_text="作为草稿").click()
    expect(page.locator("main")).to_contain_text(TASK)
    page.locator("main li", has_text=TASK).locator("a", has_text="分解任务数").click()
    split(page, 120)
    assert sum(share > 0 for share in shares(page)) == 25
    first = page.locator("input.share").first
    had = int(first.input_value())
    first.fill(str(had - 1))
    expect(page.locator("[data-gap]")).to_contain_text("还差 1")
    press(page, "save")  # a difference without a reason: refused, nothing lost
    expect(page.locator(".invalid-feedback").first).to_contain_text("还差 1")
    assert first.input_value() == str(had - 1)
    first.fill(str(had))
    press(page, "issue")
    expect(page.locator("main [role=status]").first).to_contain_text("下达")
    story.chapters = 1


def test_2_the_year_is_copied_its_quota_changed_split_and_issued(
    signed_in: Callable[..., Window], story: Story
) -> None:
    story.goes_on_after(1)
    page = signed_in("dangjianban").page
    page.goto(f"{story.programme}?year=2026")
    page.locator("main a", has_text="复制到另一年").click()
    expect(page.locator("main tbody tr", has_text=TASK)).to_contain_text("2027-11-30")
    for _twice in range(2):
        page.goto(f"{story.programme}copy/?source=2026&to=2027")
        button = page.locator("main button", has_text="复制到 2027 年")
        if button.count():
            with page.expect_navigation():
                button.click()
    page.goto(f"{story.programme}?year=2027")
    assert page.locator("main li", has_text=TASK).count() == 1
    page.locator("main li", has_text=TASK).locator("a", has_text="分解任务数").click()
    assert sum(shares(page)) == 120  # last year's shares stand there
    page.fill("[name=target]", "150")
    expect(page.locator("[data-gap]")).to_contain_text("还差 30")
    press(page, "last_year")
    assert sum(shares(page)) == 150
    column = "\n".join(str(share) for share in shares(page))
    page.fill("[name=pasted]", column)
    press(page, "pasted")
    assert "\n".join(str(share) for share in shares(page)) == column
    press(page, "save")
    expect(page.locator("main [role=status]").first).to_contain_text("已保存")
    story.task = re.search(r"/tasks/(\d+)/", page.url)[1]

    page.goto(f"{story.programme}issue/?year=2027")
    row = page.locator("main tbody tr", has_text=TASK)
    expect(row.locator("td.num").last).to_have_text(str(sum(1 for share in column.split("\n") if share != "0")))
    with page.expect_navigation():
        page.locator("main form button", has_text="下达勾选的任务").click()
    for _wait in range(60):  # it runs in the background
        page.goto(f"/rows/?task={story.task}")
        if page.locator("main tbody tr").count():
            break
        page.wait_for_timeout(500)
    page.goto(f"/tasks/{story.task}/quota/")
    assert sum(shares(page)) == 150
    expect(page.locator("[data-fault]")).to_have_count(0)
    story.chapters = 2


def test_3_a_township_splits_its_share_over_its_villages(signed_in: Callable[..., Window], story: Story) -> None:
    story.goes_on_after(2)
    page = signed_in("hekou").page
    page.goto(f"/rows/?task={story.task}")
    page.locator("main tbody a[href^='/assignments/']").first.click()
    page.locator("#quota a", has_text="分解任务数").click()
    story.share = int(page.locator("[data-target]").get_attribute("data-target"))
    press(page, "equal")
    assert sum(shares(page)) == story.share
    page.locator("input[name^=own-]").first.fill("2027-11-20")
    press(page, "save")
    expect(page.locator("main [role=status]").first).to_contain_text("分解已保存")
    expect(page.locator("[data-fault]")).to_have_count(0)
    story.chapters = 3


def test_4_the_county_changes_the_quota_and_the_township_reads_that_its_split_is_short(
    signed_in: Callable[..., Window], story: Story
) -> None:
    story.goes_on_after(3)
    county = signed_in("dangjianban").page
    county.goto(f"/tasks/{story.task}/quota/")
    box = county.locator("tr", has_text="河口镇").locator("input.share")
    box.fill(str(story.share + 2))
    county.fill("[name=target]", "152")
    press(county, "save")
    expect(county.locator(".invalid-feedback").first).to_contain_text("说明")
    county.fill("[name=note]", "市里加两名")
    press(county, "save")
    expect(county.locator("tr", has_text="河口镇")).to_contain_text("还差 2")
    page = signed_in("hekou", viewport=PHONE).page
    page.goto(f"/rows/?task={story.task}")
    page.locator("main tbody a[href^='/assignments/']").first.click()
    expect(page.locator("#quota")).to_contain_text("还差 2")
    expect(page.locator("main")).to_contain_text("市里加两名")
    page.locator("#quota a").last.click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
