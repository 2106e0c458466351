"""One Twilio fake for all tests of a worker, and one Prism in front of it, both reset before each test."""

from collections.abc import Iterator

import pytest

from tests.support.prism import NoPrismError, prism
from tests.support.twilio_server import TwilioServer, twilio_server


@pytest.fixture(scope="session")
def twilio_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwilioServer]:
    with twilio_server(tmp_path_factory.mktemp("twilio")) as server:
        yield server


@pytest.fixture
def twilio(twilio_process: TwilioServer) -> TwilioServer:
    """The fake, without messages, faults or counts of an earlier test."""
    twilio_process.clear()
    return twilio_process


@pytest.fixture(scope="session")
def prism_url(twilio_process: TwilioServer) -> Iterator[str]:
    """The address of Twilio through Prism. Skips without Prism."""
    try:
        with prism(twilio_process) as url:
            yield url
    except NoPrismError as error:
        pytest.skip(str(error))
