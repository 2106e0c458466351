"""M18, M19, M38, M49, M53, M55: what went wrong has an owner, a remedy, a cause and an end, played by commands."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, logs_as_before
from tests.mission.conftest import Happen, project, run, sent
from tests.mission.conftest import happen as happen

__all__ = ["happen", "logs_as_before", "project", "run"]

BY = ["--by", "marta", "--reason", "the seller promised it"]
AT = "2026-03-03T10:00:00-05:00"
AUTHORITY = """
authority:
  - { credit: 20000 COP }
  - { credit: 100000 COP, needs: second }
"""


@pytest.fixture
def opened(project: Path, run: Run, happen: Happen) -> str:
    """The bill will be 40 % higher than what a seller promised."""
    (project / "rules/authority.yaml").write_text(AUTHORITY, encoding="utf-8")
    happen("2026-03-01T00:00:00-05:00")
    happen(
        "2026-03-03T09:00:00-05:00",
        customer=[
            {"id": "C-1", "name": "Ana Ruiz", "locale": "es-CO", "phone": "+573001234567", "email": "a@example.com"}
        ],
        contract=[{"id": "K-1", "customer_id": "C-1", "status": "active"}],
        promise=[
            {
                "id": "P-1",
                "customer_id": "C-1",
                "subject": "contract:K-1",
                "topic": "monthly_price",
                "value": 79900,
                "currency": "COP",
                "made_at": "2026-03-01T10:00:00-05:00",
                "source": "sales",
                "evidence": "call 88",
            }
        ],
        charge=[
            {
                "id": "X-1",
                "customer_id": "C-1",
                "contract_id": "K-1",
                "kind": "recurring",
                "proration": False,
                "amount": 111860,
                "currency": "COP",
                "bill_at": "2026-03-06T06:00:00-05:00",
                "billed": False,
            }
        ],
    )
    return str(run("contradictions", "list", "--json").json[0]["id"])


def test_m19_nothing_is_settled_without_its_cause_and_what_is_done_about_it(opened: str, run: Run) -> None:
    honour = [
        "contradictions",
        "settle",
        opened,
        "--honour",
        "--owner",
        "billing",
        "--until",
        "2026-03-05T12:00:00-05:00",
    ]
    refused = run(*honour, *BY, "--at", AT)
    assert refused.code == 1
    assert "say what caused it and what is done about that: --cause NAME --action TEXT" in refused.err
    unknown = run(*honour, *BY, "--at", AT, "--cause", "price-lst", "--action", "x")
    assert "did you mean 'price-list'" in unknown.err

    done = run(*honour, *BY, "--at", AT, "--cause", "price-list", "--action", "two people check it", "--json")

    assert done.json["about"] == [opened]
    assert [(each["rule"], each["becomes"]) for each in done.json["notices"]] == [("bill-is-ready", "held")]
    card = run("contradictions", "show", opened, "--json").json
    assert (card["state"], card["acknowledged_by"]) == ("acknowledged", "marta")
    (settling,) = card["settlings"]
    assert (settling["cause"], settling["action"], settling["owner"]) == (
        "price-list",
        "two people check it",
        "billing",
    )
    (cause, *_) = run("contradictions", "causes", "--at", AT, "--json").json
    assert (cause["cause"], cause["owner"], cause["named"], cause["pattern"]) == ("price-list", "billing", 1, False)


def test_m53_and_m55_credit_beyond_ones_authority_is_refused_until_a_second_person_or_an_override(
    opened: str, run: Run
) -> None:
    withdraw = ["contradictions", "settle", opened, "--withdraw", "--evidence", "the signed contract, page 2"]
    cause = ["--cause", "sales-promise", "--action", "sales reads its scripts again", "--at", AT]
    too_much = run(*withdraw, *cause, *BY, "--credit", "100001 COP")
    assert (too_much.code, "more than anybody may give (100000 COP" in too_much.err) == (1, True)
    waits = run(*withdraw, *cause, *BY, "--credit", "31960 COP")
    assert f"it waits for a second person. Next: notifier contradictions approve {opened}" in waits.out
    own = run("contradictions", "approve", opened, *BY, "--at", AT)
    assert (own.code, "marta proposed it; a second person has to approve it" in own.err) == (1, True)

    approved = run("contradictions", "approve", opened, "--by", "luisa", "--reason", "agreed", "--at", AT, "--json")

    assert [(each["rule"], each["becomes"]) for each in approved.json["notices"]] == [("bill-is-ready", "released")]
    card = run("contradictions", "show", opened, "--json").json
    assert (card["state"], card["settlings"][0]["approved_by"]) == ("settled", "luisa")
    assert card["settlings"][0]["credit"] == {"amount": "31960", "currency": "COP"}


def test_m18_and_m38_the_customer_hears_it_from_us_with_a_remedy_and_what_happens_next(
    opened: str, run: Run, happen: Happen, project: Path
) -> None:
    before = len(sent(project))
    tell = ["--remedy", "Este mes paga lo prometido", "--next", "le llega la factura corregida"]
    cause = ["--cause", "price-list", "--action", "two people check it", "--at", AT]
    assert run("contradictions", "settle", opened, "--tell", *tell, *cause, *BY).code == 0
    happen("2026-03-03T10:05:00-05:00")
    (notice,) = run("notices", "list", "--rule", "promise-not-kept", "--json").json
    assert (notice["state"], notice["customer"]) == ("held", "C-1")
    assert not any("Este mes paga" in text for text in sent(project)[before:])

    run("notices", "approve", notice["reference"], *BY, "--at", "2026-03-03T10:06:00-05:00")
    happen("2026-03-03T10:07:00-05:00")

    told = [text for text in sent(project)[before:] if "Este mes paga lo prometido" in text]
    assert len(told) == 2
    assert run("contradictions", "show", opened, "--json").json["state"] == "acknowledged"
    happen("2026-03-03T10:08:00-05:00")
    assert run("contradictions", "show", opened, "--json").json["state"] == "settled"
    assert json.dumps(run("notices", "list", "--state", "held", "--json").json) == "[]"
