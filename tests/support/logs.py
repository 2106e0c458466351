"""What is logged before anybody configures the logs, as in most tests, has plain tracebacks.

Where `rich` is installed, structlog's own configuration draws them with it, the code around each line included: 0.8 s
each.
"""

import structlog


def draw_no_tracebacks() -> None:
    """From now on in this process, also after `structlog.reset_defaults`."""
    for processor in structlog.get_config()["processors"]:
        if isinstance(processor, structlog.dev.ConsoleRenderer):
            processor.exception_formatter = structlog.dev.plain_traceback
