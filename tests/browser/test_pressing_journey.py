"""What happens when work is not done: urged, given more time or not, postponed, looked at again, withdrawn."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import said, submit
from tests.browser.window import Window

SignedIn = Callable[..., Window]


@dataclass
class Story:
    """What one chapter leaves for the next."""

    asked: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def story() -> Story:
    """Filled by each chapter."""
    return Story()


def addresses(page: Page, count: int) -> list[str]:
    """The first assignments of a list."""
    links = page.locator("tbody th a[href^='/assignments/']")
    expect(links.first).to_be_visible()
    return [links.nth(number).get_attribute("href") or "" for number in range(count)]


def figure(page: Page) -> int:
    """The first number of a sentence on the page."""
    found = re.search(r"\d+", page.locator("main").inner_text())
    assert found
    return int(found.group())


def test_1_the_county_urges_what_is_late_and_takes_the_text_for_the_chat_group(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/rows/?light=late")
    page.locator("main a[href^='/supervision/urges/new/']").click()
    page.locator("[data-copy]").click()
    expect(page.locator("#urge-text")).to_be_visible()
    lines = page.locator("#urge-text").input_value().strip().split("\n")
    assert len(lines) > 1
    assert all("逾" in line for line in lines[1:])
    page.fill("[name=note]", "本周五前更新进展")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    said(page, "已催办")
    page.goto("/supervision/urges/new/?light=late")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    expect(page.locator("[role=alert]")).to_contain_text("今天都已催办过")


def test_2_a_township_asks_for_two_extensions_and_raises_a_matter(signed_in: SignedIn, story: Story) -> None:
    page = signed_in("hekou").page
    page.goto("/rows/?status=in_progress&sort=-due")
    story.asked = addresses(page, 2)
    for address in story.asked:
        page.goto(address)
        story.organisations.append(page.locator("h1 a").first.inner_text())
        page.locator("#dates summary").first.click()
        page.fill("[name=extension-wanted_on]", "2027-02-26")
        page.fill("[name=extension-reason]", "连续阴雨，土建停工两周")
        submit(page, "/extension/")
    page.goto(story.asked[0])
    page.locator("main a[href^='/supervision/matters/new/']").click()
    page.fill("[name=text]", "电力增容费没有着落")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("电力增容费没有着落")


def test_3_the_county_grants_one_and_refuses_the_other(signed_in: SignedIn, story: Story) -> None:
    page = signed_in("dangjianban").page
    page.goto("/extensions/")
    for number, decision in enumerate(["grant", "refuse"]):
        row = page.locator("li.list-group-item", has=page.locator(f"a[href='{story.asked[number]}']"))
        row.locator("[name=words]").fill("同意顺延" if decision == "grant" else "工期足够，加派人手")
        with page.expect_navigation():
            row.locator(f"button[value={decision}]").click()
    page.goto(story.asked[0])
    expect(page.locator("#dates")).to_contain_text("2027年2月26日")
    expect(page.locator("#dates")).to_contain_text("原定时限")
    page.goto(story.asked[1])
    expect(page.locator("#dates")).to_contain_text("工期足够")
    expect(page.locator("#dates")).to_contain_text("未批准")


def test_4_one_task_is_postponed_for_the_whole_county_and_undone_again(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/rows/?figure=open&sort=-due")
    page.goto(addresses(page, 1)[0])
    task = page.locator("nav a[href^='/tasks/']").last.get_attribute("href") or ""
    page.goto(f"/rows/?task={task.split('/')[2]}&figure=open")
    page.check("#selected-all")
    with page.expect_navigation():
        page.locator("#selected button", has_text="顺延").click()
    page.fill("[name=to]", "2027-03-31")
    page.fill("[name=reason]", "防汛抗旱，全县统一顺延")
    with page.expect_navigation():
        page.locator("main form.card button.btn-primary").click()
    page.goto(f"/rows/?task={task.split('/')[2]}&figure=open")
    expect(page.locator("tbody tr").first).to_contain_text("2027-03-31")


def test_5_the_sample_sends_one_back_and_its_township_reads_why(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/supervision/samples/")
    page.fill("[name=month]", "2026-11")
    page.fill("[name=seed]", "十一月")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    pending = page.locator("form[action*='/rechecks/']").first
    item = page.locator("li.list-group-item", has=pending).first
    address = item.locator("a[href^='/assignments/']").get_attribute("href") or ""
    pending.locator("[name=found]").fill("现场大门上锁，公开栏空白")
    with page.expect_navigation():
        pending.locator("button[value=no]").click()
    said(page, "重新办理")
    page.goto(address)
    expect(page.locator(".alert-danger").first).to_contain_text("现场大门上锁")


def test_6_one_item_is_withdrawn_with_a_reason_and_counts_no_more(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/rows/?figure=open&sort=-due")
    total = figure(page)
    page.locator("tbody [name=chosen]").first.check()
    with page.expect_navigation():
        page.locator("#selected button", has_text="作废").click()
    page.fill("[name=reason]", "该村已撤并")
    with page.expect_navigation():
        page.locator("main form.card button.btn-primary").click()
    page.goto("/rows/?figure=open&sort=-due")
    assert figure(page) == total - 1


def test_7_the_matter_goes_up_is_answered_and_settled(signed_in: SignedIn) -> None:
    township = signed_in("hekou").page
    township.goto("/supervision/matters/")
    township.locator("main a", has_text="电力增容费没有着落").click()
    address = township.url
    county = signed_in("dangjianban").page
    county.goto(address)
    expect(county.locator("main")).to_contain_text("电力增容费没有着落")
    township.locator("form[action$='/pass/'] button[value=up]").click()
    county.goto(address)
    county.fill("[name=answer]", "从以奖代补资金中先行垫付，下周到账")
    submit(county, "/answer/")
    township.goto(address)
    with township.expect_navigation():
        township.locator("form[action$='/settle/'] button[value=solved]").click()
    expect(township.locator("main")).to_contain_text("已解决")
