/* The atomic functions: one thread runs at a time, so each is its definition. Integers wrap. */
#include "machine.h"

namespace {

using namespace cuda_emulator;

namespace change {

template <class T> T atomicAdd(T old, T value) { return old + value; }
template <> int atomicAdd(int old, int value) { return int(unsigned(old) + unsigned(value)); }
template <class T> T atomicSub(T old, T value) { return T(unsigned(old) - unsigned(value)); }
template <class T> T atomicMin(T old, T value) { return value < old ? value : old; }
template <class T> T atomicMax(T old, T value) { return value > old ? value : old; }
template <class T> T atomicAnd(T old, T value) { return old & value; }
template <class T> T atomicOr(T old, T value) { return old | value; }
template <class T> T atomicXor(T old, T value) { return old ^ value; }
template <class T> T atomicExch(T, T value) { return value; }
template <class T> T atomicInc(T old, T value) { return old >= value ? 0 : old + 1; }
template <class T> T atomicDec(T old, T value) { return old == 0 || old > value ? value : old - 1; }

}  // namespace change

template <class Type> Type *checked(Type *at, const void *caller) {
    if (!running.in_kernel) stop("host-call", caller, 0, "an atomic function on the host");
    if (reinterpret_cast<uintptr_t>(at) % sizeof(Type))
        stop("misaligned", caller, 0, "an atomic function at an address that is no multiple of %zu", sizeof(Type));
    check_access(reinterpret_cast<uintptr_t>(at), sizeof(Type), Access::atomic, caller);
    return at;
}

template <class Type> Type exchange_if(Type *at, Type compare, Type value) {
    const Type old = *at;
    if (old == compare) *at = value;
    return old;
}

}  // namespace

#define DEFINE(name, type)                    \
    type name(type *address, type value) {    \
        type *at = checked(address, CALLER);  \
        const type old = *at;                 \
        *at = change::name<type>(old, value); \
        return old;                           \
    }
EMULATED_ATOMICS(DEFINE)

#define DEFINE_CAS(type)                                              \
    type atomicCAS(type *address, type compare, type value) {         \
        return exchange_if(checked(address, CALLER), compare, value); \
    }
DEFINE_CAS(int)
DEFINE_CAS(unsigned)
DEFINE_CAS(unsigned short)
DEFINE_CAS(unsigned long long)
