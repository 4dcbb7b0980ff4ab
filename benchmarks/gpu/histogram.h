extern "C" void histogram(int n, const int *values, unsigned *count);

struct Case {
    std::vector<int> values;
    std::vector<unsigned> count;

    explicit Case(int n) : values(n), count(256) {
        for (int i = 0; i < n; i++) values[i] = int(unsigned(i) * 2654435761u >> 24);
    }
    void translated() { histogram(int(values.size()), values.data(), count.data()); }
    void original() { original::histogram(int(values.size()), values.data(), count.data()); }
    const std::vector<unsigned> &result() const { return count; }
    double bytes() const { return 4.0 * values.size(); }
    double operations() const { return 1.0 * values.size(); }
};
