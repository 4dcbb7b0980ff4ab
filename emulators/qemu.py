"""Link and run whole translated programs with the GNU cross compilers and qemu's user emulation.

``run`` never raises for what the program does: how it ended is in ``Completed``. ``instruction_count`` is the same
number on every machine, so it can be compared between runs. What is compiled once (the runtime, the counter) lies in
the user's cache folder under a name made from its contents.
"""

from __future__ import annotations

import hashlib
import os
import re
import resource
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from transpile import runtime, tools
from transpile.errors import ToolError

ICOUNT = Path(__file__).parent / "icount" / "icount.c"
OUTPUT_LIMIT_BYTES = 64 << 20
LIMITS = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, OUTPUT_LIMIT_BYTES), (resource.RLIMIT_DATA, 4 << 30))
"""What a program may use: a wrong translation may allocate or print without end."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program ended. ``exit_code`` is negative for a signal, as in ``subprocess``. What it wrote beyond
    ``OUTPUT_LIMIT_BYTES`` is cut off."""

    stdout: bytes
    stderr: bytes
    exit_code: int
    timed_out: bool = False


def cache_folder() -> Path:
    """The folder for compiled pieces; created on first use."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = (Path(base) if base else Path.home() / ".cache") / "transpile"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def built_once(name: str, inputs: Iterable[bytes], build: Callable[[Path], None]) -> Path:
    """``build(path)`` unless a file made from the same ``inputs`` is in the cache; safe with concurrent callers."""
    stem, suffix = os.path.splitext(name)
    digest = hashlib.sha256(b"\0".join(inputs)).hexdigest()[:16]
    path = cache_folder() / f"{stem}-{digest}{suffix}"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            made = Path(scratch) / name
            build(made)
            made.replace(path)
    return path


def runtime_archive(isa: str) -> Path:
    """The runtime compiled for ``isa`` as a static library, so that programs take only what they call."""
    compiler = tools.command("cc", isa)

    def build(archive: Path) -> None:
        objects = []
        for source in runtime.SOURCES:
            objects.append(str(archive.with_name(source.name + ".o")))
            tools.call([*compiler, *runtime.FLAGS, "-c", str(source), "-o", objects[-1]])
        tools.call([*tools.command("ar", isa), "rcs", str(archive), *objects])

    texts = [path.read_bytes() for path in sorted(runtime.FOLDER.glob("*.[chS]"))]
    return built_once(f"libtranspile-{isa}.a", [" ".join(compiler).encode(), *texts], build)


def assemble(source: Path, isa: str, output: Path, march: str = "") -> Path:
    """One object file from one assembly file."""
    flags = [f"-march={march}"] if march else []
    tools.call([*tools.command("as", isa), *flags, str(source), "-o", str(output)])
    return output


def link(objects_or_s_files: Sequence[Path], isa: str, output: Path, extra: Sequence[str] = ()) -> Path:
    """A static executable from objects, archives, assembly or C files, with the runtime. ``extra`` goes before them."""
    inputs = [*map(str, objects_or_s_files), str(runtime_archive(isa)), *runtime.LIBRARIES]
    tools.call([*tools.command("cc", isa), "-static", *extra, *inputs, "-o", str(output)])
    return output


def run(
    binary: Path,
    isa: str = "",
    args: Sequence[str] = (),
    stdin: bytes = b"",
    timeout_s: float = 60.0,
    cwd: Path | None = None,
) -> Completed:
    """Run a program of ``isa``, or of this machine when ``isa`` is empty."""
    return _execute([*_emulator(isa), str(binary.absolute()), *args], stdin, timeout_s, cwd)


def instruction_count(
    binary: Path,
    isa: str,
    args: Sequence[str] = (),
    stdin: bytes = b"",
    timeout_s: float = 60.0,
    cwd: Path | None = None,
) -> tuple[Completed, int | None]:
    """Run a program and count the instructions that it executed; None when it did not end by itself."""
    with tempfile.NamedTemporaryFile(prefix="transpile-", suffix=".log") as log:
        counting = ["-plugin", str(_plugin()), "-d", "plugin", "-D", log.name]
        command = [*_emulator(isa), *counting, str(binary.absolute()), *args]
        completed = _execute(command, stdin, timeout_s, cwd)
        found = re.search(rb"^instructions (\d+)$", Path(log.name).read_bytes(), re.MULTILINE)
    if completed.timed_out or completed.exit_code < 0:
        return completed, None
    if found is None:
        raise ToolError("qemu did not report an instruction count", hint="it must be built with plugin support")
    return completed, int(found[1])


def _emulator(isa: str) -> list[str]:
    return tools.command("qemu", isa) if isa else []


def _plugin() -> Path:
    compiler = tools.command("cc")

    def build(library: Path) -> None:
        tools.call([*compiler, "-O2", "-shared", "-fPIC", "-fvisibility=hidden", str(ICOUNT), "-o", str(library)])

    return built_once("icount.so", [" ".join(compiler).encode(), ICOUNT.read_bytes()], build)


def _execute(command: Sequence[str], stdin: bytes, timeout_s: float, cwd: Path | None) -> Completed:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(command, stdin=given, stdout=out, stderr=err, cwd=cwd, start_new_session=True)
        for limit, value in LIMITS:
            with suppress(ProcessLookupError, PermissionError):
                resource.prlimit(process.pid, limit, (value, value))
        try:
            process.wait(timeout_s)
            timed_out = False
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            _end_group(process)
        out.seek(0)
        err.seek(0)
        return Completed(out.read(OUTPUT_LIMIT_BYTES), err.read(OUTPUT_LIMIT_BYTES), process.returncode, timed_out)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Also ends what the program started and left behind."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
