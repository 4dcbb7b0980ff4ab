"""Atomic operations stand for plain updates of the same elements by the same values, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.matching.nests import Same
from transpile.matching.proof import Proof

C = """void f(int n, int m, const int *key, const TYPE *a, TYPE *b)
{
    for (int i = 0; i < n; i++) {
        OURS
    }
}
"""
CUDA = """
__global__ void kernel(int n, int m, const int *key, const TYPE *a, TYPE *b)
{
    const long long i64 = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i64 >= n)
        return;
    const int i = (int)i64;
    THEIRS
}
void f(int n, int m, const int *key, const TYPE *a, TYPE *b)
{
    const size_t bytes = extent(n) * sizeof(TYPE);
    const size_t b_bytes = extent(m) * sizeof(TYPE);
    const size_t key_bytes = extent(n) * sizeof(int);
    int *d_key;
    TYPE *d_a, *d_b;
    CHECK(cudaMalloc(&d_key, key_bytes));
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMalloc(&d_b, b_bytes));
    CHECK(cudaMemcpy(d_key, key, key_bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_b, b, b_bytes, cudaMemcpyHostToDevice));
    if (n > 0) {
        kernel<<<blocks(n, 256), 256>>>(n, m, d_key, d_a, d_b);
        CHECK(cudaGetLastError());
    }
    CHECK(cudaMemcpy(b, d_b, b_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_key));
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_b));
}
"""
RIGHT = [
    ("float", "b[key[i]] += a[i];", "atomicAdd(&b[key[i]], a[i]);", "+"),
    ("double", "b[key[i]] = b[key[i]] + a[i] * 2.0;", "atomicAdd(&b[key[i]], a[i] * 2.0);", "+"),
    ("double", "b[key[i]] -= a[i];", "atomicAdd(&b[key[i]], -a[i]);", "+"),
    ("int", "b[key[i]]++;", "atomicAdd(&b[key[i]], 1);", "+"),
    ("int", "b[key[i]]--;", "atomicSub(&b[key[i]], 1);", "+"),
    ("int", "b[key[i]]--;", "atomicAdd(&b[key[i]], -1);", "+"),
    ("unsigned", "b[key[i]]--;", "atomicSub(&b[key[i]], 1u);", "+"),
    ("unsigned", "b[key[i]] -= a[i];", "atomicAdd(&b[key[i]], -a[i]);", "+"),
    ("int", "b[key[i]] -= a[i];", "atomicSub(&b[key[i]], a[i]);", "+"),
    ("int", "if (a[i] < b[key[i]]) b[key[i]] = a[i];", "atomicMin(&b[key[i]], a[i]);", "min"),
    ("int", "if (b[key[i]] < a[i]) b[key[i]] = a[i];", "atomicMax(&b[key[i]], a[i]);", "max"),
    ("unsigned", "b[key[i]] |= a[i];", "atomicOr(&b[key[i]], a[i]);", "|"),
    ("unsigned", "b[key[i]] ^= 1u << (i % 32);", "atomicXor(&b[key[i]], 1u << (i % 32));", "^"),
    ("long long", "b[key[i]] += a[i];", "atomicAdd((unsigned long long *)&b[key[i]], (unsigned long long)a[i]);", "+"),
    ("long long", "b[i] += key[i];", "atomicAdd((unsigned long long *)&b[i], (unsigned long long)key[i]);", "+"),
    ("float", "for (int j = 0; j < m; j++) b[j] += a[i];", "for (int j = 0; j < m; j++) atomicAdd(&b[j], a[i]);", "+"),
    ("int", "if (a[i] > 0) b[key[i]]++;", "if (a[i] > 0) atomicAdd(&b[key[i]], 1);", "+"),
]  # fmt: skip
WRONG = [
    ("float", "b[key[i]] += a[i];", "atomicAdd(&b[key[i]], a[i] + a[i]);"),
    ("float", "b[key[i]] += a[i];", "atomicAdd(&b[i], a[i]);"),
    ("float", "b[key[i]] += a[i];", "atomicAdd(&b[key[i]], -a[i]);"),
    ("float", "b[key[i]] += a[i];", "atomicAdd(&b[key[i]], a[i]); atomicAdd(&b[key[i]], a[i]);"),
    ("float", "b[key[i]] += a[i];", "if (a[i] > 0) atomicAdd(&b[key[i]], a[i]);"),
    ("float", "b[key[i]] += a[i];", ";"),
    ("float", "b[key[i]] = a[i];", "atomicAdd(&b[key[i]], a[i]);"),
    ("float", "b[key[i]] *= a[i];", "atomicAdd(&b[key[i]], a[i]);"),
    ("float", "b[key[i]] += a[i] * 2.0;", "atomicAdd(&b[key[i]], a[i] * 2.0);"),
    ("float", "b[key[i]] += b[i] + a[i];", "atomicAdd(&b[key[i]], b[i] + a[i]);"),
    ("float", "b[key[i]] += b[i] + a[i];", "const float x = b[i]; atomicAdd(&b[key[i]], x + a[i]);"),
    ("float", "b[0] += a[i]; b[1] = a[i];", "atomicAdd(&b[0], a[i]); b[1] = a[i];"),
    ("float", "b[0] += a[i]; b[1] += a[i];", "atomicAdd(&b[0], a[i]); b[1] += a[i];"),
    ("int", "b[0] += a[i]; b[1] ^= a[i];", "atomicAdd(&b[0], a[i]); atomicXor(&b[1], a[i]);"),
    ("int", "b[key[i]]++;", "atomicAdd(&b[key[i]], 2);"),
    ("int", "b[key[i]]++;", "atomicSub(&b[key[i]], 1);"),
    ("int", "b[key[i]]++;", "atomicAdd((unsigned long long *)&b[key[i]], 1ull);"),
    ("int", "b[key[i]]++;", "atomicAdd((float *)&b[key[i]], 1);"),
    ("int", "b[key[i]]++;", "const int old = atomicAdd(&b[key[i]], 1);"),
    ("int", "b[key[i]]++;", "atomicExch(&b[key[i]], b[key[i]] + 1);"),
    ("int", "b[key[i]]++;", "atomicInc((unsigned *)&b[key[i]], 100);"),
    ("int", "b[key[i]] += a[i] / 2.0;", "atomicAdd(&b[key[i]], (int)(a[i] / 2.0));"),
    ("int", "b[key[i]] |= a[i];", "atomicAnd(&b[key[i]], a[i]);"),
    ("int", "if (a[i] < b[key[i]]) b[key[i]] = a[i];", "atomicMax(&b[key[i]], a[i]);"),
    ("int", "if (a[i] < b[key[i]]) b[key[i]] = a[i];", "atomicMin((unsigned *)&b[key[i]], (unsigned)a[i]);"),
    ("int", "if (a[i] < b[key[i]]) b[key[i]] = a[i] + 1;", "atomicMin(&b[key[i]], a[i]);"),
    ("int", "if (a[i] < b[i]) b[key[i]] = a[i];", "atomicMin(&b[key[i]], a[i]);"),
    ("long long", "b[key[i]] -= key[i];",
     "atomicAdd((unsigned long long *)&b[key[i]], (unsigned long long)-key[i]);"),
    ("long long", "b[key[i]] += key[i];",
     "atomicAdd((unsigned long long *)&b[key[i]], (unsigned long long)(unsigned)key[i]);"),
]  # fmt: skip
Prove = Callable[..., Proof]


def proof_of(prove: Prove, check: str, type: str, ours: str, theirs: str, more: str = "") -> Proof:
    c, cuda = C.replace("OURS", ours), CUDA.replace("THEIRS", theirs)
    extents = {"key": "n", "a": "n", "b": "m"}
    return prove(c.replace("TYPE", type), check + more + cuda.replace("TYPE", type), extents)


@pytest.mark.parametrize(("type", "ours", "theirs", "operator"), RIGHT)
def test_atomic_updates_are_proved(type: str, ours: str, theirs: str, operator: str, prove: Prove, check: str) -> None:
    proof = proof_of(prove, check, type, ours, theirs)
    assert proof.proved, [one.outcome for one in proof.nests]
    outcome = proof.nests[0].outcome
    assert isinstance(outcome, Same)
    assert [(variable.name, how) for variable, how in outcome.combined] == [("b", operator)]
    reordered = "sums of 'b' may be taken in another order: they are equal over the reals, not to the bit"
    assert (reordered in proof.assumptions) == (type in ("float", "double"))


@pytest.mark.parametrize(("type", "ours", "theirs"), WRONG)
def test_other_operations_are_not_proved(type: str, ours: str, theirs: str, prove: Prove, check: str) -> None:
    assert not proof_of(prove, check, type, ours, theirs).proved


def test_a_plain_update_is_not_an_atomic_one(prove: Prove, check: str) -> None:
    """It is the same code; that iterations depend on each other is for others to see, who are told nothing of 'b'."""
    proof = proof_of(prove, check, "float", "b[key[i]] += a[i];", "b[key[i]] += a[i];")
    outcome = proof.nests[0].outcome
    assert isinstance(outcome, Same)
    assert outcome.combined == ()


def test_functions_that_are_called_like_atomic_operations_are_refused(prove: Prove, check: str) -> None:
    own = "__device__ float atomicAdd(float *at, float by) { return *at = by; }\n"
    proof = proof_of(prove, check, "float", "b[key[i]] += a[i];", "atomicAdd(&b[key[i]], a[i]);", own)
    assert proof.lost is not None
    assert proof.lost.message == "'atomicAdd' is defined anew"
