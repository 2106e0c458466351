"""The same small notifier as for sending."""

from tests.sending.conftest import rig

__all__ = ["rig"]
