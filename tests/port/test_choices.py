"""Questions of build files for x86: which are understood, what others get, and when a target is added."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.cli import main
from transpile.port import automake, buildfiles, buildrules
from transpile.port.choices import choices

BRANCHES = {
    "CMakeLists.txt": ("if({})\n  set(S asm/add.s)\n{}endif()\n", "else()\n  {}\n"),
    "meson.build": ("if {}\n  s = 'asm/add.s'\n{}endif\n", "else\n  {}\n"),
    "Makefile": ("{}\nS = asm/add.s\n{}endif\n", "else\n{}\n"),
}
CPU = "host_machine.cpu_family()"


@pytest.mark.parametrize(
    ("name", "condition", "expected"),
    [
        (
            "CMakeLists.txt",
            "CMAKE_SYSTEM_PROCESSOR MATCHES x86_64",
            'if((CMAKE_SYSTEM_PROCESSOR MATCHES x86_64 OR CMAKE_SYSTEM_PROCESSOR MATCHES "^riscv64"))',
        ),
        (
            "CMakeLists.txt",
            'UNIX AND "${CMAKE_SYSTEM_PROCESSOR}" STREQUAL "AMD64"',
            'if(UNIX AND ("${CMAKE_SYSTEM_PROCESSOR}" STREQUAL "AMD64" OR CMAKE_SYSTEM_PROCESSOR MATCHES "^riscv64"))',
        ),
        ("meson.build", f"{CPU} == 'x86_64'", f"if ({CPU} == 'x86_64' or {CPU} == 'riscv64')"),
        ("meson.build", f"{CPU}.startswith('x86')", f"if ({CPU}.startswith('x86') or {CPU} == 'riscv64')"),
        (
            "Makefile",
            "ifeq ($(ARCH),x86_64)",
            "ifeq ($(if $(filter riscv64,$(TRANSPILE_MACHINE)),x86_64,$(ARCH)),x86_64)",
        ),
        (
            "Makefile",
            'ifeq "x86_64" "$(shell uname -m)"',
            "ifeq ($(if $(filter riscv64,$(TRANSPILE_MACHINE)),x86_64,$(shell uname -m)),x86_64)",
        ),
        (
            "Makefile",
            "ifneq (,$(findstring x86_64,$(TRIPLE)))",
            "ifneq ($(findstring x86_64,$(TRIPLE))$(filter riscv64,$(TRANSPILE_MACHINE)),)",
        ),
    ],
)
def test_a_branch_that_names_translations_is_taken_on_the_target(name: str, condition: str, expected: str) -> None:
    text = BRANCHES[name][0].format(condition, "")
    wired = buildrules.wire(name, text, ["asm/add.s"], "riscv")
    assert expected in wired.text.split("\n")
    assert [item.state for item in wired.items] == ["ported", "ported"]
    assert buildrules.wire(name, wired.text, ["asm/add.s"], "riscv").text == wired.text
    kept = buildrules.wire(name, text, ["asm/add.s"], "riscv", {"asm/add.s"})
    assert kept.text == text and [item.state for item in kept.items] == ["note"]


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("CMakeLists.txt", "NOT CMAKE_SYSTEM_PROCESSOR MATCHES x86_64"),
        ("CMakeLists.txt", "NOT (CMAKE_SYSTEM_PROCESSOR MATCHES x86_64 AND UNIX)"),
        ("CMakeLists.txt", 'CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|riscv64"'),
        ("CMakeLists.txt", 'CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|ppc64le"'),
        ("CMakeLists.txt", "USE_X86_ASM"),
        ("meson.build", f"{CPU} != 'x86_64'"),
        ("meson.build", "build_machine.cpu_family() == 'x86_64'"),
        ("meson.build", f"{CPU} in ['x86_64', 'aarch64', 'riscv64']"),
        ("Makefile", "ifneq ($(ARCH),x86_64)"),
        ("Makefile", "ifeq ($(ARCH),arm)"),
        ("Makefile", "ifeq ($(ARCH),$(shell uname -m))"),
    ],
)
def test_other_questions_stay_as_they_are(name: str, condition: str) -> None:
    lines = BRANCHES[name][0].format(condition, "").split("\n")
    system = buildfiles.system_of(name)
    assert system is not None and choices(system, lines, "riscv") == []


@pytest.mark.parametrize(
    ("name", "condition", "served", "refused"),
    [
        ("CMakeLists.txt", "CMAKE_SYSTEM_PROCESSOR MATCHES x86_64", "set(S add.c)", 'message(FATAL_ERROR "no")'),
        ("meson.build", f"{CPU} == 'x86_64'", "s = 'add.c'", "error('no')"),
        ("Makefile", "ifeq ($(ARCH),x86_64)", "S = add.c", "$(error no)"),
    ],
)
def test_what_others_get_decides(name: str, condition: str, served: str, refused: str) -> None:
    whole, other = BRANCHES[name]
    text = whole.format(condition, other.format(served))
    wired = buildrules.wire(name, text, ["asm/add.s"], "riscv")
    assert wired.text == text and wired.named == {"asm/add.s"} and [i.state for i in wired.items] == ["covered"]
    wired = buildrules.wire(name, whole.format(condition, other.format(refused)), ["asm/add.s"], "riscv")
    assert [item.state for item in wired.items] == ["ported", "ported"]
    for rest, states in ((other.format(served), []), (other.format(refused), ["left"]), ("", ["note"])):
        assert [i.state for i in buildrules.wire(name, whole.format(condition, rest), [], "riscv").items] == states
    flags = whole.format(condition, "").replace("asm/add.s", "-mavx2")
    assert buildrules.wire(name, flags, [], "riscv").items == []


@pytest.mark.parametrize("guard", ["", "#ifndef __x86_64__\n"])
def test_c_code_for_others_is_not_pushed_aside(guard: str, repository: Callable[..., Path], tmp_path: Path) -> None:
    build = (
        "project(a C ASM)\nif(CMAKE_SYSTEM_PROCESSOR MATCHES x86_64)\nset(S add.S)\nendif()\nadd_library(a a.c ${S})\n"
    )
    code = f"{guard}long add(long a,\n  long (*b)(void)) {{ return a; }}\n" + "#endif\n" * bool(guard)
    declared = "long add(long); // add(1) {\nint f(void) { return add(1); }\n"
    assembly = "\t.globl add\nadd:\n\tmovq %rdi, %rax\n\tret\n"
    for text, widened in ((code, False), (declared, True)):
        root = repository({"CMakeLists.txt": build, "a.c": text, "add.S": assembly}, name=f"p{widened}")
        assert (
            main(["port", str(root), "--to", "riscv", "-q", "--store", "none", "-o", str(tmp_path / f"o{widened}")])
            == 0
        )
        assert ("^riscv64" in (tmp_path / f"o{widened}/CMakeLists.txt").read_text()) is widened


@pytest.mark.parametrize(
    ("name", "text", "states"),
    [
        ("CMakeLists.txt", 'set(CMAKE_C_FLAGS "-mavx2")\nproject(a C)\n', ["left"]),
        ("CMakeLists.txt", 'project(a)\nif(F MATCHES "-mavx2")\nendif()\nlist(REMOVE_ITEM F -mavx2)\n', []),
        ("x86.cmake", "set(CMAKE_SYSTEM_NAME Linux)\nset(CMAKE_C_FLAGS -mavx2)\n", ["covered"]),
        ("CMakeLists.txt", "#[[ -mavx2 ]] # -mavx2\n", []),
        ("meson.build", "flags = {'fast': '-mavx2'}\n", ["left"]),
        ("meson.build", "foreach f : ['-mavx2']\n  x += 'lib' + f\nendforeach\n", ["left"]),
        ("meson.build", "f = '-mavx2'\ng = f.split()\n", ["left"]),
        ("meson.build", "f = ['-mavx2']\nforeach one : f\n  g += ' ' + one\nendforeach\n", ["left"]),
        ("meson.build", "f = ''\nf += '-mavx2'\n", ["left"]),
        ("meson.build", "run_command('sh', '-mavx2')\n", ["left"]),
        ("meson.build", "args = ['-O2 -mavx2']\n", ["left"]),
        ("meson.build", "message('-mavx2')\n", []),
        ("meson.build", "f = ['-mavx2']\ng = cc.get_supported_arguments(f)\n", ["covered"]),
    ],
)
def test_flags_in_other_places_are_told(name: str, text: str, states: list[str]) -> None:
    edited, items = buildfiles.port(name, text)
    assert edited == text and [item.state for item in items] == states


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("case $host_cpu in\n x86_64*)\n  asm=yes\n ;;\nesac\n", [(1, 5, "note")]),
        ('case "${host}" in\n  # why\n  i?86-*|x86_64-*) a=1 ;;\n  arm*) ;;\nesac\n', [(1, 5, "note")]),
        ("case $host_cpu in x86_64) a=1;; *) AC_MSG_ERROR([no]);; esac\n", [(1, 1, "left")]),
        ("case $host_cpu in x86_64) a=1;; *) a=0;; esac\n", []),
        ("case $host_cpu in x86_64) a=1;; riscv64) a=2;; esac\n", []),
        ("case $host_cpu in x86_64|arm*) a=1;; esac\n", []),
        ("case $enable_asm in x86_64) a=1;; esac\n# case $host in x86_64) ;; esac\n", []),
        ("AS_CASE([$host_cpu],\n  [x86_64*], [a=(1, 2)])\n", [(1, 2, "note")]),
        ("AS_CASE([$host_cpu], [x86_64*], [a=1], [a=0])\n", []),
        ("AS_CASE([$host_cpu], [x86_64*], [a=1], [AC_MSG_ERROR([no])])\n", [(1, 1, "left")]),
        ("AS_CASE([$host_cpu], [x86_64*\n", []),
    ],
)
def test_questions_of_configure_scripts_are_told(text: str, expected: list[tuple[int, int, str]]) -> None:
    wired = buildrules.wire("configure.ac", text, [], "riscv")
    assert wired.text == text
    assert [(item.line, item.last_line, item.state) for item in wired.items] == expected


def test_what_automake_makes_of_a_source() -> None:
    text = "lib_LTLIBRARIES = la.la\nla_la_SOURCES = asm/x.s b.s\nbin_PROGRAMS = p\np_SOURCES = c.s\np_CFLAGS = -g\n"
    made, refused = automake.objects(text, ["asm/x.s", "b.s", "c.s", "d.s"], subdir_objects=False)
    assert [(one.name, one.source, one.command) for one in made] == [
        ("x.lo", "asm/x.s", "$(LTCCASCOMPILE)"),
        ("b.lo", "b.s", "$(LTCCASCOMPILE)"),
    ]
    assert refused == ["c.s"]
    assert automake.objects("o_LDADD = d.o\n.s.o:\n\t$(AS) $<\n", ["d.s"], False)[0][0].name == "d.o"
    once = automake.with_rules(text, "riscv", made, ["asm/riscv/x.s"], asked=False)
    assert "\nif TRANSPILE_RISCV\nTRANSPILE_ASM = riscv/\nx.lo: asm/riscv/x.s\n\t$(LTCCASCOMPILE)" in once
    assert "\nEXTRA_DIST = asm/riscv/x.s\n" in once
    assert automake.with_rules(once, "riscv", made, ["asm/riscv/x.s"], asked=False) == once
    both = automake.with_rules(once, "aarch64", made, ["asm/aarch64/x.s"], asked=False)
    assert both.startswith(once) and "\nEXTRA_DIST += asm/aarch64/x.s\n" in both
    under = "if A\nEXTRA_DIST = a\nendif\n"
    assert "EXTRA_DIST +=" not in automake.with_rules(under, "riscv", made, ["asm/riscv/x.s"], asked=False)


def test_flags_of_a_program_with_its_own_flags_are_told(repository: Callable[..., Path], tmp_path: Path) -> None:
    configure = "AC_INIT([a],[1])\nAM_INIT_AUTOMAKE\nAC_PROG_CC\nAM_PROG_AS\nAC_OUTPUT\n"
    build = "bin_PROGRAMS = a\na_SOURCES = a.c add.s\na_CFLAGS = -ansi -mavx2\n"
    assembly = "\t.globl add\nadd:\n\tmovq %rdi, %rax\n\tret\n"
    code = "#include <immintrin.h>\nint main(void) { return 0; }\n"
    root = repository({"configure.ac": configure, "Makefile.am": build, "a.c": code, "add.s": assembly})
    words = ["port", str(root), "--to", "riscv", "-q", "--store", "none"]
    assert main([*words, "-o", str(tmp_path / "out"), "--report", str(tmp_path / "r.json")]) == 1
    items = json.loads((tmp_path / "r.json").read_text())["items"]
    assert [(item["file"], item["what"]) for item in items if item["state"] == "left"] == [("Makefile.am", "add.s")]
    assert (tmp_path / "out/Makefile.am").read_text() == (
        "# transpile: flags for x86\nif TRANSPILE_X86\nTRANSPILE_X86_ANSI = -ansi\nTRANSPILE_X86_MAVX2 = -mavx2\n"
        "else\nTRANSPILE_X86_ANSI = -std=gnu99\nendif\n\nbin_PROGRAMS = a\na_SOURCES = a.c add.s\n"
        "a_CFLAGS = $(TRANSPILE_X86_ANSI) $(TRANSPILE_X86_MAVX2)\n"
        "# transpile: assembly files for riscv\nEXTRA_DIST = riscv/add.s\n# transpile: end for riscv\n"
    )
    assert "AM_CONDITIONAL([TRANSPILE_X86]" in (tmp_path / "out/configure.ac").read_text()
    for broken in (configure.replace("AC_OUTPUT", ""), configure.replace("AM_INIT_AUTOMAKE", "")):
        assert automake.configured(broken) is None
