"""A mould writes what the templates would, byte for byte, or nothing: all shipped templates, and random ones."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.model.mail_forms import FilledForm, form_of
from notifier.model.notices import Claims, NoticeKind, Recipient, RenderedMessage, ThreadEvent
from notifier.model.types import NoticeClass
from notifier.rendering import moulds, samples
from notifier.rendering.errors import RenderingError
from notifier.rendering.lists import sample_rows
from notifier.rendering.renderer import Renderer
from notifier.rendering.sheets import Said
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Rule
from notifier.rules.loader import load_project
from tests.rendering.support import (
    ANA,
    BOTH,
    EXIT,
    LABELS,
    NOW,
    SETTINGS,
    boolean,
    instant,
    money,
    number,
    renderer,
    text,
)

REPOSITORY = Path(__file__).parents[2]
T = TypeVar("T")
Made = tuple[RenderedMessage, ...] | str
"""The messages of a notice, or why there are none."""


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each notice that a mould was asked for, whether it wrote it."""
    found: list[bool] = []
    write = moulds.Mould.write

    def noted(mould: moulds.Mould, *arguments: object) -> object:
        written = write(mould, *arguments)  # type: ignore[arg-type]
        found.append(written is not None)
        return written

    monkeypatch.setattr(moulds.Mould, "write", noted)
    return found


def both_ways(
    renderer: Renderer, said: Said, recipient: Recipient, reference: str, **more: object
) -> tuple[Made, Made]:
    """What the plain way makes of a notice, and what is made where a mould may."""
    asked = {
        "template": "all",
        "channels": BOTH,
        "exit_id": EXIT.id,
        "owner_id": "billing",
        "notice_class": NoticeClass.BILLING,
        **more,
        "said": said,
        "recipient": recipient,
        "reference": reference,
        "now": NOW,
    }
    plain = made(lambda: tuple(each.message for each in renderer.compose(**asked)))  # type: ignore[arg-type]
    ours = made(lambda: renderer.messages(**asked))  # type: ignore[arg-type]
    for content in () if isinstance(ours, str) else (message.content for message in ours):
        if isinstance(content, FilledForm):
            form = form_of(content.form.stored)
            assert form.written(content.content) == bytes(content)  # as it comes out of a database
            assert not {recipient.email, reference} & set(re.split(r"[\\s<>]", form.stored.decode()))
    return plain, ours


def made(by: Callable[[], tuple[RenderedMessage, ...]]) -> Made:
    try:
        return by()
    except RenderingError as error:
        return str(error)


# What is shipped


@pytest.fixture(scope="module")
def shipped() -> Project:
    return load_project(REPOSITORY)


READERS = (
    dataclasses.replace(ANA, name="Ana Ruiz"),
    dataclasses.replace(ANA, name="Iván O'Neil & Söhne", email="ivan@example.com"),
    dataclasses.replace(ANA, name="3M", phone="+573001112233"),
    dataclasses.replace(ANA, name="María José", locale="en-US", timezone="America/New_York"),
)


def occasions(rule: Rule) -> Iterator[tuple[str, Said]]:
    """Every way in which the rule speaks, with two sets of values each; where it lists rows, with three."""
    is_listed = rule.group is not None
    first = samples.sample_claims(sample_rows(rule.claims, 3) if is_listed else rule.claims)
    any_kind = Said(kind=NoticeKind.NOTICE, claims=first, labels=rule.labels, is_listed=is_listed)
    for claims in (first, samples.all_changed(first)):
        yield rule.template, dataclasses.replace(any_kind, claims=claims)
        for name in claims:
            told = samples.changed(claims, name)
            yield (
                rule.template,
                dataclasses.replace(any_kind, kind=NoticeKind.CORRECTION, claims=claims, previous=told),
            )
        for follow_up in rule.follow_up:
            if follow_up.template is not None:
                current = samples.all_changed(claims)
                event = follow_up.on if follow_up.on is not ThreadEvent.REINSTATED else None
                yield (
                    follow_up.template,
                    dataclasses.replace(
                        any_kind, kind=NoticeKind.FOLLOW_UP, event=event, claims=claims, current=current
                    ),
                )


def test_moulds_write_the_shipped_notices_as_their_templates_do(shipped: Project, filled: list[bool]) -> None:
    link = "https://claro.example/unsubscribe/{reference}/{token}"
    renderer = Renderer(shipped, dataclasses.replace(SETTINGS, unsubscribe_url=link, token_key="k" * 32))
    notices: set[str] = set()
    for rule in shipped.rules.values():
        for number_, (template, said) in enumerate([*occasions(rule)] * 2):
            for reader in READERS:
                plain, ours = both_ways(
                    renderer,
                    said,
                    reader,
                    f"{number_:05d}-K7QXM",
                    template=template,
                    channels=rule.channels,
                    exit_id=rule.exit,
                    owner_id=rule.owner,
                    notice_class=rule.notice_class,
                )
                assert ours == plain, (rule.name, template, reader.name)
            if said.kind is NoticeKind.NOTICE and filled and filled[-1]:
                notices.add(rule.name)
    assert notices == set(shipped.rules)
    assert sum(filled) > 0.6 * len(filled)


