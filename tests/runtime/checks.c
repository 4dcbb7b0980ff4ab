/* SPDX-License-Identifier: 0BSD */
/* Calls the runtime as translated code would and says which claims do not hold. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

typedef uint64_t u64;

extern u64 x86_call(void *function, const u64 *integers, const double *doubles, const u64 *stack, size_t stacked);

static int failures;

#define CHECK(condition)                                             \
    do {                                                             \
        if (!(condition)) {                                          \
            printf("line %d: %s\n", __LINE__, #condition);           \
            failures++;                                              \
        }                                                            \
    } while (0)

#define IS(text, wanted)                                                          \
    do {                                                                          \
        if (strcmp(text, wanted)) {                                               \
            printf("line %d: \"%s\", not \"%s\"\n", __LINE__, text, wanted);      \
            failures++;                                                           \
        }                                                                         \
    } while (0)

#define P(x) ((u64)(uintptr_t)(x))
#define INT(x) ((u64)(uint32_t)(x))
#define REGISTERS(...) ((u64[6]){__VA_ARGS__})
#define FLOATS(...) ((double[8]){__VA_ARGS__})
#define STACK(...) ((u64[]){__VA_ARGS__}), sizeof((u64[]){__VA_ARGS__}) / 8
#define NOTHING NULL, 0

#define RUNTIME(name) extern char __transpile_##name[]
RUNTIME(snprintf); RUNTIME(sprintf); RUNTIME(__snprintf_chk); RUNTIME(asprintf); RUNTIME(sscanf); RUNTIME(swprintf);
RUNTIME(vsnprintf); RUNTIME(printf); RUNTIME(dprintf); RUNTIME(qsort); RUNTIME(bsearch); RUNTIME(tsearch);
RUNTIME(_setjmp); RUNTIME(setjmp); RUNTIME(longjmp); RUNTIME(stat); RUNTIME(open); RUNTIME(scandir); RUNTIME(execl);
RUNTIME(pthread_mutex_init); RUNTIME(fcntl); RUNTIME(syscall); RUNTIME(vsscanf); RUNTIME(lfind);

static const double NONE[8];
static char out[512];

static u64 bits(double value)
{
    u64 result;
    memcpy(&result, &value, 8);
    return result;
}

static void prints(void)
{
    u64 length = x86_call(__transpile_snprintf, REGISTERS(P(out), 512, P("%d %s %.3f %c|%ld"), INT(-5), P("abc"), 'x'),
                          FLOATS(3.14159), STACK(-7));
    IS(out, "-5 abc 3.142 x|-7");
    CHECK(length == 17);

    x86_call(__transpile_snprintf,
             REGISTERS(P(out), 512, P("%g %g %g %g %g %g %g %g %g %d %d %d %d %g %d"), INT(1), INT(2), INT(3)),
             FLOATS(1, 2, 3, 4, 5, 6, 7, 8), STACK(bits(9), INT(4), bits(10), INT(-6)));
    IS(out, "1 2 3 4 5 6 7 8 9 1 2 3 4 10 -6");

    x86_call(__transpile_sprintf, REGISTERS(P(out), P("%*d|%-*s|%.*f|%%|%5%"), INT(6), INT(42), INT(5), P("ab")),
             FLOATS(2.71828), STACK(INT(2)));
    IS(out, "    42|ab   |2.72|%|%");

    x86_call(__transpile_sprintf, REGISTERS(P(out), P("%3$s %1$d %2$.1f %1$*4$d"), INT(7), P("three"), INT(4)),
             FLOATS(2.25), NOTHING);
    IS(out, "three 7 2.2    7");

    x86_call(__transpile_sprintf, REGISTERS(P(out), P("%hhd %hd %lld %zu %jx %td %p %lc"), 0x1ff, 0x18000, -1, 9),
             NONE, STACK(0xabc, -3, 0x10, 'w'));
    IS(out, "-1 -32768 -1 9 abc -3 0x10 w");

    /* 1.5L and -2L as x87 stores them; the first eightbyte of the stack is an integer, then padding. */
    x86_call(__transpile_sprintf, REGISTERS(P(out), P("%d %d %d %d %d %Lf %d %Lg"), 1, 2, 3, 4), NONE,
             STACK(5, 0, 0xc000000000000000, 0x3fff, 6, 0, 0x8000000000000000, 0xc000));
    IS(out, "1 2 3 4 5 1.500000 6 -2");

    /* 1 + 2^-63, all of whose significand counts. */
    x86_call(__transpile_sprintf, REGISTERS(P(out), P("%.25Lf")), NONE, STACK(0x8000000000000001, 0x3fff));
    IS(out, "1.0000000000000000001084202");

    int stored = 0;
    x86_call(__transpile_sprintf, REGISTERS(P(out), P("abc%n%d"), P(&stored), 9), NONE, NOTHING);
    CHECK(stored == 3);
    x86_call(__transpile___snprintf_chk, REGISTERS(P(out), 512, 1, 512, P("%s %d"), P("checked")), NONE, STACK(8));
    IS(out, "checked 8");

    char *made = NULL;
    x86_call(__transpile_asprintf, REGISTERS(P(&made), P("%a %e"), 0), FLOATS(1.0, 12345.678), NOTHING);
    IS(made, "0x1p+0 1.234568e+04");
    free(made);

    wchar_t wide[64];
    x86_call(__transpile_swprintf, REGISTERS(P(wide), 64, P(L"%ls %d %.1f"), P(L"wide"), INT(-1)), FLOATS(0.5), NOTHING);
    CHECK(wcscmp(wide, L"wide -1 0.5") == 0);
}

