"""Running programs: what they print, how they end, and how many instructions they execute."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile import tools
from transpile.emulators import qemu
from transpile.errors import ToolError

HERE = Path(__file__).parent
TARGETS = ("riscv", "aarch64")

needs_tools = pytest.mark.skipif(
    any(tools.find(key, isa).path() is None for key in ("cc", "qemu") for isa in TARGETS),
    reason="cross compilers or qemu are not installed",
)


def build(isa: str, text: str, folder: Path) -> Path:
    source = folder / "program.c"
    source.write_text(text)
    return qemu.link([source], isa, folder / "program")


@needs_tools
@pytest.mark.parametrize("isa", TARGETS)
def test_output_input_arguments_and_exit_code(isa: str, tmp_path: Path) -> None:
    text = """#include <stdio.h>
    int main(int n, char **a) { int c = getchar(); printf("%c %s", c, a[1]); fputs("err", stderr); return n + 40; }"""
    completed = qemu.run(build(isa, text, tmp_path), isa, ["one"], stdin=b"x", cwd=tmp_path)
    assert completed == qemu.Completed(b"x one", b"err", 42, False)


@needs_tools
def test_a_program_that_does_not_end(tmp_path: Path) -> None:
    program = build("riscv", '#include <stdio.h>\nint main() { puts("on"); fflush(stdout); for (;;); }', tmp_path)
    completed = qemu.run(program, "riscv", timeout_s=3.0)
    assert completed.timed_out
    assert completed.stdout == b"on\n"


@needs_tools
def test_a_program_that_crashes(tmp_path: Path) -> None:
    program = build("aarch64", "int main() { *(volatile int *)0 = 1; }", tmp_path)
    assert qemu.run(program, "aarch64", cwd=tmp_path).exit_code == -11
    assert [path.name for path in tmp_path.iterdir() if "core" in path.name] == []


@needs_tools
@pytest.mark.parametrize("isa", TARGETS)
def test_the_count_is_exact(isa: str, tmp_path: Path) -> None:
    program = tmp_path / "count"
    tools.call([*tools.command("cc", isa), "-nostdlib", "-static", str(HERE / "count.S"), "-o", str(program)])
    completed, count = qemu.instruction_count(program, isa)
    assert (completed.exit_code, count) == (7, 2004)


def test_a_missing_tool_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPILE_RISCV_CC", "no-such-compiler --flag")
    with pytest.raises(ToolError, match="'no-such-compiler' is not installed; it is needed to link RISC-V") as caught:
        tools.command("cc", "riscv")
    assert "apt-get install gcc-riscv64-linux-gnu" in caught.value.hint
    assert "TRANSPILE_RISCV_CC" in caught.value.hint


def test_a_failing_tool_says_what_it_said() -> None:
    with pytest.raises(ToolError, match="sh failed with exit status 3") as caught:
        tools.call(["sh", "-c", "echo because >&2; exit 3"])
    assert caught.value.hint == "because"
