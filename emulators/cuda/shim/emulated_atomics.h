/* The atomic functions, for exactly the types that CUDA has them for. */
#pragma once

#define EMULATED_ATOMICS(A)           \
    A(atomicAdd, int)                 \
    A(atomicAdd, unsigned)            \
    A(atomicAdd, unsigned long long)  \
    A(atomicAdd, float)               \
    A(atomicAdd, double)              \
    A(atomicSub, int)                 \
    A(atomicSub, unsigned)            \
    A(atomicMin, int)                 \
    A(atomicMin, unsigned)            \
    A(atomicMin, long long)           \
    A(atomicMin, unsigned long long)  \
    A(atomicMax, int)                 \
    A(atomicMax, unsigned)            \
    A(atomicMax, long long)           \
    A(atomicMax, unsigned long long)  \
    A(atomicAnd, int)                 \
    A(atomicAnd, unsigned)            \
    A(atomicAnd, unsigned long long)  \
    A(atomicOr, int)                  \
    A(atomicOr, unsigned)             \
    A(atomicOr, unsigned long long)   \
    A(atomicXor, int)                 \
    A(atomicXor, unsigned)            \
    A(atomicXor, unsigned long long)  \
    A(atomicExch, int)                \
    A(atomicExch, unsigned)           \
    A(atomicExch, unsigned long long) \
    A(atomicExch, float)              \
    A(atomicInc, unsigned)            \
    A(atomicDec, unsigned)

#define EMULATED_ATOMIC(name, type) type name(type *address, type value);
EMULATED_ATOMICS(EMULATED_ATOMIC)
#undef EMULATED_ATOMIC

int atomicCAS(int *address, int compare, int value);
unsigned atomicCAS(unsigned *address, unsigned compare, unsigned value);
unsigned short atomicCAS(unsigned short *address, unsigned short compare, unsigned short value);
unsigned long long atomicCAS(unsigned long long *address, unsigned long long compare, unsigned long long value);
