"""The shipped project plus the benchmark's own rules, as one project folder and its ruleset."""

import shutil
from pathlib import Path

from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
OWN = HERE / "project"
LEFT_OUT = (
    *("utilities", "clinic", "day_visits.yaml", "usual_bill.yaml", "order_in_parts.yaml", "lost_parcel.yaml"),
    *("price_change.yaml", "refunds.yaml", "technician_late.yaml", "queue.yaml", "crew_visits.yaml"),
)
"""Shipped rules that are not measured: trades of which the benchmark has its own, and what nobody wrote by hand yet."""
SENDER = RenderSettings(company="Fibra", from_address="notices@example.com")
DEFAULTS = Defaults(locale="es-CO", timezone="America/Bogota", country="CO")


def write_project(folder: Path) -> Path:
    """Write the shipped rules, templates and calendars, with the benchmark's own on top, without scenario tests.

    `LEFT_OUT` says which of the shipped ones are not in it.
    """
    for source in (REPOSITORY, OWN):
        for name in ("rules", "templates"):
            shutil.copytree(
                source / name,
                folder / name,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("*.test.yaml", *LEFT_OUT),
            )
    return folder


def load_ruleset(folder: Path) -> Ruleset:
    """The ruleset of a project folder. Raises ValueError where a file has a problem: the figures would be wrong."""
    project = load_project(folder)
    if project.has_errors:
        raise ValueError("\n".join(map(str, project.problems)))
    return ruleset_of(project, Renderer(project, SENDER), DEFAULTS)
