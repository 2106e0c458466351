"""Every sentence of the book that states behaviour names the tests that hold it, and they are there."""

import pytest

from tests.meaning.sentences import PAGES, Page, problems, read, sentences_of, written

A_TEST = "tests/meaning/test_sentences.py::test_every_sentence_of_the_page_names_its_tests"
SMALL = """# A page

A cut is told once. *It wakes nobody* (`safety` apart).

| write | for |
|---|---|
| `a \\| b` | either |

- **Limits**: past `10.5 %`, it
  waits. "Yes." Ends.

```yaml rules/x.yaml
at: 1h after x     # when it speaks
```
"""
SENTENCES = [
    (3, "A cut is told once."),
    (3, "*It wakes nobody* (`safety` apart)."),
    (7, "`a \\| b` | either"),
    (9, "**Limits**: past `10.5 %`, it waits."),
    (9, '"Yes."'),
    (9, "Ends."),
    (13, "at: 1h after x # when it speaks"),
]


def held(**changes: list[str]) -> dict[tuple[str, str], list[str]]:
    """The small page, each of its sentences held by a test; `first` is what holds its first one."""
    first = changes.get("first", [A_TEST])
    return {("A page", text): first if number == 0 else [A_TEST] for number, (_, text) in enumerate(SENTENCES)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_sentence_of_the_page_names_its_tests(page: Page) -> None:
    found = problems(page.text(), page.what_holds(), page)
    assert not found, "\n\n" + "\n\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_file_is_in_the_order_of_the_page(page: Page) -> None:
    assert written(sentences_of(page.text()), page.what_holds()) == page.held.read_text(encoding="utf-8")


def test_each_page_has_its_file_and_no_other_is_there() -> None:
    """So no sentence is lost with a page that is renamed."""
    folder = PAGES[0].held.parent
    assert {page.held for page in PAGES} == {*folder.glob("*.sentences"), *(folder / "book").rglob("*.sentences")}


def test_a_sentence_that_moves_to_another_page_takes_its_tests_along() -> None:
    page = SMALL.replace("told once", "told [once](../once.md#times)")
    moved, other = "A cut is told [once](#times).", A_TEST + "[other]"
    for gone in ({("Cuts", moved): [A_TEST]}, {("A page", moved): [A_TEST], ("Cuts", moved): [other]}):
        new = read(written(sentences_of(page), {}, gone))
        assert new["A page", "A cut is told [once](../once.md#times)."] == [A_TEST]
    assert new["A page", "Ends."][0].startswith("?")


def test_a_page_is_read_sentence_by_sentence_with_their_lines() -> None:
    assert [(sentence.line, sentence.text) for sentence in sentences_of(SMALL)] == SENTENCES


def test_a_sentence_that_is_new_asks_for_its_tests() -> None:
    page = SMALL.replace("once.", "once. It is never told twice by mail.")
    (found,) = problems(page, held())
    assert found == (
        "docs/writing-rules.md:3: 'It is never told twice by mail.'\n    no test is named for it; "
        "run .venv/bin/python -m tests.meaning.sentences, then fill in its ? in tests/meaning/writing-rules.sentences."
    )


def test_a_sentence_that_changed_says_which_tests_to_look_at() -> None:
    page = SMALL.replace("told once", "told twice")
    (found,) = problems(page, held())
    assert found.endswith("It was 'A cut is told once.': look whether its tests hold these words, too.")
    new = read(written(sentences_of(page), held()))
    assert new["A page", "A cut is told twice."] == [f"? {A_TEST}"]
    (open_,) = problems(page, new)
    assert "its tests are still to be named: in tests/meaning/writing-rules.sentences, name them" in open_


def test_a_sentence_that_is_gone_is_said() -> None:
    (found,) = problems(SMALL.replace(" Ends.", ""), held())
    assert "'Ends.'\n    stands no longer under 'A page' in docs/writing-rules.md; run .venv/bin/python -m" in found


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (
            f"{A_TEST}s",
            "has no test 'test_every_sentence_of_the_page_names_its_testss'; "
            "did you mean 'test_every_sentence_of_the_page_names_its_tests'?",
        ),
        ("tests/meaning/sentences.py::main", "tests/meaning/sentences.py has no test 'main'; was it renamed?"),
        ("tests/nowhere.py::test_a", "there is no file 'tests/nowhere.py'; write tests/ROOM/test_FILE.py::test_NAME"),
        ("rules/telco/installation.test.yaml: nothing", "has no test 'nothing'; was it renamed?"),
        ("says no behaviour: obvious", "'obvious' is none of the reasons introduction, example, advice"),
        ("?", "its tests are still to be named"),
    ],
)
def test_what_holds_no_sentence_is_said_with_what_to_write(line: str, fault: str) -> None:
    (found,) = problems(SMALL, held(first=[line]))
    assert found.startswith("docs/writing-rules.md:3: 'A cut is told once.'")
    assert fault in found


@pytest.mark.parametrize(
    "line",
    [
        A_TEST,
        f"{A_TEST}[a case]",
        "rules/telco/installation.test.yaml: a cancelled installation is never announced",
        "says no behaviour: advice",
    ],
)
def test_a_test_a_case_of_it_a_scenario_or_a_reason_holds_a_sentence(line: str) -> None:
    assert problems(SMALL, held(first=[line])) == []
