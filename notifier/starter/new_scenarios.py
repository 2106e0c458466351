"""The stories of a new rule: it speaks, it is silent, what was told changes, and it is taken back.

When it speaks is not computed here: a story that expects nothing is played first, and says it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from notifier.starter import places
from notifier.starter.new_rule import NewRule
from notifier.starter.sample_rows import LINK, Place, Rows
from notifier.starter.yaml_texts import flow_text, line_text

LONG = timedelta(days=100)
"""How long before and after the example's moment the first story is watched."""
SOON = timedelta(minutes=5)
_PREFIXES = {
    "contract": "K",
    "order": "O",
    "appointment": "A",
    "charge": "X",
    "incident": "I",
    "contact": "T",
    "site": "S",
}
_NAMES = {"es": "Ana Ruiz", "en": "Ann Lee"}
_TITLES = {
    "es": {
        "speaks": "habla en su momento, una vez, y no antes",
        "silent": "calla cuando no hay nada que decir",
        "changed": "lo que cambia después de dicho se corrige una vez",
        "off": "lo que queda en nada se retira",
    },
    "en": {
        "speaks": "it speaks at its moment, once, and not before",
        "silent": "it is silent where there is nothing to tell",
        "changed": "what changes after it was told is corrected once",
        "off": "what comes to nothing is taken back",
    },
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A notice of the first story: when it was seen, to whom, and its state."""

    at: datetime
    customer: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the stories are about."""

    new: NewRule
    rows: Rows
    place: Place
    country: str
    moves: Mapping[str, object]
    """What changes after it was told; empty where nothing does."""
    locales: Mapping[str, str]
    """By language: one customer for each."""

    @property
    def _file(self) -> str:
        return self.new.file.rpartition("/")[2]

    def watched(self) -> str:
        """A story that expects nothing, long before and after the example's moment."""
        start, end = self.place.anchor - LONG, self.place.anchor + LONG
        entries: list[_Entry] = [(start, self._sets(), None), (end, None, None)]
        return "scenarios:\n" + "".join(self._scenario("watched", entries))

    def whole(self, told: Sequence[Told]) -> str:
        """The file of scenarios, once it is known when the rule speaks."""
        titles = _TITLES[next(iter(self.locales))]
        moments = sorted({each.at for each in told})
        speaks = [*self._until_told(told), (moments[-1] + timedelta(days=1), None, {"notices": []})]
        lines = [*self._scenario(titles["speaks"], speaks), "\n", *self._silent(titles["silent"], moments)]
        if self.moves:
            lines += ["\n", *self._moved(titles["changed"], told)]
        if self.new.subject.taken_back is not None:
            lines += ["\n", *self._off(titles["off"], told)]
        return "scenarios:\n" + "".join(lines)

    def _until_told(self, told: Sequence[Told]) -> "list[_Entry]":
        """The minute before it speaks, and every instant at which it does."""
        moments = sorted({each.at for each in told})
        entries: list[_Entry] = [(moments[0] - timedelta(minutes=1), None, {"notices": []})]
        for at in moments:
            written = self._sets() if at == moments[0] else None
            entries.append((at, written, {"notices": [self._notice(each) for each in told if each.at == at]}))
        return entries

    def _silent(self, title: str, moments: Sequence[datetime]) -> Iterator[str]:
        rows = self._rows(self.new.subject.over)
        quiet: Mapping[str, object] = {"notices": [], "corrections": [], "follow_ups": []}
        entries: list[_Entry] = [
            (moments[0] - timedelta(minutes=1), self._sets(rows), None),
            (moments[-1] + timedelta(days=2), None, quiet),
        ]
        yield from self._scenario(title, entries, rows)

    def _moved(self, title: str, told: Sequence[Told]) -> Iterator[str]:
        expected = {"notices": [], "corrections": self._each(told)}
        yield from self._after(title, told, self._changes(self.moves), expected)

    def _off(self, title: str, told: Sequence[Told]) -> Iterator[str]:
        expected = {"corrections": [], "follow_ups": self._each(told)}
        yield from self._after(title, told, self._changes(self.new.subject.over), expected)

    def _after(
        self, title: str, told: Sequence[Told], changes: Mapping[str, object], expected: Mapping[str, object]
    ) -> Iterator[str]:
        entries = self._until_told(told)
        yield from self._scenario(title, [*entries, (entries[-1][0] + SOON, changes, expected)])

    def _each(self, told: Sequence[Told]) -> list[object]:
        customers = sorted({each.customer for each in told})
        return [{"rule": self.new.name, "customer": one, "state": "told"} for one in customers]

    def _notice(self, told: Told) -> dict[str, object]:
        return {"rule": self.new.name, "customer": told.customer, "state": told.state}

    @property
    def _speaks_at_once(self) -> bool:
        return not self.new.moment

    def _sets(self, rows: Rows | None = None) -> Mapping[str, object] | None:
        """A rule without a moment speaks of what becomes true: its row comes in with the story."""
        return self._of_customers(rows or self.rows) if self._speaks_at_once else None

    def _rows(self, changed: Mapping[str, object]) -> Rows:
        entity = self.new.about
        return {**self.rows, entity: {**self.rows[entity], **changed}}

    def _changes(self, columns: Mapping[str, object]) -> Mapping[str, object]:
        entity, count = self.new.about, self._subjects
        return {entity: [{"id": f"{_PREFIXES[entity]}-{n}", **self._values(columns, n)} for n in range(1, count + 1)]}

    @property
    def _subjects(self) -> int:
        """How many rows it is about: one for each customer, or one that touches them all."""
        return 1 if self.new.subject.each is not None else len(self.locales)

    def _of_customers(self, rows: Rows) -> Mapping[str, object]:
        """The rows, one of each for each customer."""
        made: dict[str, object] = {}
        for entity, row in rows.items():
            shared = entity in ("incident", "site")
            made[entity] = [
                {"id": f"{_PREFIXES[entity]}-{n}"}
                | ({} if shared else {"customer_id": f"C-{n}"})
                | self._values(row, n)
                for n in range(1, 2 if shared else len(self.locales) + 1)
            ]
        return made

    def _values(self, row: Mapping[str, object], number: int) -> dict[str, object]:
        return {name: self._value(name, value, number) for name, value in row.items()}

    def _value(self, name: str, value: object, number: int) -> object:
        if value is LINK:
            return f"{_PREFIXES[name.removesuffix('_id')]}-{1 if name == 'site_id' else number}"
        if name == "currency":
            return self.place.currency
        if isinstance(value, timedelta):
            return (self.place.anchor + value).isoformat()
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, Mapping):
            return {key: self._value(key, item, number) for key, item in value.items()}
        return str(value) if isinstance(value, Decimal) else value

    def _customers(self) -> list[object]:
        return [
            {
                "id": f"C-{number}",
                "name": _NAMES[language],
                "locale": locale,
                "timezone": self.place.zone.key,
                "country": self.country,
                "phone": places.example_mobile(self.country, number),
                "email": f"{_NAMES[language].split()[0].lower()}@example.com",
            }
            for number, (language, locale) in enumerate(self.locales.items(), start=1)
        ]

    def _scenario(self, title: str, entries: "Sequence[_Entry]", rows: Rows | None = None) -> Iterator[str]:
        given = {"customer": self._customers()}
        if not self._speaks_at_once:
            given |= self._of_customers(rows or self.rows)  # type: ignore[arg-type]  # lists of rows, too
        yield f"  - scenario: {line_text(title)}\n"
        yield f"    rules: [{self._file}]\n"
        yield "    given:\n"
        yield from _listed(given, "      ")
        yield "    timeline:\n"
        for at, changes, expected in entries:
            yield f"      - at: {at.astimezone(self.place.zone).isoformat()}\n"
            if changes is not None:
                yield "        set:\n"
                yield from _listed(changes, "          ")
            if expected is not None:
                yield f"        expect: {flow_text(expected)}\n"


_Entry = tuple[datetime, Mapping[str, object] | None, Mapping[str, object] | None]
"""When, what is written then, and what is expected."""


def _listed(rows: Mapping[str, object], indent: str) -> Iterator[str]:
    """Rows by entity, one a line."""
    for entity, of_entity in rows.items():
        assert isinstance(of_entity, list), "each entity has a list of rows"
        yield f"{indent}{entity}:\n"
        yield from (f"{indent}  - {flow_text(row)}\n" for row in of_entity)
