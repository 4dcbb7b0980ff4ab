//// context
struct Entry {
    size_t row, column;
    double value;
};

void elimination(std::vector<Entry> const& A, std::vector<double> &x, size_t N) {
//// baseline
void correctElimination(std::vector<Entry> const& A, std::vector<double> &x, size_t N) {
    std::vector<std::vector<double>> rows(N, std::vector<double>(N + 1, 0.5));
    for (const auto& entry : A) {
        rows[entry.row][entry.column] += entry.value;
    }
    x.assign(N, 1.0);
    for (size_t i = 0; i < N - 1; ++i) {
        size_t best = i;
        if (std::abs(rows[i + 1][i]) > std::abs(rows[i][i])) {
            best = i + 1;
        } else if (rows[i][i] == 0) {
            return;
        }
        std::swap(rows[best][i], rows[i][i]);
        x[i] -= rows[i][N] / rows[i][i];
    }
}
//// driver
std::vector<Entry> A;
for (size_t i = 0; i < 3 * TEST_SIZE; i++) A.push_back({rand() % TEST_SIZE, rand() % TEST_SIZE, rand() % 7 - 3.0});
std::vector<double> x(3);
elimination(A, x, TEST_SIZE);
