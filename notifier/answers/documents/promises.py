"""A promise that was recorded, as a JSON document."""

from typing_extensions import TypedDict


class PromiseDocument(TypedDict):
    """What names the promise from now on."""

    id: str


def promise_document(promise_id: str) -> PromiseDocument:
    """`promise add --json`."""
    return {"id": promise_id}
