"""Rules that nothing can make speak, and two rules that say the same at once, are found by reading; hushed by name."""

from pathlib import Path

import pytest

from notifier.model.problems import Place, Problem
from notifier.rules.hushing import without_hushed
from notifier.rules.loader import load_project
from notifier.rules.never_true import never_true
from notifier.rules.same_fact import same_facts
from tests.rules.projects import write

RULE = """\
rules:
  - rule: {name}
    about: {about}
    owner: field
    class: service
    when: {when}
    template: reminder
    exit: desk
"""


def rule(when: str, *more: str, name: str = "one", about: str = "order") -> str:
    lines = "".join(f"    {line}\n" for line in more)
    return RULE.format(name=name, about=about, when=when) + lines


def found(folder: Path, *rules: str) -> list[str]:
    for number, text in enumerate(rules):
        write(folder, f"rules/rule{number}.yaml", text)
    project = load_project(folder)
    assert [str(problem) for problem in project.problems] == []
    return [problem.what for problem in (*never_true(project), *same_facts(project))]


@pytest.mark.parametrize(
    ("when", "one", "other"),
    [
        ("[order.status == 'held', order.status == 'shipped']", "order.status == 'held'", "order.status == 'shipped'"),
        ("[\"order.status in ['held', 'shipped']\", order.status == 'failed']", "order.status in", "== 'failed'"),
        ("[order.total < 3, order.total > 5]", "order.total > 5", "order.total < 3"),
        ("[order.total <= 3, order.total > 3]", "order.total > 3", "order.total <= 3"),
        ("[order.total == 2, order.total >= 3]", "order.total == 2", "order.total >= 3"),
        ("[order.total != 2, order.total == 2]", "order.total != 2", "order.total == 2"),
        ("[order.placed_at > now - 3d, order.placed_at < now - 5d]", "now - 3d", "now - 5d"),
        ("[order.completed_at == null, order.completed_at < now]", "order.completed_at == null", "< now"),
        ("[order.completed_at != null, order.completed_at == null]", "!= null", "== null"),
        ("order.status == 'held' and (order.status == 'failed' or order.status == 'shipped')", "'held'", "'failed'"),
        ("[order.total > 2, not (order.total > 1)]", "order.total > 2", "not (order.total > 1)"),
        ("not (order.total > 1 or order.total <= 1) and order.total == 1", "order.total", "order.total"),
    ],
)
def test_two_clauses_that_exclude_each_other_are_named(folder: Path, when: str, one: str, other: str) -> None:
    (what,) = found(folder, rule(when))
    assert what.startswith("'one' never speaks: ")
    assert one in what
    assert other in what
    assert what.endswith("never hold together; change one of them, or join them with or")


@pytest.mark.parametrize(
    "when",
    [
        "[order.status == 'held', order.total > 5]",
        "order.status == 'held' or order.status == 'shipped'",
        "[order.total < 5, order.total > 3]",
        "[order.total >= 3, order.total <= 3]",
        "[order.placed_at > now - 5d, order.placed_at < now - 3d]",
        "[order.completed_at == null, order.total > 1]",
        "not (order.total > 1 and order.total < 1)",
        "[order.status != 'held', order.status != 'shipped']",
        "order.status == 'held' and (order.total < 1 or order.status == 'shipped')",
    ],
)
def test_clauses_that_can_hold_together_are_not_warned_of(folder: Path, when: str) -> None:
    assert found(folder, rule(when)) == []


def test_every_word_of_a_column_excluded_is_never_true(folder: Path) -> None:
    statuses = ("acknowledged", "in_progress", "held", "shipped", "completed", "cancelled", "failed")
    assert found(folder, rule(f"[{', '.join(f'order.status != {each!r}' for each in statuses)}]"))
    assert found(folder, rule(f"[{', '.join(f'order.status != {each!r}' for each in statuses[:-1])}]")) == []


def test_what_unless_excludes_counts_as_well(folder: Path) -> None:
    assert found(folder, rule("order.status == 'held'", "unless: \"order.status in ['held', 'failed']\""))
    assert found(folder, rule("order.status == 'held'", "unless: order.status == 'failed'")) == []


@pytest.mark.parametrize(
    ("moment", "warned"),
    [
        ("at: 2d before order.promised_at", True),
        ("at: 2d after order.promised_at", False),
        ("at: 0h before order.promised_at at 09:00\n    until: 24h after order.promised_at", False),
    ],
)
def test_a_moment_that_lies_where_its_condition_is_false_is_named(folder: Path, moment: str, warned: bool) -> None:
    """Before its anchor the anchor is not over."""
    what = found(folder, rule("order.promised_at < now", moment, "born_late: tell"))
    assert bool(what) == warned
    if what:
        assert "never speaks at '2d before order.promised_at'" in what[0]


