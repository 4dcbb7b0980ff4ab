"""The table of library functions agrees with itself, with the runtime, and with what the C library declares."""

from __future__ import annotations

import pytest

from transpile import tools
from transpile.emulators import qemu
from transpile.native.natives import PREFIX, PROTOTYPES, RENAMES, SIGNATURES, UNSUPPORTED, Prototype

TARGETS = ("riscv", "aarch64")


def test_no_function_is_listed_twice() -> None:
    names = [name for row in SIGNATURES.values() for name in row.split()]
    assert len(names) == len(set(names)) == len(PROTOTYPES)
    assert not UNSUPPORTED.keys() & RENAMES.keys()


def test_letters_are_those_of_the_docstring() -> None:
    for prototype in PROTOTYPES.values():
        assert set(prototype.args) <= set("piudfq")
        assert prototype.result in tuple("piudfqzv")


@pytest.mark.parametrize(
    ("name", "prototype"),
    [
        ("memcpy", Prototype("ppp", "p")),
        ("printf", Prototype("p", "i", variadic=True)),
        ("exit", Prototype("i", "v", noreturn=True)),
        ("ldexp", Prototype("di", "d")),
        ("sqrtf", Prototype("f", "f")),
        ("ldiv", Prototype("pp", "q")),
        ("__udivmodti4", Prototype("qqp", "q")),
        ("__stack_chk_fail", Prototype("", "v", noreturn=True)),
        ("cexp", Prototype("dd", "z")),
    ],
)
def test_known_functions(name: str, prototype: Prototype) -> None:
    assert PROTOTYPES[name] == prototype


@pytest.mark.parametrize("isa", TARGETS)
def test_the_runtime_defines_every_function_that_is_taken_over(isa: str) -> None:
    if tools.find("cc", isa).path() is None:
        pytest.skip("no cross compiler")
    nm = tools.command("ar", isa)[0].removesuffix("ar") + "nm"
    listed = tools.call([nm, "--defined-only", str(qemu.runtime_archive(isa))]).decode().splitlines()
    weak = {words[2] for words in map(str.split, listed) if len(words) == 3 and words[1] == "W"}
    assert {symbol for symbol in RENAMES.values() if symbol.startswith(PREFIX)} <= weak
