/* Alternating directions implicit (Peaceman-Rachford) steps for the heat equation on an n x n grid with a fixed rim;
 * mu = conductivity * dt / (2 h^2). Each half step is implicit in one direction, which makes a tridiagonal system
 *   -mu v[-1] + (1 + 2 mu) v[0] - mu v[+1] = explicit part in the other direction
 * for each line, solved by the Thomas algorithm. Workspace: v (n x n), p and q (n each). */
void adi(int n, int steps, double mu, double *restrict u, double *restrict v, double *restrict p, double *restrict q)
{
    for (int t = 0; t < steps; t++) {
        /* From u to v, implicit down the columns. */
        for (int j = 1; j < n - 1; j++) {
            p[0] = 0.0;
            q[0] = v[j] = u[j];
            for (int i = 1; i < n - 1; i++) {
                const double *at = &u[i * n + j];
                const double known = at[0] + mu * (at[-1] - 2.0 * at[0] + at[1]);
                const double pivot = 1.0 + 2.0 * mu - mu * p[i - 1];
                p[i] = mu / pivot;
                q[i] = (known + mu * q[i - 1]) / pivot;
            }
            v[(n - 1) * n + j] = u[(n - 1) * n + j];
            for (int i = n - 2; i >= 1; i--)
                v[i * n + j] = p[i] * v[(i + 1) * n + j] + q[i];
        }

        /* From v to u, implicit along the rows. */
        for (int i = 1; i < n - 1; i++) {
            p[0] = 0.0;
            q[0] = u[i * n];
            for (int j = 1; j < n - 1; j++) {
                const double *at = &v[i * n + j];
                const double known = at[0] + mu * (at[-n] - 2.0 * at[0] + at[n]);
                const double pivot = 1.0 + 2.0 * mu - mu * p[j - 1];
                p[j] = mu / pivot;
                q[j] = (known + mu * q[j - 1]) / pivot;
            }
            for (int j = n - 2; j >= 1; j--)
                u[i * n + j] = p[j] * u[i * n + j + 1] + q[j];
        }
    }
}
