"""Stack frames: where the source's stack pointer is, and the one target frame that replaces its pushes and pops.

``S`` is the target's stack pointer at entry. While the source's stack pointer is ``S - 8 - depth`` with depth 0 the
target has no frame; the first push reserves ``size`` bytes and the last pop releases them, so that
``sp = S - size`` in between and every push is a plain store. Where the source moves its stack pointer by an unknown
amount (alloca, realignment) ``sp`` follows at a constant distance and frame registers keep their relation to ``S``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.native.cfg import Function
from transpile.native.micro import SP, Address, Code, Const, Micro, Reg, Temp, Value
from transpile.native.relation import Frame

RED_ZONE = 128


class FrameError(Exception):
    """The stack pointer cannot be followed; the message says where and why."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


Key = str | int
"""A register by name, a temp by index."""


def _key(value: Value | None) -> Key | None:
    match value:
        case Reg(name=name, size=8, offset=0):
            return name
        case Temp(index=index, size=8, vector=False):
            return index
        case _:
            return None


@dataclass(slots=True)
class Stack:
    """What is known before a micro-operation: ``offsets`` are relative to ``S``."""

    depth: int = 0
    dynamic: bool = False
    offsets: dict[Key, int] = field(default_factory=dict)
    saved: dict[Key, int] = field(default_factory=dict)
    """Registers that hold an earlier stack pointer -> the depth that it had."""

    def copy(self) -> Stack:
        return Stack(self.depth, self.dynamic, dict(self.offsets), dict(self.saved))


@dataclass(slots=True)
class FramePlan:
    """The frame of one function. ``entry`` holds the state before each block, by label."""

    entry: dict[str, Stack]
    size: int = 0
    always: bool = False
    saves_ra: bool = False
    skew: int = 0
    callee_skews: Mapping[str, int] = field(default_factory=dict)
    dead_landings: frozenset[str] = frozenset()
    """Blocks after calls that cannot return (their stack would not fit what follows): they become traps."""

    def framed(self, depth: int, dynamic: bool) -> bool:
        return self.always or depth > -self.skew or dynamic

    def call_gap(self, depth: int, callee: str) -> int:
        """How far ``sp`` rises for a call, so that stack arguments lie where the callee looks for them."""
        return (self.size - 8 - depth - self.callee_skews.get(callee, 0)) & ~15

    def relation(self, stack: Stack) -> Frame:
        framed = self.framed(stack.depth, stack.dynamic)
        return Frame(
            depth=stack.depth,
            reserved=self.size if framed else 0,
            ra="slot" if framed and self.saves_ra else "register",
            dynamic=stack.dynamic,
            gap=self.size - 8 - stack.depth if framed else -8 - stack.depth,
            skew=self.skew,
            size=self.size,
        )


Groups = Mapping[str, Sequence[Sequence[Micro]]]
"""Per block label: the micro-operations of each of its instructions."""


