"""Who is told, in which words and in which language: what a rule says of that, played through the real runtime."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

from rich.console import Console

from notifier.answers.records import Directory
from notifier.answers.why import why_customer
from notifier.cli.shown.why import customer_report
from notifier.decisions.customers import Forget
from notifier.rendering.lint import check_templates
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project
from notifier.store.database import read_only
from notifier.store.privacy.person import person as person_of
from notifier.store.reader import Reader
from tests.meaning.street import (
    HELD_ORDER,
    PRICE,
    charge,
    contradictions,
    in_force,
    notice,
    play,
    remove,
    rule,
    template,
    too_dear,
)
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana, contract, visit, write_project

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
IN_CHARGE = (
    "appointment.customer.representatives.filter(r, r.role == 'carer'"
    " and (r.valid_until == null or r.valid_until > now)).person"
)
CALLED_OFF = {"when": "appointment.status == 'cancelled'", "template": "cancelled"}
SPANISH = {
    "templates/visit/sms.es.txt.j2": (
        "Vamos el {{ starts_at | date }} a las {{ starts_at | time }}. {{ exit.address }} {{ reference }}\n"
    ),
    "templates/visit/email.es.subject.j2": "Vamos el {{ starts_at | date('weekday') }}\n",
    "templates/visit/email.es.txt.j2": (
        "Hola, {{ customer.first_name }}:\n\nvamos el {{ starts_at | date }} a las {{ starts_at | time }}.\n\n"
        "{{ exit.address }} {{ reference }}\n"
    ),
    "templates/cancelled/sms.es.txt.j2": (
        "{{ company }}: cancelada la del {{ starts_at | datetime }}. {{ exit.address }} {{ reference }}\n"
    ),
    "templates/cancelled/email.es.subject.j2": "Cancelada\n",
    "templates/cancelled/email.es.txt.j2": (
        "Hola:\n\ncancelada la del {{ starts_at | datetime }}.\n\n{{ exit.address }} {{ reference }}\n"
    ),
}
ASKING = {
    "templates/party/sms.en.txt.j2": (
        "{{ company }}, {{ starts_at | datetime }}{% if people and people > 8 %}, the long table{% endif %}"
        "{% if kind == 'reservation' %}, for dinner{% endif %}. {{ exit.address }} {{ reference }}\n"
    ),
    "templates/party/email.en.subject.j2": "Your table\n",
    "templates/party/email.en.txt.j2": (
        "Hello,\n\n- When: {{ starts_at | datetime }}\n\n{% if people and people > 8 %}At the long table. {% endif %}"
        "{{ exit.address }} {{ reference }}\n"
    ),
}
FIGURES = {
    "templates/figures/sms.en.txt.j2": (
        "{{ company }}{% if all %}: all {{ all | money }}{% endif %}"
        "{% if usual %}, usual {{ usual | money }}{% endif %}. {{ exit.address }} {{ reference }}\n"
    ),
    "templates/figures/email.en.subject.j2": "Figures\n",
    "templates/figures/email.en.txt.j2": (
        "Hello,\n\n{% if all %}All {{ all | money }}.{% endif %}"
        " {% if usual %}Usual {{ usual | money }}.{% endif %}\n\n"
        "{{ exit.address }} {{ reference }}\n"
    ),
}
OF_CONTRACTS = rule(HELD_ORDER, rule="figures", about="contract", template="figures")
SEEN: dict[str, Any] = {
    "template": "party",
    "texts_see": {"people": "appointment.party_size", "kind": "appointment.kind"},
}


def person(name: str, number: int, **changes: Any) -> dict[str, Any]:
    return ana(id=name, name="Eva Sol", phone=f"+57300123456{number}", email=f"{name.lower()}@example.com", **changes)


def test_each_of_a_list_hears_it_once_in_a_thread_of_their_own(rig: Rig) -> None:
    in_force(rig, rule(to=["appointment.customer", IN_CHARGE], follow_up=[CALLED_OFF]))
    people = [person("C-2", 1), person("C-3", 2), person("C-4", 3)]
    carers: list[dict[str, Any]] = [
        {"id": f"R-{n}", "customer_id": "C-1", "person_id": name, "role": "carer"}
        for n, name in enumerate(["C-1", "C-2", "C-3", "C-4"])
    ]
    carers[3]["valid_until"] = NOW - DAY
    refused = [
        {"customer_id": "C-3", "channel": name, "class": "service", "allowed": False, "at": NOW}
        for name in ("sms", "email")
    ]
    heard = play(rig, customer=people, representative=carers, consent=refused, appointment=[visit()])
    assert sorted(sent.to for sent in heard) == ["C-1", "C-2"]  # C-3 wants no word, C-4 is in charge no more
    moved = play(rig, appointment=[visit(starts_at=NOW + 50 * HOUR)])
    assert sorted((sent.kind, sent.to) for sent in moved) == [("correction", "C-1"), ("correction", "C-2")]
    over = play(rig, appointment=[visit(starts_at=NOW + 50 * HOUR, status="cancelled")])
    assert sorted((sent.kind, sent.to) for sent in over) == [("follow_up", "C-1"), ("follow_up", "C-2")]


def test_a_representative_hears_it_in_the_customers_place_and_in_their_own_language(rig: Rig) -> None:
    in_force(rig, rule(to="appointment.customer.representatives.person"), files=SPANISH)
    seller = {"id": "R-1", "customer_id": "C-1", "person_id": "C-2", "role": "seller"}
    heard = play(rig, customer=[person("C-2", 1, locale="es-CO")], representative=[seller], appointment=[visit()])
    assert [(sent.to, "vamos el" in sent.texts[0]) for sent in heard] == [("C-2", True)]


DESKS = """
contact_points:
  desk:
    channel: phone
    address: '+576017945501'
    human: true
    instead: { hard_of_hearing: chat, far_away: page }
  chat: { channel: whatsapp, address: '+573157945503', human: true }
  page: { channel: web, address: example.com/visits, settles: [visit-question] }
