"""What docs/upgrading.md has people type is held against the code, or typed."""

import re
import subprocess
import time

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError
from ruamel.yaml import YAML

from dev.places import REPOSITORY
from stream.process.meta_apps import CHANNELS
from stream.process.settings import Settings
from tests.pages import page

PAGE = page("upgrading.md")


def typed(beginning: str) -> list[str]:
    lines = map(str.strip, PAGE.splitlines())
    return [line for line in lines if line.startswith(beginning)]


def topics_of(commands: list[str]) -> set[str]:
    return {re.search(r"--topic (\S+)", command)[1] for command in commands}


def test_every_topic_is_made_anew():
    """What cannot be made from others is taken out before, and put back."""
    ours = Settings()
    kept = {ours.events_topic, ours.aliases_topic}
    derived = {ours.facts_topic, ours.dead_letters_topic, ours.changelog_topic}

    assert topics_of(typed("kafka-topics.sh")) == kept | derived
    assert topics_of(typed("kafka-console-consumer.sh")) == kept
    assert topics_of(typed("kafka-console-producer.sh")) == kept


def test_the_volumes_and_services_are_those_of_compose():
    """A volume that is not there would be made, empty, and copied."""
    compose = YAML(typ="safe").load(REPOSITORY / "docker-compose.yml")
    volumes = {
        name for line in typed("docker run") for name in re.findall(r"-v (\w+):", line)
    }
    stopped = " ".join(re.findall(r"docker compose stop ([a-z ]+)", PAGE)).split()

    assert volumes == {f"{compose['name']}_{name}" for name in ("kafka", "redis")}
    assert set(stopped) <= set(compose["services"])


def test_every_secret_has_a_row():
    """Of those that a process is told by a variable of their own."""
    named = set(re.findall(r"`REPLYCLOCK_(\w+)`", PAGE))
    told = {"kafka_password", "redis_password", "meta_apps"}  # by other words
    told |= {
        f"{app}_{name}" for app in CHANNELS for name in ("app_secret", "verify_token")
    }
    secrets = {
        name
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }

    assert {name for name in secrets - told if name.upper() not in named} == set()


def run(command: str, **variables: str) -> None:
    subprocess.run(["bash", "-euc", command], env=variables, check=True)


def client(url: str, password: str | None = None) -> Redis:
    return Redis.from_url(url, password=password)


@pytest.mark.broker
def test_redis_takes_two_passwords_while_one_is_changed(start_stack):
    """The first command adds the new one, the second takes the old one away."""
    stack = start_stack("redis")
    url = stack.redis_url
    port = url.rpartition(":")[2].partition("/")[0]
    client(url).config_set("requirepass", "before")
    add, take_away = (
        line.replace("redis-cli", f"/usr/bin/env redis-cli -p {port} -a $WITH", 1)
        for line in typed("redis-cli acl")
    )
    run(add, WITH="before", NEW="after", PATH="/usr/bin:/bin")
    for password in ("before", "after"):
        assert client(url, password).ping()
    run(take_away, WITH="after", OLD="before", PATH="/usr/bin:/bin")

    assert client(url, "after").ping()
    with pytest.raises(AuthenticationError):
        client(url, "before").ping()


@pytest.mark.broker
def test_a_ledger_moves_to_another_redis(start_stack):
    """What the old one has is in the new one, which then goes on by itself."""
    old, new = start_stack("redis").redis_url, start_stack("redis").redis_url
    port = {url: url.rpartition(":")[2].partition("/")[0] for url in (old, new)}
    client(old).hset("{replyclock:alerts}:a", "version", 1)
    follow, _, alone = (
        line.replace("-h $NEW", f"-p {port[new]}").replace(
            "$OLD 6379", f"127.0.0.1 {port[old]}"
        )
        for line in typed("redis-cli -h")
    )
    run(follow, PATH="/usr/bin:/bin")
    deadline = time.monotonic() + 60
    while client(new).info("replication").get("master_link_status") != "up":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run(alone, PATH="/usr/bin:/bin")

    assert client(new).hgetall("{replyclock:alerts}:a") == {b"version": b"1"}
    assert client(new).info("replication")["role"] == "master"
