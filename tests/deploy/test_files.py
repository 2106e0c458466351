"""The files of `deploy/` say what their own tools accept, and name only settings, commands and files that exist."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from compose_spec import PyCompose

from notifier.delivery.accounts import SmtpServer, TwilioAccount
from notifier.drivers.pulse import Pulse
from notifier.settings import Settings
from notifier.settings_variables import variable
from tests.cli.conftest import logs_as_before, run_command
from tests.support.rig import write_project

__all__ = ["logs_as_before"]

REPOSITORY = Path(__file__).parents[2]
DEPLOY = REPOSITORY / "deploy"
UNIT, DOCKERFILE, COMPOSE = DEPLOY / "notifier.service", DEPLOY / "Dockerfile", DEPLOY / "compose.yaml"
UNITS = (UNIT, DEPLOY / "notifier-serve.service")
WATCHED = ("prometheus", "grafana")
"""Folders that name figures, which are no settings: `test_watched.py` looks at them."""
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.parent.name not in WATCHED)
INSTALLED = "/opt/notifier/bin/notifier"
KNOWN = {variable(name) for name in Settings.model_fields} | {"NOTIFIER_PROJECT"}
EXPOSURE = 1.5
"""What `systemd-analyze security` may give at most: 0 is a program that may do nothing, 10 one that may do all."""
SLOWEST = max(TwilioAccount(account_sid="", auth_token="").timeout, SmtpServer(host="", sender="").timeout)


# -- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = {name.upper() for name in re.findall(r"\bnotifier_[a-z_]+\b", text, re.IGNORECASE)}
    assert named <= KNOWN


@pytest.mark.parametrize("file", [*UNITS, DOCKERFILE, COMPOSE], ids=lambda file: file.name)
def test_every_command_that_is_named_exists_with_its_options(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = re.findall(rf"{INSTALLED} (.+)\n", text)
    named += [" ".join(json.loads(words)[1:]) for words in re.findall(r'CMD (\["notifier",.*\])\n', text)]
    named += [words.replace(",", "").replace('"', "") for words in re.findall(r"\n    command: \[(.*)\]\n", text)]
    assert len(named) >= 1
    for words in named:
        asked = run_command(*shlex.split(words), "--help")  # an option that does not exist is refused all the same
        assert (asked.code, asked.err) == (0, "")


def test_a_service_manager_waits_longer_than_any_answer_of_a_provider() -> None:
    units = [re.findall(r"^TimeoutStopSec=(\d+)$", unit.read_text(encoding="utf-8"), re.MULTILINE) for unit in UNITS]
    services = PyCompose.from_yaml(COMPOSE.read_text(encoding="utf-8")).to_dict()["services"]
    graces = [services[name]["stop_grace_period"] for name in ("notifier", "serve")]
    for seconds in (*(unit[0] for unit in units), *(grace.removesuffix("s").replace("1m", "60") for grace in graces)):
        assert timedelta(seconds=int(seconds)) >= 2 * SLOWEST


# -- systemd ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=UNITS, ids=lambda unit: unit.stem)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit as it is installed, but with this environment's program, which systemd looks for."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    program = Path(sys.executable).with_name("notifier")
    assert program.exists()
    shipped: Path = request.param
    text = shipped.read_text(encoding="utf-8")
    assert text.count(f"\nExecStart={INSTALLED} ") == 1
    installed = tmp_path / shipped.name
    installed.write_text(text.replace(f"ExecStart={INSTALLED}", f"ExecStart={program}"), encoding="utf-8")
    return installed


def test_systemd_accepts_the_unit_without_a_word(unit: Path) -> None:
    assert _run("systemd-analyze", "verify", str(unit)) == (0, "")


@pytest.mark.parametrize("unit", [UNIT], indirect=True, ids=["notifier"])
def test_systemd_would_say_if_the_unit_were_wrong(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSistem=strict"))
    assert "ProtectSistem" in _run("systemd-analyze", "verify", str(unit))[1]


def test_the_unit_lets_the_daemon_do_little(unit: Path) -> None:
    code, said = _run("systemd-analyze", "security", "--offline=true", "--no-pager", str(unit))
    assert code == 0, said
    found = re.search(r"Overall exposure level for [\w-]+\.service: ([\d.]+)", said)
    assert found is not None, said
    assert float(found[1]) <= EXPOSURE


# -- Docker -----------------------------------------------------------------------------------------------------------


def test_the_dockerfile_passes_its_linter() -> None:
    assert _run(_hadolint(), str(DOCKERFILE)) == (0, "")


def test_the_linter_would_say_if_the_dockerfile_were_wrong(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text(DOCKERFILE.read_text().replace("WORKDIR /project", "WORKDIR project"))
    code, said = _run(_hadolint(), str(bad))
    assert code == 1
    assert "DL3000" in said


def test_the_image_takes_the_locked_packages_and_what_exists() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    allowed = {line[1:] for line in _lines(DEPLOY / "Dockerfile.dockerignore") if line.startswith("!")}
    copied = [word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE) for word in line.split()]
    assert set(copied) == allowed
    assert [name for name in copied if not (REPOSITORY / name).exists()] == []
    assert _lines(DEPLOY / "Dockerfile.dockerignore")[0] == "*"
    installs = re.findall(r"pip install .*", text)
    assert [("--require-hashes" in line, "--no-deps" in line) for line in installs] == [(True, False), (False, True)]
    assert re.findall(r"^USER (\d+):\1$", text, re.MULTILINE) == ["10001"]


def test_the_health_check_asks_the_daemon_and_not_the_database(tmp_path: Path) -> None:
    (words,) = re.findall(r'CMD (\["notifier",.*\])\n', DOCKERFILE.read_text(encoding="utf-8"))
    project = write_project(tmp_path)
    (project / ".env").write_text("NOTIFIER_DATABASE_URL=sqlite:///gone/notifier.db\n")
    asked = run_command(*json.loads(words)[1:], project=project)
    assert (asked.code, asked.out) == (1, "")
    assert "no daemon runs here" in asked.err
    Pulse(project / "notifier.pulse", ()).beat()
    asked = run_command(*json.loads(words)[1:], project=project)
    assert (asked.code, asked.err) == (0, "")
    assert "is well" in asked.out
    assert list(project.glob("**/*.db")) == []


def test_daemons_say_that_they_live_where_they_may_write() -> None:
    """The project folder is read-only in both: each names a place of its own."""
    assert "NOTIFIER_PULSE=/tmp/" in DOCKERFILE.read_text(encoding="utf-8")
    unit = UNIT.read_text(encoding="utf-8")
    assert "NOTIFIER_PULSE=/run/notifier/" in unit
    assert "\nRuntimeDirectory=notifier\n" in unit


# -- compose ----------------------------------------------------------------------------------------------------------


def test_the_compose_file_is_what_the_specification_allows() -> None:
    compose = PyCompose.from_yaml(COMPOSE.read_text(encoding="utf-8"))
    for check in (compose.validate, compose.validate_secrets, compose.validate_volumes, compose.validate_networks):
        check()
    document = compose.to_dict()
    for service in document["services"].values():
        assert set(service.get("depends_on", ())) <= set(document["services"])
    notifier = document["services"]["notifier"]
    assert (COMPOSE.parent / notifier["build"]["context"] / notifier["build"]["dockerfile"]).resolve() == DOCKERFILE
    assert document["services"]["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("cap_drop:", "capdrop:"), ("condition: service_healthy", "condition: well"), ("interval: 5s", "interval: often")],
)
def test_a_compose_file_that_is_wrong_is_refused(right: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=r"services\.(notifier|database|serve)"):
        PyCompose.from_yaml(COMPOSE.read_text(encoding="utf-8").replace(right, wrong))


def test_compose_gives_every_secret_as_a_file_and_none_as_a_variable() -> None:
    document = PyCompose.from_yaml(COMPOSE.read_text(encoding="utf-8")).to_dict()
    secrets = {"NOTIFIER_DATABASE_URL", "NOTIFIER_TWILIO_AUTH_TOKEN", "NOTIFIER_SMTP_PASSWORD", "NOTIFIER_TOKEN_KEY"}
    for service in (document["services"]["notifier"], document["services"]["serve"]):
        assert {name.upper() for name in service["secrets"]} == secrets
        assert {name: value for name, value in service["environment"].items() if name in secrets and value} == {}


def test_only_the_proxy_is_open_to_the_world_and_the_service_is_asked_itself() -> None:
    services = PyCompose.from_yaml(COMPOSE.read_text(encoding="utf-8")).to_dict()["services"]
    opened = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert opened == {"serve": ["127.0.0.1:8000:8000"], "proxy": ["80:80", "443:443"]}
    assert "/healthz" in services["serve"]["healthcheck"]["test"][-1]
    (mounted,) = [each.split(":") for each in services["proxy"]["volumes"] if each.startswith("./")]
    assert (DEPLOY / mounted[0]).is_file()


# -- running things ---------------------------------------------------------------------------------------------------


def _hadolint() -> str:
    return str(Path(sys.executable).with_name("hadolint"))


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _run(*command: str) -> tuple[int, str]:
    """The exit code, and both outputs as one."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout
