"""Micro-operations of a whole basic block, with its ending in the terms of the control-flow graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from transpile.native.cfg import Block, Function
from transpile.native.micro import Code, Micro
from transpile.x86.insn import own
from transpile.x86.micro import Fresh, is_repeated, translate, translate_rep


def block_micros(function: Function, file: str = "") -> Callable[[Block], list[list[Micro]]]:
    """A function from a block of ``function`` to its micro-operations, one group per instruction.

    ``file`` is named in messages.
    """
    labels = {name: block.label for block in function.blocks for name in (block.label, *block.names)}

    def lower(block: Block) -> list[list[Micro]]:
        fresh = Fresh(file)
        groups: list[list[Micro]] = []
        for insn in map(own, block.insns):
            if is_repeated(insn):
                groups.append(translate_rep(insn, fresh, block.label, block.next_label))
            else:
                groups.append(translate(insn, fresh))
        _end(block, groups)
        return [[_resolve(micro, labels) for micro in group] for group in groups]

    return lower


def _end(block: Block, groups: list[list[Micro]]) -> None:
    """Make the last micro-operation what the graph says the block's ending is."""
    kind, target = block.ending.kind, block.ending.target
    line = block.insns[-1].line if block.insns else 0
    last = groups[-1] if groups else None
    match kind:
        case "jump" | "tail":
            code = Code.JUMP if kind == "jump" else Code.TAIL
            jump = Micro(code, target=target, line=line)
            if last is None or not last:
                groups.append([jump])
            else:
                last[-1] = jump
        case "itail" if last:
            last[-1] = replace(last[-1], code=Code.ITAIL)
        case "ijump" if last:
            last[-1] = replace(last[-1], labels=block.successors)
        case "branch" if last:
            last[-1] = replace(last[-1], target=target, name=block.next_label)
        case "trap" if last is None or not last or last[-1].code is not Code.TRAP:
            groups.append([Micro(Code.TRAP, line=line)])


def _resolve(micro: Micro, labels: dict[str, str]) -> Micro:
    if micro.code is Code.BRANCH and micro.target in labels and labels[micro.target] != micro.target:
        return replace(micro, target=labels[micro.target])
    return micro
