"""A PostgreSQL server of the tests' own: in a temporary folder, reached by a socket there, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

UNPRIVILEGED = ("postgres", "nobody")


def programs() -> Path:
    """The folder of the server's programs; skips the test where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    if not folders and found is None:
        pytest.skip("no PostgreSQL server here")
    return folders[-1] if folders else Path(str(found)).parent


@contextmanager
def server() -> Iterator[str]:
    """The address of an empty database."""
    pytest.importorskip("psycopg")
    bin_folder = programs()
    user = next((name for name in UNPRIVILEGED if _is_user(name)), None) if os.geteuid() == 0 else None
    if os.geteuid() == 0 and (user is None or shutil.which("runuser") is None):
        pytest.skip("PostgreSQL does not run as root, and there is no other user to run it as")
    with TemporaryDirectory(prefix="pg", dir="/tmp") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        folder.chmod(0o755)
        data = folder / "data"
        _as(user, [bin_folder / "initdb", "-D", data, "-A", "trust", "-U", "tester", "--no-sync"])
        options = f"-c listen_addresses='' -c fsync=off -c unix_socket_directories={folder}"
        control = [bin_folder / "pg_ctl", "-D", data, "-w"]
        _as(user, [*control, "-l", folder / "log", "-o", options, "start"])
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            _as(user, [*control, "-m", "immediate", "stop"])


def _is_user(name: str) -> bool:
    try:
        return pwd.getpwnam(name).pw_uid != 0
    except KeyError:
        return False


def _as(user: str | None, command: Sequence[object]) -> None:
    words = [*(("runuser", "-u", user, "--") if user else ()), *map(str, command)]
    subprocess.run(words, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=60)
