"""What was unticked stays unticked when a form comes back, and the button says how many it sends."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.orders_stage import TITLE, UNITS
from tests.browser.server import Site
from tests.browser.steps import next_page, said
from tests.browser.window import Window

SignedIn = Callable[..., Window]


@pytest.fixture(scope="module")
def departments(site: Site) -> None:
    """The departments of these tests."""
    site.tell("from tests.browser import orders_stage; orders_stage.build()")


def orders(page: Page) -> None:
    """Open the orders for what is late with the key task."""
    page.goto("/rows/?light=late")
    href = page.locator("main tbody a", has_text=TITLE).first.get_attribute("href")
    page.goto(href)
    task = page.locator("main a[href^='/tasks/']", has_text=TITLE).first.get_attribute("href")
    key = re.search(r"/tasks/(\d+)/", task)[1]
    page.goto(f"/supervision/orders/new/?task={key}")


def test_twenty_three_unticked_and_a_field_forgotten_make_one_order(signed_in: SignedIn, departments: None) -> None:
    page = signed_in("dangjianban").page
    orders(page)
    boxes, button = page.locator("input[name=unit]"), page.locator("main form button.btn-primary")
    expect(boxes).to_have_count(UNITS)
    expect(page.locator("input[name=unit]:checked")).to_have_count(0)
    expect(page.locator("[name=color]")).to_have_value("")  # so late, red would fit: nobody chose it yet
    expect(button).to_have_text("下达 0 件")
    page.locator("[data-tick=all]").click()
    expect(button).to_have_text(f"下达 {UNITS} 件")
    for box in boxes.all()[1:]:
        box.uncheck()
    expect(button).to_have_text("下达 1 件")
    page.select_option("[name=color]", "blue")
    page.fill("[name=signed_by]", "")
    with next_page(page):
        button.click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(page.locator("input[name=unit]:checked")).to_have_count(1)
    assert boxes.first.is_checked()
    expect(button).to_have_text("下达 1 件")
    page.fill("[name=signed_by]", "县领导甲")
    with next_page(page):
        button.click()
    said(page, "1")
    page.goto("/supervision/orders/")
    expect(page.locator("main li, main tbody tr").filter(has_text="攻坚局")).to_have_count(1)


def test_none_ticks_none_and_coming_back_counts_anew(signed_in: SignedIn, departments: None) -> None:
    page = signed_in("dangjianban").page
    orders(page)
    button = page.locator("main form button.btn-primary")
    page.locator("[data-tick=all]").click()
    page.locator("[data-tick=none]").click()
    expect(page.locator("input[name=unit]:checked")).to_have_count(0)
    page.locator("input[name=unit]").nth(3).check()
    page.goto("/week/")
    page.go_back()
    count = page.locator("input[name=unit]:checked").count()
    expect(button).to_have_text(f"下达 {count} 件")
