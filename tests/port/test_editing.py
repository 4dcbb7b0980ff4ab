"""What is changed in sources and build files: exactly that, once, with the line ends that were there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.errors import UsageError
from transpile.port import buildfiles, buildrules, intrinsics, widening
from transpile.port.assembly import guarded
from transpile.port.changes import Change, copy, inside, lines_of, unified, write
from transpile.port.headers import Headers

Repository = Callable[..., Path]


def test_an_intrinsics_header_is_guarded() -> None:
    text, items = intrinsics.port("a.c", "#include <smmintrin.h>\n__m128i x;\n")
    assert text == (
        "#if defined(__x86_64__) || defined(__i386__)\n#include <smmintrin.h>\n#else\n"
        "#ifndef SIMDE_ENABLE_NATIVE_ALIASES\n#define SIMDE_ENABLE_NATIVE_ALIASES\n#endif\n"
        "#include <simde/x86/sse4.1.h>\n#endif\n__m128i x;\n"
    )
    assert [item.state for item in items] == ["ported"]


@pytest.mark.parametrize(
    ("use", "header"),
    [("_mm_add_epi8(a, b);", "avx2"), ("_mm512_abs_epi8(a);", "avx512"), ("_mm256_fmadd_pd(a, b, c);", "fma")],
)
def test_the_stand_in_has_what_the_file_uses(use: str, header: str) -> None:
    text, _ = intrinsics.port("a.c", f"#include <immintrin.h>\nint f(void) {{ {use} }}\n")
    assert f"<simde/x86/{header}.h>" in text


def test_uses_beside_a_guarded_header_get_simde_elsewhere() -> None:
    header = "#if defined(__x86_64__)\n#include <immintrin.h>\n#endif\n"
    text, _ = intrinsics.port("a.c", header + "__m128i f(__m128i a) { return _mm_add_epi8(a, a); }\n")
    assert "#if !(defined(__x86_64__) || defined(__i386__))\n" in text and "<simde/x86/avx2.h>" in text
    texts = {"a.c": '#include "b.h"\n__m128i x;\n', "b.h": "#include <emmintrin.h>\n", "c.c": "__m128i x;\n"}
    headers = Headers(texts)
    assert headers.have_intrinsics("a.c") and not headers.have_intrinsics("c.c")
    assert intrinsics.port("a.c", texts["a.c"], provided=True)[0] == texts["a.c"]


def test_a_header_of_another_processor_brings_no_intrinsics() -> None:
    header = (
        "#if defined(__GNUC__) && defined(__x86_64__)\n#include <x86intrin.h>\n"
        "#elif defined(__GNUC__) && defined(__IWMMXT__)\n#include <mmintrin.h>\n#endif\n"
    )
    text, items = intrinsics.port("a.c", header + "__m256i f(__m256i a) { return _mm256_add_epi8(a, a); }\n")
    assert (
        text.endswith(header + "__m256i f(__m256i a) { return _mm256_add_epi8(a, a); }\n")
        and "simde/x86/avx2.h" in text
    )
    assert [item.state for item in items] == ["covered", "covered", "ported"]
    assert intrinsics.port("a.c", text)[0] == text


def test_arguments_that_change_a_variable_are_told() -> None:
    text = "#include <emmintrin.h>\nvoid f(void) {\n  b = _mm_add_epi8(a[i++], a[i++]);\n"
    call = "  b = _mm_and_si128(_mm_srli_epi32(a, n++), m);\n}\n"
    assert [(item.what, item.line) for item in intrinsics.port("a.c", text + call)[1] if item.state == "left"] == [
        ("_mm_srli_epi32", 4)
    ]


SNIPPETS = st.sampled_from(
    ["#include <immintrin.h>", "#include <emmintrin.h> // why", "#ifdef __SSE4_1__", "#else", "#endif", "__m128i a;",
     "x = _mm_add_epi8(y);", "#if defined(__x86_64__)", "/*", "*/", "int a;", "#include \"b.h\"", "\udcff"]
)  # fmt: skip


@given(st.lists(SNIPPETS, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_a_second_port_of_a_source_changes_nothing(lines: list[str], end: str) -> None:
    first = end.join([*lines, ""])
    for _ in range(2):
        text = widening.port("a.c", first, widening.macros(first))[0]
        text = intrinsics.port("a.c", text)[0]
        again = widening.port("a.c", text, widening.macros(text))[0]
        again = intrinsics.port("a.c", again)[0]
        assert again == text
        assert end == "\n" or text.count("\n") == text.count("\r\n")


def test_conditions_on_vector_extensions_are_widened_together() -> None:
    used = "#ifdef __SSE4_1__\n__m128i a;\n#endif\n"
    declared = "#if defined(__SSE4_1__) // here\nint search(void);\n#endif\n#ifdef __AVX2__\nint b;\n#endif\n"
    macros = widening.macros(used) | widening.macros(declared)
    assert macros == {"__SSE4_1__"}
    text, items = widening.port("a.h", declared, macros)
    wider = "#if defined(__SSE4_1__) || !(defined(__x86_64__) || defined(__i386__)) // here\n"
    assert text.startswith(wider + "int search") and "#ifdef __AVX2__" in text and len(items) == 1
    assert not widening.macros("#ifdef __SSE4_1__\n__m128i a;\n#else\nint a;\n#endif\n")


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("Makefile", "CFLAGS=-O2 -mavx2 -Wall", "CFLAGS=-O2 $(if $(TRANSPILE_X86),-mavx2) -Wall"),
        ("Makefile", "F = -march=native # -msse2", "F = $(if $(TRANSPILE_X86),-march=native) # -msse2"),
        ("Makefile", "ASM = as --64 -o x", "ASM = as $(if $(TRANSPILE_X86),--64) -o x"),
        ("Makefile", "ifeq ($(F),-m64)", "ifeq ($(F),-m64)"),
        ("Makefile", "F = -march=rv64gc -mcpu=native -m", "F = -march=rv64gc -mcpu=native -m"),
        ("CMakeLists.txt", "add_compile_options(-msse4.2)", "add_compile_options(${TRANSPILE_X86_MSSE4_2})"),
        ("CMakeLists.txt", "check_c_compiler_flag(-mavx HAS)", "check_c_compiler_flag(-mavx HAS)"),
        (
            "meson.build",
            "args = ['-O2', '-mavx2']",
            "args = ['-O2', (host_machine.cpu_family() in ['x86', 'x86_64'] ? ['-mavx2'] : [])]",
        ),
        ("meson.build", "cc.has_argument('-mavx2')", "cc.has_argument('-mavx2')"),
    ],
)
def test_flags_are_given_on_x86_alone(name: str, line: str, expected: str) -> None:
    text, _ = buildfiles.port(name, line + "\n")
    assert text.endswith(expected + "\n")
    assert buildfiles.port(name, text)[0] == text


def test_configure_scripts_are_told_of_and_not_changed() -> None:
    script = 'CFLAGS="$CFLAGS -mavx2"\nAX_CHECK_COMPILE_FLAG([-msse2])\ndnl -mavx\n'
    text, items = buildfiles.port("configure.ac", script)
    assert text == script
    assert [(item.line, item.state) for item in items] == [(1, "left"), (2, "covered")]


def test_cmake_asks_what_is_built_for_after_project() -> None:
    text, _ = buildfiles.port("CMakeLists.txt", "project(a\n  C)\nadd_compile_options(-mavx2)\n")
    lines = text.splitlines()
    assert lines[2] == "# transpile: flags for x86" and lines[3].startswith("if(CMAKE_SYSTEM_PROCESSOR MATCHES")


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("Makefile", "A = $(wildcard asm/*.s)", "A = $(wildcard asm/$(TRANSPILE_ASM)*.s)"),
        ("Makefile", "%.o: asm/%.s", "%.o: asm/$(TRANSPILE_ASM)%.s"),
        ("Makefile", "SRC = $(D)/add.s", "SRC = $(D)/$(TRANSPILE_ASM)add.s"),
        ("Makefile", "SRC = other/add.s", "SRC = other/add.s"),
        ("sub/Makefile", "SRC = ../asm/add.s", "SRC = ../asm/$(TRANSPILE_ASM)add.s"),
        ("CMakeLists.txt", "add_library(a asm/add.s)", "add_library(a asm/${TRANSPILE_ASM}add.s)"),
        ("meson.build", "s = ['asm/add.s']", "s = [('asm/' + transpile_asm + 'add.s')]"),
    ],
)
def test_build_rules_take_the_translations(path: str, line: str, expected: str) -> None:
    wired = buildrules.wire(path, line + "\n", ["asm/add.s"], "riscv")
    assert wired.text.splitlines()[-1] == expected
    again = buildrules.wire(path, wired.text, ["asm/add.s"], "riscv")
    assert again.text == wired.text and again.named == wired.named


def test_an_object_that_has_no_rule_gets_one() -> None:
    wired = buildrules.wire("Makefile", "prog: main.o add.o\n\t$(CC) -o $@ $^\n", ["add.s"], "riscv")
    assert "ifneq ($(TRANSPILE_ASM),)\nadd.o: $(TRANSPILE_ASM)add.s\n" in wired.text
    assert buildrules.wire("Makefile", wired.text, ["add.s"], "riscv").text == wired.text


def test_assembly_that_is_preprocessed_includes_its_translation() -> None:
    once = guarded("asm/f.S", "f:\tret\r\n", "riscv")
    assert (
        once == '#if defined(__riscv) && __riscv_xlen == 64\r\n#include "riscv/f.s"\r\n#else\r\nf:\tret\r\n#endif\r\n'
    )
    assert guarded("asm/f.S", once, "riscv") == once
    both = guarded("asm/f.S", once, "aarch64")
    assert both.startswith("#if defined(__aarch64__)\r\n") and both.count("#endif") == 2


def test_the_patch_is_one_that_others_read(repository: Repository) -> None:
    if shutil.which("patch") is None:
        pytest.skip("patch is not installed")
    root = repository({"a.txt": "one\ntwo\nthree", "b.txt": "\udcfe\n"})
    changes = [
        Change("a.txt", b"one\ntwo\nthree", b"one\n2\nthree\n"),
        Change("b.txt", b"\xfe\n", b"\xfe\r\n"),
        Change("new/c.txt", None, b"c\n"),
    ]
    patch = "".join(unified(changes)).encode("utf-8", "surrogateescape")
    subprocess.run(["patch", "-p1", "--binary", "-s"], cwd=root, input=patch, check=True)
    assert {change.path: (root / change.path).read_bytes() for change in changes} == {c.path: c.after for c in changes}
    assert changes[0].counts == (2, 2) and lines_of(b"a\r\nb") == ["a\r\n", "b"]


def test_nothing_is_written_through_a_link(repository: Repository, tmp_path: Path) -> None:
    root = repository({"a.txt": ""})
    (root / "out").symlink_to(tmp_path)
    (root / "link.txt").symlink_to(tmp_path / "x")
    for path in ("out/x", "../x", "link.txt"):
        with pytest.raises(UsageError, match="leads out"):
            inside(root, path)
    with pytest.raises(UsageError):
        write(root, [Change("a.txt", b"", b"new"), Change("out/x", None, b"")])
    assert (root / "a.txt").read_bytes() == b"" and sorted(p.name for p in root.iterdir()) == [
        "a.txt",
        "link.txt",
        "out",
    ]


def test_a_copy_keeps_links_and_leaves_version_control_behind(repository: Repository, tmp_path: Path) -> None:
    root = repository({"a.txt": "a", ".git/HEAD": "", "sub/b.txt": "b"})
    (root / "link").symlink_to("a.txt")
    copy(root, tmp_path / "copy")
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["a.txt", "link", "sub"]
    assert (tmp_path / "copy" / "link").is_symlink()
    for place in (tmp_path / "copy", root / "inner"):
        with pytest.raises(UsageError):
            copy(root, place)
