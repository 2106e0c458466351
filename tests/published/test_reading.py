"""Pages and lists -> claims with their lines: what was seen in the wild is read, what can be meant twice is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.intake.published.claims import Kind
from notifier.intake.published.json_places import JsonError, parse_json
from notifier.intake.published.lists import claims_of_csv, claims_of_yaml
from notifier.intake.published.pages import structured_data
from notifier.intake.published.schema_org import amount_of, claims_of
from notifier.rules.findings import Findings


def page(*blocks: str, kind: str = "application/ld+json") -> str:
    scripts = "".join(f'<script type="{kind}">{block}</script>\n' for block in blocks)
    return f"<!doctype html>\n<html><head>\n{scripts}</head></html>"


def read(html: str) -> tuple[list[tuple[int, str, str, object]], list[str]]:
    """(line, first name, kind, value) of each claim, and the problems as texts."""
    findings = Findings()
    claims = claims_of(structured_data(html, "page.html", findings), "page.html", findings)
    said: list[tuple[int, str, str, object]] = [(c.place.line, c.names[0], c.kind.value, c.value) for c in claims]
    return said, [str(problem) for problem in findings.problems]


def shop(*specifications: str) -> str:
    return '{"@type": "Store", "name": "Centro", "openingHoursSpecification": [' + ", ".join(specifications) + "]}"


def hours(**keys: str) -> str:
    quoted = {key: value if value.startswith(("[", "{")) else f'"{value}"' for key, value in keys.items()}
    return "{" + ", ".join(f'"{key}": {value}' for key, value in quoted.items()) + "}"


MONDAY = "https://schema.org/Monday"


@pytest.mark.parametrize(
    ("specifications", "text"),
    [
        ([hours(dayOfWeek=MONDAY, opens="09:00", closes="19:00")], "Mo 09:00-19:00"),
        ([hours(dayOfWeek='["Monday", "Tu"]', opens="9:00", closes="19:00:00")], "Mo,Tu 09:00-19:00"),
        ([hours(dayOfWeek='{"@type": "DayOfWeek", "name": "Sunday"}', opens="00:00", closes="00:00")], "Su off"),
        ([hours(dayOfWeek="Friday", opens="14:00", closes="00:00")], "Fr 14:00-24:00"),
        ([hours(dayOfWeek="Friday", opens="00:00", closes="23:59")], "Fr 00:00-24:00"),
        ([hours(dayOfWeek="Friday", opens="20:00", closes="02:00")], "Fr 20:00-02:00"),
        ([hours(dayOfWeek="Friday", opens="2017-01-01T09:00:00-05:00", closes="13:00")], "Fr 09:00-13:00"),
        ([hours(dayOfWeek="Sunday")], "Su off"),
        (
            [hours(dayOfWeek="Monday", opens=a, closes=b) for a, b in (("09:00", "13:00"), ("15:00", "19:00"))],
            "Mo 09:00-13:00,15:00-19:00",
        ),
        (
            [hours(validFrom="2026-12-24", validThrough="2026-12-24", opens="09:00", closes="13:00")],
            "2026 Dec 24 09:00-13:00",
        ),
        ([hours(validFrom="2026-12-24", validThrough="2026-12-26")], "2026 Dec 24-2026 Dec 26 off"),
    ],
)
def test_hours_as_pages_write_them(specifications: list[str], text: str) -> None:
    assert read(page(shop(*specifications))) == ([(3, "Centro", "hours", text)], [])


@pytest.mark.parametrize(
    ("specification", "what"),
    [
        (hours(dayOfWeek="Monday", opens="09:00", closes="09:00"), "all day, or never?"),
        (hours(dayOfWeek="lundi au vendredi", opens="09:00", closes="19:00"), "is no day of the week"),
        (hours(dayOfWeek="Monday", opens="9am", closes="19:00"), "is no time of day"),
        (hours(dayOfWeek="Monday", opens="09:00"), "only one of 'opens' and 'closes'"),
        (hours(validFrom="tomorrow", opens="09:00", closes="19:00"), "is no date"),
        (hours(validFrom="2026-12-26", validThrough="2026-12-24", opens="09:00", closes="19:00"), "before they begin"),
    ],
)
def test_hours_that_can_be_meant_in_two_ways_are_refused_with_their_line(specification: str, what: str) -> None:
    claims, (problem,) = read(page(shop(specification)))
    assert claims == []
    assert problem.startswith("page.html:3:1: ")
    assert what in problem


def test_one_bad_block_costs_no_other_and_has_its_line() -> None:
    good = (
        '{"@type": "Product", "sku": "F-300", "name": "Fibra",\n "offers": {"price": "79900", "priceCurrency": "COP"}}'
    )
    claims, problems = read(page("{ broken", "", good))
    assert claims == [(6, "F-300", "price", Decimal(79900))]
    assert problems == ["page.html:3:1: this is no JSON; a validator of structured data shows what is wrong"]


@pytest.mark.parametrize(
    "block",
    [
        '/* a */ {"name": "F", "price": 79900, } // b',
        '<!-- {"name": "F", "price": "79900.00"} -->',
        '//<![CDATA[\n{"name": "F", "price": 79900}\n//]]>',
        '\ufeff{"name": "F", "price": 79900};',
        '[{"@graph": [{"name": "F", "offers": [{"price": 79900}]}]}]',
        '{"name": "A\nB", "price": 79900}',
    ],
)
def test_what_pages_add_to_json_is_no_fault(block: str) -> None:
    claims, problems = read(page(block, kind="Application/LD+JSON; charset=utf-8"))
    assert ([claim[3] for claim in claims], problems) == ([Decimal(79900)], [])


def test_an_offer_is_of_the_product_around_it_and_a_name_is_unescaped() -> None:
    block = '{"@type": "Product", "name": "Caf&eacute;", "offers": {"@type": "Offer", "sku": "C-1", "price": 5}}'
    findings = Findings()
    (claim,) = claims_of(structured_data(page(block), "page.html", findings), "page.html", findings)
    assert claim.names == ("C-1", "Café")


def test_terms_are_read_in_their_units() -> None:
    year, warranty = '{"value": 12, "unitCode": "MON"}', '{"durationOfWarranty": "P2Y"}'
    block = f'{{"name": "Plan", "eligibleDuration": {year}, "offers": {warranty}}}'
    assert [claim[2:] for claim in read(page(block))[0]] == [("term", "P12M"), ("term", "P2Y")]
    assert "the units are DAY, WEE" in read(page(block.replace("MON", "FTN")))[1][0]


@pytest.mark.parametrize("text", ["79.900", "1,234", "79.900,00", "$79900", "gratis", ""])
def test_an_amount_that_is_not_plain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"79900\.00"):
        amount_of(text)


def test_a_price_of_nothing_is_said() -> None:
    assert read(page('{"price": 5}'))[1] == ["page.html:3:1: a price of nothing that has a name; give it a name"]


@given(st.text(max_size=200))
def test_no_text_raises_anything_but_its_fault(text: str) -> None:
    line = 1
    try:
        parse_json(text)
    except JsonError as error:
        line = error.line
    assert 1 <= line <= text.count("\n") + 1


def test_a_block_that_is_too_deep_or_too_long_is_refused() -> None:
    with pytest.raises(JsonError, match="deeper than"):
        parse_json("[" * 200 + "]" * 200)
    with pytest.raises(JsonError, match="at most"):
        parse_json(f'"{"a" * 2_000_001}"')


SPANISH = {"name": "producto", "value": "precio", "currency": "moneda"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_list_is_read_line_by_line(delimiter: str) -> None:
    rows = [["producto", "precio", "moneda"], ["Fibra 300", "79900", "COP"], ["", "", ""], ["Fibra 600", "", "COP"]]
    content = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)
    findings = Findings()
    (claim,) = claims_of_csv(content.encode(), "p.csv", SPANISH, findings)
    assert (claim.place.line, claim.names, claim.value, claim.currency) == (2, ("Fibra 300",), "79900", "COP")
    assert claim.kind is Kind.LISTED
    assert [str(each) for each in findings.problems] == ["p.csv:4:1: 'precio' is empty; the line says nothing"]


def test_a_list_without_a_needed_column_is_refused_with_the_nearest() -> None:
    findings = Findings()
    assert claims_of_csv(b"producto,precios\nF,1\n", "p.csv", SPANISH, findings) == []
    assert "there is no column 'precio'; did you mean 'precios'?" in str(findings.problems[0])


def test_a_yaml_list_has_the_place_of_each_value() -> None:
    content = b"prices:\n  - name: Fibra 300\n    value: 79900\n    topic: monthly_price\n  - { name: X }\n"
    findings = Findings()
    (claim,) = claims_of_yaml(content, "p.yaml", {}, findings)
    assert (str(claim.place), claim.value, claim.topic) == ("p.yaml:3:12", "79900", "monthly_price")
    assert "there is no column 'value'" in str(findings.problems[0])
    for wrong in (b"- a: [", b"just a text", b""):
        findings = Findings()
        assert claims_of_yaml(wrong, "p.yaml", {}, findings) == []
        assert findings
