"""Redis' command and health check as they stand in docker-compose.yml."""

import asyncio
import subprocess
import time
from pathlib import Path

import pytest
from pydantic import RedisDsn, SecretStr
from redis.exceptions import AuthenticationError

from alerts.connection import connect
from dev.compose.container import Container
from stream.process.settings import Settings
from tests.compose.conftest import Read


@pytest.mark.parametrize("password", ["aB3-9", ""])
def test_redis_asks_for_its_password(
    read: Read, tmp_path: Path, unused_tcp_port: int, password: str
) -> None:
    """Its command and health check as they stand, with a real Redis; empty: none."""
    project = read()
    secret = tmp_path / "password"
    secret.write_text(password, encoding="utf-8")
    project["secrets"]["redis_password"]["file"] = str(secret)
    redis = Container(
        project=project,
        name="redis",
        folder=tmp_path,
        addresses={
            "redis-cli": f"redis-cli -p {unused_tcp_port}",
            "--appendonly": f"--port {unused_tcp_port} --dir {tmp_path} --appendonly",
        },
    )
    redis.prepare()
    with subprocess.Popen(redis.command(), stdout=subprocess.DEVNULL) as it:
        try:
            deadline = time.monotonic() + 20
            while subprocess.run(redis.health_check(), check=False).returncode:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            url = RedisDsn(f"redis://127.0.0.1:{unused_tcp_port}/0")
            settings = Settings(redis_url=url, redis_password=SecretStr(password))
            assert asyncio.run(_answers(settings))
            if password:
                with pytest.raises(AuthenticationError):
                    asyncio.run(_answers(Settings(redis_url=url)))
        finally:
            it.terminate()


async def _answers(settings: Settings) -> bool:
    async with connect(settings) as redis:
        return bool(await redis.ping())
