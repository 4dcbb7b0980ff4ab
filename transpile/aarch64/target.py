"""AArch64 as a target: the row that ``transpile.targets`` finds."""

from __future__ import annotations

from transpile.aarch64.abi import AAPCS64
from transpile.aarch64.emit import emit_block
from transpile.native.abi import TargetAbi
from transpile.native.block import EmittedBlock, FunctionContext, LoweredBlock
from transpile.native.spelling import spelled


class AArch64:
    """Emission and spelling for GNU as."""

    abi: TargetAbi = AAPCS64
    trap = "brk #1000"

    def emit_block(self, block: LoweredBlock, context: FunctionContext) -> EmittedBlock:
        return emit_block(block, context)

    def comment(self, text: str) -> str:
        return f"// {text}"

    def directive(self, name: str, arguments: str) -> str | None:
        if name == ".type":
            arguments = arguments.replace("@", "%")
        return spelled(name, arguments)


TARGET = AArch64()
