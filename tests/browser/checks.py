"""What must hold on every page, told as faults: axe, width, Tab walk, headings, language."""

import time
from itertools import pairwise
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
AXE = Axe()
SETTLE_SECONDS = 1  # what a chart may take to follow the width of its window

HEAD = r"""
() => {
  const faults = [];
  const headings = document.querySelectorAll("h1");
  if (headings.length !== 1) faults.push(`${headings.length} h1`);
  const language = document.documentElement.lang;
  if (!["zh-hans", "en"].includes(language)) faults.push(`lang="${language}"`);
  if (document.title.trim().split("·")[0].trim().length < 2) faults.push(`title "${document.title}"`);
  if (language === "zh-hans") {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim();
      const parent = walker.currentNode.parentElement;
      if (/[A-Za-z]{2,}[ ,.]+[a-z]{2,}/.test(text) && !parent.closest("script, style, [lang=en], code"))
        faults.push(`not in Chinese: "${text.slice(0, 60)}"`);
    }
  }
  return faults;
}
"""

WIDTH = r"""
() => {
  const faults = [], root = document.scrollingElement, limit = document.documentElement.clientWidth;
  const name = (node) => node.tagName.toLowerCase() + (node.id ? "#" + node.id : "") +
    (typeof node.className === "string" && node.className ? "." + node.className.trim().split(/\s+/).join(".") : "");
  const scrolls = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
  const inside = (node) => { for (let up = node.parentElement; up && up !== document.body; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible") return true; return false; };
  if (root.scrollWidth > limit) {
    const wide = Array.from(document.body.querySelectorAll("*"))
      .filter((n) => n.getBoundingClientRect().right > limit + 1 && !inside(n)).slice(0, 3).map(name);
    faults.push(`the page is ${root.scrollWidth} px wide at ${limit}: ${wide.join(", ")}`);
  }
  for (const node of document.body.querySelectorAll("*")) {
    if (["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName)) continue;
    if (scrolls(node) && node.scrollWidth > node.clientWidth + 1 && !node.classList.contains("table-responsive"))
      faults.push(`scrolls sideways, not a marked table: ${name(node)}`);
  }
  return faults;
}
"""

# Controls a keyboard must reach, in the order of the document; kept on the window for the walk.
CONTROLS = r"""
() => {
  const visible = (node) => node.getClientRects().length > 0 && node.checkVisibility({ visibilityProperty: true });
  const all = Array.from(document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable=true]"));
  const one = (node) => {
    if (node.type !== "radio") return true;
    const group = all.filter((n) => n.type === "radio" && n.name === node.name && n.form === node.form && !n.disabled);
    return node === (group.find((n) => n.checked) || group[0]);
  };
  const shown = (node) => node.classList.contains("btn-check") && node.labels.length ? node.labels[0] : node;
  const look = (node) => { const s = getComputedStyle(shown(node));
    return [s.outlineStyle === "none" ? "" : s.outlineWidth + s.outlineColor, s.boxShadow].join(); };
  const say = (node) => {
    const text = node.innerText || node.value || node.getAttribute("aria-label") || node.className || "";
    const name = node.tagName.toLowerCase() + (node.name ? `[${node.name}]` : "");
    return name + " " + JSON.stringify(text.trim().slice(0, 24));
  };
  if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
  const controls = all.filter((n) => n.tabIndex >= 0 && !n.disabled && n.type !== "hidden" && one(n) &&
    !n.closest("[inert]") && visible(shown(n)) && !n.matches(".visually-hidden-focusable"));
  const before = new Map(controls.map((n) => [n, look(n)]));
  window.luoshiWalk = { controls, stops: [] };
  document.addEventListener("focusin", (event) => {
    const node = event.target, index = controls.indexOf(node);
    const box = (shown(node).getClientRects()[0] || node.getBoundingClientRect());
    // Where it stands on the page, however far a table around it is scrolled; a sticky column stays at its edge,
    // while a sticky heading row moves sideways with its columns.
    let x = scrollX, y = scrollY, sticky = false;
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      sticky = sticky || (style.position === "sticky" && (style.left !== "auto" || style.right !== "auto"));
      x += sticky ? 0 : up.scrollLeft; y += up.scrollTop;
    }
    window.luoshiWalk.stops.push({
      index, name: say(node), seen: index < 0 || look(node) !== before.get(node),
      left: box.left + x, right: box.right + x, top: box.top + y, bottom: box.bottom + y,
    });
  });
  document.body.tabIndex = -1; // the walk starts at the top, wherever the page had put the focus
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
  const more = { date: 3, month: 2, week: 2, time: 3, "datetime-local": 6 }; // a date is several stops
  return { names: controls.map(say), presses: 4 + controls.reduce((sum, n) => sum + 1 + (more[n.type] || 0), 0) };
}
"""
SLACK = 4  # pixels two controls of one line may be apart


def _goes_back(here: dict[str, float], there: dict[str, float]) -> bool:
    """Whether the step leads against reading order: left on a line, or up without reaching a column further right."""
    overlap = min(here["bottom"], there["bottom"]) - max(here["top"], there["top"])
    smaller = min(here["bottom"] - here["top"], there["bottom"] - there["top"])
    if overlap > smaller / 2:
        return there["left"] < here["left"] - SLACK
    return there["bottom"] <= here["top"] + SLACK and there["left"] < here["right"] - SLACK


def _once_round(stops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stops until one of them comes again."""
    seen: set[int] = set()
    for number, stop in enumerate(stops):
        if stop["index"] in seen:
            return stops[:number]
        seen.add(stop["index"])
    return stops


def tab_walk(page: Page) -> list[str]:
    """Press Tab through the page: every control is reached once, in visual order, with focus one can see."""
    found = page.evaluate(CONTROLS)
    names = found["names"]
    for _ in range(found["presses"]):
        page.keyboard.press("Tab")
    stops = _once_round([stop for stop in page.evaluate("window.luoshiWalk.stops") if stop["index"] >= 0])
    reached = {stop["index"] for stop in stops}
    faults = [f"Tab does not reach {name}" for index, name in enumerate(names) if index not in reached]
    faults += [f"no visible focus on {stop['name']}" for stop in stops if not stop["seen"]]
    for here, there in pairwise(stops):
        if _goes_back(here, there):
            faults.append(f"Tab goes back from {here['name']} to {there['name']}")
    return faults


def axe(page: Page) -> list[str]:
    """What axe finds."""
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"axe {v['id']}: {v['nodes'][0]['html'][:110]} (and {len(v['nodes']) - 1} more)" for v in found]


def head(page: Page) -> list[str]:
    """One h1, a language, a title, nothing inline, and no English on a Chinese page."""
    return list(page.evaluate(HEAD))


def width(page: Page) -> list[str]:
    """Nothing scrolls sideways at 360 pixels but tables marked for it."""
    page.set_viewport_size(PHONE)
    deadline = time.monotonic() + SETTLE_SECONDS
    while (faults := list(page.evaluate(WIDTH))) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    page.set_viewport_size(DESK)
    return faults


def everything(page: Page) -> list[str]:
    """All of the above, for one page."""
    return [*head(page), *axe(page), *width(page), *tab_walk(page)]
