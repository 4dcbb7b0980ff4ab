/* The functions that -fsanitize=thread calls, and those of the C library that move bytes. */
#include "machine.h"

using namespace cuda_emulator;

namespace {

void check(void *at, size_t bytes, Access access, const void *caller) {
    check_access(reinterpret_cast<uintptr_t>(at), bytes, access, caller);
}

void check_range(const void *at, size_t bytes, Access access, const void *caller) {
    if (bytes) check(const_cast<void *>(at), bytes, access, caller);
}

}  // namespace

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit() {}

#define HOOKS(bytes)                                                                        \
    void __tsan_read##bytes(void *at) { check(at, bytes, Access::read, CALLER); }           \
    void __tsan_write##bytes(void *at) { check(at, bytes, Access::write, CALLER); }         \
    void __tsan_unaligned_read##bytes(void *at) { check(at, bytes, Access::read, CALLER); } \
    void __tsan_unaligned_write##bytes(void *at) { check(at, bytes, Access::write, CALLER); }
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)

void __tsan_read_range(void *at, size_t bytes) { check_range(at, bytes, Access::read, CALLER); }
void __tsan_write_range(void *at, size_t bytes) { check_range(at, bytes, Access::write, CALLER); }
void __tsan_vptr_read(void **) {}
void __tsan_vptr_update(void **, void *) {}

#define ATOMIC_UPDATE(type, bits, name)                                      \
    type __tsan_atomic##bits##_##name(volatile type *at, type value, int) {  \
        check(const_cast<type *>(at), sizeof(type), Access::atomic, CALLER); \
        return __atomic_##name(at, value, __ATOMIC_SEQ_CST);                 \
    }
#define ATOMIC_EXCHANGE(type, bits, strength, weak)                                                                  \
    int __tsan_atomic##bits##_compare_exchange_##strength(volatile type *at, type *expected, type value, int, int) { \
        check(const_cast<type *>(at), sizeof(type), Access::atomic, CALLER);                                         \
        return __atomic_compare_exchange_n(at, expected, value, weak, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);           \
    }
#define ATOMICS(type, bits)                                                   \
    type __tsan_atomic##bits##_load(const volatile type *at, int) {           \
        check(const_cast<type *>(at), sizeof(type), Access::read, CALLER);    \
        return __atomic_load_n(at, __ATOMIC_SEQ_CST);                         \
    }                                                                         \
    void __tsan_atomic##bits##_store(volatile type *at, type value, int) {    \
        check(const_cast<type *>(at), sizeof(type), Access::atomic, CALLER);  \
        __atomic_store_n(at, value, __ATOMIC_SEQ_CST);                        \
    }                                                                         \
    type __tsan_atomic##bits##_exchange(volatile type *at, type value, int) { \
        check(const_cast<type *>(at), sizeof(type), Access::atomic, CALLER);  \
        return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);              \
    }                                                                         \
    ATOMIC_UPDATE(type, bits, fetch_add)                                      \
    ATOMIC_UPDATE(type, bits, fetch_sub)                                      \
    ATOMIC_UPDATE(type, bits, fetch_and)                                      \
    ATOMIC_UPDATE(type, bits, fetch_or)                                       \
    ATOMIC_UPDATE(type, bits, fetch_xor)                                      \
    ATOMIC_UPDATE(type, bits, fetch_nand)                                     \
    ATOMIC_EXCHANGE(type, bits, strong, false)                                \
    ATOMIC_EXCHANGE(type, bits, weak, true)
ATOMICS(unsigned char, 8)
ATOMICS(unsigned short, 16)
ATOMICS(unsigned int, 32)
ATOMICS(unsigned long, 64)
void __tsan_atomic_thread_fence(int) {}
void __tsan_atomic_signal_fence(int) {}

void *__wrap_memcpy(void *to, const void *from, size_t bytes) {
    check_range(from, bytes, Access::read, CALLER);
    check_range(to, bytes, Access::write, CALLER);
    return __real_memcpy(to, from, bytes);
}

void *__wrap_memmove(void *to, const void *from, size_t bytes) {
    check_range(from, bytes, Access::read, CALLER);
    check_range(to, bytes, Access::write, CALLER);
    return __real_memmove(to, from, bytes);
}

void *__wrap_memset(void *to, int value, size_t bytes) {
    check_range(to, bytes, Access::write, CALLER);
    return __real_memset(to, value, bytes);
}

}  // extern "C"
