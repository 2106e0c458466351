"""The 25 real mails that came back, of seven mail servers; `mails/README.md` says how they were made."""

import re
from collections.abc import Iterator
from pathlib import Path

from notifier.bounces.verp import BounceAddress

FOLDER = Path(__file__).with_name("mails")
REFERENCE = "7K3QM-X9T2A"
"""In all of them, the reference of the notice whose mail it is about."""
ADDRESS = BounceAddress(address="bounce@notices.example.com", key="a key of the tests")
"""To which they were sent; they were made with an envelope sender without a token."""


def real(name: str, *, reference: str = REFERENCE, address: BounceAddress = ADDRESS) -> bytes:
    """One of them, as it would have come back to a mail of this notice, sent by us."""
    content = (FOLDER / f"{name}.eml").read_bytes()
    content = content.replace(b"bounce+7K3QM-X9T2A@notices.example.com", address.sender(reference).encode())
    content = re.sub(rb"<7K3QM-X9T2A\.[\w-]+@", f"<{reference.lower()}@".encode(), content)
    return content.replace(b"7K3QM-X9T2A", reference.encode())


def names() -> Iterator[str]:
    """Of all of them."""
    return (path.stem for path in sorted(FOLDER.glob("*.eml")))
