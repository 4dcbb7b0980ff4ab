#include <stddef.h>

typedef struct Page {
    const char *title;
    int number;
} Page;

size_t initials(const char *const *words, size_t words_size, const Page *pages, size_t pages_size, size_t bins[26]) {
    for (int i = 0; i < words_size; i += 1) {
        const char c = words[i][0];
        bins[c - 'a'] += 1;
    }
    for (int i = pages_size - 1; i >= 0; i--) {
        if (pages[i].number < 10 && pages[i].title[0] == 'x') {
            return i;
        }
    }
    return pages_size;
}
