extern "C" void saxpy(int n, float a, const float *x, float *y);

struct Case {
    std::vector<float> x, y;

    explicit Case(int n) : x(floats(n)), y(floats(n)) {}
    void translated() { saxpy(int(x.size()), 1.5f, x.data(), y.data()); }
    void original() { original::saxpy(int(x.size()), 1.5f, x.data(), y.data()); }
    const std::vector<float> &result() const { return y; }
    double bytes() const { return 12.0 * x.size(); }
    double operations() const { return 2.0 * x.size(); }
};
