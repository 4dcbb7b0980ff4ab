void scan(int n, int *values) {
    for (int i = 1; i < n; i++) values[i] += values[i - 1];
}
