//// context
int reachable(std::vector<int> const& A, size_t N, int start, int &farthest) {
//// baseline
void visit(std::vector<int> const& A, int node, size_t N, std::vector<bool> &seen, int &count) {
    seen[node] = true;
    count += 1;
    for (int i = 0; i < N; i += 1) {
        if (A[node * N + i] == 1 && !seen[i]) {
            visit(A, i, N, seen, count);
        }
    }
}

int correctReachable(std::vector<int> const& A, size_t N, int start, int &farthest) {
    std::vector<bool> seen(N, false);
    int count = 0;
    visit(A, start, N, seen, count);

    std::vector<bool> queued(N, false);
    std::queue<std::pair<int, int>> queue;
    queue.push({start, 0});
    queued[start] = true;
    while (!queue.empty()) {
        auto [node, distance] = queue.front();
        queue.pop();
        farthest = distance;
        if (distance > 90) {
            return -count;
        }
        for (int i = 0; i < N; ++i) {
            if (A[node * N + i] && !queued[i]) {
                queued[i] = true;
                queue.push({i, distance + 1});
            }
        }
    }
    return count;
}
//// driver
std::vector<int> A(TEST_SIZE * TEST_SIZE);
for (int &a : A) a = rand() % 20 == 0;
int farthest = 0;
reachable(A, TEST_SIZE, 1, farthest);
