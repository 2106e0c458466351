"""A claim's name -> what a reader calls it, for the sentence of a correction: `lugar: antes Calle A, ahora Calle B`.

A rule may label its claims in each language. For names in common use there are built-in labels in Spanish and English.
Any other claim is called by its name with blanks, of which `rules check` warns.
"""

from collections.abc import Iterable, Mapping

from notifier.rendering.words import Words, language_of

Labels = Mapping[str, Mapping[str, str]]
"""By the claim's name: the label in each language or locale."""

SPANISH = {
    "address": "dirección",
    "amount": "valor",
    "bill_at": "fecha de cobro",
    "closes_at": "cierra",
    "date": "fecha",
    "delivery_date": "fecha de entrega",
    "due_at": "fecha límite",
    "ends_at": "fin",
    "expected_end_at": "regreso previsto",
    "monthly_price": "precio mensual",
    "opens_at": "abre",
    "order_number": "pedido",
    "party_size": "personas",
    "place": "lugar",
    "plan": "plan",
    "price": "precio",
    "promised_at": "fecha prometida",
    "reservations": "reservas",
    "site": "sede",
    "started_at": "desde",
    "starts_at": "fecha y hora",
    "time": "hora",
    "total": "total",
}
ENGLISH = {
    "address": "address",
    "amount": "amount",
    "bill_at": "date of charge",
    "closes_at": "closes",
    "date": "date",
    "delivery_date": "delivery date",
    "due_at": "due",
    "ends_at": "end",
    "expected_end_at": "expected end",
    "monthly_price": "monthly price",
    "opens_at": "opens",
    "order_number": "order",
    "party_size": "people",
    "place": "place",
    "plan": "plan",
    "price": "price",
    "promised_at": "promised date",
    "reservations": "reservations",
    "site": "site",
    "started_at": "since",
    "starts_at": "date and time",
    "time": "time",
    "total": "total",
}
BUILT_IN: Mapping[str, Mapping[str, str]] = {"es": SPANISH, "en": ENGLISH}


def label_of(name: str, labels: Labels, locale: str) -> str | None:
    """The label of a claim for readers of a locale; None where neither the rule nor the product has one.

    A claim of a list's row (`visits.1.place`) has the built-in label of the claim of its name.
    """
    own, language = labels.get(name, {}), language_of(locale)
    return own.get(locale) or own.get(language) or BUILT_IN.get(language, {}).get(name.rpartition(".")[2])


def labels_of(names: Iterable[str], labels: Labels, locale: str, words: Words) -> Mapping[str, str]:
    """What each claim is called in a sentence of these words, which may be in another language than the text."""
    return {
        name: label_of(name, labels, locale)
        or label_of(name, labels, words.language)
        or name.rpartition(".")[2].replace("_", " ")
        for name in names
    }
