"""What `read_bounce` makes of the mails that flufl.bounce is tested with, and how many lead to a notice.

They are in its source package, and none of them is copied here: `python -m tests.bounces.corpus FOLDER` reads them.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

from flufl.bounce import all_failures

from notifier.bounces.reading import read_bounce
from tests.bounces.mails import ADDRESS, REFERENCE


def main(folders: Sequence[str]) -> None:
    """Prints the counts."""
    files = sorted(path for folder in folders for path in Path(folder).rglob("*.txt"))
    kinds: Counter[tuple[str, str]] = Counter()
    by_id, led = 0, 0
    for path in files:
        content = path.read_bytes()
        bounce = read_bounce(content)
        passing, lasting = all_failures(message_from_bytes(content))
        kinds["permanent" if lasting else "temporary" if passing else "nothing", bounce.kind.value] += 1
        by_id += bool(bounce.message_ids or bounce.envelope_ids)
        to_us = read_bounce(f"To: {ADDRESS.sender(REFERENCE)}\n".encode() + content)
        led += to_us.kind is bounce.kind and ADDRESS.reference_in(to_us.addresses[0]) == REFERENCE
    sys.stdout.write(f"{len(files)} mails; {by_id} repeat a Message-ID or an envelope id of what was sent\n")
    sys.stdout.write(f"{led} lead to the notice with the same meaning, where they are sent to its envelope sender\n")
    for (theirs, ours), number in sorted(kinds.items()):
        sys.stdout.write(f"{number:4} flufl.bounce: {theirs}, we: {ours}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
