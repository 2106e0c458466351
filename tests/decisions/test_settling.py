"""Ways out of a contradiction: who may give how much, who has to agree, and what closing needs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from notifier.decisions.closing import Closing, Credit, Given
from notifier.decisions.contradictions import OBJECT, KeepFact, Resolve
from notifier.decisions.decision import Decision
from notifier.decisions.settling import ApproveSettling, Honour, TellFirst, Withdraw
from notifier.model.contradictions import Contradiction
from notifier.model.settling import Settling
from notifier.rules.checked_owners import Authority, Cause, Limit
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.settling import settlings_of
from tests.promises.examples import HOUR, NOW
from tests.promises.world import SCHEMA, PromiseWorld
from tests.support.deciding import a_person_decides

LATER = NOW + HOUR
CAUSES = {
    name: Cause(id=name, about=name, owner="billing", again_within=timedelta(days=30))
    for name in ("price-list", "sales-promise")
}
CAUSE = Closing(cause="price-list", action="two people check it", known=CAUSES)
AUTHORITY = Authority(
    limits=(
        Limit(credit=Decimal(20000), currency="COP"),
        Limit(credit=Decimal(100000), currency="COP", needs="second"),
        Limit(credit=Decimal(500000), currency="COP", needs="lead"),
    ),
    roles={"lead": ("luisa",)},
)


def given(credit: int | None, override: str | None = None, currency: str = "COP") -> Given:
    amount = None if credit is None else Credit(amount=Decimal(credit), currency=currency)
    return Given(credit=amount, authority=AUTHORITY, override=override)


def honour(world: PromiseWorld, credit: int | None = None, override: str | None = None, **changes: Any) -> Honour:
    terms: dict[str, Any] = {"owner": "billing", "until": LATER + HOUR} | changes
    return Honour(world.only().id, CAUSE, given(credit, override), **terms)


def decide(world: PromiseWorld, decision: Decision[Contradiction], by: str = "marta", reason: str = "so it is") -> str:
    return a_person_decides(world.engine, decision, by=by, reason=reason, now=LATER).sentence


def approve(world: PromiseWorld, by: str) -> str:
    return decide(world, ApproveSettling(world.only().id, AUTHORITY), by=by, reason="agreed")


def rows(world: PromiseWorld) -> list[Settling]:
    name = world.only().id
    with world.engine.begin() as connection:
        return list(settlings_of(connection, [name]).get(name, ()))


@pytest.mark.parametrize(
    ("closing", "refused"),
    [
        (
            Closing(known=CAUSES),
            "say what caused it and what is done about that: --cause NAME --action TEXT",
        ),
        (Closing(cause="price-lst", known=CAUSES), "there is no cause 'price-lst'; did you mean 'price-list'"),
        (Closing(cause="price-list", known=CAUSES), "say what is done about price-list: --action TEXT"),
        (Closing(cause="price-list", action="x"), "rules/causes.yaml has no causes"),
    ],
)
def test_nothing_is_closed_without_a_cause_of_the_list_and_an_action(
    world: PromiseWorld, closing: Closing, refused: str
) -> None:
    name = world.only().id
    for decision in (
        Honour(name, closing, owner="billing", until=LATER + HOUR),
        Withdraw(name, closing, evidence="the signed contract"),
        KeepFact(name, closing),
        Resolve(name, {}, SCHEMA, closing),
    ):
        with pytest.raises(RefusedError, match=refused):
            decide(world, decision)
    assert (world.only().state, rows(world)) == ("open", [])


def test_where_a_project_lists_no_cause_none_is_asked(world: PromiseWorld) -> None:
    assert decide(world, KeepFact(world.only().id)).startswith(f"{world.only().id} is settled")
    (row,) = rows(world)
    assert (row.way, row.cause) == ("withdraw", None)


def test_honouring_says_who_corrects_what_by_when_and_holds_on(world: PromiseWorld) -> None:
    said = decide(world, honour(world))
    found = world.only()
    assert (found.state, found.acknowledged_by) == ("acknowledged", "marta")
    assert found.reason == "honour by marta: so it is; billing corrects it until 2026-03-02 16:00 UTC"
    assert said.endswith("it closes when both sides agree, and comes back if not.")
    assert said.count("billing corrects") == 1
    (row,) = rows(world)
    assert (row.owner, row.cause, row.action) == ("billing", "price-list", "two people check it")


@pytest.mark.parametrize("changes", [{"owner": ""}, {"until": None}])
def test_honouring_needs_an_owner_and_a_moment(world: PromiseWorld, changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="say who corrects the fact, and by when: --owner TEAM --until TIME"):
        decide(world, honour(world, **changes))


def test_a_moment_that_is_over_is_refused(world: PromiseWorld) -> None:
    with pytest.raises(RefusedError, match="is over already; say by when the fact is corrected"):
        decide(world, honour(world, until=LATER))


def test_withdrawing_needs_evidence_which_the_promise_keeps(world: PromiseWorld) -> None:
    with pytest.raises(RefusedError, match="say what shows that the promise does not stand: --evidence TEXT"):
        decide(world, Withdraw(world.only().id, CAUSE))
    decide(world, Withdraw(world.only().id, CAUSE, evidence="call 91, minute 3"))
    assert (world.only().state, rows(world)[0].evidence) == ("settled", "call 91, minute 3")
    with world.engine.begin() as connection:
        (withdrawn,) = interventions_on(connection, "promise", "P-1")
    assert withdrawn.reason.endswith("so it is (call 91, minute 3)")


def test_up_to_the_limit_one_person_decides_alone(world: PromiseWorld) -> None:
    decide(world, honour(world, 20000))
    (row,) = rows(world)
    assert (row.credit, row.currency, row.waits_for) == (Decimal(20000), "COP", None)


def test_above_it_a_second_person_has_to_agree_and_until_then_nothing_happens(world: PromiseWorld) -> None:
    decision = Withdraw(world.only().id, CAUSE, given(20001), evidence="the contract")
    said = decide(world, decision)
    assert said.endswith(f"it waits for a second person. Next: notifier contradictions approve {world.only().id}")
    assert world.only().state == "acknowledged"
    with pytest.raises(RefusedError, match="marta proposed it; a second person has to approve it"):
        approve(world, "marta")
    with pytest.raises(RefusedError, match="Marta proposed it; a second person has to approve it"):
        approve(world, " Marta ")
    approve(world, "pedro")
    found = world.only()
    assert (found.state, found.reason) == ("settled", "withdraw the promise by marta, approved by pedro: so it is")
    with pytest.raises(RefusedError, match=r"no settling of .* waits for a second person; it is settled"):
        approve(world, "luisa")


def test_further_above_it_somebody_of_a_role_has_to_agree(world: PromiseWorld) -> None:
    decide(world, honour(world, 100001))
    with pytest.raises(RefusedError, match=r"pedro may not approve it; lead \(luisa\) may"):
        approve(world, "pedro")
    approve(world, "luisa")
    assert rows(world)[0].approved_by == "luisa"


def test_who_has_the_role_decides_alone(world: PromiseWorld) -> None:
    decide(world, honour(world, 400000), by="luisa")
    assert rows(world)[0].waits_for is None


@pytest.mark.parametrize(
    ("credit", "currency", "refused"),
    [
        (500001, "COP", r"500001 COP is more than anybody may give \(500000 COP, rules/authority.yaml\)"),
        (5, "USD", "rules/authority.yaml says nothing about USD"),
    ],
)
def test_beyond_every_limit_it_is_refused(world: PromiseWorld, credit: int, currency: str, refused: str) -> None:
    with pytest.raises(RefusedError, match=refused):
        decide(
            world, Honour(world.only().id, CAUSE, given(credit, None, currency), owner="billing", until=LATER + HOUR)
        )


def test_a_procedure_can_be_broken_with_a_reason_that_is_kept(world: PromiseWorld) -> None:
    decide(world, honour(world, 900000, "a wedding, and no network on the day"))
    (row,) = rows(world)
    assert (row.override, row.waits_for) == ("a wedding, and no network on the day", None)
    assert "(a procedure was broken: a wedding, and no network on the day)" in world.only().reason
    name = world.only().id
    with world.engine.begin() as connection:
        assert [each.verb for each in interventions_on(connection, OBJECT, name)] == ["honour"]


def test_what_is_over_cannot_be_settled(world: PromiseWorld) -> None:
    decide(world, KeepFact(world.only().id))
    with pytest.raises(RefusedError, match="is settled; there is nothing to settle"):
        decide(world, honour(world))


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        ({"rule": None}, "no rule speaks about an admission"),
        ({"remedy": " "}, "say what the customer gets and what happens next: --remedy TEXT --next TEXT"),
    ],
)
def test_telling_needs_a_rule_a_remedy_and_a_next_step(
    world: PromiseWorld, terms: dict[str, Any], refused: str
) -> None:
    full = {"rule": "promise-not-kept", "remedy": "this month at the old price", "next_step": "a mail"} | terms
    with pytest.raises(RefusedError, match=refused):
        decide(world, TellFirst(world.only().id, CAUSE, **full))
