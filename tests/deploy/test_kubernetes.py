"""The manifests: known settings, the image's role, and what the profile *restricted* of Kubernetes asks for."""

from typing import Any

import pytest
import yaml

from tests.deploy.places import DEPLOY, KNOWN, given, needed

FOUND: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes/bot.yaml").read_text(encoding="utf-8")))
BY_KIND = {one["kind"]: one for one in FOUND}
POD: dict[str, Any] = BY_KIND["Deployment"]["spec"]["template"]["spec"]
(BOT,) = POD["containers"]


def test_every_part_is_there_once() -> None:
    """Each in the namespace that the operator's page makes."""
    kinds = {"ServiceAccount", "Deployment", "PersistentVolumeClaim", "PodDisruptionBudget", "NetworkPolicy"}
    assert (set(BY_KIND), len(FOUND)) == (kinds, len(kinds))
    assert {one["metadata"]["namespace"] for one in FOUND} == {"ruleout"}


def test_it_starts_the_bot_with_known_settings_and_all_that_it_needs() -> None:
    """As the Procfile and the image have it."""
    assert "bot: ruleout " + " ".join(BOT["args"]) in (DEPLOY.parent / "Procfile").read_text(encoding="utf-8")
    names = {one["name"] for one in BOT["env"]}
    assert names <= KNOWN
    assert needed("bot") <= given(names)


def test_no_secret_stands_in_it() -> None:
    """Secrets are files of a mounted Secret: an environment is shown by `kubectl describe`."""
    (mounted,) = (one["mountPath"] for one in BOT["volumeMounts"] if one["name"] == "secrets")
    secret = {one["name"]: one["value"] for one in BOT["env"] if one["name"].endswith(("KEYS_FILE", "TOKEN_FILE"))}
    assert len(secret) == 3
    assert all(path.startswith(f"{mounted}/") for path in secret.values())
    volumes = {one["name"] for one in POD["volumes"]}
    assert volumes == {one["name"] for one in BOT["volumeMounts"]}


def test_the_profile_restricted_lets_it_in() -> None:
    """Source: kubernetes.io/docs/concepts/security/pod-security-standards, Restricted."""
    pod, own = POD["securityContext"], BOT["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert own["readOnlyRootFilesystem"] is True
    assert POD["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(POD)
    recipe = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert f"USER {pod['runAsUser']}:{pod['runAsGroup']}\n" in recipe


@pytest.mark.parametrize("kind", ["Deployment", "PodDisruptionBudget", "NetworkPolicy"])
def test_the_same_labels_select_the_pods(kind: str) -> None:
    """A policy that selects nothing protects nothing, and says nothing."""
    spec = BY_KIND[kind]["spec"]
    selector = spec["podSelector"] if kind == "NetworkPolicy" else spec["selector"]
    labels = BY_KIND["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert selector["matchLabels"].items() <= labels.items()


def test_the_probes_ask_where_the_bot_answers() -> None:
    """A probe of another port would start it anew for ever."""
    listen = next(one["value"] for one in BOT["env"] if one["name"] == "RULEOUT_METRICS_LISTEN")
    (port,) = BOT["ports"]
    assert listen == f"0.0.0.0:{port['containerPort']}"
    asked = {name: BOT[name]["httpGet"] for name in ("livenessProbe", "readinessProbe", "startupProbe")}
    assert {one["port"] for one in asked.values()} == {port["name"]}
    assert {name: one["path"] for name, one in asked.items()} == {
        "livenessProbe": "/healthz", "readinessProbe": "/readyz", "startupProbe": "/healthz",
    }  # fmt: skip
    annotations = BY_KIND["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == str(port["containerPort"])


def test_one_of_two_stays_and_only_figures_can_be_asked_for() -> None:
    """A node that is drained must not silence the channel."""
    assert BY_KIND["Deployment"]["spec"]["replicas"] == 2
    assert BY_KIND["PodDisruptionBudget"]["spec"]["minAvailable"] == 1
    policy = BY_KIND["NetworkPolicy"]["spec"]
    (ingress,) = policy["ingress"]
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    assert (ingress["ports"], len(ingress["from"])) == ([{"protocol": "TCP", "port": 9464}], 1)
