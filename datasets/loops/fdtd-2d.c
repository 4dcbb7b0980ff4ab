/* Maxwell's equations in two dimensions (TE mode) by finite differences in time, on the staggered grid of Yee with
 * nx x ny cells. hz lies in the middle of a cell, ex on its lower and upper edge (nx x (ny + 1)), ey on its left and
 * right edge ((nx + 1) x ny). The outermost edges are a perfect conductor and are not updated. `source` drives the cell
 * in the middle, one value per step; ce and ch are dt / (epsilon h) and dt / (mu h). */
void fdtd_2d(int nx, int ny, int steps, float ce, float ch, const float *restrict source, float *restrict ex,
             float *restrict ey, float *restrict hz)
{
    for (int t = 0; t < steps; t++) {
        for (int i = 0; i < nx; i++)
            for (int j = 1; j < ny; j++)
                ex[i * (ny + 1) + j] += ce * (hz[i * ny + j] - hz[i * ny + j - 1]);

        for (int i = 1; i < nx; i++)
            for (int j = 0; j < ny; j++)
                ey[i * ny + j] -= ce * (hz[i * ny + j] - hz[(i - 1) * ny + j]);

        for (int i = 0; i < nx; i++)
            for (int j = 0; j < ny; j++)
                hz[i * ny + j] += ch * ((ex[i * (ny + 1) + j + 1] - ex[i * (ny + 1) + j]) -
                                        (ey[(i + 1) * ny + j] - ey[i * ny + j]));
        hz[nx / 2 * ny + ny / 2] += source[t];
    }
}
