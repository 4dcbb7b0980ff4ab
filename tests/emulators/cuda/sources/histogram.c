unsigned long long histogram(int n, const unsigned char *values, unsigned *counts) {
    unsigned long long seen = 0;
    for (int bin = 0; bin < 64; bin++) counts[bin] = 0;
    for (int i = 0; i < n; i++, seen++) counts[values[i] % 64]++;
    return seen;
}
