"""Foreign files are opened in a process of their own: ``asking`` starts it, ``__main__`` is what runs there.

A workbook from outside may be made to take all memory or never to end. Nothing of one is unpacked or parsed by the web
or a worker: ``python -m sheets.apart`` does it without Django, settings or secrets, within limits it sets itself, and
answers with plain values (``passing``) or the code of a refusal.
"""
