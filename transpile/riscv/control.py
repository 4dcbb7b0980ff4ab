"""Branches, calls, conditional values and the stack frame."""

from __future__ import annotations

from transpile.native.micro import Code, Micro
from transpile.riscv.comparisons import Compare, as_bit, negated
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.flags import compare
from transpile.riscv.integer import operand as integer_operand
from transpile.riscv.plan import location
from transpile.riscv.values import Bind, Content, bind

ZERO_FORMS = {"beq": "beqz", "bne": "bnez", "blt": "bltz", "bge": "bgez"}
ZERO_FIRST = {"beq": "beqz", "bne": "bnez", "blt": "bgtz", "bge": "blez"}


def branch_text(e: Emitter, made: Compare, target: str) -> str:
    op, a, b = made
    if b is e.zero and op in ZERO_FORMS:
        return f"{ZERO_FORMS[op]} {e.reg(a)}, {target}"
    if a is e.zero and op in ZERO_FIRST:
        return f"{ZERO_FIRST[op]} {e.reg(b)}, {target}"
    return f"{op} {e.reg(a)}, {e.reg(b)}, {target}"


def decided(made: Compare) -> bool | None:
    """The outcome of a comparison of an operand with itself."""
    op, a, b = made
    if a is b:
        return op in ("beq", "bge", "bgeu")
    return None


@handles(Code.BRANCH)
def branch(e: Emitter, micro: Micro) -> None:
    cond = micro.cond
    assert cond is not None
    made = compare(e, cond)
    if e.index + 1 < len(e.block.micros):
        e.leave_early([made[1], made[2]])
        e.put(branch_text(e, made, micro.target))
        return
    e.leave_block([made[1], made[2]])
    taken, other = micro.target, micro.name
    outcome = decided(made)
    if outcome is not None:
        jump_to(e, taken if outcome else other)
        return
    if taken == e.block.next_label:
        made, taken, other = negated(made), other, taken
    e.put(branch_text(e, made, taken))
    jump_to(e, other)


def jump_to(e: Emitter, label: str) -> None:
    if label and label != e.block.next_label:
        e.put(f"j {label}")


@handles(Code.JUMP)
def jump(e: Emitter, micro: Micro) -> None:
    e.leave_block([])
    jump_to(e, micro.target)


@handles(Code.IJUMP, Code.ITAIL)
def indirect_jump(e: Emitter, micro: Micro) -> None:
    e.put(f"jr {code_address(e, micro)}")


@handles(Code.ICALL)
def indirect_call(e: Emitter, micro: Micro) -> None:
    e.put(f"jalr {code_address(e, micro)}")


def code_address(e: Emitter, micro: Micro) -> str:
    content = e.wide(micro.args[0])
    e.leave_block([content])
    return e.reg(content)


@handles(Code.CALL)
def call(e: Emitter, micro: Micro) -> None:
    e.leave_block([])
    e.put(f"call {micro.target}")


@handles(Code.TAIL)
def tail(e: Emitter, micro: Micro) -> None:
    e.leave_block([])
    # ``tail`` goes through t1; who needs t1 lives in this file, and so does the function.
    needed = any(place.register == "t1" for place, _ in e.block.exit.values())
    e.put(f"{'j' if needed else 'tail'} {micro.target}")


@handles(Code.RET)
def ret(e: Emitter, micro: Micro) -> None:
    e.leave_block([])
    e.put("ret")


@handles(Code.TRAP)
def trap(e: Emitter, micro: Micro) -> None:
    e.finished = True
    e.put("ebreak")


# Conditional values


@handles(Code.SETCC)
def set_condition(e: Emitter, micro: Micro) -> None:
    assert micro.cond is not None and micro.dst is not None
    content = as_bit(e, compare(e, micro.cond), e.to(micro.dst))
    e.write(micro.dst, bind(content, 8, True))


@handles(Code.SELECT)
def select(e: Emitter, micro: Micro) -> None:
    cond, dst = micro.cond, micro.dst
    assert cond is not None and dst is not None
    width = 8 * micro.size
    made = compare(e, cond)
    a, b = (e.value(value) for value in micro.args)
    if same(a, b):
        e.write(dst, common(e, a, width))
        return
    outcome = decided(made)
    if outcome is not None:
        e.write(dst, common(e, a if outcome else b, width))
        return
    content = arithmetic_select(e, made, a, b, e.to(dst))
    if content is not None:
        e.write(dst, bind(content, width, True))
        return
    x, y = select_operands(e, micro, a, b)
    chosen = branch_over(e, made, x, y, e.to(dst))
    e.write(dst, bind(chosen, width, True))


def same(a: Bind, b: Bind) -> bool:
    return a.content is b.content and a.bits == b.bits


def common(e: Emitter, value: Bind, width: int) -> Bind:
    e.pin(value.content)
    return bind(value.content, min(width, value.bits), True)


def select_operands(e: Emitter, micro: Micro, a: Bind, b: Bind) -> tuple[Content, Content]:
    if micro.size == 8:
        return integer_operand(e, micro.args[0], 8), integer_operand(e, micro.args[1], 8)
    if a.content.s > 32 or b.content.s > 32:
        return e.low(a, 8 * micro.size), e.low(b, 8 * micro.size)
    return e.signed(a, 32), e.signed(b, 32)


