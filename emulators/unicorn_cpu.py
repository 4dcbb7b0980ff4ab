"""Short pieces of machine code on Unicorn: registers in, registers and stores out, many thousands of runs a second.

Memory costs nothing to set up: every page exists and its content follows from (seed, page address) alone, so two
CPUs with the same seed see the same memory. Addresses below ``LOWEST`` fault, and so does data access to the code.
Registers are named as in the manuals, by 64-bit containers: ``rax``, ``xmm0.lo``, ``ZF``, ``fs`` (its base); ``a0``,
``fa0``, ``tp``; ``x0``, ``sp``, ``v0.hi``, ``NG``, ``tpidr_el0``.

Unicorn 2.1 differs from real hardware in that RISC-V single-precision results are not NaN-boxed, that misaligned
vector accesses never fault, and that RISC-V has no bit-manipulation extensions.
"""

from __future__ import annotations

import ctypes
import random
import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import unicorn as u
from unicorn import arm64_const, riscv_const, x86_const

PAGE = 4096
CODE = 0x0F00_0000
CODE_SIZE = 0x2_0000
LOWEST = PAGE
ARENA = range(0x2B_2000_0000, 0x2B_2000_4000)
"""Where pointers in memory point to."""

_FRAMES = 64
_WATCHED = 4
_PHYSICAL = 0x1_0000_0000
_POOL_SIZE = 1 << 18
_ALL = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Result:
    """``writes``: (address, bytes, value) in order. ``reads``: (address, bytes) inside the watched addresses.
    ``exit_address``: where control went when it left the code, or the faulting instruction. ``fault`` is empty, or
    ``read`` ``write`` (address out of bounds), ``illegal``, ``exception <n>`` or ``unfinished``."""

    registers: dict[str, int]
    writes: list[tuple[int, int, int]]
    reads: list[tuple[int, int]]
    exit_address: int
    fault: str
    pages: dict[int, bytes]
    """What the stores left in the pages that they touched."""


@dataclass(frozen=True, slots=True)
class _Isa:
    """``scalars`` and ``vectors``: name -> Unicorn's number; ``flags``: flag -> bit of ``flag_register``."""

    arch: int
    mode: int
    model: int | None
    pc: int
    scalars: Mapping[str, int]
    vectors: Mapping[str, int]
    flags: Mapping[str, int]
    flag_register: int | None
    fixed: Mapping[int, int]


def _numbers(
    module: Any, prefix: str, names: Sequence[str], renamed: Mapping[str, str] | None = None
) -> dict[str, int]:
    renamed = renamed or {}
    return {name: getattr(module, prefix + renamed.get(name, name).upper()) for name in names}


_X86_NAMES = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)), "fs")
_RISCV_NAMES = (
    "ra", "sp", "gp", "tp", *(f"t{n}" for n in range(7)), *(f"s{n}" for n in range(12)), *(f"a{n}" for n in range(8)),
    *(f"ft{n}" for n in range(12)), *(f"fs{n}" for n in range(12)), *(f"fa{n}" for n in range(8)),
)  # fmt: skip
_AARCH64_NAMES = (*(f"x{n}" for n in range(31)), "sp", "tpidr_el0")

_ISAS = {
    "x86": _Isa(
        u.UC_ARCH_X86, u.UC_MODE_64, x86_const.UC_CPU_X86_HASWELL, x86_const.UC_X86_REG_RIP,
        _numbers(x86_const, "UC_X86_REG_", _X86_NAMES, {"fs": "fs_base"}),
        _numbers(x86_const, "UC_X86_REG_", [f"xmm{n}" for n in range(16)]),
        {"CF": 0, "PF": 2, "AF": 4, "ZF": 6, "SF": 7, "DF": 10, "OF": 11}, x86_const.UC_X86_REG_EFLAGS, {},
    ),
    "riscv": _Isa(
        u.UC_ARCH_RISCV, u.UC_MODE_RISCV64, None, riscv_const.UC_RISCV_REG_PC,
        _numbers(riscv_const, "UC_RISCV_REG_", _RISCV_NAMES), {}, {}, None,
        {riscv_const.UC_RISCV_REG_MSTATUS: 0x6000},
    ),
    "aarch64": _Isa(
        u.UC_ARCH_ARM64, u.UC_MODE_ARM, arm64_const.UC_CPU_ARM64_MAX, arm64_const.UC_ARM64_REG_PC,
        _numbers(arm64_const, "UC_ARM64_REG_", _AARCH64_NAMES),
        _numbers(arm64_const, "UC_ARM64_REG_", [f"v{n}" for n in range(32)]),
        {"OV": 28, "CY": 29, "ZR": 30, "NG": 31}, arm64_const.UC_ARM64_REG_NZCV,
        {arm64_const.UC_ARM64_REG_CPACR_EL1: 3 << 20},
    ),
}  # fmt: skip


