"""One processor under Unicorn: run a byte string from a given state and see what it did.

Memory is mapped page by page as it is touched; a page holds what ``fill`` derives from the seed, with the given bytes
over it, so two runs with the same seed see the same memory. Registers are named as in ``transpile.solvers.machine``:
``rax``, ``xmm0.lo``, ``CF``; ``a0``, ``fa0``; ``x0``, ``sp``, ``v0.hi``, ``NG``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import unicorn
from unicorn import arm64_const as arm
from unicorn import riscv_const as riscv
from unicorn import x86_const as x86

CODE = 0x1000
"""Where the code is placed."""
PAGE = 0x1000

_Access = tuple[Callable[[unicorn.Uc], int], Callable[[unicorn.Uc, int], None]]


@dataclass(frozen=True, slots=True)
class Result:
    """``fault`` is empty when the code reached its end or jumped out of itself to ``exit_address``. ``pages`` holds
    the final content of every page that was touched, the code aside."""

    registers: Mapping[str, int]
    exit_address: int
    fault: str = ""
    pages: Mapping[int, bytes] = field(default_factory=dict)
    initial: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def writes(self) -> dict[int, int]:
        """Address -> byte, where memory changed."""
        changed = {}
        for page, content in self.pages.items():
            before = self.initial[page]
            if content != before:
                changed.update({page + i: b for i, b in enumerate(content) if b != before[i]})
        return changed

    def byte(self, address: int) -> int | None:
        """The final byte at ``address``; None if its page was never touched."""
        page = self.pages.get(address & -PAGE)
        return None if page is None else page[address & PAGE - 1]


@lru_cache(maxsize=4096)
def fill(seed: int, page: int) -> bytes:
    """What an untouched page holds."""
    return random.Random(seed * 0x9E3779B97F4A7C15 ^ page).randbytes(PAGE)


class UnicornCpu:
    """A processor of ``isa`` (``x86``, ``riscv``, ``aarch64``), to be used for many runs."""

    def __init__(self, isa: str) -> None:
        self.isa = isa
        self._uc = _MAKERS[isa]()
        self._access = _ACCESS[isa]
        self._pc = _PROGRAM_COUNTER[isa]
        self._mapped: dict[int, bytes] = {}
        self._memory: Mapping[int, bytes] = {}
        self._seed = 0
        self._end = 0
        self._uc.mem_map(CODE, 16 * PAGE)
        accesses = unicorn.UC_HOOK_MEM_READ_UNMAPPED | unicorn.UC_HOOK_MEM_WRITE_UNMAPPED
        self._uc.hook_add(accesses, self._touch)

    def run(
        self,
        code: bytes,
        registers: Mapping[str, int],
        memory: Mapping[int, bytes] | None = None,
        seed: int = 0,
        stop_at: int = 0,
        limit: int = 10_000,
    ) -> Result:
        """Run ``code`` until its end (or ``stop_at``), until it leaves, or for ``limit`` instructions."""
        uc = self._uc
        self._memory, self._seed = memory or {}, seed
        uc.mem_write(CODE, code + bytes(16))
        uc.ctl_remove_cache(CODE, CODE + len(code) + 16)
        for name in self._access:
            self.write(name, registers.get(name, 0))
        fault = ""
        try:
            uc.emu_start(CODE, stop_at or CODE + len(code), 0, limit)
        except unicorn.UcError as error:
            if error.errno != unicorn.UC_ERR_FETCH_UNMAPPED:
                fault = str(error)
        where = uc.reg_read(self._pc)
        if not fault and where != (stop_at or CODE + len(code)) and CODE <= where < CODE + len(code):
            fault = f"still running after {limit} instructions"
        state = {name: self.read(name) for name in self._access}
        pages = {page: bytes(uc.mem_read(page, PAGE)) for page in self._mapped}
        initial = self._mapped
        self._mapped = {}
        for page in initial:
            uc.mem_unmap(page, PAGE)
        return Result(state, where, fault, pages, initial)

    def read(self, name: str) -> int:
        return self._access[name][0](self._uc)

    def write(self, name: str, value: int) -> None:
        self._access[name][1](self._uc, value)

    def _touch(self, uc: unicorn.Uc, kind: int, address: int, size: int, value: int, data: object) -> bool:
        for page in range(address & -PAGE, address + size, PAGE):
            if page in self._mapped or CODE <= page < CODE + 16 * PAGE:
                continue
            content = bytearray(fill(self._seed, page))
            for start, piece in self._memory.items():
                for at, byte in enumerate(piece, start - page):
                    if 0 <= at < PAGE:
                        content[at] = byte
            try:
                uc.mem_map(page, PAGE)
            except unicorn.UcError:
                return False
            self._mapped[page] = bytes(content)
            uc.mem_write(page, self._mapped[page])
        return True


def _plain(register: int) -> _Access:
    return lambda uc: uc.reg_read(register), lambda uc, value: uc.reg_write(register, value)


def _half(register: int, high: bool) -> _Access:
    shift = 64 if high else 0
    mask = ((1 << 64) - 1) << shift

    def read(uc: unicorn.Uc) -> int:
        return int(uc.reg_read(register)) >> shift & (1 << 64) - 1

    def write(uc: unicorn.Uc, value: int) -> None:
        uc.reg_write(register, uc.reg_read(register) & ~mask | value << shift)

    return read, write


def _bit(register: int, bit: int) -> _Access:
    def read(uc: unicorn.Uc) -> int:
        return int(uc.reg_read(register)) >> bit & 1

    def write(uc: unicorn.Uc, value: int) -> None:
        uc.reg_write(register, uc.reg_read(register) & ~(1 << bit) | (value & 1) << bit)

    return read, write


def _x86() -> unicorn.Uc:
    uc = unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)
    uc.ctl_set_cpu_model(x86.UC_CPU_X86_HASWELL)
    return uc


def _riscv() -> unicorn.Uc:
    uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
    uc.reg_write(riscv.UC_RISCV_REG_MSTATUS, 0x6000)  # FS: floating-point state on
    return uc


def _aarch64() -> unicorn.Uc:
    uc = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
    uc.ctl_set_cpu_model(arm.UC_CPU_ARM64_MAX)
    uc.reg_write(arm.UC_ARM64_REG_CPACR_EL1, 3 << 20)  # FPEN: do not trap floating point
    return uc


_MAKERS = {"x86": _x86, "riscv": _riscv, "aarch64": _aarch64}
_PROGRAM_COUNTER = {
    "x86": x86.UC_X86_REG_RIP,
    "riscv": riscv.UC_RISCV_REG_PC,
    "aarch64": arm.UC_ARM64_REG_PC,
}
_FLAG_BITS = {"CF": 0, "PF": 2, "AF": 4, "ZF": 6, "SF": 7, "DF": 10, "OF": 11}
_RISCV_NAMES = (
    [f"t{i}" for i in range(7)] + [f"s{i}" for i in range(12)] + [f"a{i}" for i in range(8)] + ["ra", "sp", "gp", "tp"]
)
_RISCV_FLOATS = [f"ft{i}" for i in range(12)] + [f"fs{i}" for i in range(12)] + [f"fa{i}" for i in range(8)]
_X86_NAMES = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split()
_ACCESS: dict[str, dict[str, _Access]] = {
    "x86": {
        **{name: _plain(getattr(x86, f"UC_X86_REG_{name.upper()}")) for name in _X86_NAMES},
        **{f"xmm{i}.lo": _half(x86.UC_X86_REG_XMM0 + i, False) for i in range(16)},
        **{f"xmm{i}.hi": _half(x86.UC_X86_REG_XMM0 + i, True) for i in range(16)},
        **{name: _bit(x86.UC_X86_REG_EFLAGS, bit) for name, bit in _FLAG_BITS.items()},
        "fs": _plain(x86.UC_X86_REG_FS_BASE),
    },
    "riscv": {name: _plain(getattr(riscv, f"UC_RISCV_REG_{name.upper()}")) for name in (*_RISCV_NAMES, *_RISCV_FLOATS)},
    "aarch64": {
        **{f"x{i}": _plain(getattr(arm, f"UC_ARM64_REG_X{i}")) for i in range(31)},
        "sp": _plain(arm.UC_ARM64_REG_SP),
        "tpidr_el0": _plain(arm.UC_ARM64_REG_TPIDR_EL0),
        **{f"v{i}.lo": _half(arm.UC_ARM64_REG_V0 + i, False) for i in range(32)},
        **{f"v{i}.hi": _half(arm.UC_ARM64_REG_V0 + i, True) for i in range(32)},
        **{name: _bit(arm.UC_ARM64_REG_NZCV, bit) for name, bit in (("NG", 31), ("ZR", 30), ("CY", 29), ("OV", 28))},
    },
}
