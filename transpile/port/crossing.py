"""The surroundings in which a ported repository is built and tested for its target, on a machine that is another one.

A folder of programs stands first on the path: ``gcc``, ``cc``, ``as``, ``ar`` and the like are the cross tools there.
CC and the other variables name them too, CMake and Meson find a toolchain file. A library that is preloaded starts
programs of the target under qemu-user, so that the project's own build and test commands work as they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from transpile import tools
from transpile.options import Target
from transpile.sandbox import Bounds, Sandbox, View
from transpile.sandbox.running import start

TRIPLES: Mapping[Target, str] = {"riscv": "riscv64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
MACHINES: Mapping[Target, tuple[str, int]] = {"riscv": ("riscv64", 243), "aarch64": ("aarch64", 183)}
"""``uname -m``, and the number in ELF files."""
PROGRAMS: Mapping[str, str] = {
    **{name: name for name in ("gcc", "g++", "cpp", "as", "ar", "ld", "nm", "ranlib", "strip", "objcopy", "objdump")},
    **{name: name for name in ("readelf", "gcc-ar", "gcc-ranlib")},
    **{"cc": "gcc", "c99": "gcc", "c++": "g++"},
}
VARIABLES: Mapping[str, str] = {
    "CC": "gcc",
    "CXX": "g++",
    **{name.upper(): name for name in ("cpp", "as", "ar", "ld", "nm", "ranlib", "strip", "objcopy", "objdump")},
}
BUILD_TOOLS = ("cmake", "ctest", "meson", "ninja")
FOLDER = "TRANSPILE_PORT_SURROUNDINGS"
BOUNDS = Bounds(memory_bytes=8 << 30, cpu_s=3600, file_bytes=4 << 30, processes=512, open_files=4096)
GRACE_S = 5.0
"""For the last output of what was ended."""
KEPT = 64 << 10
"""Bytes of a command's output that are kept: its end."""
SOURCE = Path(__file__).with_name("foreign.c")
KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TMPDIR", "USER", "LOGNAME", "MAKEFLAGS")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command of the user's, and how it ended. ``output`` is the end of what it wrote."""

    command: str
    status: int
    seconds: float
    output: str
    timed_out: bool = False

    @property
    def passed(self) -> bool:
        return self.status == 0 and not self.timed_out


def target(name: str) -> Target:
    """``name`` as a target; it is one."""
    return next(target for target in TRIPLES if target == name)


@contextmanager
def surroundings(to: Target) -> Iterator[dict[str, str]]:
    """The environment for commands that build and test for ``to``; raises ToolError when a tool is missing."""
    compiler, emulator = tools.command("cc", to)[0], tools.command("qemu", to)[0]
    with TemporaryDirectory(prefix="transpile-port-") as name:
        folder = Path(name)
        found = cross_programs(to, compiler)
        programs = folder / "bin"
        programs.mkdir()
        for own, program in PROGRAMS.items():
            absent = f"echo '{TRIPLES[to]}-{program} is not installed' >&2; exit 127"
            _script(programs / own, f'exec "{found[own]}" "$@"' if own in found else absent)
        machine, number = MACHINES[to]
        uname = shutil.which("uname") or "/bin/uname"
        _script(programs / "uname", f'case "$*" in -m|-p|-i) echo {machine};; *) exec "{uname}" "$@";; esac')
        _script(folder / "emulator", f'unset LD_PRELOAD\nexec "{emulator}" "$@"')
        yield {
            FOLDER: name,
            **{key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ},
            **{variable: found[own] for variable, own in VARIABLES.items() if own in found},
            "PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}",
            "CROSS_COMPILE": f"{TRIPLES[to]}-",
            "QEMU_LD_PREFIX": sysroot(to, compiler),
            "EMULATOR": str(folder / "emulator"),
            "CMAKE_TOOLCHAIN_FILE": str(_cmake_file(folder, to, found)),
            "MESON_CROSS_FILE": str(_meson_file(folder, to, found)),
            "CONFIG_SITE": str(_config_site(folder)),
            "HOST_TRIPLE": TRIPLES[to],
            **_simde(folder),
            "LD_PRELOAD": str(_preloaded(folder)),
            "FOREIGN_EMULATOR": emulator,
            "FOREIGN_MACHINE": str(number),
        }


def cross_programs(to: Target, compiler: str) -> dict[str, str]:
    """What the usual names stand for; those that are not installed are left out."""
    found = {own: shutil.which(f"{TRIPLES[to]}-{program}") for own, program in PROGRAMS.items()}
    for own in ("gcc", "cc", "c99"):
        found[own] = compiler
    return {own: path for own, path in found.items() if path}


def sysroot(to: Target, compiler: str) -> str:
    """Where the target's C library is."""
    usual = Path("/usr") / TRIPLES[to]
    if usual.is_dir():
        return str(usual)
    return tools.call([compiler, "-print-sysroot"]).decode().strip() or "/"


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def _preloaded(folder: Path) -> Path:
    """The library that starts the target's programs under the emulator, compiled for this machine."""
    library = folder / "foreign.so"
    tools.call([*tools.command("cc"), "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"])
    return library


