"""Which operations of a run of steps anything depends on: exact backward liveness, as all branches go forwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from transpile.solvers import pcode as l
from transpile.solvers.step import Step

_ALL = (1 << 64) - 1
Plan: TypeAlias = list[tuple[Step, list[tuple[int, l.Op]]]]


def needed(steps: Sequence[Step], live_out: Collection[str] | None) -> Plan:
    """The operations of each step that an effect or a register in ``live_out`` needs (None: every register)."""
    if live_out is None:
        live_out = {key for step in steps for key in step.program.results}
    final = dict.fromkeys(live_out, _ALL)
    live: dict[str, int] = dict(final)
    at_label: dict[str, dict[str, int]] = {}
    plan: Plan = []
    for step in reversed(steps):
        if step.label:
            at_label[step.label] = dict(live)
            plan.append((step, []))
            continue
        outside = at_label.get(step.target, final)
        live, kept = _through(step.program, live, outside, final)
        plan.append((step, kept))
    plan.reverse()
    return plan


def _through(
    program: l.Program, live: dict[str, int], outside: Mapping[str, int], final: Mapping[str, int]
) -> tuple[dict[str, int], list[tuple[int, l.Op]]]:
    """Liveness through one program: what is live before it, and the operations to execute."""
    ops, targets = program.ops, program.targets
    at: dict[int, dict[str, int]] = {}
    kept: list[tuple[int, l.Op]] = []
    if len(ops) in targets:
        at[len(ops)] = dict(live)
    for index in range(len(ops) - 1, -1, -1):
        op = ops[index]
        if op.effect or any(live.get(key, 0) & mask for key, mask in op.defines):
            kept.append((index, op))
            if op.code in l.CONTROL:
                live = _at_branch(op, live, at, outside, final)
            for key, mask in op.defines:
                if key in live:
                    live[key] &= ~mask
            for key, mask in op.uses:
                live[key] = live.get(key, 0) | mask
        if index in targets:
            at[index] = dict(live)
    kept.reverse()
    return live, kept


def _at_branch(
    op: l.Op,
    live: dict[str, int],
    at: Mapping[int, Mapping[str, int]],
    outside: Mapping[str, int],
    final: Mapping[str, int],
) -> dict[str, int]:
    if op.code in (l.BRANCH, l.CBRANCH):
        there = outside if op.extra is None else final if op.extra < 0 else at[op.extra]
    else:
        there = final
    if op.code != l.CBRANCH:
        return dict(there)
    merged = dict(live)
    for key, mask in there.items():
        merged[key] = merged.get(key, 0) | mask
    return merged
