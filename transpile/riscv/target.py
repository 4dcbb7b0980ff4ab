"""RV64 as a target: the row that ``transpile.targets`` finds."""

from __future__ import annotations

from transpile.native.abi import TargetAbi, names
from transpile.native.block import EmittedBlock, FunctionContext, LoweredBlock
from transpile.native.relation import BOXED, FULL, LOW8, LOW16, LOW32, S32, Form
from transpile.native.spelling import spelled
from transpile.riscv.abi import INTEGER_HOMES, VECTOR_HOMES
from transpile.riscv.emit import emit_block


def form(name: str, live: int) -> Form:
    """How a location is held between blocks: 32-bit values sign-extended, as the W instructions leave them."""
    if name.startswith("xmm"):
        return Form(64) if live > 4 or name.endswith(".hi") else BOXED
    return {1: LOW8, 2: LOW16, 3: S32, 4: S32}.get(live, FULL)


def entry_form(name: str, live: int) -> Form:
    """Arguments narrower than 64 bits arrive with anything above them."""
    if name.startswith("xmm"):
        return Form(64) if live > 4 else Form(32)
    return {1: LOW8, 2: LOW16, 3: LOW32, 4: LOW32}.get(live, FULL)


LP64D = TargetAbi(
    name="riscv",
    homes=INTEGER_HOMES | VECTOR_HOMES,
    scratch=("a6", "a7", "t3", "t4", "t5", "t6"),
    flag_registers=("a6", "a7", "ft10", "ft11"),
    result="a0",
    second_result="a1",
    split_vectors=True,
    high_candidates=(*names("fa", range(8)), *names("ft", range(8))),
    form=form,
    entry_form=entry_form,
    callee_saved=(*names("s", range(12)), *names("fs", range(12)), "gp", "tp"),
    link="ra",
)


class RiscV:
    """Emission and spelling for GNU as."""

    abi: TargetAbi = LP64D
    trap = "ebreak"

    def emit_block(self, block: LoweredBlock, context: FunctionContext) -> EmittedBlock:
        return emit_block(block, context)

    def comment(self, text: str) -> str:
        return f"# {text}"

    def directive(self, name: str, arguments: str) -> str | None:
        return spelled(name, arguments)


TARGET = RiscV()
