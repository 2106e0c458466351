"""Template files that no rule uses, or that no channel would look for."""

import re
from collections.abc import Iterator

from notifier.model.problems import Place, Problem, did_you_mean
from notifier.rendering.catalogue import FILE
from notifier.rendering.shipped import LAYOUT
from notifier.rules.checked import Project


def strays(project: Project) -> Iterator[Problem]:
    """Template files that nothing uses."""
    used = {template for rule in project.rules.values() for template in rule.templates}
    named = {name for source in project.templates.values() for name in re.findall(r"""['"]([^'"]+\.j2)['"]""", source)}
    broken = project.has_errors
    for path in project.templates:
        file = FILE.fullmatch(path)
        place = Place(f"templates/{path}")
        if path == LAYOUT or path in named:
            continue
        if file is None or (file["channel"] != "email" and file["part"] != "txt"):
            what = (
                "no template is named like this; use sms.LOCALE.txt.j2, whatsapp.LOCALE.txt.j2, "
                "email.LOCALE.subject.j2 or email.LOCALE.txt.j2"
            )
            yield Problem(place, what, "warning")
        elif file["template"] not in used and not broken:
            hint = did_you_mean(file["template"], used)
            yield Problem(place, f"no rule uses the template '{file['template']}'{hint}", "warning")
