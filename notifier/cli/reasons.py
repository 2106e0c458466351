"""`notifier reasons`: why people get in touch, and which notice was missing."""

from notifier.cli.missing import missing
from notifier.cli.options import group

app = group("reasons", "Why people get in touch, and which notice was missing.")
app.command("missing")(missing)


@app.callback()
def _reasons() -> None:
    """A group also while it has one command."""
