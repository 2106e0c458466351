"""A project folder -> checked rules with defaults filled in, and digests that change when their meaning does."""

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.model.types import ChannelName, NoticeClass, TopicType, ValueType
from notifier.rules.checked import AllowedHours, AllowedWeek, Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Canary, Limits, PlannedAction, Rule, Stops
from notifier.rules.loader import load_project
from tests.rules.projects import write

FULL = """\
rules:
  - rule: bill
    about: charge
    to: charge.customer
    touchpoint: billing
    owner: billing
    class: billing
    when:
      - charge.kind == 'recurring'
      - not charge.billed
    unless: charge.proration
    at: [3d before charge.bill_at at 09:00, 2h after charge.bill_at]
    until: 5h after charge.bill_at
    claims:
      amount: { value: charge.amount, topic: monthly_price }
      bill_at: charge.bill_at
    template: reminder
    channels: [email, sms]
    exit: desk
    on_change: ignore
    follow_up:
      - { when: charge.billed, template: cancelled }
    limits: { recipients: 2000, share: 12.5% }
    plan:
      - { do: call, within: 1h30m }
      - { do: check, owner: field }
checks:
  - check: price
    promise: monthly_price
    against: charge
    on: [charge.contract, charge]
    when: charge.kind == 'recurring'
    actual: charge.amount
    tolerance: 0.5%
    surfaces_at: charge.bill_at
    warn: 72h
    owner: billing
    severity: high
    hold: { topics: [monthly_price, speed], rules: [bill, good] }
  - check: called
    promise: callback
    kept_when: promise.customer.contacts.exists(c, c.at > promise.made_at)
    surfaces_at: promise.due_at
    warn: 4h
    owner: field
"""


def _loaded(folder: Path) -> Project:
    project = load_project(folder)
    assert [str(problem) for problem in project.problems] == []
    return project


def _rule(folder: Path, text: str) -> Rule:
    write(
        folder,
        "rules/one.yaml",
        f"rules:\n  - {{ rule: one, owner: field, class: service, template: reminder, exit: desk, {text} }}\n",
    )
    return _loaded(folder).rules["one"]


def _check(folder: Path, text: str) -> Check:
    write(folder, "rules/one.yaml", f"checks:\n  - {{ check: one, owner: field, {text} }}\n")
    return _loaded(folder).checks["one"]


def test_every_key_of_a_rule_is_read(folder: Path) -> None:
    write(folder, "rules/deep/down/full.yaml", FULL)
    rule = _loaded(folder).rules["bill"]
    assert (rule.about, rule.to.entity, rule.touchpoint, rule.owner) == ("charge", "customer", "billing", "billing")
    assert rule.notice_class is NoticeClass.BILLING
    assert [condition.text for condition in rule.when] == ["charge.kind == 'recurring'", "not charge.billed"]
    assert str(rule.when[1].place) == "rules/deep/down/full.yaml:10:9"
    assert [condition.text for condition in rule.unless] == ["charge.proration"]
    assert [(moment.offset, moment.days, moment.local_time, moment.before) for moment in rule.at] == [
        (timedelta(0), -3, time(9), True),
        (timedelta(hours=2), 0, None, False),
    ]
    assert rule.until is not None
    assert rule.until.offset == timedelta(hours=5)
    assert [(claim.name, claim.topic, claim.type) for claim in rule.claims] == [
        ("amount", "monthly_price", TopicType.MONEY),
        ("bill_at", "bill_at", TopicType.TIMESTAMP),
    ]
    assert rule.claims[0].currency is not None
    assert rule.claims[1].currency is None
    assert rule.channels == (ChannelName.EMAIL, ChannelName.SMS)
    assert (rule.exit, rule.on_change, rule.template) == ("desk", "ignore", "reminder")
    assert [(follow_up.when[0].text, follow_up.template) for follow_up in rule.follow_up] == [
        ("charge.billed", "cancelled")
    ]
    assert rule.limits == Limits(recipients=2000, share=Decimal("0.125"))
    assert rule.plan == (
        PlannedAction(do="call", owner="billing", within=timedelta(minutes=90)),
        PlannedAction(do="check", owner="field"),
    )
    assert not rule.tell_backlog
    assert rule.repeat is None


