"""System V AMD64 calling convention (psABI 1.0, section 3.2)."""

from __future__ import annotations

from transpile.native.abi import SourceAbi, names

SYSTEM_V = SourceAbi(
    stack_pointer="rsp",
    registers=(
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
        "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    ),
    vectors=names("xmm", range(16)),
    arguments=("rdi", "rsi", "rdx", "rcx", "r8", "r9"),
    vector_arguments=names("xmm", range(8)),
    results=("rax", "rdx"),
    vector_results=("xmm0", "xmm1"),
    callee_saved=("rbx", "rbp", "r12", "r13", "r14", "r15"),
    variadic_count="rax",
    return_slot=8,
)  # fmt: skip
