//// context
double folds(std::vector<double> const& x, std::vector<float> const& y, std::vector<bool> const& flags) {
//// baseline
double correctFolds(std::vector<double> const& x, std::vector<float> const& y, std::vector<bool> const& flags) {
    float largest = std::numeric_limits<float>::lowest();
    for (float v : y) {
        largest = std::max(largest, v);
    }
    const bool odd = std::reduce(flags.begin(), flags.end(), false, [](const auto &a, const auto &b) { return a != b; });
    double product = std::accumulate(x.begin(), x.end(), 1.0, std::multiplies<double>());
    int smallest = std::accumulate(y.begin(), y.end(), 100, [](int a, int b) {
        if (a < b) return a;
        return b;
    });
    return std::reduce(x.begin(), x.end()) / (double) x.size() + product + largest + (odd ? 1 : 2) + smallest;
}
//// driver
std::vector<double> x(TEST_SIZE);
std::vector<float> y(TEST_SIZE);
std::vector<bool> flags(TEST_SIZE);
fillRand(x, 0.5, 1.5);
fillRand(y, -9.0f, 9.0f);
for (size_t i = 0; i < TEST_SIZE; i++) flags[i] = rand() % 2;
folds(x, y, flags);