static void lists(void)
{
    struct {
        uint32_t gp_offset, fp_offset;
        void *overflow, *saved;
    } list;
    u64 saved[22] = {0, 0, 0, 0, INT(-4), P("five"), bits(0.25), 0, bits(0.5)};
    u64 overflow[] = {INT(6), bits(9.0)};
    list.gp_offset = 32, list.fp_offset = 48, list.overflow = overflow, list.saved = saved;
    x86_call(__transpile_vsnprintf, REGISTERS(P(out), 512, P("%d %s %d %.2f %.1f"), P(&list)), NONE, NOTHING);
    IS(out, "-4 five 6 0.25 0.5");
    CHECK(list.gp_offset == 48 && list.fp_offset == 80 && list.overflow == overflow + 1);
}

static void scans(void)
{
    int a = 0, b = 0;
    double d = 0;
    char word[16] = "", set[16] = "";
    unsigned char extended[16] = {0};
    u64 assigned = x86_call(__transpile_sscanf,
                            REGISTERS(P("12 skip abc 2.5 [x]yz 7 1.5"), P("%d %*s %15s %lf %15[]x[]yz %d %Lf"), P(&a),
                                      P(word), P(&d), P(set)),
                            NONE, STACK(P(&b), P(extended)));
    CHECK(assigned == 6);
    CHECK(a == 12 && b == 7 && d == 2.5);
    IS(word, "abc");
    IS(set, "[x]");
    CHECK(memcmp(extended, "\0\0\0\0\0\0\0\xc0\xff\x3f", 10) == 0);
    x86_call(__transpile_sscanf, REGISTERS(P("-0.1"), P("%Lg"), P(extended)), NONE, NOTHING);
    CHECK(memcmp(extended, "\xcd\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xfb\xbf", 10) == 0);
    char *allocated = NULL;
    x86_call(__transpile_sscanf, REGISTERS(P("word 3"), P("%ms %d"), P(&allocated), P(&a)), NONE, NOTHING);
    IS(allocated, "word");
    CHECK(a == 3);
    free(allocated);
}

/* A translated comparator: eax is right, the upper half is zero. */
static u64 by_value(const int *a, const int *b)
{
    return (uint32_t)(*a < *b ? -1 : *a > *b);
}

static u64 by_value_sorting(const int *a, const int *b)
{
    int inner[] = {2, 1};
    x86_call(__transpile_qsort, REGISTERS(P(inner), 2, 4, P(by_value)), NONE, NOTHING);
    int key = 2;
    CHECK(x86_call(__transpile_bsearch, REGISTERS(P(&key), P(inner), 2, 4, P(by_value)), NONE, NOTHING) == P(inner + 1));
    return by_value(a, b);
}

static u64 not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static u64 by_name(const struct dirent **a, const struct dirent **b)
{
    return (uint32_t)strcmp((*a)->d_name, (*b)->d_name);
}

