/* Sparse matrices and graphs: subscripts that are data. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int index_t;
typedef double real;

typedef struct csr {
    index_t rows;
    index_t *start, *column; // start has rows + 1 entries
    real *value;
} csr;

static void multiply(const csr *a, const real *x, real *y) {
    for (index_t i = 0; i < a->rows; i++) {
        real sum = 0;
        for (index_t k = a->start[i]; k < a->start[i + 1]; k++)
            sum += a->value[k] * x[a->column[k]];
        y[i] = sum;
    }
}

static csr *banded(index_t rows, int width) {
    csr *a = malloc(sizeof *a);
    assert(a && rows > 0);
    a->rows = rows;
    a->start = calloc(rows + 1, sizeof *a->start);
    a->column = malloc(rows * (2 * width + 1) * sizeof(index_t));
    a->value = malloc(rows * (2 * width + 1) * sizeof(real));
    int n = 0;
    for (index_t i = 0; i < rows; i++) {
        for (int d = -width; d <= width; d++) {
            if (i + d < 0 || i + d >= rows) continue;
            a->column[n] = i + d;
            a->value[n++] = d ? -1.0 / d : 4;
        }
        a->start[i + 1] = n;
    }
    return a;
}

static int reach(const csr *a, index_t from, char *seen) {
    index_t *queue = malloc(a->rows * sizeof(index_t)), head = 0, tail = 0;
    memset(seen, 0, a->rows);
    queue[tail++] = from, seen[from] = 1;
    while (head < tail) {
        index_t at = queue[head++];
        for (index_t k = a->start[at]; k < a->start[at + 1]; k += 2) {
            index_t to = a->column[k];
            if (seen[to]) continue;
            seen[to] = 1;
            queue[tail++] = to;
        }
    }
    free(queue);
    return tail;
}

static void scatter(real *out, const index_t *where, const real *what, int n) {
    int i;
    for (i = 0; i < n; i += 1) out[where[i]] += what[i];
}

int main(void) {
    csr *a = banded(50, 3);
    real x[50], y[50] = {0};
    char seen[50];
    for (int i = 0; i < 50; i++) x[i] = i % 7 - 2.5;
    multiply(a, x, y);
    scatter(y, a->column + 10, x, 20);
    double sum = 0;
    for (int i = 49; i >= 0; --i) sum = sum * 0.9 + y[i];
    printf("%.17g %d\n", sum, reach(a, 7, seen));
    free(a->start), free(a->column), free(a->value);
    free(a);
}
