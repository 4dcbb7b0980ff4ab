/* SPDX-License-Identifier: 0BSD */
/* Walks printf and scanf formats to learn which arguments they take (C17 7.21.6, with glibc's extensions). */
#include "arguments.h"

#include <string.h>

enum kind { UNUSED, INTEGER, DOUBLE, LONG_DOUBLE, LONG_DOUBLE_POINTER };

struct walk {
    const void *format;
    size_t position;
    int wide;
    unsigned char *kinds;
    size_t bound;
    size_t next;
    size_t count;
};

/* A binary128 signalling NaN that no conversion produces: marks a long double that scanf did not store. */
static const uint64_t UNTOUCHED[2] = {0x7472616e7370696cULL, 0x7fff000000000001ULL};

static unsigned at(const void *format, size_t position, int wide)
{
    return wide ? ((const uint32_t *)format)[position] : ((const unsigned char *)format)[position];
}

static unsigned peek(const struct walk *walk)
{
    return at(walk->format, walk->position, walk->wide);
}

static int accept(struct walk *walk, unsigned c)
{
    if (peek(walk) != c)
        return 0;
    walk->position++;
    return 1;
}

static size_t number(struct walk *walk)
{
    size_t value = 0;
    while (peek(walk) >= '0' && peek(walk) <= '9')
        value = value * 10 + (at(walk->format, walk->position++, walk->wide) - '0');
    return value;
}

/* "3$" selects an argument; anything else is left where it is and gives 0. */
static size_t selector(struct walk *walk)
{
    size_t start = walk->position;
    size_t index = number(walk);
    if (index && accept(walk, '$'))
        return index;
    walk->position = start;
    return 0;
}

static void argument(struct walk *walk, size_t selected, enum kind kind)
{
    size_t index = selected ? selected - 1 : walk->next++;
    if (index >= walk->bound)
        return;
    walk->kinds[index] = kind;
    if (index >= walk->count)
        walk->count = index + 1;
}

static int one_of(unsigned c, const char *set)
{
    return c && c < 128 && strchr(set, (int)c) != NULL;
}

/* Length modifiers; only those for long double change how an argument is passed (glibc takes ll and q for L). */
static int is_long_double(struct walk *walk)
{
    int result = 0;
    unsigned previous = 0;
    while (one_of(peek(walk), "hlqLjzZtw")) {
        unsigned c = peek(walk);
        walk->position++;
        result |= c == 'L' || c == 'q' || (c == 'l' && previous == 'l');
        previous = c;
        if (c == 'w') {
            accept(walk, 'f');
            number(walk);
        }
    }
    return result;
}

static void star_or_number(struct walk *walk)
{
    if (accept(walk, '*')) {
        size_t selected = selector(walk);
        argument(walk, selected, INTEGER);
    } else {
        number(walk);
    }
}

static void print_conversion(struct walk *walk)
{
    size_t selected = selector(walk);
    while (one_of(peek(walk), "-+ #0'I"))
        walk->position++;
    star_or_number(walk);
    if (accept(walk, '.')) {
        accept(walk, '-');
        star_or_number(walk);
    }
    int long_double = is_long_double(walk);
    unsigned conversion = peek(walk);
    if (conversion)
        walk->position++;
    if (one_of(conversion, "aAeEfFgG"))
        argument(walk, selected, long_double ? LONG_DOUBLE : DOUBLE);
    else if (one_of(conversion, "diouxXbBcCsSpn"))
        argument(walk, selected, INTEGER);
}

static void skip_set(struct walk *walk)
{
    accept(walk, '^');
    accept(walk, ']');
    while (peek(walk) && !accept(walk, ']'))
        walk->position++;
}

static void scan_conversion(struct walk *walk)
{
    size_t selected = selector(walk);
    int suppressed = 0;
    while (one_of(peek(walk), "*'I")) {
        suppressed |= peek(walk) == '*';
        walk->position++;
    }
    number(walk);
    accept(walk, 'm');
    int long_double = is_long_double(walk);
    unsigned conversion = peek(walk);
    if (conversion)
        walk->position++;
    if (conversion == '[')
        skip_set(walk);
    if (suppressed || !one_of(conversion, "diouxXbBcCsSpnaAeEfFgG["))
        return;
    int stores_long_double = long_double && one_of(conversion, "aAeEfFgG");
    argument(walk, selected, stores_long_double ? LONG_DOUBLE_POINTER : INTEGER);
}