static void callbacks(void)
{
    int numbers[] = {5, -3, 9, 0, 7, -8, 2};
    x86_call(__transpile_qsort, REGISTERS(P(numbers), 7, 4, P(by_value_sorting)), NONE, NOTHING);
    for (int i = 1; i < 7; i++)
        CHECK(numbers[i - 1] <= numbers[i]);
    int key = 7;
    u64 found = x86_call(__transpile_bsearch, REGISTERS(P(&key), P(numbers), 7, 4, P(by_value_sorting)), NONE, NOTHING);
    CHECK(found == P(numbers + 5));
    size_t count = 7;
    CHECK(x86_call(__transpile_lfind, REGISTERS(P(&key), P(numbers), P(&count), 4, P(by_value)), NONE, NOTHING) == found);
    void *root = NULL;
    for (int i = 0; i < 7; i++)
        x86_call(__transpile_tsearch, REGISTERS(P(&numbers[i]), P(&root), P(by_value)), NONE, NOTHING);
    u64 node = x86_call(__transpile_tsearch, REGISTERS(P(&key), P(&root), P(by_value)), NONE, NOTHING);
    CHECK(**(int **)node == 7 && *(int **)node == numbers + 5);
    struct dirent **names;
    int entries = (int)x86_call(__transpile_scandir, REGISTERS(P("/"), P(&names), P(not_hidden), P(by_name)), NONE,
                                NOTHING);
    CHECK(entries > 2);
    for (int i = 1; i < entries; i++)
        CHECK(strcmp(names[i - 1]->d_name, names[i]->d_name) < 0);
}

static void files(void)
{
    unsigned char status[144 + 8];
    memset(status, 0xee, sizeof status);
    CHECK(x86_call(__transpile_stat, REGISTERS(P("/"), P(status)), NONE, NOTHING) == 0);
    struct stat native;
    stat("/", &native);
    CHECK(*(u64 *)(status + 16) == native.st_nlink);
    CHECK(*(uint32_t *)(status + 24) == native.st_mode);
    CHECK(*(u64 *)(status + 48) == (u64)native.st_size);
    CHECK(*(u64 *)(status + 88) == (u64)native.st_mtim.tv_sec);
    CHECK(status[143] == 0 && status[144] == 0xee);
    /* x86-64's O_DIRECTORY and O_CLOEXEC. */
    int fd = (int)x86_call(__transpile_open, REGISTERS(P("/"), 0200000 | 02000000), NONE, NOTHING);
    CHECK(fd >= 0);
    CHECK((x86_call(__transpile_fcntl, REGISTERS(INT(fd), F_GETFL), NONE, NOTHING) & 0200000) != 0);
    close(fd);
    CHECK((int)x86_call(__transpile_open, REGISTERS(P("/dev/null"), 0200000), NONE, NOTHING) == -1);
    unsigned char mutex[48];
    memset(mutex, 0xee, sizeof mutex);
    CHECK(x86_call(__transpile_pthread_mutex_init, REGISTERS(P(mutex), 0), NONE, NOTHING) == 0);
    CHECK(mutex[39] == 0 && mutex[40] == 0xee);
    CHECK((pid_t)x86_call(__transpile_syscall, REGISTERS(39), NONE, NOTHING) == getpid());
}

extern int x86_jump_test(void *setjmp, void *longjmp, void *buffer, long value);

static void jumps(void)
{
    unsigned char buffer[208];
    memset(buffer, 0xee, sizeof buffer);
    CHECK(x86_jump_test(__transpile__setjmp, __transpile_longjmp, buffer, 42) == 42);
    CHECK(x86_jump_test(__transpile_setjmp, __transpile_longjmp, buffer, 0) == 1);
    CHECK(x86_jump_test(__transpile_setjmp, __transpile_longjmp, buffer, 0xffffffff) == -1);
    for (int i = 200; i < 208; i++)
        CHECK(buffer[i] == 0xee);
}

int main(void)
{
    prints();
    lists();
    scans();
    callbacks();
    files();
    jumps();
    CHECK(x86_call(__transpile_printf, REGISTERS(P("%s %d %.1f\n"), P("direct"), INT(-1)), FLOATS(1.5), NOTHING) == 14);
    fflush(stdout);
    if (failures)
        return 1;
    x86_call(__transpile_execl, REGISTERS(P("/bin/echo"), P("echo"), P("a"), P("b"), P("c"), P("d")), NONE,
             STACK(P("e"), 0));
    return 2;
}
