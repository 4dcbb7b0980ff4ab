/* Statements of every kind, and expressions with effects. */
#include <setjmp.h>
#include <stdio.h>

static int depth;
static jmp_buf home;
typedef int (*step_t)(int);

static int triple(int x) { return 3 * x + 1; }
static int half(int x) { return x / 2; }

static int collatz(int n) {
    static const step_t steps[2] = {half, triple};
    int count = 0;
    for (; n != 1; count++) n = steps[n & 1](n);
    return count;
}

static int classify(int n) {
    int r = 0;
    switch (n % 7) {
    case 0:
        r = 100;
        break;
    case 1:
    case 2:
        r += 10; // falls through
    case 3: {
        int twice = r * 2;
        r = twice + 1;
        break;
    }
    default:
        if (n < 0) return -1;
        r = n;
    }
    return r;
}

static int search(int a[3][4], int wanted) {
    int i, j;
    for (i = 0; i < 3; i++)
        for (j = 0; j < 4; j++)
            if (a[i][j] == wanted) goto found;
    return -1;
found:
    return i * 4 + j;
}

static int dangling(int a, int b) {
    int r = 0;
    if (a)
        for (int i = 0; i < 2; i++)
            if (b) r += 1;
            else r += 10;
    else if (b) {
        if (b > 1) r = 5;
    } else
        r = 7;
    if (a) {
        if (b) r++;
    } else
        r--;
    return r;
}

static long effects(int n) {
    long total = 0;
    int x = n, *p = &x, y;
    do {
        total += (*p)++ * 2, --*p, *p -= 1;
        y = x > 3 ? (x = x - 1, x * x) : -x;
        total ^= y << (x & 3) | ~y % 5;
    } while (x > 0 && total < 1L << 40);
    y = x = 4;
    total += y + -(-x) - - y + + x;
    total -= (unsigned char)(x + 300) + (x && y || !x) + (x & y | x ^ 3) + (1 ? 2 : 3 ? 4 : 5);
    return total + sizeof x * sizeof(int[3]) + (x, y);
}

static void fall(int n) {
    depth++;
    if (n == 0) longjmp(home, 7);
    fall(n - 1);
}

static int shadow(int x) {
    int y = x;
    {
        int x = y + 1;
        for (int y = x; y < x + 2; y++) x += 0 * y;
        y += x;
    }
    return x + y;
}

int main(void) {
    int grid[3][4] = {{1, 2}, [2] = {9, 8, 7, 6}};
    int sum = 0;
    for (int i = -3; i < 12; i++) sum = sum * 3 + classify(i);
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 3; b++) sum += dangling(a, b) * (a + 2 * b);
    int jumped = setjmp(home);
    if (!jumped) fall(5);
    printf("%d %d %d %d %ld %d %d %d\n", collatz(27), sum, search(grid, 7), search(grid, 99), effects(9), depth, jumped,
           shadow(3));
    return 0;
}
