//// context
void scans(std::vector<int> const& x, std::vector<int> &sums, std::vector<float> &low) {
//// baseline
void correctScans(std::vector<int> const& x, std::vector<int> &sums, std::vector<float> &low) {
    std::vector<int> backwards;
    for (int i = x.size() - 1; i >= 0; i--) {
        backwards.push_back(x[i]);
    }
    std::inclusive_scan(backwards.begin(), backwards.end(), sums.begin());
    std::inclusive_scan(low.begin(), low.end(), low.begin(), [](const float &low, const float &other) {
        return std::min(low, other);
    }, std::numeric_limits<float>::max());
    std::vector<int> order(x.size());
    std::iota(order.begin(), order.end(), 3);
    std::transform(sums.begin(), sums.end(), order.begin(), sums.begin(), [&x](int sum, int at) { return sum - x[0] * at; });
}
//// driver
std::vector<int> x(TEST_SIZE), sums(TEST_SIZE);
std::vector<float> low(TEST_SIZE);
fillRand(x, -9, 9);
fillRand(low, -9.0f, 9.0f);
scans(x, sums, low);
