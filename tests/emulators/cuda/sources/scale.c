void scale(int n, double factor, double *values) {
    for (int i = 0; i < n; i++) values[i] *= factor;
}
