enum { A, C, G, U };

static int pairs(unsigned char x, unsigned char y)
{
    return x + y == A + U; /* also C + G */
}

static int larger(int x, int y)
{
    return x > y ? x : y;
}

/* Nussinov's RNA folding: best[i][j] is the largest number of base pairs that do not cross in bases i..j, with at least
 * `hairpin` bases between the two of a pair. best is n x n; below its diagonal it is zero. */
void nussinov(int n, int hairpin, const unsigned char *bases, int *best)
{
    for (int i = n - 1; i >= 0; i--) {
        for (int j = 0; j <= i; j++)
            best[i * n + j] = 0;

        for (int j = i + 1; j < n; j++) {
            int most = larger(best[(i + 1) * n + j], best[i * n + j - 1]);
            if (j - i > hairpin)
                most = larger(most, best[(i + 1) * n + j - 1] + pairs(bases[i], bases[j]));
            for (int k = i + 1; k < j; k++)
                most = larger(most, best[i * n + k] + best[(k + 1) * n + j]);
            best[i * n + j] = most;
        }
    }
}
