"""Build a CUDA translation unit, or the C function it came from, with a harness that calls it.

Both are compiled alike: every access to memory asks the emulator's runtime, undefined behaviour is reported, floating
point is not contracted. What is built lies in a folder of the caller's, under a name made from all that went in.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from transpile import tools
from transpile.emulators.cuda.bounded import Ended, Limits, run_bounded
from transpile.emulators.cuda.diagnostics import compile_errors
from transpile.emulators.cuda.rewrite import Rewritten, rewrite
from transpile.emulators.cuda.run import Program
from transpile.errors import ToolError

_ROOM = Path(__file__).parent
_SHIM, _RUNTIME = _ROOM / "shim", _ROOM / "runtime"
_LIMITS = Limits(cpu_s=60, wall_s=180.0, output_bytes=256 << 20)
_MEMORY_BYTES = 4 << 30
_COMMON = ("-O1", "-g1", "-w", "-fno-pie", "-ffp-contract=off", "-fno-strict-aliasing")
_MOVES = ("memcpy", "memmove", "memset")
_WATCHED = (
    *_COMMON,
    "-fsanitize=thread,undefined",
    "-fno-sanitize=null,vptr",
    # The compiler would spell them out after it has decided what to watch.
    *(f"-fno-builtin-{name}" for name in _MOVES),
)
# A kernel may step from the null pointer that cudaMalloc() of nothing gives; where it looks is watched all the same.
_CU = ("-std=c++17", *_WATCHED, "-fno-sanitize=pointer-overflow", "-I", str(_SHIM), "-include", "cuda_runtime.h")
_C = ("-std=gnu11", *_WATCHED)
_PREPROCESSED = {False: ("cc", "-x", "cpp-output", *_WATCHED), True: ("c++", "-x", "c++-cpp-output", *_WATCHED)}
_OWN = ("-std=c++20", "-O2", "-g1", "-fno-pie", "-I", str(_SHIM), "-r", "-nostdlib")
_LINK = ("-no-pie", "-fsanitize=undefined", *(f"-Wl,--wrap={name}" for name in _MOVES))


def build(cu_text: str, harness_cpp: str, folder: Path) -> Program:
    """The program of a CUDA text and a harness. Raises ``SourceErrors`` where the text does not compile, with the
    lines of ``cu_text``, and ``ToolError`` where the harness does not or a compiler is missing."""
    rewritten = rewrite(cu_text)
    return _program("program.cu", rewritten, ("c++", "-x", "c++", *_CU), harness_cpp, folder)


def build_c(c_text: str, harness_cpp: str, folder: Path) -> Program:
    """The same for C; what its run does wrong is found alike."""
    return _program("program.c", Rewritten(c_text, c_text, ()), ("cc", "-x", "c", *_C), harness_cpp, folder)


def build_preprocessed(
    text: str, harness_cpp: str, folder: Path, cplusplus: bool = False, standard: str = ""
) -> Program:
    """The same for C or C++ that is behind the preprocessor, so that it needs no headers; ``standard`` is what the
    preprocessor was told, empty for the compiler's own."""
    flags = [*_PREPROCESSED[cplusplus], *([f"-std={standard}"] if standard else [])]
    return _program("program.c", Rewritten(text, text, ()), flags, harness_cpp, folder)


def _program(name: str, rewritten: Rewritten, flags: Sequence[str], harness_cpp: str, folder: Path) -> Program:
    key, *options = flags
    compiler = tools.command(key)
    link = [*tools.command("c++"), *_LINK]
    runtime, harness = _runtime(folder), _harness(harness_cpp, folder)

    def make(made: Path) -> None:
        text, unit = made.with_name(name), made.with_name("program.o")
        text.write_text(f'# 1 "{name}"\n{rewritten.text}')
        done = _compile([*compiler, *options, "-c", name, "-o", unit.name], made.parent)
        if not done.exit_code:
            parts = [unit.name, str(harness.absolute()), str(runtime.absolute())]
            done = _compile([*link, *parts, "-lm", "-o", made.name], made.parent)
        if done.exit_code:
            raise compile_errors(done.stderr.decode(errors="replace"), name, rewritten)

    inputs = [_version(tuple(compiler)), *flags, *link, rewritten.text, harness.name, runtime.name]
    return Program(_built_once(folder, f"{Path(name).suffix[1:]}-program", inputs, make), name)


def _harness(text: str, folder: Path) -> Path:
    command = [*tools.command("c++"), "-std=c++17", *_COMMON, "-x", "c++"]

    def make(made: Path) -> None:
        made.with_name("harness.cpp").write_text(text)
        _must_compile("the harness", [*command, "-c", "harness.cpp", "-o", made.name], made.parent)

    return _built_once(folder, "harness.o", [_version(tuple(command[:1])), *command, text], make)


def _runtime(folder: Path) -> Path:
    sources = sorted(_RUNTIME.glob("*.cpp"))
    command = [*tools.command("c++"), *_OWN]
    texts = [path.read_text() for path in sorted((*_SHIM.glob("*.h"), *_RUNTIME.glob("*")))]

    def make(made: Path) -> None:
        _must_compile("the emulator", [*command, *map(str, sources), "-o", made.name], made.parent)

    return _built_once(folder, "runtime.o", [_version(tuple(command[:1])), *command, *texts], make)


@functools.cache
def _version(compiler: tuple[str, ...]) -> str:
    return subprocess.run([*compiler, "--version"], capture_output=True, check=False, text=True).stdout


def _compile(command: Sequence[str], folder: Path) -> Ended:
    """Run a compiler on what may be a hostile text."""
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    done = run_bounded(command, _LIMITS, environment=environment, cwd=folder, data_bytes=_MEMORY_BYTES)
    if done.timed_out or done.exit_code < 0:
        raise ToolError(f"{Path(command[0]).name} was stopped: it took too much time or memory")
    return done


def _must_compile(what: str, command: Sequence[str], folder: Path) -> None:
    done = _compile(command, folder)
    if done.exit_code:
        said = done.stderr.decode(errors="replace").strip().splitlines()[:8]
        raise ToolError(f"{what} does not compile", hint="\n".join(said))


def _built_once(folder: Path, name: str, inputs: Sequence[str], make: Callable[[Path], None]) -> Path:
    """``make(path)`` unless a file made from the same ``inputs`` is in the folder; safe with concurrent callers."""
    digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:24]
    path = folder / f"{digest}-{name}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = Path(scratch) / name
            make(made)
            made.replace(path)
    return path
