int reduce(int n, const int *values) {
    int total = 0;
    for (int i = 0; i < n; i++) total += values[i];
    return total;
}