size_t __transpile_bound(const void *format, int how)
{
    size_t bound = 1;
    for (size_t i = 0; at(format, i, how & WIDE); i++) {
        unsigned c = at(format, i, how & WIDE);
        bound += c == '%' || c == '*';
    }
    return bound;
}

static char *next(struct x86_va_list *list, uint32_t *offset, uint32_t end, uint32_t step)
{
    char *slot;
    if (*offset < end) {
        slot = list->reg_save_area + *offset;
        *offset += step;
    } else {
        slot = list->overflow_arg_area;
        list->overflow_arg_area += 8;
    }
    return slot;
}

static uint64_t read64(const char *slot)
{
    uint64_t value;
    memcpy(&value, slot, sizeof value);
    return value;
}

uint64_t __transpile_next_integer(struct x86_va_list *list)
{
    return read64(next(list, &list->gp_offset, 48, 8));
}

/* x87 double-extended to binary128: same exponent; the integer bit becomes implicit (Intel SDM 1, 4.2.2). */
static void widen(uint64_t quad[2], const char *extended)
{
    uint64_t significand = read64(extended);
    uint16_t top;
    memcpy(&top, extended + 8, sizeof top);
    uint64_t fraction = significand << 1 >> 1;
    uint64_t exponent = top & 0x7fff;
    if (!(significand >> 63) && exponent) {
        /* An unnormal: every operation on it is invalid. */
        exponent = 0x7fff;
        fraction = 1ULL << 62;
    } else if (significand >> 63 && !exponent) {
        exponent = 1;
    }
    quad[0] = fraction << 49;
    quad[1] = (uint64_t)(top >> 15) << 63 | exponent << 48 | fraction >> 15;
}

/* Binary128 to x87, rounding to nearest even. */
static void narrow(unsigned char *extended, const uint64_t quad[2])
{
    uint64_t exponent = quad[1] >> 48 & 0x7fff;
    uint64_t significand = (quad[1] & 0xffffffffffffULL) << 15 | quad[0] >> 49;
    uint64_t rest = quad[0] << 15;
    if (exponent == 0x7fff) {
        significand |= (uint64_t)(rest != 0);
    } else {
        significand += rest > 1ULL << 63 || (rest == 1ULL << 63 && significand & 1);
        exponent += significand >> 63;
        significand &= ~0ULL >> 1;
    }
    if (exponent)
        significand |= 1ULL << 63;
    uint16_t top = (uint16_t)(quad[1] >> 63 << 15 | exponent);
    memcpy(extended, &significand, sizeof significand);
    memcpy(extended + 8, &top, sizeof top);
}

static void read_long_double(uint64_t quad[2], struct x86_va_list *list)
{
    list->overflow_arg_area += -(uintptr_t)list->overflow_arg_area & 15;
    widen(quad, list->overflow_arg_area);
    list->overflow_arg_area += 16;
}

static size_t learn(unsigned char *kinds, size_t bound, const void *format, int how)
{
    struct walk walk = {.format = format, .wide = how & WIDE, .kinds = kinds, .bound = bound};
    memset(kinds, UNUSED, bound);
    while (peek(&walk)) {
        if (!accept(&walk, '%'))
            walk.position++;
        else if (!accept(&walk, '%'))
            how & SCANF ? scan_conversion(&walk) : print_conversion(&walk);
    }
    return walk.count;
}

void __transpile_fill(uint64_t *slots, unsigned char *kinds, struct scanned *scanned, const void *format, int how,
                      struct x86_va_list *list)
{
    size_t count = learn(kinds, __transpile_bound(format, how), format, how);
    size_t slot = 0;
    for (size_t i = 0; i < count; i++) {
        if (kinds[i] == LONG_DOUBLE) {
            slot += slot & 1;
            read_long_double(slots + slot, list);
            slot += 2;
        } else if (kinds[i] == LONG_DOUBLE_POINTER) {
            scanned->target = (unsigned char *)__transpile_next_integer(list);
            memcpy(&scanned->value, UNTOUCHED, sizeof scanned->value);
            slots[slot++] = (uint64_t)&scanned++->value;
        } else if (kinds[i] == DOUBLE) {
            slots[slot++] = read64(next(list, &list->fp_offset, 176, 16));
        } else {
            slots[slot++] = __transpile_next_integer(list);
        }
    }
    scanned->target = NULL;
}

void __transpile_store_scanned(const struct scanned *scanned)
{
    for (; scanned->target; scanned++) {
        uint64_t quad[2];
        memcpy(quad, &scanned->value, sizeof quad);
        if (memcmp(quad, UNTOUCHED, sizeof quad))
            narrow(scanned->target, quad);
    }
}
