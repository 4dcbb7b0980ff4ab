#define AT(i, j, k) (((i) * ny + (j)) * nz + (k))

/* Explicit steps of the heat equation on an nx x ny x nz grid, seven-point stencil, with r = conductivity * dt / h^2.
 * The outermost points keep their temperature. `next` is workspace of the size of u. */
void heat_3d(int nx, int ny, int nz, int steps, float r, float *u, float *next)
{
    for (int t = 0; t < steps; t++) {
        for (int i = 1; i < nx - 1; i++)
            for (int j = 1; j < ny - 1; j++)
                for (int k = 1; k < nz - 1; k++)
                    next[AT(i, j, k)] =
                        u[AT(i, j, k)] +
                        r * (u[AT(i - 1, j, k)] - 2.0f * u[AT(i, j, k)] + u[AT(i + 1, j, k)]) +
                        r * (u[AT(i, j - 1, k)] - 2.0f * u[AT(i, j, k)] + u[AT(i, j + 1, k)]) +
                        r * (u[AT(i, j, k - 1)] - 2.0f * u[AT(i, j, k)] + u[AT(i, j, k + 1)]);

        for (int i = 1; i < nx - 1; i++)
            for (int j = 1; j < ny - 1; j++)
                for (int k = 1; k < nz - 1; k++)
                    u[AT(i, j, k)] = next[AT(i, j, k)];
    }
}
