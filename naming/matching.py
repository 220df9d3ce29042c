"""Which organisation a written name means: level by level, explained, asked about when in doubt, never guessed.

``Matcher(units)`` is built once from plain rows (no database) and answers thousands of look-ups::

    matcher = Matcher(Unit(key=7, code="…", name="梅花村委会", short_name="梅花村", level="village", township=3), …)
    match = matcher.find("西渡镇梅花村党支部")          one cell, as in a chat message
    match = matcher.find("梅花", township="西渡镇党委")  a row of a ledger
    match.status, match.key, match.steps, matcher.suggestions(match)

Statuses are ``matched``, ``missing``, ``unknown``, ``ambiguous``, ``conflict`` (township or code contradict the name)
and ``review`` (one character off: probably ``candidates[0]``, somebody has to say so).
"""

from collections.abc import Iterable, Sequence

from naming.match import STEPS, Key, Level, Match, Status, Unit
from naming.name_index import Names
from naming.written_names import clean, written

__all__ = ["STEPS", "Level", "Match", "Matcher", "Unit"]


class Matcher:
    """Finds organisations by what people write; built once, asked often."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = {unit.key: unit for unit in units}
        self.codes: dict[str, Key] = {}
        self.all, self.townships = Names(), Names()
        self.within: dict[Key, Names] = {}
        self.above: list[str] = []
        self.prefixes: list[tuple[str, Key]] = []
        for unit in self.units.values():
            self._index(unit)
        self.above.sort(key=len, reverse=True)
        self.prefixes.sort(key=lambda pair: len(pair[0]), reverse=True)
        self._known: dict[tuple[object, ...], Match] = {}
        self._townships: dict[str, Match] = {}
        self._contexts: dict[str, Match] = {}

    def _index(self, unit: Unit) -> None:
        target = self._successor(unit)
        self.codes[unit.code] = unit.key
        names = {unit.name, unit.short_name} - {""}
        if unit.level == "above":
            self.above += [clean(name) for name in names]
            return
        if unit.level == "township":
            self.codes.setdefault(unit.code[:9], unit.key)
            for name in (*names, *unit.other_names):
                self.townships.add(target.key, name, current=not unit.closed and name in names)
                whole = clean(name)
                self.prefixes += [(form, target.key) for form in {whole, written(whole).core} if len(form) >= 2]
            return
        scopes = [self.all, *([self.within.setdefault(unit.township, Names())] if unit.township is not None else [])]
        if target.township is not None and target.township != unit.township:
            scopes.append(self.within.setdefault(target.township, Names()))
        for name in (*names, *unit.other_names):
            for scope in scopes:
                scope.add(target.key, name, current=not unit.closed and name in names)

    def _successor(self, unit: Unit) -> Unit:
        """The organisation that stands for a closed one today."""
        seen = set()
        while unit.successor is not None and unit.successor in self.units and unit.key not in seen:
            seen.add(unit.key)
            unit = self.units[unit.successor]
        return unit

    # townships

    def names_township(self, text: str) -> bool:
        """Whether a text is a township's name in full, 镇, 乡 or 街道 included: a village may bear the bare name."""
        return self.find_township(text).found and written(self._without_county(clean(text))).kind == "town"

    def find_township(self, text: str) -> Match:
        """The township a cell names: with or without 镇, 乡, 街道, 党委, 人民政府."""
        known = self._townships.get(text)
        if known is None:
            known = self._townships[text] = self._find_township(text)
        return known

    def _find_township(self, text: str) -> Match:
        bare = self._without_county(clean(text))
        if not bare:
            return Match("missing", shown=text)
        forms = [bare, written(bare).body]
        for form in forms:
            for index in (self.townships.whole, self.townships.other):
                if form in index:
                    return self._one_of(index[form], (), None, text)
        parsed = written(bare)
        same = self.townships.cores.get(parsed.core, set())
        fitting = {key for key, kind, _now in same if not parsed.kind or not kind or kind == parsed.kind}
        if fitting and parsed.kind in {"", "town"}:
            return self._one_of(fitting, ("no_suffix",) if bare == parsed.core else ("suffix",), None, text)
        near = self.townships.near(parsed) if len(parsed.core) >= 2 and parsed.kind in {"", "town"} else {}
        if near:
            return Match("review", candidates=tuple(near), steps=("slip",), shown=text)
        return Match("unknown", shown=text)

    def township_in(self, text: str) -> Match:
        """The one township that a title or a sheet's name speaks of."""
        known = self._contexts.get(text)
        if known is None:
            known = self.find_township(text)
            if not known.found:
                whole = clean(text)
                named = {key for form, key in self.prefixes if form in whole and written(form).kind == "town"}
                key = named.pop() if len(named) == 1 else None
                known = Match("matched", key, shown=text) if key is not None else Match("unknown", shown=text)
            self._contexts[text] = known
        return known

    # villages

    def find(
        self, name: str, *, township: str = "", code: str = "", contexts: Sequence[str] = (), level: Level = "village"
    ) -> Match:
        """The organisation a row names, by its name, its township's column, its code, and the texts around it.

        ``contexts`` are tried in order (section, sheet's name, titles) when the row has no township of its own.
        """
        key = (name, township, code, tuple(contexts), level)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(name, township, code, contexts, level)
        return known

    def _find(self, name: str, township: str, code: str, contexts: Sequence[str], level: Level) -> Match:
        if level == "township":
            return self._township_of_row(township or name, code, contexts)
        if code.strip():
            return self._by_code(name, township, code, contexts)
        if not clean(name):
            return self._by_context(contexts) if not township else Match("missing", shown=name)
        return self._by_name(name, *self._scope(township, contexts))

    def _township_of_row(self, text: str, code: str, contexts: Sequence[str]) -> Match:
        found = self.find_township(text)
        if found.status == "missing" and code in self.codes and self.units[self.codes[code]].level == "township":
            return Match("matched", self.codes[code], steps=("code",), shown=code)
        if found.status == "missing":
            around = [match for match in map(self.township_in, contexts) if match.found]
            return Match("matched", around[0].key, steps=("context",), shown=text) if around else found
        return found

    def _scope(self, township: str, contexts: Sequence[str]) -> tuple[Match | None, tuple[str, ...]]:
        """The township to search in: the row's own, else the first that the texts around name."""
        if clean(township):
            return self.find_township(township), ("township_column",)
        for text in contexts:
            found = self.township_in(text)
            if found.found:
                return found, ("context",)
        return None, ()

    def _by_context(self, contexts: Sequence[str]) -> Match:
        """A sheet for one village says which in its name or title alone."""
        for text in contexts:
            whole = self._without_county(clean(text))
            found = self._resolve(whole, None)
            if found.found:
                return Match("matched", found.key, steps=("context",), shown=text)
            inside = self._villages_in(whole)
            if len(inside) == 1:
                return Match("matched", inside.pop(), steps=("context",), shown=text)
        return Match("missing")

    def _villages_in(self, text: str) -> set[Key]:
        """The villages a title speaks of; the longest names only."""
        township = self.township_in(text)
        names = self.within.get(township.key, self.all) if township.key is not None else self.all
        forms = [form for form in names.whole if len(form) >= 3 and form in text]
        longest = [form for form in forms if not any(form != other and form in other for other in forms)]
        return set().union(*(names.whole[form] for form in longest)) if longest else set()

    def _by_code(self, name: str, township: str, code: str, contexts: Sequence[str]) -> Match:
        digits = clean(code).lstrip("'")
        key = self.codes.get(digits)
        by_name = self._by_name(name, *self._scope(township, contexts)) if clean(name) else None
        if key is None:
            if by_name is None or not by_name.found:
                return by_name or Match("unknown", steps=("unknown_code",), shown=code)
            steps = (*by_name.steps, "unknown_code")
            return Match(
                "conflict", candidates=(by_name.key,) if by_name.key is not None else (), steps=steps, shown=name
            )
        unit = self._successor(self.units[key])
        own = self.find_township(township) if clean(township) else None
        if own is not None and own.found and unit.level == "village" and unit.township != own.key:
            return Match("conflict", candidates=(unit.key,), steps=("code_differs",), shown=name)
        if by_name is None or by_name.key == unit.key or unit.key in by_name.candidates:
            return Match("matched", unit.key, steps=("code",), township=unit.township, shown=name or code)
        others = tuple(dict.fromkeys((unit.key, *((by_name.key,) if by_name.key is not None else by_name.candidates))))
        return Match("conflict", candidates=others, steps=("code_differs",), shown=name)

    def _by_name(self, name: str, scope: Match | None, how: tuple[str, ...]) -> Match:
        whole = clean(name)
        steps = (*how, *_cleaning(name, whole))
        bare = self._without_county(whole)
        if bare != whole:
            steps = (*steps, "county_prefix")
        if scope is not None and not scope.found:
            return self._in_unknown_township(name, bare, scope, steps)
        township = scope.key if scope else None
        found = self._resolve(bare, township)
        if "closed" in found.steps:
            return Match("unknown", None, found.candidates, (*steps, *found.steps), township, name)
        if found.status == "unknown":
            found = self._with_prefix(bare, township, "township_column" in how) or found
        if found.status == "unknown" and township is not None:
            elsewhere = self._resolve(bare, None)
            if elsewhere.status in {"matched", "ambiguous"}:
                candidates = (elsewhere.key,) if elsewhere.key is not None else elsewhere.candidates
                found = Match("conflict", candidates=candidates, steps=("elsewhere",))
        if found.status == "unknown":
            found = self._several(whole, township) or self._slip(bare, township) or found
        return Match(found.status, found.key, found.candidates, (*steps, *found.steps), township, name)

    def _in_unknown_township(self, name: str, bare: str, scope: Match, steps: tuple[str, ...]) -> Match:
        """The row's township is none that is known: the name alone never decides."""
        if scope.status == "review":
            inside = [self._resolve(bare, key) for key in scope.candidates]
            keys = tuple(found.key for found in inside if found.key is not None)
            if keys:
                return Match("review", candidates=keys, steps=(*steps, "slip"), shown=name)
        found = self._resolve(bare, None)
        prefixed = found if found.status != "unknown" else self._with_prefix(bare, None, False) or found
        candidates = (prefixed.key,) if prefixed.key is not None else prefixed.candidates
        status: Status = "conflict" if candidates else "unknown"
        return Match(status, candidates=candidates, steps=(*steps, "unknown_township"), shown=name)

    def _resolve(self, bare: str, township: Key | None) -> Match:
        """A name within one township, or anywhere: whole, then by its core and kind, then by old names."""
        names = self.all if township is None else self.within.get(township)
        if names is None or not bare:
            return Match("unknown")
        parsed = written(bare)
        keys, current = names.meaning(parsed)
        if not keys:
            return Match("unknown")
        steps: tuple[str, ...] = ()
        if not current:
            steps = ("old_name",)
        elif bare not in names.whole:
            steps = ("party_suffix",) if parsed.body in names.whole else ("suffix",) if parsed.kind else ("no_suffix",)
        return self._one_of(keys, steps, township, bare)

    def _with_prefix(self, bare: str, township: Key | None, own: bool) -> Match | None:
        """A name with its township before it; a row whose own township differs contradicts itself."""
        found: dict[Key, Key] = {}
        unclear: tuple[Key, ...] = ()
        for form, home in self.prefixes:
            rest = _rest_after(form, bare)
            inside = self._resolve(rest, home) if rest else None
            if inside is not None and inside.key is not None:
                found.setdefault(inside.key, home)
            elif inside is not None:
                unclear = unclear or inside.candidates
        if len(found) == 1:
            key, home = next(iter(found.items()))
            if own and home != township:
                return Match("conflict", candidates=(key,), steps=("township_prefix", "elsewhere"))
            return Match("matched", key, steps=("township_prefix",))
        candidates = tuple(found) or unclear
        if candidates:
            return Match("ambiguous", candidates=candidates, steps=("township_prefix",))
        return self._nearly_with_prefix(bare, township)

    def _nearly_with_prefix(self, bare: str, township: Key | None) -> Match | None:
        """A name one character off with its township written in full before it."""
        for form, home in self.prefixes:
            if written(form).kind == "town" and bare.startswith(form):
                near = self._slip(bare[len(form) :], home)
                if near is None:
                    continue
                if township in {None, home}:
                    return near
                return Match(
                    "conflict", candidates=near.candidates or tuple(filter(None, (near.key,))), steps=near.steps
                )
        return None

    def _several(self, whole: str, township: Key | None) -> Match | None:
        """Two villages in one cell are nobody's row."""
        for sign in ("、", ",", ";", "/", "和", "及", "与"):
            parts = [part for part in whole.split(sign) if part]
            if len(parts) < 2:
                continue
            found = [self._resolve(part, township) for part in parts]
            keys = tuple(match.key for match in found if match.key is not None)
            if len(keys) == len(parts):
                return Match("ambiguous", candidates=keys, steps=("several_names",))
        return None

    def _slip(self, bare: str, township: Key | None) -> Match | None:
        """A name one character off: taken when it sounds alike and is the only one, else set aside."""
        names = self.all if township is None else self.within.get(township)
        parsed = written(bare)
        if names is None or len(parsed.core) < 2:
            return None
        near = {key: core for key, core in names.near(parsed).items() if not self.units[key].closed}
        if not near:
            return None
        if len(near) == 1 and township is not None:
            key, core = next(iter(near.items()))
            if len(core) == len(parsed.core) and _sounds_alike(core, parsed.core):
                return Match("matched", key, steps=("same_sound",))
        return Match("review", candidates=tuple(near), steps=("slip",))

    def _one_of(self, keys: set[Key], steps: tuple[str, ...], township: Key | None, shown: str) -> Match:
        if len(keys) > 1:
            return Match(
                "ambiguous", candidates=tuple(sorted(keys, key=str)), steps=steps, township=township, shown=shown
            )
        (key,) = keys
        if self.units[key].closed:
            return Match("unknown", candidates=(key,), steps=(*steps, "closed"), township=township, shown=shown)
        return Match("matched", key, steps=steps, township=township, shown=shown)

    def _without_county(self, whole: str) -> str:
        """A name without 中共 and the county's and city's names before it."""
        bare = whole.removeprefix("中国共产党").removeprefix("中共")
        for _level in range(3):
            for name in self.above:
                if bare.startswith(name) and len(bare) > len(name) + 1:
                    bare = bare[len(name) :]
        return bare

    # what is told to people

    def suggestions(self, match: Match, limit: int = 5) -> list[Key]:
        """Organisations to choose from: the candidates, then those whose names are most alike."""
        from rapidfuzz import fuzz, process

        names = self.within.get(match.township, self.all) if match.township is not None else self.all
        core = written(self._without_county(clean(match.shown))).core[: names.longest * 2]
        alike = process.extract(core, list(names.cores), scorer=fuzz.ratio, limit=limit * 2, score_cutoff=34)
        ranked = [key for form, _score, _at in alike for key, _kind, _now in sorted(names.cores[form], key=str)]
        return list(dict.fromkeys((*match.candidates, *ranked)))[:limit]


def _rest_after(form: str, name: str) -> str:
    """What follows a township's name, with or without 镇, 乡, 街道; empty when the name has no such prefix."""
    if not name.startswith(form):
        return ""
    rest = name[len(form) :]
    if written(form).kind != "town":
        for suffix in ("街道办事处", "街道", "镇", "乡"):
            if rest.startswith(suffix) and len(rest) > len(suffix) + 1:
                return rest[len(suffix) :]
    return rest


def _cleaning(name: str, whole: str) -> tuple[str, ...]:
    """How a name was written otherwise than plainly."""
    if name == whole:
        return ()
    squeezed = "".join(name.split())
    if squeezed == whole:
        return ("spaces",)
    return ("traditional",) if len(squeezed) == len(name) else ("spaces", "traditional")


def _sounds_alike(one: str, other: str) -> bool:
    from pypinyin import lazy_pinyin  # heavy: only when a name is one character off

    return bool(lazy_pinyin(one) == lazy_pinyin(other))
