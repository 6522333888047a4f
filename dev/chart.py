"""What Helm makes of the chart, kept for the tests: `python -m dev.chart`.

To build Helm takes minutes, so no test does: what it makes of each values file in
`tests/data/helm/` is kept beside it, with the digest of what it was made of.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dev.places import CONFIG, REPOSITORY
from dev.reference.chart_values import CHART

HELM = "helm.sh/helm/v3/cmd/helm@v3.22.0"
CASES = REPOSITORY / "tests" / "data" / "helm"
"""`NAME.values.yaml`, and what Helm makes of it: `NAME.yaml`."""
RELEASE = "rc"
KUBERNETES = "1.37"
RULES = REPOSITORY / "grafana" / "prometheus" / "rules"

_yaml = YAML(typ="safe")
_yaml.default_flow_style = False
_yaml.width = 1000


def cases() -> list[Path]:
    """Each values file."""
    return sorted(CASES.glob("*.values.yaml"))


def kept(case: Path) -> Path:
    """Where what Helm makes of `case` is."""
    return case.with_name(case.name.replace(".values", ""))


def digest(case: Path) -> str:
    """Of `case` and of what the chart makes of it, but for files that are elsewhere."""
    folder = sha256()
    files = [*(CHART / "templates").iterdir(), CHART / "values.yaml", case]
    for file in sorted(files):
        folder.update(f"{file.name}\0{file.read_text('utf-8')}\0".encode())
    return folder.hexdigest()


def render(helm: str, case: Path) -> str:
    """What Helm makes of `case`, as it is kept. Raises `CalledProcessError`."""
    command = [helm, "template", RELEASE, str(CHART), "--values", str(case)]
    # One that `go install` built knows no Kubernetes of its own.
    command += ["--kube-version", KUBERNETES]
    values = _yaml.load(case)
    if "slaConfigMap" not in values:
        command += ["--set-file", f"sla={CONFIG}"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    manifests = [each for each in _yaml.load_all(made.stdout) if each]
    runbook = values.get("monitoring", {}).get("rules", {}).get("runbook", "")
    told = StringIO()
    told.write(f"# Made by `python -m dev.chart` of {digest(case)}\n")
    _yaml.dump_all([_short(each, runbook) for each in manifests], told)
    return told.getvalue()


def whole_files() -> Iterator[Path]:
    """What becomes a key of a ConfigMap as it is."""
    yield from sorted((CHART / "dashboards").iterdir())
    yield CONFIG


def rule_groups(runbook: str) -> list[Any]:
    """The groups of all files of rules, whose alerts link to `runbook`."""
    found: list[Any] = []
    for file in sorted(RULES.iterdir()):
        text = file.read_text("utf-8").replace("{{ $externalLabels.runbook }}", runbook)
        found += _yaml.load(text)["groups"]
    return found


def _short(manifest: dict[str, Any], runbook: str) -> Any:
    """Whole files by their names, and no version: those change with every release."""
    texts = {file.read_text("utf-8"): file.name for file in whole_files()}
    data: dict[str, str] = manifest.get("data", {})
    data.update({k: f"<{texts[v]}>" for k, v in data.items() if v in texts})
    if manifest["kind"] == "PrometheusRule":
        groups = manifest["spec"]["groups"]
        whole = groups == rule_groups(runbook)
        manifest["spec"]["groups"] = ["<rules>"] if whole else groups
    return _without(manifest, _yaml.load(CHART / "Chart.yaml")["version"])


def _without(value: Any, version: str) -> Any:
    match value:
        case dict():
            return {key: _without(each, version) for key, each in value.items()}
        case list():
            return [_without(each, version) for each in value]
        case str():
            return value.replace(version, "VERSION")
        case _:
            return value


def main() -> None:
    """Write what Helm makes of each case."""
    helm = shutil.which("helm")
    if helm is None:
        sys.exit(f"there is no helm here: go install {HELM}")
    for case in cases():
        kept(case).write_text(render(helm, case), "utf-8")


if __name__ == "__main__":
    main()