class FrameAnalysis:
    """Forward data flow of ``Stack`` over a function, then the plan."""

    def __init__(
        self,
        function: Function,
        groups: Groups,
        stack_pointer: str,
        clobbered: Sequence[str],
        skew: int = 0,
        callee_skews: Mapping[str, int] | None = None,
        private: int = 0,
    ) -> None:
        self.private = private
        self.skew = skew
        self.callee_skews = callee_skews or {}
        self.function = function
        self.groups = groups
        self.rsp = stack_pointer
        self.clobbered = clobbered

    def run(self) -> FramePlan:
        entry, dead = self._flow()
        plan = FramePlan(entry, dead_landings=frozenset(dead), skew=self.skew, callee_skews=self.callee_skews)
        lowest, deepest, red_zone, reads_slot = 0, -self.skew, False, False
        for label, stack in entry.items():
            if label in dead:
                continue
            for group in self.groups[label]:
                before = stack.depth
                for micro in group:
                    deepest = max(deepest, stack.depth)
                    if micro.code in (Code.CALL, Code.ICALL):
                        plan.saves_ra = True
                        plan.always |= stack.depth <= -self.skew
                        deepest = max(deepest, stack.depth + self.callee_skews.get(micro.target, 0))
                    if micro.address is not None:
                        known = self._base_offset(micro.address, stack)
                        if known is not None:
                            lowest = min(lowest, known)
                            floor = -8 - max(before, self._after(group, stack))
                            outside = known < floor and not stack.dynamic and not self._moves_sp(micro)
                            if outside:
                                red_zone = True
                                if micro.address.index is not None or micro.code is Code.LEA:
                                    lowest = min(lowest, floor - RED_ZONE)
                            own_slot = known == self.skew - 8 and micro.address.index is None
                            reads_slot |= own_slot and before > -self.skew
                    self.step(micro, stack)
                    deepest = max(deepest, stack.depth)
        plan.always |= red_zone or reads_slot or self.private > 0
        plan.saves_ra |= reads_slot
        needs = max(8 + deepest, -lowest) + self.private
        plan.size = (needs + 15) & ~15 if deepest > -self.skew or plan.always else 0
        plan.entry = self._flow()[0]
        return plan

    def _moves_sp(self, micro: Micro) -> bool:
        return isinstance(micro.dst, Reg) and micro.dst.name == self.rsp

    def _after(self, group: Sequence[Micro], stack: Stack) -> int:
        ahead = stack.copy()
        deepest = ahead.depth
        for micro in group:
            if self._moves_sp(micro):
                self.step(micro, ahead)
                deepest = max(deepest, ahead.depth)
        return deepest

    def _base_offset(self, address: Address, stack: Stack) -> int | None:
        known = self.known(address.base, stack)
        return None if known is None or address.symbol else known + address.disp

    def _flow(self) -> tuple[dict[str, Stack], set[str]]:
        blocks = self.function.by_label()
        entry: dict[str, Stack] = {self.function.blocks[0].label: Stack(-self.skew)}
        dead: set[str] = set()
        work = [self.function.blocks[0].label]
        late: list[str] = []
        while work or late:
            label = work.pop() if work else late.pop()
            block = blocks[label]
            if label in dead:
                continue
            stack = entry[label].copy()
            for group in self.groups[label]:
                for micro in group:
                    self.step(micro, stack)
            for key in [k for k in (*stack.offsets, *stack.saved) if isinstance(k, int)]:
                stack.offsets.pop(key, None)
                stack.saved.pop(key, None)
            for successor in block.successors:
                target = blocks[successor]
                if target.after_call and successor not in entry:
                    entry[successor] = stack.copy()
                    late.append(successor)
                    continue
                changed = self._join(entry, successor, stack, label if block.after_call else "", dead, block.insns)
                if changed:
                    (late if target.after_call else work).append(successor)
        for block in self.function.blocks:
            entry.setdefault(block.label, Stack(-self.skew))
        return entry, dead

    def _join(
        self, entry: dict[str, Stack], label: str, stack: Stack, landing: str, dead: set[str], insns: Sequence[object]
    ) -> bool:
        known = entry.get(label)
        if known is None:
            entry[label] = stack.copy()
            return True
        if known.depth != stack.depth:
            if landing and not insns:
                dead.add(landing)
                return False
            raise FrameError(f"the stack is {known.depth} and {stack.depth} bytes deep on two ways to '{label}'", 0)
        offsets = {k: v for k, v in known.offsets.items() if stack.offsets.get(k) == v}
        saved = {k: v for k, v in known.saved.items() if stack.saved.get(k) == v}
        dynamic = known.dynamic or stack.dynamic
        if offsets == known.offsets and dynamic == known.dynamic and saved == known.saved:
            return False
        known.offsets, known.dynamic, known.saved = offsets, dynamic, saved
        return True

    def known(self, value: Value | None, stack: Stack) -> int | None:
        """The offset from ``S`` that ``value`` is known to have."""
        key = _key(value)
        if key == self.rsp:
            return None if stack.dynamic else -8 - stack.depth
        return None if key is None else stack.offsets.get(key)

    def step(self, micro: Micro, stack: Stack) -> None:
        """Advance ``stack`` over ``micro``."""
        if micro.code in (Code.CALL, Code.ICALL):
            for name in self.clobbered:
                stack.offsets.pop(name, None)
                stack.saved.pop(name, None)
            return
        dst = micro.dst
        if micro.code is Code.STORE and micro.address is not None:
            slot = self._slot(micro.address, stack)
            if slot and _key(micro.args[0]) == self.rsp:
                stack.saved[slot] = stack.depth
            else:
                stack.saved.pop(slot, None)
        if dst is None or (isinstance(dst, Temp) and dst.vector):
            return
        key: Key = dst.index if isinstance(dst, Temp) else dst.name
        value = self._result(micro, stack) if dst.size == 8 else None
        if key == self.rsp:
            self._move(micro, value, stack)
            return
        if micro.code is Code.COPY and _key(micro.args[0]) == self.rsp:
            stack.saved[key] = stack.depth
        else:
            stack.saved.pop(key, None)
        if value is None:
            stack.offsets.pop(key, None)
        else:
            stack.offsets[key] = value

    def _slot(self, address: Address, stack: Stack) -> str:
        """A name for a place in the frame, empty if ``address`` is not known to be one."""
        offset = self._base_offset(address, stack)
        return "" if offset is None or address.index is not None else f"[{offset}]"

    def _move(self, micro: Micro, value: int | None, stack: Stack) -> None:
        shift = self.constant_move(micro)
        if shift is not None:
            stack.depth -= shift
        elif value is not None:
            stack.depth, stack.dynamic = -8 - value, False
        else:
            stack.dynamic = True
            origin: Key | None = _key(micro.args[0]) if micro.code is Code.COPY else None
            if micro.code is Code.LOAD and micro.address is not None:
                origin = self._slot(micro.address, stack)
            if origin is not None:
                stack.depth = stack.saved.get(origin, stack.depth)
        if stack.depth < -self.skew and not stack.dynamic:
            raise FrameError("the stack pointer moves above the return address", micro.line)

    def constant_move(self, micro: Micro) -> int | None:
        """How far ``micro`` moves the source's stack pointer relative to itself, if that is a constant."""
        first = micro.args[0] if micro.args else None
        if micro.code is Code.LEA and micro.address is not None:
            a = micro.address
            same = isinstance(a.base, Reg) and a.base.name == self.rsp and a.index is None and a.symbol is None
            return a.disp if same else None
        if not (isinstance(first, Reg) and first.name == self.rsp and len(micro.args) == 2):
            return None
        second = micro.args[1]
        if not isinstance(second, Const):
            return None
        if micro.code is Code.ADD:
            return second.signed
        return -second.signed if micro.code is Code.SUB else None

    def _result(self, micro: Micro, stack: Stack) -> int | None:
        match micro.code:
            case Code.COPY:
                return self.known(micro.args[0], stack)
            case Code.ADD | Code.SUB:
                base = self.known(micro.args[0], stack)
                second = micro.args[1]
                if base is None or not isinstance(second, Const):
                    return None
                return base + second.signed if micro.code is Code.ADD else base - second.signed
            case Code.LEA:
                address = micro.address
                if address is None or address.index is not None or address.symbol is not None:
                    return None
                base = self.known(address.base, stack)
                return None if base is None else base + address.disp
            case _:
                return None


