"""Structured functions do what their graphs did, and look as a person would write them."""

from __future__ import annotations

import time
from random import Random

import pytest
from graphs import Asked, Run, Stuck, does, inner, parsed, random_nodes, run_body, run_graph, shown, statements
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.legacy.expressions import Constant
from transpile.legacy.flow import Branch, Depending, Fork, Go, Node
from transpile.legacy.statements import Body, Dispatch, Stop, Store
from transpile.legacy.structuring import structure
from transpile.legacy.types import Number

STEPS = 300

PLAIN = {
    "jumps to the exit paragraph": (
        """
check: bad ? exit
more: compute
again: worse ? exit
rest: store log report print
exit: -> end
""",
        """
if bad:
    return
compute
if worse:
    return
store
log
report
print
""",
    ),
    "a test of NIST's suite: its deleted form is never reached": (
        """
init: setup
test: ok ? pass
goto: -> fail
delete: delete -> write
pass: pass -> write
fail: fail remember
write: print
""",
        """
setup
if ok:
    pass
else:
    fail
    remember
print
""",
    ),
    "a loop by GO TO": (
        """
start: clear
loop: add-1 big ? done
body: work -> loop
done: show
""",
        """
clear
while True:
    add-1
    if big:
        break
    work
show
""",
    ),
    "a read loop": (
        """
open: open
read: read ! end=close ok=
body: skip ? read
work: work more -> read
close: close
""",
        """
open
while True:
    read
    on end:
        break
    if not skip:
        work
        more
close
""",
    ),
    "a loop that is left in two ways": (
        """
start: zero
loop: add-1 beyond ? missing
look: found ? found
next: -> loop
missing: complain -> done
found: take use
done: show
""",
        """
zero
while True:
    add-1
    if beyond:
        complain
        break
    if found:
        take
        use
        break
show
""",
    ),
    "error exits that share their end": (
        """
a: one bad-1 ? error-1
b: two bad-2 ? error-2
c: three bad-3 ? error-1
d: four -> exit
error-1: say-1 -> common
error-2: say-2
common: count write
exit: -> end
""",
        """
one
if not bad-1:
    two
    if bad-2:
        say-2
        count
        write
        return
    three
    if not bad-3:
        four
        return
say-1
count
write
""",
    ),
    "GO TO DEPENDING ON": (
        """
pick: n # first second first
other: other -> out
first: one -> out
second: two
out: out
""",
        """
if (n == 1 or n == 3):
    one
else:
    if n == 2:
        two
    else:
        other
out
""",
    ),
    "a loop that is entered in the middle, by a small node": (
        """
start: -> mid
top: top
mid: mid more ? top
end-1: done
""",
        """
while True:
    mid
    if not more:
        break
    top
done
""",
    ),
    "conditions on the way to one place": (
        """
a: p ? b : no
b: q ? yes : no
yes: yes -> out
no: no
out: out
""",
        """
if (p and q):
    yes
else:
    no
out
""",
    ),
    "a jump out of two loops": (
        """
start: zero
outer: head end-1 ? done
inner: step q ? done
more: r ? inner
last: last -> outer
done: done
""",
        """
zero
while True:
    head
    if end-1:
        break
    do:
        step
        if q:
            done
            return
    while r
    last
done
""",
    ),
}
"""Graphs, and what they become, without flags and states."""

REST = {
    "the outer loop goes on from within the inner one": (
        """
start: zero
outer: head
inner: step q ? outer
more: r ? inner
last: s ? outer
done: done
""",
        """
zero
while True:
    head
    again_outer = False
    do:
        step
        if q:
            again_outer = True
            break
    while r
    if again_outer:
        continue
    if not s:
        break
done
""",
    ),
    "an error exit over code that others need": (
        """
a: a1 p ? b : c
b: b1 q ? err : c
c: c1 c2 c3 c4 -> out
err: e1 e2 e3 e4
out: out x y z zz
""",
        """
a1
to_out = False
if p:
    b1
    if q:
        e1
        e2
        e3
        e4
        to_out = True
if not to_out:
    c1
    c2
    c3
    c4
out
x
y
z
zz
""",
    ),
    "two nodes that go to each other, both entered from outside": (
        """
start: q ? left
right: r1 r2 r3 r4 s ? left
out: out -> end
left: l1 l2 l3 l4 t ? right : out
""",
        """
if q:
    state = 'left'
else:
    state = 'right'
while True:
    match state:
    case right:
        r1
        r2
        r3
        r4
        if not s:
            break
        state = 'left'
    case left:
        l1
        l2
        l3
        l4
        if not t:
            break
        state = 'right'
out
""",
    ),
}
"""Graphs that need a variable."""


@pytest.mark.parametrize("claim", PLAIN)
def test_usual_shapes_need_neither_flag_nor_state(claim: str) -> None:
    source, expected = PLAIN[claim]
    structured = structure(parsed(source))
    assert shown(structured.body) == expected.strip().splitlines()
    assert not structured.flags and not structured.states


@pytest.mark.parametrize("claim", REST)
def test_variables_say_where_to_go_on(claim: str) -> None:
    source, expected = REST[claim]
    structured = structure(parsed(source))
    assert shown(structured.body) == expected.strip().splitlines()
    assert len(structured.flags) + len(structured.states) == 1


