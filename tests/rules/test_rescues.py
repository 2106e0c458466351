"""What `rules check` says of a rule that does not say what is offered when it goes wrong."""

from pathlib import Path

import pytest

from notifier.model.rescues import Rescue, in_language
from notifier.rules.loader import load_project
from notifier.rules.rescue_reader import rescue_problems
from tests.rules.projects import write

WHOLE = "{ admission: we did not come, remedy: the next hour, decides: field, by: 4h }"
LACKING = "{ remedy: { en: the next hour, es: la siguiente hora }, by: 4h }"


@pytest.mark.parametrize(
    ("rescue", "said"),
    [
        (
            "",
            "'one' does not say what is offered when it goes wrong; add rescue: with admission, remedy, decides and "
            "by, or rescue: none because …",
        ),
        (f"    rescue: {LACKING}\n", "the rescue of 'one' lacks admission, decides; add it"),
        (f"    rescue: {WHOLE}\n", None),
        ("    rescue: none because it is a thank-you\n", None),
    ],
)
def test_what_is_missing_is_a_warning_and_the_rule_is_in_force(folder: Path, rescue: str, said: str | None) -> None:
    rule = "rules:\n  - rule: one\n    about: order\n    owner: field\n    class: service\n"
    rule += "    when: order.status == 'held'\n    template: reminder\n    exit: desk\n"
    write(folder, "rules/one.yaml", rule + rescue)
    project = load_project(folder)
    assert [str(problem) for problem in project.problems] == []
    assert "one" in project.rules
    found = [problem for problem in rescue_problems(project) if problem.place.file == "rules/one.yaml"]
    assert [(problem.what, problem.severity) for problem in found] == ([] if said is None else [(said, "warning")])


def test_a_text_is_in_the_readers_language_else_the_one_for_all_else_the_first() -> None:
    assert in_language({"es-CO": "no", "en": "we"}, "es") == "no"
    assert in_language({"": "all"}, "es") == "all"
    assert in_language({"en": "we"}, "es") == "we"
    assert in_language(Rescue().remedy, "es") == ""
