"""The functions that the port brings itself: equal to the instructions, and there where they are needed."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.cli import main
from transpile.port import intrinsics
from transpile.port.plan import OWN_INTRINSICS

BOTH = ("pext", "pdep", "bzhi", "bextr", "blsr", "blsi", "blsmsk", "tzcnt", "lzcnt", "addcarry", "subborrow")
NAMES = [f"_{name}_u{bits}" for name in BOTH for bits in (32, 64)]
CHECK = """#include <immintrin.h>
#include <stdio.h>
{renamed}
#include "integer_intrinsics.h"

static const unsigned long long edges[] = {{0, 1, 2, 31, 32, 63, 64, 255, 0x7fffffff, 0x80000000, 0xffffffff,
    0x100000000, 0x8000000000000000, 0xffffffffffffffff, 0xaaaaaaaaaaaaaaaa, 0x0102030405060708}};
static unsigned long long state = 88172645463325252ull;
static unsigned long long value(int at)
{{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return at < 16 ? edges[at] : state >> (at & 63);
}}
#define SAME(call) if (_##call != own_##call) return printf("%s at %llx, %llx\\n", #call, a, b), 1
#define SUM(call) if (_##call(c, a, b, &x) != own_##call(c, a, b, &y) || x != y) return printf("%s\\n", #call), 1
#define SUM32(call) if (_##call(c, a, b, &v) != own_##call(c, a, b, &w) || v != w) return printf("%s\\n", #call), 1

int main(void)
{{
    if (!__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("lzcnt"))
        return 77;
    for (int i = 0; i < 200; i++)
        for (int j = 0; j < 200; j++) {{
            unsigned long long a = value(i), b = value(j), x = 0, y = 0;
            unsigned v = 0, w = 0;
            unsigned char c = i & 1 ? j : 0;
            {calls}
        }}
    return 0;
}}
"""


def checks() -> list[str]:
    rows: list[str] = []
    for name in BOTH:
        for bits in (32, 64):
            if name in ("addcarry", "subborrow"):
                rows.append(f"SUM{'32' if bits == 32 else ''}({name}_u{bits});")
            elif name == "bextr":
                rows.append(f"SAME({name}_u{bits}(a, j, b));")
            else:
                rows.append(f"SAME({name}_u{bits}(a{', b' if name in ('pext', 'pdep', 'bzhi') else ''}));")
    return [*rows, "if (_mulx_u64(a, b, &x) != own_mulx_u64(a, b, &y) || x != y) return 1;"]


@pytest.mark.skipif(platform.machine() != "x86_64" or shutil.which("gcc") is None, reason="needs x86-64 and gcc")
def test_each_function_does_what_the_instruction_does(tmp_path: Path) -> None:
    renamed = "\n".join(f"#define {name} own{name}" for name in (*NAMES, "_addcarryx_u32", "_mulx_u64"))
    shared = "\n".join(f"#undef {name}" for name in (*NAMES, "_addcarryx_u32", "_addcarryx_u64", "_mulx_u64"))
    text = CHECK.format(renamed=renamed, calls="\n            ".join(checks()))
    text = text.replace('#include "integer_intrinsics.h"\n', f'#include "integer_intrinsics.h"\n{shared}\n')
    (tmp_path / "check.c").write_text(text)
    flags = ["-O1", "-w", "-mbmi", "-mbmi2", "-mlzcnt", f"-I{OWN_INTRINSICS.parent}"]
    subprocess.run(["gcc", *flags, "-o", "check", "check.c"], cwd=tmp_path, check=True)
    done = subprocess.run([tmp_path / "check"], capture_output=True, text=True)
    if done.returncode == 77:
        pytest.skip("the processor lacks BMI2")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("to", ["riscv", "aarch64"])
def test_a_file_that_uses_them_gets_them(to: str, repository: Callable[..., Path], tmp_path: Path) -> None:
    code = (
        "#include <immintrin.h>\n#ifdef OTHER\n#include <stdio.h>\n#endif\n"
        "int main(void)\n{\n    return _pext_u32(0xf0, 0x30) == 3 && _tzcnt_u64(8) == 3 ? 0 : _rdrand32_step(0);\n}\n"
    )
    root, report = repository({"a/b.c": code}), tmp_path / "r.json"
    words = ["port", "--to", to, "-q", "--store", "none"]
    assert main([*words, str(root), "-o", str(tmp_path / "out"), "--report", str(report)]) == 1
    items = {item["what"]: item["state"] for item in json.loads(report.read_text())["items"]}
    assert items == {
        "<immintrin.h>": "ported", "_pext_u32": "ported", "_tzcnt_u64": "ported", "_rdrand32_step": "left",
    }  # fmt: skip
    made = tmp_path / "out" / "a"
    assert (made / intrinsics.OWN_HEADER).read_text() == OWN_INTRINSICS.read_text()
    assert f'#include "{intrinsics.OWN_HEADER}"\n' in (made / "b.c").read_text()
    main([*words, str(tmp_path / "out"), "-o", str(tmp_path / "again"), "--report", str(report)])
    assert json.loads(report.read_text())["changes"] == []
    compiler = f"{'riscv64' if to == 'riscv' else to}-linux-gnu-gcc"
    if shutil.which(compiler) and Path("/usr/include/simde").is_dir():
        text = (made / "b.c").read_text().replace("_rdrand32_step(0)", "1")
        (made / "b.c").write_text(text)
        (tmp_path / "include").mkdir()
        (tmp_path / "include" / "simde").symlink_to("/usr/include/simde")
        flags = ["-O1", "-Wall", "-Werror", "-static", f"-I{tmp_path}/include", "-o", "b", "b.c"]
        subprocess.run([compiler, *flags], cwd=made, check=True)
        subprocess.run([f"qemu-{'riscv64' if to == 'riscv' else to}", "b"], cwd=made, check=True)
