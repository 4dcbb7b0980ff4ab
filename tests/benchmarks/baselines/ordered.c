#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

int ordered(const int *x, size_t x_size, int *kept, size_t *kept_size, double *y, size_t y_size, int sought) {
    int *sorted = malloc(x_size * sizeof(int));
    for (size_t i = 0; i < x_size; i++) {
        sorted[i] = x[i];
    }
    for (size_t i = 1; i < x_size; i++) {
        int key = sorted[i];
        size_t j = i;
        while (j > 0 && key < sorted[j - 1]) {
            sorted[j] = sorted[j - 1];
            j--;
        }
        sorted[j] = key;
    }
    for (size_t i = 1; i < y_size; i++) {
        double key2 = y[i];
        size_t j = i;
        while (j > 0 && key2 > y[j - 1]) {
            y[j] = y[j - 1];
            j--;
        }
        y[j] = key2;
    }
    if (x_size < 3) {
        for (size_t i = 0; i < x_size; i++) {
            kept[i] = x[i];
        }
        *kept_size = x_size;
        free(sorted);
        return 0;
    }
    int *odd = malloc((x_size + x_size) * sizeof(int));
    size_t odd_size = 0;
    int *stack = malloc(x_size * sizeof(int));
    size_t stack_size = 0;
    for (size_t i = 2; i < x_size; i++) {
        if (sorted[i] % 2) {
            odd[odd_size++] = sorted[i];
        }
        while (stack_size > 1 && stack[stack_size - 1] > x[i]) {
            stack_size--;
        }
        stack[stack_size++] = x[i];
    }
    for (size_t i = 0; i < stack_size; i++) {
        odd[odd_size++] = stack[i];
    }
    for (size_t i = 0; i < odd_size; i++) {
        kept[i] = odd[i];
    }
    *kept_size = odd_size;
    bool found = false;
    for (size_t i = 0; i < x_size; i++) {
        if (x[i] == sought) {
            found = true;
            break;
        }
    }
    bool found2 = false;
    for (size_t i = 0; i < *kept_size; i++) {
        if (kept[i] == sought) {
            found2 = true;
            break;
        }
    }
    free(sorted);
    free(odd);
    free(stack);
    return found ^ found2;
}