# Random templates and values

EVERYTHING = (
    "{{ amount | money }}; {{ at | datetime }}, {{ guests }}{% if place %}, {{ place }}{% endif %} {{ exit.address }} "
    "{{ reference }}"
)
PIECES = (
    "Hola, {{ customer.first_name }}:\n\n",
    "{{ customer.name }}",
    "{{ customer.first_name | upper }}, ",
    "{% if customer.first_name %}usted{% else %}alguien{% endif %}",
    "{% if customer.name == 'Ana Ruiz' %}Ana{% endif %}",
    "{% for letter in customer.first_name %}{{ letter }}{% endfor %}",
    "\n- Valor: {{ amount | money }}\n",
    "\n- {{ place or 'Lugar' }}: {{ at | date }}\n",
    "\n- {{ at | time }}\n",
    "\n{{ guests }} personas\n",
    "\n\n",
    "\n",
    " a las {{ at | time }}. ",
    " {{ at | datetime('full') }}.. ",
    "{{ at | date('short') }}",
    "{{ guests }}{{ amount }}",
    "{% if place %}{{ place | upper }}{% endif %}",
    "{% if place %}{{ place | capitalize | phone }}{% endif %}",
    "{% if place %}{% set there = place | lower %}{{ there }} {{ there }}.{% endif %}",
    "{% if late %}tarde{% else %}a tiempo{% endif %}",
    "{% if kind == 'one' %}uno{% elif kind == 'two' %}dos{% else %}{{ kind }}{% endif %}",
    "{% if guests > 3 %}muchos{% endif %}",
    "{% if amount != guests %} y {% endif %}",
    "{% if (at | date) == 'x' %}x{% endif %}",
    "{% for claim in [amount, guests] %}{{ claim }}{% if not loop.last %}; {% endif %}{% endfor %}",
    "{% if 'at' in changed %} ya no {{ previous.at | date }}{% endif %}",
    "{% if correction %}({{ changes }}){% endif %}",
    "{{ company }}, {{ exit.hours }}",
    "{{ owner.name }}.",
    "100 % <b>",
    "\u0301",
    "ñ%s ",
    "…",
)
pieces = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
names = st.sampled_from(["Ana Ruiz", "ANA", "Dr.", "3M 59", "José\u0301 P", "J.", "Núñez, Iván", "x" * 60, "-", "Ñ"])
places = st.sampled_from(
    [
        None,
        "Calle 5 # 3-9",
        "",
        " ",
        "- a: b",
        "10:00 a. m.",
        "A.",
        "..",
        "5",
        "\u0301e",
        "dos\nlíneas",
        "K7QXM",
        "日本",
        "<i>&",
    ]
)
instants = st.sampled_from(["2026-03-05T10:00:00-05:00", "2026-03-05T16:30:00-05:00", "2026-12-24T00:05:00-05:00"])
claims_of: st.SearchStrategy[Claims] = st.fixed_dictionaries(
    {
        "amount": st.sampled_from(["79900", "5", "3.5", "-3"]).map(money),
        "at": instants.map(instant),
        "guests": st.sampled_from(["3", "5", "10", "2026", "-7"]).map(number),
        "place": places.map(text),
        "kind": st.sampled_from(["one", "two", "three", "3"]).map(text),
        "late": st.booleans().map(boolean),
    }
)
notices = st.lists(
    st.tuples(claims_of, st.none() | claims_of, names, st.sampled_from(["es-CO", "en-US"])), min_size=2, max_size=5
)


