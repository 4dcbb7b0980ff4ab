/* SPDX-License-Identifier: 0BSD */
/* The x86-64 va_list (System V psABI 3.5.7), and how it becomes the target's.
 *
 * Translated code passes an int in the low half of a register whose upper half is anything, so every int parameter
 * of a function here is declared long and narrowed by a cast. */
#ifndef TRANSPILE_ARGUMENTS_H
#define TRANSPILE_ARGUMENTS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct x86_va_list {
    uint32_t gp_offset;
    uint32_t fp_offset;
    char *overflow_arg_area;
    char *reg_save_area;
};

enum { PRINTF = 0, SCANF = 1, WIDE = 2 };

/* A long double that scanf stores for the caller, who expects the x87 format. */
struct scanned {
    long double value;
    unsigned char *target;
};

uint64_t __transpile_next_integer(struct x86_va_list *list);

/* An upper bound on the number of arguments that `format` takes. */
size_t __transpile_bound(const void *format, int how);

/* Reads from `list` the arguments that `format` takes into `slots`, laid out as the target passes them in memory. */
void __transpile_fill(uint64_t *slots, unsigned char *kinds, struct scanned *scanned, const void *format, int how,
                      struct x86_va_list *list);

/* Stores the long doubles that were read; ends with an entry whose target is null. */
void __transpile_store_scanned(const struct scanned *scanned);

/* Both targets take unnamed arguments from 8-byte slots in order once their argument registers are used up;
 * RISC-V always does (its va_list is a pointer). */
static inline void transpile_start(va_list *native, uint64_t *slots)
{
#if defined(__riscv)
    *native = (void *)slots;
#elif defined(__aarch64__)
    native->__stack = slots;
    native->__gr_top = native->__vr_top = slots;
    native->__gr_offs = native->__vr_offs = 0;
#else
#error "no such target"
#endif
}

/* Declares `native`, a target va_list with the arguments that `format` takes from the x86 `list`. */
#define NATIVE_LIST(format, how)                                                          \
    size_t bound = __transpile_bound(format, how);                                        \
    unsigned char kinds[bound];                                                           \
    __attribute__((aligned(16))) uint64_t slots[2 * bound];                               \
    struct scanned scanned[(how) & SCANF ? bound : 1];                                    \
    __transpile_fill(slots, kinds, scanned, format, how, list);                           \
    va_list native;                                                                       \
    transpile_start(&native, slots)

#endif
