/* What device code calls beside arithmetic: where it is, barriers, fences, exchange within a warp. */
#pragma once

namespace cuda_emulator {

struct Builtins {
    uint3 thread, block;
    dim3 block_size{0, 0, 0}, grid_size{0, 0, 0};
};
extern Builtins builtins;

enum class Barrier { plain, count, all, any };
int barrier(Barrier, int predicate, int line);

enum class Exchange { sync, ballot, lane, up, down, exclusive_or };
unsigned long long exchange(Exchange, unsigned mask, unsigned long long value, int argument, int width, int line);

template <class Value> Value shuffle(Exchange kind, unsigned mask, Value value, int argument, int width, int line) {
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof value);
    bits = exchange(kind, mask, bits, argument, width, line);
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

}  // namespace cuda_emulator

/* Names that host code may use for variables of its own. */
static constexpr const uint3 &threadIdx = cuda_emulator::builtins.thread;
static constexpr const uint3 &blockIdx = cuda_emulator::builtins.block;
static constexpr const dim3 &blockDim = cuda_emulator::builtins.block_size;
static constexpr const dim3 &gridDim = cuda_emulator::builtins.grid_size;
constexpr int warpSize = 32;

inline void __syncthreads(int line = __builtin_LINE()) {
    cuda_emulator::barrier(cuda_emulator::Barrier::plain, 0, line);
}
inline int __syncthreads_count(int predicate, int line = __builtin_LINE()) {
    return cuda_emulator::barrier(cuda_emulator::Barrier::count, predicate, line);
}
inline int __syncthreads_and(int predicate, int line = __builtin_LINE()) {
    return cuda_emulator::barrier(cuda_emulator::Barrier::all, predicate, line);
}
inline int __syncthreads_or(int predicate, int line = __builtin_LINE()) {
    return cuda_emulator::barrier(cuda_emulator::Barrier::any, predicate, line);
}

void __threadfence();
void __threadfence_block();
void __threadfence_system();

inline void __syncwarp(unsigned mask = 0xffffffff, int line = __builtin_LINE()) {
    cuda_emulator::exchange(cuda_emulator::Exchange::sync, mask, 0, 0, warpSize, line);
}
inline unsigned __ballot_sync(unsigned mask, int predicate, int line = __builtin_LINE()) {
    return unsigned(cuda_emulator::exchange(cuda_emulator::Exchange::ballot, mask, predicate != 0, 0, warpSize, line));
}
inline int __any_sync(unsigned mask, int predicate, int line = __builtin_LINE()) {
    return __ballot_sync(mask, predicate, line) != 0;
}
inline int __all_sync(unsigned mask, int predicate, int line = __builtin_LINE()) {
    return __ballot_sync(mask, !predicate, line) == 0;
}
unsigned __activemask();

#define EMULATED_SHUFFLE(type, name, kind, argument_type)                                                      \
    inline type name(unsigned mask, type value, argument_type argument, int width = warpSize,                  \
                     int line = __builtin_LINE()) {                                                            \
        return cuda_emulator::shuffle(cuda_emulator::Exchange::kind, mask, value, int(argument), width, line); \
    }
#define EMULATED_SHUFFLES(type)                              \
    EMULATED_SHUFFLE(type, __shfl_sync, lane, int)           \
    EMULATED_SHUFFLE(type, __shfl_up_sync, up, unsigned)     \
    EMULATED_SHUFFLE(type, __shfl_down_sync, down, unsigned) \
    EMULATED_SHUFFLE(type, __shfl_xor_sync, exclusive_or, int)
EMULATED_SHUFFLES(int)
EMULATED_SHUFFLES(unsigned)
EMULATED_SHUFFLES(long)
EMULATED_SHUFFLES(unsigned long)
EMULATED_SHUFFLES(long long)
EMULATED_SHUFFLES(unsigned long long)
EMULATED_SHUFFLES(float)
EMULATED_SHUFFLES(double)
#undef EMULATED_SHUFFLES
#undef EMULATED_SHUFFLE

template <class Value> __forceinline__ Value __ldg(const Value *address) { return *address; }

long long clock64();
inline void __nanosleep(unsigned) {}
