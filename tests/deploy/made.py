"""What Helm makes of one values file, as the tests ask for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dev.chart import CASES, RELEASE, kept

Manifest = dict[str, Any]


class Made:
    """The manifests of one of `dev.chart.cases`."""

    def __init__(self, case: Path) -> None:
        self.values = YAML(typ="safe").load(case)
        self.all: list[Manifest] = list(YAML(typ="safe").load_all(kept(case)))

    @classmethod
    def named(cls, name: str) -> "Made":
        return cls(CASES / f"{name}.values.yaml")

    def of(self, kind: str) -> dict[str, Manifest]:
        """By name, without the release's."""
        found = [each for each in self.all if each["kind"] == kind]
        return {
            each["metadata"]["name"].removeprefix(f"{RELEASE}-"): each for each in found
        }

    @property
    def workloads(self) -> dict[str, Manifest]:
        """By process."""
        return {**self.of("StatefulSet"), **self.of("Deployment")}

    def pod(self, process: str) -> Manifest:
        pod: Manifest = self.workloads[process]["spec"]["template"]["spec"]
        return pod

    def container(self, process: str) -> Manifest:
        (container,) = self.pod(process)["containers"]
        assert isinstance(container, dict)
        return container

    def environment(self, process: str) -> dict[str, str]:
        """As the container of the first pod has it."""
        said = self.container(process)["env"]
        assert len({each["name"] for each in said}) == len(said)
        of_pod = {"fieldRef": {"fieldPath": "metadata.name"}}
        assert all(each.get("valueFrom", of_pod) == of_pod for each in said)
        pod = f"{RELEASE}-{process}-0"
        return {each["name"]: each.get("value", pod) for each in said}

    def mounts(self, process: str) -> Iterator[tuple[str, Manifest]]:
        """Where what is mounted: a volume of the pod, or a claim."""
        volumes = {each["name"]: each for each in self.pod(process)["volumes"]}
        spec = self.workloads[process]["spec"]
        for claim in spec.get("volumeClaimTemplates", []):
            volumes[claim["metadata"]["name"]] = claim
        for mount in self.container(process)["volumeMounts"]:
            assert "subPath" not in mount, "a file is never changed where it is"
            yield mount["mountPath"], volumes.pop(mount["name"])
        assert not volumes, "mounted nowhere"
