"""The C runtime, called as translated code calls it, does what the library would do for x86-64 code."""

from pathlib import Path

import pytest

from transpile import tools
from transpile.emulators import qemu

HERE = Path(__file__).parent
TARGETS = ("riscv", "aarch64")

pytestmark = pytest.mark.skipif(
    any(tools.find(key, isa).path() is None for key in ("cc", "qemu") for isa in TARGETS),
    reason="cross compilers or qemu are not installed",
)


@pytest.mark.parametrize("isa", TARGETS)
def test_every_call_as_translated_code_makes_it(isa: str, tmp_path: Path) -> None:
    program = qemu.link([HERE / "checks.c", HERE / "x86_call.S"], isa, tmp_path / "checks", ["-O1"])
    completed = qemu.run(program, isa, timeout_s=20)
    assert completed.stdout.decode() == "direct -1 1.5\na b c d e\n"
    assert (completed.exit_code, completed.timed_out) == (0, False)
