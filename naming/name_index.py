"""The names of organisations, indexed to be found whole, by their core, and with one character off."""

from dataclasses import dataclass, field

from naming.match import Key
from naming.written_names import Written, clean, written


@dataclass
class Names:
    """The names within one township (or all of them): whole, by core, and by cores with one character left out."""

    whole: dict[str, set[Key]] = field(default_factory=dict)
    other: dict[str, set[Key]] = field(default_factory=dict)
    cores: dict[str, set[tuple[Key, str, bool]]] = field(default_factory=dict)  # key, kind, whether current
    nearly: dict[str, set[tuple[Key, str, str]]] = field(default_factory=dict)
    longest: int = 0  # characters of the longest core

    def add(self, key: Key, name: str, *, current: bool) -> None:
        whole = clean(name)
        (self.whole if current else self.other).setdefault(whole, set()).add(key)
        parsed = written(whole)
        self.cores.setdefault(parsed.core, set()).add((key, parsed.kind, current))
        if parsed.kind == "community" and parsed.core.endswith("村") and len(parsed.core) > 2:
            self.cores.setdefault(parsed.core[:-1], set()).add((key, parsed.kind, current))
        self.longest = max(self.longest, len(parsed.core))
        if len(parsed.core) >= 2:
            for variant in _variants(parsed.core):
                self.nearly.setdefault(variant, set()).add((key, parsed.core, parsed.kind))

    def meaning(self, parsed: Written) -> tuple[set[Key], bool]:
        """Those of the same core and kind, by today's names first; and whether it was by today's."""
        every: tuple[str, ...] = ("", "village", "community", "town")
        kinds = ((parsed.core, (parsed.kind,) if parsed.kind else every), (parsed.core, ("",)), (parsed.body, every))
        for current in (True, False):
            for core, wanted in kinds:
                keys = {key for key, kind, now in self.cores.get(core, ()) if now == current and kind in wanted}
                if keys:
                    return keys, current
        return set(), True

    def near(self, parsed: Written) -> dict[Key, str]:
        """Organisations whose core is one character away, with that core."""
        from rapidfuzz.distance import OSA

        near: dict[Key, str] = {}
        if len(parsed.core) > self.longest + 1:
            return near  # one character is never enough, and a remark has too many to leave each out in turn
        for variant in _variants(parsed.core):
            for key, core, kind in self.nearly.get(variant, ()):
                fits = not parsed.kind or not kind or kind == parsed.kind
                if fits and OSA.distance(core, parsed.core, score_cutoff=1) <= 1:
                    near[key] = core
        return near


def _variants(core: str) -> set[str]:
    return {core} | {core[:at] + core[at + 1 :] for at in range(len(core))}
