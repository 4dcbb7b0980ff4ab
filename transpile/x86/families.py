"""Families of x86-64 instructions that are not translated, by name: what to say instead of "unknown instruction"."""

from __future__ import annotations

import re

_NAMES = {
    "it enters the operating system": (
        "syscall sysenter sysexit sysret sysretq int into iret iretq lcall ljmp lret lretq",
        "call the C library instead",
    ),
    "it asks what the processor is": ("cpuid xgetbv", "build without run-time dispatch on the processor"),
    "it reads a hardware counter": ("rdtsc rdtscp rdpmc", "use clock_gettime"),
    "it draws from the hardware's random numbers": (
        "rdrand rdrandl rdrandq rdseed rdseedl rdseedq", "use getrandom",
    ),
    "it is privileged": (
        """in inb inw inl out outb outw outl ins insb insw insl outs outsb outsw outsl cli sti clts lgdt lidt lldt sgdt
        sidt sldt ltr str lmsw smsw invd wbinvd invlpg rdmsr wrmsr swapgs monitor mwait vmcall vmlaunch vmresume vmxoff
        xsetbv rsm lar lsl verr verw arpl""",
        "code of an operating system is not translated",
    ),
    "it saves or restores processor state as a whole": (
        """fxsave fxsave64 fxrstor fxrstor64 xsave xsave64 xsavec xsaveopt xrstor xrstor64 rdfsbase wrfsbase rdgsbase
        wrgsbase""",
        "there is no such state on the target",
    ),
    "it is a hardware transaction": ("xbegin xend xabort xtest", "compile with -mno-rtm"),
    "it is MMX": (
        "emms movdq2q movq2dq movntq maskmovq pshufw cvtpi2ps cvtpi2pd cvtps2pi cvtpd2pi cvttps2pi cvttpd2pi femms",
        "use SSE2 intrinsics instead of MMX",
    ),
    "it only exists in 32-bit code": (
        "aaa aad aam aas daa das bound pusha pushad popa popad les lds", "compile for x86-64",
    ),
    "the frame it makes is not followed": ("enter enterq", "use push, mov and sub"),
    "table look-up through rbx": ("xlat xlatb", "load the byte with movzbl"),
}  # fmt: skip
_BY_NAME = {name: (why, hint) for why, (names, hint) in _NAMES.items() for name in names.split()}

_X87 = re.compile(
    r"f(2xm1|abs|n?clex|chs|cmov\w+|u?comi?p?p?|cos|decstp|div|free|i[a-z]+|incstp|n?init|ld\w*|mul|nop|patan|prem|ptan|"
    r"rndint|n?save|rstor|scale|sin|sincos|sqrt|n?st\w*|sub|add|tst|wait|xam|xch|xtract|yl2x)\w*$|wait$"
)
_AVX512_MASK = re.compile(r"k(mov|and|andn|or|xor|xnor|not|add|shift[lr]|unpck|ortest|test)[bwdq]{1,2}$")
_AVX = re.compile(r"v[a-z][a-z0-9]{2,}$")
_SHA = re.compile(r"sha(1|256)\w+$")


def unsupported(name: str) -> tuple[str, str] | None:
    """(why, hint) if ``name`` looks like an instruction of a family that is not translated."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.startswith("{"):
        return "encodings cannot be chosen", "remove the pseudo prefix"
    if _X87.match(name):
        return "x87 floating point", "compile with -mlong-double-64, or avoid long double"
    if _AVX.match(name):
        return "AVX", "compile with -mno-avx, or for -march=x86-64"
    if _AVX512_MASK.match(name):
        return "AVX-512", "compile with -mno-avx512f"
    if _SHA.match(name):
        return "SHA extensions", "compile with -mno-sha"
    return None