REGISTERS = {
    name: (*isa.scalars, *isa.flags, *(f"{vector}.{half}" for vector in isa.vectors for half in ("lo", "hi")))
    for name, isa in _ISAS.items()
}
"""What ``UnicornCpu`` calls the registers of each ISA."""


def _pool() -> bytes:
    """What memory is made of: pointers, small and large integers, floats and text."""
    draw = random.Random(20240229)
    kinds: list[Callable[[], bytes]] = [
        lambda: draw.randbytes(8),
        lambda: draw.randbytes(8),
        lambda: struct.pack("<q", draw.randint(-9, 99)),
        lambda: struct.pack("<ii", draw.randint(-9, 99), draw.randint(-99, 9)),
        lambda: struct.pack("<Q", draw.randrange(ARENA.start, ARENA.stop, 16)),
        lambda: struct.pack("<Q", draw.randrange(ARENA.start, ARENA.stop, 16)),
        lambda: struct.pack("<d", draw.choice((0.0, -0.0, 1.0, draw.uniform(-1e3, 1e3), draw.gauss(0, 1e200)))),
        lambda: struct.pack("<ff", draw.uniform(-9, 9), draw.uniform(-1e9, 1e9)),
        lambda: bytes(draw.choices(b"abc XYZ019.\0", k=8)),
    ]
    return b"".join(draw.choice(kinds)() for _ in range(_POOL_SIZE // 8))


_POOL = ctypes.create_string_buffer(_pool() * 2)
_POOL_ADDRESS = ctypes.addressof(_POOL)


def _pool_offset(seed: int, page: int) -> int:
    return ((page // PAGE * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 & _ALL) >> 20) % _POOL_SIZE & ~15


def page_content(seed: int, page: int) -> bytes:
    """What the page at address ``page`` holds before a run with ``seed``."""
    at = _pool_offset(seed, page)
    return ctypes.string_at(_POOL_ADDRESS + at, PAGE)


class UnicornCpu:
    """One emulated CPU, to be used again and again."""

    def __init__(self, isa: str) -> None:
        self._isa = _ISAS[isa]
        self._registers = _RegisterFile(self._isa)
        self._watched: tuple[int, ...] = ()
        self._loaded: tuple[bytes, tuple[int, ...]] | None = None
        self._exits: frozenset[int] = frozenset()
        self._seed = 0
        self._overlays: dict[int, list[tuple[int, bytes]]] = {}
        self._frames: dict[int, int] = {}
        self._pages: list[int] = []
        self._writes: list[tuple[int, int, int]] = []
        self._reads: list[tuple[int, int]] = []
        self._fault = ""
        self._forget = False
        self._ram = ctypes.create_string_buffer(_FRAMES * PAGE)
        self._ram_address = ctypes.addressof(self._ram)
        self._uc = self._machine()
        self._fresh = self._uc.context_save()
        self._forget_pages()

    def watch(self, pages: Collection[int]) -> None:
        """From now on, report loads from these pages (at most four) in ``Result.reads``."""
        self._watched = tuple(pages)
        self._forget_pages()

    def run(
        self,
        code: bytes,
        registers: Mapping[str, int],
        memory: Mapping[int, bytes] | None = None,
        seed: int = 0,
        stop: Collection[int] = (),
        max_instructions: int = 10_000,
    ) -> Result:
        """Run ``code`` at ``CODE`` until control leaves it: past its end, to one of ``stop``, or to any address outside
        the code area. Registers that are not given are zero; ``memory`` lies over what the seed says."""
        self._load(code, tuple(stop))
        self._start_memory(seed, memory or {})
        self._registers.write(self._uc, registers)
        try:
            self._uc.emu_start(CODE, 0, count=max_instructions)
        except u.UcError as error:
            if not self._fault:
                self._fault = "illegal" if error.errno == u.UC_ERR_INSN_INVALID else str(error)
        after, address = self._registers.read(self._uc)
        if self._fault and self._fault != "fetch":
            # x86 remembers an exception, and makes the next one a double fault.
            self._uc.context_restore(self._fresh)
            self._forget = True
        fault = self._fault
        if fault == "fetch":
            fault = ""
        elif not fault and address not in self._exits:
            fault = "unfinished"
        touched = {w[0] & -PAGE for w in self._writes} | {w[0] + w[1] - 1 & -PAGE for w in self._writes}
        pages = {p: self._content(p) for p in touched if p in self._frames}
        return Result(after, self._writes, self._reads, address, fault, pages)

    def _content(self, page: int) -> bytes:
        return ctypes.string_at(self._ram_address + self._frames[page] * PAGE, PAGE)

    def _machine(self) -> Any:
        isa = self._isa
        uc = u.Uc(isa.arch, isa.mode)
        if isa.model is not None:
            uc.ctl_set_cpu_model(isa.model)
        uc.ctl_set_tlb_mode(u.UC_TLB_VIRTUAL)
        uc.ctl_exits_enabled(True)
        uc.mem_map(CODE, CODE_SIZE, u.UC_PROT_EXEC)
        uc.mem_map_ptr(_PHYSICAL, _FRAMES * PAGE, u.UC_PROT_READ | u.UC_PROT_WRITE, self._ram_address)
        for register, value in isa.fixed.items():
            uc.reg_write(register, value)
        uc.hook_add(u.UC_HOOK_TLB_FILL, self._on_page)
        uc.hook_add(u.UC_HOOK_MEM_WRITE, self._on_write)
        uc.hook_add(u.UC_HOOK_INTR, self._on_interrupt)
        # Watched pages have the first frames, so that Unicorn itself can tell their loads apart.
        last = _PHYSICAL + _WATCHED * PAGE - 1
        uc.hook_add(u.UC_HOOK_MEM_READ, self._on_read, None, _PHYSICAL, last)
        return uc

    def _load(self, code: bytes, stop: tuple[int, ...]) -> None:
        if self._loaded == (code, stop):
            return
        if len(code) >= CODE_SIZE:
            raise ValueError(f"{len(code)} bytes of code do not fit")
        uc = self._uc
        self._exits = frozenset((CODE + len(code), *stop))
        uc.ctl_remove_cache(CODE, CODE + CODE_SIZE)
        uc.mem_write(CODE, code)
        uc.ctl_set_exits(sorted(self._exits))
        self._forget_pages()
        self._loaded = (code, stop)

    def _start_memory(self, seed: int, memory: Mapping[int, bytes]) -> None:
        self._seed = seed
        self._writes, self._reads, self._fault = [], [], ""
        self._overlays = {}
        for address, content in memory.items():
            while content:
                page, offset = address & -PAGE, address % PAGE
                self._overlays.setdefault(page, []).append((offset, content[: PAGE - offset]))
                address, content = page + PAGE, content[PAGE - offset :]
        if self._forget or len(self._pages) > _FRAMES // 2:
            self._forget_pages()
        for page, number in self._frames.items():
            self._fill(number, page)

    def _forget_pages(self) -> None:
        self._forget = False
        self._uc.ctl(u.UC_CTL_TLB_FLUSH, u.UC_CTL_IO_WRITE)
        self._pages = [*self._watched, *[-1] * (_WATCHED - len(self._watched))]
        self._frames = {page: number for number, page in enumerate(self._watched)}

    def _frame(self, page: int) -> int | None:
        """The physical frame of a page."""
        known = self._frames.get(page)
        if known is not None:
            return known
        number = len(self._pages)
        if number == _FRAMES:
            return None
        self._frames[page] = number
        self._pages.append(page)
        self._fill(number, page)
        return number

    def _fill(self, number: int, page: int) -> None:
        at = self._ram_address + number * PAGE
        ctypes.memmove(at, _POOL_ADDRESS + _pool_offset(self._seed, page), PAGE)
        for offset, content in self._overlays.get(page, ()):
            ctypes.memmove(at + offset, content, len(content))

    def _on_page(self, _uc: Any, address: int, access: int, entry: Any, _data: Any) -> bool:
        if CODE <= address < CODE + CODE_SIZE and access == u.UC_MEM_FETCH:
            entry.paddr = address
            entry.perms = u.UC_PROT_EXEC
            return True
        if access == u.UC_MEM_FETCH:
            self._fault = "fetch"
            return False
        outside = address < LOWEST or CODE <= address < CODE + CODE_SIZE
        number = None if outside else self._frame(address & -PAGE)
        if number is None:
            self._fault = "write" if access == u.UC_MEM_WRITE else "read"
            return False
        entry.paddr = _PHYSICAL + number * PAGE + address % PAGE
        entry.perms = u.UC_PROT_READ | u.UC_PROT_WRITE
        return True

    def _virtual(self, physical: int) -> int:
        offset = physical - _PHYSICAL
        return self._pages[offset // PAGE] + offset % PAGE

    def _on_write(self, _uc: Any, _access: int, address: int, size: int, value: int, _data: Any) -> None:
        # Unicorn also reports a store whose page was refused.
        if address - _PHYSICAL < len(self._pages) * PAGE:
            self._writes.append((self._virtual(address), size, value & (1 << 8 * size) - 1))

    def _on_read(self, _uc: Any, _access: int, address: int, size: int, _value: int, _data: Any) -> None:
        self._reads.append((self._virtual(address), size))

    def _on_interrupt(self, uc: Any, number: int, _data: Any) -> None:
        self._fault = self._fault or f"exception {number}"
        uc.emu_stop()


class _RegisterFile:
    """All registers of a CPU in one buffer, so that one call of Unicorn moves them."""

    def __init__(self, isa: _Isa) -> None:
        self._flags = isa.flags
        self._scalars = {name: i for i, name in enumerate(isa.scalars)}
        numbers = [*isa.scalars.values(), *isa.vectors.values()]
        self._vectors = {f"{name}.{half}": 2 * i + (half == "hi")
                         for i, name in enumerate(isa.vectors) for half in ("lo", "hi")}  # fmt: skip
        if isa.flag_register is not None:
            numbers.append(isa.flag_register)
        numbers.append(isa.pc)
        words = 2 * len(numbers)
        self._slots = {name: 2 * i for name, i in self._scalars.items()}
        base = 2 * len(self._scalars)
        self._slots |= {name: base + i for name, i in self._vectors.items()}
        self._flag_slot = words - 4
        self._pc_slot = words - 2
        self._words = (ctypes.c_uint64 * words)()
        self._count = len(numbers)
        self._numbers = (ctypes.c_int * self._count)(*numbers)
        start = ctypes.addressof(self._words)
        self._pointers = (ctypes.c_void_p * self._count)(*(start + 16 * i for i in range(self._count)))

    def write(self, uc: Any, registers: Mapping[str, int]) -> None:
        """Set every register but the program counter; those not in ``registers`` to zero."""
        words, slots = self._words, self._slots
        ctypes.memset(words, 0, ctypes.sizeof(words))
        flags = 0
        for name, value in registers.items():
            slot = slots.get(name)
            if slot is not None:
                words[slot] = value
            else:
                flags |= (value & 1) << self._flags[name]
        if self._flags:
            words[self._flag_slot] = flags
        uc._do_reg_write_batch(self._numbers, self._pointers, ctypes.c_int(self._count - 1))

    def read(self, uc: Any) -> tuple[dict[str, int], int]:
        """All registers, and the program counter."""
        words = self._words
        uc._do_reg_read_batch(self._numbers, self._pointers, ctypes.c_int(self._count))
        content = list(words)
        registers = {name: content[slot] for name, slot in self._slots.items()}
        for name, bit in self._flags.items():
            registers[name] = content[self._flag_slot] >> bit & 1
        return registers, content[self._pc_slot]
