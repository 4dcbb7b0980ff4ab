"""A device that is the emulator, so that all but the hardware is tested anywhere."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.emulators.cuda.build import build_c
from transpile.emulators.cuda.harness import Signature, harness
from transpile.trials.device import Device

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("device")


@pytest.fixture(scope="session")
def emulated(folder: Path) -> Callable[[str], Device]:
    """A device whose programs are built by the emulator; the argument is what else its nvcc does, in the shell."""

    build_c("int one(void) { return 1; }", harness(Signature("one", (), "int")), folder)
    (emulator,) = folder.glob("*-runtime.o")

    def made(before: str = "") -> Device:
        nvcc = folder / f"nvcc-{abs(hash(before))}"
        path = ":".join(filter(None, sys.path))
        script = f"{sys.executable} {HERE / 'emulated_nvcc.py'} {emulator}"
        environment = f"PYTHONPATH={shlex.quote(path)} PYTHONDONTWRITEBYTECODE=1"
        nvcc.write_text(f'#!/bin/sh\n{before}\n{environment} exec {script} "$@"\n')
        nvcc.chmod(0o755)
        assert os.access(nvcc, os.X_OK)
        return Device("an emulated GPU", "sm_00", nvcc)

    return made
