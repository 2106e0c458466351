"""The reasons of a new project are those of its packs, in its language, each with an owner that it has."""

import pytest

from notifier.model.reasons import UNCLEAR
from notifier.reasons.words import Words
from notifier.rules import catalogue
from notifier.rules.checked_owners import Owner
from notifier.rules.findings import Findings
from notifier.rules.reason_files import read_reasons
from notifier.rules.shipped import shipped
from notifier.rules.yaml_nodes import plain
from notifier.rules.yaml_reader import read_yaml
from notifier.starter.answers import owners_needed
from notifier.starter.packs import packs
from notifier.starter.reasons import english, reasons_of, reasons_text

SAID = {
    "telco": ("My internet is down since Monday.", "line-down"),
    "retail": ("Where is my order? It has no tracking number.", "order-where"),
    "restaurant": ("I want to change my booking to nine.", "table-change"),
    "utilities": ("We had a power cut again.", "supply-out"),
    "clinic": ("What time is my appointment tomorrow?", "appointment-when"),
}


def test_every_text_of_the_shipped_reasons_has_its_english_and_no_other_has() -> None:
    node = read_yaml((shipped() / catalogue.REASONS).read_bytes(), catalogue.REASONS)
    assert node is not None
    document = plain(node)
    assert isinstance(document, dict)
    texts = set()
    for reason in document["reasons"].values():
        texts |= {reason["object"], reason["step"], reason["failure"]}
        texts |= {saying["why"] for saying in reason["words"] if "why" in saying}
    assert set(english()) == texts
    assert {key for pack in packs() for key in reasons_of([pack])} == set(document["reasons"])


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("pack", packs())
def test_a_pack_has_its_reasons_with_owners_of_its_own_and_reads_what_people_write(pack: str, language: str) -> None:
    owners = owners_needed([pack])
    text = reasons_text(reasons_of([pack]), owners, language)
    findings = Findings()
    known = {name: Owner(id=name, name=name) for name in owners}
    reasons = read_reasons(read_yaml(text.encode(), catalogue.REASONS), known, findings)

    assert (findings.problems, set(reasons)) == ((), set(packs()[pack].reasons))
    written, reason = SAID[pack]
    assert Words(reasons).find(written)[0].reason == reason
    assert ("thank you" in reasons["thanks"].failure) == (language == "en")
    assert UNCLEAR not in reasons
