"""Structured data of a page -> the prices, hours and terms that it claims."""

import html
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from notifier.intake.published.claims import Kind, PublishedClaim
from notifier.intake.published.json_places import JsonNode
from notifier.intake.published.published_hours import HOURS_KEYS, hours_text
from notifier.model.problems import Place
from notifier.rules.findings import Findings

_NAMES = ("sku", "productID", "mpn", "branchCode", "identifier", "@id", "name", "url")
"""What names a thing, the surest first."""
_UNITS = {"DAY": "D", "WEE": "W", "MON": "M", "ANN": "Y"}
"""UN/CEFACT codes, as schema.org has them -> ISO 8601."""
_PLAIN = re.compile(r"-?\d+(?:\.\d{1,2})?")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def claims_of(blocks: list[JsonNode], file: str, findings: Findings) -> list[PublishedClaim]:
    """Every claim of the blocks of one page; what could be read in two ways is a problem."""
    reader = _Reader(file, findings)
    for block in blocks:
        reader.read(block, ())
    return reader.claims


class _Reader:
    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self.claims: list[PublishedClaim] = []

    def read(self, node: JsonNode, above: tuple[str, ...]) -> None:
        """The claims of a value and of what is in it. `above`: the names of the thing that it belongs to."""
        if isinstance(node.value, list):
            for each in node.value:
                self.read(each, above)
            return
        if not isinstance(node.value, dict):
            return
        own = tuple(_names(node))
        # An offer may have a name of its own; without one, it is an offer of what it stands in.
        names = own or above
        self._hours(node, names)
        self._price(node, names if own else above, above)
        self._term(node, names, above)
        for key, each in node.value.items():
            if key not in HOURS_KEYS:
                self.read(each, (*own, *above) if _is_offer(node) else names)

    def _hours(self, node: JsonNode, names: tuple[str, ...]) -> None:
        first = next((node.get(key) for key in HOURS_KEYS if node.get(key) is not None), None)
        if first is None or not names:
            return
        try:
            text = hours_text(node)
        except ValueError as error:
            self._findings.add(Place(self._file, first.line), str(error))
            return
        if text is not None:
            self._add(first.line, names, Kind.HOURS, text, text)

    def _price(self, node: JsonNode, names: tuple[str, ...], above: tuple[str, ...]) -> None:
        currency = node.text("priceCurrency") or None
        for key in ("price", "lowPrice", "highPrice"):
            found = node.get(key)
            if found is None or isinstance(found.value, dict | list | bool):
                continue
            all_names = tuple(dict.fromkeys((*names, *above)))
            if not all_names:
                self._findings.add(Place(self._file, found.line), "a price of nothing that has a name; give it a name")
                continue
            try:
                amount = found.value if isinstance(found.value, Decimal) else amount_of(str(found.value))
            except ValueError as error:
                self._findings.add(Place(self._file, found.line), str(error))
                continue
            until = node.text("priceValidUntil")[:10]
            self._add(found.line, all_names, Kind.PRICE, str(found.value), amount, currency, _date(until))

    def _term(self, node: JsonNode, names: tuple[str, ...], above: tuple[str, ...]) -> None:
        for key in ("eligibleDuration", "durationOfWarranty"):
            found = node.get(key)
            if found is None or not (names or above):
                continue
            value, unit = found.text("value"), found.text("unitCode").upper()
            text = str(found.value) if isinstance(found.value, str) else f"P{value}{_UNITS.get(unit, '')}"
            if re.fullmatch(r"P\d+[DWMY]", text) is None:
                known = ", ".join(_UNITS)
                self._findings.add(
                    Place(self._file, found.line),
                    f"a term of '{value} {unit}' is not understood; the units are {known}",
                )
                continue
            said = text if isinstance(found.value, str) else f"{value} {unit}"
            self._add(found.line, tuple(dict.fromkeys((*names, *above))), Kind.TERM, said, text)

    def _add(
        self,
        line: int,
        names: tuple[str, ...],
        kind: Kind,
        said: str,
        value: Decimal | str,
        currency: str | None = None,
        until: date | None = None,
    ) -> None:
        self.claims.append(
            PublishedClaim(
                place=Place(self._file, line),
                names=names,
                kind=kind,
                said=said,
                value=value,
                currency=currency,
                until=until,
            )
        )


def amount_of(text: str) -> Decimal:
    """The amount of a text without doubt. `79.900` is 79,900 pesos to one reader and 79.9 euros to another: refused.

    Raises ValueError with a sentence.
    """
    bare = text.strip()
    if _PLAIN.fullmatch(bare):
        return Decimal(bare)
    if _THOUSANDS.fullmatch(bare):
        raise ValueError(f"'{bare[:40]}' can be read in two ways; schema.org wants digits and a point: 79900.00")
    raise ValueError(f"'{bare[:40]}' is no amount; schema.org wants digits and a point: 79900.00")


def _is_offer(node: JsonNode) -> bool:
    return any("offer" in str(kind.value).lower() for kind in node.all("@type"))


def _names(node: JsonNode) -> Iterator[str]:
    for key in _NAMES:
        for found in node.all(key):
            value = found.text("value") if isinstance(found.value, dict) else str(found.value)
            if name := " ".join(html.unescape(value).split()):
                yield name


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None  # it only says until when the price holds; an unread one means that it holds
