"""What people and files enter is data: it adds no line to a record, moves no cursor and turns no figure around."""

from dataclasses import replace

import pytest
from rich.text import Text

from notifier.cli.console import out, print_problems, print_text
from notifier.cli.shown.contradictions import contradiction_card
from notifier.cli.shown.drafts import headline
from notifier.cli.shown.people import interventions_text
from notifier.cli.shown.scenarios import result_text
from notifier.cli.shown.values import value_text
from notifier.decisions.decision import Signature
from notifier.intake.report import Dangling, Doubts, RowProblem
from notifier.model.problems import Place, Problem
from notifier.model.scenario_results import ScenarioResult
from notifier.model.types import TopicType
from notifier.store.interventions import Intervention, RefusedError
from tests.cli.samples import ANA, NOW, price_contradiction, ready
from tests.cli.test_preview_page import page
from tests.cli.test_shown import printed

FORGED = "agreed\nTue 2026-03-03 09:40  luz: waive, all is well"
CODED = "agreed \x1b[2K\u202e09,95"


@pytest.mark.parametrize(
    ("by", "reason", "said"),
    [
        (FORGED, "x", "--by holds a line break; write it on one line"),
        ("marta", FORGED, "--reason holds a line break; write it on one line"),
        ("marta", CODED, "--reason holds the control character U+001B, which nobody sees; leave it out"),
        ("mar\u202eta", "x", "--by holds the character U+202E (right-to-left override), which nobody sees; leave it"),
        ("mar\u2028ta", "x", "--by holds a line break; write it on one line"),
    ],
)
def test_a_signature_is_one_plain_line(by: str, reason: str, said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        Signature(by=by, reason=reason, now=NOW)
    assert str(refused.value).startswith(said)


def test_names_of_every_script_can_sign() -> None:
    for name in ("محمد", "שרה", "می\u200cخواهم", "क्\u200dष", "王小明"):
        assert str(Signature(by=name, reason="á ñ ¿?", now=NOW)) == f"by {name}: á ñ ¿?"


def intervention(actor: str, reason: str) -> Intervention:
    return Intervention(at=NOW, actor=actor, verb="release", object_type="notice", object_id="N-1", reason=reason)


def test_what_was_recorded_before_it_was_refused_adds_no_line() -> None:
    shown = printed(interventions_text([intervention("marta", FORGED)], None), width=200)
    assert shown == "Tue 2026-03-03 15:00 UTC  marta: release, agreed ⏎ Tue 2026-03-03 09:40  luz: waive, all is well\n"


def test_the_console_shows_terminal_codes_and_direction_marks_as_what_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out().print(Text(CODED))
    print_text(CODED)
    print_problems([CODED])
    captured = capsys.readouterr()
    assert captured.out == "agreed \\x1b[2K\\u202e09,95\n" * 2
    assert captured.err == "agreed \\x1b[2K\\u202e09,95\n"


def test_no_value_evidence_name_or_scenario_adds_a_line() -> None:
    contradiction = price_contradiction(evidence=FORGED, promised_by=FORGED)
    card = printed(contradiction_card(contradiction, NOW), width=400)
    named = printed(headline(ready(recipient=replace(ANA, name=FORGED))), width=400)
    scenario = printed(
        result_text(ScenarioResult(file="a.test.yaml", name=FORGED, place=Place("a.test.yaml"))), width=400
    )
    for shown in (card, named, scenario, value_text(TopicType.TEXT, FORGED)):
        assert not [line for line in shown.splitlines() if line.strip("┃ ").startswith("Tue 2026-03-03 09:40")]
        assert "agreed ⏎ Tue" in shown


@pytest.mark.parametrize(
    "told",
    [
        Problem(Place("rules/a\nb.yaml"), f"unknown key '{CODED}'"),
        RowProblem(file="a\nb.csv", line=2, column="na\u202eme", what=f"'{FORGED}' is no name"),
        RowProblem(file="a.csv", line=2, column="x", what=FORGED, count=9, examples=(CODED,)),
        Dangling(relation="order.customer", count=1, examples=(CODED,)),
        Doubts(column="id", what=FORGED, count=1, examples=(CODED,)),
    ],
)
def test_an_error_that_quotes_an_input_is_one_line_that_can_be_read(told: object) -> None:
    assert str(told).isprintable()


def test_the_page_turns_no_letters_around() -> None:
    html = page(told=(ready(recipient=replace(ANA, name="Ana \u202eziuR")),))
    assert "\u202e" not in html
    assert "Ana \\u202eziuR" in html
