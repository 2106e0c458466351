"""The tree of a phrase -> its value, in the surroundings of the note; None where the words do not mean that kind.

`Unclear` is a phrase that is read and means no one value: about so much, the middle of the month, a weekday that does
not fit its date. Nothing is proposed from it, and no shorter reading of the same words is tried.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from notifier.capture import numbers
from notifier.capture.clocks import Clocks
from notifier.capture.days import DayReader
from notifier.capture.language import Language
from notifier.capture.surroundings import Surroundings
from notifier.capture.values import Amount, Length, Share, Soon, Speed, Unclear

_THOUSAND, _MILLION = Decimal(1000), Decimal(1_000_000)
_HALF = Decimal("0.5")
_DOWN_FROM = ("de", "desde", "from")
_MILLION_AND_LESS = re.compile(r"\bmillon(?:es)?\s+(?!.*\bmil\b)\w")


@dataclass(frozen=True)
class Meaning:
    """Reads trees of one language in one place at one moment."""

    language: Language
    surroundings: Surroundings

    def of(self, kind: str, tree: Tree[Token]) -> Any:
        """The value of a tree of this kind; None where there is none."""
        match kind:
            case "amount":
                return self._amount(tree)
            case "share":
                return self._share(tree)
            case "speed":
                return self._speed(tree)
            case "length":
                return self.length(tree)
            case "soon":
                return self._soon(tree)
            case "day":
                return DayReader(self.language, self.surroundings, self.number).day(tree)
            case "days":
                return DayReader(self.language, self.surroundings, self.number).weekdays(tree)
            case "clock":
                return Clocks(self.language, self.surroundings.customs, self.number).clock(tree)
            case "span":
                return Clocks(self.language, self.surroundings.customs, self.number).span(tree)
            case _:
                return tree.children[0]

    def number(self, token: Token) -> Decimal | None:
        """What a figure or number words say."""
        text = str(token)
        if text[0].isdigit():
            read = numbers.figure(text, self.surroundings.locale)
            return None if read is None else read[0]
        return numbers.words(text, self.language.name)

    def _word(self, table: str, token: Token) -> Any:
        return self.language.words[table].get(" ".join(str(token).split()))

    def _amount(self, tree: Tree[Token]) -> Amount | Unclear | None:
        found = [self._money(child) for child in tree.children if isinstance(child, Tree)]
        if any(isinstance(each, Unclear) for each in found):
            return Unclear()
        amounts = [each for each in found if isinstance(each, Amount)]
        if len(amounts) < len(found) or not amounts:
            return None
        taxes = [str(child) for child in tree.children if isinstance(child, Token) and child.type == "TAX"]
        first = _with_tax(amounts[0], taxes)
        if tree.data != "amount_range":
            return first
        last = amounts[1]
        if not (first.marked or last.marked):
            return None
        low = first.amount
        whole_last = last.amount
        if low * _THOUSAND > whole_last > low * 10 and _has(tree.children, "THOUSAND", 1):
            low *= _THOUSAND  # from 110 down to 85 thousand
        if low > whole_last and any(str(child) in _DOWN_FROM for child in tree.children):
            return _with_tax(replace(last, marked=True, lowered=True, currency=last.currency or first.currency), taxes)
        if low * _THOUSAND <= last.amount and not _has(tree.children, "THOUSAND", 0):
            low *= _THOUSAND  # from 80 to 100 thousand
        if low >= last.amount:
            return Unclear()
        return Amount(
            amount=low,
            highest=last.amount,
            currency=first.currency or last.currency,
            marked=True,
            tax_included=first.tax_included,
            assumed=(*first.assumed, *last.assumed),
        )

    def _money(self, tree: Tree[Token]) -> Amount | Unclear | None:
        figure = next(child for child in tree.children if isinstance(child, Tree))
        named = [child for child in tree.children if isinstance(child, Token) and child.type == "CURRENCY"]
        read = self._figure(figure)
        if not isinstance(read, Amount):
            return read
        codes = [
            code
            for code in (self.language.words["currencies"].get(" ".join(str(one).split())) for one in named)
            if code
        ]
        half = _HALF if tree.data == "money_and_half" else 0
        return Amount(
            amount=read.amount + half,
            currency=codes[0] if codes else None,
            marked=read.marked or bool(named),
            assumed=read.assumed,
        )

    def _figure(self, tree: Tree[Token]) -> Amount | Unclear | None:
        tokens = [child for child in tree.children if isinstance(child, Token)]
        kinds = [token.type for token in tokens]
        values = [self.number(token) if token.type == "NUM" else None for token in tokens]
        if any(value is None for value, kind in zip(values, kinds, strict=True) if kind == "NUM"):
            return None
        figures = [value for value in values if value is not None]
        marked = len(tokens) > 1
        match kinds:
            case ["NUM"]:
                text = str(tokens[0])
                if text[0].isdigit():
                    read = numbers.figure(text, self.surroundings.locale)
                    assert read is not None
                    said_otherwise = (self.language.assumption("thousands", str(read[0])),) if read[1] else ()
                    return Amount(amount=read[0], assumed=said_otherwise)
                if _MILLION_AND_LESS.search(text):
                    return Unclear()  # "un millon doscientos": 1,200,000 is said so, and 1,000,200 is written so
                if text in self.language.articles:
                    return None
                return Amount(amount=figures[0], marked=figures[0] >= _THOUSAND)
            case ["NUM", "THOUSAND"] if figures[0] < _THOUSAND:
                amount = figures[0] * _THOUSAND
            case ["NUM", "THOUSAND", "NUM"] if figures[0] < _THOUSAND and figures[1] < _THOUSAND:
                amount = figures[0] * _THOUSAND + figures[1]
            case ["THOUSAND"] if str(tokens[0]) == "mil":
                return Amount(amount=_THOUSAND)
            case ["NUM", "MILLION"] if figures[0] < _THOUSAND:
                amount = figures[0] * _MILLION
            case ["NUM", "MILLION", "NUM"]:
                return Unclear()
            case ["NUM", "MILLION", "NUM", "THOUSAND"] if figures[0] < _THOUSAND and figures[1] < _THOUSAND:
                amount = figures[0] * _MILLION + figures[1] * _THOUSAND
            case ["HALF", "MILLION"]:
                amount = _HALF * _MILLION
            case ["NUM", "NUM"] if self.language.name == "en" and _are_dollars_and_cents(tokens, figures):
                amount, marked = figures[0] + figures[1] / 100, False
            case _:
                return None
        return Amount(amount=amount.to_integral_value() if amount == int(amount) else amount, marked=marked)

    def _share(self, tree: Tree[Token]) -> Share | None:
        token = tree.children[0]
        assert isinstance(token, Token)
        if token.type == "HALF_OF_IT":
            return Share(percent=Decimal(50))
        if token.type == "ALL_OF_IT":
            return Share(percent=Decimal(100))
        number = self.number(token)
        return None if number is None or not 0 < number <= 100 else Share(percent=number)

    def _speed(self, tree: Tree[Token]) -> Speed | None:
        if tree.data == "symmetric":
            down, up = str(tree.children[0]).split("/")
            return Speed(mbit=Decimal(down)) if down == up else None
        number, unit = (child for child in tree.children if isinstance(child, Token))
        value = self.number(number)
        factor = self._word("speed_units", unit)
        return None if value is None or factor is None else Speed(mbit=value * Decimal(str(factor)))

    def length(self, tree: Tree[Token]) -> Length | Unclear | None:
        """A length of time."""
        tokens = [child for child in tree.children if isinstance(child, Token)]
        unit = next((self._word("units", token) for token in tokens if token.type == "UNIT"), None)
        found = [self.number(token) for token in tokens if token.type == "NUM"]
        if unit is None or any(value is None for value in found):
            return None
        figures = [value for value in found if value is not None]
        working = any(token.type == "WORKING" for token in tokens)
        match str(tree.data):
            case "first_unit":
                return Length(number=Decimal(1), unit=unit)
            case "more_than_whole":
                return Length(number=figures[0] + _HALF, unit=unit)
            case "one_and_half":
                return Length(number=1 + _HALF, unit=unit)
            case "quarter" | "three_quarters":
                minutes = Decimal(45 if tree.data == "three_quarters" else 15)
                return Length(number=minutes, unit="minute") if unit == "hour" else None
            case "half":
                return Length(number=_HALF, unit=unit) if figures[:1] in ([], [Decimal(1)]) else None
            case "length_range" | "length_range_working":
                if figures[0] >= figures[1]:
                    return None
                return Length(number=figures[0], highest=figures[1], unit=unit, working=working)
            case _:
                return Length(number=figures[0], unit=unit, working=working)

    def _soon(self, tree: Tree[Token]) -> Soon | Unclear | None:
        inner = next(child for child in tree.children if isinstance(child, Tree))
        length = self.length(inner)
        if not isinstance(length, Length):
            return length
        working = length.working or any(isinstance(child, Token) and child.type == "WORKING" for child in tree.children)
        if working and length.unit != "day":
            return None if length.unit not in ("hour", "minute") else Unclear()  # whose working hours?
        return Soon(length=Length(number=length.number, highest=length.highest, unit=length.unit, working=working))


def _with_tax(amount: Amount, said: list[str]) -> Amount:
    if not said:
        return amount
    text = said[0]
    out = any(
        word in text for word in ("mas ", "+", "sin ", "no inclui", "aparte", "plus", "before", "excl", "without")
    )
    return Amount(
        amount=amount.amount,
        currency=amount.currency,
        marked=amount.marked,
        assumed=amount.assumed,
        tax_included=not out,
    )


def _has(children: list[Any], kind: str, index: int) -> bool:
    trees = [child for child in children if isinstance(child, Tree)]
    return any(token.type == kind for token in trees[index].scan_values(lambda value: isinstance(value, Token)))


def _are_dollars_and_cents(tokens: list[Token], figures: list[Decimal]) -> bool:
    """`seventy-nine ninety-nine`."""
    written = not any(str(token)[0].isdigit() for token in tokens)
    return written and 0 < figures[0] < 1000 and 10 <= figures[1] < 100
