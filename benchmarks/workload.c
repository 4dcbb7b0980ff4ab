/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed program with a little of everything: hashing, sorting, strings, bits, recursion, matrices, switch tables and
 * floating point. Prints checksums only. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252ULL;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint32_t crc32(const unsigned char *bytes, size_t size)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

struct entry {
    char key[12];
    int count;
    struct entry *next;
};

static struct entry *buckets[64];

static struct entry *lookup(const char *key)
{
    unsigned hash = 2166136261u;
    for (const char *c = key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    struct entry **place = &buckets[hash % 64];
    for (; *place; place = &(*place)->next)
        if (!strcmp((*place)->key, key))
            return *place;
    *place = calloc(1, sizeof **place);
    strcpy((*place)->key, key);
    return *place;
}

static void words(void)
{
    char key[12];
    for (int i = 0; i < 2000; i++) {
        int length = 0;
        for (uint64_t r = next() % 400; r; r /= 7)
            key[length++] = (char)('a' + r % 7);
        key[length] = 0;
        lookup(key)->count++;
    }
    int distinct = 0, most = 0;
    for (int i = 0; i < 64; i++)
        for (struct entry *e = buckets[i]; e; e = e->next, distinct++)
            if (e->count > most)
                most = e->count;
    printf("words %d %d\n", distinct, most);
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return x < y ? -1 : x > y;
}

static void quicksort(int *a, int low, int high)
{
    if (low >= high)
        return;
    int pivot = a[(low + high) / 2], i = low, j = high;
    while (i <= j) {
        while (a[i] < pivot)
            i++;
        while (a[j] > pivot)
            j--;
        if (i <= j) {
            int t = a[i];
            a[i++] = a[j];
            a[j--] = t;
        }
    }
    quicksort(a, low, j);
    quicksort(a, i, high);
}

static void sorts(void)
{
    static int a[3000], b[3000];
    for (int i = 0; i < 3000; i++)
        a[i] = b[i] = (int)next();
    quicksort(a, 0, 2999);
    qsort(b, 3000, sizeof *b, by_value);
    printf("sort %d %08x\n", memcmp(a, b, sizeof a), crc32((unsigned char *)a, sizeof a));
}

static int run(const unsigned char *code, int size)
{
    long stack[16] = {0};
    int top = 0;
    for (int i = 0; i < size; i++) {
        switch (code[i] % 9) {
        case 0: stack[top] = i; top = (top + 1) & 15; break;
        case 1: stack[top] += stack[(top - 1) & 15]; break;
        case 2: stack[top] -= stack[(top - 2) & 15]; break;
        case 3: stack[top] *= 31; break;
        case 4: stack[top] /= 3; break;
        case 5: stack[top] ^= stack[(top + 3) & 15] << 5; break;
        case 6: top = (top - 1) & 15; break;
        case 7: stack[top] = (long)((unsigned long)stack[top] >> 3); break;
        default: stack[top] %= 1000003; break;
        }
    }
    return (int)(stack[top] ^ stack[0]);
}

static void interpreter(void)
{
    static unsigned char code[20000];
    for (int i = 0; i < 20000; i++)
        code[i] = (unsigned char)(next() >> 24);
    printf("run %d\n", run(code, sizeof code));
}

static void matrices(void)
{
    enum { N = 24 };
    static double a[N][N], b[N][N], c[N][N];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (double)(next() % 1000) / 7;
            b[i][j] = (float)(i - j) * 0.5f;
        }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            for (int k = 0; k < N; k++)
                c[i][j] += a[i][k] * b[k][j];
    double trace = 0;
    for (int i = 0; i < N; i++)
        trace += c[i][i] > 0 ? c[i][i] : -c[i][i];
    printf("trace %.6f %d\n", trace, (int)trace);
}

static int queens(int size, int row, unsigned columns, unsigned left, unsigned right)
{
    if (row == size)
        return 1;
    int found = 0;
    for (unsigned free = ~(columns | left | right) & ((1u << size) - 1); free; free &= free - 1) {
        unsigned bit = free & -free;
        found += queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}

static uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus)
{
    uint64_t result = 1;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = (unsigned __int128)result * base % modulus;
        base = (unsigned __int128)base * base % modulus;
    }
    return result;
}

int main(void)
{
    words();
    sorts();
    interpreter();
    matrices();
    printf("queens %d\n", queens(7, 0, 0, 0, 0));
    printf("power %llu\n", (unsigned long long)power(3, 1000000006, 1000000007));
    return (int)(next() & 63);
}