@settings(max_examples=60)
@given(pieces, pieces, pieces, notices)
def test_moulds_write_random_templates_as_the_templates_do(
    sms: str, mail: str, subject: str, told: Sequence[tuple[Claims, Claims | None, str, str]]
) -> None:
    templates: dict[str, str] = {}
    for language in ("es", "en"):
        templates |= {
            f"all/sms.{language}.txt.j2": f"{EVERYTHING}{sms}",
            f"all/email.{language}.txt.j2": f"{mail}\n\n{EVERYTHING}",
            f"all/email.{language}.subject.j2": f"Aviso {subject}".replace("\n", " "),
        }
    renderer_ = renderer(templates)
    for index, (claims, previous, name, locale) in enumerate([*told, *told]):
        kind = NoticeKind.NOTICE if previous is None else NoticeKind.CORRECTION
        said = Said(kind=kind, claims=claims, previous=previous or {}, labels=LABELS)
        reader = dataclasses.replace(ANA, name=name, locale=locale)
        plain, ours = both_ways(renderer_, said, reader, f"{index:05d}-K7QXM")
        assert ours == plain


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("Calle A", None),
        ("Calle 5 # 3-9", None),
        ("Calle 79.900", None),
        ("", "it would leave a blank at the end of a line"),
        ("- Calle", "a line would begin with a dash"),
        ("A\u200b\u0301", "it is one letter, and was two"),
        ("dos\nlíneas", "a subject refuses it"),
    ],
)
def test_a_value_in_doubt_is_left_to_the_templates(place: str, why: str | None, filled: list[bool]) -> None:
    body = "{{ place }} {{ amount | money }} {{ exit.address }} {{ reference }}"
    renderer_ = renderer(
        {
            "all/sms.es.txt.j2": body,
            "all/email.es.txt.j2": f"Lugar\n{body}",
            "all/email.es.subject.j2": "Aviso: {{ place }}",
        }
    )
    for number_, value in enumerate(("Calle B", place)):
        said = Said(kind=NoticeKind.NOTICE, claims={"amount": money("79900"), "place": text(value)})
        plain, ours = both_ways(renderer_, said, ANA, f"{number_:05d}-K7QXM")
        assert ours == plain
    assert filled[-1] is (why is None)


@pytest.mark.parametrize(
    ("sms", "before", "now", "by_mould"),
    [
        pytest.param("{{ at | datetime }}", "2026-03-05T10:00:00-05:00", "2026-03-06T16:30:00-05:00", True, id="both"),
        pytest.param("{{ at | date }}", "2026-03-05T10:00:00-05:00", "2026-03-06T16:30:00-05:00", True, id="date"),
        pytest.param("{{ at | date }}", "2026-03-05T10:00:00-05:00", "2026-03-05T16:30:00-05:00", False, id="day"),
        pytest.param("{{ at | date }} ({{ changes }})", "2026-03-05T10:00:00-05:00", "2026-03-06T16:30:00-05:00", True,
                     id="list"),
    ],
)  # fmt: skip
def test_the_built_in_sentence_of_a_correction_is_written_by_a_mould(
    sms: str, before: str, now: str, by_mould: bool, filled: list[bool]
) -> None:
    body = f"{sms} {{{{ exit.address }}}} {{{{ reference }}}}"
    mail = "Hola, {{ customer.first_name }}:\n\n" if by_mould else ""
    renderer_ = renderer(
        {
            "all/sms.es.txt.j2": body,
            "all/email.es.txt.j2": f"{mail}{body}",
            "all/email.es.subject.j2": "Aviso",
        }
    )
    moved = ("2026-03-05T11:00:00-05:00", "2026-03-08T09:15:00-05:00")
    for number_, (told, so) in enumerate([moved, (before, now)]):
        said = Said(
            kind=NoticeKind.CORRECTION, claims={"at": instant(so)}, previous={"at": instant(told)}, labels=LABELS
        )
        plain, ours = both_ways(renderer_, said, ANA, f"{number_:05d}-K7QXM")
        assert ours == plain
        assert not isinstance(plain, str), plain
        assert "Cambio: fecha: antes" in plain[0].text or "(fecha: antes" in plain[0].text
    assert filled == [True, by_mould]


@pytest.mark.parametrize(("name", "by_mould"), [("Ana Ruiz", True), ("A" * 60, False)])
def test_the_built_in_sentence_stands_after_a_greeting_and_not_after_what_is_none(
    name: str, by_mould: bool, filled: list[bool]
) -> None:
    body = "{{ at | datetime }} {{ exit.address }} {{ reference }}"
    renderer_ = renderer(
        {
            "all/sms.es.txt.j2": body,
            "all/email.es.txt.j2": f"Hola, {{{{ customer.name }}}}:\n\n{body}",
            "all/email.es.subject.j2": "Aviso",
        }
    )
    for number_, reader in enumerate(("Eva Paz", name)):
        said = Said(
            kind=NoticeKind.CORRECTION,
            claims={"at": instant("2026-03-06T16:30:00-05:00")},
            previous={"at": instant("2026-03-05T10:00:00-05:00")},
            labels=LABELS,
        )
        plain, ours = both_ways(renderer_, said, dataclasses.replace(ANA, name=reader), f"{number_:05d}-K7QXM")
        assert ours == plain
    assert filled == [True, by_mould]
