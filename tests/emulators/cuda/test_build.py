"""Texts that do not compile, tools that are missing, and what harnesses are told."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.emulators.cuda.build import build, build_c
from transpile.emulators.cuda.harness import Parameter, Placement, Signature, harness
from transpile.emulators.cuda.rewrite import rewrite
from transpile.emulators.cuda.run import Program
from transpile.errors import SourceErrors, ToolError

SUM = Signature("sum", (Parameter("n", "int"), Parameter("values", "int", ("n",), True)), "long long")
SUM_C = "long long sum(int n, const int *v) { long long s = 0; for (int i = 0; i < n; i++) s += v[i]; return s; }"
THREE = struct.pack("<4i", 3, 10, 20, 30)
KERNEL = "__global__ void k(int n, float *p) {\n    p[n] = 1;\n}\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        (KERNEL + "void f(float *p) {\n    k<<<1, 2>>>(1, q);\n}\n", 5, 20, "'q' was not declared in this scope"),
        (KERNEL + "void f(float *p) {\n    k<<<1, 2>>>(p);\n}\n", 5, 16, "no match for call to"),
        (KERNEL + "void f(int *p) {\n\n    k<<<1, 2>>>(2, p);\n}\n", 6, 16, "no match for call to"),
        (KERNEL.replace("p[n]", "p[m]"), 2, 7, "'m' was not declared in this scope"),
        ("__global__ void k() {\n    __shared__ int a[3] = {1};\n}\n", 2, 20, "is initialized"),
        ("__device__ void f(size_t *p) {\n\n    atomicAdd(p, (size_t)1);\n}\n", 3, 15, "invalid conversion"),
        ("int nowhere(int);\nvoid f() {\n    nowhere(3);\n}\n", 3, 1, "undefined reference to `nowhere(int)'"),
        ("\nint main() { return 0; }\n", 1, 1, "multiple definition of `main'"),
        ("#include <no/such/header.h>\n", 1, 10, "no/such/header.h: No such file or directory"),
        ("void f() {\n", 1, 11, "expected '}' at end of input"),
    ],
)  # fmt: skip
def test_compile_errors_are_in_the_text(folder: Path, text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(SourceErrors) as raised:
        build(text, harness(Signature("f", ())), folder)
    first = raised.value.errors[0]
    assert message in first.message
    assert (first.span.file, first.span.line, first.span.column) == ("program.cu", line, column), first
    assert first.span.line_text == text.split("\n")[line - 1]


def test_c_that_does_not_compile(folder: Path) -> None:
    with pytest.raises(SourceErrors) as raised:
        build_c("int f(void) {\n    return x;\n}\n", harness(Signature("f", (), "int")), folder)
    assert str(raised.value.errors[0].span) == "program.c:2:12"


@pytest.mark.parametrize("linkage", ['extern "C" ', ""])
def test_either_linkage_will_do(folder: Path, linkage: str) -> None:
    program = build(linkage + SUM_C, harness(SUM), folder)
    assert program.run(THREE).outputs == struct.pack("<q", 60)


def test_c_is_watched_alike(folder: Path) -> None:
    assert build_c(SUM_C, harness(SUM), folder).run(THREE).outputs == struct.pack("<q", 60)
    wrong = build_c(SUM_C.replace("i < n", "\ni <= n"), harness(SUM), folder).run(THREE)
    assert [(fault.kind, fault.line, fault.kernel) for fault in wrong.faults] == [("out-of-bounds", 2, "")]
    overflow = build_c(SUM_C.replace("v[i]", "v[i] * v[i] * 9999999"), harness(SUM), folder).run(THREE)
    assert [(fault.kind, fault.line) for fault in overflow.faults] == [("undefined", 1)]


def test_a_function_that_is_not_there_is_a_fault(folder: Path) -> None:
    run = build(SUM_C.replace("int n", "long n"), harness(SUM), folder).run(THREE)
    assert [fault.kind for fault in run.faults] == ["harness"]
    assert "sum(int n, const int *values)" in run.faults[0].message


def test_an_input_that_is_too_short_is_a_fault(folder: Path) -> None:
    run = build_c(SUM_C, harness(SUM), folder).run(THREE[:-1])
    assert [(fault.kind, fault.message) for fault in run.faults] == [("harness", "the input is too short")]


def test_what_a_program_prints_is_not_its_output(folder: Path) -> None:
    text = "#include <stdio.h>\n" + SUM_C.replace("return", 'puts("noise"); return')
    run = build_c(text, harness(SUM), folder).run(THREE)
    assert (run.outputs, run.messages) == (struct.pack("<q", 60), "noise\n")


def test_a_function_may_have_the_name_of_one_of_the_library(folder: Path) -> None:
    signature = Signature("div", (Parameter("index", "int", ("2",)),))
    run = build_c("void div(int *p) { p[0] /= p[1]; }", harness(signature), folder).run(struct.pack("<2i", 12, 4))
    assert struct.unpack("<2i", run.outputs) == (3, 4) and run.ok


def test_a_harness_of_ones_own(folder: Path) -> None:
    own = 'extern "C" int f(); int printf(const char *, ...); int main() { printf("%d", f()); return 3; }'
    run = build_c("int f(void) { return 5; }", own.replace("int printf", 'extern "C" int printf'), folder).run()
    assert (run.outputs, run.exit_code, run.faults, run.ok) == (b"5", 3, (), False)


def test_a_harness_that_does_not_compile_is_the_callers_fault(folder: Path) -> None:
    with pytest.raises(ToolError, match="the harness does not compile"):
        build(KERNEL, "int main() { return x; }", folder)


def test_nothing_is_built_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(SUM_C, harness(SUM), folder)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a compiler is run")

    monkeypatch.setattr("transpile.emulators.cuda.build.run_bounded", refuse)
    assert build(SUM_C, harness(SUM), folder) == first
    with pytest.raises(AssertionError, match="a compiler is run"):
        build(SUM_C + "\n", harness(SUM), folder)


def test_a_missing_compiler_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPILE_CXX", "no-such-compiler")
    with pytest.raises(ToolError) as raised:
        build(SUM_C, harness(SUM), folder)
    assert "'no-such-compiler' is not installed; it is needed to run CUDA programs" in raised.value.message
    assert raised.value.hint == "run 'apt-get install g++', or set TRANSPILE_CXX to another program"


def test_a_missing_grammar_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter_cuda", None)
    with pytest.raises(ToolError) as raised:
        rewrite(KERNEL)
    assert raised.value.hint == "run 'pip install tree-sitter-cuda'"


def test_faults_have_lines_only_where_addr2line_is(cuda: Callable[..., Program], inputs: Callable[..., bytes],
                                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    program = cuda("saxpy", "(i < n)", "(i <= n)")
    monkeypatch.setenv("TRANSPILE_ADDR2LINE", "no-such-program")
    (fault,) = program.run(inputs("saxpy", 100)).faults
    assert (fault.kind, fault.line) == ("out-of-bounds", 0)


@pytest.mark.parametrize("name", ["result", "memory", "call", "extent", "size_0", "place_0"])
@pytest.mark.parametrize("placed", [False, True])
def test_parameters_may_be_called_as_parts_of_the_harness_are(folder: Path, name: str, placed: bool) -> None:
    text = f"int f(int n, int *{name})\n{{\n    {name}[0] = n;\n    return 7;\n}}\n"
    signature = Signature("f", (Parameter("n", "int"), Parameter(name, "int", ("1",))), "int")
    place = Placement(0, 4).packed if placed else b""
    ran = build_c(text, harness(signature, placed), folder).run(struct.pack("=i", 5) + place + bytes(4))
    assert ran.ok, ran.faults
    assert struct.unpack("=2i", ran.outputs) == (7, 5)
