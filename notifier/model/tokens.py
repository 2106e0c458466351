"""Short keyed tokens for links and envelope senders: who has not got the key cannot name somebody else's notice."""

import base64
import hashlib
import hmac

UNSUBSCRIBE = "unsubscribe"
"""The purpose of the tokens of one-click unsubscribing."""
STATUS = "status"
"""The purpose of the tokens of the page on which a customer sees how things stand."""
LENGTH = 16
"""Letters of a token: 80 bits."""


def token(key: str, purpose: str, *parts: str) -> str:
    """The token of these parts for one purpose: small letters and digits, the same in every process."""
    said = "\0".join((purpose, *parts)).encode()
    digest = hmac.new(key.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:LENGTH]


def is_token(given: str, key: str, purpose: str, *parts: str) -> bool:
    """Whether it is that token, compared in constant time."""
    return hmac.compare_digest(given.lower().encode(), token(key, purpose, *parts).encode())
