"""The texts of a new rule, for each language: an SMS and a mail that state the same claims and name the way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.model.types import TopicType
from notifier.rendering.labels import label_of
from notifier.rules.checked_rules import Claim, Rule
from notifier.rules.expressions import Column, RowName
from notifier.rules.file_set import TEMPLATES
from notifier.starter.new_rule import NewRule

FILTERS = {
    TopicType.MONEY: " | money",
    TopicType.NUMBER: " | number",
    TopicType.QUANTITY: " | number",
    TopicType.PERCENT: " | number",
    TopicType.TIMESTAMP: " | datetime",
    TopicType.DATE: " | date",
    TopicType.DURATION: " | duration",
    TopicType.OPENING_HOURS: " | opening_hours",
}
"""How a value of each type is printed; others as they are."""


@dataclass(frozen=True, kw_only=True)
class _Words:
    hello: str
    questions: str
    ask: str
    reference: str


_WORDS = {
    "es": _Words(
        hello="Hola, {{ customer.first_name }}:",
        questions="¿Preguntas?",
        ask="Si algo no es como lo esperaba, o tiene preguntas, una persona le responde:",
        reference="referencia",
    ),
    "en": _Words(
        hello="Hello {{ customer.first_name }},",
        questions="Questions?",
        ask="If anything is not as you expected, or if you have questions, a person answers:",
        reference="reference",
    ),
}


def placeholder_texts(new: NewRule, languages: Sequence[str]) -> Mapping[str, str]:
    """Texts that say nothing yet, so that the rule can be read."""
    return {f"{folder}/sms.{one}.txt.j2": "" for folder in _folders(new) for one in languages}


def texts_of(new: NewRule, rule: Rule, languages: Sequence[str]) -> Mapping[str, str]:
    """All texts by their path in the project."""
    made: dict[str, str] = {}
    for language in languages:
        usual = new.subject.said[language]
        sentences = (new.says.get(language) or usual.tells, usual.takes_back)
        for folder, sentence in zip(_folders(new), sentences, strict=False):
            said = sentence.strip().rstrip(".!")
            made[f"{folder}/sms.{language}.txt.j2"] = _sms(said, rule.claims, language)
            made[f"{folder}/email.{language}.subject.j2"] = f"{_capitalized(said)}\n"
            made[f"{folder}/email.{language}.txt.j2"] = _mail(said, rule.claims, language)
    return made


def _folders(new: NewRule) -> list[str]:
    return [f"{TEMPLATES}/{name}" for name in (new.template, new.taken_back_template) if name is not None]


def _sms(said: str, claims: Sequence[Claim], language: str) -> str:
    facts = "".join(_printed(claim, language, before=" ", after=".") for claim in claims)
    words = _WORDS[language]
    return f"{{{{ company }}}}: {said}.{facts} {words.questions} {{{{ exit.address }}}}, ref. {{{{ reference }}}}\n"


def _mail(said: str, claims: Sequence[Claim], language: str) -> str:
    words = _WORDS[language]
    facts = "".join(_printed(claim, language, before="- ", after="", block=True) for claim in claims)
    hours = "{% if exit.hours %} ({{ exit.hours }}){% endif %}"
    return (
        f"{words.hello}\n\n{_capitalized(said)}.\n\n{facts}\n"
        f"{words.ask} {{{{ exit.address }}}}{hours}, {words.reference} {{{{ reference }}}}.\n\n{{{{ company }}}}\n"
    )


def _printed(claim: Claim, language: str, *, before: str, after: str, block: bool = False) -> str:
    """A claim behind its label, and nothing where it has no value."""
    name = claim.name
    label = _capitalized(label_of(name, {name: claim.labels}, language) or name.replace("_", " "))
    end = "\n" if block else ""
    text = f"{before}{label}: {{{{ {name}{FILTERS.get(claim.type, '')} }}}}{after}{end}"
    return f"{{% if {name} %}}{end}{text}{{% endif %}}{end}" if _may_lack(claim) else text


def _may_lack(claim: Claim) -> bool:
    expression = claim.expression
    if isinstance(expression, Column) and isinstance(expression.row, RowName):
        return expression.field.nullable
    return True


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
