"""Dashboard and alerts name only figures that exist, and each alert has its entry in the runbook."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from ruamel.yaml import YAML

from notifier.bounces.bounce import BounceKind
from notifier.model.notices import NoticeState, ReasonCode
from notifier.model.receipts import ReceiptState
from notifier.model.types import ChannelName
from notifier.serving.figures import KNOWN_CODES, LEADS, OTHER, REGISTRY, DatabaseFigures, Followed, code_label
from notifier.serving.parts import Parts
from notifier.store.database import open_engine
from tests.support.drafts import NOW

REPOSITORY = Path(__file__).parents[2]
PROMETHEUS = REPOSITORY / "deploy" / "prometheus"
OPERATIONS = REPOSITORY / "docs" / "operations.md"
NAMED = re.compile(r"\bnotifier_[a-z_]+\b")
CHOSEN = re.compile(r'(\w+)(?:=|!=|=~|!~)"([^"]*)"')
CLOSED = {
    "channel": set(ChannelName),
    "state": {*NoticeState, *ReceiptState},
    "reason": set(ReasonCode),
    "kind": set(BounceKind),
    "leads": set(LEADS),
}
"""Labels whose every value is known."""

with (PROMETHEUS / "alerts.yml").open(encoding="utf-8") as _file:
    ALERTS: list[dict[str, Any]] = [rule for group in YAML(typ="safe").load(_file)["groups"] for rule in group["rules"]]
_DASHBOARD = json.loads((REPOSITORY / "deploy" / "grafana" / "notifier.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in _DASHBOARD["panels"] if panel["type"] != "row"]
ASKED = [str(alert["expr"]) for alert in ALERTS]
ASKED += [str(target["expr"]) for panel in PANELS for target in panel["targets"]]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Metric]:
    """Every figure of `/metrics`, by each name that a query may use for it."""
    from notifier.store.migrating import migrate

    database = open_engine(f"sqlite:///{tmp_path_factory.mktemp('figures') / 'notifier.db'}")
    migrate(database)
    parts = Parts(database=database, clock=lambda: NOW, live=False, company="Fibra", mailbox="bounce@mail.example")
    of_database = CollectorRegistry()
    of_database.register(DatabaseFigures(parts))
    Followed(parts, of_database)
    found = dict(_names([*REGISTRY.collect(), *of_database.collect()]))
    database.dispose()
    return found


def _names(metrics: list[Metric]) -> Iterator[tuple[str, Metric]]:
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    for metric in metrics:
        for ending in endings.get(metric.type, ("",)):
            yield metric.name + ending, metric


def test_every_figure_that_is_asked_for_exists(figures: dict[str, Metric]) -> None:
    never_passed = {"notifier_last_pass_timestamp_seconds"}  # it is told once the rules were evaluated
    named = {name for asked in ASKED for name in NAMED.findall(asked)}
    assert len(named) > 10
    assert named - never_passed <= figures.keys()
    source = (REPOSITORY / "notifier" / "serving" / "figures.py").read_text(encoding="utf-8")
    assert all(f'"{name}"' in source for name in never_passed)


def test_every_figure_is_in_the_manual(figures: dict[str, Metric]) -> None:
    manual = OPERATIONS.read_text(encoding="utf-8")
    missing = {metric.name for metric in figures.values() if f"`{metric.name}" not in manual}
    assert missing == set()


def test_every_value_of_a_label_that_is_asked_for_may_come() -> None:
    chosen = [pair for asked in ASKED for pair in CHOSEN.findall(asked)]
    known = [(name, value) for name, values in chosen if name in CLOSED for value in values.split("|")]
    assert len(known) >= 5
    assert [(name, value) for name, value in known if value not in CLOSED[name]] == []


@pytest.mark.parametrize(
    ("code", "label"),
    [
        (None, ""),
        ("30003", "30003"),
        ("5.1.1", "5.1"),
        ("4.4.7", "4.4"),
        ("550", "5xx"),
        ("421", "4xx"),
        ("5.10.1", OTHER),
        ("5.8.1", OTHER),
        ("5.1.1234", OTHER),
        ("31999", OTHER),
        ("٥٥٠", OTHER),
        ("5.1.1; nobody@example.com", OTHER),
    ],
)
def test_codes_of_foreign_servers_make_no_labels_of_their_own(code: str | None, label: str) -> None:
    assert code_label(code) == label
    assert label in {"", OTHER, "4xx", "5xx", *KNOWN_CODES} or re.fullmatch(r"[45]\.[0-7]", label)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_has_an_entry_in_the_runbook(alert: dict[str, Any]) -> None:
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    headings = re.findall(r"^#{2,6} (\w+)$", (REPOSITORY / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor == alert["alert"].lower()
    assert alert["alert"] in headings
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["annotations"].keys() == {"summary", "description", "runbook_url"}


def test_the_runbook_has_no_entry_without_an_alert() -> None:
    headings = re.findall(r"^#+ (Notifier[A-Z]\w+)$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [alert["alert"] for alert in ALERTS]


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    numbers = [panel["id"] for panel in _DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in PANELS)
    assert [each["name"] for each in _DASHBOARD["templating"]["list"]] == ["datasource"]
    taken: set[tuple[int, int]] = set()
    for panel in _DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not taken & cells, f"{panel['title']} lies on another panel"
        taken |= cells


# -- as Prometheus sees it --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    return found


def test_promtool_accepts_the_configuration_and_plays_the_alerts(promtool: str) -> None:
    code, said = _run(promtool, "check", "config", str(PROMETHEUS / "prometheus.yml"))
    assert code == 0, said
    assert f"{len(ALERTS)} rules found" in said
    code, said = _run(promtool, "test", "rules", str(Path(__file__).with_name("alerts_test.yml")))
    assert code == 0, said


def test_promtool_accepts_what_the_dashboard_asks(promtool: str, tmp_path: Path) -> None:
    """A dashboard's queries as rules, which promtool reads."""
    queries = [target["expr"] for panel in PANELS for target in panel["targets"]]
    queries += [each["expr"] for each in _DASHBOARD["annotations"]["list"]]
    rules = [{"record": f"q{number}", "expr": expr} for number, expr in enumerate(queries)]
    file = tmp_path / "rules.yml"
    asked = json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}).replace("$__rate_interval", "5m")
    file.write_text(asked, encoding="utf-8")
    code, said = _run(promtool, "check", "rules", str(file))
    assert code == 0, said
    file.write_text(asked.replace("max by", "most by", 1), encoding="utf-8")
    assert _run(promtool, "check", "rules", str(file))[0] != 0


def _run(*command: str) -> tuple[int, str]:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout
