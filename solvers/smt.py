"""Z3 as the arbiter for what normalisation leaves open.

``check_valid`` asks whether goals follow from assumptions, for all values of variables, memories and uninterpreted
functions. It never guesses: ``Valid`` is Z3's ``unsat``; a ``Model`` has been evaluated and does violate a goal; all
else is ``GaveUp``. Effort is bounded by ``rlimit``, never by time.

Loads and function results are free variables at first; that they depend on the address and the arguments is added only
where a model breaks it, so most queries are plain bit-vectors.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import z3

from transpile.solvers import term_pool
from transpile.solvers import terms as t
from transpile.solvers.float_terms import expand
from transpile.solvers.smt_encode import Encoder
from transpile.solvers.terms import FALSE, TRUE, Program, Term, float_lemmas, postorder

MEMORY_MB = 2048
COMPARISONS = frozenset(("flt", "fle", "feq", "fnan"))
_ROUNDS = 60
"""How often a model may break a dependency before the query is given up."""
_SAMPLES = 12
_QUERIES_PER_CONTEXT = 500


@dataclass(frozen=True, slots=True)
class Valid:
    """Every goal holds under the assumptions."""

    rlimit: int = 0


@dataclass(frozen=True, slots=True)
class GaveUp:
    """No answer within the limits."""

    reason: str
    rlimit: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """A counterexample: variables, bytes of each memory version, function values. What is not listed is 0."""

    env: dict[str, int] = field(default_factory=dict)
    memory: dict[tuple[int, int], int] = field(default_factory=dict)
    """``(version, address) -> byte``."""
    functions: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)
    rlimit: int = 0

    def load(self, version: int, address: int, nbytes: int) -> int:
        mask = (1 << 64) - 1
        return sum(self.memory.get((version, address + i & mask), 0) << 8 * i for i in range(nbytes))

    def apply(self, name: str, width: int, args: tuple[int, ...]) -> int:
        return self.functions.get((name, args), 0)

    def values(self, terms: Iterable[Term]) -> list[int]:
        """The values of ``terms`` in this model."""
        program = Program(terms)
        env = {name: self.env.get(name, 0) for name in program.names}
        return program.run(env, self.load, self.apply)

    def satisfies(self, term: Term) -> bool:
        return self.values([term])[0] == 1


Answer: TypeAlias = Valid | Model | GaveUp
Lemmas: TypeAlias = Callable[[list[Term]], list[Term]]


def check_valid(
    assumptions: Sequence[Term], goals: Sequence[Term], rlimit: int, lemmas: Lemmas = float_lemmas
) -> Answer:
    """Do all ``goals`` hold wherever ``assumptions`` do? ``lemmas`` adds true facts about the functions that occur."""
    goals = [goal for goal in goals if goal is not TRUE]
    if not goals or any(fact is FALSE for fact in assumptions):
        return Valid()
    facts = [fact for fact in [*assumptions, *lemmas([*assumptions, *goals])] if fact is not TRUE]
    sample = _sample(facts, goals)
    if sample is not None:
        return sample
    used = 0
    failure = ""
    for goal in goals:
        answer = _Query(facts, goal).solve(rlimit - used)
        used += answer.rlimit
        if isinstance(answer, Model):
            return Model(answer.env, answer.memory, answer.functions, used)
        if isinstance(answer, GaveUp):
            failure = failure or answer.reason
            if used >= rlimit:
                break
    return GaveUp(failure, used) if failure else Valid(used)


def _sample(facts: list[Term], goals: list[Term]) -> Model | None:
    """A counterexample among a few random states, always the same ones."""
    program = Program([*facts, *goals])
    generator = random.Random(len(goals))
    for _ in range(_SAMPLES):
        model = _RandomModel(generator)
        env = {name: model.draw(width) for name, width in program.names.items()}
        values = program.run(env, model.load, model.apply)
        if all(values[: len(facts)]) and not all(values[len(facts) :]):
            return Model(env, model.memory, model.functions)
    return None


class _RandomModel:
    """Invents memory and function values on demand and remembers them."""

    def __init__(self, generator: random.Random) -> None:
        self.generator = generator
        self.memory: dict[tuple[int, int], int] = {}
        self.functions: dict[tuple[str, tuple[int, ...]], int] = {}

    def draw(self, width: int) -> int:
        generator = self.generator
        value = generator.getrandbits(width)
        kind = generator.randrange(8)
        if kind == 0:
            return value & 0xFF
        if kind == 1:
            return -(value & 0xFF) & ((1 << width) - 1)
        if kind == 2:
            return (1 << (width - 1)) - (value & 1)
        return value

    def load(self, version: int, address: int, nbytes: int) -> int:
        result = 0
        for i in range(nbytes):
            key = (version, address + i & ((1 << 64) - 1))
            byte = self.memory.get(key)
            if byte is None:
                byte = self.memory[key] = self.generator.getrandbits(8)
            result |= byte << 8 * i
        return result

    def apply(self, name: str, width: int, args: tuple[int, ...]) -> int:
        value = self.functions.get((name, args))
        if value is None:
            value = self.functions[name, args] = self.draw(width)
        return value


class _Query:
    """One goal under some facts."""

    def __init__(self, facts: list[Term], goal: Term) -> None:
        self.encoder = _encoder()
        self.facts = facts
        self.goal = goal
        order = postorder([*facts, goal])
        # The encoder spells comparisons of floats in bits, which may load parts of their operands.
        order = postorder([*order, *(expand(term) for term in order if term.op in COMPARISONS)])
        self.loads = [term for term in order if term.op == "load"]
        self.applications = [term for term in order if term.op == "apply"]
        self.variables = [term for term in order if term.op == "var"]
        self.known: set[tuple[Term, Term, int]] = set()

    def solve(self, rlimit: int) -> Answer:
        encoder = self.encoder
        solver = z3.SolverFor("QF_BV", ctx=encoder.context)
        solver.set("max_memory", MEMORY_MB)
        for fact in [*self.facts, *self._overlaps()]:
            encoder.add(solver, fact)
        encoder.add(solver, t.bnot(self.goal))
        start = encoder.spent(solver)
        used = 0
        try:
            for _ in range(_ROUNDS):
                if used >= rlimit:
                    return GaveUp("out of resources", used)
                solver.set("rlimit", rlimit - used)
                result = solver.check()
                used = encoder.spent(solver) - start
                if result == z3.unsat:
                    return Valid(used)
                if result != z3.sat:
                    return GaveUp(f"out of resources ({solver.reason_unknown()})", used)
                broken = self._broken(solver.model(), used)
                if isinstance(broken, Model):
                    return broken
                for fact in broken:
                    encoder.add(solver, fact)
        except z3.Z3Exception as error:
            _drop_encoder()
            return GaveUp(f"solver failed: {error}", max(used, 1))
        return GaveUp("too many dependencies between loads or functions", used)

    def _overlaps(self) -> list[Term]:
        """Loads from one memory at constant distances share bytes."""
        facts = []
        for i, a in enumerate(self.loads):
            for b in self.loads[:i]:
                if a.value == b.value and a.args[0].width == b.args[0].width:
                    distance = t.difference(a.args[0], b.args[0])
                    if distance is not None:
                        facts += self._shared(a, b, distance)
        return facts

    def _shared(self, a: Term, b: Term, distance: int) -> list[Term]:
        """The fact that ``a`` and ``b``, with addresses ``distance`` apart, agree where they overlap."""
        size = 1 << a.args[0].width
        if distance >= size // 2:
            a, b, distance = b, a, size - distance
        width = min(b.width - 8 * distance, a.width)
        if width <= 0 or (a, b, distance) in self.known:
            return []
        self.known.add((a, b, distance))
        # Raw extraction: simplification would turn both sides into the same narrower load.
        high = term_pool.make("extract", width, (b,), 8 * distance) if width < b.width else b
        low = term_pool.make("extract", width, (a,), 0) if width < a.width else a
        same = high if high is low else term_pool.make("eq", 1, (high, low))
        offset = t.const(distance, a.args[0].width)
        apart = t.eq(a.args[0], t.add(b.args[0], offset))
        return [same if apart is TRUE else t.bor(t.bnot(apart), same)]

    def _broken(self, z3_model: Any, used: int) -> Model | list[Term]:
        """A genuine counterexample, or the dependencies that this one ignores."""
        encoder = self.encoder
        value = {term: encoder.value(z3_model, term) for term in [*self.loads, *self.applications]}
        memory: dict[tuple[int, int], tuple[int, Term, int]] = {}
        facts: list[Term] = []
        for term in self.loads:
            address = encoder.value(z3_model, term.args[0])
            for i in range(term.width // 8):
                place = (term.value, address + i & ((1 << 64) - 1))
                byte = value[term] >> 8 * i & 0xFF
                other = memory.setdefault(place, (byte, term, i))
                if other[0] != byte:
                    distance = (other[2] - i) & ((1 << term.args[0].width) - 1)
                    facts += self._shared(term, other[1], distance)
        functions: dict[tuple[str, tuple[int, ...]], tuple[int, Term]] = {}
        for term in self.applications:
            args = tuple([encoder.value(z3_model, arg) for arg in term.args])
            known = functions.setdefault((term.name, args), (value[term], term))
            if known[0] != value[term] and known[1].width == term.width:
                equal = [t.eq(a, b) for a, b in zip(term.args, known[1].args, strict=True)]
                facts.append(t.bor(t.bnot(t.bitwise("and", [TRUE, *equal])), t.eq(term, known[1])))
        if facts:
            return facts
        env = {term.name: encoder.value(z3_model, term) for term in self.variables}
        bytes_of = {place: entry[0] for place, entry in memory.items()}
        results = {key: entry[0] for key, entry in functions.items()}
        model = Model(env, bytes_of, results, used)
        values = model.values([*self.facts, self.goal])
        if not all(values[:-1]) or values[-1]:
            raise z3.Z3Exception("a model does not replay")
        return model


_current: list[Encoder] = []


def _encoder() -> Encoder:
    """The context in use; a fresh one after each reset of the terms, so that no proof depends on earlier functions."""
    if _current:
        encoder = _current[0]
        encoder.queries += 1
        if encoder.generation == term_pool.generation() and encoder.queries < _QUERIES_PER_CONTEXT:
            return encoder
        _current.clear()
    _current.append(Encoder())
    return _current[0]


def _drop_encoder() -> None:
    _current.clear()
