"""Asks every URL as every person with one drawn fault and says which answers were ours to be ashamed of."""

import random
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from records import cleaning
from tests.access.faults import Sent, draw, encoded
from tests.access.forms_met import Fields
from tests.access.table import EVERYBODY, PUBLIC, TABLE

URLS = [*TABLE, *sorted(PUBLIC)]
FORM = "application/x-www-form-urlencoded"
Met = Mapping[str, list[tuple[str, Fields, list[str]]]]


def whole(name: str, keys: Mapping[str, object], met: Met, chance: random.Random) -> Sent:
    """A request without a fault: a form of the page filled in, or what the table sends."""
    row = TABLE.get(name)
    args = [arg[1:] if arg.startswith("=") else keys[arg] for arg in row.args] if row else []
    method = row.method if row else "get"
    fields: Fields = list(row.form.items()) if row else []
    files: list[str] = []
    if name in met:
        method, fields, files = chance.choice(met[name])
    if method == "get":
        return Sent(reverse(name, args=args), query=tuple(fields) if chance.random() < 0.3 else ())
    uploads = tuple((each, "现场.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 32) for each in files)
    return Sent(reverse(name, args=args), method, (), tuple(fields), uploads)


def ask(client: Client, sent: Sent) -> Any:
    """Send it. Exceptions of the program come through."""
    kept = dict(client.cookies)
    cookies = {name: morsel.coded_value for name, morsel in kept.items()} | sent.cookies
    headers = {"HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()), **sent.headers}
    inside = client.handler

    def at_the_door(environ: dict[str, Any]) -> Any:
        cleaning.mark_charset(environ)  # as the web server does
        return inside(environ)

    client.handler = at_the_door
    try:
        if sent.method in {"get", "head", "options", "delete", "trace"}:
            return client.generic(sent.method.upper(), sent.url, **headers)
        kind, content = sent.body or _form(sent)
        return client.generic(sent.method.upper(), sent.url, content, kind, **headers)
    finally:
        client.handler = inside
        client.cookies.clear()
        for name, morsel in kept.items():
            dict.__setitem__(client.cookies, name, morsel)


def _form(sent: Sent) -> tuple[str, bytes]:
    if not sent.files:
        return FORM, encoded(sent.fields).encode("ascii")
    parts = [(f'name="{name}"', text.encode("utf-8", "surrogatepass")) for name, text in sent.fields]
    parts += [(f'name="{name}"; filename="{called}"', content) for name, called, content in sent.files]
    lines = [
        b"--Luoshi\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n"
        % (head.encode("utf-8", "surrogatepass"), content)
        for head, content in parts
    ]
    return "multipart/form-data; boundary=Luoshi", b"".join(lines) + b"--Luoshi--\r\n"


def faults_at(
    names: Iterable[str], keys: Mapping[str, object], met: Met, client: Callable[[str], Client], seed: str
) -> Iterator[str]:
    """A sentence for each request that ended in an error of ours, with what raised it."""
    for name in names:
        for who in EVERYBODY.split():
            chance = random.Random(f"{seed}:{name}:{who}")
            sent = draw(whole(name, keys, met, chance), chance)
            fault = failure(client(who), sent)
            if fault:
                yield f"{name} as {who}, {sent.method} {sent.url[:120]}\n  {sent.fault}\n  {fault}"


def failure(client: Client, sent: Sent) -> str:
    """What went wrong in answering; nothing of what was done stays."""
    fault = ""
    with transaction.atomic():
        try:
            answer = ask(client, sent)
            if answer.status_code >= 500:
                fault = f"status {answer.status_code}"
            elif hasattr(answer, "streaming_content"):
                b"".join(answer.streaming_content)
        except Exception as error:
            place = [at for at in traceback.extract_tb(error.__traceback__) if str(settings.BASE_DIR) in at.filename]
            ours = [at for at in place if "/tests/" not in at.filename and "/.venv/" not in at.filename]
            at = ours[-1] if ours else traceback.extract_tb(error.__traceback__)[-1]
            fault = f"{type(error).__name__}: {str(error)[:200]} at {at.filename}:{at.lineno}"
        transaction.set_rollback(True)
    return fault
