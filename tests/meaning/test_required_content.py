"""What the law of a place wants a message to say is looked for in the rendered message; what lacks it is withheld."""

from dataclasses import replace

import pytest

from notifier.answers.preview import preview
from notifier.consent.required_content import names_way_to_stop
from notifier.rendering.renderer import Renderer
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import Sent, alerts, happen, in_force, notice, play, rule
from tests.support.rig import NOW, Rig, ana, visit

YES = {"customer_id": "C-1", "channel": "sms", "class": "marketing", "allowed": True, "at": NOW}


def text(of: str) -> dict[str, str]:
    body = f"{of} {{{{ starts_at | datetime }}}}. {{{{ exit.address }}}}, {{{{ reference }}}}\n"
    return {"templates/visit/sms.en.txt.j2": body, "templates/visit/email.en.txt.j2": body}


@pytest.fixture
def chilean(rig: Rig) -> Rig:
    """Ana lives in Chile, whose law wants advertising to say who sends it and how to stop it; she said yes to it."""
    rig.set(customer=[ana(country="CL", timezone="America/Santiago")])
    happen(rig, consent=[YES])
    return rig


def of(rig: Rig, said: str, class_: str = "marketing") -> list[Sent]:
    in_force(rig, rule(class_=class_, channels=["sms"]), files=text(said) | {"rules/policy.yaml": "contact_law: CL\n"})
    settings = replace(rig.ruleset.renderer.settings, names_way_to_stop=names_way_to_stop)
    rig.ruleset = replace(rig.ruleset, renderer=Renderer(rig.ruleset.project, settings))
    return play(rig, appointment=[visit()])


def test_a_message_that_says_all_of_it_goes(chilean: Rig) -> None:
    (sent,) = of(chilean, "{{ company }}: STOP ends this.")
    assert sent.channels == ("sms",)


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ("{{ company }}: we come", "how to get no more: name a word that stops it, such as STOP or BAJA"),
        ("STOP ends this. We come", "its sender: print {{ company }}"),
    ],
)
def test_a_message_that_lacks_it_is_withheld_and_its_owner_is_told(chilean: Rig, said: str, lacks: str) -> None:
    assert of(chilean, said) == []
    row = notice(chilean, rule="visit-reminder")
    assert (row.state, row.reason_code) == ("held", "lacks_content")
    assert row.reason.endswith(f"{lacks} (cl-content)")
    (alert,) = alerts(chilean)
    assert lacks.split(":", maxsplit=1)[0] in alert.texts[0]
    with read_only(chilean.database) as connection:
        shown = preview(chilean.ruleset, Reader(connection, live=False), chilean.clock())
    assert sum(shown.withheld.values()) == 1


def test_it_goes_once_the_text_says_it(chilean: Rig) -> None:
    assert of(chilean, "{{ company }}: we come") == []
    (sent,) = of(chilean, "{{ company }}: STOP ends this.")
    assert sent.rule == "visit-reminder"


def test_another_class_and_another_country_need_not_say_it(chilean: Rig) -> None:
    assert len(of(chilean, "We come", class_="service")) == 1


def test_where_nobody_gave_words_that_stop_nothing_is_taken_for_one(chilean: Rig) -> None:
    in_force(
        chilean,
        rule(class_="marketing", channels=["sms"]),
        files=text("{{ company }}: STOP ends this.") | {"rules/policy.yaml": "contact_law: CL\n"},
    )
    assert play(chilean, appointment=[visit()]) == []


def test_a_mail_with_a_link_to_unsubscribe_says_how_to_stop_it(chilean: Rig) -> None:
    happen(chilean, consent=[YES | {"channel": "email"}])
    words = text("{{ company }}: we come")
    in_force(
        chilean, rule(class_="marketing", channels=["email"]), files=words | {"rules/policy.yaml": "contact_law: CL\n"}
    )
    settings = replace(chilean.ruleset.renderer.settings, unsubscribe_mail="stop@example.com")
    chilean.ruleset = replace(chilean.ruleset, renderer=Renderer(chilean.ruleset.project, settings))
    assert len(play(chilean, appointment=[visit()])) == 1
