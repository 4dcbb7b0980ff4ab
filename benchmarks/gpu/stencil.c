/* One sweep of a five-point stencil; the border of `out` is left alone. */
void stencil(int rows, int columns, const float *restrict in, float *restrict out)
{
    for (int i = 1; i < rows - 1; i++)
        for (int j = 1; j < columns - 1; j++)
            out[i * columns + j] = 0.5f * in[i * columns + j]
                                 + 0.125f * (in[(i - 1) * columns + j] + in[(i + 1) * columns + j]
                                             + in[i * columns + j - 1] + in[i * columns + j + 1]);
}
