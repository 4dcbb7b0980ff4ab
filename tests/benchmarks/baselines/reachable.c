#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct IntIntPair {
    int first;
    int second;
} IntIntPair;

static void visit(const int *A, int node, size_t N, bool *seen, int *count) {
    seen[node] = true;
    *count += 1;
    for (int i = 0; i < N; i += 1) {
        if (A[node * N + i] == 1 && !seen[i]) {
            visit(A, i, N, seen, count);
        }
    }
}

int reachable(const int *A, size_t A_size, size_t N, int start, int *farthest) {
    bool *seen = malloc(N * sizeof(bool));
    for (size_t i = 0; i < N; i++) {
        seen[i] = false;
    }
    int count = 0;
    visit(A, start, N, seen, &count);

    bool *queued = malloc(N * sizeof(bool));
    for (size_t i = 0; i < N; i++) {
        queued[i] = false;
    }
    size_t queue_capacity = 16;
    IntIntPair *queue = malloc(queue_capacity * sizeof(IntIntPair));
    size_t queue_size = 0;
    size_t queue_head = 0;
    if (queue_size == queue_capacity) {
        queue_capacity *= 2;
        queue = realloc(queue, queue_capacity * sizeof(IntIntPair));
    }
    queue[queue_size++] = (IntIntPair){start, 0};
    queued[start] = true;
    while (queue_size != queue_head) {
        int node = queue[queue_head].first;
        int distance = queue[queue_head].second;
        queue_head++;
        *farthest = distance;
        if (distance > 90) {
            free(seen);
            free(queued);
            free(queue);
            return -count;
        }
        for (int i = 0; i < N; ++i) {
            if (A[node * N + i] && !queued[i]) {
                queued[i] = true;
                if (queue_size == queue_capacity) {
                    queue_capacity *= 2;
                    queue = realloc(queue, queue_capacity * sizeof(IntIntPair));
                }
                queue[queue_size++] = (IntIntPair){i, distance + 1};
            }
        }
    }
    free(seen);
    free(queued);
    free(queue);
    return count;
}