def test_the_words_of_a_canary_and_of_approvals_are_read(folder: Path) -> None:
    stops = "stop_at: { failures: 9, opt_outs: 8, replies: 7 }, stop_above: { failures: 6%, opt_outs: 5%, replies: 4% }"
    policy = "approval: { safety: one, service: two, billing: one, collections: two, marketing: two }\n"
    write(folder, "rules/policy.yaml", policy)
    about = "about: contract, when: contract.status == 'active'"
    rule = _rule(folder, f"{about}, mode: shadow, limits: {{ first: 20, then_wait: 45m, {stops} }}")
    assert rule.limits.canary == Canary(
        first=20,
        then_wait=timedelta(minutes=45),
        stop_at=Stops(failures=Decimal(9), opt_outs=Decimal(8), replies=Decimal(7)),
        stop_above=Stops(failures=Decimal("0.06"), opt_outs=Decimal("0.05"), replies=Decimal("0.04")),
    )
    assert (rule.shadow, rule.approvals) == (True, 2)
    assert _rule(folder, f"{about}, approval: one").approvals == 1
    asked = {NoticeClass.SAFETY: 1, NoticeClass.BILLING: 1}
    assert load_project(folder).policy.approvals == dict.fromkeys(NoticeClass, 2) | asked


def test_every_key_of_a_check_is_read(folder: Path) -> None:
    write(folder, "rules/full.yaml", FULL)
    checks = _loaded(folder).checks
    price, called = checks["price"], checks["called"]
    assert (price.topic, price.topic_type, price.worse, price.against) == (
        "monthly_price",
        TopicType.MONEY,
        "higher",
        "charge",
    )
    assert [path.entity for path in price.on] == ["contract", "charge"]
    assert price.actual is not None
    assert price.actual.type is ValueType.MONEY
    assert price.actual_currency is not None
    assert price.actual_tax_included is not None
    assert price.tolerance.share == Decimal("0.005")
    assert price.warn == timedelta(hours=72)
    assert price.severity == "high"
    assert price.hold.topics == ("monthly_price", "speed")
    assert price.hold.rules == ("bill", "good")
    assert called.against is None
    assert len(called.kept_when) == 1
    assert called.severity == "medium"


def test_what_is_left_out_has_its_default(folder: Path) -> None:
    rule = _rule(folder, "about: order, when: order.status == 'held', repeat: 24h, backlog: tell")
    assert rule.to.type is ValueType.ENTITY
    assert rule.to.entity == "customer"
    assert rule.channels == (ChannelName.SMS, ChannelName.EMAIL)
    assert (rule.on_change, rule.limits, rule.at, rule.until) == ("correct", Limits(), (), None)
    assert (rule.repeat, rule.tell_backlog) == (timedelta(hours=24), True)


def test_a_rule_about_customers_tells_them(folder: Path) -> None:
    assert _rule(folder, "about: customer, when: customer.email == null").to.entity == "customer"


@pytest.mark.parametrize(
    "text",
    [
        "about: incident, to: incident.contracts.customer, when: incident.kind == 'outage'",
        "about: site, each: { order: site.orders }, to: order.customer, when: order.status == 'held'",
    ],
)
def test_a_rule_that_reaches_many_has_a_limit_of_500_recipients(folder: Path, text: str) -> None:
    assert _rule(folder, text).limits == Limits(recipients=500)
    assert _rule(folder, f"{text}, limits: {{ share: 5% }}").limits == Limits(recipients=500, share=Decimal("0.05"))


def test_the_second_row_has_its_own_name(folder: Path) -> None:
    rule = _rule(
        folder,
        """about: site, each: { late: "site.orders.filter(o, o.status == 'held')" }, to: late.customer,"""
        " when: late.total > site.daily_capacity, claims: { promised_at: late.promised_at }",
    )
    assert rule.names == {"site": "site", "late": "order"}


