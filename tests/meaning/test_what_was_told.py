"""Follow-ups speak of what was told, corrections of what changed, and a thread in the language in which it began."""

from datetime import timedelta

import pytest

from notifier.drafting.ruleset import ruleset_of
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from tests.meaning.street import REMINDER, in_force, notice, play, rule, template, utc
from tests.support.rig import NOW, Rig, ana, visit

HOUR = timedelta(hours=1)
STARTS = NOW + 48 * HOUR
MOVED = STARTS + 2 * HOUR
NIGHT, MORNING = utc(4, 2), utc(4, 13)
"""21:00 and 08:00 in Bogotá."""
WITH_PLACE = {"starts_at": "appointment.starts_at", "place": "appointment.place"}
OFF = [{"when": "appointment.status == 'cancelled'", "template": "off"}]


def texts_of(language: str, word: str, *, name: str) -> dict[str, str]:
    """A template in one language, which guards against a place that is not known."""
    said = "{{ starts_at | date }} {{ starts_at | time(24) }}{% if place %} {{ place }}{% endif %}"
    way_out = " {{ exit.address }} {{ reference }}"
    return {
        f"templates/{name}/sms.{language}.txt.j2": f"{word}: {said}.{way_out}",
        f"templates/{name}/email.{language}.subject.j2": word,
        f"templates/{name}/email.{language}.txt.j2": f"{word}:\n\n- {said}\n\n{way_out}",
    }


ENGLISH = texts_of("en", "Visit", name="on") | texts_of("en", "Off", name="off")
SPANISH = texts_of("es", "Visita", name="on") | texts_of("es", "Anulada", name="off")


def visits(rig: Rig, files: dict[str, str] = ENGLISH) -> None:
    in_force(rig, rule(REMINDER, claims=WITH_PLACE, template="on", follow_up=OFF), files=files)


def speaks_by_default(rig: Rig, locale: str) -> None:
    project = rig.ruleset.project
    rig.ruleset = ruleset_of(
        project, Renderer(project, RenderSettings(company="Fibra", default_locale=locale)), Defaults(locale=locale)
    )


def test_a_follow_up_says_what_was_told_where_all_changed_in_one_stroke(rig: Rig) -> None:
    visits(rig)
    play(rig, appointment=[visit(place="Calle A")])
    (off,) = play(rig, NOW + HOUR, appointment=[visit(starts_at=MOVED, place="Calle B", status="cancelled")])
    assert off.kind == "follow_up"
    assert all("10:00 Calle A" in text and "Calle B" not in text and "12:00" not in text for text in off.texts)
    assert notice(rig, kind="follow_up").claims["place"]["value"] == "Calle A"


def test_a_follow_up_says_what_was_told_where_a_correction_was_still_waiting(rig: Rig) -> None:
    visits(rig)
    play(rig, appointment=[visit(place="Calle A")])
    assert play(rig, NIGHT, appointment=[visit(starts_at=MOVED, place="Calle A")]) == []
    play(rig, NIGHT + HOUR, appointment=[visit(starts_at=MOVED, place="Calle A", status="cancelled")])
    assert notice(rig, kind="correction").state == "cancelled"
    (off,) = play(rig, MORNING)
    assert all("10:00 Calle A" in text for text in off.texts)


def test_a_follow_up_says_what_a_correction_told_last(rig: Rig) -> None:
    visits(rig)
    play(rig, appointment=[visit(place="Calle A")])
    play(rig, NOW + HOUR, appointment=[visit(starts_at=MOVED, place="Calle A")])
    (off,) = play(rig, NOW + 2 * HOUR, appointment=[visit(starts_at=STARTS, place="Calle C", status="cancelled")])
    assert all("12:00 Calle A" in text for text in off.texts)


def test_what_was_not_known_when_it_was_told_is_not_told_by_the_follow_up(rig: Rig) -> None:
    visits(rig)
    play(rig, appointment=[visit(place=None)])
    (off,) = play(rig, NOW + HOUR, appointment=[visit(place="Calle B", status="cancelled")])
    assert not any("Calle" in text for text in off.texts)


