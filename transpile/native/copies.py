"""Second copies of functions that some callers of the same file call with a misaligned stack.

gcc calls a function that it has seen to need no alignment without aligning the stack for it, now at one parity and now
at the other. A target's stack pointer must stay aligned, so callers of each parity get a copy with a frame of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transpile.native import calls
from transpile.native.abi import SourceAbi
from transpile.native.cfg import Block, Function
from transpile.native.insn import Ending
from transpile.native.micro import Micro
from transpile.native.prepare import Prepared, prepare

PREFIX = ".Ltp_skewed_"
_ROUNDS = 16


def copies(functions: Sequence[Prepared], abi: SourceAbi) -> list[tuple[Prepared, Prepared]]:
    """(original, copy) pairs; calls that need a copy are redirected to it."""
    known = list(functions)
    made: dict[str, tuple[Prepared, Prepared]] = {}
    for _ in range(_ROUNDS):
        redirected = False
        by_name = {p.function.name: p for p in known}
        skews = calls.skews(known, calls.call_sites(known, abi))
        for caller, block in calls.misaligned(known, skews, abi):
            original = by_name[block.ending.target]
            name = original.function.name
            if name not in made:
                if PREFIX + name in by_name or any(b.ending.kind == "ijump" for b in original.function.blocks):
                    continue
                made[name] = original, _copy(original, PREFIX + name, abi)
                known.append(made[name][1])
            _redirect(caller, block, PREFIX + name)
            redirected = True
        if not redirected:
            break
    return list(made.values())


def _redirect(caller: Prepared, block: Block, name: str) -> None:
    old = block.ending.target
    block.ending = replace(block.ending, target=name, called_as=block.ending.called_as or old)
    caller.groups = {
        label: [[replace(m, target=name) if m.target == old else m for m in group] for group in groups]
        if label == block.label
        else groups
        for label, groups in caller.groups.items()
    }
    caller.micros[block.label] = [replace(m, target=name) if m.target == old else m for m in caller.micros[block.label]]


def _copy(original: Prepared, name: str, abi: SourceAbi) -> Prepared:
    blocks = original.function.blocks
    labels = {
        old: f"{name}_{number}" if number else name
        for number, block in enumerate(blocks)
        for old in (block.label, *block.names)
    }
    made = [
        Block(
            label=labels[block.label],
            insns=block.insns,
            names=[block.label, *block.names],
            ending=_ending(block.ending, labels),
            successors=tuple(labels.get(s, s) for s in block.successors),
            after_call=block.after_call,
            next_label=labels.get(block.next_label, block.next_label),
            breaks=block.breaks,
        )
        for block in blocks
    ]
    groups = {
        labels[label]: [[_renamed(m, labels) for m in group] for group in groups]
        for label, groups in original.groups.items()
    }
    return prepare(Function(name, made, internal=True), lambda block: groups[block.label], abi)


def _ending(ending: Ending, labels: dict[str, str]) -> Ending:
    if ending.kind in ("call", "tail"):
        return ending
    return replace(ending, target=labels.get(ending.target, ending.target))


def _renamed(micro: Micro, labels: dict[str, str]) -> Micro:
    if micro.code.name not in ("BRANCH", "JUMP"):
        return micro
    return replace(micro, target=labels.get(micro.target, micro.target), name=labels.get(micro.name, micro.name))
