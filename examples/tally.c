/* A program of ordinary C: it counts words, sorts them with a callback, multiplies matrices, recurses, interprets a
 * little stack language through a jump table and prints integers and doubles mixed. `make demo` translates it. */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 128, SIZE = 4 };

struct word {
    char text[24];
    unsigned count;
    double weight;
};

static const char TEXT[] =
    "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs "
    "over the hill to the river where the quick fish jump and the brown bear waits for the fish";

static struct word words[MAX_WORDS];
static size_t used;

static struct word *find(const char *text)
{
    for (size_t i = 0; i < used; i++)
        if (strcmp(words[i].text, text) == 0)
            return &words[i];
    if (used == MAX_WORDS)
        return NULL;
    struct word *fresh = &words[used++];
    strncpy(fresh->text, text, sizeof fresh->text - 1);
    return fresh;
}

static unsigned count_words(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    unsigned total = 0;

    if (!copy)
        return 0;
    strcpy(copy, text);
    for (char *token = strtok(copy, " "); token; token = strtok(NULL, " ")) {
        struct word *word = find(token);
        if (word) {
            word->count++;
            total++;
        }
    }
    free(copy);
    return total;
}

/* Called by the C library: translated code that native code calls back. */
static int more_frequent(const void *left, const void *right)
{
    const struct word *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->text, b->text);
}

static uint32_t checksum(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint32_t hash = 2166136261u;
    while (length--) {
        hash ^= *at++;
        hash *= 16777619u;
        hash = hash << 7 | hash >> 25;
    }
    return hash;
}

static void multiply(double out[SIZE][SIZE], double a[SIZE][SIZE], double b[SIZE][SIZE])
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            double sum = 0.0;
            for (int k = 0; k < SIZE; k++)
                sum += a[i][k] * b[k][j];
            out[i][j] = sum;
        }
}

static double trace_of_powers(int power)
{
    double base[SIZE][SIZE], result[SIZE][SIZE], next[SIZE][SIZE];

    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            base[i][j] = 1.0 / (i + j + 1);
            result[i][j] = i == j;
        }
    while (power-- > 0) {
        multiply(next, result, base);
        memcpy(result, next, sizeof result);
    }
    double trace = 0.0;
    for (int i = 0; i < SIZE; i++)
        trace += result[i][i];
    return trace;
}

static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n ? ackermann(m, n - 1) : 1);
}

/* Eight letters in a row: gcc makes this a jump table. */
static long interpret(const char *program, long *steps)
{
    long stack[16] = {0};
    int top = 0;

    for (*steps = 0; *program; program++, ++*steps) {
        if (isdigit((unsigned char)*program)) {
            stack[top++ & 15] = *program - '0';
            continue;
        }
        switch (*program) {
        case 'a': top--; stack[(top - 1) & 15] += stack[top & 15]; break;
        case 'b': top--; stack[(top - 1) & 15] -= stack[top & 15]; break;
        case 'c': top--; stack[(top - 1) & 15] *= stack[top & 15]; break;
        case 'd': stack[top & 15] = stack[(top - 1) & 15]; top++; break;
        case 'e': stack[(top - 1) & 15] = -stack[(top - 1) & 15]; break;
        case 'f': stack[(top - 1) & 15] <<= 3; break;
        case 'g': stack[(top - 1) & 15] >>= 1; break;
        case 'h': top--; if (stack[top & 15]) stack[(top - 1) & 15] /= stack[top & 15]; break;
        default: return -1;
        }
    }
    return stack[(top - 1) & 15];
}

/* Its own variadic function: arguments of both kinds, passed on to the library. */
static void report(const char *label, const char *format, ...)
{
    char line[160];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    printf("%-10s %s\n", label, line);
}

int main(void)
{
    unsigned total = count_words(TEXT);
    long steps;

    for (size_t i = 0; i < used; i++)
        words[i].weight = sqrt((double)words[i].count) / total;
    qsort(words, used, sizeof words[0], more_frequent);

    report("words", "%u in all, %zu different", total, used);
    for (size_t i = 0; i < 5; i++)
        printf("%2zu. %-8s %3u times, weight %.4f, share %5.2f%%, hash %08x\n", i + 1, words[i].text, words[i].count,
               words[i].weight, 100.0 * words[i].count / total, checksum(words[i].text, strlen(words[i].text)));

    for (int power = 0; power <= 6; power += 2)
        report("trace", "power %d: %.9f (%+.3e) %ld", power, trace_of_powers(power), trace_of_powers(power) - SIZE,
               lround(trace_of_powers(power) * 1000));
    report("ackermann", "A(2, 9) = %u, A(3, 4) = %u", ackermann(2, 9), ackermann(3, 4));

    static const char *const programs[] = {"12a3c", "9de7b2c", "5f3h", "77cdg4hx", "123456789aaaaaaaa"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        long value = interpret(programs[i], &steps);
        report("program", "%s = %ld after %ld steps", programs[i], value, steps);
    }
    return used == 21 ? 0 : 3;
}
