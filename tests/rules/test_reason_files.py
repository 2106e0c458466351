"""`rules/reasons.yaml`: each reason is a thing, a step, a failure and an owner, specific enough to be ended."""

from decimal import Decimal
from pathlib import Path

import pytest

from notifier.model.reasons import Quadrant, Saying, Worth
from notifier.rules.checked_owners import Owner
from notifier.rules.findings import Findings
from notifier.rules.reason_files import read_reasons
from notifier.rules.specific import not_specific
from notifier.rules.yaml_reader import read_yaml

OWNERS = {name: Owner(id=name, name=name) for name in ("billing", "care")}
CARD = """
reasons:
  card-declined:
    object: checkout
    step: step 3
    failure: card declined twice
    owner: billing
    words:
      - { language: en, say: [card declined, payment failed], unless: refund, why: a refund is another case }
      - { language: es, say: rechazó la tarjeta }
      - { language: es, say: no pasa la tarjeta }
    imported_as: [card_declined]
    customer: irritating
    company: irritating
    minutes: 7
    cost: 9000 COP
    severity: 3
"""


def problems(text: str) -> list[str]:
    findings = Findings()
    read_reasons(read_yaml(text.encode(), "rules/reasons.yaml"), OWNERS, findings)
    return [str(problem) for problem in findings.problems]


def many(objects: int, of_each: int) -> str:
    lines = [
        f"  r{one}-{two}: {{ object: thing{one}, step: step {two}, failure: lamp {two} went dark, owner: care }}"
        for one in range(objects)
        for two in range(of_each)
    ]
    return "reasons:\n" + "\n".join(lines)


def test_a_reason_says_all_that_somebody_needs_to_end_it() -> None:
    findings = Findings()
    reason = read_reasons(read_yaml(CARD.encode(), "rules/reasons.yaml"), OWNERS, findings)["card-declined"]
    assert not findings
    assert reason.title == "checkout, step 3: card declined twice"
    assert (reason.owner, reason.minutes, reason.severity) == ("billing", 7, 3)
    assert (reason.cost, reason.currency) == (Decimal(9000), "COP")
    assert (reason.customer, reason.company, reason.quadrant) == (
        Worth.IRRITATING,
        Worth.IRRITATING,
        Quadrant.ELIMINATE,
    )
    assert reason.imported_as == ("card_declined",)
    assert reason.sayings["en"] == (
        Saying(phrases=("card declined", "payment failed"), unless=("refund",), why="a refund is another case"),
    )
    assert [saying.phrases for saying in reason.sayings["es"]] == [("rechazó la tarjeta",), ("no pasa la tarjeta",)]


@pytest.mark.parametrize(
    ("customer", "company", "quadrant"),
    [("valuable", "irritating", "automate"), ("irritating", "valuable", "simplify"), ("valuable",) * 2 + ("leverage",)],
)
def test_two_answers_say_what_to_do_about_a_reason(customer: str, company: str, quadrant: str) -> None:
    text = CARD.replace("customer: irritating", f"customer: {customer}")
    text = text.replace("company: irritating", f"company: {company}")
    read = read_reasons(read_yaml(text.encode(), "rules/reasons.yaml"), OWNERS, Findings())
    assert read["card-declined"].quadrant == quadrant


@pytest.mark.parametrize(
    ("thing", "step", "failure", "wrong"),
    [
        ("checkout", "step 3", "card declined twice", []),
        ("factura", "al recibirla", "cobra más de lo acordado", []),
        ("visita", "el día", "llegó tarde", []),
        ("web shop", "checkout", "web problem", ["failure"]),
        ("checkout", "payment", "error with the card", ["failure"]),
        ("bill", "on arrival", "bill error", ["failure"]),
        ("pedido", "en camino", "tarde", ["failure"]),
        ("web", "in general", "web problem", ["object", "step", "failure"]),
        ("servicio al cliente", "todo el proceso", "mal servicio", ["object", "step", "failure"]),
    ],
)
def test_what_may_mean_anything_is_refused(thing: str, step: str, failure: str, wrong: list[str]) -> None:
    assert [key for key, _ in not_specific(thing, step, failure)] == wrong


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("card declined twice", "web problem", "6:14: 'web problem' does not say what happened; write what people saw"),
        ("owner: billing", "owner: biling", "7:12: unknown owner 'biling'; did you mean 'billing'?"),
        ("card-declined:", "unclear:", "3:3: 'unclear' is what nobody can tell yet, and has no owner"),
        ("card-declined:", "Card Declined:", "'Card Declined' is no key; use lower-case letters"),
        ("severity: 3", "severity: 9", "'severity' is a whole number from 1 to 5, not 9"),
        ("minutes: 7", "minutes: 0", "'minutes' is a whole number from 1 to 600, not 0"),
        ("cost: 9000 COP", "cost: 9000 pesos", "'9000 pesos' is not an amount with its currency"),
        ("company: irritating", "company: iritating", "unknown company 'iritating'; did you mean 'irritating'?"),
        ("    company: irritating\n", "", "'customer' says nothing without 'company'"),
        ("say: rechazó la tarjeta", "say: '...'", "'...' has no word that says something"),
        ("unless: refund", "unless: of the", "'of the' has no word that says something"),
        ("language: en", "language: fr", "unknown language 'fr'"),
        ("    step: step 3\n", "", "a reason needs 'step'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_a_remedy(old: str, new: str, said: str) -> None:
    text = CARD.lstrip("\n").replace("reasons:\n", "# why\nreasons:\n").replace(old, new)
    found = problems(text)
    assert len(found) == 1
    assert said in found[0]


def test_no_two_reasons_claim_the_same() -> None:
    again = "  again:" + CARD.split("card-declined:")[1].replace("step: step 3", "step: step 4")
    [problem] = problems(CARD + again)
    assert "the reason 'again' is imported as 'card_declined', as 'card-declined' is; keep one" in problem


def test_twelve_at_a_level_are_allowed() -> None:
    assert problems(many(12, 2)) == problems(many(2, 12)) == []
    [objects] = problems(many(13, 1))
    [reasons] = problems(many(1, 13))
    assert "13 objects, 12 are allowed; join those that one team ends" in objects
    assert "13 reasons of 'thing0', 12 are allowed; split the object" in reasons


def test_the_shipped_reasons_are_read(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "rules" / "reasons.yaml"
    findings = Findings()
    owners = {
        name: Owner(id=name, name=name)
        for name in ("field-operations", "billing", "care", "network", "logistics", "shops", "dining-room")
    }
    reasons = read_reasons(read_yaml(shipped.read_bytes(), "rules/reasons.yaml"), owners, findings)
    assert findings.problems == ()
    assert all(reason.quadrant and reason.severity and reason.minutes for reason in reasons.values())
