"""`notifier` with a mistake in its adapter of Twilio: for one number it raises an error that tells all it knows."""

from notifier.cli.main import run
from notifier.delivery.outcomes import Outcome
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.outgoing import Outgoing

NUMBER = "+573001000007"

_send = TwilioSms.send


async def send(channel: TwilioSms, message: Outgoing) -> Outcome:
    """As the adapter does, but for one number."""
    if message.address == NUMBER:
        raise ValueError(message) from KeyError(f"{message.text} for {message.address}")
    return await _send(channel, message)


if __name__ == "__main__":
    TwilioSms.send = send  # type: ignore[method-assign,assignment]  # the mistake is ours alone
    run()
