"""C files become assembly, what is done is not done again, and what fails is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transpile.corpora.compile import Compilation, Limits, Project, Setting, c_files, limited
from transpile.corpora.headers import fill, include_options

ONE = """
#include "config.h"
#include "missing.h"
int sum(const int *p, int n) { int s = 0; for (int i = 0; i < n; i++) s += p[i]; return s; }
"""
SETTINGS = (Setting("gcc", "O0"), Setting("gcc", "O2"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "one.c").write_text(ONE)
    (folder / "broken.c").write_text("int f( {\n")
    return folder


def compilation(tree: Path, tmp_path: Path) -> Compilation:
    return Compilation(Project("small", tree), tmp_path / "asm", tmp_path / "headers", SETTINGS)


def test_a_failing_file_is_counted(tree: Path, tmp_path: Path) -> None:
    counts = compilation(tree, tmp_path).run()
    assert counts == {"files": 1, "failed": 1, "gcc-O0": 1, "gcc-O2": 1}
    assert "sum:" in (tmp_path / "asm/small/gcc-O2/src__one.s").read_text()
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_done_is_not_done_again(tree: Path, tmp_path: Path) -> None:
    first = compilation(tree, tmp_path).run()
    log = tmp_path / "asm/small/outcomes.jsonl"
    said = log.read_text()
    (tmp_path / "asm/small/gcc-O2/src__one.s").write_text("kept")
    assert compilation(tree, tmp_path).run() == first
    assert log.read_text() == said
    assert (tmp_path / "asm/small/gcc-O2/src__one.s").read_text() == "kept"


def test_an_interrupted_project_goes_on(tree: Path, tmp_path: Path) -> None:
    compilation(tree, tmp_path).run()
    log = tmp_path / "asm/small/outcomes.jsonl"
    log.write_text(json.dumps(["broken.c", []]) + '\n["src/one')
    assert compilation(tree, tmp_path).run()["files"] == 1


def test_limits_end_a_compiler(tmp_path: Path) -> None:
    assert limited(["sh", "-c", "while :; do :; done"], Limits(seconds=1)) is not None
    assert limited(["sh", "-c", f"head -c 100000 /dev/zero > {tmp_path}/big"], Limits(output_bytes=1024)) is not None


def test_tests_and_other_systems_are_left_out(tmp_path: Path) -> None:
    for name in ("a.c", "tests/b.c", "src/arm/c.c", "src/large.c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x" * (100 if "large" in name else 10))
    assert [path.name for path in c_files(tmp_path, 50)] == ["a.c"]


def test_headers_that_shadow_the_system_are_quoted_only(tmp_path: Path) -> None:
    for name in ("inc/own.h", "compat/string.h"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    options = include_options(tmp_path)
    pairs = dict(zip(options[1::2], options[::2], strict=True))
    assert pairs[str(tmp_path / "inc")] == "-I"
    assert pairs[str(tmp_path / "compat")] == "-iquote"


def test_templates_are_filled_for_this_machine() -> None:
    template = (
        "#undef HAVE_UNISTD_H\n#undef HAVE_SYS_TIME_H\n#undef HAVE_WINDOWS_H\n# undef HAVE_STRDUP\n#undef SIZEOF_INT\n"
    )
    text = fill(template + "#undef PACKAGE_VERSION\n#undef WORDS_BIGENDIAN\n#define N @N@\n")
    assert text.splitlines() == [
        "#define HAVE_UNISTD_H 1",
        "#define HAVE_SYS_TIME_H 1",
        "#undef HAVE_WINDOWS_H",
        "#define HAVE_STRDUP 1",
        "#define SIZEOF_INT 4",
        '#define PACKAGE_VERSION "1"',
        "#undef WORDS_BIGENDIAN",
        "#define N 0",
    ]