def test_a_claim_that_the_rule_gained_since_has_the_value_of_now(rig: Rig) -> None:
    in_force(rig, rule(follow_up=OFF), files=ENGLISH | template("off", "starts_at"))
    play(rig, appointment=[visit(place="Calle A")])
    in_force(rig, rule(claims=WITH_PLACE, template="on", follow_up=OFF), files=ENGLISH)
    rig.tick()
    (off,) = play(rig, NOW + HOUR, appointment=[visit(starts_at=MOVED, place="Calle A", status="cancelled")])
    assert all("10:00 Calle A" in text for text in off.texts)


def test_what_changed_beside_a_follow_up_is_corrected_once(rig: Rig) -> None:
    """The follow-up repeats what was told; that it does so must neither hide the change nor tell it twice."""
    late = [{"when": "appointment.ends_at != null", "template": "off"}]
    in_force(rig, rule(claims=WITH_PLACE, template="on", follow_up=late), files=ENGLISH)
    play(rig, appointment=[visit(place="Calle A")])
    changed = visit(place="Calle B", ends_at=STARTS + HOUR)
    sent = play(rig, NOW + HOUR, appointment=[changed])
    assert [one.kind for one in sent].count("correction") == 1
    later = [one.kind for hours in (2, 3, 4) for one in play(rig, NOW + hours * HOUR)]
    assert "correction" not in later


@pytest.mark.parametrize("follow", [False, True])
def test_a_thread_keeps_its_language_when_the_default_changes(rig: Rig, follow: bool) -> None:
    visits(rig, ENGLISH | SPANISH)
    speaks_by_default(rig, "es")
    row = ana(locale=None)
    (first,) = play(rig, customer=[row], appointment=[visit(place="Calle A")])
    assert first.texts[1].startswith("Visita: ")
    speaks_by_default(rig, "en")
    changed = visit(place="Calle A", status="cancelled") if follow else visit(place="Calle B")
    (after,) = play(rig, NOW + HOUR, appointment=[changed])
    assert after.texts[1].startswith("Anulada: " if follow else "Cambio: lugar: antes Calle A, ahora Calle B. Visita: ")
    (other,) = play(rig, NOW + 2 * HOUR, appointment=[visit(id="A-2", starts_at=STARTS + 2 * HOUR, place="Calle A")])
    assert other.texts[1].startswith("Visit: ")


def test_a_thread_keeps_its_language_when_a_text_in_the_customers_own_is_added(rig: Rig) -> None:
    visits(rig)
    play(rig, customer=[ana(locale="es-CO")], appointment=[visit(place="Calle A")])
    visits(rig, ENGLISH | SPANISH)
    (after,) = play(rig, NOW + HOUR, appointment=[visit(place="Calle A", status="cancelled")])
    assert after.texts[1].startswith("Off: ")


def test_a_thread_goes_over_to_the_language_that_the_customer_has_since(rig: Rig) -> None:
    visits(rig, ENGLISH | SPANISH)
    play(rig, customer=[ana(locale="en-US")], appointment=[visit(place="Calle A")])
    (after,) = play(rig, NOW + HOUR, customer=[ana(locale="es-CO")], appointment=[visit(place="Calle B")])
    assert after.texts[1].startswith("Cambio: lugar: antes Calle A, ahora Calle B. Visita: ")
    speaks_by_default(rig, "en")
    (off,) = play(rig, NOW + 2 * HOUR, appointment=[visit(place="Calle B", status="cancelled")])
    assert off.texts[1].startswith("Anulada: ")


def test_what_was_decided_and_not_told_is_said_in_the_language_of_the_day(rig: Rig) -> None:
    visits(rig, ENGLISH | SPANISH)
    speaks_by_default(rig, "es")
    play(rig, NIGHT, customer=[ana(locale=None)], appointment=[visit(place="Calle A")])
    speaks_by_default(rig, "en")
    (first,) = play(rig, MORNING)
    assert first.texts[1].startswith("Visit: ")
