"""Units: which names they may have, which options they take, and what they may refer to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.directions import DIRECTIONS, Asked, Unit, directions_for, translate
from transpile.directions.asking import KNOWN, read_asked
from transpile.directions.folder import files_of, private_folder, require_name
from transpile.errors import SourceError, SourceErrors, TranspileError, UsageError

EXAMPLES = Path(__file__).parents[2] / "examples"
RULES = {"lm": "none"}
C = b"void f(int n, float *a) { for (int i = 0; i < n; i++) a[i] = 0; }\n"
COBOL = (EXAMPLES / "savings.cob").read_bytes()


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "../a.s", "a/../../b.s", "a/./b.s", "a//b.s", "a\0.s", "a\n.s", "-o.s", "~/a.s", "a\\b.s",
     "x" * 256, "/".join("a" * 40), "a/"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    for unit in (Unit(name, b""), Unit("a.s", b"", {name: b""})):
        with pytest.raises(UsageError, match="cannot be the name of a file"), private_folder(unit):
            pass


def test_names_that_collide_are_refused() -> None:
    with pytest.raises(UsageError, match="a companion has the name of the unit"):
        files_of(Unit("a.s", b"", {"a.s": b""}))
    with pytest.raises(UsageError, match="both a file and a folder"):
        files_of(Unit("a.s", b"", {"a.s/b": b""}))
    with pytest.raises(UsageError, match="more than 10000 companions"):
        files_of(Unit("a.s", b"", {str(number): b"" for number in range(10_001)}))


@given(st.text(max_size=40))
def test_a_name_that_is_taken_stays_in_the_folder(name: str) -> None:
    try:
        require_name(name)
    except UsageError:
        return
    home = Path("/home/of/units")
    assert (home / name).resolve().is_relative_to(home)
    assert (home / name).resolve() != home


def test_files_are_written_as_they_are_and_removed() -> None:
    unit = Unit("src/a.c", b"\xff\0", {"inc/deep/b.h": b"x", "c.h": b""})
    with private_folder(unit) as folder:
        assert folder.stat().st_mode & 0o077 == 0
        found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {"src/a.c": b"\xff\0", "inc/deep/b.h": b"x", "c.h": b""}
    assert not folder.exists()


@pytest.mark.parametrize(
    ("to", "options", "message", "hint"),
    [
        ("riscv", {"functoin": "f"}, "there is no option 'functoin' for --to riscv", "march"),
        ("python", {"march": "rv64gc"}, "there is no option 'march' for --to python", "layout"),
        ("cuda", {"jobs": 8}, "there is no option 'jobs' for --to cuda", "extents"),
        ("riscv", {"store": "/x"}, "there is no option 'store' for --to riscv", "options of --to riscv are"),
        ("riscv", {"seed": "1"}, "the option 'seed' cannot be '1'", "a whole number"),
        ("riscv", {"seed": True}, "the option 'seed' cannot be True", "a whole number"),
        ("riscv", {"rlimit": 0}, "the option 'rlimit' cannot be 0", "from 1 to"),
        ("riscv", {"temperature": float("nan")}, "the option 'temperature' cannot be nan", "a number from 0 to 2"),
        ("riscv", {"require": "all"}, "the option 'require' cannot be 'all'", "proved, tested, any"),
        (
            "riscv",
            {"march": "rv64gc -o x"},
            "the option 'march': 'rv64gc -o x' is no architecture for riscv",
            "rv64gcv",
        ),
        ("riscv", {"march": "armv8-a"}, "the option 'march': 'armv8-a' is no architecture for riscv", "rv64gcv"),
        ("aarch64", {"march": "--help"}, "the option 'march': '--help' is no architecture for aarch64", "armv8-a+lse"),
        ("aarch64", {"march": 8}, "the option 'march' cannot be 8", "as GNU as spells it"),
        ("riscv", {"trap_division": 1}, "the option 'trap_division' cannot be 1", "true or false"),
        ("riscv", {"lm": "magic"}, "the option 'lm': --lm: unknown model 'magic'", "embedded"),
        ("cuda", {"define": ["X=1", "-include /etc/passwd"]}, "the option 'define' cannot be", "NAME=VALUE"),
        ("cuda", {"standard": "c99 -I/"}, "the option 'standard' cannot be", "c99"),
        ("cuda", {"extents": {"a": "n"}}, "the option 'extents' cannot be", "ARRAY=EXPRESSION"),
        ("python", {"layout": ["fixed"]}, "the option 'layout' cannot be", "auto, fixed, free"),
        ("mips", {}, "there is no target 'mips'", "riscv, aarch64, cuda, python"),
    ],
)
def test_options_that_make_no_sense_are_told(to: str, options: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_asked(Asked(to, options))
    assert caught.value.message.startswith(message)
    assert hint in caught.value.hint


OPTIONS = sorted({name for rows in KNOWN.values() for name in rows})
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text("aA0=-. \n", max_size=5)
VALUES = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.just("a"), PLAIN)


@given(st.sampled_from(DIRECTIONS), st.dictionaries(st.sampled_from(OPTIONS), VALUES, max_size=3))
def test_any_options_are_read_or_refused(to: str, options: dict[str, object]) -> None:
    try:
        values = read_asked(Asked(to, options))
    except UsageError as error:
        assert error.hint
    else:
        assert set(values) == set(options) <= set(KNOWN[to])


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.s", b"", ("riscv", "aarch64")),
        ("A.S", b"", ("riscv", "aarch64")),
        ("a.c", b"", ("cuda",)),
        ("a.CBL", b"", ("python",)),
        ("notes.txt", C, ()),
        ("paste", C, ("cuda",)),
        ("paste", COBOL, ("python",)),
        ("paste", b"\t.text\nf:\n\tret\n", ("riscv", "aarch64")),
        ("paste", b"\xff\xfe nothing at all", ()),
    ],
)
def test_directions_are_guessed(name: str, content: bytes, expected: tuple[str, ...]) -> None:
    assert directions_for(name, content) == expected


SECRETS = [
    ("a.S", "riscv", b'#include "{secret}"\n'),
    ("a.S", "riscv", b'#define X "{secret}"\n#include X\n'),
    ("a.S", "riscv", b'#if 1\n#include "nothing/../../../..{secret}"\n#endif\n'),
    ("a.S", "riscv", b'#include "{secret}"\n#error stop\n'),
    ("a.c", "cuda", b'#include "{secret}"\n' + C),
    ("a.c", "cuda", b"#include <{secret}>\n" + C),
    ("a.c", "cuda", b'#include_next "{secret}"\n' + C),
    ("a.c", "cuda", b'#\\\nembed "{secret}"\n' + C),
    ("a.cob", "python", COBOL.replace(b"PROCEDURE DIVISION.", b'COPY "{secret}".\n       PROCEDURE DIVISION.')),
    ("a.cob", "python", COBOL.replace(b"PROCEDURE DIVISION.", b"COPY secret OF '..'.\n       PROCEDURE DIVISION.")),
]


@pytest.mark.parametrize(("name", "to", "content"), SECRETS)
def test_nothing_of_this_machine_gets_in(name: str, to: str, content: bytes, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2 is the password\n")
    content = content.replace(b"{secret}", str(secret).encode())
    with pytest.raises((SourceError, SourceErrors)) as caught:
        translate(Unit(name, content), Asked(to, RULES))
    assert "hunter2" not in caught.value.render()


def test_a_companion_that_includes_what_is_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("#define K 41\n")
    header = f'#include "{tmp_path}/secret"\n'.encode()
    source = b'#include "k.h"\n\t.text\n\t.globl f\n\t.type f, @function\nf:\n\tmovl $K, %eax\n\tret\n'
    with pytest.raises(SourceErrors, match="a file that did not come with it"):
        translate(Unit("a.S", source, {"k.h": header}), Asked("riscv", RULES))
    made = translate(Unit("a.S", source, {"k.h": b"#define K 41\n"}), Asked("riscv", RULES))
    assert b"41" in made.files["a.s"]


def test_headers_are_found_beside_the_unit_and_where_they_are_said_to_be() -> None:
    source = b'#include "k.h"\n#include <sys/syscall.h>\n\t.text\n\t.type f, @function\nf:\n\tmovl $K, %eax\n\tret\n'
    for beside, options in (("src/k.h", {}), ("k.h", {}), ("inc/x/k.h", {"include": ["inc/x"]})):
        made = translate(Unit("src/a.S", source, {beside: b"#define K 41\n"}), Asked("riscv", {**RULES, **options}))
        assert made.translation.file == "src/a.S"
        assert list(made.files) == ["a.s"]


def test_what_the_preprocessor_refuses_is_told_at_its_place() -> None:
    with pytest.raises(SourceErrors) as caught:
        translate(Unit("src/a.S", b'\n#include "none.h"\n'), Asked("riscv", RULES))
    (error,) = caught.value.errors
    assert str(error.span) == "src/a.S:2:10"
    assert error.span.line_text == '#include "none.h"'


def test_messages_have_the_names_of_the_unit() -> None:
    with pytest.raises(TranspileError) as caught:
        translate(Unit("d/a.c", b'#include "k.h"\n' + C, {"d/k.h": b"int x = ;\n"}), Asked("cuda", RULES))
    assert caught.value.render().startswith("d/k.h:1:9: error: expected an expression")
    assert "transpile-unit" not in caught.value.render()
