"""Every instruction form means in the symbolic machine what it does in Unicorn, known gaps aside.

Two states per form here; ``python -m transpile.conformance <isa> <forms> --gaps known_gaps.toml`` runs 200.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.conformance import Comparer, examine, prepare, read_forms, read_gaps

HERE = Path(__file__).parent
GAPS = read_gaps(HERE / "known_gaps.toml")


@pytest.mark.parametrize("isa", ["x86", "riscv", "aarch64"])
def test_machine_agrees_with_unicorn(isa: str) -> None:
    comparer = Comparer(isa)
    wrong = []
    forms = read_forms(HERE / f"forms_{isa}.txt")
    prepare(isa, forms)
    for text in forms:
        differences = examine(comparer, text, 2)
        if differences and not any(gap.covers(isa, text, differences) for gap in GAPS):
            wrong += [f"{text}: {d.where} is {d.real}, not {d.claimed}" for d in differences]
    assert not wrong, "\n".join(wrong)


def test_a_wrong_meaning_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from transpile.solvers import lift, overrides_riscv

    monkeypatch.setitem(overrides_riscv._REGISTER, (0x00, 1), lambda a, b: a)
    monkeypatch.setattr(lift.isa("riscv"), "programs", {})
    monkeypatch.setattr("transpile.solvers.encode_target._steps", {})
    assert Comparer("riscv").compare("sll a0, a1, a2", 8)
