"""The spool's file: what it took comes out again, whatever happens to it."""

import asyncio
import itertools
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from stream.intake.spool import Spool
from stream.intake.spool_file import FILE, SpoolError

MOST = 1 << 26
RECORDS = [b"%04d" % number * 150 for number in range(60)]

WRITER = """
import asyncio, sys
from pathlib import Path
from stream.intake.spool import Spool

async def write() -> None:
    with Spool.opened(Path(sys.argv[1]), 1 << 26, lambda: None) as spool:
        async def one(name: str) -> None:
            await spool.append(name.encode() * 30)
            print(name, flush=True)
        for turn in range(int(sys.argv[2])):
            await asyncio.gather(*(one(f"T{turn}N{n}.") for n in range(10)))

asyncio.run(write())
"""


@contextmanager
def opened(folder: Path, most: int = MOST) -> Iterator[tuple[Spool, list[str]]]:
    """The spool, and a mark for each thing that it set aside."""
    aside: list[str] = []
    with Spool.opened(folder, most, lambda: aside.append("damaged")) as spool:
        yield spool, aside


async def drained(spool: Spool) -> AsyncIterator[bytes]:
    """All that waits, in its order, forgotten once it is seen."""
    while rows := await spool.oldest(4000):
        for _, record in rows:
            yield record
        await spool.forget(rows[-1][0])


async def found(folder: Path) -> list[bytes]:
    """What whoever opens it next finds."""
    with opened(folder) as (spool, _):
        return [record async for record in drained(spool)]


def set_aside_in(folder: Path) -> list[Path]:
    return list(folder.glob("*damaged*"))


async def until_full(spool: Spool) -> list[bytes]:
    """What it took before it said that it is full."""
    taken: list[bytes] = []
    for record in itertools.cycle(RECORDS):
        try:
            await spool.append(record)
        except SpoolError as error:
            if "full" not in str(error):
                raise
            break
        taken.append(record)
    return taken


async def filled(folder: Path) -> None:
    with opened(folder) as (spool, _):
        for record in RECORDS:
            await spool.append(record)


async def test_it_gives_back_in_order_what_it_was_given(tmp_path: Path) -> None:
    """Across a restart; what was forgotten does not come again."""
    with opened(tmp_path) as (spool, _):
        for record in RECORDS[:40]:
            await spool.append(record)
        rows = await spool.oldest(6 * len(RECORDS[0]))
        await spool.forget(rows[-1][0])
    with opened(tmp_path) as (spool, _):
        assert spool.waiting == 34
        for record in RECORDS[40:]:
            await spool.append(record)
        assert (spool.waiting, spool.oldest_at is not None) == (54, True)

        rest = [record async for record in drained(spool)]
        left = spool.waiting, spool.oldest_at

    assert [record for _, record in rows] + rest == RECORDS
    assert left == (0, None)
    assert await found(tmp_path) == []


async def test_a_record_larger_than_asked_for_comes_alone(tmp_path: Path) -> None:
    """Bytes bound what is read at once, and no record is too large for that."""
    with opened(tmp_path) as (spool, _):
        for record in (b"x" * 100_000, b"y"):
            await spool.append(record)

        assert await spool.oldest(10) == [(1, b"x" * 100_000)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["append", "ten", "drain", "crash"]), max_size=25))
def test_a_crash_at_any_moment_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """A copy of the files as they lie holds what was appended and is not forgotten."""
    asyncio.run(_crashing(tmp_path_factory.mktemp("spool"), steps))