"""
NEEDS = "attributes: { customer: { hard_of_hearing: bool, far_away: bool, shy: text } }\n"


def test_who_cannot_hear_is_given_another_way_out_than_a_phone(rig: Rig) -> None:
    in_force(rig, rule(), files={"rules/contact_points.yaml": DESKS, "rules/attributes.yaml": NEEDS})
    needs = {"attributes.hard_of_hearing": True, "attributes.far_away": True}
    (deaf,) = play(rig, customer=[ana() | needs], appointment=[visit()])
    (far,) = play(
        rig,
        customer=[ana() | {"attributes.hard_of_hearing": False, "attributes.far_away": True}],
        appointment=[visit(id="A-2", kind="delivery")],
    )
    nothing = {"attributes.hard_of_hearing": None, "attributes.far_away": None}
    (other,) = play(rig, customer=[ana() | nothing], appointment=[visit(id="A-3", kind="repair")])
    ways = ("+57 315 7945503", "example.com/visits", "+57 601 7945501")
    for sent, way in zip((deaf, far, other), ways, strict=True):
        assert [[each in text for each in ways] for text in sent.texts] == [[each == way for each in ways]] * 2


def test_a_message_that_waits_is_written_anew_when_the_need_becomes_known(rig: Rig) -> None:
    in_force(rig, rule(), files={"rules/contact_points.yaml": DESKS, "rules/attributes.yaml": NEEDS})
    rig.clock.at = NOW + 12 * HOUR  # night: it waits for the morning
    late = visit(starts_at=NOW + 40 * HOUR)
    assert play(rig, customer=[ana()], appointment=[late]) == []
    (told,) = play(rig, NOW + 24 * HOUR, customer=[ana() | {"attributes.hard_of_hearing": True}])
    assert all("+57 315 7945503" in text for text in told.texts)


def test_a_list_has_no_limit_of_its_own_where_each_of_its_paths_reaches_few(rig: Rig) -> None:
    in_force(
        rig,
        rule(to=["appointment.customer", IN_CHARGE]),
        rule(rule="all-of-the-shop", to=["appointment.customer", "appointment.site.customers"]),
    )
    limits = {name: each.limits.recipients for name, each in rig.ruleset.project.rules.items()}
    assert limits == {"visit-reminder": None, "all-of-the-shop": 500}


def test_texts_are_chosen_by_a_value_of_the_row(rig: Rig) -> None:
    texts = {"by": "appointment.kind", "repair": "plan", "else": "visit"}
    claims = {"starts_at": "appointment.starts_at"}
    in_force(rig, rule(template=texts, claims=claims), files=template("plan", "starts_at"))
    (repair,) = play(rig, appointment=[visit(kind="repair")])
    (other,) = play(rig, appointment=[visit(id="A-2", kind="delivery")])
    assert ["plan" in sent.texts[1] for sent in (repair, other)] == [True, False]
    (moved,) = play(rig, appointment=[visit(kind="repair", starts_at=NOW + 50 * HOUR)])
    assert moved.kind == "correction"
    assert "plan" in moved.texts[1]
    assert notice(rig, kind="correction").template == "plan"


def test_a_value_that_texts_only_ask_decides_words_and_corrects_nothing(rig: Rig) -> None:
    in_force(rig, rule(**SEEN), files=ASKING)
    (few,) = play(rig, appointment=[visit(party_size=8)])
    (many,) = play(rig, appointment=[visit(id="A-2", party_size=9, kind="reservation")])
    (unknown,) = play(rig, appointment=[visit(id="A-3")])
    said = [("long table" in sent.texts[0], "long table" in sent.texts[1]) for sent in (few, many, unknown)]
    assert said == [(False, False), (True, True), (False, False)]
    assert play(rig, appointment=[visit(party_size=12)]) == []
    # What waits for the morning is written anew.
    rig.clock.at = NOW + 12 * HOUR
    assert play(rig, appointment=[visit(id="A-4", party_size=2, starts_at=NOW + 40 * HOUR)]) == []
    (late,) = play(rig, NOW + 24 * HOUR, appointment=[visit(id="A-4", party_size=20, starts_at=NOW + 40 * HOUR)])
    assert "long table" in late.texts[1]


def test_texts_are_tried_with_every_value_that_they_only_ask(rig: Rig) -> None:
    def said(branch: str) -> list[str]:
        sms = f"{{{{ starts_at | datetime }}}} {branch}{{{{ exit.address }}}} {{{{ reference }}}}\n"
        written = {"rules/visits.yaml": json.dumps({"rules": [rule(**SEEN)]})}
        project = load_project(write_project(rig.folder, ASKING | written | {"templates/party/sms.en.txt.j2": sms}))
        found = check_templates(project, RenderSettings(company="Fibra"))
        return [problem.what for problem in found if "party/sms" in problem.place.file]

    assert said("") == []
    assert said("{{ people }} ") == ["'people' is only asked (texts_see); make it a claim to print it"]
    # In branches that no sample alone would take.
    hidden = ["'starts_at' is a timestamp; the filter 'money' is not for it (datetime, date, time)"]
    assert said("{% if kind == 'repair' %}{{ starts_at | money }}{% endif %}") == hidden
    assert said("{% if people and people > 400 %}{{ starts_at | money }}{% endif %}") == hidden
    assert said("{% if people > 4 %}!{% endif %}") != []  # nobody may have counted them


def test_a_notice_is_in_the_language_of_its_row_and_so_is_what_follows(rig: Rig) -> None:
    in_force(rig, rule(follow_up=[CALLED_OFF, {"on": "deleted", "template": "cancelled"}]), files=SPANISH)
    (own,) = play(rig, appointment=[visit(id="A-2")])
    (booked,) = play(rig, appointment=[visit(locale="es-CO"), visit(id="A-3", locale="es-CO")])[:1]
    assert ["vamos el" in sent.texts[0] for sent in (own, booked)] == [False, True]
    (over,) = play(rig, appointment=[visit(locale="es-CO", status="cancelled")])
    assert "cancelada la del" in over.texts[1]
    rig.clock.forward(minutes=1)
    remove(rig, appointment=["A-3"])
    (gone,) = play(rig)
    assert "cancelada la del" in gone.texts[1]


def test_an_appointment_came_to_be_when_it_was_booked(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    late = visit(starts_at=NOW + 40 * HOUR)
    assert play(rig, appointment=[late | {"booked_at": NOW - HOUR}]) == []
    assert notice(rig).reason_code == "born_late"
    (sent,) = play(rig, appointment=[late | {"id": "A-2", "booked_at": NOW - 9 * HOUR}])
    assert sent.subject == "A-2"


def test_nobody_is_reminded_of_what_they_booked_within_the_hour(rig: Rig) -> None:
    in_force(rig, rule(unless="appointment.booked_at > now - 1h"))
    assert play(rig, appointment=[visit(starts_at=NOW + 40 * HOUR, booked_at=NOW)]) == []
    assert play(rig, NOW + HOUR - timedelta(seconds=1)) == []
    assert [sent.subject for sent in play(rig, NOW + HOUR)] == ["A-1"]


def test_a_claim_is_a_figure_of_rows_in_their_currency_and_none_of_no_rows(rig: Rig) -> None:
    claims = {"all": "contract.charges.sum(c, c.amount)", "usual": "contract.charges.avg(c, c.amount)"}
    in_force(rig, rule(OF_CONTRACTS, when="contract.plan != null", claims=claims), files=FIGURES)
    rig.tick()
    (none,) = play(rig, contract=[contract(plan="none")])
    assert none.texts[1].startswith("Fibra. ")
    charges = [charge(), charge(id="X-2", amount=100000)]
    theirs = [each | {"contract_id": "K-2"} for each in charges]
    (some,) = play(rig, contract=[contract(id="K-2", plan="some")], charge=theirs)
    assert some.texts[1].startswith("Fibra: all COP 211,860, usual COP 105,930.")
    # A third bill is in another currency: no figure holds any more, and whoever was told some hears that.
    (mixed,) = play(rig, charge=[charge(id="X-3", contract_id="K-2", currency="USD")])
    assert (mixed.kind, "COP 211,860" in mixed.texts[1], "USD" in mixed.texts[1]) == ("correction", True, False)


def test_why_prints_the_currencies_that_keep_a_figure_from_being_one(rig: Rig) -> None:
    average = "contract.charges.avg(c, c.amount)"
    in_force(rig, rule(OF_CONTRACTS, when=f"{average} > 1", claims={"usual": average}), files=FIGURES)
    assert play(rig, charge=[charge(), charge(id="X-2", currency="USD")]) == []
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        directory = Directory(defaults=rig.ruleset.defaults, owners=rig.ruleset.project.owners)
        found = why_customer(rig.ruleset, reader, directory, "C-1", rig.clock())
    printed = StringIO()
    Console(width=200, file=printed).print(*customer_report(found))
    assert f"{average} (several currencies, never calculated together) = 'COP, USD'" in printed.getvalue()
    assert "the claim 'usual' has no value: its rows are in COP, USD, never calculated together" in printed.getvalue()


def test_what_a_filter_before_last_cannot_decide_is_left_out(rig: Rig) -> None:
    latest = "contract.charges.filter(c, c.period_start < c.bill_at).last(c, c.bill_at).amount"
    in_force(rig, rule(OF_CONTRACTS, when=f"{latest} > 90000", claims={"all": latest, "usual": latest}), files=FIGURES)
    rig.tick()
    decided = charge(id="X-2", amount=95000, period_start=NOW, bill_at=NOW + DAY)
    (sent,) = play(rig, charge=[charge(), decided])  # the first one is billed later, but has no period
    assert "usual COP 95,000" in sent.texts[1]


def test_an_average_is_held_against_a_promise_and_is_promised_itself(rig: Rig) -> None:
    average = "charge.contract.charges.avg(c, c.amount)"
    usual = {"value": "contract.charges.filter(c, c.billed).last(2, c, c.bill_at).avg(c, c.amount) * 1.3"}
    hold = {"hold": {"topics": ["usual_price"]}}
    own = {"check": "as-usual", "promised": usual, "promise": "usual_price", "actual": "charge.amount"}
    named = "topics: { monthly_price: { type: money }, usual_price: { type: money, worse: higher } }\n"
    topics = {"rules/topics.yaml": named}
    in_force(rig, checks=[PRICE | hold | {"actual": average}, PRICE | hold | own], files=topics)
    billed = [charge(id=f"X-{n}", amount=80000, billed=True, bill_at=NOW - n * DAY) for n in (2, 3)]
    play(rig, **too_dear() | {"charge": [charge(amount=104001), *billed]})
    found = sorted((each.check, each.promised, each.actual) for each in contradictions(rig))
    # (104001 + 2 * 80000) / 3 = 88000.33…; 80000 * 1.3 = 104000
    assert found == [("as-usual", "104000", "104001"), ("promised-price", "79900", "88000.33")]
    play(rig, charge=[charge(id="X-2", billed=True, currency="USD")])
    assert [each.state for each in contradictions(rig)] == ["settled", "settled"]  # no figure, so nothing to compare


def test_money_of_a_business_own_has_the_currency_that_is_declared(rig: Rig) -> None:
    claims = {"all": "appointment.attributes.deposit", "usual": "appointment.order.attributes.fee"}
    attributes = "attributes: { appointment: { deposit: { type: money, currency: EUR } }, order: { fee: money } }\n"
    in_force(
        rig,
        rule(claims=claims, template="figures"),
        files=FIGURES | {"rules/attributes.yaml": attributes},
    )
    order = {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": NOW, "total": 9, "currency": "USD"}
    (sent,) = play(
        rig,
        order=[order | {"attributes": {"fee": "5"}}],
        appointment=[visit(order_id="O-1", attributes={"deposit": "40.5"})],
    )
    assert sent.texts[1].startswith("Fibra: all €40.50, usual $5")


def test_who_is_forgotten_is_named_in_nothing_that_a_carer_was_told(rig: Rig) -> None:
    claims = {"starts_at": "appointment.starts_at", "plan": "appointment.customer.name"}
    in_force(rig, rule(to="appointment.customer.representatives.person", claims=claims, template="plan"))
    carer = {"id": "R-1", "customer_id": "C-1", "person_id": "C-2", "role": "carer"}
    (sent,) = play(rig, customer=[person("C-2", 1)], representative=[carer], appointment=[visit()])
    assert "Ana Ruiz" in sent.texts[1]
    a_person_decides(rig.database, Forget("C-1"), reason="asked for it", now=rig.clock())
    left = [str(row._mapping) for row in (*rig.notices(), *rig.messages())]
    assert [row for row in left if "Ana Ruiz" in row] == []
    with read_only(rig.database) as connection:
        assert person_of(connection, "C-2").rows["representative"] == ()
