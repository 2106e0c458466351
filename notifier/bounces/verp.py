"""The envelope sender of each mail (VERP): `bounce+7K3QM-X9T2A-k4v0tz2m6qh3x5ab@notices.example.com`.

Whatever a mail server loses of a mail that it sends back, it sends it to this address. The last part is a keyed token:
who knows a reference, because it was read out or printed, cannot make up a bounce of that notice. Servers may change
the case of an address, so neither part depends on it.
"""

import re
from dataclasses import dataclass, field

from notifier.model.tokens import LENGTH, is_token, token

BOUNCE = "bounce"
"""The purpose of these tokens."""
BY_HTTP = "bounces by http"
"""The purpose of the token in the URL to which bounces are posted."""
ADDED = len("+7K3QM-X9T2A-") + LENGTH
"""How many characters are added to the local part."""
LONGEST_LOCAL_PART = 64
"""RFC 5321, 4.5.3.1.1."""
_NAMED = re.compile(r"([0-9A-Za-z]{1,16}-[0-9A-Za-z]{1,16})-([0-9A-Za-z]{4,32})")


@dataclass(frozen=True, kw_only=True)
class BounceAddress:
    """Where mails come back to, and the key of the tokens."""

    address: str
    """Without extension: `bounce@notices.example.com`."""
    key: str = field(repr=False)

    def name_of(self, reference: str) -> str:
        """The reference with its token: what the envelope is called, too (ENVID)."""
        return f"{reference}-{token(self.key, BOUNCE, reference)}"

    def sender(self, reference: str) -> str:
        """The envelope sender of the mail of this notice."""
        local_part, _, domain = self.address.rpartition("@")
        return f"{local_part}+{self.name_of(reference)}@{domain}"

    def reference_in(self, address: str) -> str | None:
        """The reference of the notice whose envelope sender this is; None for any other address, or a wrong token."""
        local_part, _, domain = self.address.rpartition("@")
        theirs, _, their_domain = address.rpartition("@")
        base, plus, name = theirs.partition("+")
        if not plus or base.casefold() != local_part.casefold() or their_domain.casefold() != domain.casefold():
            return None
        return self.reference_named(name)

    def reference_named(self, name: str) -> str | None:
        """The reference in `7K3QM-X9T2A-k4v0tz2m6qh3x5ab`; None where the token is not its own."""
        found = _NAMED.fullmatch(name)
        if found is None:
            return None
        reference = found[1].upper()
        return reference if is_token(found[2], self.key, BOUNCE, reference) else None
