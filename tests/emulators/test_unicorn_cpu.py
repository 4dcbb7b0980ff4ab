"""The emulated CPUs: registers, memory that follows from the seed, and every way to stop."""

from __future__ import annotations

import pytest

from transpile.asm.assembler import assemble
from transpile.emulators.unicorn_cpu import CODE, PAGE, Result, UnicornCpu, page_content

STACK = 0x4000_0000
CPUS = {isa: UnicornCpu(isa) for isa in ("x86", "riscv", "aarch64")}
HERE = 0x2000_0000


def run(isa: str, text: str, registers: dict[str, int], **options: object) -> Result:
    code = b"".join(assemble(isa, text.split("; ")))
    return CPUS[isa].run(code, registers, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("isa", "text", "given", "expected"),
    [
        ("x86", "add rax, rbx", {"rax": 1 << 63, "rbx": 1 << 63, "ZF": 0}, {"rax": 0, "ZF": 1, "CF": 1, "OF": 1}),
        ("x86", "cmovz rax, rbx", {"rbx": 7, "ZF": 1}, {"rax": 7}),
        ("x86", "movaps xmm1, xmm0", {"xmm0.lo": 3, "xmm0.hi": 4}, {"xmm1.lo": 3, "xmm1.hi": 4}),
        ("riscv", "addw a0, a1, a2", {"a1": 0x7FFFFFFF, "a2": 1}, {"a0": 0xFFFFFFFF80000000}),
        ("riscv", "fadd.d fa0, fa1, fa1", {"fa1": 0x3FF << 52}, {"fa0": 1 << 62}),
        ("aarch64", "cmp x0, x1", {"x1": 1, "ZR": 1}, {"NG": 1, "ZR": 0, "CY": 0, "OV": 0}),
        ("aarch64", "fadd v0.2d, v1.2d, v1.2d", {"v1.hi": 0x3FF << 52}, {"v0.lo": 0, "v0.hi": 1 << 62}),
        ("aarch64", "add sp, sp, 16", {"sp": STACK}, {"sp": STACK + 16}),
    ],
)
def test_registers_go_in_and_out(isa: str, text: str, given: dict[str, int], expected: dict[str, int]) -> None:
    result = run(isa, text, given)
    assert not result.fault
    assert {name: result.registers[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("isa", "text", "base", "value"),
    [
        ("x86", "mov rax, [rcx]; mov [rcx+1], rbx", "rcx", "rbx"),
        ("riscv", "ld a0, 0(a1); sd a2, 1(a1)", "a1", "a2"),
        ("aarch64", "ldr x0, [x1]; stur x2, [x1, 1]", "x1", "x2"),
    ],
)
@pytest.mark.parametrize("offset", [0, 8, PAGE - 4, PAGE - 1, 1 << 47, 1 << 63])
def test_memory_follows_from_the_seed_and_stores_do_not_outlive_a_run(
    isa: str, text: str, base: str, value: str, offset: int
) -> None:
    address = HERE + offset
    page, offset = address & -PAGE, address % PAGE
    for seed in (1, 2):
        before = page_content(seed, page) + page_content(seed, page + PAGE)
        result = run(isa, text, {base: address, value: 0x1122334455667788}, seed=seed)
        loaded = result.registers[{"x86": "rax", "riscv": "a0", "aarch64": "x0"}[isa]]
        assert loaded == int.from_bytes(before[offset : offset + 8], "little")
        assert result.writes == [(address + 1, 8, 0x1122334455667788)]
        after = b"".join(result.pages.get(p, page_content(seed, p)) for p in (page, page + PAGE))
        changed = bytearray(before)
        changed[offset + 1 : offset + 9] = 0x1122334455667788.to_bytes(8, "little")
        assert after == changed


def test_given_memory_lies_over_the_seed() -> None:
    result = run("x86", "mov rax, [rcx]", {"rcx": HERE + PAGE - 3}, memory={HERE + PAGE - 4: b"abcdefghij"})
    assert result.registers["rax"].to_bytes(8, "little") == b"bcdefghi"


def test_pages_of_the_last_run_are_not_seen_in_the_next() -> None:
    for seed in range(3):
        far = [HERE + 0x10000 * n for n in range(40)]
        for address in far:
            result = run("riscv", "ld a0, 0(a1)", {"a1": address}, seed=seed)
            assert result.registers["a0"].to_bytes(8, "little") == page_content(seed, address)[:8]


def test_only_loads_from_the_watched_addresses_are_reported() -> None:
    CPUS["x86"].watch([STACK])
    result = run("x86", "mov rax, [rsp+8]; mov rbx, [rcx]", {"rsp": STACK, "rcx": HERE})
    assert result.reads == [(STACK + 8, 8)]


@pytest.mark.parametrize(
    ("isa", "text", "given", "fault", "leaves_at"),
    [
        ("x86", "jmp rax", {"rax": 0x12345671}, "", 0x12345671),
        ("riscv", "jr a0", {"a0": 0x12345670}, "", 0x12345670),
        ("aarch64", "br x0", {"x0": 0x12345670}, "", 0x12345670),
        ("x86", "je .+0x1000", {"ZF": 1}, "", CODE + 0x1000),
        ("riscv", "beqz a0, .+0x800", {}, "", CODE + 0x800),
        ("aarch64", "cbz x0, .+0x800", {}, "", CODE + 0x800),
        ("x86", "div rbx", {}, "exception 0", CODE),
        ("x86", "ud2", {}, "illegal", CODE),
        ("x86", "mov rax, [rax]", {"rax": 8}, "read", CODE),
        ("x86", "mov rax, [rax]", {"rax": CODE}, "read", CODE),
        ("x86", "mov [rax], rax", {"rax": CODE}, "write", CODE),
        ("riscv", "sd a0, 0(a0)", {"a0": 16}, "write", CODE),
        ("aarch64", "ldr x0, [x0]", {"x0": 4088}, "read", CODE),
        ("riscv", "j .", {}, "unfinished", CODE),
        ("aarch64", "brk 1", {}, "exception 7", CODE),
    ],
)
def test_where_and_why_a_run_ends(isa: str, text: str, given: dict[str, int], fault: str, leaves_at: int) -> None:
    result = run(isa, text, given, stop=[CODE + 0x1000, CODE + 0x800])
    assert (result.fault, result.exit_address) == (fault, leaves_at)


def test_loops_are_bounded() -> None:
    assert run("x86", "rep stosb", {"rcx": 1 << 40, "rdi": HERE}).fault == "unfinished"


@pytest.mark.parametrize("text", ["div rbx", "ud2", "int3", "mov rax, [rbx]"])
def test_faults_do_not_add_up(text: str) -> None:
    seen = {(r.fault, r.exit_address) for r in (run("x86", text, {}) for _ in range(50))}
    assert len(seen) == 1
    assert run("x86", "ud2", {}).fault == "illegal"
    assert run("x86", "mov rax, [rcx]", {"rcx": HERE}).registers["rax"] == int.from_bytes(
        page_content(0, HERE)[:8], "little"
    )