@pytest.mark.parametrize(
    ("claim", "claim_type"),
    [
        ("order.total", TopicType.MONEY),
        ("order.total * 2", TopicType.MONEY),
        ("order.site.daily_capacity", TopicType.NUMBER),
        ("order.status", TopicType.TEXT),
        ("order.completed_at", TopicType.TIMESTAMP),
        ("order.promised_at - order.placed_at", TopicType.DURATION),
        ("order.total > 100", TopicType.BOOL),
        ("order.attributes.weight", TopicType.NUMBER),
        ("order.attributes.due_on", TopicType.DATE),
    ],
)
def test_a_claim_has_the_type_of_its_value(folder: Path, claim: str, claim_type: TopicType) -> None:
    write(
        folder,
        "rules/attributes.yaml",
        "attributes:\n  order: { weight: number, due_on: { type: date, about: day } }\n",
    )
    rule = _rule(folder, f"about: order, when: order.status == 'held', claims: {{ fact: {claim} }}")
    assert (rule.claims[0].topic, rule.claims[0].type) == ("fact", claim_type)


def test_a_claim_has_labels_by_language(folder: Path) -> None:
    rule = _rule(
        folder,
        "about: order, when: order.status == 'held', "
        "claims: { total: { value: order.total, label: { es: valor, es-CO: ' valor   total ' } } }",
    )
    assert rule.labels == {"total": {"es": "valor", "es-CO": "valor total"}}


def test_a_claim_that_bears_a_topics_name_is_about_it(folder: Path) -> None:
    rule = _rule(folder, "about: order, when: order.status == 'held', claims: { callback: order.promised_at }")
    assert rule.claims[0].topic == "callback"


def test_a_claim_that_bears_a_topics_name_must_be_of_its_type(folder: Path) -> None:
    write(
        folder,
        "rules/one.yaml",
        "rules:\n  - { rule: one, owner: field, class: service, template: reminder, exit: desk, about: order,\n"
        "      when: order.status == 'held', claims: { speed: order.total } }\n",
    )
    assert [str(problem) for problem in load_project(folder).problems] == [
        "rules/one.yaml:3:54: the topic 'speed' has values of type number; 'order.total' is money"
    ]


@pytest.mark.parametrize(
    ("topic", "actual", "tolerance", "expected"),
    [
        ("monthly_price", "charge.amount", "100 COP", (None, Decimal(100), "COP", None)),
        ("monthly_price", "charge.amount", "2%", (Decimal("0.02"), None, None, None)),
        ("speed", "charge.customer.site.daily_capacity", "5", (None, Decimal(5), None, None)),
        ("speed", "charge.customer.site.daily_capacity", "0.5", (None, Decimal("0.5"), None, None)),
        ("callback", "charge.bill_at", "15m", (None, None, None, timedelta(minutes=15))),
    ],
)
def test_a_tolerance_is_a_share_an_amount_or_a_duration(
    folder: Path, topic: str, actual: str, tolerance: str, expected: tuple[object, ...]
) -> None:
    check = _check(folder, f"promise: {topic}, against: charge, on: charge, actual: {actual}, tolerance: {tolerance}")
    read = check.tolerance
    assert (read.share, read.amount, read.currency, read.duration) == expected


def test_a_condition_of_ten_thousand_characters_is_refused(folder: Path) -> None:
    condition = " or ".join(["order.total > 1"] * 527)[:10_000]
    assert len(condition) == 10_000
    write(
        folder,
        "rules/one.yaml",
        f"rules:\n  - rule: one\n    about: order\n    owner: field\n    class: service\n    when: {condition}\n"
        "    template: reminder\n    exit: desk\n",
    )
    assert [str(problem) for problem in load_project(folder).problems] == [
        "rules/one.yaml:6:11: the condition has 10000 characters, 4000 are allowed"
    ]


