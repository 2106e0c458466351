"""`label` of a topic: what people read for it, and what is refused."""

from pathlib import Path

import pytest

from notifier.rules.checked import Project
from notifier.rules.loader import load_project


def loaded(folder: Path, label: str) -> Project:
    (folder / "rules").mkdir()
    topics = f"topics:\n  bonus: {{ type: money, label: {label} }}\n  price: {{ type: money }}\n"
    (folder / "rules" / "topics.yaml").write_text(topics, encoding="utf-8")
    return load_project(folder)


def test_a_topic_has_the_words_of_the_project_in_each_language(tmp_path: Path) -> None:
    assert loaded(tmp_path, "{ es: bono de  bienvenida, en: welcome bonus }").topic_labels == {
        "bonus": {"es": "bono de bienvenida", "en": "welcome bonus"}
    }


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ("{ es: bono 2 }", "the label 'bono 2' has a digit"),
        ("{ es: [bono] }", "a label is a text, not"),
        ("{ spanisch!: bono }", "spanisch!"),
    ],
)
def test_what_is_no_label_is_refused_with_its_place(tmp_path: Path, label: str, problem: str) -> None:
    (found,) = [str(each) for each in loaded(tmp_path, label).problems if each.is_error]
    assert found.startswith("rules/topics.yaml:2:")
    assert problem in found
