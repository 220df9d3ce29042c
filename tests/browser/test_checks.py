"""The checks of every page notice what they are there to notice."""

from collections.abc import Callable

import pytest

from tests.browser import checks
from tests.browser.window import Window

PAGE = """<!doctype html><html lang="zh-hans"><head><meta charset="utf-8"><title>样张 · 落实</title><style>
  body {{ background: #fff; color: #000; }} {css}</style></head>
  <body><header><a href="/">落实</a></header><main><h1>样张</h1>{body}</main></body></html>"""
SOUND = '<p>一句话。</p><label for="a">名称</label> <input id="a"> <button>保存</button> <a href="/b">下一页</a>'

TRAP = """<input id=t aria-label=陷阱 onkeydown="event.preventDefault()"><a href="/c">后面</a>"""


@pytest.mark.parametrize(
    ("css", "body", "noticed"),
    [
        ("", "<h1>又一个</h1>" + SOUND, "2 h1"),
        ("", "<p>Nothing has changed yet.</p>" + SOUND, "not in Chinese"),
        ("", "<input name='lost'>" + SOUND, "axe label"),
        ("p { color: #bbb; }", SOUND, "axe color-contrast"),
        (".y { width: 600px; }", "<div class=y>宽</div>" + SOUND, "px wide at 360"),
        (
            ".x { overflow-x: auto; } .y { width: 600px; }",
            "<div class=x><div class=y>宽</div></div>" + SOUND,
            "sideways",
        ),
        ("button:focus { outline: none; }", SOUND, 'no visible focus on button "保存"'),
        ("main { display: flex; flex-direction: row-reverse; }", SOUND, "Tab goes back"),
        ("main { display: flex; flex-direction: column-reverse; }", SOUND, "Tab goes back"),
        ("", SOUND + TRAP, 'Tab does not reach a "后面"'),
    ],
)
def test_a_fault_is_noticed(css: str, body: str, noticed: str, new_window: Callable[..., Window]) -> None:
    page = new_window().page
    page.set_content(PAGE.format(css=css, body=body))
    assert noticed in "\n".join(checks.everything(page))


def test_a_sound_page_is_left_in_peace(new_window: Callable[..., Window]) -> None:
    page = new_window().page
    page.set_content(PAGE.format(css="", body=SOUND))
    assert checks.everything(page) == []


@pytest.mark.parametrize(
    ("deed", "noticed"),
    [
        ("console.error('oh')", "console error"),
        ("setTimeout(() => { throw new Error('oh') })", "script error"),
        ("document.body.appendChild(new Image()).src = 'http://elsewhere.invalid/x.png'", "CSP refused img-src"),
        ("document.body.setAttribute('style', 'color: red')", "CSP refused style-src"),
        ("fetch('/no-such-page/')", "404 for /no-such-page/"),
    ],
)
def test_a_fault_behind_the_page_is_noticed(deed: str, noticed: str, new_window: Callable[..., Window]) -> None:
    window = new_window()
    window.go("/sign-in/")
    window.page.evaluate(f"() => {{ {deed} }}")
    window.page.wait_for_timeout(200)
    assert noticed in "\n".join(window.faults)
    window.faults.clear()