PIECES = [
    "[",
    "]",
    "{",
    "}",
    ": ",
    ",",
    "- ",
    "\n",
    "  ",
    '"',
    "'",
    ">",
    "|",
    "&a ",
    "*a",
    "#",
    "~",
    "5",
    "null",
    "now",
    "ñ",
    "\t",
]
EDITS = st.lists(
    st.tuples(st.integers(0, len(FULL)), st.integers(0, 12), st.sampled_from(["", *PIECES])), min_size=1, max_size=4
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_whatever_a_rule_file_says_the_others_stay_in_force(folder: Path, edits: list[tuple[int, int, str]]) -> None:
    text = FULL
    for start, removed, piece in edits:
        text = text[:start] + piece + text[start + removed :]
    write(folder, "rules/zz.yaml", text)
    project = load_project(folder)
    assert "good" in project.rules
    assert {problem.place.file for problem in project.problems} <= {"rules/zz.yaml"}


def test_touchpoints_are_free_text_until_there_is_a_journey(folder: Path) -> None:
    rule = "about: order, when: order.status == 'held', touchpoint: delivry"
    assert _rule(folder, rule).touchpoint == "delivry"
    write(folder, "rules/journey.yaml", "touchpoints:\n  delivery: { name: Delivery }\n  visit:\n")
    project = load_project(folder)
    assert project.journey is not None
    assert list(project.journey.touchpoints) == ["delivery", "visit"]
    assert [problem.what for problem in project.problems] == ["unknown touchpoint 'delivry'; did you mean 'delivery'?"]


def test_changed_hours_name_their_sites_and_dates(folder: Path) -> None:
    write(
        folder,
        "rules/hours.yaml",
        "hours:\n"
        "  - { sites: [S-1, S-2], dates: [2026-12-24, 2026-12-31], hours: '09:00-14:00', reason: fin de año }\n"
        "  - { dates: 2026-01-01, hours: 'off' }\n",
    )
    reduced, closed = _loaded(folder).hours
    assert (reduced.sites, reduced.hours, reduced.reason) == (("S-1", "S-2"), "09:00-14:00", "fin de año")
    assert reduced.dates == (date(2026, 12, 24), date(2026, 12, 31))
    assert (closed.sites, closed.dates, closed.hours, closed.reason) == ((), (date(2026, 1, 1),), "off", None)
    assert str(closed.place) == "rules/hours.yaml:3:5"


def test_a_policy_gives_hours_by_country_class_and_channel(folder: Path) -> None:
    write(
        folder,
        "rules/policy.yaml",
        "quiet_hours:\n"
        "  - { country: CO, class: [marketing, collections], allowed: '07:00-19:00' }\n"
        "  - { class: service, channel: email, allowed: always }\n"
        "  - { country: US, class: service, allowed: 08:00-24:00 }\n"
        "  - { country: ES, class: service, allowed: 'Mo-Fr 08:00-20:00; Sa 09:00-14:00; PH off' }\n",
    )
    day = AllowedHours(start=time(7), end=time(19))
    assert _loaded(folder).policy.hours == {
        ("CO", NoticeClass.MARKETING, "*"): day,
        ("CO", NoticeClass.COLLECTIONS, "*"): day,
        ("*", NoticeClass.SERVICE, "email"): AllowedHours(start=time(0), end=time(0)),
        ("US", NoticeClass.SERVICE, "*"): AllowedHours(start=time(8), end=time(0)),
        ("ES", NoticeClass.SERVICE, "*"): AllowedWeek(hours="Mo-Fr 08:00-20:00; Sa 09:00-14:00; PH off"),
    }


def test_a_decreed_holiday_is_one_for_the_policy_of_its_country(folder: Path) -> None:
    write(
        folder,
        "rules/hours.yaml",
        "hours:\n"
        "  - { country: AQ, dates: [2026-03-06, 2026-03-05], hours: 'off', reason: Hielo }\n"
        "  - { country: AQ, dates: 2026-03-10, hours: '09:00-12:00' }\n"
        "  - { country: AQ, sites: S-1, dates: 2026-03-11, hours: 'off' }\n"
        "  - { dates: 2026-03-12, hours: 'off' }\n",
    )
    policy = "quiet_hours: [{ country: AQ, class: service, allowed: 'Mo-Fr 08:00-20:00; PH off' }]"
    write(folder, "rules/policy.yaml", policy)
    assert _loaded(folder).policy.decreed == {"AQ": (date(2026, 3, 5), date(2026, 3, 6))}


def test_opening_days_are_those_of_a_site(folder: Path) -> None:
    at = "at: 2 opening days before %s at 10:00"
    assert _rule(folder, f"about: order, when: order.promised_at != null, {at % 'order.promised_at'}").at[0].days == -2
    text = f"about: charge, when: charge.billed, {at % 'charge.bill_at'}"
    item = f"{{ rule: one, owner: field, class: service, template: reminder, exit: desk, {text} }}"
    write(folder, "rules/one.yaml", f"rules:\n  - {item}\n")
    assert [problem.what for problem in load_project(folder).problems] == [
        "a charge has no site, so nobody knows its opening days; count working days instead"
    ]


def test_a_digest_moves_with_the_calendar_only_where_days_are_counted(folder: Path) -> None:
    plain = "about: order, when: order.promised_at != null, at: 2d before order.promised_at at 10:00"
    counting = plain.replace("2d", "2 working days")
    before = [_rule(folder, text).digest for text in (plain, counting)]
    write(folder, "rules/hours.yaml", "hours: [{ country: CO, dates: 2026-03-06, hours: 'off' }]")
    after = [_rule(folder, text).digest for text in (plain, counting)]
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_the_policy_says_how_long_rules_wait_for_a_receipt_that_do_not_say_it(folder: Path) -> None:
    text = "about: order, when: order.status == 'held'"
    assert _rule(folder, text).fallback_after is None
    write(folder, "rules/policy.yaml", "fallback_after: 30m\n")
    assert _rule(folder, text).fallback_after == timedelta(minutes=30)
    assert _rule(folder, f"{text}, fallback_after: 2h").fallback_after == timedelta(hours=2)


def test_a_policy_says_where_what_comes_too_late_goes_in_quiet_hours(folder: Path) -> None:
    write(
        folder,
        "rules/policy.yaml",
        "quiet_hours: { country: CO, class: service, channel: sms, overridden_by: late_correction }\n",
    )
    assert _loaded(folder).policy.overridden == (("CO", NoticeClass.SERVICE, "sms"),)
    write(folder, "rules/policy.yaml", "quiet_hours: { overridden_by: [late_correction] }\n")
    classes = ("billing", "safety", "service")
    assert _loaded(folder).policy.overridden == tuple(("*", NoticeClass(name), "*") for name in classes)


def test_contact_points_say_what_they_settle_and_where_they_send(folder: Path) -> None:
    write(
        folder,
        "rules/contact_points.yaml",
        "contact_points:\n"
        "  desk: { channel: phone, address: '*611', hours: 'Mo-Sa 08:00-20:00', human: true, settles: refund,"
        " sends_to: { fault: net } }\n"
        "  net: { channel: whatsapp, address: '+573157945503', settles: [fault, outage] }\n",
    )
    points = _loaded(folder).contact_points
    assert (points["desk"].human, points["desk"].settles, points["desk"].sends_to) == (
        True,
        ("refund",),
        {"fault": "net"},
    )
    assert (points["net"].human, points["net"].is_way_out, points["net"].hours) == (False, True, None)


def test_a_folder_without_rules_says_so(tmp_path: Path) -> None:
    project = load_project(tmp_path)
    assert [str(problem) for problem in project.problems] == [
        f"rules:1:1: there is no folder 'rules' in {tmp_path}; --project names the project folder"
    ]
    assert not project.rules


def test_a_rule_file_with_another_ending_is_not_passed_over_in_silence(folder: Path) -> None:
    write(folder, "rules/telco/late.yml", "rules: []\n")
    assert [str(problem) for problem in load_project(folder).problems] == [
        "rules/telco/late.yml:1:1: rule files end in .yaml; rename it, or it is not read"
    ]


def test_a_template_that_is_no_text_is_a_problem(folder: Path) -> None:
    (folder / "templates/reminder/email.es.txt.j2").write_bytes(b"\xff\xfe")
    project = load_project(folder)
    assert [str(problem) for problem in project.problems] == [
        "templates/reminder/email.es.txt.j2:1:1: the file is not UTF-8; save it as UTF-8"
    ]
    assert set(project.templates) == {"reminder/sms.es.txt.j2", "cancelled/sms.es.txt.j2"}


def test_an_unreadable_owners_file_sets_aside_what_needs_it(folder: Path) -> None:
    write(folder, "rules/owners.yaml", "owners: [")
    project = load_project(folder)
    assert [str(problem) for problem in project.problems] == [
        "rules/good.yaml:4:12: unknown owner 'field'; rules/owners.yaml has none",
        "rules/good.yaml:19:12: unknown owner 'billing'; rules/owners.yaml has none",
        "rules/owners.yaml:1:10: not YAML: while parsing a flow node: expected the node content, "
        "but found '<stream end>'; a quote or bracket is not closed",
    ]
    assert not project.rules


def _digest(folder: Path) -> str:
    return load_project(folder).rules["good"].digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules/good.yaml", "48h before", "47h before"),
        ("rules/good.yaml", "'confirmed'", "'completed'"),
        ("rules/owners.yaml", "+573005550101", "+573005550102"),
        ("rules/contact_points.yaml", "human: true", "settles: [visit]"),
        ("templates/reminder/sms.es.txt.j2", "starts_at", "(starts_at)"),
    ],
)
def test_a_digest_moves_with_what_the_rule_says(folder: Path, file: str, old: str, new: str) -> None:
    before = _digest(folder)
    text = (folder / file).read_text()
    assert old in text
    write(folder, file, text.replace(old, new))
    assert _digest(folder) != before


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("templates/reminder/email.es.txt.j2", "new"),
        ("templates/layout.html.j2", "new"),
        ("rules/policy.yaml", "quiet_hours: [{ class: service, allowed: always }]"),
        ("rules/attributes.yaml", "attributes: { order: { gift: bool } }"),
    ],
)
def test_a_digest_moves_with_a_new_file_that_the_rule_draws_on(folder: Path, file: str, text: str) -> None:
    before = _digest(folder)
    write(folder, file, text)
    assert _digest(folder) != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules/good.yaml", "rules:", "# a comment\n\nrules:"),
        ("rules/good.yaml", "48h before appointment.starts_at", "'48h before appointment.starts_at'"),
        ("rules/owners.yaml", "billing@example.com", "bills@example.com"),
        ("rules/topics.yaml", "speed: { type: number }", "speed: { type: text }"),
        ("templates/cancelled/sms.es.txt.j2", "Cancelada", "Cancelado"),
    ],
)
def test_a_digest_stays_when_only_the_layout_or_another_entry_changes(
    folder: Path, file: str, old: str, new: str
) -> None:
    before = _digest(folder)
    text = (folder / file).read_text()
    assert old in text
    write(folder, file, text.replace(old, new))
    assert _digest(folder) == before


def test_a_checks_digest_moves_with_its_topic_and_owner(folder: Path) -> None:
    before = load_project(folder).checks["good-price"].digest
    write(folder, "rules/topics.yaml", (folder / "rules/topics.yaml").read_text().replace("higher", "lower"))
    after = load_project(folder).checks["good-price"].digest
    assert before != after
    write(folder, "rules/owners.yaml", (folder / "rules/owners.yaml").read_text().replace("billing@", "bills@"))
    assert load_project(folder).checks["good-price"].digest not in (before, after)


def test_each_template_of_a_rule_has_its_own_digest(folder: Path) -> None:
    write(folder, "rules/full.yaml", FULL)
    before = _loaded(folder).rules["bill"].template_digests
    assert set(before) == {"reminder", "cancelled"}
    write(folder, "templates/cancelled/sms.en.txt.j2", "Cancelled.")
    after = _loaded(folder).rules["bill"].template_digests
    assert before["reminder"] == after["reminder"]
    assert before["cancelled"] != after["cancelled"]


def test_the_shipped_project_has_no_problem() -> None:
    project = load_project(Path(__file__).parents[2])
    assert [str(problem) for problem in project.problems] == []
    assert project.rules
    assert project.checks
