//// context
int ordered(std::vector<int> const& x, std::vector<int> &kept, std::vector<double> &y, int sought) {
//// baseline
int correctOrdered(std::vector<int> const& x, std::vector<int> &kept, std::vector<double> &y, int sought) {
    std::vector<int> sorted = x;
    std::sort(sorted.begin(), sorted.end());
    std::sort(y.begin(), y.end(), [](double a, double b) { return a > b; });
    if (x.size() < 3) {
        kept = x;
        return 0;
    }
    std::vector<int> odd, stack;
    for (size_t i = 2; i < x.size(); i++) {
        if (sorted[i] % 2) odd.push_back(sorted[i]);
        while (stack.size() > 1 && stack.back() > x[i]) {
            stack.pop_back();
        }
        stack.push_back(x[i]);
    }
    odd.insert(odd.end(), stack.begin(), stack.end());
    kept = odd;
    const bool found = std::find(x.begin(), x.end(), sought) != x.end();
    return found ^ (std::find(kept.begin(), kept.end(), sought) != kept.end());
}
//// driver
std::vector<int> x(TEST_SIZE), kept(1);
std::vector<double> y(TEST_SIZE);
fillRand(x, -50, 50);
fillRand(y, -50.0, 50.0);
ordered(x, kept, y, rand() % 100 - 50);
