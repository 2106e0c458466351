"""Dead ends, circles, unreachable owners and moments that never speak are reported with their remedy."""

from pathlib import Path

import pytest

from notifier.rules.hushing import without_hushed
from notifier.rules.lint import lint
from notifier.rules.loader import load_project
from tests.rules.projects import write


def _found(folder: Path) -> list[str]:
    project = load_project(folder)
    assert [str(problem) for problem in project.problems] == []
    return [str(problem) for problem in lint(project)]


def _points(folder: Path, text: str) -> list[str]:
    write(folder, "rules/contact_points.yaml", f"contact_points:\n{text}")
    return _found(folder)


def _moments(folder: Path, text: str) -> list[str]:
    write(
        folder,
        "rules/one.yaml",
        "rules:\n  - rule: one\n    about: order\n    owner: field\n    class: service\n"
        "    when: order.status == 'held'\n"
        f"    template: reminder\n    exit: desk\n{text}"
        "    follow_up: [{ on: ended, tell: nobody }]\n",
    )
    return _found(folder)


def test_the_good_project_is_clean(folder: Path) -> None:
    assert _found(folder) == []


@pytest.mark.parametrize(
    ("guard", "warned"), [("", True), ("and charge.period_start != null ", False), ("and c.kind != 'tax' ", True)]
)
def test_a_sum_that_takes_rows_without_a_moment_together_is_warned_of(folder: Path, guard: str, warned: bool) -> None:
    write(
        folder,
        "rules/sum.yaml",
        "checks:\n  - check: billed-twice\n    promise: monthly_price\n    against: charge\n    on: charge.contract\n"
        "    owner: billing\n    actual: >-\n"
        "      charge.contract.charges.filter(c, c.period_start == charge.period_start and c.kind == charge.kind\n"
        f"      {guard}).sum(c, c.amount)\n",
    )
    assert _found(folder) == [
        "rules/sum.yaml:2:5: warning: 'billed-twice' takes all rows without charge.period_start together, for null "
        "equals null; add 'and charge.period_start != null' to 'when' or to the filter"
    ] * int(warned)


@pytest.mark.parametrize(
    ("chosen", "warned"),
    [
        ("", True),
        (".filter(c, c.billed)", True),
        (".filter(c, c.billed and c.currency == charge.currency)", False),
        (".filter(c, c.currency != charge.currency)", True),
    ],
)
@pytest.mark.parametrize("figure", ["last(3, c, c.bill_at).avg(c, c.amount) * 1.3", "last(c, c.bill_at).amount"])
def test_an_amount_that_may_be_compared_with_one_in_another_currency_is_warned_of(
    folder: Path, chosen: str, warned: bool, figure: str
) -> None:
    write(
        folder,
        "rules/usual.yaml",
        "rules:\n  - rule: usual\n    about: charge\n    owner: field\n    class: service\n    exit: desk\n"
        "    template: reminder\n    follow_up: [{ on: ended, tell: nobody }]\n    when: >-\n"
        f"      charge.amount > charge.contract.charges{chosen}.{figure}\n",
    )
    assert _found(folder) == [
        "rules/usual.yaml:9:11: warning: charge.amount may be compared with an amount in another currency; add "
        "'c.currency == charge.currency' to the filter of its rows [other_currency]"
    ] * int(warned)


def test_who_has_one_currency_hushes_the_warning_of_another(folder: Path) -> None:
    write(
        folder,
        "rules/usual.yaml",
        "rules:\n  - rule: usual\n    about: charge\n    owner: field\n    class: service\n    exit: desk\n"
        "    hush: { other_currency: all bills are in pesos }\n"
        "    template: reminder\n    follow_up: [{ on: ended, tell: nobody }]\n    when: >-\n"
        "      charge.amount > charge.contract.charges.last(c, c.bill_at).amount\n",
    )
    project = load_project(folder)
    assert [problem.code for problem in lint(project)] == ["other_currency"]
    assert without_hushed(project, lint(project)) == []


def test_a_count_of_amounts_and_an_amount_beside_a_number_have_no_other_currency(folder: Path) -> None:
    write(
        folder,
        "rules/usual.yaml",
        "rules:\n  - rule: usual\n    about: charge\n    owner: field\n    class: service\n    exit: desk\n"
        "    template: reminder\n    follow_up: [{ on: ended, tell: nobody }]\n    when:\n"
        "      - charge.amount > 100 and charge.contract.charges.count(c, c.amount > 5) > 3\n"
        "      - charge.contract.charges.sum(c, c.amount) > 500\n",
    )
    assert _found(folder) == []


def test_a_dead_end_is_named(folder: Path) -> None:
    assert _points(
        folder,
        "  desk: { channel: phone, address: '*611', human: true }\n"
        "  page: { channel: web, address: example.com/help }\n",
    ) == [
        "rules/contact_points.yaml:3:3: 'page' is a dead end: no human, settles nothing, sends nowhere; "
        "give it one of the three"
    ]


def test_a_circle_is_named_with_its_path(folder: Path) -> None:
    assert _points(
        folder,
        "  desk: { channel: phone, address: '*611', human: true, sends_to: { refund: chat } }\n"
        "  chat: { channel: chat, address: example.com/chat, settles: [hours], sends_to: { refund: instagram } }\n"
        "  instagram: { channel: social, address: '@shop', sends_to: { refund: desk } }\n",
    ) == [
        "rules/contact_points.yaml:3:3: 'refund' is sent in a circle: chat -> instagram -> desk -> chat; "
        "let one of them settle it"
    ]