def test_a_part_over_many_rows_that_none_fulfils_is_named(folder: Path) -> None:
    inner = "site.orders.exists(o, o.status == 'held' and o.status == 'failed')"
    (what,) = found(folder, rule(inner, "to: site.customers", about="site"))
    assert what.startswith("no row fulfils 'o.status == 'held' and o.status == 'failed'': ")


def test_a_check_whose_facts_exclude_each_other_is_named(folder: Path) -> None:
    text = "checks:\n  - check: c\n    promise: monthly_price\n    against: charge\n    on: charge.contract\n"
    text += "    when: [charge.billed, not charge.billed]\n    actual: charge.amount\n    owner: billing\n"
    assert found(folder, text)[0].startswith("'c' never finds a fact: 'charge.billed' and 'not charge.billed' never")


SHARED = "claims: { promised_at: order.promised_at }"


def pair(folder: Path, one: str, other: str) -> list[str]:
    return found(folder, one, other)


def test_two_rules_that_tell_one_fact_at_once_are_named_at_the_second(folder: Path) -> None:
    (what,) = pair(folder, rule("order.status == 'held'", SHARED), rule("order.total > 5", SHARED, name="two"))
    assert what == (
        "'two' tells the same customer the same fact of the same order as 'one' (rules/rule0.yaml:2:5), and both may "
        "speak at once: 'order.promised_at'; let one of them say it, or part them by 'when' or by their moments"
    )


@pytest.mark.parametrize(
    "other",
    [
        rule("order.status == 'shipped'", SHARED, name="two"),
        rule("order.total > 5", "claims: { total: order.total, order_number: order.id }", name="two"),
        rule("order.total > 5", SHARED, "channels: email", name="two"),
        rule("order.total > 5", SHARED, "to: order.contract.customer", name="two"),
    ],
)
def test_rules_that_never_meet_or_say_something_else_are_not_named(folder: Path, other: str) -> None:
    one = rule("order.status == 'held'", "claims: { promised_at: order.promised_at, order_number: order.id }")
    assert pair(folder, one + "    channels: sms\n", other) == []


@pytest.mark.parametrize(("until", "warned"), [("24h", False), ("25h", True)])
def test_rules_whose_windows_do_not_touch_are_not_named(folder: Path, until: str, warned: bool) -> None:
    window = (f"at: 0h after order.promised_at\n    until: {until} after order.promised_at", SHARED)
    later = ("at: 24h after order.promised_at", SHARED)
    held = "order.status == 'held'"
    assert bool(pair(folder, rule(held, *window), rule(held, *later, name="two"))) == warned


HUSH = "hush: { never_true: it waits for the new billing }"


def test_a_hushed_warning_is_not_shown_and_an_idle_hush_is(folder: Path) -> None:
    never = "[order.total < 3, order.total > 5]"
    write(folder, "rules/rule0.yaml", rule(never, HUSH))
    project = load_project(folder)
    assert without_hushed(project, never_true(project)) == []
    assert [str(each) for each in without_hushed(project, [])] == [
        "rules/rule0.yaml:2:5: warning: 'hush' names never_true, and there is no such warning about 'one'; remove it"
    ]
    other = Problem(Place("rules/good.yaml", 3), "no warning of this rule", "warning", code="never_true")
    assert other in without_hushed(project, [other])
    uncoded = Problem(Place("rules/rule0.yaml", 3), "a warning that a key ends", "warning")
    assert uncoded in without_hushed(project, [uncoded])


def test_a_warning_about_a_text_is_hushed_by_all_rules_that_use_it(folder: Path) -> None:
    write(folder, "rules/rule0.yaml", rule("order.total > 5", "hush: { apology: the words are a judge's }"))
    project = load_project(folder)
    shared = Problem(Place("templates/reminder/sms.es.txt.j2"), "it apologises", "warning", code="apology")
    assert shared in without_hushed(project, [shared])  # the rule `good` uses it, too
    good = (folder / "rules/good.yaml").read_text(encoding="utf-8")
    hushed = good.replace("    born_late", "    hush: { apology: as there }\n    born_late")
    write(folder, "rules/good.yaml", hushed)
    assert without_hushed(load_project(folder), [shared]) == []


@pytest.mark.parametrize(
    ("hush", "what"),
    [
        ("hush: { never_treu: x }", "unknown key 'never_treu' in a hush; did you mean 'never_true'?"),
        ("hush: { never_true: '' }", "'never_true' is empty; give a text, or remove the key"),
    ],
)
def test_a_hush_that_cannot_be_read_is_an_error(folder: Path, hush: str, what: str) -> None:
    write(folder, "rules/rule0.yaml", rule("order.total > 5", hush))
    assert any(what in str(problem) for problem in load_project(folder).problems)


def test_what_a_rule_hushes_decides_nothing_of_what_it_says(folder: Path) -> None:
    write(folder, "rules/rule0.yaml", rule("order.total > 5"))
    before = load_project(folder).rules["one"].digest
    write(folder, "rules/rule0.yaml", rule("order.total > 5", HUSH))
    assert load_project(folder).rules["one"].digest == before
