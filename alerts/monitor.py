"""`replyclock doctor`: whether Alertmanager hears us, and tells whom the rules name."""

from collections.abc import Sequence
from typing import Any

import aiohttp
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from alerts.sinks.request import new_session
from stream.config import Config
from stream.doctor.check import Finding, fail, ok, skip, warn
from stream.monitoring import UntoldError, settings_of, told
from stream.process.secret_files import secret_file
from stream.process.settings import Settings, SettingsError

ALERTMANAGER = "alertmanager"
_SECONDS = 4.0
_WATCHDOGS = "alerts?filter=alertname%3DWatchdog"
_MEND = "replyclock monitoring, then restart it: docs/runbook.md"


class MonitorCheck:
    """Says nothing where no address of an Alertmanager is set."""

    def __init__(self, settings: Settings, config: Config | None) -> None:
        self._settings = settings
        self._config = config

    async def look(self) -> Sequence[Finding]:
        if not self._settings.alertmanager_url or self._config is None:
            return []
        try:
            async with new_session(_SECONDS) as session:
                status = await self._ask(session, "status")
                watchdogs = await self._ask(session, _WATCHDOGS)
            has = YAML(typ="safe").load(status["config"]["original"])
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError) as error:
            said = f"no answer: {type(error).__name__}"
            return [fail(ALERTMANAGER, said, "see REPLYCLOCK_ALERTMANAGER_URL")]
        except YAMLError:
            return [skip(ALERTMANAGER, "shows settings that cannot be read")]
        try:
            wanted = settings_of(
                self._config.alerts, self._settings.slack_api_url, secret_file
            )
        except (SettingsError, UntoldError) as error:
            return [skip(ALERTMANAGER, f"whom it is to tell is unknown: {error}")]
        told_by = judge(YAML(typ="safe").load(wanted), has)
        return [*told_by, *judge_watchdogs(watchdogs)]

    async def _ask(self, session: aiohttp.ClientSession, what: str) -> Any:
        url = f"{self._settings.alertmanager_url.rstrip('/')}/api/v2/{what}"
        async with session.get(url) as answer:
            answer.raise_for_status()
            return await answer.json()


def judge(wanted: dict[str, Any], has: dict[str, Any]) -> list[Finding]:
    """What Alertmanager `has`, beside what the rules want of it. Pure."""
    if not any(each["name"] == "monitor" for each in has.get("receivers", [])):
        said = "has settings of your own: whom it tells is not looked at"
        return [warn(ALERTMANAGER, said, _MEND)]
    wrong = [
        fail(
            ALERTMANAGER,
            f"tells {told(has, name) or 'nobody'}; by alerts.{name} it is to tell"
            f" {told(wanted, name) or 'nobody'}",
            _MEND,
        )
        for name in ("monitor", "watchdog")
        if told(has, name) != told(wanted, name)
    ]
    switch = "and the switch" if told(has, "watchdog") else "and no switch"
    return wrong or [ok(ALERTMANAGER, f"tells {told(has, 'monitor')}, {switch}")]


def judge_watchdogs(alerts: Sequence[dict[str, Any]]) -> list[Finding]:
    """Whether what always fires gets here, and leads somewhere. Pure."""
    if not alerts:
        said = "hears nothing of Prometheus: what always fires is not there"
        mend = "is Prometheus running, and alerting: of its settings this one?"
        return [fail(ALERTMANAGER, said, mend)]
    runbooks = {alert["annotations"].get("runbook_url", "") for alert in alerts}
    if not all(runbook.startswith("http") for runbook in runbooks):
        said = "its alerts lead to a runbook that nobody can click"
        mend = "set REPLYCLOCK_RUNBOOK of Prometheus to where docs/runbook.md is read"
        return [warn(ALERTMANAGER, said, mend)]
    return []