def _simde(folder: Path) -> dict[str, str]:
    """SIMDe's headers, where this machine has them: a cross compiler does not look in /usr/include."""
    there = Path("/usr/include/simde")
    if not there.is_dir():
        return {}
    include = folder / "include"
    include.mkdir()
    (include / "simde").symlink_to(there)
    return {"CPATH": str(include)}


def _cmake_file(folder: Path, to: Target, found: Mapping[str, str]) -> Path:
    rows = [
        "set(CMAKE_SYSTEM_NAME Linux)",
        f"set(CMAKE_SYSTEM_PROCESSOR {MACHINES[to][0]})",
        f'set(CMAKE_C_COMPILER "{found["gcc"]}")',
        *([f'set(CMAKE_CXX_COMPILER "{found["g++"]}")'] if "g++" in found else []),
        f'set(CMAKE_CROSSCOMPILING_EMULATOR "{folder / "emulator"}")',
        "set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)",
    ]
    path = folder / "toolchain.cmake"
    path.write_text("\n".join(rows) + "\n")
    return path


def _meson_file(folder: Path, to: Target, found: Mapping[str, str]) -> Path:
    machine = MACHINES[to][0]
    rows = [
        "[binaries]",
        *(
            f"{key} = '{found[own]}'"
            for key, own in (("c", "gcc"), ("cpp", "g++"), ("ar", "ar"), ("strip", "strip"))
            if own in found
        ),
    ]
    rows += [
        f"exe_wrapper = '{folder / 'emulator'}'",
        "[host_machine]",
        "system = 'linux'",
        f"cpu_family = '{machine}'",
    ]
    rows += [f"cpu = '{machine}'", "endian = 'little'"]
    path = folder / "cross.ini"
    path.write_text("\n".join(rows) + "\n")
    return path


def _config_site(folder: Path) -> Path:
    """Configure scripts run what they compile, which works here, but are told that they build for another machine."""
    path = folder / "config.site"
    path.write_text('test -n "$host_alias" || host_alias=$HOST_TRIPLE\n')
    return path


def run(
    command: str, folder: Path, environment: Mapping[str, str], limit_s: float, sandbox: Sandbox | None = None
) -> Ran:
    """One command of the user's by the shell, with all it started ended when it ends or at the limit.

    In a ``sandbox`` it sees the system's programs, ``folder``, and what ``surroundings`` made; and no network.
    """
    begun = time.monotonic()
    words = ["/bin/sh", "-c", 'cd "$1" && exec /bin/sh -c "$2" 2>&1', "sh", str(folder), command]
    own = {key: value for key, value in environment.items() if sandbox is None or key not in ("HOME", "TMPDIR")}
    if sandbox is None:
        running = start(words, BOUNDS, own, subprocess.STDOUT, None)
    else:
        view = View(tuple(shown(environment)), (folder.resolve(),), own)
        running = sandbox.start(words, view, BOUNDS, subprocess.STDOUT)
    said = bytearray()
    reader = threading.Thread(target=_read, args=(running.process.stdout, said), daemon=True)
    try:
        if running.process.stdin is not None:
            running.process.stdin.close()
        reader.start()
        status = running.wait(limit_s)
        if status is not None:
            reader.join(GRACE_S)
    finally:
        running.kill()
    reader.join(GRACE_S)
    output = bytes(said[-KEPT:]).decode("utf-8", "replace") + (f"\n{running.overrun}" if running.overrun else "")
    return Ran(command, -9 if status is None else status, time.monotonic() - begun, output, status is None)


def _read(stream: IO[bytes], said: bytearray) -> None:
    """The end of what ``stream`` has."""
    with suppress(OSError, ValueError):
        while chunk := os.read(stream.fileno(), 1 << 16):
            said += chunk
            del said[: -2 * KEPT]


def shown(environment: Mapping[str, str]) -> Iterator[Path]:
    """What a sandbox has to show beside the system: the surroundings' own folder, and tools from elsewhere."""
    folder = environment.get(FOLDER)
    if folder:
        yield Path(folder)
    for key in (*VARIABLES, "FOREIGN_EMULATOR", "QEMU_LD_PREFIX"):
        path = Path(environment.get(key, "/usr"))
        if path.is_absolute() and path.exists() and not path.is_relative_to("/usr"):
            yield path if key == "QEMU_LD_PREFIX" else path.parent.parent
    yield from dict.fromkeys(_environments(environment.get("PATH", "")))


def _environments(search: str) -> Iterator[Path]:
    """Python's virtual environments that hold build tools, each with the installation it is of."""
    for name in BUILD_TOOLS:
        found = shutil.which(name, path=search)
        environment = Path(found).parent.parent if found else Path("/usr")
        if (environment / "pyvenv.cfg").is_file():
            python = (environment / "bin" / "python").resolve()
            yield from (path for path in (environment, python.parent.parent) if not path.is_relative_to("/usr"))
