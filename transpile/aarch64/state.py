"""The state of emitting one block: reading operands into registers, and giving names to results."""

from __future__ import annotations

from transpile.aarch64.allocation import Allocation, number_of
from transpile.aarch64.lazy import MAKERS
from transpile.aarch64.registers import W, X
from transpile.aarch64.values import Bank, Val, const_val, symbol_val
from transpile.native.micro import Const, Reg, Symbol, Temp, Value


class State(Allocation):
    """Used by the emitting functions of the other modules."""

    # Reading

    def value(self, arg: Value) -> Val:
        """What ``arg`` means now."""
        if isinstance(arg, Temp):
            return self.temps[arg.index]
        if isinstance(arg, Reg):
            return self.register_value(arg)
        if isinstance(arg, Const):
            return const_val(arg.value)
        if isinstance(arg, Symbol):
            return symbol_val(arg)
        return self.cache[arg.name]

    def register_value(self, reg: Reg) -> Val:
        val = self.loc.get(reg.name)
        if val is None:
            # Nobody wrote it in this function: any content will do.
            val = Val(vector=True, u=128) if reg.vector else const_val(0)
            if reg.vector:
                self.vectors.put(val, self.pick(self.vectors, self.i - 1, True, ""))
            self.bind(reg.name, val)
        if not reg.offset:
            return val
        if reg.vector:
            return self.high_part(val, reg)
        known = self.cached(("byte", val, reg.offset))
        if known is not None:
            return known
        source = self.use(val)
        target = self.scratch()
        self.emit(f"ubfx {W[target]}, {W[source]}, #{8 * reg.offset}, #{8 * reg.size}")
        return self.keep(("byte", val, reg.offset), target, u=8 * reg.size)

    def high_part(self, val: Val, reg: Reg) -> Val:
        source = self.use(val)
        target = self.scratch(self.vectors)
        lane = "d" if reg.size == 8 else "s"
        self.emit(f"mov {lane}{target}, v{source}.{lane}[{reg.offset // reg.size}]")
        high = Val(vector=True, u=8 * reg.size)
        high.weak = True
        self.vectors.put(high, target)
        return high

    def use(self, val: Val) -> int:
        """The register that holds ``val``, made now if need be; safe until the end of this micro-operation."""
        bank = self.vectors if val.vector else self.ints
        if val.reg < 0:
            self.make(val)
        bank.locked.add(val.reg)
        return val.reg

    def make(self, val: Val, target: int = -1) -> None:
        """Put a lazy ``val`` into ``target`` (default: where its name wants it, else a scratch register)."""
        bank = self.vectors if val.vector else self.ints
        if val.lazy == "const" and target < 0:
            known = self.cached(("const", val.const))
            if known is not None:
                if val.names or val.pins:
                    self.ints.put(val, known.reg)
                else:
                    val.reg = known.reg
                return
        if target < 0:
            target = self.lazy_target(val, bank)
        MAKERS[val.lazy](self, val, target)
        bank.put(val, target)
        bank.locked.add(target)
        if not val.names and val.lazy == "const":
            val.weak = True
            self.cache[("const", val.const)] = val
        for arg in val.args:
            arg.pins -= 1
        if val.args:
            val.lazy, val.args = "", ()

    def lazy_target(self, val: Val, bank: Bank) -> int:
        for name in val.names:
            if type(name) is str and name in self.block.exit and self.last_def.get(name, -1) < max(self.i, 0):
                reg = number_of(self.block.exit[name][0])
                owner = bank.owner[reg] if reg >= 0 else val
                free = owner is None or owner.reg != reg or not self.live(owner, self.i - 1)
                if reg >= 0 and reg not in bank.locked and free:
                    return reg
        return self.scratch(bank)

    def arg(self, value: Value, size: int) -> str:
        """``value`` as a register operand of ``size`` bytes; zero is the zero register."""
        val = self.value(value)
        return self.operand(val, size)

    def operand(self, val: Val, size: int) -> str:
        if val.const == 0 and val.lazy == "const":
            return X[31] if size == 8 else W[31]
        reg = self.use(val)
        return X[reg] if size == 8 else W[reg]

    def zext(self, val: Val, size: int) -> int:
        """A register whose low half is the zero extension of the low ``size`` bytes (1 or 2; larger: as it is)."""
        if size >= 4 or val.u32 <= 8 * size:
            return self.use(val)
        return self.extended("uxt", val, size)

    def sext(self, val: Val, size: int) -> int:
        if size >= 4 or val.s32 <= 8 * size:
            return self.use(val)
        return self.extended("sxt", val, size)

    def extended(self, how: str, val: Val, size: int) -> int:
        key = (how, val, size)
        known = self.cached(key)
        if known is not None:
            return self.use(known)
        source = self.use(val)
        target = self.scratch()
        self.emit(f"{how}{'b' if size == 1 else 'h'} {W[target]}, {W[source]}")
        if how == "uxt":
            self.keep(key, target, u=8 * size)
        else:
            self.keep(key, target, u=32, s32=8 * size)
        return target

    def cached(self, key: object) -> Val | None:
        known = self.cache.get(key)
        return known if known is not None and known.reg >= 0 else None

    def keep(self, key: object, reg: int, u: int = 64, s32: int = 32) -> Val:
        """Remember that scratch register ``reg`` holds what ``key`` describes."""
        val = Val(u=u, s=u + 1 if u < 64 else 64, s32=min(s32, u + 1))
        val.weak = True
        self.ints.put(val, reg)
        self.ints.locked.add(reg)
        self.cache[key] = val
        return val

    # Writing

    def assign(self, dst: Reg | Temp, val: Val) -> None:
        self.bind(dst.index if isinstance(dst, Temp) else dst.name, val)

    def finish(self, dst: Reg | Temp, reg: int, u: int = 64, s: int = 64, u32: int = 32, s32: int = 32) -> Val:
        """``dst`` has been computed in integer register ``reg``; facts as for Val."""
        if dst.size <= 4:
            u = min(u, 32)
        if u < 64:
            s = min(s, u + 1)
        s32 = min(s32, u + 1)
        if self.merges(dst):
            assert isinstance(dst, Reg)
            self.ints.forget(reg)
            return self.merge(dst, reg, u if dst.size > 4 else min(u, u32))
        val = Val(u=u, s=s, u32=u32, s32=s32)
        self.ints.put(val, reg)
        self.assign(dst, val)
        return val

    def merge(self, dst: Reg, reg: int, known: int) -> Val:
        """Insert 1 or 2 computed bytes into their location."""
        old = self.loc.get(dst.name)
        bits, at = 8 * dst.size, 8 * dst.offset
        if old is None or (old.reg < 0 and not old.lazy):
            old = const_val(0)
        if not at and old.u <= bits:
            source = self.ints.owner[reg] if reg < 31 else const_val(0)
            if source is not None and source.u <= bits:
                self.bind(dst.name, source)
                return source
            if known > bits or source is not None:
                target = reg if source is None else self.result(Reg(dst.name, 8))
                self.emit(f"uxt{'b' if bits == 8 else 'h'} {W[target]}, {W[reg]}")
                reg = target
            val = Val(u=bits, s=bits + 1, s32=bits + 1)
            self.ints.put(val, reg)
            self.bind(dst.name, val)
            return val
        old_reg = self.use(old)
        size = 8 if self.live_bytes(dst.name) > 4 else 4
        names = X if size == 8 else W
        if self.live(old, self.i, dst.name) or old.weak:
            target = self.result(Reg(dst.name, 8), early=True)
            self.emit(f"mov {names[target]}, {names[old_reg]}")
        else:
            target = old_reg
        self.emit(f"bfi {names[target]}, {names[reg]}, #{at}, #{bits}")
        u = min(max(old.u, bits + at), 64 if size == 8 else 32)
        val = Val(u=u, s=u + 1 if u < 64 else 64)
        self.ints.put(val, target)
        self.bind(dst.name, val)
        return val

    def unpin(self, val: Val) -> None:
        """One pending use less; a lazy value that nothing wants any more lets its operands go."""
        val.pins -= 1
        if val.args and not val.pins and not self.live(val, self.i):
            for arg in val.args:
                self.unpin(arg)
            val.args = ()
