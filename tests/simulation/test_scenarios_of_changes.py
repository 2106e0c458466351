"""Scenarios of rules in shadow, with a canary, and that people must approve."""

from pathlib import Path

from tests.simulation.conftest import Played

VISITS = """
scenarios:
  - scenario: two visits at ten, and one ten minutes later
    given:
      customer:
        - { id: C-1, name: Ana Ruiz, timezone: America/Bogota, phone: '+573001234561', email: c1@example.com }
        - { id: C-2, name: Ana Ruiz, timezone: America/Bogota, phone: '+573001234562', email: c2@example.com }
        - { id: C-3, name: Ana Ruiz, timezone: America/Bogota, phone: '+573001234563', email: c3@example.com }
      contract:
        - { id: K-1, customer_id: C-1, status: active }
        - { id: K-2, customer_id: C-2, status: active }
        - { id: K-3, customer_id: C-3, status: active }
      appointment:
        - id: A-1
          customer_id: C-1
          contract_id: K-1
          kind: visit
          status: confirmed
          starts_at: '2026-03-05T10:00:00-05:00'
        - id: A-2
          customer_id: C-2
          contract_id: K-2
          kind: visit
          status: confirmed
          starts_at: '2026-03-05T10:00:00-05:00'
        - id: A-3
          customer_id: C-3
          contract_id: K-3
          kind: visit
          status: confirmed
          starts_at: '2026-03-05T10:10:00-05:00'
    timeline:
      - at: 2026-03-02T10:00:00-05:00
        expect: { notices: [] }
"""
ALL_TOLD = """
      - at: 2026-03-03T10:10:00-05:00
        expect:
          notices:
            - { rule: visit-reminder, customer: C-1, state: told }
            - { rule: visit-reminder, customer: C-2, state: told }
            - { rule: visit-reminder, customer: C-3, state: told }
"""
THE_THIRD_WAITS = """
      - at: 2026-03-03T10:00:00-05:00
        expect:
          notices:
            - { rule: visit-reminder, customer: C-1, state: told, reason: due }
            - { rule: visit-reminder, customer: C-2, state: told, reason: due }
      - at: 2026-03-03T10:10:00-05:00
        expect: { notices: [{ rule: visit-reminder, customer: C-3, state: deferred, reason: canary }] }
      - at: 2026-03-03T10:29:00-05:00
        expect: { notices: [] }
      - at: 2026-03-03T10:30:00-05:00
        expect: { notices: [{ rule: visit-reminder, customer: C-3, state: told }] }
"""
HELD = """
      - at: 2026-03-03T10:00:00-05:00
        expect:
          notices:
            - { rule: visit-reminder, customer: C-1, state: held, reason: approval }
            - { rule: visit-reminder, customer: C-2, state: held, reason: approval }
"""


def with_word(folder: Path, word: str) -> None:
    """Give the rule one more key."""
    path = folder / "rules/visit.yaml"
    path.write_text(path.read_text().replace("class: service\n", f"class: service\n    {word}\n"))


def differences(played: Played, expected: str) -> list[str]:
    (result,) = played(VISITS + expected)
    assert result.problems == ()
    return [str(each) for each in result.differences]


def test_a_rule_in_shadow_is_played_as_a_live_one(folder: Path, played: Played) -> None:
    with_word(folder, "mode: shadow")
    assert differences(played, ALL_TOLD) == []


def test_who_comes_after_the_first_waits_until_the_wait_is_over(folder: Path, played: Played) -> None:
    with_word(folder, "limits: { first: 2, then_wait: 30m }")
    assert differences(played, THE_THIRD_WAITS) == []


def test_what_people_must_approve_is_held(folder: Path, played: Played) -> None:
    with_word(folder, "approval: two")
    assert differences(played, HELD) == []