def test_nodes_that_are_never_reached_are_told() -> None:
    source, _ = PLAIN["a test of NIST's suite: its deleted form is never reached"]
    assert structure(parsed(source)).unreached == ("delete",)


def test_nothing_is_done_behind_the_end_of_the_run() -> None:
    nodes = [Node("a", (*does("x"), Stop()), Go("b")), Node("b", does("y"))]
    assert structure(nodes).body == (*does("x"), Stop())


def test_stores_may_fork() -> None:
    store = Store(())
    nodes = [Node("a", (), Fork(store, ("bad", "good"))), Node("bad", does("no")), Node("good", does("yes"))]
    assert structure(nodes).body == (Store((), wrong=does("no"), right=does("yes")),)


def test_remarks_stay_with_what_they_are_about() -> None:
    leave = Branch(Asked("q"), "b", "c", remarks=("Why.",))
    nodes = [Node("a", (), leave), Node("b", does("y"), Go("c")), Node("c", does("z"))]
    assert structure(nodes).body[0].remarks == ("Why.",)


@pytest.mark.parametrize(
    "nodes",
    [
        [Node("a", (), Go("b"))],
        [Node("a"), Node("a")],
        [Node("", (), Go("a")), Node("a")],
        [Node("a", (), Depending(Constant(1, Number(1)), ("b",), "a"))],
    ],
)
def test_graphs_with_loose_ends_are_errors(nodes: list[Node]) -> None:
    with pytest.raises(ValueError):
        structure(nodes)


def same(nodes: list[Node], seed: int) -> None:
    """One run of the graph logs what one of its structure does."""
    structured = structure(nodes)
    expected = Run(seed, STEPS)
    ended = True
    try:
        run_graph(nodes, expected)
    except Stuck:
        ended = False
    found = Run(seed, STEPS * 10, len(expected.log))
    try:
        run_body(structured.body, found)
    except Stuck:
        assert not ended
    if ended:
        assert found.log == expected.log
    else:
        assert found.log[: len(expected.log)] == expected.log[: len(found.log)]


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 1 << 30), size=st.integers(1, 40), back=st.sampled_from([0, 0.05, 0.2, 0.5]))
def test_random_graphs_run_as_before(seed: int, size: int, back: float) -> None:
    nodes = random_nodes(Random(seed), size, back)
    for run in range(4):
        same(nodes, run)


WRONG_ONCE = {
    "what leaves a state loop, and is gone to from behind another": (1572, 22, 0.3),
    "what leaves a loop in a state loop": (2405, 18, 0.3),
}


@pytest.mark.parametrize("claim", WRONG_ONCE)
def test_graphs_that_went_wrong_once(claim: str) -> None:
    seed, size, back = WRONG_ONCE[claim]
    for run in range(6):
        same(random_nodes(Random(seed), size, back), run)


@pytest.mark.parametrize("back", [0, 0.05, 0.2])
def test_larger_random_graphs_run_as_before(back: float) -> None:
    nodes = random_nodes(Random(7), 300, back, ends=0.01)
    for run in range(10):
        same(nodes, run)


LARGE = {
    "guards": [
        *(Node(f"n{i}", does(f"a{i}"), Branch(Asked(f"q{i}"), "out", f"n{i + 1}")) for i in range(3000)),
        *(Node("n3000", does("last"), Go("out")), Node("out", does(*"abcdef"))),
    ],
    "skips": [
        *(Node(f"n{i}", does("a"), Branch(Asked(f"q{i}"), f"n{i + 1}", f"n{min(i + 2, 3000)}")) for i in range(3000)),
        Node("n3000"),
    ],
    "elif": [
        *(Node(f"n{i}", (), Branch(Asked(f"q{i}"), f"a{i}", f"n{i + 1}")) for i in range(1500)),
        *(Node(f"a{i}", does(f"a{i}"), Go("out")) for i in range(1500)),
        *(Node("n1500"), Node("out", does(*"abcdef"))),
    ],
    "loops": [
        *(Node(f"n{i}", does(f"a{i}"), Go(f"n{i + 1}")) for i in range(1500)),
        *(Node(f"n{i}", does(f"a{i}"), Branch(Asked(f"q{i}"), f"n{3000 - i}", f"n{i + 1}")) for i in range(1500, 3000)),
        Node("n3000"),
    ],
    "random, forward": random_nodes(Random(1), 3000, 0, 0.001),
    "random, backward": random_nodes(Random(1), 3000, 0.05, 0.001),
}


@pytest.mark.parametrize("kind", LARGE)
def test_large_graphs_stay_small_flat_and_fast(kind: str) -> None:
    nodes = LARGE[kind]
    start = time.process_time()
    structured = structure(nodes)
    assert time.process_time() - start < 4
    size = sum(len(node.body) + 1 for node in nodes)
    assert sum(1 for _ in statements(structured.body)) < 3 * size
    assert depth(structured.body) < 80
    same(nodes, 1)


def depth(body: Body) -> int:
    return 1 + max((depth(tuple(inner(one))) for one in body), default=0)


def test_state_loops_choose_between_what_is_entered_from_elsewhere_only() -> None:
    structured = structure(parsed(REST["two nodes that go to each other, both entered from outside"][0]))
    (dispatch,) = (one for one in statements(structured.body) if isinstance(one, Dispatch))
    assert [name for name, _ in dispatch.parts] == ["right", "left"]