class FrameRewriter:
    """Rewrites a block's micro-operations so that only the target's stack pointer remains."""

    def __init__(self, analysis: FrameAnalysis, plan: FramePlan) -> None:
        self.analysis = analysis
        self.plan = plan
        self.next_temp = 100_000

    def rewrite(self, label: str, after_call_gap: int, entry: bool) -> tuple[list[Micro], int]:
        """The block's new micro-operations, and the gap left open at its call (0 if it ends otherwise)."""
        plan, stack = self.plan, self.plan.entry[label].copy()
        out: list[Micro] = []
        if entry and plan.always:
            out.append(self._enter(0))
        if after_call_gap:
            out.append(Micro(Code.SP_ADD, imm=-after_call_gap))
        gap = 0
        for group in self.analysis.groups[label]:
            out_group, gap = self._group(group, stack)
            out.extend(out_group)
        return out, gap

    def _enter(self, line: int) -> Micro:
        return Micro(Code.ENTER, imm=self.plan.size, name=self._ra(), lane=self.plan.skew, line=line)

    def _ra(self) -> str:
        return "ra" if self.plan.saves_ra else ""

    def _leave(self, line: int) -> Micro:
        return Micro(Code.LEAVE, imm=self.plan.size, name=self._ra(), lane=self.plan.skew, line=line)

    def _group(self, group: Sequence[Micro], stack: Stack) -> tuple[list[Micro], int]:
        plan = self.plan
        before = plan.framed(stack.depth, stack.dynamic)
        ahead = stack.copy()
        touched = before
        for micro in group:
            self.analysis.step(micro, ahead)
            touched |= plan.framed(ahead.depth, ahead.dynamic)
        after = plan.framed(ahead.depth, ahead.dynamic)
        line = group[0].line if group else 0
        out: list[Micro] = []
        if not before and touched:
            out.append(self._enter(line))
        gap = 0
        for micro in group:
            leaves = micro.code in (Code.RET, Code.TAIL, Code.ITAIL) and plan.always
            if leaves:
                out.append(self._leave(line))
            if micro.code in (Code.CALL, Code.ICALL):
                gap = plan.call_gap(stack.depth, micro.target)
                if gap:
                    out.append(Micro(Code.SP_ADD, imm=gap, line=micro.line))
            reserved = plan.size if touched and not leaves else 0
            out.extend(self._micro(micro, stack, reserved))
            self.analysis.step(micro, stack)
        if touched and not after:
            if stack.dynamic:
                raise FrameError("the frame is released while its size is unknown", line)
            out.append(self._leave(line))
        return out, gap

    def _temp(self) -> Temp:
        self.next_temp += 1
        return Temp(self.next_temp, 8)

    def _micro(self, micro: Micro, stack: Stack, reserved: int) -> Iterator[Micro]:
        rsp = self.analysis.rsp
        if isinstance(micro.dst, Reg) and micro.dst.name == rsp:
            yield from self._move(micro, stack, reserved)
            return
        if micro.code is Code.FLAGS and any(isinstance(a, Reg) and a.name == rsp for a in micro.args):
            live = replace(micro, name="none", args=())
            yield live
            return
        address = self.address(micro.address, stack, reserved)
        if micro.code is Code.COPY and isinstance(micro.args[0], Reg) and micro.args[0].name == rsp:
            here = self.address(Address(base=Reg(rsp, 8)), stack, reserved)
            yield Micro(Code.LEA, 8, micro.dst, address=here, line=micro.line)
            return
        args: list[Value] = []
        for value in micro.args:
            if isinstance(value, Reg) and value.name == rsp:
                temp = self._temp()
                here = self.address(Address(base=Reg(rsp, 8)), stack, reserved)
                yield Micro(Code.LEA, 8, temp, address=here, line=micro.line)
                args.append(Temp(temp.index, value.size))
            else:
                args.append(value)
        if address is not micro.address or tuple(args) != micro.args:
            micro = replace(micro, address=address, args=tuple(args))
        yield micro

    def address(self, address: Address | None, stack: Stack, reserved: int) -> Address | None:
        """``address`` relative to the target's stack pointer if its base is known to point into the frame."""
        if address is None or address.segment:
            return address
        base, index = address.base, address.index
        offset = self._frame_offset(base, stack, reserved)
        if offset is None and address.scale == 1:
            offset = self._frame_offset(index, stack, reserved)
            if offset is not None:
                base, index = index, base
        if offset is None or address.symbol is not None:
            return address
        return Address(base=SP, index=index, scale=address.scale, disp=offset + address.disp)

    def _frame_offset(self, value: Reg | Temp | None, stack: Stack, reserved: int) -> int | None:
        """``value - sp`` if it is a known constant."""
        if isinstance(value, Reg) and value.name == self.analysis.rsp:
            return reserved - 8 - stack.depth
        known = self.analysis.known(value, stack)
        return None if known is None or stack.dynamic else known + reserved

    def _move(self, micro: Micro, stack: Stack, reserved: int) -> Iterator[Micro]:
        analysis = self.analysis
        if analysis.constant_move(micro) is not None:
            return
        after = stack.copy()
        analysis.step(micro, after)
        gap = self.plan.size - 8 - after.depth
        line = micro.line
        if not after.dynamic:
            if stack.dynamic:
                yield from self._restore(micro, stack)
            return
        match micro.code:
            case Code.SUB | Code.ADD if isinstance(micro.args[0], Reg) and micro.args[0].name == analysis.rsp:
                amount = micro.args[1]
                if micro.code is Code.SUB:
                    temp = self._temp()
                    yield Micro(Code.NEG, 8, temp, (amount,), line=line)
                    amount = temp
                yield Micro(Code.SP_ADD, args=(amount,), line=line)
            case Code.COPY:
                yield Micro(Code.SP_COPY, args=micro.args, imm=-gap, line=line)
            case Code.LEA | Code.LOAD:
                temp = self._temp()
                yield replace(micro, dst=temp, address=self.address(micro.address, stack, reserved))
                yield Micro(Code.SP_COPY, args=(temp,), imm=-gap, line=line)
            case _:
                here, moved = self._temp(), self._temp()
                place = self.address(Address(base=Reg(analysis.rsp, 8)), stack, reserved)
                yield Micro(Code.LEA, 8, here, address=place, line=line)
                yield replace(micro, dst=moved, args=(here, *micro.args[1:]))
                yield Micro(Code.SP_COPY, args=(moved,), imm=-gap, line=line)

    def _restore(self, micro: Micro, stack: Stack) -> Iterator[Micro]:
        """``sp = S - size`` again, from a register with a known offset."""
        source = micro.args[0] if micro.code is Code.COPY else micro.address.base if micro.address else None
        known = self.analysis.known(source, stack)
        if source is None or known is None:
            raise FrameError("the stack pointer is restored from an unknown value", micro.line)
        yield Micro(Code.SP_COPY, args=(source,), imm=-self.plan.size - known, line=micro.line)
