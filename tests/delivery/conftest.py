"""One Twilio for all tests of a worker: empty at the start of each."""

from collections.abc import Iterator

import pytest

from tests.support.twilio_server import TwilioServer, twilio_server


@pytest.fixture(scope="session")
def twilio_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwilioServer]:
    with twilio_server(tmp_path_factory.mktemp("twilio")) as server:
        yield server


@pytest.fixture
def twilio(twilio_process: TwilioServer) -> TwilioServer:
    """Without messages, faults or counts of an earlier test."""
    twilio_process.clear()
    return twilio_process
