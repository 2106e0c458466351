"""The documents that inputs are made of: small, and together they use nearly every word of their language."""

from notifier.rules import shapes

CONDITIONS = (
    "charge.kind == 'recurring' and not charge.proration and !charge.billed",
    "charge.contract.charges.filter(c, c.billed and c.amount > 3.5).sum(c, c.amount) > 100.5",
    "charge.contract.charges.size() == 0 or charge.contract.promises.exists(p, p.value_number < charge.amount)",
    "charge.bill_at <= now + 48h && charge.contract.started_at > now - 365d",
    "charge.customer.country in ['CO', 'MX'] and charge.customer.name.startsWith('A')",
    "charge.currency not in ['COP'] || charge.tax_included == null",
    "(charge.amount * 2 - 1.25) / 4 >= -charge.amount",
    "has(charge.product) and size(charge.product) > 3",
    "order.status in ['initialized', 'in_progress'] and order.promised_at < now",
    "order.promised_at - order.placed_at > 3d and order.placed_at.getHours('America/Bogota') >= 8",
    "order.site.orders.filter(o, o.placed_at > now - 1h).size() > order.site.daily_capacity",
    "order.seller.contains('x') or order.seller.endsWith(\"y'z\") or order.seller == 'a\\u00f1'",
    "appointment.status == 'confirmed' and appointment.contract.status not in ['cancelled', 'terminated']",
    "appointment.party_size > 1 and appointment.site.days.all(d, d.status == 'normal' or d.date < '2026-12-24')",
    "appointment.starts_at > timestamp('2026-03-05T10:00:00-05:00') and appointment.attributes.vip == true",
    "appointment.customer.contacts.exists(c, c.outcome == 'unanswered' and c.at > now - duration('2h'))",
)
RULES = (
    """\
rules:
  - rule: tried
    about: appointment
    touchpoint: installation
    owner: field
    class: service
    when:
      - appointment.kind == 'installation'
      - appointment.status in ['initialized', 'confirmed']
    unless: appointment.contract.status in ['cancelled', 'terminated']
    at: [48h before appointment.starts_at, 2d before appointment.starts_at at 10:00]
    until: 3h before appointment.starts_at
    born_late: tell
    claims:
      starts_at: appointment.starts_at
    template: reminder
    channels: [sms]
    exit: desk
    limits: { recipients: 20, share: 10% }
    follow_up:
      - when: appointment.status == 'cancelled'
        template: { by: appointment.kind, repair: reminder, else: cancelled }
      - { on: ended, tell: nobody }
    plan:
      - { do: call the customer, owner: field, within: 4h }
    copy: [seller, owner]
    rescue: { admission: { es: no fuimos, en: we did not come }, remedy: a new day, decides: field, by: 4h }
""",
    """\
rules:
  - rule: tried
    about: site
    each: { visit: site.appointments }
    to: visit.customer
    owner: field
    class: safety
    when: visit.starts_at > now and site.country == 'CO'
    repeat: 24h
    backlog: tell
    claims:
      starts_at: { value: visit.starts_at, topic: callback, label: { es: hora, en: time } }
    template: reminder
    exit: desk
    on_change: ignore
    merge: never
    follow_up: [{ on: deleted, tell: owner }, { on: reassigned, template: cancelled, late: tell }]
""",
    """\
checks:
  - check: tried
    promise: monthly_price
    against: charge
    on: charge.contract
    when: charge.kind == 'recurring' and not charge.billed
    actual: charge.amount
    tolerance: 0.5%
    surfaces_at: charge.bill_at
    warn: 72h
    owner: billing
    severity: high
    hold: { topics: [monthly_price], rules: [good] }
  - check: kept
    promise: callback
    kept_when: promise.customer.contacts.exists(c, c.at >= promise.made_at and c.direction == 'outbound')
    surfaces_at: promise.due_at
    warn: 4h
    owner: billing
""",
)
CATALOGUES = {
    "topics": "topics:\n  monthly_price: { type: money, worse: higher }\n  callback: { type: timestamp }\n",
    "owners": "owners:\n  billing: { name: Billing, email: b@example.com }\n  field:\n    name: Field\n"
    "    phone: '+573005550101'\n    locale: es-CO\n    timezone: America/Bogota\n",
    "contact_points": "contact_points:\n  desk: { channel: phone, address: '+576017945501', "
    "hours: 'Mo-Sa 08:00-20:00', human: true, settles: [bill], sends_to: { moves: desk } }\n",
    "hours": "hours:\n  - { sites: [S-1], dates: [2026-12-24], hours: '08:00-12:00', reason: Christmas }\n"
    "  - { country: AR, dates: 2027-03-26, hours: off }\n",
    "policy": "quiet_hours:\n  - { class: [service, billing], allowed: '08:00-20:00' }\n"
    "  - { country: MX, class: collections, channel: sms, allowed: 'Mo-Fr 08:00-20:00; Sa 09:00-14:00' }\n"
    "  - { class: service, overridden_by: late_correction }\n"
    "contact_law: [CO, US-FL]\n"
    "contact_limits:\n  - { country: CO, class: collections, per_day: 2, instead_of_law: 'counsel, 2026' }\n"
    "  - { class: [service, billing], channel: sms, hours: 'Mo-Fr 09:00-18:00; PH off', days_between: 1 }\n"
    "safety_after_stop: tell\n",
    "attributes": "attributes:\n  appointment: { technician: text, vip: bool }\n  order: { weight: number }\n",
    "journey": "touchpoints:\n  installation: { name: Installation }\n  billing: { name: Bill }\n",
    "scenarios.test": """\
scenarios:
  - scenario: a visit is announced
    rules: [good.yaml]
    given:
      customer: [{ id: C-1, name: Ann, locale: es-CO, timezone: America/Bogota, phone: '+573005550123' }]
      appointment: [{ id: A-1, customer_id: C-1, status: confirmed, starts_at: '2026-03-05T10:00:00-05:00' }]
    timeline:
      - at: 2026-03-03T10:00:00-05:00
        set: { appointment: [{ id: A-1, status: cancelled }] }
        delete: { customer: [C-1] }
        expect:
          notices: [{ rule: good, customer: C-1, state: told, sms_contains: hoy, channels: [sms] }]
          contradictions: [{ check: good-price, subject: 'contract:K-1', promised: 79900, actual: '1', state: open }]
          alerts: [{ owner: field, rule: good, reason: expired }]
""",
}
"""By the name of their file; inputs say in their first line which file they are."""
RULE_WORDS = tuple(
    sorted(
        {key.name for shape in (shapes.RULE, shapes.CHECK, shapes.CLAIM, shapes.FOLLOW_UP) for key in shape.keys}
        | {
            value
            for shape in (shapes.RULE, shapes.CHECK, shapes.FOLLOW_UP)
            for key in shape.keys
            for value in key.values
        }
        | {"appointment", "charge", "site", "visit", "before", "after", "at", "working days", "2d", "10:00", "now"}
        | {"reminder", "cancelled", "good", "desk", "field", "monthly_price", "appointment.starts_at", "es", "en"}
    )
)
CONDITION_WORDS = (
    *("charge", "order", "appointment", "customer", "contract", "site", "promises", "charges", "days", "contacts"),
    *("kind", "status", "amount", "currency", "name", "starts_at", "placed_at", "id", "billed", "c", "p", "now"),
    *("and", "or", "not", "in", "==", "!=", "<", ">=", "null", "'recurring'", "'confirmed'", "3", "2.5", "48h", "7d"),
    *(".exists(c, ", ".all(d, ", ".filter(c, ", ".sum(c, ", ".size()", ".startsWith('", "has(", "timestamp('"),
    *(".getFullYear('UTC')", ".getDayOfWeek('Europe/Madrid')", "attributes.vip", "&&", "||", "!", "true", " + 1"),
)
TEMPLATES = {
    "sms.txt": (
        "{{ company }}: {{ amount | money }} el {{ at | date }} {{ at | time }}. {{ place }} {{ exit.address }} "
        "{{ reference }}"
    ),
    "email.subject": "Su factura: {{ amount }}{% if correction %} (cambio){% endif %}",
    "email.txt": (
        "Hola, {{ customer.first_name }}:\n\n{% if 'at' in changed %}Antes {{ previous.at | datetime }}.{% endif %}\n"
        "{% if place == 'casa' %}En casa.{% elif place %}En {{ place | upper }}.{% endif %}\n\n- Valor: {{ amount }}\n"
        "- Se cobra: {{ at | datetime('full') }}\n{% for c in customer.name %}{{ c | lower }}{% endfor %}\n"
        "{% set way = exit.address %}{{ way }}{% if exit.hours %} ({{ exit.hours }}){% endif %} {{ reference }}\n"
    ),
    "email.html": (
        "<html><head><style>b { color: red }</style></head><body><p>Hola, {{ customer.name }}</p>"
        "<b>{{ amount }}</b> {{ at | datetime }} {% if place %}<i title='x'>{{ place }}</i>{% endif %}"
        "{# nothing #}<a href='tel:'>{{ exit.address }}</a> {{ reference }}</body></html>"
    ),
}
TEMPLATE_WORDS = (
    *("{{ ", " }}", "{% if ", "{% else %}", "{% endif %}", "{% for x in ", "{% endfor %}", "{% set x = ", "{# ", " #}"),
    *(
        "amount",
        "at",
        "place",
        "company",
        "exit.address",
        "customer.name",
        "reference",
        "previous.at",
        "current.amount",
    ),
    *("told.at", "changed", "changes", "correction", "loop.index", "range(", "owner.name", "exit", "customer", " in "),
    *(
        " | money",
        " | date",
        " | time('",
        " | datetime('full')",
        " | upper",
        "{{ '\\ud800' }}",
        " | phone",
        " | number",
        " == 'casa'",
    ),
    *(
        "{% include 'bill/sms.es.txt.j2' %}",
        "{% extends ",
        "{% block x %}",
        "{% endblock %}",
        "{% macro m() %}",
        " is none",
    ),
    *("&amp;", "<b>", "</b>", "<style>", "</style>", "<!--", "-->", "<img src=x>", "&#39;", "<head>", "<p title='"),
)
MAPS = (
    """\
entity: charge
zone: America/Bogota
columns:
  id: line
  customer_id: account
  contract_id: subscription
  kind: { from: type, values: { plan: recurring, install: installation } }
  proration: { from: type, values: { plan: false, install: true } }
  amount: { from: cents, unit: minor, places: 2 }
  currency: { fixed: COP }
  bill_at: { from: issue_date, local_time: '09:00' }
ignore: [description]
""",
    """\
entity: charge
zone: America/Bogota
delimiter: ','
columns:
  id: { template: '{line}-{account:.3}' }
  kind: { from: type, values: { plan: recurring, install: tax }, default: plan }
  customer_id: { from: account, default: C-1 }
  amount: { from: cents }
  currency: { from: description, default: COP }
  bill_at: { from: issue_date, midnight: date }
ignore: [subscription]
empty: ['NULL', N/A]
repeated: last
""",
    """\
entity: charge
zone: America/Bogota
dates: day_first
decimal: ','
columns:
  id: { template: '{line}/{account}' }
  kind: { from: [type, account], values: { plan: recurring, install: tax } }
  customer_id: account
  amount: { from: cents, decimal: '.' }
  currency: { fixed: COP }
  product: { from: cents, json: /currency/0 }
  bill_at: { template: '{issue_date}', dates: year_first }
others: ignore
rows: { only: { type: [plan, install] }, without: { line: '' }, of_one_id: sum }
""",
)
MAPPED = b"""line,account,subscription,type,cents,issue_date,description
X-1,C-1,K-1,plan,11186000,2026-03-09T06:00:00,
X-2,C-1,K-1,install,-7990000,2026-03-09T00:00:00Z,COP
X-2,C-1,K-1,install,-7990000,2026-03-09T00:00:00Z,NULL
"""
"""The file that maps are tried on."""
MAP_WORDS = (
    *("entity", "columns", "zone", "delimiter", "empty", "repeated", "ignore", "as_of", "starts", "before", "steps"),
    *("from", "fixed", "template", "values", "default", "unit", "places", "local_time", "midnight", "minor", "major"),
    *("entities", "others", "rows", "only", "without", "of_one_id", "sum", "dates", "decimal", "json", "pseudonym"),
    *("day_first", "month_first", "year_first", "seconds", "milliseconds", "/currency/0", "true", "[type, line]"),
    *("charge", "order", "customer", "site", "promise", "id", "kind", "amount", "currency", "bill_at", "customer_id"),
    *("line", "account", "cents", "issue_date", "{line}", "{line:.3}", "recurring", "last", "first", "agree", "date"),
)
IMPORTS = (
    "customer\nid,name,locale,timezone,country,phone,email\n"
    "C-1,Ana Ruiz,es-CO,America/Bogota,CO,310 555 0101,ana@example.com\n"
    'C-2,"Ortega, Luis",es,,CO,+573105550102,\nC-3,Zoë,en-US,America/New_York,US,(212) 555-0123,zoe@exämple.com\n',
    "charge\nid,customer_id,contract_id,kind,proration,amount,currency,bill_at,billed\n"
    "X-1,C-1,K-1,recurring,false,79900,COP,2026-03-09T06:00:00-05:00,no\n"
    "X-2,C-1,K-1,tax,0,19.50,USD,2026-03-09T00:00:00Z,yes\nX-2,C-1,K-1,tax,0,19.50,USD,2026-03-09T00:00:00Z,yes\n",
    "appointment\nid,customer_id,kind,status,starts_at,ends_at,party_size,attributes.technician\n"
    "A-1,C-1,installation,confirmed,2026-03-05T10:00:00-05:00,2026-03-05T12:00:00-05:00,2,Luz\n"
    "A-2,C-2,repair,completed,2026-03-05T10:00:00Z,,,\n",
    "site\nid,name,country,subdivision,timezone,opening_hours,daily_capacity\n"
    "S-1,Norte,CO,,America/Bogota,Mo-Sa 08:00-20:00; PH off,40\nS-2,Sur,US,CA,America/Los_Angeles,24/7,\n",
    "promise\nid,customer_id,subject,topic,value,currency,made_at,made_by,source,evidence\n"
    'P-1,C-1,contract:K-1,monthly_price,79900,COP,2026-03-02T11:20:00-05:00,agent 4471,sales,"call 8841\n03:10"\n',
    "consent\ncustomer_id,channel,class,allowed,at\nC-1,sms,marketing,true,2026-03-02T11:20:00Z\n",
    'customer\n{"id": "C-1", "name": "Ana", "phone": "+573105550101"}\n{"id": "C-2", "name": "Luis", "email": null}\n',
    'order\n{"id": "O-1", "customer_id": "C-1", "status": "initialized", "placed_at": "2026-03-02T11:20:00Z", '
    '"total": 79.90, "currency": "USD"}\n',
    'events\n{"at": "2026-03-02T12:00:00-05:00", "set": {"contract": [{"id": "K-1", "customer_id": "C-1", '
    '"plan": "Fibra 400", "status": "active"}]}, "delete": {"order": ["O-1"]}}\n'
    '{"at": "2026-03-02T15:00:00-05:00", "set": {"customer": [{"id": "C-9", "name": "Eva"}]}}\n',
)
"""The first line of each says what is imported."""
IMPORT_WORDS = (
    *("id", "customer_id", "name", "phone", "email", "status", "amount", "currency", "starts_at", "value", "topic"),
    *("customer", "charge", "appointment", "site", "promise", "consent", "order", "events", "contract:K-1", "C-1"),
    *("COP", "+573105550101", "ana@example.com", "es-CO", "America/Bogota", "Mo-Sa 08:00-20:00", "#N/A", '="007"'),
    *('"', '""', '{"', '"}', '": ', "[", "]}", "\\u0000", "\\ud800", "\t", "N/A", "NULL", "attributes.technician"),
)
