void stencil(int rows, int columns, const float *from, float *to) {
    for (int i = 1; i < rows - 1; i++)
        for (int j = 1; j < columns - 1; j++) {
            float sum = 0.5f * from[i * columns + j];
            sum += 0.125f * (from[(i - 1) * columns + j] + from[(i + 1) * columns + j]);
            sum += 0.25f * (from[i * columns + j - 1] + from[i * columns + j + 1]);
            to[i * columns + j] = sum;
        }
}
