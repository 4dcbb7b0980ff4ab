"""C that refers to headers of its own: they are read once, and what is written needs none of them."""

from __future__ import annotations

import shutil
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.c.preprocess import Options
from transpile.cli import main
from transpile.core.verdict import Proved
from transpile.directions import Asked, Unit, translate
from transpile.emulators.cuda.build import build
from transpile.emulators.cuda.harness import Parameter, Signature, harness
from transpile.errors import SourceErrors, UsageError
from transpile.offload import kept
from transpile.offload.ladder import Checked, Climb
from transpile.offload.several import translate_file, translate_text
from transpile.offload.subject import Subject
from transpile.offload.translate import Choices, Offloaded
from transpile.translation import Translation

MINE = """#ifndef MINE_H
#define MINE_H
#include <math.h>
#include "sub/types.h"
#define SCALE 2.5f
#define TWICE(x) ((x) + (x))
enum { LIMIT = 8 };
struct unused { real *restrict row; };
static const float BIAS = 0.25f;
static inline real square(real x) { return x * x; }
void step(int n, const point *p, real *out);
#endif
"""
TYPES = """#pragma once
#include <stdbool.h>
#include "deeper.h"
typedef struct { real x, y; } point;
"""
DEEPER = "typedef float real;\n"
CONFIGURED = """#ifndef ROUNDS
#error "say ROUNDS"
#endif
#define WEIGHT 3
"""
STEP = """#include "mine.h"
#include <cfg.h>
void step(int n, const point *p, real *out)
{
    for (int i = 0; i < n; i++)
        out[i] = SCALE * sqrtf(square(p[i].x) + TWICE(p[i].y) * WEIGHT) + BIAS + ROUNDS + i % LIMIT;
}
"""
FILES = {"mine.h": MINE, "sub/types.h": TYPES, "sub/deeper.h": DEEPER, "inc/cfg.h": CONFIGURED}
needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def offloaded(folder: Path, c: str, files: dict[str, str], choices: Choices) -> Translation:
    path = written(folder, {**files, "f.c": c}) / "f.c"
    return translate_file(path, choices).translation


def proved(translation: Translation) -> bool:
    return bool(translation.blocks) and all(isinstance(one.verdict, Proved) for one in translation.blocks)


pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")


def test_the_command_line_finds_headers_beside_the_file_and_in_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path / "src", {**FILES, "step.c": STEP})
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    words = ["src/step.c", "--to", "cuda", "-I", "src/inc", "-D", "ROUNDS=4", "-o", "out/step.cu"]
    assert main([*words, "--store", "none", "--lm", "none", "--require", "proved", "-q"]) == 0
    shutil.rmtree(source)
    text = (tmp_path / "out" / "step.cu").read_text()
    assert '#include "' not in text and "#include <math.h>" in text
    assert "struct unused" not in text and "#define SCALE 2.5f" in text
    parameters = (
        Parameter("n", "int"),
        Parameter("p", "float", ("2", "n"), constant=True),
        Parameter("out", "float", ("n",)),
    )
    program = build(text, harness(Signature("step", parameters)), tmp_path)
    ran = program.run(struct.pack("<i6f", 2, 3.0, 0.0, 4.0, 1.5, 0.0, 0.0))
    assert ran.ok
    assert struct.unpack("<2f", ran.outputs) == (2.5 * 3.0 + 4.25, 2.5 * 5.0 + 4.25 + 1.0)


def test_companions_are_headers() -> None:
    companions = {f"src/{name}": text.encode() for name, text in FILES.items()}
    unit = Unit("src/step.c", STEP.encode(), companions)
    made = translate(unit, Asked("cuda", {"lm": "none", "include": ["src/inc"], "define": ["ROUNDS=4"]}))
    assert proved(made.translation)
    assert (
        b"WEIGHT" not in made.files["step.cu"].replace(b"#define WEIGHT 3", b"")
        or b"#define WEIGHT 3" in (made.files["step.cu"])
    )
    assert "transpile-unit" not in made.files["step.cu"].decode() + str(made.translation)


BODY = "void f(int n, int *a)\n{\n    for (int i = 0; i < n; i++)\n        a[i] = {};\n}\n"


def body(value: str) -> str:
    return BODY.replace("{}", value)


@pytest.mark.parametrize(
    ("c", "options", "shown"),
    [
        (body("A + a[i]"), Options(define=("A=5",)), "5 + a[i]"),
        ("#ifdef __linux__\n#error here\n#endif\n" + body("3"), Options(undefine=("__linux__",)), "= 3;"),
        ("#if __STDC_VERSION__ != 199901L\n#error another\n#endif\n" + body("3"), Options(standard="c99"), "= 3;"),
        ('#include "one.h"\n' + body("pick(a[i])"), Options(define=("PICK",)), "return x + 1;"),
        ('#include "one.h"\n' + body("pick(a[i])"), Options(), "return x + 2;"),
        ('#include "deep/two.h"\n' + body("flag(a[i]) ? K : a[i]"), Options(), "#define K 77"),
    ],
)
def test_what_the_compiler_is_told_holds_for_every_check(
    c: str, options: Options, shown: str, tmp_path: Path, choices: Choices
) -> None:
    files = {
        "one.h": "#ifdef PICK\n#define STEP 1\n#else\n#define STEP 2\n#endif\n"
        "static int pick(int x) { return x + STEP; }\n",
        "deep/two.h": '#include "three.h"\nstatic inline bool flag(int x) { return x > 3; }\n#define K 77\n',
        "deep/three.h": "#include <stdbool.h>\n",
    }
    found = offloaded(tmp_path, c, files, replace(choices, preprocessing=options))
    assert proved(found)
    assert shown in found.text.replace("STEP", "1" if options.define else "2")


