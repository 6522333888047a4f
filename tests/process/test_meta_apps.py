"""Meta apps: several businesses, several secrets at once; faults quote nothing."""

import json
import os
import traceback
from typing import Any

import pytest

from stream.process.meta_apps import MOST_SECRETS, MetaApp, written_apps
from stream.process.settings import SettingsError, read_settings

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the variables of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("REPLYCLOCK_"):
            monkeypatch.delenv(name)


def test_apps_by_name_beside_the_variables_of_one(monkeypatch, tmp_path):
    """Each app has its secrets, tokens and channels; all channels unless it says."""
    file = tmp_path / "apps"
    acme = {"app_secrets": ["new", "old"], "verify_tokens": ["t"]}
    sold = {"app_secrets": ["s"], "channels": ["messenger"]}
    file.write_text(json.dumps({"acme": acme, "sold": sold}), encoding="utf-8")
    monkeypatch.setenv("REPLYCLOCK_META_APPS_FILE", str(file))
    monkeypatch.setenv("REPLYCLOCK_WHATSAPP_APP_SECRET", "w")
    monkeypatch.setenv("REPLYCLOCK_WHATSAPP_VERIFY_TOKEN", "v")

    assert read_settings().meta_app_list() == [
        MetaApp(
            name="default",
            channels=("whatsapp",),
            app_secrets=(b"w",),
            verify_tokens=(b"v",),
        ),
        MetaApp(
            name="acme",
            channels=("whatsapp", "messenger"),
            app_secrets=(b"new", b"old"),
            verify_tokens=(b"t",),
        ),
        MetaApp(name="sold", channels=("messenger",), app_secrets=(b"s",)),
    ]


OBJECT = 'must be an object: {"app_secrets": ["..."]}'
KEYS = "a key that is none of app_secrets, verify_tokens, channels"
NAME = "an app's name is 1 to 24 of a-z, 0-9, _ and -"
GOOD = {"app_secrets": [SECRET]}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{"acme": ' + SECRET, ["is not JSON: line 1 column 11"]),
        (
            f'{{"acme": {json.dumps(GOOD)}, "acme": {json.dumps(GOOD)}}}',
            ["a name or key stands in it twice"],
        ),
        ("[" * 100_000, ["is nested too deeply"]),
        ([SECRET], ['must be an object: {"acme": {"app_secrets": ["..."]}}']),
        ({"acme": SECRET}, [f"acme: {OBJECT}"]),
        ({"acme": {}}, ["acme.app_secrets: is missing"]),
        ({"acme": {"app_secrets": []}}, ["acme.app_secrets: is empty"]),
        (
            {"acme": {"app_secrets": SECRET}},
            ['acme.app_secrets: must be a list: ["..."]'],
        ),
        (
            {"acme": {"app_secrets": [SECRET, ""]}},
            ["acme.app_secrets.1: is empty, or has space around it"],
        ),
        (
            {"acme": {"app_secrets": [f"{SECRET}\n"]}},
            ["acme.app_secrets.0: is empty, or has space around it"],
        ),
        (
            {"acme": {**GOOD, "verify_tokens": [1]}},
            ["acme.verify_tokens.0: must be a text"],
        ),
        (
            {"acme": {**GOOD, "channels": ["instagram"]}},
            ["acme.channels.0: is none of whatsapp, messenger"],
        ),
        ({"acme": {**GOOD, SECRET: "app_secrets"}}, [f"acme: {KEYS}"]),
        ({SECRET: {}}, [NAME, "is missing"]),
        (
            {"default": GOOD},
            ["default is the app of REPLYCLOCK_WHATSAPP_APP_SECRET"],
        ),
        (
            {"acme": {"app_secrets": [f"s{n}" for n in range(MOST_SECRETS + 1)]}},
            ["17 app secrets of whatsapp: 16 at most"],
        ),
        (
            {"a": {"app_secrets": 1}, "b": {"app_secrets": 2}},
            [
                'a.app_secrets: must be a list: ["..."]',
                'b.app_secrets: must be a list: ["..."]',
            ],
        ),
    ],
)
def test_a_fault_is_a_line_that_quotes_no_secret(
    monkeypatch: pytest.MonkeyPatch, written: Any, said: list[str]
) -> None:
    """All faults at once, each with its place; a secret where a name belongs, too."""
    text = written if isinstance(written, str) else json.dumps(written)
    monkeypatch.setenv("REPLYCLOCK_META_APPS", text)

    with pytest.raises(SettingsError) as caught:
        read_settings()

    lines = [f"REPLYCLOCK_META_APPS: {line}" for line in said]
    assert str(caught.value).splitlines() == lines
    with pytest.raises(ValueError) as direct:  # noqa: PT011  its words are above
        written_apps(text)
    for error in (caught.value, direct.value):
        assert SECRET not in "".join(traceback.format_exception(error))


def test_an_app_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither settings nor an app in a log line or a traceback."""
    apps = {"acme": {"app_secrets": [SECRET], "verify_tokens": [SECRET]}}
    monkeypatch.setenv("REPLYCLOCK_META_APPS", json.dumps(apps))
    settings = read_settings()

    assert SECRET not in f"{settings!r} {settings.meta_app_list()!r}"
