/* Jacobi iteration for the Poisson equation -u'' = f on n points, h2 = (grid spacing)^2. The two end points are
 * boundary values and stay; `next` (n values) is workspace. */
void jacobi_1d(int n, int steps, double h2, const double *f, double *u, double *next)
{
    for (int t = 0; t < steps; t++) {
        for (int i = 1; i < n - 1; i++)
            next[i] = 0.5 * (u[i - 1] + u[i + 1] + h2 * f[i]);
        for (int i = 1; i < n - 1; i++)
            u[i] = next[i];
    }
}