def test_the_header_beside_the_file_counts_not_the_one_of_the_same_name_here(
    tmp_path: Path, choices: Choices, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "here", {"n.h": "#error not this one\n"})
    monkeypatch.chdir(tmp_path / "here")
    c = '#include "n.h"\nvoid f(int n, real *a)\n{\n    for (int i = 0; i < n; i++)\n        a[i] *= ROWS;\n}\n'
    found = offloaded(tmp_path / "there", c, {"n.h": "typedef double real;\nenum { ROWS = 3 };\n"}, choices)
    assert proved(found)


def test_loops_of_a_header_become_a_part_of_their_callers(tmp_path: Path, choices: Choices) -> None:
    header = "static inline void zero(int n, int *a)\n{\n    for (int i = 0; i < n; i++)\n        a[i] = 0;\n}\n"
    c = '#include "z.h"\nvoid f(int n, int *a, int *b)\n{\n    zero(n, a);\n    zero(n, b);\n}\n'
    found = offloaded(tmp_path, c, {"z.h": header}, choices)
    assert proved(found)
    assert [(one.first_line, one.source_text) for one in found.blocks] == [
        (4, ("    zero(n, a);",)),
        (5, ("    zero(n, b);",)),
    ]


def test_functions_of_a_header_stay_where_they_are(tmp_path: Path, choices: Choices) -> None:
    files = {"g.h": body("9").replace("f(", "g(")}
    c = '#include "g.h"\n' + body("8") + body("7").replace("f(", "h(")
    found = offloaded(tmp_path, c, files, choices)
    assert proved(found) and [one.name for one in found.functions] == ["f", "h"]
    assert 'extern "C" void g(int n, int *a)' in found.text
    with pytest.raises(UsageError, match=r"'g' stands in .*g\.h"):
        translate_file(tmp_path / "f.c", replace(choices, function="g"))


def test_functions_and_variables_of_other_files_are_declared(tmp_path: Path, choices: Choices) -> None:
    header = "double other(double x);\nextern int shared[4];\nint unused(int x);\n"
    c = (
        '#include "o.h"\n#include <stddef.h>\nvoid f(int n, double *a)\n{\n'
        "    for (int i = 0; i < n; i++)\n        a[i] *= 2;\n    if (n < -1)\n        a[0] = other(shared[0]);\n}\n"
    )
    text = offloaded(tmp_path, c, {"o.h": header}, choices).text
    assert 'extern "C" double other(double);' in text and "unused" not in text
    assert "extern int shared[4];" in text or 'extern "C" int shared[4];' in text


def test_a_macro_with_two_values_is_not_a_name_for_one(tmp_path: Path, choices: Choices) -> None:
    c = (
        '#define A 1\n#include "a.h"\nvoid f(int n, int *a)\n{\n    for (int i = 0; i < n; i++)\n'
        "        a[i] = first(a[i]) + A;\n}\n"
    )
    header = "static int first(int x) { return x + A; }\n#undef A\n#define A 2\n"
    found = offloaded(tmp_path, c, {"a.h": header}, choices)
    assert proved(found)


def test_cpp_files_have_headers_as_well(tmp_path: Path, choices: Choices) -> None:
    cpp = '#include "h.hpp"\n' + body("a[i] * static_cast<real>(std::abs(n))").replace("int *a", "real *a")
    folder = written(tmp_path, {"h.hpp": "#include <cstdlib>\nusing real = float;\n", "f.cpp": cpp})
    assert proved(translate_file(folder / "f.cpp", choices).translation)


def test_what_is_kept_is_kept_under_the_headers(
    tmp_path: Path, choices: Choices, monkeypatch: pytest.MonkeyPatch
) -> None:
    climbed: list[str] = []

    def climb(subject: Subject, folder: Path) -> Climb:
        climbed.append(subject.unit.origin.text)
        return Climb({"f_kernel": Checked(Proved(), ())}, (), False, {})

    monkeypatch.setattr(kept, "climb", climb)
    asked = replace(choices, store=tmp_path / "proofs.sqlite")
    c, header = '#include "h/v.h"\n' + body("value(a[i])"), "static int value(int x) { return x + 1; }\n"

    def again(folder: str, header: str, *define: str) -> int:
        offloaded(tmp_path / folder, c, {"h/v.h": header}, replace(asked, preprocessing=Options(define=define)))
        return len(climbed)

    assert again("a", header) == 1
    assert again("a", header) == 1
    assert again("a", header, "UNUSED") == 1
    assert again("a", header.replace("1", "2")) == 2
    assert again("a", header.replace("int x)", "int x); enum { E };\nstatic int value(int x)")) == 3


def test_headers_that_are_missing_are_named_at_their_place(tmp_path: Path, choices: Choices) -> None:
    with pytest.raises(SourceErrors, match=r"f\.c:1:11: .*header 'no\.h' is not found"):
        offloaded(tmp_path, '#include "no.h"\n' + body("1"), {}, choices)


def test_text_that_is_in_no_file_has_headers_in_folders_that_are_named(tmp_path: Path, choices: Choices) -> None:
    written(tmp_path, {"inc/k.h": "#define K 3\ntypedef int number;\n"})
    asked = replace(choices, preprocessing=Options((str(tmp_path / "inc"),)))
    found: Offloaded = translate_text("#include <k.h>\n" + body("(number)K"), "f.c", asked)
    assert proved(found.translation) and "#include <k.h>" not in found.translation.text
