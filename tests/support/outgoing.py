"""A message on its way out, for tests of channels."""

from datetime import UTC, datetime
from typing import Any

from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName, NoticeClass


def outgoing(**changes: Any) -> Outgoing:
    """An SMS to Ana, started at 14:00 UTC, unless the test says otherwise."""
    values: dict[str, Any] = {
        "id": "0195-sms",
        "notice_id": "0195",
        "rule": "reminder",
        "subject_type": "appointment",
        "subject_id": "A-1",
        "occurrence": "sandbox|reminder|appointment:A-1||C-1|",
        "reference": "7K3QM-X9T2A",
        "kind": NoticeKind.NOTICE,
        "notice_class": NoticeClass.SERVICE,
        "recipient_id": "C-1",
        "owner": "field-operations",
        "channel": ChannelName.SMS,
        "address": "+573001234567",
        "subject": None,
        "text": "Su técnico llega el 5 de marzo",
        "payload": "Su técnico llega el 5 de marzo".encode(),
        "attempt": 1,
        "started_at": datetime(2026, 3, 2, 14, 0, tzinfo=UTC),
        "until": datetime(2026, 3, 5, 12, 0, tzinfo=UTC),
        "notice_state": NoticeState.READY,
        "claims_digest": "",
        "content_digest": "",
    }
    return Outgoing(**(values | changes))
