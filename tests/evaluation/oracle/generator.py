"""Random typed conditions, each as we write it and as CEL does, with what they are made of."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.evaluation.oracle.random_state import ATTRIBUTES, KINDS, TEXTS


@dataclass(frozen=True)
class Text:
    """The same expression in our language and in CEL's."""

    ours: str
    cel: str


def same(text: str) -> Text:
    """An expression that both languages write alike."""
    return Text(text, text)


COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
FIELDS = {
    "int": "ij",
    "decimal": "mn",
    "text": "su",
    "bool": "bc",
    "instant": "tv",
    "date": "d",
    "kind": "k",
}
TO_ONE = {"item": ["owner"], "owner": ["region"], "part": ["owner"], "note": ["owner"]}
TO_MANY = {
    "item": [
        ("parts", "part"),
        ("parts.bits", "bit"),
        ("links", "link"),
        ("ties", "link"),
        ("knots", "link"),
        ("notes", "note"),
        ("owner.notes", "note"),
        ("parts.owner", "owner"),
    ],
    "part": [("bits", "bit")],
}
FAR = {"parts.bits", "parts.owner"}
"""Paths of two steps of which the first is to-many."""
DURATIONS = {"0s": "0s", "48h": "48h", "1h30m": "1h30m", "3d": "72h", "90s": "90s", "2d": "48h"}
"""As we write them, and as CEL does."""
PARTS = {
    "FullYear": (2025, 2026),
    "Month": (9, 10, 11),
    "Date": (20, 21, 22),
    "DayOfMonth": (19, 20, 21),
    "DayOfWeek": (0, 5, 6),
    "DayOfYear": (323, 324, 325),
    "Hours": (6, 7, 12, 13),
    "Minutes": (0, 1, 45),
    "Seconds": (0, 1, 59),
}
"""Part -> the values that clocks and calendars show near the world's `now`."""
ZONES = ("UTC", "America/Bogota", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")


class Generator:
    """Draws conditions about one item; `made_of` counts what they contain."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.made_of: Counter[str] = Counter()
        self._rows: list[tuple[Text, str]] = [(same("item"), "item")]

    def condition(self, depth: int) -> Text:
        """A condition, nested to about `depth`."""
        if depth <= 0:
            return self._leaf()
        kind = self.chance.choice(
            ["compare"] * 4
            + ["and", "or", "and", "or", "not", "in", "test", "null", "flip", "flip", "rows", "rows", "has"]
        )
        match kind:
            case "and" | "or":
                left, right = self.condition(depth - 1), self.condition(depth - 1)
                sign = "&&" if kind == "and" else "||"
                ours = self.chance.choice([sign, kind])
                self.made_of[sign] += 1
                return Text(f"({left.ours} {ours} {right.ours})", f"({left.cel} {sign} {right.cel})")
            case "not":
                operand = self.condition(depth - 1)
                self.made_of["!"] += 1
                sign = self.chance.choice(["!", "not "])
                return Text(f"({sign}({operand.ours}))", f"!({operand.cel})")
            case "rows":
                return self._about_rows(depth)
        return self._simple(kind, depth)

    def _leaf(self) -> Text:
        return self._simple(self.chance.choice(["compare", "in", "test", "null", "flip", "has", "field", "bool"]), 0)

    def _simple(self, kind: str, depth: int) -> Text:
        match kind:
            case "compare":
                return self._compare(depth)
            case "in":
                return self._within(depth)
            case "test":
                test = self.chance.choice(["startsWith", "endsWith", "contains"])
                self.made_of[test] += 1
                text, argument = self._text(depth - 1), self._text(depth - 2)
                return Text(f"{text.ours}.{test}({argument.ours})", f"{text.cel}.{test}({argument.cel})")
            case "null" | "has":
                field = self._field(self.chance.choice(list(FIELDS)))
                self.made_of["null"] += 1
                if kind == "has":
                    self.made_of["has"] += 1
                    return Text(f"has({field.ours})", f"({field.cel} != null)")
                sign = self.chance.choice(["==", "!="])
                return Text(f"({field.ours} {sign} null)", f"({field.cel} {sign} null)")
            case "flip":
                return self._flip()
            case "bool":
                field, value = self._field("bool"), self.chance.choice(["true", "false"])
                other = self.chance.choice([same(value), self._field("bool")])
                sign = self.chance.choice(["==", "!="])
                self.made_of[sign] += 1
                return Text(f"({field.ours} {sign} {other.ours})", f"({field.cel} {sign} {other.cel})")
        return self._field("bool")

    # Comparing

    def _compare(self, depth: int) -> Text:
        kind = self.chance.choice(
            ["int", "quotient", "decimal", "text", "instant", "duration", "date", "kind", "mixed", "clock"]
        )
        sign = self.chance.choice(COMPARISONS if kind != "kind" else ("==", "!="))
        self.made_of[sign] += 1
        match kind:
            case "int":
                sides = self._int(depth - 1), self._int(depth - 1)
            case "decimal":
                sides = self._decimal(depth - 1), self._decimal(depth - 1)
            case "mixed":
                sides = self._int(depth - 1), self._decimal(depth - 1)
            case "text":
                sides = self._text(depth - 1), self._text(depth - 1)
            case "instant":
                sides = self._instant(depth - 1), self._instant(depth - 1)
            case "duration":
                sides = self._duration(depth - 1), self._duration(depth - 1)
            case "quotient":
                self.made_of["/"] += 1
                dividend, divisor = self._field("int"), self.chance.choice("23")
                quotient = Text(f"{dividend.ours} / {divisor}", f"{dividend.cel} / {divisor}")
                sides = quotient, same(str(self.chance.choice([-2, -1, 0, 1, 2, 3, 33])))
            case "clock":
                part = self.chance.choice(list(PARTS))
                sides = self._part(part, 0), same(str(self.chance.choice(PARTS[part])))
            case "date":
                sides = self._field("date"), self.chance.choice([same("'2026-11-21'"), self._field("date")])
            case _:
                sides = self._field("kind"), same(f"'{self.chance.choice(KINDS)}'")
        left, right = self.chance.sample(sides, 2)
        # Without dyn() CEL refuses to compare an int with a double; at run time it does.
        return Text(f"({left.ours} {sign} {right.ours})", f"(dyn({left.cel}) {sign} dyn({right.cel}))")

    def _within(self, depth: int) -> Text:
        self.made_of["in"] += 1
        kind = self.chance.choice(["int", "text", "kind", "decimal"])
        count = self.chance.randrange(1, 4)
        match kind:
            case "int":
                operand, items = self._int(depth - 1), [self._int_constant() for _ in range(count)]
            case "text":
                operand, items = self._text(depth - 1), [self._text_constant() for _ in range(count)]
            case "decimal":
                operand, items = self._decimal(depth - 1), [self._decimal_constant() for _ in range(count)]
            case _:
                operand, items = self._field("kind"), [same(f"'{each}'") for each in self.chance.sample(KINDS, 2)]
        if self.chance.random() < 0.3:
            items.append(same("null"))
        ours, cel = ", ".join(item.ours for item in items), ", ".join(f"dyn({item.cel})" for item in items)
        if self.chance.random() < 0.2:
            return Text(f"({operand.ours} not in [{ours}])", f"!({operand.cel} in [{cel}])")
        return Text(f"({operand.ours} in [{ours}])", f"({operand.cel} in [{cel}])")

    def _flip(self) -> Text:
        self.made_of["now"] += 1
        path, sign = self._field("instant"), self.chance.choice(["<", "<=", ">", ">="])
        written, cel = self.chance.choice(list(DURATIONS.items()))
        cel = f"duration('{cel}')"
        shapes = ["{p} {s} now", "{p} {s} now + {d}", "{p} {s} now - {d}", "{p} - now {s} {d}", "now - {p} {s} {d}"]
        shapes += ["now {s} {p} + {d}", "{p} + {d} {s} now", "now - {d} {s} {p}", "{d} {s} {p} - now"]
        shape = self.chance.choice(shapes)
        ours = shape.format(p=path.ours, s=sign, d=written)
        return Text(f"({ours})", f"({shape.format(p=path.cel, s=sign, d=cel)})")

    # Rows of to-many relations

    def _about_rows(self, depth: int) -> Text:
        if len(self._rows) > 3:
            return self._leaf()
        often = ["exists", "all", "size", "sum", "exists", "all"]
        question = self.chance.choice([*often, *FIGURES, "picked", "ranked"])
        if question in ("picked", "ranked"):
            return self._ordered(question)
        self.made_of[question] += 1
        row, path, entity = self._many(far=question in ("exists", "all") and self.chance.random() < 0.7)
        outer, _, inner = path.partition(".")
        if path in FAR:
            self.made_of["to-many twice" if inner == "bits" else "to-one of many"] += 1
            return self._across(row, outer, inner, entity, question, depth)
        rows = Text(f"{row.ours}.{path}", f"{row.cel}.{path}")
        for _ in range(self.chance.choice([0, 0, 1, 1, 2])):
            self.made_of["filter"] += 1
            with self._bound(entity) as variable:
                condition = self.condition(depth - 2)
            rows = Text(
                f"{rows.ours}.filter({variable}, {condition.ours})", f"{rows.cel}.filter({variable}, {condition.cel})"
            )
        if question == "size":
            sign, number = self.chance.choice(COMPARISONS), self.chance.randrange(3)
            return Text(f"({rows.ours}.size() {sign} {number})", f"({rows.cel}.size() {sign} {number})")
        if question == "sum":
            return self._sum(rows, entity, depth)
        if question in FIGURES:
            return self._figure(question, rows, entity)
        with self._bound(entity) as variable:
            condition = self.condition(depth - 1)
        return Text(
            f"{rows.ours}.{question}({variable}, {condition.ours})",
            f"{rows.cel}.{question}({variable}, {condition.cel})",
        )

    def _across(self, row: Text, outer: str, inner: str, entity: str, question: str, depth: int) -> Text:
        hop = f"hop{len(self._rows)}"
        if inner == "owner":
            with self._bound(entity, Text(f"w{len(self._rows)}", f"{hop}.owner")) as variable:
                condition = self.condition(depth - 1)
            there = f"{row.cel}.{outer}.filter({hop}, {hop}.owner.id != null)"
            return Text(
                f"{row.ours}.{outer}.{inner}.{question}({variable}, {condition.ours})",
                f"{there}.{question}({hop}, {condition.cel})",
            )
        with self._bound(entity) as variable:
            condition = self.condition(depth - 1)
        return Text(
            f"{row.ours}.{outer}.{inner}.{question}({variable}, {condition.ours})",
            f"{row.cel}.{outer}.{question}({hop}, {hop}.{inner}.{question}({variable}, {condition.cel}))",
        )

    def _sum(self, rows: Text, entity: str, depth: int) -> Text:
        """CEL has no sum: it is written out for the few rows that a list can have."""
        element = f"element{len(self._rows)}"
        with self._bound(entity, Text(element, element)) as variable:
            field = self._field_of(Text(variable, variable), self.chance.choice("ijmn"), entity)
            value = self.chance.choice([field, Text(f"{field.ours} * 2", f"{field.cel} * {self._two(field)}")])
        zero = "0" if field.ours[-1] in "ij" else "0.0"
        sign, number = self.chance.choice(COMPARISONS), self.chance.choice([0, 1, 3])
        terms = [
            f"(size({rows.cel}) > {index} ? dyn({value.cel.replace(element, f'{rows.cel}[{index}]')}) : dyn({zero}))"
            for index in range(MOST_ROWS)
        ]
        return Text(
            f"({rows.ours}.sum({variable}, {value.ours}) {sign} {number})",
            f"(({' + '.join(terms)}) {sign} {number if zero == '0' else f'{number}.0'})",
        )

    def _figure(self, figure: str, rows: Text, entity: str) -> Text:
        """CEL has none of them: they are asked of the rows, and are an error where there is no row or no value."""
        with self._bound(entity) as variable:
            field = self._field_of(same(variable), self.chance.choice("ijmn"), entity)
            sign, number = self.chance.choice(COMPARISONS), self.chance.choice([0, 1, 3])
            compared = f"{number}" if field.ours[-1] in "ij" else f"{number}.0"
            ours = f"({rows.ours}.{figure}({variable}, {field.ours}) {sign} {number})"

            def every(comparison: str) -> str:
                return f"{rows.cel}.all({variable}, {field.cel} {comparison} {compared})"

            def one(comparison: str) -> str:
                return f"{rows.cel}.exists({variable}, {field.cel} {comparison} {compared})"

            least = figure == "min"
            match sign:
                case "==" | "!=":
                    equal = f"({every('>=' if least else '<=')} && {one('==')})"
                    asked = equal if sign == "==" else f"!{equal}"
                case "<" | "<=":
                    asked = one(sign) if least else every(sign)
                case _:
                    asked = every(sign) if least else one(sign)
            if figure == "avg":
                values = [field.cel.replace(f"{variable}.", f"{rows.cel}[{index}].") for index in range(MOST_ROWS)]
                terms = [f"(size({rows.cel}) > {index} ? double({value}) : 0.0)" for index, value in enumerate(values)]
                asked = f"(({' + '.join(terms)}) / double(size({rows.cel})) {sign} {number}.0)"
            unknown = f"(size({rows.cel}) == 0 || {rows.cel}.exists({variable}, {field.cel} == null))"
        return Text(ours, f"({unknown} ? 1 / 0 == 0 : {asked})")

    def _ordered(self, question: str) -> Text:
        """The last or first of some rows, by a field that may be null and then by their ids."""
        name = self.chance.choice(["first", "last"])
        self.made_of[name] += 1
        row, path, entity = self._many(far=False)
        ours, cel = f"{row.ours}.{path}", f"{row.cel}.{path}"
        depth = len(self._rows)
        one, other, key = f"a{depth}", f"b{depth}", self.chance.choice("ijmnsutvdk")
        cel = f"{cel}.filter({one}, {one}.{key} != null)"
        after = ">" if name == "last" else "<"
        beyond = (
            f"{cel}.filter({other}, {other}.{key} {after} {one}.{key}"
            f" || ({other}.{key} == {one}.{key} && {other}.id {after} {one}.id))"
        )
        if question == "picked":
            field = self._field_of(same("picked"), self.chance.choice("ijmn"), entity)
            sign, number = self.chance.choice(COMPARISONS), self.chance.choice([0, 1, 3])
            compared = f"{number}" if field.ours[-1] in "ij" else f"{number}.0"
            found = f"{cel}.filter({one}, size({beyond}) == 0)"
            value = f"(size({found}) == 0 ? dyn(null) : dyn({found}[0].{field.cel.removeprefix('picked.')}))"
            return Text(
                f"({ours}.{name}({one}, {one}.{key}).{field.ours.removeprefix('picked.')} {sign} {number})",
                f"({value} {sign} dyn({compared}))",
            )
        count = self.chance.choice([1, 2, 3])
        rows = Text(f"{ours}.{name}({count}, {one}, {one}.{key})", f"{cel}.filter({one}, size({beyond}) < {count})")
        if self.chance.random() < 0.5:
            sign, number = self.chance.choice(COMPARISONS), self.chance.randrange(3)
            return Text(f"({rows.ours}.size() {sign} {number})", f"({rows.cel}.size() {sign} {number})")
        with self._bound(entity) as variable:
            condition = self.condition(1)
        quantifier = self.chance.choice(["exists", "all"])
        return Text(
            f"{rows.ours}.{quantifier}({variable}, {condition.ours})",
            f"{rows.cel}.{quantifier}({variable}, {condition.cel})",
        )

    def _chosen(self, kind: str, depth: int) -> Text:
        """One of two fields. Where the question may be an error, no branch may be null: that would be one as well."""
        self.made_of["?:"] += 1
        row, entity = self._rows[-1]
        certain = self.chance.random() < 0.5
        if certain:
            asked = self._field(self.chance.choice(list(FIELDS)))
            condition = Text(f"{asked.ours} != null", f"{asked.cel} != null")
            branches = [self._field(kind), self._field(kind)]
        else:
            condition = self.condition(depth - 1)
            branches = [self._field_of(row, FIELDS[kind][0], entity), self._field_of(row, FIELDS[kind][0], entity)]
            if kind == "int":
                branches[1] = self._int_constant()
        left, right = self.chance.sample(branches, 2)
        return Text(
            f"({condition.ours} ? {left.ours} : {right.ours})",
            f"({condition.cel} ? dyn({left.cel}) : dyn({right.cel}))",
        )

    def _two(self, field: Text) -> str:
        return "2" if field.ours[-1] in "ij" else "2.0"

    @contextmanager
    def _bound(self, entity: str, variable: Text | None = None) -> Iterator[str]:
        name = variable or same(f"x{len(self._rows)}")
        self._rows.append((name, entity))
        yield name.ours
        self._rows.pop()

    def _many(self, *, far: bool) -> tuple[Text, str, str]:
        """A row and a to-many path from it; where the path is `far`, CEL can neither count nor add its rows."""
        row, entity = self.chance.choice([each for each in self._rows if each[1] in TO_MANY])
        if far:
            row, entity = self._rows[0]
        path, target = self.chance.choice([each for each in TO_MANY[entity] if (each[0] in FAR) == far])
        if target in ("link", "note"):
            self.made_of[f"to-many {path}"] += 1
        return row, path, target

    # Values

    def _int(self, depth: int) -> Text:
        kind = self.chance.choice(
            ["field", "constant", "calculate", "calculate", "size", "size", "part", "part", "part", "minus", "choice"]
        )
        if depth <= 0 or kind == "field":
            return self._field("int")
        match kind:
            case "choice":
                return self._chosen("int", depth)
            case "calculate":
                sign = self.chance.choice("+-*//")
                self.made_of[sign] += 1
                left, right = self._int(depth - 1), self._int(depth - 1)
                return Text(f"({left.ours} {sign} {right.ours})", f"({left.cel} {sign} {right.cel})")
            case "size":
                self.made_of["size of text"] += 1
                text = self._text(depth - 1)
                ours = self.chance.choice([f"size({text.ours})", f"{text.ours}.size()"])
                return Text(ours, f"size({text.cel})")
            case "part":
                return self._part(self.chance.choice(list(PARTS)), depth)
            case "minus":
                operand = self._int(depth - 1)
                return Text(f"-({operand.ours})", f"-({operand.cel})")
        return self._int_constant()

    def _part(self, part: str, depth: int) -> Text:
        zone = self.chance.choice(ZONES)
        self.made_of["date part"] += 1
        instant = self._instant(depth - 1)
        return Text(f"{instant.ours}.get{part}('{zone}')", f"{instant.cel}.get{part}('{zone}')")

    def _int_constant(self) -> Text:
        return same(self.chance.choice(["0", "1", "2", "3", "-1", "7", "100"]))

    def _decimal(self, depth: int) -> Text:
        kind = self.chance.choice(["field", "constant", "calculate", "calculate", "mixed", "divide", "choice"])
        if depth <= 0 or kind == "field":
            return self._field("decimal")
        match kind:
            case "choice":
                return self._chosen("decimal", depth)
            case "calculate":
                sign = self.chance.choice("+-*")
                self.made_of[sign] += 1
                left, right = self._decimal(depth - 1), self._decimal(depth - 2)
                return Text(f"({left.ours} {sign} {right.ours})", f"({left.cel} {sign} {right.cel})")
            case "mixed":
                sign = self.chance.choice("+-*")
                self.made_of[sign] += 1
                left, right = self._decimal(depth - 1), self._field("int")
                return Text(f"({left.ours} {sign} {right.ours})", f"({left.cel} {sign} double({right.cel}))")
            case "divide":
                self.made_of["/"] += 1
                left = self._decimal(depth - 1)
                row = self._row()
                right = self.chance.choice(
                    [Text("2.0", "2.0"), Text("0.0", "0.0"), self._field_of(row[0], "q", row[1])]
                )
                # Division by zero is an error here; CEL's doubles would be infinite.
                return Text(
                    f"({left.ours} / {right.ours})",
                    f"({right.cel} == 0.0 ? dyn(1 / 0) : dyn({left.cel} / {right.cel}))",
                )
        return self._decimal_constant()

    def _decimal_constant(self) -> Text:
        return same(self.chance.choice(["0.0", "0.5", "1.5", "-2.75", "3.75", "99.75"]))

    def _text(self, depth: int) -> Text:
        kind = self.chance.choice(["field", "constant", "join"])
        if kind == "join" and depth > 0:
            left, right = self._text(depth - 1), self._text(depth - 1)
            return Text(f"({left.ours} + {right.ours})", f"({left.cel} + {right.cel})")
        return self._text_constant() if kind == "constant" else self._field("text")

    def _text_constant(self) -> Text:
        text = self.chance.choice(TEXTS).replace("\\", "\\\\").replace("'", "\\'")
        return same(f"'{text}'")

    def _instant(self, depth: int) -> Text:
        kind = self.chance.choice(["field", "field", "constant", "shift"])
        if kind == "shift" and depth > 0:
            sign = self.chance.choice("+-")
            instant, duration = self._instant(depth - 1), self._duration(depth - 1)
            return Text(f"({instant.ours} {sign} {duration.ours})", f"({instant.cel} {sign} {duration.cel})")
        if kind == "constant":
            constants = ["timestamp('2026-11-21T12:00:00Z')", "timestamp('2026-11-20T13:30:00+02:00')"]
            return same(self.chance.choice(constants))
        return self._field("instant")

    def _duration(self, depth: int) -> Text:
        kind = self.chance.choice(["constant", "between", "between", "calculate"])
        if kind == "between" and depth > 0:
            left, right = self._instant(depth - 1), self._instant(depth - 1)
            return Text(f"({left.ours} - {right.ours})", f"({left.cel} - {right.cel})")
        if kind == "calculate" and depth > 0:
            sign = self.chance.choice("+-")
            left, right = self._duration(depth - 1), self._duration(depth - 1)
            return Text(f"({left.ours} {sign} {right.ours})", f"({left.cel} {sign} {right.cel})")
        self.made_of["duration"] += 1
        ours, cel = self.chance.choice(list(DURATIONS.items()))
        return Text(self.chance.choice([ours, f"duration('{ours}')"]), f"duration('{cel}')")

    # Fields

    def _row(self) -> tuple[Text, str]:
        row, entity = self.chance.choice([self._rows[-1], self._rows[-1], self.chance.choice(self._rows)])
        hops = 0
        while entity in TO_ONE and self.chance.random() < 0.4:
            relation = self.chance.choice(TO_ONE[entity])
            row, entity = Text(f"{row.ours}.{relation}", f"{row.cel}.{relation}"), relation
            hops += 1
        if hops:
            self.made_of["one hop" if hops == 1 else "two hops"] += 1
        return row, entity

    def _field(self, kind: str) -> Text:
        row, entity = self._row()
        if entity == "item" and self.chance.random() < 0.15:
            name = {"int": "count", "decimal": "price", "text": "text", "bool": "flag", "instant": "moment"}.get(kind)
            if name in ATTRIBUTES:
                self.made_of["attribute"] += 1
                return self._field_of(row, f"attributes.{name}", entity)
        return self._field_of(row, self.chance.choice(FIELDS[kind]), entity)

    def _field_of(self, row: Text, name: str, entity: str) -> Text:
        ours, cel = f"{row.ours}.{name}", f"{row.cel}.{name}"
        if name in ("t", "v", "attributes.moment"):
            cel = f"({cel} == null ? dyn(null) : dyn(timestamp({cel})))"
        return Text(ours, cel)


FIGURES = ("avg", "min", "max")
MOST_ROWS = 6
"""The most rows that a relation of any row has; `test_oracle` checks it."""
