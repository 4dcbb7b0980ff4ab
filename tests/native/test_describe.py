"""Relations in words."""

from __future__ import annotations

from transpile.native.describe import described
from transpile.native.relation import FULL, S32, EdgeFlags, Frame, Place, Range, Relation


def test_every_part_is_told() -> None:
    relation = Relation(
        Frame(depth=16, reserved=32, ra="slot"),
        {"rax": (Place("t0"), S32), "rbp": (Place(slot=8), FULL)},
        {"rax": Range(32, 64), "rdi": Range(8, 9), "rbp": Range()},
        {"rbp": -16},
        EdgeFlags("sub", 4, ("a0", "#5"), "zc"),
    )
    assert described(relation) == {
        "rax": "t0 (32 sext); below 2^32",
        "rbp": "[sp+8] (64); is S - 16",
        "frame": "source sp = S - 24; target sp = S - 32; return address in its stack slot",
        "flags": "zc of sub32(a0, #5)",
    }


def test_dynamic_frames_and_flags_in_nzcv() -> None:
    words = described(Relation(Frame(dynamic=True, gap=48), flags=EdgeFlags("sub", 8, (), "z", nzcv="sub")))
    assert words["frame"] == "source sp = target sp + 48; return address in its register"
    assert words["flags"] == "z of sub64, in NZCV as after sub"
