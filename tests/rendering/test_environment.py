"""Templates print claims and branch on them; whatever else they try ends quickly, in a sentence with file and line."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from babel import Locale

from notifier.model.notices import ClaimValue
from notifier.model.types import TopicType
from notifier.rendering.context import WORDS, Names, Voice, printable
from notifier.rendering.environment import MAX_CHARACTERS, TemplateEnvironment, render
from notifier.rendering.errors import RenderingError
from notifier.rendering.words import SPANISH

CLAIMS = {
    "amount": ClaimValue(type=TopicType.MONEY, value=Decimal(79900), currency="COP"),
    "starts_at": ClaimValue(type=TopicType.TIMESTAMP, value=datetime(2026, 3, 5, 15, tzinfo=UTC)),
    "guests": ClaimValue(type=TopicType.NUMBER, value=Decimal(4)),
    "place": ClaimValue(type=TopicType.TEXT, value="Calle Décima"),
    "note": ClaimValue(type=TopicType.TEXT, value=None),
    "cancelled": ClaimValue(type=TopicType.BOOL, value=False),
    "phone": ClaimValue(type=TopicType.TEXT, value="+576017945501"),
    "hours": ClaimValue(type=TopicType.TEXT, value="Mo-Sa 08:00-20:00"),
}


def printed(source: str, others: dict[str, str] | None = None, name: str = "n/sms.es.txt.j2") -> str:
    voice = Voice(locale=Locale("es", "CO"), zone="America/Bogota")
    environment = TemplateEnvironment({name: source, **(others or {})})
    names = {
        **printable(CLAIMS, voice),
        "customer": Names("customer", {"name": "Ana Ruiz", "first_name": "Ana"}),
        "reference": "K7QX",
        "correction": False,
        "previous": Names("previous", {}),
        WORDS: SPANISH,
    }
    return render(environment.compiled(name), names)


def refusal(source: str, others: dict[str, str] | None = None) -> str:
    with pytest.raises(RenderingError) as caught:
        printed(source, others)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ amount }}", "$79.900"),
        ("{{ amount | money }} {{ starts_at | date }}", "$79.900 5 de marzo de 2026"),
        ("{{ starts_at | time }}", "10:00 a. m."),
        ("{{ starts_at | time(24) }}", "10:00"),
        ("{{ starts_at | time(12) }}", "10:00 a. m."),
        ("{{ starts_at }}", "5 de marzo de 2026, 10:00 a. m."),
        ("{{ phone | phone }}", "+57 601 7945501"),
        ("{{ '+576017945501' | phone }}", "+57 601 7945501"),
        ("{{ hours | opening_hours }}", "lunes a sábado de 08:00 a 20:00"),
        ("{{ starts_at | date('weekday') }}", "jueves, 5 de marzo"),
        ("{% if guests == 1 %}one{% elif guests > 3 %}many{% else %}few{% endif %}", "many"),
        ("{% if guests >= 4 and guests <= 4 and not guests < 4 %}four{% endif %}", "four"),
        ("{% if note %}{{ note }}{% else %}nothing{% endif %}", "nothing"),
        ("{% if note is none %}nothing{% endif %}", "nothing"),
        ("{% if cancelled %}off{% else %}on{% endif %}", "on"),
        ("{% set where = place %}{{ where | upper }}", "CALLE DÉCIMA"),
        ("{{ place | lower | capitalize }}", "Calle décima"),
        ("{% for i in range(3) %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}", "1,2,3"),
        ("{{ customer.first_name }}, {{ reference }}", "Ana, K7QX"),
        ("a\n{% if cancelled %}\nno\n{% endif %}\nb", "a\nb"),
        ("a {% if not cancelled %}on{% endif %}\nb", "a on\nb"),
        ("{# why #}\nb {# what #}\nc", "b \nc"),
    ],
)
def test_a_template_prints_claims_and_branches_on_them(source: str, expected: str) -> None:
    assert printed(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\n{{ 'a' * 1000000000 }}", "2: templates do not compute, but this one uses '*'"),
        ("{{ 10 ** 10 ** 10 }}", "1: templates do not compute, but this one uses '**'"),
        ("{{ '%1000000000s' % 'a' }}", "1: templates do not compute, but this one uses '%'"),
        ("{{ amount + amount }}", "1: templates do not compute, but this one uses '+'"),
        ("{{ place ~ place }}", "1: templates do not compute, but this one uses '~'"),
        ("{% for i in range(1000000000) %}x{% endfor %}", "1: range over more than 1,000 numbers"),
        (
            "{% for i in range(900) %}\n{% for j in range(900) %}{% endfor %}{% endfor %}",
            "2: its loops take more than 1,000 rounds",
        ),
        ("{% for i in [1,2,3,4,5,6] %}" * 8 + "{% endfor %}" * 8, "1: its loops take more than 1,000 rounds"),
        (f"{{% for i in range(900) %}}{'x' * 100}{{% endfor %}}", "1: it prints more than 64,000 characters"),
        ("{{ 'a'.center(1000000000) }}", "1: templates call nothing but range"),
        ("{{ place.value }}", "1: 'value' must not be read"),
        ("\n\n{{ customer.phone }}", "3: 'customer' has no 'phone'"),
        ("{{ customer.__class__ }}", "1: '__class__' must not be read"),
        ("{{ ''.__class__.__mro__ }}", "1: '__class__' must not be read"),
        ("{{ amount.claim }}", "1: 'claim' must not be read"),
        ("{{ customer['name'] }}", "1: 'getitem' is not part of the template language"),
        ("{{ place[0:1] }}", "is not part of the template language"),
        ("{{ lipsum() }}", "1: templates call nothing but range"),
        ("{% macro m() %}{% endmacro %}", "1: 'macro' is not part of the template language"),
        ("{% set n = namespace() %}", "1: templates call nothing but range"),
        ("{% autoescape false %}{{ place }}{% endautoescape %}", "is not part of the template language"),
        ("{{ place | safe }}", "1: there is no filter 'safe'"),
        ("{{ starts_at | time(13) }}", "1: '13' is no style of time; use one of long, 12, 24"),
        ("{{ amount | opening_hours }}", "1: 'amount' is a money; the filter 'text' is not for it"),
        ("{{ amount | monye }}", "1: there is no filter 'monye'; did you mean 'money'?"),
        ("{% if place is mapping %}{% endif %}", "1: there is no test 'mapping'"),
        ("{% include reference %}", "1: a template is included by its plain name"),
        ("{% include '../secret.txt' %}", "there is no template '../secret.txt'"),
        ("\n{{ ammount }}", "2: 'ammount' is undefined"),
        ("\n{{ note }}", "2: it prints a claim that has no value; guard it with {% if … %}"),
        ("{{ note | date }}", "1: 'date' got a claim that has no value"),
        ("{{ previous.amount }}", "1: only a correction has 'previous'"),
        ("{{ amount | date }}", "1: 'amount' is a money; the filter 'date' is not for it (money)"),
        ("{{ starts_at | date('ISO') }}", "1: 'ISO' is no style of date; use one of long, full, weekday, short"),
        ("{{ starts_at | date('long', 'es') }}", "1: "),
        ("{{ cancelled }}", "1: 'cancelled' is a bool; the filter 'bool' is not for it"),
        ("{{ customer }}", "1: it prints what has no printed form"),
        ("{{ reference | money }}", "1: 'money' formats claims only"),
        ("{% if guests > 'a' %}{% endif %}", "1: "),
        ("\n{% if %}", "2: Expected an expression"),
        ("{% for i in amount %}{% endfor %}", "1: "),
        ("x\n{{ amount", "2: "),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "1: it is nested too deeply"),
        ("x" * (MAX_CHARACTERS + 1), "1: the template is longer than 64,000 characters"),
    ],
)
def test_anything_else_is_refused_with_file_and_line(source: str, expected: str) -> None:
    message = refusal(source)
    assert message.startswith("templates/n/sms.es.txt.j2:")
    assert expected in message


def test_an_included_file_is_named_where_it_fails() -> None:
    assert printed("{% include 'shared.j2' %}!", {"shared.j2": "Hola"}) == "Hola!"
    assert refusal("{% include 'shared.j2' %}", {"shared.j2": "\n{{ nobody }}"}).startswith("templates/shared.j2:2: ")
    assert refusal("{% include 'shared.j2' %}", {"shared.j2": "{{ 2 ** 9 }}"}).startswith("templates/shared.j2:1: ")


def test_a_template_that_includes_itself_ends() -> None:
    assert "includes itself" in refusal("{% include 'n/sms.es.txt.j2' %}")


def test_inclusions_count_as_rounds() -> None:
    files = {f"f{i}.j2": f"{{% include 'f{i + 1}.j2' %}}" * 4 for i in range(20)} | {"f20.j2": ""}
    assert "more than 1,000 rounds" in refusal("{% include 'f0.j2' %}", files)


def test_html_is_escaped_and_text_is_not() -> None:
    claims = "{{ place }} & {{ customer.name }}"
    assert printed(claims) == "Calle Décima & Ana Ruiz"
    assert printed("{{ '<b>' }}", name="n/email.es.html.j2") == "&lt;b&gt;"
    assert printed("{{ '<b>' }}") == "<b>"
