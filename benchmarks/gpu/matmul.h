extern "C" void matmul(int n, const float *a, const float *b, float *c);

struct Case {
    int n;
    std::vector<float> a, b, c;

    explicit Case(int n) : n(n), a(floats((long long)n * n)), b(a), c(a.size()) {}
    void translated() { matmul(n, a.data(), b.data(), c.data()); }
    void original() { original::matmul(n, a.data(), b.data(), c.data()); }
    const std::vector<float> &result() const { return c; }
    double bytes() const { return 12.0 * n * n; }
    double operations() const { return 2.0 * n * n * n; }
};
