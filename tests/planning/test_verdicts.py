"""Every verdict, in the order in which they are decided, each with the reason a person reads."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from notifier.model.address_reading import SuppressedAddress
from notifier.model.contradictions import Contradiction, ContradictionState, Member
from notifier.model.digests import approval_digest, claims_digest
from notifier.model.notices import NoticeKind, NoticeState, Reason, ReasonCode, Recipient, Verdict
from notifier.model.types import Address, ChannelName, NoticeClass, TopicType
from notifier.planning.addressing import Access
from notifier.planning.case import Circumstances, case_of
from notifier.planning.gates import verdict_on
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Action, Intent
from notifier.rules.checked import AllowedHours, Policy
from notifier.rules.checked_rules import Rule
from tests.planning.builders import NOW, RULE, known, match, starts
from tests.support.people import ANA

NIGHT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # 21:00 in Bogota
MORNING = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)  # 08:00 in Bogota
CONTRADICTION = Contradiction(
    id="X-1",
    check="price",
    promise_id="P-1",
    subject_type="contract",
    subject_id="K-1",
    customer_id="C-1",
    topic="monthly_price",
    topic_type=TopicType.MONEY,
    promised="79900",
    actual="111860",
    currency="COP",
    actual_currency="COP",
    promised_by="Luis",
    promised_at=NOW,
    evidence=None,
    surfaces_at=None,
    owner="billing",
    severity="high",
    state=ContradictionState.OPEN,
    opened_at=NOW,
    changed_at=NOW,
    members=(Member(fact_type="charge", fact_id="X-9", actual="111860", surfaces_at=None, currency="COP"),),
)
LIMIT = Reason(code=ReasonCode.LIMIT, text="too many")


def intent(**changes: Any) -> Intent:
    values: dict[str, Any] = {
        "action": Action.PLAN,
        "kind": NoticeKind.NOTICE,
        "occurrence": "o",
        "match": match(),
        "template": "reminder",
        "until": NIGHT + timedelta(hours=24),
    }
    return Intent(**(values | changes))


def decide(
    rule: Rule = RULE,
    *,
    of: Intent | None = None,
    recipient: Recipient | None = ANA,
    contradictions: tuple[Contradiction, ...] = (),
    now: datetime = NOW,
    consents: Mapping[tuple[str, ChannelName, NoticeClass], bool] | None = None,
    suppressed: Mapping[Address, SuppressedAddress] | None = None,
    unavailable: Collection[ChannelName] = (),
    over_limit: Reason | None = None,
    policy: Policy | None = None,
) -> Verdict:
    access = Access(consents=consents or {}, suppressed=suppressed or {}, unavailable=unavailable)
    circumstances = Circumstances(
        now=now,
        policy=policy or Policy(),
        access=access,
        over_limit=over_limit,
        sharing=Sharing(rule, (), (), {}, now),
    )
    return verdict_on(case_of(rule, of or intent(), recipient, contradictions, circumstances))


def test_a_due_notice_is_ready_on_every_channel_it_can_use() -> None:
    verdict = decide()
    assert (verdict.state, verdict.send_at) == (NoticeState.READY, NOW)
    assert verdict.channels == (ChannelName.SMS, ChannelName.EMAIL)
    assert verdict.reason.text.startswith("48h before appointment.starts_at")


def test_an_open_contradiction_holds_before_anything_else_is_asked() -> None:
    verdict = decide(recipient=None, contradictions=(CONTRADICTION,))
    assert verdict.state is NoticeState.HELD
    assert verdict.contradictions == ("X-1",)
    assert "79900" in verdict.reason.text
    assert "owner billing" in verdict.reason.text


def test_a_person_may_release_what_a_contradiction_holds() -> None:
    released = intent(known=known(match(), state=NoticeState.HELD, released=True))
    assert decide(of=released, contradictions=(CONTRADICTION,)).state is NoticeState.READY


def test_without_an_address_the_other_channel_speaks() -> None:
    verdict = decide(recipient=replace(ANA, phone=None))
    assert verdict.channels == (ChannelName.EMAIL,)
    assert verdict.reason.text.endswith("no address for sms")


def test_without_any_address_nobody_is_told_and_it_says_so() -> None:
    verdict = decide(recipient=replace(ANA, phone=None, email=None))
    assert verdict.state is NoticeState.SUPPRESSED
    assert verdict.reason.text == "no address for sms and email"


def test_a_refused_consent_leaves_the_other_channel_or_nobody() -> None:
    no_sms = {("C-1", ChannelName.SMS, NoticeClass.SERVICE): False}
    assert decide(consents=no_sms).channels == (ChannelName.EMAIL,)
    verdict = decide(consents=no_sms | {("C-1", ChannelName.EMAIL, NoticeClass.SERVICE): False})
    assert verdict.reason == Reason(code=ReasonCode.NO_CONSENT, text="no consent for sms and email")


def test_an_address_that_its_provider_refuses_leaves_the_other_channel_or_nobody() -> None:
    sms = {(ChannelName.SMS, "+573001234567"): SuppressedAddress(reason="opted out", since=NOW)}
    refused = "the provider refuses the sms address: opted out (since 2026-03-03)"
    verdict = decide(suppressed=sms)
    assert (verdict.state, verdict.channels) == (NoticeState.READY, (ChannelName.EMAIL,))
    assert verdict.reason.text.endswith(f"; {refused}")
    verdict = decide(suppressed=sms, recipient=replace(ANA, email=None))
    assert verdict.state is NoticeState.SUPPRESSED
    assert verdict.reason == Reason(code=ReasonCode.ADDRESS_SUPPRESSED, text=f"no address for email and {refused}")


def test_a_channel_without_a_provider_is_used_by_nobody() -> None:
    verdict = decide(unavailable={ChannelName.SMS})
    assert verdict.channels == (ChannelName.EMAIL,)
    assert verdict.reason.text.endswith("no provider for sms")
    verdict = decide(unavailable=set(ChannelName))
    assert verdict.reason == Reason(code=ReasonCode.NO_PROVIDER, text="no provider for sms and email")


def test_a_landline_leaves_out_only_the_sms() -> None:
    verdict = decide(recipient=replace(ANA, phone="+576017455905"))
    assert (verdict.state, verdict.channels) == (NoticeState.READY, (ChannelName.EMAIL,))
    assert verdict.reason.text.endswith("; a landline takes no SMS")
    verdict = decide(recipient=replace(ANA, phone="+576017455905", email=None))
    reason = Reason(code=ReasonCode.UNUSABLE_ADDRESS, text="no address for email and a landline takes no SMS")
    assert (verdict.state, verdict.reason) == (NoticeState.SUPPRESSED, reason)


def test_a_mail_address_of_before_leaves_out_only_the_mail() -> None:
    verdict = decide(recipient=replace(ANA, email="ana@españa.com"))
    assert (verdict.state, verdict.channels) == (NoticeState.READY, (ChannelName.SMS,))
    assert verdict.reason.text.endswith("; the e-mail address is not one that mails can go to; import it again")


def test_an_address_outside_ascii_is_used_like_any_other() -> None:
    both = decide(recipient=replace(ANA, email="josé@xn--espaa-rta.com")).channels
    assert both == decide().channels == (ChannelName.SMS, ChannelName.EMAIL)


SMS_FAILED = {(ChannelName.SMS, "+573001234567"): "a landline"}


def refused_by(failed: Mapping[Address, str], **changes: Any) -> Intent:
    """The reminder, after these addresses refused it."""
    deferred = {"state": NoticeState.DEFERRED, "reason_code": ReasonCode.UNDELIVERABLE, "passed_limits": True}
    return intent(known=known(match(), **(deferred | changes), failed=failed))


def test_a_channel_that_refused_this_notice_is_not_used_for_it_again() -> None:
    verdict = decide(of=refused_by(SMS_FAILED))
    assert (verdict.state, verdict.channels) == (NoticeState.READY, (ChannelName.EMAIL,))
    assert verdict.reason.text.endswith("; sms: a landline")


def test_what_the_preferred_channel_refused_goes_out_on_the_one_it_had_left_out() -> None:
    prefers = replace(ANA, preferred_channel=ChannelName.SMS)
    assert decide(recipient=prefers).channels == (ChannelName.SMS,)
    assert decide(of=refused_by(SMS_FAILED), recipient=prefers).channels == (ChannelName.EMAIL,)


def test_with_no_channel_left_it_has_failed_with_the_reason_of_each() -> None:
    verdict = decide(of=refused_by(SMS_FAILED | {(ChannelName.EMAIL, "ana@example.com"): "no such mailbox"}))
    assert verdict.state is NoticeState.FAILED
    text = "no channel took it: sms: a landline; email: no such mailbox"
    assert verdict.reason == Reason(code=ReasonCode.UNDELIVERABLE, text=text)
    verdict = decide(of=refused_by(SMS_FAILED), recipient=replace(ANA, email=None))
    assert verdict.reason.text == "no channel took it: no address for email; sms: a landline"


def test_another_address_of_the_same_channel_is_tried() -> None:
    verdict = decide(of=refused_by(SMS_FAILED), recipient=replace(ANA, phone="+573009999999", email=None))
    assert (verdict.state, verdict.channels) == (NoticeState.READY, (ChannelName.SMS,))


def test_what_passed_the_limits_before_its_channel_failed_passes_again() -> None:
    over = Reason(code=ReasonCode.LIMIT, text="too many")
    assert decide(of=refused_by(SMS_FAILED), over_limit=over).state is NoticeState.READY


def test_what_a_channel_refused_by_day_still_waits_for_the_quiet_hours_of_the_next_one() -> None:
    verdict = decide(of=refused_by(SMS_FAILED), now=NIGHT)
    assert (verdict.state, verdict.channels) == (NoticeState.DEFERRED, (ChannelName.EMAIL,))


def test_a_correction_leaves_the_told_channel_that_refused_it() -> None:
    told = known(match(), told_channels=(ChannelName.SMS,))
    correction = replace(refused_by(SMS_FAILED), kind=NoticeKind.CORRECTION, told=told)
    assert decide(of=correction).channels == (ChannelName.EMAIL,)


def test_marketing_needs_a_yes() -> None:
    marketing = replace(RULE, notice_class=NoticeClass.MARKETING)
    assert decide(marketing).state is NoticeState.SUPPRESSED
    assert decide(marketing, consents={("C-1", ChannelName.SMS, NoticeClass.MARKETING): True}).channels == (
        ChannelName.SMS,
    )


def test_the_preferred_channel_is_honoured_except_where_safety_is_at_stake() -> None:
    prefers = replace(ANA, preferred_channel=ChannelName.EMAIL)
    assert decide(recipient=prefers).channels == (ChannelName.EMAIL,)
    assert decide(replace(RULE, notice_class=NoticeClass.SAFETY), recipient=prefers).channels == RULE.channels


def test_a_customer_who_is_not_in_the_state_is_not_guessed() -> None:
    assert decide(recipient=None).reason.code is ReasonCode.UNKNOWN_CUSTOMER


def test_quiet_hours_defer_to_the_morning() -> None:
    verdict = decide(now=NIGHT)
    assert (verdict.state, verdict.send_at) == (NoticeState.DEFERRED, MORNING)
    assert verdict.reason.text == "quiet hours until 2026-03-04 08:00 America/Bogota"


def test_what_the_morning_would_be_too_late_for_is_not_deferred() -> None:
    verdict = decide(of=intent(until=MORNING), now=NIGHT)
    assert (verdict.state, verdict.reason.code) == (NoticeState.SUPPRESSED, ReasonCode.QUIET_HOURS_PAST_UNTIL)


def test_another_channel_may_speak_where_one_must_be_quiet() -> None:
    always = AllowedHours(start=NIGHT.time().replace(hour=0), end=NIGHT.time().replace(hour=0))
    policy = Policy(hours={("CO", NoticeClass.SERVICE, "email"): always})
    assert decide(now=NIGHT, policy=policy).state is NoticeState.DEFERRED
    urgent = decide(of=intent(until=MORNING), now=NIGHT, policy=policy)
    assert urgent.channels == (ChannelName.EMAIL,)
    assert urgent.reason.text.endswith("quiet hours for sms")


def test_safety_passes_quiet_hours() -> None:
    assert decide(replace(RULE, notice_class=NoticeClass.SAFETY), now=NIGHT).state is NoticeState.READY


APPROVED = approval_digest(RULE.digest, claims_digest(match().claims))


def waiting(**changes: Any) -> Intent:
    """The reminder, once it was held for approval."""
    held = {"state": NoticeState.HELD, "reason_code": ReasonCode.LIMIT, "passed_limits": False}
    return intent(known=known(match(), **(held | changes)))


def test_past_the_limit_the_batch_waits_for_a_person() -> None:
    assert decide(over_limit=LIMIT).reason == LIMIT
    assert decide(of=waiting(approved_digest=APPROVED), over_limit=LIMIT).state is NoticeState.READY


def test_what_waits_for_approval_goes_on_waiting_when_the_count_falls() -> None:
    assert decide(of=waiting()).state is NoticeState.HELD
    assert decide(of=waiting(), now=NIGHT).reason.code is ReasonCode.LIMIT
    assert decide(of=waiting(approved_digest=APPROVED)).state is NoticeState.READY


def test_an_approval_is_of_exactly_this_content_of_this_rule() -> None:
    approved = waiting(approved_digest=APPROVED, passed_limits=True)
    assert decide(replace(RULE, digest="rule-2"), of=approved).state is NoticeState.HELD
    moved = match(claims=starts(NOW + timedelta(hours=25)))
    assert decide(of=replace(approved, match=moved)).state is NoticeState.HELD


def test_what_passed_the_limit_is_not_held_by_a_later_batch() -> None:
    passed = known(match(), state=NoticeState.READY, passed_limits=True)
    assert decide(of=intent(known=passed), over_limit=LIMIT).state is NoticeState.READY


def test_a_correction_goes_where_the_customer_was_told() -> None:
    told = known(match(), told_channels=(ChannelName.EMAIL,))
    correction = intent(kind=NoticeKind.CORRECTION, told=told)
    assert decide(of=correction).channels == (ChannelName.EMAIL,)
    assert decide(of=correction, recipient=replace(ANA, email=None)).channels == (ChannelName.SMS,)
    assert told.reference in decide(of=correction).reason.text
