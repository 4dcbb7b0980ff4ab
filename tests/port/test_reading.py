"""What is found in a repository, and what is not looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.errors import SourceError, UsageError
from transpile.port.assembly import is_x86, spliced
from transpile.port.holds import excluded
from transpile.port.intrinsics import alone
from transpile.port.intrinsics import port as intrinsics_port
from transpile.port.preprocessor import CText
from transpile.port.tree import Limits, walk

Repository = Callable[..., Path]


def test_links_builds_and_version_control_are_passed_over(repository: Repository, tmp_path: Path) -> None:
    root = repository({"a.c": "", ".git/config": "", "out/CMakeCache.txt": "", "out/b.c": "", "vendor/c.c": ""})
    (tmp_path / "secret.c").write_text("int secret;")
    (root / "link.c").symlink_to(tmp_path / "secret.c")
    (root / "up").symlink_to(tmp_path)
    os.mkfifo(root / "pipe.c")
    tree = walk(root)
    assert tree.files == ("a.c",)
    assert tree.links == ("link.c", "up")
    assert tree.skipped == (("out", "a build was made there"),)


def test_what_is_read_is_bounded(repository: Repository) -> None:
    root = repository({"a.c": "x" * 50, "b.c": "", "one/two/three.c": "", "one/x.c": ""})
    with pytest.raises(UsageError, match="more than 2 files"):
        walk(root, limits=Limits(files=2))
    tree = walk(root, limits=Limits(bytes_each=20, depth=1))
    assert tree.files == ("b.c", "one/x.c")
    assert [path for path, _ in tree.skipped] == ["a.c", "one/two"]
    with pytest.raises(UsageError, match="MiB of files"):
        walk(root, limits=Limits(bytes_in_all=10))
    assert walk(root, ["*.c"]).files == ()
    with pytest.raises(UsageError, match="is not a folder"):
        walk(root / "a.c")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("defined(__x86_64__)", True),
        ("defined __x86_64__ && FAST", True),
        ("defined(__x86_64__) || defined(__i386__)", True),
        ("defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))", True),
        ("defined(__x86_64__) || defined(__aarch64__)", False),
        ("!defined(__x86_64__)", False),
        ("!(!defined(__x86_64__))", True),
        ("_MSC_VER >= 1400", True),
        ("_MSC_VER < 1400", False),
        ("__SSE4_1__", True),
        ("USE_SSE", False),
        ("0", True),
        ("defined(__SSE2__) || !(defined(__x86_64__) || defined(__i386__))", False),
        ("(" * 500 + "__x86_64__" + ")" * 500, False),
        ("", False),
        ("__has_include(<immintrin.h>)", False),
    ],
)
def test_conditions_that_hold_for_x86_alone(condition: str, expected: bool) -> None:
    assert excluded(condition) is expected


@given(st.text("()!&|<=0 a_", max_size=60))
def test_any_condition_is_read(condition: str) -> None:
    assert excluded(condition) in (True, False)


@given(
    st.lists(st.sampled_from(["#if A", "#else", "#elif B", "#endif", "/*", "*/", '"', "'", "x", "// \\", "#if C \\"]))
)
def test_every_line_has_its_conditions(lines: list[str]) -> None:
    text = CText("\n".join(lines))
    assert len(text.code) == len(text.lines) == len(text.conditions) == max(len(lines), 1)


def test_words_in_comments_and_literals_are_no_code() -> None:
    text = '/* _rdrand64_step( */ char *a = "__rdtsc()"; // __builtin_ia32_pause()\nint b = __builtin_ia32_rdtsc();\n'
    _, items = intrinsics_port("a.c", text)
    assert [(item.what, item.line) for item in items] == [("__builtin_ia32_rdtsc", 2)]


def test_code_for_x86_without_another_branch_is_told() -> None:
    text = (
        "#ifdef __x86_64__\nint fast(void);\n#endif\n"
        "#if defined(__x86_64__)\nint a;\n#else\nint a;\n#endif\n"
        "#if defined(__x86_64__)\nint b;\n#else\n#error no\n#endif\n"
    )
    assert [(i.line, i.last_line, i.state) for i in alone("a.c", CText(text))] == [(1, 3, "note"), (9, 13, "left")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f:\n\tmovq %rdi, %rax\n\tret\n", True),
        (".intel_syntax noprefix\nf: mov rax, rdi\n", True),
        ("f:\n\tadd x0, x1, x2\n\tret\n", False),
        ("f:\n\tadd a0, a1, a2\n\tlui t0, 4\n", False),
        ("# transpile 0.1.0 riscv\nf:\tret\n", False),
        ("", False),
    ],
)
def test_which_assembly_is_for_x86(text: str, expected: bool) -> None:
    assert is_x86(text) is expected


def test_included_assembly_is_read_from_within_the_repository_only(repository: Repository, tmp_path: Path) -> None:
    root = repository({"a.s": "", "defs.inc": ".equ ACC, %rax\n", "loop.inc": '.include "loop.inc"\n'})
    (tmp_path / "outside.inc").write_text("secret")
    read = '.include "defs.inc"\nmov $1, ACC\n'
    expected = '# 1 "a.s"\n# 1 "defs.inc"\n.equ ACC, %rax\n\n# 2 "a.s"\nmov $1, ACC\n'
    assert spliced(root / "a.s", read, [root], root) == expected
    for name in ("../outside.inc", "loop.inc", "absent.inc", str(tmp_path / "outside.inc")):
        with pytest.raises(SourceError):
            spliced(root / "a.s", f'.include "{name}"\n', [root], root)