def arithmetic_select(e: Emitter, made: Compare, a: Bind, b: Bind, to: str | None) -> Content | None:
    """Choices between 0, 1 and -1 and between neighbours of 0 need no branch."""
    x, y = a.content.const, b.content.const
    if x is None or y is None:
        return None
    if y == 0 or x == 0:
        true = made if y == 0 else negated(made)
        value = x if y == 0 else y
        if value == 1:
            return as_bit(e, true, to)
        if value == -1:
            return e.sub(e.zero, as_bit(e, true), True, to)
    return None


def branch_over(e: Emitter, made: Compare, a: Content, b: Content, to: str | None) -> Content:
    """``made ? a : b`` by a branch over one move."""
    _, left, right = made
    kept, other = b, a
    if overwritable(e, a) and not overwritable(e, b):
        kept, other, made = a, b, negated(made)
    start = e.reg(kept) if kept.const is None else ""
    for content in (left, right, other):
        if content.const is None:
            e.reg(content)
    if to is not None:
        e.release()
    reuse = bool(start) and e.available(start)
    e.name_again((left, right, other))
    target = select_target(e, kept, start if reuse else "", to)
    if e.holder.get(target) is not kept:
        e.move_integer(target, kept)
    result = e.fresh(max(a.u, b.u), max(a.s, b.s))
    if kept in (left, right) and target == start:
        # The comparison still reads the register under its old name; the branch comes before the change.
        skip = branch_text(e, negated(made), label := e.new_label())
        e.hold_in(target, result)
        e.name_again((result,))
    else:
        e.hold_in(target, result)
        e.name_again((result,))
        skip = branch_text(e, negated(made), label := e.new_label())
    short = other.const is not None and small(other.const) and not e.in_register(other)
    change = f"li {target}, {other.const}" if short else f"mv {target}, {e.reg(other)}"
    e.put(skip)
    e.put(change)
    e.put_label(label)
    return e.pin(result)


def select_target(e: Emitter, kept: Content, start: str, to: str | None) -> str:
    """Where the result goes: in place of ``kept`` (in ``start``, if that is free) rather than by a copy."""
    hints = e.hints(to) if to is not None else []
    if start and (to is None or start in hints or not e.stays(to)):
        return start
    e.name_again((kept,))
    return e.integer_scratch() if to is None else e.target(to, vector=False)


def small(value: int) -> bool:
    return -2048 <= value < 2048


def overwritable(e: Emitter, content: Content) -> bool:
    """Whether ``content`` is not needed after the current micro-operation."""
    if content.const is not None or not e.in_register(content):
        return False
    micro = e.block.micros[e.index]
    dying = 0
    live = e.block.live_after[e.index]
    for name, value in e.binds.items():
        if value.content is content:
            if name[0] == "%":
                gone = name in e.plan.expiring.get(e.index, ())
            else:
                gone = name not in live or (micro.dst is not None and location(micro.dst) == name)
            dying += gone
    return content.refs <= dying


# The stack frame


def drop_sp(e: Emitter) -> None:
    """Values that are told from the old stack pointer move to registers."""
    if e.sp.refs > 1:
        e.evict("sp")
    e.sp.refs -= 1
    e.forget("sp")


def new_sp(e: Emitter) -> None:
    e.sp = e.fresh()
    e.sp.refs = 1
    e.hold_in("sp", e.sp)


def add_to_sp(e: Emitter, amount: int) -> None:
    if -2048 <= amount < 2048:
        e.put(f"addi sp, sp, {amount}")
    else:
        e.put(f"add sp, sp, {e.reg(e.constant(amount))}")


@handles(Code.ENTER)
def enter(e: Emitter, micro: Micro) -> None:
    # Private slots are counted from the stack pointer of the frame that begins here: nothing in them moves.
    drop_sp(e)
    add_to_sp(e, -micro.imm)
    new_sp(e)
    if micro.name == "ra":
        e.put(f"sd ra, {frame_text(e, micro.imm - 8 + micro.lane)}")


@handles(Code.LEAVE)
def leave(e: Emitter, micro: Micro) -> None:
    _empty_slots(e)
    if micro.name == "ra":
        e.put(f"ld ra, {frame_text(e, micro.imm - 8 + micro.lane)}")
    drop_sp(e)
    add_to_sp(e, micro.imm)
    new_sp(e)


def _empty_slots(e: Emitter) -> None:
    """What lies in private slots moves to registers: the frame that holds them goes."""
    for place in [place for place in e.holder if place[0] == "["]:
        content = e.holder[place]
        if content.refs and len(content.places) == 1:
            e.freg(content)
        e.forget(place)


def frame_text(e: Emitter, offset: int) -> str:
    if offset < 2048:
        return f"{offset}(sp)"
    return f"0({e.reg(e.add(e.sp, e.constant(offset)))})"


@handles(Code.SP_ADD)
def sp_add(e: Emitter, micro: Micro) -> None:
    amount = e.wide(micro.args[0]) if micro.args else None
    drop_sp(e)
    if amount is not None and amount.const is None:
        e.put(f"add sp, sp, {e.reg(amount)}")
        if micro.imm:
            add_to_sp(e, micro.imm)
    else:
        add_to_sp(e, micro.imm + ((amount.const or 0) if amount is not None else 0))
    new_sp(e)


@handles(Code.SP_COPY)
def sp_copy(e: Emitter, micro: Micro) -> None:
    source = e.wide(micro.args[0])
    drop_sp(e)
    if small(micro.imm):
        e.put(f"addi sp, {e.reg(source)}, {micro.imm}")
    else:
        e.put(f"add sp, {e.reg(source)}, {e.reg(e.constant(micro.imm))}")
    new_sp(e)
