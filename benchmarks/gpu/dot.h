extern "C" float dot(int n, const float *x, const float *y);

struct Case {
    std::vector<float> x, y, sum;

    explicit Case(int n) : x(floats(n)), y(floats(n)), sum(1) {}
    void translated() { sum[0] = dot(int(x.size()), x.data(), y.data()); }
    void original() { sum[0] = original::dot(int(x.size()), x.data(), y.data()); }
    const std::vector<float> &result() const { return sum; }
    double bytes() const { return 8.0 * x.size(); }
    double operations() const { return 2.0 * x.size(); }
};
