"""The same small notifier as for sending."""

from tests.sending.conftest import house

__all__ = ["house"]
