"""A text can print the link to its reader's own page: signed, on every channel the same, and no claim."""

import dataclasses

import pytest

from notifier.model.notices import NoticeKind
from notifier.model.tokens import STATUS, is_token
from notifier.rendering.settings import RenderSettings
from notifier.rendering.sheets import Said
from tests.rendering.support import ANA, BILL, BOTH, CLAIMS, SETTINGS, render, renderer
from tests.rendering.test_moulds import both_ways, filled

__all__ = ["filled"]

KEY = "k" * 32
LINKED = dataclasses.replace(
    SETTINGS, status_url="https://avisos.example/status/{reference}/{token}", token_key=KEY, unsubscribe_url=None
)
MORE = "{% if status_page %} Siga su caso: {{ status_page }}{% endif %}"
FILES = {name: text.rstrip("\n") + MORE if name.endswith("txt.j2") else text for name, text in BILL.items()}


def test_the_link_names_the_notice_and_is_signed_for_it_on_every_channel() -> None:
    sms, mail = render(renderer(FILES, settings=LINKED))
    link = sms.text.rpartition(" ")[2]
    *_, reference, token = link.split("/")
    assert link.startswith("https://avisos.example/status/")
    assert reference in sms.text.partition(" Siga")[0]
    assert is_token(token, KEY, STATUS, reference)
    assert link in mail.text


def test_without_a_public_address_nothing_stands_in_its_place() -> None:
    plain, _ = render(renderer())
    sms, mail = render(renderer(FILES))
    assert sms.text == plain.text
    assert "Siga su caso" not in mail.text


def test_moulds_fill_the_link_of_each_notice(filled: list[bool]) -> None:
    ours = renderer(FILES, settings=LINKED)
    for number in range(3):
        said = Said(kind=NoticeKind.NOTICE, claims=CLAIMS)
        plain, quick = both_ways(ours, said, ANA, f"0000{number}-K7QXM", template="bill", channels=BOTH)
        assert quick == plain
    assert filled[-1]


def test_a_page_without_a_token_is_refused() -> None:
    with pytest.raises(ValueError, match="NOTIFIER_TOKEN_KEY"):
        RenderSettings(status_url="https://avisos.example/status/{reference}/{token}")
