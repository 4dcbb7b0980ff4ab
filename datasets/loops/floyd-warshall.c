/* All shortest paths: d[i][j], not negative, is the length of the edge from i to j and becomes the length of the
 * shortest way from i to j that has at least one edge. No sum of two lengths may overflow. */
void floyd_warshall(int n, int *d)
{
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                const int through = d[i * n + k] + d[k * n + j];
                if (through < d[i * n + j])
                    d[i * n + j] = through;
            }
}
