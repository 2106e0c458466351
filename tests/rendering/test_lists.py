"""Rows of one text: each is printed and proven like any claim, and a template is told what it may say of them."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from notifier.model.notices import Claims, ClaimValue, NoticeKind, RenderedMessage
from notifier.model.types import NoticeClass
from notifier.rendering.errors import RenderingError
from notifier.rendering.lint import check_templates
from notifier.rendering.lists import together
from notifier.rendering.saying import Said
from tests.rendering.support import ANA, BOTH, EXIT, NOW, SETTINGS, instant, project, renderer, rule, text

OUT = "{{ exit.address }} {{ reference }}"
LOOP = "{% for v in visits %}{{ v.at | datetime }}{% if v.place %}, {{ v.place }}{% endif %}; {% endfor %}"
NINE, TEN = instant("2026-03-05T09:00:00-05:00"), instant("2026-03-05T10:00:00-05:00")
FIRST: dict[str, ClaimValue] = {"visits.at": NINE, "visits.place": text("Calle A")}
SECOND: dict[str, ClaimValue] = {"visits.at": TEN, "visits.place": text("Calle B")}
LISTED = replace(rule(claims=FIRST, labels={"visits.at": {"es": "hora"}}), group="customer")


def files(sms: str = LOOP, mail: str = LOOP) -> Mapping[str, str]:
    return {
        "bill/sms.es.txt.j2": f"{sms} {OUT}",
        "bill/email.es.subject.j2": "Visitas",
        "bill/email.es.txt.j2": f"Hola:\n\n{mail}\n\n{OUT}",
    }


def rendered(said: Said, templates: Mapping[str, str] | None = None) -> tuple[RenderedMessage, ...]:
    return renderer(templates or files()).messages(
        template="bill",
        said=said,
        recipient=ANA,
        channels=BOTH,
        reference="K7QXMZ",
        exit_id=EXIT.id,
        owner_id="billing",
        notice_class=NoticeClass.SERVICE,
        now=NOW,
    )


def rows(*claims: Claims, kind: NoticeKind = NoticeKind.NOTICE, told: tuple[Claims, ...] = ()) -> Said:
    said = [Said(kind=kind, claims=each, labels=LISTED.labels) for each in claims]
    return together([replace(one, previous=before) for one, before in zip(said, told, strict=True)] if told else said)


def test_every_channel_prints_every_row() -> None:
    for message in rendered(rows(FIRST, SECOND)):
        assert all(each in message.text for each in ("9:00", "Calle A", "10:00", "Calle B"))


@pytest.mark.parametrize(
    ("sms", "left_out"),
    [
        ("{% for v in visits %}{{ v.at | datetime }}{% endfor %}", "visits.1.place"),
        (
            "{% for v in visits %}{% if loop.first %}{{ v.at | datetime }} {{ v.place }}{% endif %}{% endfor %}",
            "visits.2.at",
        ),
    ],
)
def test_a_channel_that_leaves_out_a_claim_of_a_row_is_never_sent(sms: str, left_out: str) -> None:
    with pytest.raises(RenderingError, match=f"it does not print the claim '{left_out}'"):
        rendered(rows(FIRST, SECOND), files(sms=sms))


def test_a_figure_beside_the_rows_is_refused() -> None:
    with pytest.raises(RenderingError, match="a figure that is no claim"):
        rendered(
            rows(FIRST, SECOND),
            files(sms="{% for v in visits %}{{ loop.index }}: {{ v.at }} {{ v.place }}{% endfor %}"),
        )


def test_the_built_in_sentence_says_of_which_row_a_claim_changed() -> None:
    said = rows(FIRST, SECOND, kind=NoticeKind.CORRECTION, told=(FIRST | {"visits.at": TEN}, SECOND))
    for message in rendered(said):
        assert "Calle A, hora: antes" in message.text
        assert message.text.count("antes") == 1


def test_a_row_says_in_its_own_words_what_changed() -> None:
    own = (
        "{% for v in visits %}{{ v.at | datetime }}, {{ v.place }}"
        "{% if 'at' in v.changed %} (ya no a las {{ v.previous.at | datetime }}){% endif %}; {% endfor %}"
    )
    said = rows(FIRST, SECOND, kind=NoticeKind.CORRECTION, told=(FIRST, SECOND | {"visits.at": NINE}))
    for message in rendered(said, files(own, own)):
        assert "antes" not in message.text
        assert message.text.index("Calle B") < message.text.index("ya no a las")


@pytest.mark.parametrize(
    ("sms", "problem"),
    [
        ("{% for v in visits %}{{ v.att }}{% endfor %}", "'v' has no 'att'; did you mean 'at'?"),
        (
            "{% for v in visits %}{{ v.told.att }}{% endfor %}",
            "the rows of this list have no 'att'; did you mean 'at'?",
        ),
        ("{{ visits.at }}", "'at' cannot be read here: only groups have names in them"),
        (
            "{% for v in visit %}{{ v.at }}{% endfor %}",
            "'visit' is neither a claim nor a name that templates have; did you mean 'visits'?",
        ),
        (
            "{% for v in visits %}{{ v.at | datetime }} {{ v.previous.at }} {{ v.place }}{% endfor %}",
            "only a correction has 'previous'; guard it with {% if correction %}",
        ),
        ("{{ previous.at }}", "'previous' has no 'at'"),
        ("Visita", "it does not print the claim 'visits.1.at'"),
    ],
)
def test_the_lint_reads_and_tries_rows(sms: str, problem: str) -> None:
    found = [each.what for each in check_templates(project(files(sms=sms), [LISTED]), SETTINGS)]
    assert any(each.startswith(problem) for each in found), found


def test_good_rows_have_no_problems_but_a_label_that_is_missing() -> None:
    (doubt,) = check_templates(project(files(), [replace(rule(claims=FIRST), group="customer")]), SETTINGS)
    assert doubt.what.startswith("a correction would call it 'at' in 'es'; give it a label")
    assert check_templates(project(files(), [LISTED]), SETTINGS) == []
