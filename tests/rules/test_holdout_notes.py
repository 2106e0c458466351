"""How many households a holdout takes is said when its rule is checked."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from notifier.model.holdouts import Holdout
from notifier.model.problems import Place
from notifier.rules.checked import Project
from notifier.rules.holdout_notes import holdout_notes


def test_a_rule_with_a_holdout_has_a_note_with_its_sizes_and_another_has_none() -> None:
    holdout = Holdout(
        name="x", share=Decimal("0.05"), until=date(2026, 6, 30), decided_by="Marta", contacts=("visit-when",)
    )
    rules: dict[str, Any] = {
        "one": SimpleNamespace(place=Place("rules/a.yaml", 3, 5), holdout=holdout),
        "two": SimpleNamespace(place=Place("rules/a.yaml", 9, 5), holdout=None),
    }
    [note] = holdout_notes(cast(Project, SimpleNamespace(rules=rules)))
    assert (str(note.place), note.severity) == ("rules/a.yaml:3:5", "note")
    # The table of docs/listening.md.
    assert "8,238 if 5% would make contact, 3,971 if 10% would" in note.what
    assert "1,836 if 20% would make contact, 767 if 40% would" in note.what
