/* Callbacks from the C library, setjmp and longjmp, function pointers, static initialisers with relocations. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}
static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

typedef long operation(long, long);
static long plus(long a, long b) { return a + b; }
static long minus(long a, long b) { return a - b; }
static long times(long a, long b) { return a * b; }
static const struct { const char *name; operation *run; } TABLE[] = {{"plus", plus}, {"minus", minus}, {"times", times}};
static int numbers[6] = {5, 3, 9, 1, 7, -2};
static int *const last = &numbers[5];
static int *middle[] = {numbers + 2, &numbers[3], 0};
static char *words[] = {"pear", "apple", "fig"};

static jmp_buf back;
__attribute__((noipa)) static void deeper(int n)
{
    if (n == 0) longjmp(back, 42);
    deeper(n - 1);
}
__attribute__((noipa)) static int caught(int n)
{
    volatile int kept = n * 3;
    int code = setjmp(back);
    if (code == 0) {
        kept++;
        deeper(n);
    }
    return code + kept;
}
static void at_end(void) { puts("at end"); }

int main(void)
{
    atexit(at_end);
    for (unsigned i = 0; i < sizeof TABLE / sizeof *TABLE; i++) printf("%s %ld\n", TABLE[i].name, TABLE[i].run(7, 5));
    printf("%d %d %d\n", *last, *middle[0], *middle[1]);
    qsort(numbers, 6, sizeof *numbers, by_value);
    qsort(words, 3, sizeof *words, by_text);
    int key = 7, *found = bsearch(&key, numbers, 6, sizeof *numbers, by_value);
    printf("%d %d %ld %s %s %s\n", numbers[0], numbers[5], (long)(found - numbers), words[0], words[1], words[2]);
    printf("%d %d\n", caught(5), caught(1));
    return 3;
}
