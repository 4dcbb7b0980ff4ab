/* Dense matrices in the shapes that numerical C comes in. */
#include <stdio.h>
#include <stdlib.h>

#define N 17
#define M (N + 4)
#define AT(a, i, j) ((a)[(i) * M + (j)])

static double global_a[N][M], global_b[M][N];

// plain triple loop over globals
static void multiply_globals(double c[N][N]) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0.0; /* accumulates one row */
            for (int k = 0; k < M; k++)
                sum += global_a[i][k] * global_b[k][j];
            c[i][j] = sum;
        }
}

/* variable length array parameters */
static void transpose(int n, int m, const double in[n][m], double out[restrict m][n]) {
#pragma omp parallel for collapse(2)
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < m; ++j)
            out[j][i] = in[i][j];
}

static double trace_flat(const double *restrict a, size_t n) {
    double t = 0;
    for (size_t i = 0; i < n; i++) t += AT(a, i, i);
    return t;
}

static void saxpy(int n, float alpha, const float *x, float *y, int step) {
    int i = 0;
    while (n-- > 0) {
        y[i] = alpha * x[i] + y[i];
        i += step;
    }
}

static void row_sums(double (*rows)[M], int n, double *sums) {
    double *p, *end;
    for (int i = 0; i < n; i++, sums++) {
        *sums = 0;
        for (p = rows[i], end = p + M; p != end; p++)
            *sums += *p;
    }
}

static void lower_solve(int n, double l[n][n], double *x) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) x[i] -= l[i][j] * x[j];
        x[i] /= l[i][i] != 0 ? l[i][i] : 1;
    }
}

int main(void) {
    double c[N][N], sums[N], *flat = malloc(sizeof(double[N][M]));
    double (*t)[N] = malloc(sizeof(double) * M * N);
    float x[30], y[30];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < M; j++) {
            global_a[i][j] = (i * 7 + j * 3) % 11 - 5;
            global_b[j][i] = (i + 1) / (j + 1.0);
            flat[i * M + j] = i - 0.5 * j;
        }
    multiply_globals(c);
    transpose(N, M, (const double (*)[M])global_a, t);
    row_sums(global_a, N, sums);
    for (int i = 0; i < 30; i++) x[i] = i * 0.25f, y[i] = 1;
    saxpy(10, 1.5f, x, y, 3);
    lower_solve(N, c, sums);
    double check = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) check += c[i][j] * (i ^ j) + t[j][i];
    printf("%.17g %.17g %.9g %.17g\n", check, trace_flat(flat, N), y[27], sums[N - 1]);
    free(flat);
    free(t);
    return 0;
}
