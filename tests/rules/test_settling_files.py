"""What settles contradictions, as the project's files say it: steps, causes, authority."""

import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from notifier.model.types import ChannelName
from notifier.rules.checked import Project
from notifier.rules.checked_owners import Limit, Step
from notifier.rules.loader import load_project

OWNERS = """
owners:
  billing:
    name: Billing
    email: billing@example.com
    chat: billing-slack
    back_after: 24h
    steps: [{ after: 2h, to: boss, by: email }, { after: 8h, to: boss, by: [sms, chat] }, { after: 1d, to: billing }]
  boss: { name: Boss, email: boss@example.com }
"""
CAUSES = """
causes:
  price-list: { about: it was loaded wrongly, owner: billing, again_within: 7d }
  sales: { about: sales promised too much, owner: boss }
"""
AUTHORITY = """
authority:
  - { credit: 500000 COP, needs: lead }
  - { credit: 20000 COP }
  - { credit: 100000 COP, needs: second }
roles: { lead: [luisa, pedro] }
"""


def loaded(folder: Path, **files: str) -> Project:
    (folder / "rules").mkdir(exist_ok=True)
    for name, text in ({"owners": OWNERS, "causes": CAUSES, "authority": AUTHORITY} | files).items():
        if text:
            (folder / "rules" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_project(folder)


def problems(folder: Path, **files: str) -> list[str]:
    return [str(problem) for problem in loaded(folder, **files).problems if problem.is_error]


def test_an_owner_has_steps_a_chat_and_a_time_after_which_what_was_taken_comes_back(tmp_path: Path) -> None:
    owner = loaded(tmp_path).owners["billing"]
    assert (owner.chat, owner.back_after) == ("billing-slack", timedelta(hours=24))
    assert owner.steps == (
        Step(after=timedelta(hours=2), to="boss", by=(ChannelName.EMAIL,)),
        Step(after=timedelta(hours=8), to="boss", by=(ChannelName.SMS, ChannelName.CHAT)),
        Step(after=timedelta(days=1), to="billing"),
    )


def test_how_an_owner_is_alerted_decides_nothing_that_customers_are_told(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2]
    before = load_project(shipped)
    text = (shipped / "rules/owners.yaml").read_text(encoding="utf-8")
    folder = tmp_path / "other"
    for name in ("rules", "templates"):
        shutil.copytree(shipped / name, folder / name)
    changed = text.replace("name: Facturación,", "name: Facturación, chat: billing, back_after: 1h,")
    (folder / "rules/owners.yaml").write_text(changed, encoding="utf-8")
    after = load_project(folder)
    assert after.owners["billing"].chat == "billing"
    assert {name: rule.digest for name, rule in after.rules.items()} == {
        name: rule.digest for name, rule in before.rules.items()
    }
    assert {name: check.digest for name, check in after.checks.items()} == {
        name: check.digest for name, check in before.checks.items()
    }


def test_causes_have_owners_and_a_time_in_which_they_stay_away(tmp_path: Path) -> None:
    causes = loaded(tmp_path).causes
    assert [(each.id, each.owner, each.again_within.days) for each in causes.values()] == [
        ("price-list", "billing", 7),
        ("sales", "boss", 30),
    ]


@pytest.mark.parametrize(
    ("text", "needed"),
    [(CAUSES, {"settle", "resolve"}), (f"needed_by: settle{CAUSES}", {"settle"}), ("", set())],
)
def test_which_commands_need_a_cause(tmp_path: Path, text: str, needed: set[str]) -> None:
    assert loaded(tmp_path, causes=text).cause_needed_by == needed


def test_authority_is_read_with_the_smallest_credit_first(tmp_path: Path) -> None:
    authority = loaded(tmp_path).authority
    assert authority.limits == (
        Limit(credit=Decimal(20000), currency="COP"),
        Limit(credit=Decimal(100000), currency="COP", needs="second"),
        Limit(credit=Decimal(500000), currency="COP", needs="lead"),
    )
    assert authority.roles == {"lead": ("luisa", "pedro")}


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"owners": OWNERS.replace("to: boss, by: email", "to: bos")}, "unknown owner 'bos'; did you mean 'boss'?"),
        ({"owners": OWNERS.replace("after: 8h", "after: 1h")}, "a step comes after the one before it, at 2h"),
        ({"owners": OWNERS.replace("chat: billing-slack", "chat: slack://T/B/X")}, "the address of a chat is a secret"),
        ({"owners": OWNERS.replace("by: email", "by: fax")}, "unknown channel 'fax'"),
        ({"causes": CAUSES.replace("owner: boss", "owner: nobody")}, "unknown owner 'nobody'"),
        (
            {"authority": AUTHORITY.replace("20000 COP", "20 thousand")},
            "'20 thousand' is not an amount",
        ),
        ({"authority": AUTHORITY.replace("needs: second", "needs: led")}, "unknown role 'led'; did you mean 'lead'?"),
        ({"authority": AUTHORITY.replace("[luisa, pedro]", "[]")}, "the role 'lead' is a list of names"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(tmp_path: Path, files: dict[str, str], problem: str) -> None:
    (found, *_) = problems(tmp_path, **files)
    assert problem in found
    assert found.startswith(f"rules/{next(iter(files))}.yaml:")


def test_an_owner_reads_of_the_week_at_an_hour_of_their_own(tmp_path: Path) -> None:
    text = OWNERS.replace("boss@example.com }", "boss@example.com, weekly: Monday 08:00 }")
    assert str(loaded(tmp_path, owners=text).owners["boss"].weekly) == "monday 08:00"
    assert loaded(tmp_path, owners=text).owners["billing"].weekly is None


@pytest.mark.parametrize(
    ("weekly", "problem"),
    [
        ("weekly: mondy 08:00", "'mondy' is no weekday; did you mean 'monday'"),
        ("weekly: monday", "'monday' is no weekday and hour; write it like monday 08:00"),
        ("weekly: monday 25:00", "'monday 25:00' is no weekday and hour; write it like monday 08:00"),
    ],
)
def test_a_week_has_a_weekday_an_hour_and_an_address(tmp_path: Path, weekly: str, problem: str) -> None:
    (found,) = problems(tmp_path, owners=OWNERS.replace("boss@example.com }", f"boss@example.com, {weekly} }}"))
    assert problem in found
    (found,) = problems(tmp_path, owners=OWNERS.replace("email: boss@example.com }", "weekly: monday 08:00 }"))
    assert "their week is told by mail, and they have no address; add 'email'" in found
