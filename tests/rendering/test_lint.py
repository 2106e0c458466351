"""`check_templates`: every reason why a template could not be sent is found before a customer waits for it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from notifier.model.notices import Claims
from notifier.model.problems import Problem
from notifier.model.schema import Field
from notifier.model.types import ChannelName, ValueType
from notifier.rendering.lint import check_templates
from notifier.rendering.settings import RenderSettings
from notifier.rules.expressions import Column, RowName
from tests.rendering.support import BILL, BOTH, CLAIMS, SETTINGS, boolean, project, rule, text

OUT = "{{ exit.address }} {{ reference }}"


def problems(
    changes: Mapping[str, str] | Mapping[str, None] | None = None,
    *,
    claims: Claims = CLAIMS,
    channels: Sequence[ChannelName] = BOTH,
    settings: RenderSettings = SETTINGS,
) -> list[str]:
    files = {name: source for name, source in {**BILL, **(changes or {})}.items() if source is not None}
    found = check_templates(project(files, [rule(claims=claims, channels=channels)]), settings)
    assert all(isinstance(problem, Problem) for problem in found)
    return [str(problem) for problem in found]


def test_good_templates_have_no_problems() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        (
            "sms.es.txt",
            "{{ amount }} el\n{{ at | dat }}",
            "sms.es.txt.j2:2:1: there is no filter 'dat'; did you mean 'date'?",
        ),
        ("sms.es.txt", "{{ amount }}\n{% if at %}", "sms.es.txt.j2:2:1: Unexpected end of template."),
        (
            "email.es.txt",
            "{{ amount }} {{ at | date }}\n{% if correction %}{{ amuont }}{% endif %}" + OUT,
            "email.es.txt.j2:2:1: 'amuont' is neither a claim nor a name that templates have; did you mean 'amount'?",
        ),
        (
            "email.es.txt",
            "{{ amount }} {{ at | date }} {{ customer.nmae }}" + OUT,
            "email.es.txt.j2:1:1: 'customer' has no 'nmae'; did you mean 'name'?",
        ),
        (
            "sms.en.txt",
            "{{ amount }} {{ at | date }}\n{% if correction %}in 24 hours{% endif %} " + OUT,
            "sms.en.txt.j2:2:1: 'in 24 hours' has a digit of its own; make the figure a claim of the rule",
        ),
        ("sms.es.txt", "{{ amount }} " + OUT, "sms.es.txt.j2:1:1: it does not print the claim 'at'"),
        ("sms.es.txt", "{{ amount }} {{ at | date }} {{ reference }}", "sms.es.txt.j2:1:1: it does not print {{ exit"),
        (
            "sms.es.txt",
            "{{ amount }} {{ at | date }} {{ exit.address }}",
            "sms.es.txt.j2:1:1: it does not print {{ ref",
        ),
        (
            "sms.es.txt",
            "{{ amount }} {{ at | datetime }} " + OUT,
            "email.es.txt.j2:1:1: it does not print the time of 'at', which templates/bill/sms.es.txt.j2 does",
        ),
        ("email.es.subject", "Su factura\nes esta", "email.es.subject.j2:1:1: the subject has a line break"),
        ("email.es.subject", "Su factura 2026", "email.es.subject.j2:1:1: 'Su factura 2026' has a digit of its own"),
        (
            "sms.es.txt",
            "{{ amount }} {{ at | date }} {{ 'x' * 99 }} " + OUT,
            "sms.es.txt.j2:1:1: templates do not compute, but this one uses '*'",
        ),
        ("email.es.html", "<h1>24 h</h1>{{ amount }}{{ at | date }}" + OUT, "email.es.html.j2:1:1: it prints a figure"),
        ("email.es.html", "{{ amount }}" + OUT, "email.es.html.j2:1:1: it does not print the claim 'at'"),
        (
            "sms.es.txt",
            "{{ amount | date }} {{ at | date }} " + OUT,
            "sms.es.txt.j2:1:1: 'amount' is a money; the filter",
        ),
    ],
)
def test_a_bad_template_is_one_problem_with_file_and_line(file: str, source: str, expected: str) -> None:
    (found,) = problems({f"bill/{file}.j2": source})
    assert found.startswith("templates/bill/")
    assert expected in found


def test_all_problems_are_reported_at_once() -> None:
    found = problems({"bill/sms.es.txt.j2": "{{ ammount }}\n{{ aat }}", "bill/sms.en.txt.j2": "{{ amount | moni }}"})
    assert [problem.split(": ")[0] for problem in found] == [
        "templates/bill/sms.en.txt.j2:1:1",
        "templates/bill/sms.es.txt.j2:1:1",
        "templates/bill/sms.es.txt.j2:2:1",
    ]


def test_a_missing_file_is_named() -> None:
    assert problems({"bill/email.en.subject.j2": None}) == [
        "templates/bill:1:1: email.en.subject.j2 is missing: the rule 'bill-is-ready' speaks by email"
    ]
    assert problems({"bill/sms.en.txt.j2": None}) == [
        "templates/bill:1:1: sms.en.txt.j2 is missing: the rule 'bill-is-ready' speaks by sms"
    ]
    nothing = dict.fromkeys(BILL)
    assert problems(nothing) == [
        "templates/bill:1:1: the rule 'bill-is-ready' needs it, and it has no files; start with sms.es.txt.j2"
    ]


def test_a_regional_file_needs_no_companion_where_the_language_has_one() -> None:
    assert problems({"bill/sms.es-CO.txt.j2": BILL["bill/sms.es.txt.j2"]}) == []


def test_a_rule_without_a_text_in_the_default_locale_is_an_error_that_names_the_files() -> None:
    assert problems(settings=RenderSettings(default_locale="pt-BR")) == [
        "templates/bill:1:1: there is no text in 'pt-BR', the default locale: customers without a language of their "
        "own, or with another one than en, es, cannot be told; write sms.pt.txt.j2, email.pt.subject.j2, "
        "email.pt.txt.j2, "
        "or set NOTIFIER_DEFAULT_LOCALE"
    ]
    assert problems(settings=RenderSettings(default_locale="es-CL")) == []


def test_everything_that_one_text_lacks_is_said_at_once_and_of_the_other_texts_too() -> None:
    assert problems({"bill/sms.es.txt.j2": "Su factura", "bill/email.es.txt.j2": "{{ amount }} {{ reference }}"}) == [
        "templates/bill/email.es.txt.j2:1:1: it does not print the claim 'at'",
        "templates/bill/email.es.txt.j2:1:1: it does not print {{ exit.address }}",
        "templates/bill/sms.es.txt.j2:1:1: it does not print the claim 'amount'",
        "templates/bill/sms.es.txt.j2:1:1: it does not print the claim 'at'",
        "templates/bill/sms.es.txt.j2:1:1: it does not print {{ exit.address }}",
        "templates/bill/sms.es.txt.j2:1:1: it does not print {{ reference }}",
    ]


def test_a_text_that_is_right_is_tried_where_the_other_channel_cannot_be_read() -> None:
    found = problems({"bill/sms.es.txt.j2": "{{ amuont }}", "bill/email.es.txt.j2": "{{ amount }} " + OUT})
    assert [problem.split(": ")[0] for problem in found] == [
        "templates/bill/email.es.txt.j2:1:1",
        "templates/bill/sms.es.txt.j2:1:1",
    ]


def test_a_text_too_long_for_an_sms_is_named_with_its_file() -> None:
    (found,) = problems({"bill/sms.es.txt.j2": "x" * 1601 + " {{ amount }} {{ at | date }} " + OUT})
    assert found.startswith("templates/bill/sms.es.txt.j2:1:1: the SMS has 1,6")


def test_a_file_that_nothing_reads_is_a_warning() -> None:
    found = problems({"bill/sms_es.txt.j2": "x", "bil/sms.es.txt.j2": "x", "bill/sms.es.subject.j2": "x"})
    assert [problem.split(";")[0] for problem in found] == [
        "templates/bil/sms.es.txt.j2:1:1: warning: no rule uses the template 'bil'",
        "templates/bill/sms.es.subject.j2:1:1: warning: no template is named like this",
        "templates/bill/sms_es.txt.j2:1:1: warning: no template is named like this",
    ]


def test_follow_ups_are_tried_too() -> None:
    files = {**BILL, **{name.replace("bill/", "paid/"): "Pagada " + OUT for name in BILL}}
    found = check_templates(project(files, [rule(follow_ups=["paid"])]), SETTINGS)
    assert {problem.place.file for problem in found} == {
        f"templates/paid/{channel}.{locale}.txt.j2" for channel in ("sms", "email") for locale in ("es", "en")
    }
    assert {problem.what for problem in found} == {f"it does not print the claim '{name}'" for name in ("amount", "at")}


def test_one_accent_that_costs_segments_is_a_warning_with_its_price() -> None:
    long = "x" * 98
    (found,) = problems({"bill/sms.es.txt.j2": f"{long}\n¿Fácil? {{{{ amount }}}} {{{{ at | date }}}} {OUT}"})
    assert found == (
        "templates/bill/sms.es.txt.j2:2:3: warning: 'á' in an SMS: it takes 3 segments instead of 1, 100 USD more "
        "for each 1,000 messages; write 'a' for 'á' [sms_segments]"
    )


def test_an_accent_that_costs_nothing_is_no_problem() -> None:
    assert problems({"bill/sms.es.txt.j2": f"á {{{{ amount }}}} {{{{ at | date }}}} {OUT}"}) == []


def test_a_claim_that_a_branch_forgets_is_found() -> None:
    source = "{% if kind == 'closed' %}cerrado{% else %}{{ at | date }}{% endif %} {{ amount }} " + OUT
    found = problems(
        {"bill/sms.es.txt.j2": source}, claims={**CLAIMS, "kind": text("open")}, channels=[ChannelName.SMS]
    )
    assert "templates/bill/sms.es.txt.j2:1:1: it does not print the claim 'at'" in found


def test_a_claim_that_is_looked_at_but_changes_nothing_is_found() -> None:
    source = "{% if late %}{% endif %}{{ at | date }} {{ amount }} " + OUT
    found = problems(
        {"bill/sms.es.txt.j2": source, "bill/sms.en.txt.j2": source},
        claims={**CLAIMS, "late": boolean(True)},
        channels=[ChannelName.SMS],
    )
    assert found == [
        f"templates/bill/sms.{locale}.txt.j2:1:1: it reads the same whatever 'late' is; print it with {{{{ late }}}}"
        for locale in ("en", "es")
    ]


def test_a_text_that_branches_on_a_claim_need_not_print_it() -> None:
    source = "{% if kind == 'closed' %}cerrado{% else %}abierto{% endif %} {{ at | date }} {{ amount }} " + OUT
    files = {"bill/sms.es.txt.j2": source, "bill/sms.en.txt.j2": source}
    claims = {**CLAIMS, "kind": text("open")}
    assert problems(files, claims=claims, channels=[ChannelName.SMS]) == []


def test_a_column_that_may_be_null_asks_for_a_guard() -> None:
    column = Column(
        type=ValueType.STRING,
        row=RowName(type=ValueType.ENTITY, entity="charge", name="charge"),
        field=Field(name="product", type=ValueType.STRING, nullable=True),
    )
    claims = {**CLAIMS, "product": text("x")}
    said = "{{ product }} {{ amount }} {{ at | date }} " + OUT
    guarded = "{% if product %}{{ product }}{% endif %} {{ amount }} {{ at | date }} " + OUT
    files = {name: said if ".txt." in name else source for name, source in BILL.items()}
    speaking = rule(claims=claims, channels=[ChannelName.SMS], expressions={"product": column})
    found = [str(problem) for problem in check_templates(project(files, [speaking]), SETTINGS)]
    assert found == [
        "templates/bill/sms.en.txt.j2:1:1: warning: 'product' may have no value, and such a notice is not sent: "
        "it prints a claim that has no value; guard it with {% if … %}; so it is in sms.es.txt.j2"
    ]
    files = {name: guarded if ".txt." in name else source for name, source in BILL.items()}
    assert check_templates(project(files, [speaking]), SETTINGS) == []


def test_a_correction_that_fails_is_found() -> None:
    source = "{% if correction %}{{ previous.at | money }}{% endif %}{{ amount }} {{ at | date }} " + OUT
    (found,) = problems({"bill/sms.es.txt.j2": source}, channels=[ChannelName.SMS])
    assert "'previous.at' is a timestamp; the filter 'money' is not for it" in found


def test_words_that_call_changed_what_did_not_change_are_a_warning() -> None:
    """It is no longer 10:00: we come at 10:00."""
    source = "{% if correction %}\nya no {{ previous.at | date }}, {% endif %}{{ amount }} {{ at | date }} " + OUT
    (found,) = problems({"bill/sms.es.txt.j2": source}, channels=[ChannelName.SMS])
    assert found == (
        "templates/bill/sms.es.txt.j2:2:1: warning: it prints 'previous.at' also where 'at' did not change; a built-in "
        "sentence then takes the place of its words; guard it with {% if 'at' in changed %}"
    )
    guarded = "{% if 'at' in changed %}ya no {{ previous.at | date }}, {% endif %}{{ amount }} {{ at | date }} " + OUT
    assert problems({"bill/sms.es.txt.j2": guarded}, channels=[ChannelName.SMS]) == []


def test_a_claim_that_a_correction_cannot_name_asks_for_a_label() -> None:
    unnamed = [str(problem) for problem in check_templates(project(BILL, [rule(labels={})]), SETTINGS)]
    (one,) = unnamed
    assert one.startswith("rules/bill.yaml:3:5: warning: a correction would call it 'at' in 'en'; give it a label")
    assert one.endswith("label: { en: … } }; so it is in 'es'")
    named = "{% if 'at' in changed %}ya no {{ previous.at | date }}, {% endif %}"
    own = {name: named + source if ".txt." in name else source for name, source in BILL.items()}
    assert check_templates(project(own, [rule(labels={})]), SETTINGS) == []
    assert check_templates(project(BILL, [rule(labels={}, on_change="ignore")]), SETTINGS) == []


def test_a_follow_up_that_lacks_a_language_of_the_first_text_is_an_error() -> None:
    paid = {
        name.replace("bill/", "paid/"): f"Pagada {{{{ amount }}}} {{{{ at | date }}}} {OUT}"
        if ".txt." in name
        else "Pagada"
        for name in BILL
    }
    speaking = rule(follow_ups=["paid"])
    assert check_templates(project({**BILL, **paid}, [speaking]), SETTINGS) == []
    spanish = {name: source for name, source in paid.items() if ".en." not in name}
    assert [str(problem) for problem in check_templates(project({**BILL, **spanish}, [speaking]), SETTINGS)] == [
        "templates/paid:1:1: sms.en.txt.j2 is missing: 'bill' speaks 'en', and whoever was told in a language is told "
        "in it what follows"
    ]
    regional = {**spanish, "bill/sms.es-CO.txt.j2": BILL["bill/sms.es.txt.j2"]}
    both = {**BILL, **regional, **{name: source for name, source in paid.items() if ".en." in name}}
    assert check_templates(project(both, [speaking]), SETTINGS) == []


def test_a_follow_up_is_tried_with_what_was_told_and_is_no_longer_so() -> None:
    column = Column(
        type=ValueType.STRING,
        row=RowName(type=ValueType.ENTITY, entity="charge", name="charge"),
        field=Field(name="product", type=ValueType.STRING, nullable=True),
    )
    claims = {**CLAIMS, "product": text("x")}
    said = "{% if product %}{{ product }}{% endif %} {{ amount }} {{ at | date }} " + OUT
    now = "{{ current.product }} {% if product %}{{ product }}{% endif %} {{ amount }} {{ at | date }} " + OUT
    guarded = now.replace("{{ current.product }}", "{% if current.product %}{{ current.product }}{% endif %}")

    def found(follow_up: str) -> set[str]:
        texts = {f"{name}/sms.{language}.txt.j2": said for name in ("bill", "paid") for language in ("es", "en")}
        texts["paid/sms.es.txt.j2"] = follow_up
        speaking = rule(claims=claims, channels=[ChannelName.SMS], expressions={"product": column}, follow_ups=["paid"])
        return {str(problem) for problem in check_templates(project(texts, [speaking]), SETTINGS)}

    assert found(now) == {
        "templates/paid/sms.es.txt.j2:1:1: warning: 'current.product' may have no value, and such a notice is not "
        "sent: it prints a claim that has no value; guard it with {% if … %}"
    }
    assert found(guarded) == set()
    assert found(said.replace("{{ amount }}", "{{ current.amount }}")) == set()


def test_a_claim_named_like_a_name_of_templates_is_refused() -> None:
    found = problems(claims={**CLAIMS, "owner": text("x")})
    assert "rules/bill.yaml:3:5: templates have a 'owner' of their own; give the claim another name" in found


def test_prices_of_segments_are_told_only_where_they_are_known() -> None:
    settings = RenderSettings(default_locale="es", sms_price=Decimal("0.05"))
    file = {"bill/sms.es.txt.j2": f"{'x' * 120} á {{{{ amount }}}} {{{{ at | date }}}} {OUT}"}
    assert "50 USD more for each 1,000 messages" in problems(file, settings=settings)[0]
    assert "USD" not in problems(file, settings=RenderSettings(default_locale="es"))[0]
