"""The demo's accounts as a table for a terminal."""

import unicodedata

from demo.fixture import read
from orgs.models import Post

HEADINGS = ("用户名", "姓名", "角色", "单位和职务")


def table() -> str:
    """The accounts worth knowing, and the one password; '' when the database has none of them."""
    shown = [person["user"] for person in read("people")["people"] if person.get("shown")]
    posts = Post.objects.filter(user__username__in=shown, stands_in_for=None).select_related("user", "organisation")
    rows = [HEADINGS]
    for post in sorted(posts, key=lambda post: (shown.index(post.user.username), post.pk)):
        rows.append((post.user.username, post.user.name, post.get_role_display(), str(post)))
    if len(rows) == 1:
        return ""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.append(
        f"密码都是 {read('people')['password']}。其他乡镇的组织委员：用户名是乡镇名的拼音，如 liulin（柳林镇）。"
    )
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
