void shuffle(int n, const unsigned *values, unsigned *result) {
    result[0] = result[1] = 0;
    result[2] = 16;
    for (int i = 0; i < n; i++) {
        result[0] += values[i];
        if (values[i] > result[1]) result[1] = values[i];
    }
}
