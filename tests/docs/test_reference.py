"""What the documents list about the code is what the code says."""

import pytest

from tests.docs.reference import DOCS, SECTIONS, refreshed


@pytest.mark.parametrize("page", sorted({page for page, _ in SECTIONS.values()}))
def test_the_generated_sections_of_a_page_are_fresh(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert text == refreshed(text), "run: .venv/bin/python -m tests.docs.reference"


@pytest.mark.parametrize("name", SECTIONS)
def test_every_generated_section_stands_in_its_page(name: str) -> None:
    text = (DOCS / SECTIONS[name][0]).read_text(encoding="utf-8")
    assert text.count(f"<!-- generated: {name}") == 1
    assert text.count(f"<!-- end of {name} -->") == 1
    assert SECTIONS[name][1]() in text
