"""The kinds of work that processes do again and again: each says when it last ended a pass."""

from enum import StrEnum


class Process(StrEnum):
    """What a pass does."""

    EVALUATING = "evaluating"
    DISPATCHING_SMS = "dispatching-sms"
    DISPATCHING_EMAIL = "dispatching-email"
    RECONCILING = "reconciling"
    """Receipts are matched with messages, and warnings about mails age."""
    ANSWERING = "answering"
    READING_MAIL = "reading-mail"
    BLANKING = "blanking"
    LEARNING = "learning"
    REPORTING = "reporting"
    SERVING = "serving"
