"""The manifests are what Kubernetes takes, fit together, and let the pods do little."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from notifier.settings import Settings
from notifier.settings_variables import variable
from tests.cli.conftest import logs_as_before, run_command

__all__ = ["logs_as_before"]

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
VERSION = "1.33"
"""One that everybody may run by now."""
MANIFESTS: list[dict[str, Any]] = [
    manifest
    for file in sorted(FOLDER.glob("*.yaml"))
    for manifest in YAML(typ="safe").load_all(file.read_text(encoding="utf-8"))
]
DEPLOYMENTS = {each["metadata"]["name"]: each["spec"] for each in MANIFESTS if each["kind"] == "Deployment"}


def of_kind(kind: str) -> dict[str, Any]:
    """The only one of its kind."""
    (found,) = [each for each in MANIFESTS if each["kind"] == kind]
    return found


def container(name: str) -> dict[str, Any]:
    """The only container of a Deployment."""
    (found,) = DEPLOYMENTS[name]["template"]["spec"]["containers"]
    return dict(found)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}/{each['metadata']['name']}")
def test_kubernetes_takes_it(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_a_manifest_that_is_wrong_is_refused() -> None:
    manifest = deepcopy(next(each for each in MANIFESTS if each["kind"] == "Deployment"))
    manifest["spec"]["template"]["spec"]["containers"][0]["livenessprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="livenessprobe"):
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_every_command_exists_with_its_options() -> None:
    probes = [probe["exec"]["command"][1:] for name in DEPLOYMENTS for probe in _probes(name) if "exec" in probe]
    for words in (*(container(name)["args"] for name in DEPLOYMENTS), *probes):
        asked = run_command(*words, "--help")
        assert (asked.code, asked.err) == (0, "")


def _probes(name: str) -> list[dict[str, Any]]:
    return [value for key, value in container(name).items() if key.endswith("Probe")]


def test_settings_are_settings_and_secrets_are_files() -> None:
    settings = of_kind("ConfigMap")["data"]
    assert settings.keys() <= {variable(name) for name in Settings.model_fields}
    assert {name: value for name, value in settings.items() if "TOKEN" in name or "PASSWORD" in name} == {}
    assert settings["NOTIFIER_DATABASE_URL"] == ""
    for name in DEPLOYMENTS:
        assert container(name)["envFrom"] == [{"configMapRef": {"name": of_kind("ConfigMap")["metadata"]["name"]}}]
        mounts = {mount["name"]: mount["mountPath"] for mount in container(name)["volumeMounts"]}
        assert mounts["secrets"] == settings["NOTIFIER_SECRETS_DIR"]
        assert mounts["tmp"] == "/tmp"  # where the image puts the pulse
        assert mounts.keys() == {volume["name"] for volume in DEPLOYMENTS[name]["template"]["spec"]["volumes"]}


def test_a_database_that_is_away_restarts_nothing() -> None:
    served = container("notifier-serve")
    assert served["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert served["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container("notifier-daemon")["livenessProbe"]["exec"]["command"] == ["notifier", "health"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_may_do_little_and_finishes_what_is_in_hand(name: str) -> None:
    pod = DEPLOYMENTS[name]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == 10001  # the image's
    assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    assert container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["terminationGracePeriodSeconds"] >= 60


def test_what_is_called_leads_to_the_service() -> None:
    labels = DEPLOYMENTS["notifier-serve"]["template"]["metadata"]["labels"]
    service, ingress = of_kind("Service"), of_kind("Ingress")
    for selector in (service["spec"]["selector"], of_kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"]):
        assert selector == labels
    for name, deployment in DEPLOYMENTS.items():
        labels = deployment["template"]["metadata"]["labels"]
        assert (deployment["selector"]["matchLabels"] == labels, labels["app.kubernetes.io/component"] in name) == (
            True,
            True,
        )
    (port,) = service["spec"]["ports"]
    assert port["targetPort"] in {each["name"] for each in container("notifier-serve")["ports"]}
    (rule,) = ingress["spec"]["rules"]
    for path in rule["http"]["paths"]:
        assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": port["name"]}}
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
    assert of_kind("ConfigMap")["data"]["NOTIFIER_PUBLIC_URL"] == f"https://{rule['host']}"
