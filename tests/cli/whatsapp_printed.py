"""The document of `rules whatsapp` for `test_schemas.py`, made without a project."""

from typing import Any

from notifier.answers.documents.whatsapp import whatsapp_text_document
from notifier.rendering.approvals import TextToApprove


def handed_in() -> Any:
    """A text that waits for approval, and one that is approved."""
    texts = [
        TextToApprove(
            template="visit",
            locale=locale,
            body="We come on {{1}}. Thank you.",
            samples=("March 10",),
            file=f"templates/visit/whatsapp.{locale}.txt.j2",
            content_sid=sid,
            handed_in=True,
        )
        for locale, sid in (("en", None), ("es-CO", "HX" + "0a" * 16))
    ]
    return [whatsapp_text_document(each) for each in texts]