def test_a_circle_without_any_human_is_one_whatever_its_requests_are_called(folder: Path) -> None:
    found = _points(
        folder,
        "  desk: { channel: phone, address: '*611', sends_to: { question: chat } }\n"
        "  chat: { channel: chat, address: example.com/chat, sends_to: { help: instagram } }\n"
        "  instagram: { channel: social, address: '@shop', sends_to: { contact: desk } }\n",
    )
    assert (
        "rules/contact_points.yaml:3:3: people are sent in a circle: chat -> instagram -> desk -> chat; "
        "give one of them a human"
    ) in found


def test_a_point_that_sends_to_itself_is_a_circle(folder: Path) -> None:
    assert _points(
        folder,
        "  desk: { channel: phone, address: '*611', human: true }\n"
        "  page: { channel: web, address: example.com, sends_to: { refund: page } }\n",
    ) == ["rules/contact_points.yaml:3:3: 'refund' is sent in a circle: page -> page; let one of them settle it"]


def test_a_request_must_arrive_where_somebody_takes_it(folder: Path) -> None:
    assert _points(
        folder,
        "  desk: { channel: phone, address: '*611', human: true, sends_to: { refund: form } }\n"
        "  form: { channel: web, address: example.com/form, settles: [complaint] }\n",
    ) == [
        "rules/contact_points.yaml:2:3: 'desk' sends 'refund' to 'form', which neither settles it, nor sends it on, "
        "nor is human"
    ]


def test_a_request_that_is_sent_on_to_a_human_is_fine(folder: Path) -> None:
    assert _points(
        folder,
        "  desk: { channel: phone, address: '*611', settles: [hours], sends_to: { refund: chat } }\n"
        "  chat: { channel: chat, address: example.com/chat, sends_to: { refund: office } }\n"
        "  office: { channel: shop, address: Calle 1, human: true }\n",
    ) == []  # fmt: skip


def test_an_exit_must_lead_to_somebody(folder: Path) -> None:
    found = _points(
        folder,
        "  desk: { channel: phone, address: '*611', sends_to: { refund: page } }\n"
        "  page: { channel: web, address: example.com }\n",
    )
    assert "rules/good.yaml:2:5: the exit 'desk' of rule 'good' leads to no human and to no recorded request" in found


def test_an_owner_without_any_address_is_named(folder: Path) -> None:
    write(
        folder,
        "rules/owners.yaml",
        "owners:\n  field: { name: Field, email: f@example.com }\n  billing: { name: Bills }\n",
    )
    assert _found(folder) == [
        "rules/owners.yaml:3:3: alerts cannot reach owner 'billing'; give an email or a phone",
    ]


@pytest.mark.parametrize(
    ("moments", "found"),
    [
        ("    at: 3h before order.promised_at\n    until: 1h before order.promised_at\n", []),
        ("    at: 3h before order.promised_at\n    until: 2h after order.placed_at\n", []),
        ("    at: 3h before order.promised_at at 10:00\n    until: 3h before order.promised_at\n", []),
        (
            "    at: 3h before order.promised_at\n    until: 3h before order.promised_at\n",
            [
                "rules/one.yaml:10:12: '3h before order.promised_at' is not after '3h before order.promised_at': "
                "the rule never speaks at that moment"
            ],
        ),
        (
            "    at: [2d before order.promised_at, 1h before order.promised_at]\n"
            "    until: 2h before order.promised_at\n",
            [
                "rules/one.yaml:10:12: '2h before order.promised_at' is not after '1h before order.promised_at': "
                "the rule never speaks at that moment"
            ],
        ),
        (
            "    at: 1d before order.promised_at at 10:00\n    until: 2d before order.promised_at at 18:00\n",
            [
                "rules/one.yaml:10:12: '2d before order.promised_at at 18:00' is not after "
                "'1d before order.promised_at at 10:00': the rule never speaks at that moment"
            ],
        ),
        (
            "    at: 1 working day before order.promised_at at 10:00\n"
            "    until: 2d before order.promised_at at 18:00\n",
            [],
        ),
        (
            "    at: 48h before order.promised_at at 10:00\n",
            [
                "rules/one.yaml:9:9: warning: '48h' are elapsed hours, which lead to another day when the clocks "
                "change; write '2d' for calendar days"
            ],
        ),
        (
            "    at: [2d before order.promised_at, 48h before order.promised_at]\n",
            [
                "rules/one.yaml:9:39: '48h before order.promised_at' is the same moment as "
                "'2d before order.promised_at'; remove one"
            ],
        ),
    ],
)
def test_a_moment_that_never_comes_is_named(folder: Path, moments: str, found: list[str]) -> None:
    assert _moments(folder, f"{moments}    born_late: skip\n") == found


@pytest.mark.parametrize(
    ("moments", "asks"),
    [
        ("    at: 2d before order.promised_at\n", True),
        ("    at: [2h after order.placed_at, 1h before order.promised_at]\n", True),
        ("    at: 2d before order.promised_at\n    born_late: skip\n", False),
        ("    at: 2h after order.placed_at\n", False),
        ("    at: order.promised_at\n", False),
    ],
)
def test_a_moment_that_may_be_born_late_asks_what_holds_then(folder: Path, moments: str, asks: bool) -> None:
    found = _moments(folder, moments)
    assert [one.endswith("say born_late: tell, or born_late: skip") for one in found] == ([True] if asks else [])


def test_the_shipped_project_is_clean() -> None:
    assert [str(problem) for problem in lint(load_project(Path(__file__).parents[2]))] == []