async def _crashing(folder: Path, steps: list[str]) -> None:
    kept: list[bytes] = []
    live = folder / "live"
    live.mkdir()
    with opened(live) as (spool, _):
        for number, step in enumerate(steps):
            if step == "drain":
                rows = await spool.oldest(1000)
                if rows:
                    await spool.forget(rows[-1][0])
                kept = kept[len(rows) :]
            elif step == "crash":
                copy = folder / f"{number}"
                shutil.copytree(live, copy)
                assert await found(copy) == kept
            else:
                new = [b"%d" % n * 200 for n in range(10 if step == "ten" else 1)]
                await asyncio.gather(*(spool.append(record) for record in new))
                kept += new


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_process_loses_nothing_that_it_answered(
    tmp_path: Path, seed: int
) -> None:
    """All that was appended before the kill -9 is there, in order."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "100000"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process:
        lines = random.Random(seed).randrange(50, 1500)  # noqa: S311  trials
        answered = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        answered += process.stdout.readlines()

    whole = [line.strip() for line in answered if line.endswith(b"\n")]
    names = [record[: len(record) // 30] for record in asyncio.run(found(tmp_path))]
    assert names[: len(whole)] == whole
    # Written together and not answered any more: at most the ten of a turn.
    assert len(names) - len(whole) <= 10


async def test_a_torn_log_ends_with_the_last_whole_commit(tmp_path: Path) -> None:
    """Cut anywhere: what was written before the cut is there, nothing half."""
    whole = tmp_path / "whole"
    whole.mkdir()
    with opened(whole) as (spool, _):
        for record in RECORDS[:12]:
            await spool.append(record)
        log = (whole / f"{FILE}-wal").read_bytes()
        file = (whole / FILE).read_bytes()
    frame = 4096 + 24
    edges = [32 + n * frame + by for n in range(len(log) // frame) for by in (-1, 0, 1)]
    counts = []
    for number, cut in enumerate([*edges, *range(0, len(log), 1999), len(log)]):
        torn = tmp_path / f"{number}"
        torn.mkdir()
        (torn / FILE).write_bytes(file)
        (torn / f"{FILE}-wal").write_bytes(log[: max(0, cut)])
        left = await found(torn)
        assert left == RECORDS[: len(left)]
        counts.append(len(left))

    assert counts[-1] == 12
    assert set(counts) == set(range(13))


@pytest.mark.parametrize("seed", range(3))
async def test_no_damage_goes_unsaid(tmp_path: Path, seed: int) -> None:
    """A bit flips anywhere: all records come out, or the file is set aside and kept."""
    whole = tmp_path / "whole"
    whole.mkdir()
    await filled(whole)
    file = (whole / FILE).read_bytes()
    trials = random.Random(seed)  # noqa: S311
    heads = [page + trials.randrange(32) for page in range(0, len(file), 4096)]
    places = [*heads, *(trials.randrange(len(file)) for _ in range(40)), *range(20)]
    silent = []
    for number, place in enumerate(places):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        damaged = bytearray(file)
        damaged[place] ^= 1 << trials.randrange(8)
        (folder / FILE).write_bytes(damaged)
        try:
            with capture_logs(), opened(folder) as (spool, aside):
                left = [record async for record in drained(spool)]
        except SpoolError:
            continue
        # A changed byte inside of a record is the checksum's to see.
        if len(left) < len(RECORDS) and not (aside and set_aside_in(folder)):
            silent.append(place)

    assert silent == []


@pytest.mark.parametrize("before", [0, 1_000_000])
@pytest.mark.parametrize("damaged", [[3], [5], [5, 9], [4, 5, 12]])
async def test_damaged_pages_cost_what_is_on_them(
    tmp_path: Path, damaged: list[int], before: int
) -> None:
    """All other records come out, in their order, whatever went through `before`."""
    with opened(tmp_path) as (spool, _):
        spool._file._last = spool._file._forgotten = before
        for record in RECORDS:
            await spool.append(record)
    with (tmp_path / FILE).open("r+b") as file:
        for page in damaged:
            file.seek(page * 4096)
            file.write(bytes(4096))

    with capture_logs() as lines, opened(tmp_path) as (spool, aside):
        await spool.append(b"after")
        left = [record async for record in drained(spool)]

    assert left[-1] == b"after"
    assert left[:-1] == [record for record in RECORDS if record in left]
    on_a_page = 7
    lost = len(RECORDS) - len(left[:-1])
    assert 0 < lost <= on_a_page * len(damaged)
    assert (lines[0]["saved"], aside) == (len(left) - 1, ["damaged"])


async def test_a_record_that_vanished_is_noticed(tmp_path: Path) -> None:
    """Ids have no holes: where one is, something was lost, and the rest comes out."""
    await filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as file, file:
        file.execute("DELETE FROM waiting WHERE id = 30")

    with capture_logs() as lines, opened(tmp_path) as (spool, aside):
        left = [record async for record in drained(spool)]

    assert left == [*RECORDS[:29], *RECORDS[30:]]
    assert (lines[0]["error"], aside) == ("a record is missing", ["damaged"])


async def test_a_damaged_file_does_not_keep_others_waiting(tmp_path: Path) -> None:
    """It is set aside, said once, and the next record is taken."""
    (tmp_path / FILE).write_bytes(b"no database at all" * 1000)

    with capture_logs() as lines, opened(tmp_path) as (spool, aside):
        await spool.append(b"after")
        assert [record for _, record in await spool.oldest(1)] == [b"after"]

    assert [line["event"] for line in lines] == ["the spool is damaged and set aside"]
    assert aside == ["damaged"]
    (kept,) = set_aside_in(tmp_path)
    assert kept.read_bytes() == b"no database at all" * 1000


@pytest.mark.parametrize("page", [0, 5])
async def test_what_was_read_of_a_file_set_aside_deletes_nothing_of_the_next(
    tmp_path: Path, page: int
) -> None:
    """No id is given twice while a process lives, whatever came over from the file."""
    with capture_logs() as lines, opened(tmp_path) as (spool, _):
        for record in RECORDS:
            await spool.append(record)
        rows = await spool.oldest(1000)
        spool._file.close()
        with (tmp_path / FILE).open("r+b") as file:
            file.seek(page * 4096)
            file.write(bytes(4096))
        await spool.append(b"after")

        await spool.forget(rows[-1][0])
        left = [record async for record in drained(spool)]

    assert len(left) - 1 == lines[0]["saved"]
    assert left[-1] == b"after"
    assert len(lines) == 1


async def test_a_record_set_aside_is_kept_and_said(tmp_path: Path) -> None:
    """The log says why and where, and nothing of what it holds."""
    with capture_logs() as lines, opened(tmp_path) as (spool, aside):
        await spool.set_aside(b"what a customer wrote", "its checksum is another")

    assert aside == ["damaged"]
    assert lines[0]["reason"] == "its checksum is another"
    assert "customer" not in repr(lines)
    assert b"what a customer wrote" in (tmp_path / FILE).read_bytes()


async def test_it_is_bounded(tmp_path: Path) -> None:
    """Full, it refuses and holds what it has; emptied, it takes again."""
    most = 1 << 20
    with opened(tmp_path, most) as (spool, _):
        taken = await until_full(spool)
        assert most * 0.6 < sum(map(len, taken)) < most
        assert (spool.waiting, spool.used_bytes <= most) == (len(taken), True)
        size = (tmp_path / FILE).stat().st_size

        assert [record async for record in drained(spool)] == taken
        again = await until_full(spool)
        assert abs(len(again) - len(taken)) < 5

    assert size <= (tmp_path / FILE).stat().st_size <= most


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 KiB; only root can mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


async def test_a_full_disk_refuses_and_loses_nothing(small_disk: Path) -> None:
    """What was taken comes out, and there is room again once somebody makes it."""
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 200_000)
    with opened(small_disk) as (spool, _):
        taken = await until_full(spool)
        assert (spool.waiting, bool(taken)) == (len(taken), True)
        assert await until_full(spool) == []

        filler.unlink()
        await spool.append(RECORDS[0])

    assert await found(small_disk) == [*taken, RECORDS[0]]


async def test_what_cannot_be_deleted_does_not_come_again(tmp_path: Path) -> None:
    """A disk that turns read-only while the spool is emptied repeats nothing."""
    with opened(tmp_path) as (spool, _):
        for record in RECORDS:
            await spool.append(record)
        file = spool._file._file
        assert file is not None
        file.execute("PRAGMA query_only = 1")

        assert [record async for record in drained(spool)] == RECORDS
        with pytest.raises(SpoolError, match="readonly"):
            await spool.append(b"later")
        assert (spool.waiting, await spool.oldest(1)) == (0, [])

        file.execute("PRAGMA query_only = 0")
        await spool.append(b"later")
        assert [record async for record in drained(spool)] == [b"later"]

    assert await found(tmp_path) == []


async def test_all_that_wait_for_the_disk_share_a_commit(tmp_path: Path) -> None:
    """A failed one is a failure for each of them, and for nobody else."""
    with opened(tmp_path, 1 << 20) as (spool, _):
        sizes = [10] * 100 + [2_000_000] + [10] * 20
        first = [spool.append(b"x" * size) for size in sizes]
        said = await asyncio.gather(*first, return_exceptions=True)
        await spool.append(b"after")

        assert {type(one) for one in said} == {SpoolError}
        assert [record async for record in drained(spool)] == [b"after"]


def test_two_processes_never_have_one_spool(tmp_path: Path) -> None:
    """The second is told at once; a killed first one leaves no lock behind."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "100000"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process:
        process.stdout.readline()
        with pytest.raises(SpoolError, match="locked"), opened(tmp_path):
            pass
        process.kill()

    assert asyncio.run(found(tmp_path))


async def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A disk that is not mounted: what was written beside it would be gone later."""
    with (
        pytest.raises(SpoolError, match="unable to open"),
        opened(tmp_path / "nowhere"),
    ):
        pass


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace sees the calls")
def test_the_disk_has_it_before_it_is_answered(tmp_path: Path) -> None:
    """Between two answers the log is fsynced, once for all ten of a turn."""
    trace = tmp_path / "trace"
    argv = ["strace", "-f", "-e", "trace=fdatasync,fsync,write", "-o", str(trace)]
    subprocess.run(
        [*argv, sys.executable, "-c", WRITER, str(tmp_path), "5"],
        check=True,
        stdout=subprocess.DEVNULL,
    )

    calls = trace.read_text(encoding="utf-8").splitlines()
    answers = [n for n, call in enumerate(calls) if 'write(1, "T' in call]
    turns = [answers[n * 10 : n * 10 + 10] for n in range(5)]
    synced = [n for n, call in enumerate(calls) if "sync(" in call and "= 0" in call]
    for before, turn in zip([[synced[0]], *turns], turns, strict=False):
        assert any(before[-1] <= n < turn[0] for n in synced)
        assert not any(turn[0] < n < turn[-1] for n in synced)
