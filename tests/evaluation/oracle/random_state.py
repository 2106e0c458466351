"""A small made-up state with every kind of field and relation, as tables and as CEL values."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import Amount, LocalDate, UtcTime
from notifier.model.schema import Entity, Field, Relation, Schema, Side
from notifier.model.types import ValueType

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KINDS = ("new", "old", "gone")
TEXTS = ["", "a", "ab", "abc", "ABC", "new", "credit hold", "Ünï", "x%y", "a_b", "zé", "-1", "'", "\\"]

FIELDS: dict[str, tuple[ValueType, Any, bool]] = {
    "i": (ValueType.INT, sa.Integer, False),
    "j": (ValueType.INT, sa.Integer, True),
    "m": (ValueType.MONEY, Amount, False),
    "n": (ValueType.MONEY, Amount, True),
    "q": (ValueType.MONEY, Amount, True),
    "s": (ValueType.STRING, sa.String, False),
    "u": (ValueType.STRING, sa.String, True),
    "b": (ValueType.BOOL, sa.Boolean, False),
    "c": (ValueType.BOOL, sa.Boolean, True),
    "t": (ValueType.TIMESTAMP, UtcTime, False),
    "v": (ValueType.TIMESTAMP, UtcTime, True),
    "d": (ValueType.DATE, LocalDate, True),
    "k": (ValueType.STRING, sa.String, True),
}
"""Field -> type, column type, nullable. `q` has powers of two, so that doubles divide exactly; `k` is enumerated."""

ATTRIBUTES = {
    "text": ValueType.STRING,
    "count": ValueType.INT,
    "price": ValueType.DECIMAL,
    "flag": ValueType.BOOL,
    "moment": ValueType.TIMESTAMP,
}

KEYS = {
    "item": ("owner_id", "zone", "place"),
    "owner": ("region_id",),
    "region": (),
    "part": ("item_id", "owner_id"),
    "bit": ("part_id",),
    "link": ("zone", "place"),
    "note": ("about_type", "about_id"),
}
RELATIONS = (
    Relation(name="owner", source="item", target="owner", many=False, keys=(("owner_id", "id"),)),
    Relation(name="region", source="owner", target="region", many=False, keys=(("region_id", "id"),)),
    Relation(name="parts", source="item", target="part", many=True, keys=(("id", "item_id"),)),
    Relation(name="owner", source="part", target="owner", many=False, keys=(("owner_id", "id"),)),
    Relation(name="bits", source="part", target="bit", many=True, keys=(("id", "part_id"),)),
    Relation(name="links", source="item", target="link", many=True, keys=(("zone", "zone"), ("place", "place"))),
    Relation(
        name="ties",
        source="item",
        target="link",
        many=True,
        keys=(("zone", "zone"), ("place", "place")),
        decided_by=Side.SOURCE,
    ),
    Relation(
        name="knots",
        source="item",
        target="link",
        many=True,
        keys=(("zone", "zone"), ("place", "place")),
        decided_by=Side.TARGET,
    ),
    Relation(
        name="notes",
        source="item",
        target="note",
        many=True,
        keys=(("id", "about_id"),),
        target_where=("about_type", "item"),
    ),
    Relation(
        name="notes",
        source="owner",
        target="note",
        many=True,
        keys=(("id", "about_id"),),
        target_where=("about_type", "owner"),
    ),
    Relation(
        name="owner",
        source="note",
        target="owner",
        many=False,
        keys=(("about_id", "id"),),
        source_where=("about_type", "owner"),
    ),
)


def _entity(name: str, metadata: sa.MetaData) -> Entity:
    columns = [sa.Column(field, kind, nullable=nullable) for field, (_, kind, nullable) in FIELDS.items()]
    keys = [sa.Column(key, sa.String, index=True) for key in KEYS[name]]
    table = sa.Table(
        name, metadata, sa.Column("id", sa.String, primary_key=True), sa.Column("attributes", sa.JSON), *columns, *keys
    )
    fields = {
        field: Field(name=field, type=kind, nullable=nullable, values=KINDS if field == "k" else ())
        for field, (kind, _, nullable) in FIELDS.items()
    }
    return Entity(
        name=name,
        table=table,
        fields={**fields, "id": Field(name="id", type=ValueType.STRING, nullable=False)},
        relations={relation.name: relation for relation in RELATIONS if relation.source == name},
        key_columns=KEYS[name],
    )


METADATA = sa.MetaData()
SCHEMA = Schema(
    entities={name: _entity(name, METADATA) for name in KEYS},
    attributes={"item": ATTRIBUTES},
)

Row = dict[str, Any]


@dataclass(frozen=True)
class RandomState:
    """Rows of every entity."""

    rows: dict[str, list[Row]]

    def load(self, connection: sa.Connection) -> None:
        """Fills the tables, which are empty."""
        for name, rows in self.rows.items():
            connection.execute(sa.insert(SCHEMA.entities[name].table), rows)

    def items(self) -> list[dict[str, Any]]:
        """Every item as a CEL value: its relations are maps and lists in it, a missing row is a map of nulls."""
        return [self._cel("item", row, depth=5) for row in self.rows["item"]]

    def _cel(self, entity: str, row: Row | None, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {name: None if row is None else _plain(row[name]) for name in ("id", *FIELDS)}
        value["attributes"] = dict.fromkeys(ATTRIBUTES) | ((row or {}).get("attributes") or {})
        if depth:
            for relation in SCHEMA.entities[entity].relations.values():
                targets = [] if row is None else self._related(relation, row)
                cel = [self._cel(relation.target, target, depth - 1) for target in targets]
                if relation.many:
                    value[relation.name] = cel
                else:
                    value[relation.name] = cel[0] if cel else self._cel(relation.target, None, depth - 1)
        return value

    def _related(self, relation: Relation, row: Row) -> list[Row]:
        if relation.source_where is not None and row[relation.source_where[0]] != relation.source_where[1]:
            return []
        return [
            target
            for target in self.rows[relation.target]
            if _meet(relation, row, target)
            and (relation.target_where is None or target[relation.target_where[0]] == relation.target_where[1])
        ]


def _meet(relation: Relation, row: Row, target: Row) -> bool:
    (ours, theirs), *_ = keys = relation.keys
    decisive = {None: None, Side.SOURCE: row[ours], Side.TARGET: target.get(theirs)}[relation.decided_by]
    if decisive is not None:
        return bool(row[ours] == target[theirs])
    return any(row[ours] is not None and row[ours] == target[theirs] for ours, theirs in keys)


def random_world(seed: int, items: int = 50) -> RandomState:
    """The same world for the same seed."""
    chance = random.Random(seed)
    counts = {"region": 4, "owner": 10, "item": items, "part": items * 3 // 2, "bit": items * 2, "link": 30, "note": 60}
    rows: dict[str, list[Row]] = {name: [] for name in KEYS}
    for name, count in counts.items():
        for number in range(count):
            row: Row = {"id": f"{name}-{number}", "attributes": None}
            for field, (_, _, nullable) in FIELDS.items():
                row[field] = None if nullable and chance.random() < 0.3 else _value(field, chance)
            for key in KEYS[name]:
                row[key] = _key(name, key, rows, chance)
            if name == "item" and chance.random() < 0.9:
                row["attributes"] = _attributes(chance)
            rows[name].append(row)
    return RandomState(rows=rows)


def _key(name: str, key: str, rows: dict[str, list[Row]], chance: random.Random) -> str | None:
    if chance.random() < 0.2:
        return None
    if key in ("zone", "place"):
        return f"{key}-{chance.randrange(20)}"
    if key == "about_type":
        return chance.choice(["item", "owner"])
    if key == "about_id":
        return chance.choice([f"item-{chance.randrange(30)}", f"owner-{chance.randrange(12)}", "nobody"])
    target = key.removesuffix("_id")
    # One in ten dangles.
    return "nobody" if chance.random() < 0.1 else str(chance.choice(rows[target])["id"])


def _value(field: str, chance: random.Random) -> Any:
    match field:
        case "i" | "j":
            return chance.choice([0, 1, -1, 2, 3, 7, -5, 100])
        case "m" | "n":
            return Decimal(chance.choice(["0", "0.25", "1.5", "-2.75", "3", "99.75", "1000.5"]))
        case "q":
            return Decimal(chance.choice(["0", "0.5", "2", "-4", "1"]))
        case "s" | "u":
            return chance.choice(TEXTS)
        case "b" | "c":
            return chance.random() < 0.5
        case "t" | "v":
            seconds = chance.choice([0, 1, -1, 3600, -3600, 172_800, -259_200, 2_592_000, 12_345, -34_560_000])
            return NOW + timedelta(seconds=seconds + chance.choice([0, 0, 0.5]))
        case "d":
            return chance.choice(["2026-01-31", "2026-11-21", "2026-12-24"])
    return chance.choice(KINDS)


def _attributes(chance: random.Random) -> dict[str, Any]:
    values = {
        "text": chance.choice(TEXTS),
        "count": chance.choice([0, 1, 3, -2]),
        "price": chance.choice([0.25, 1.5, -2.75, 3.0]),
        "flag": chance.random() < 0.5,
        "moment": chance.choice(["2026-11-21T12:00:00Z", "2026-11-20T13:30:00+02:00", "2026-11-23T12:00:00.5Z"]),
    }
    return {name: value for name, value in values.items() if chance.random() < 0.8}


def _plain(value: Any) -> Any:
    """The value for CEL: it has no decimals (those here are exact as doubles), and its instants are made from text."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else value
