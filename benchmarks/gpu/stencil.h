extern "C" void stencil(int rows, int columns, const float *in, float *out);

struct Case {
    int side;
    std::vector<float> in, out;

    explicit Case(int side) : side(side), in(floats((long long)side * side)), out(in.size()) {}
    void translated() { stencil(side, side, in.data(), out.data()); }
    void original() { original::stencil(side, side, in.data(), out.data()); }
    const std::vector<float> &result() const { return out; }
    double bytes() const { return 8.0 * side * side; }
    double operations() const { return 6.0 * side * side; }
};
