/* Functions of x86's immintrin.h on integers, in C for other processors: those that SIMDe does not have.
   Written by transpile, which tests each against the instruction. */
#ifndef TRANSPILE_INTEGER_INTRINSICS_H
#define TRANSPILE_INTEGER_INTRINSICS_H

#define TRANSPILE_INLINE static __inline__ __attribute__((__unused__))

TRANSPILE_INLINE unsigned long long transpile_pext(unsigned long long value, unsigned long long mask)
{
    unsigned long long found = 0, bit = 1;
    for (; mask; mask &= mask - 1, bit <<= 1)
        if (value & mask & (0 - mask))
            found |= bit;
    return found;
}

TRANSPILE_INLINE unsigned long long transpile_pdep(unsigned long long value, unsigned long long mask)
{
    unsigned long long found = 0;
    for (; mask; mask &= mask - 1, value >>= 1)
        if (value & 1)
            found |= mask & (0 - mask);
    return found;
}

TRANSPILE_INLINE unsigned long long transpile_bextr(unsigned long long value, unsigned start, unsigned length)
{
    value = start < 64 ? value >> start : 0;
    return length < 64 ? value & ((1ull << length) - 1) : value;
}

#define TRANSPILE_OF_BOTH_WIDTHS(bits, type) \
    TRANSPILE_INLINE type _pext_u##bits(type value, type mask) { return (type)transpile_pext(value, mask); } \
    TRANSPILE_INLINE type _pdep_u##bits(type value, type mask) { return (type)transpile_pdep(value, mask); } \
    TRANSPILE_INLINE type _bzhi_u##bits(type value, unsigned length) \
    { \
        return (type)transpile_bextr(value, 0, length & 255); \
    } \
    TRANSPILE_INLINE type _bextr_u##bits(type value, unsigned start, unsigned length) \
    { \
        return (type)transpile_bextr(value, start & 255, length & 255); \
    } \
    TRANSPILE_INLINE type _blsr_u##bits(type value) { return value & (value - 1); } \
    TRANSPILE_INLINE type _blsi_u##bits(type value) { return value & (0 - value); } \
    TRANSPILE_INLINE type _blsmsk_u##bits(type value) { return value ^ (value - 1); } \
    TRANSPILE_INLINE unsigned char _addcarry_u##bits(unsigned char carry, type a, type b, type *sum) \
    { \
        type first = a + b; \
        *sum = first + (carry != 0); \
        return first < a || *sum < first; \
    } \
    TRANSPILE_INLINE unsigned char _subborrow_u##bits(unsigned char borrow, type a, type b, type *difference) \
    { \
        type first = a - b; \
        *difference = first - (borrow != 0); \
        return a < b || first < (type)(borrow != 0); \
    }

TRANSPILE_OF_BOTH_WIDTHS(32, unsigned)
TRANSPILE_OF_BOTH_WIDTHS(64, unsigned long long)

#define _addcarryx_u32 _addcarry_u32
#define _addcarryx_u64 _addcarry_u64

TRANSPILE_INLINE unsigned _tzcnt_u32(unsigned value) { return value ? (unsigned)__builtin_ctz(value) : 32; }
TRANSPILE_INLINE unsigned _lzcnt_u32(unsigned value) { return value ? (unsigned)__builtin_clz(value) : 32; }

TRANSPILE_INLINE unsigned long long _tzcnt_u64(unsigned long long value)
{
    return value ? (unsigned long long)__builtin_ctzll(value) : 64;
}

TRANSPILE_INLINE unsigned long long _lzcnt_u64(unsigned long long value)
{
    return value ? (unsigned long long)__builtin_clzll(value) : 64;
}

TRANSPILE_INLINE unsigned long long _mulx_u64(unsigned long long a, unsigned long long b, unsigned long long *high)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    *high = (unsigned long long)(product >> 64);
    return (unsigned long long)product;
}

#endif
