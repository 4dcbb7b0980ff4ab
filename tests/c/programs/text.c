/* Characters, strings and pointers that walk. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t length(const char *s) {
    const char *p = s;
    while (*p) ++p;
    return p - s;
}

static void reverse(char *s) {
    for (char *e = s + strlen(s) - 1; s < e; s++, e--) {
        char t = *s;
        *s = *e;
        *e = t;
    }
}

static int words(const char *s) {
    int count = 0, in_word = 0;
    do {
        if (*s == ' ' || *s == '\t' || *s == '\n' || !*s) {
            count += in_word;
            in_word = 0;
        } else
            in_word = 1;
    } while (*s++);
    return count;
}

static int parse(const char *s, long *out) {
    long value = 0;
    int sign = 1;
    if (*s == '-' || *s == '+') sign = *s++ == '-' ? -1 : 1;
    if (!isdigit((unsigned char)*s)) return 0;
    while (isdigit((unsigned char)*s)) value = value * 10 + (*s++ - '0');
    *out = sign * value;
    return *s == '\0';
}

static void caesar(const char *in, char *out, size_t n, int shift) {
    for (size_t i = 0; i < n; i++) {
        char c = in[i];
        if (c >= 'a' && c <= 'z') c = (c - 'a' + shift) % 26 + 'a';
        else if (c >= 'A' && c <= 'Z') c = (c - 'A' + shift) % 26 + 'A';
        out[i] = c;
    }
}

static int compare(const void *a, const void *b) { return *(const char *)a - *(const char *)b; }

static int rank(const char *name) {
    static const char *const names[] = {"zero", "one", "two", "th" "ree"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name)) return i;
    return -1;
}

static unsigned crc(const char *s) {
    static unsigned table[256];
    if (!table[1])
        for (unsigned i = 0; i < 256; i++) {
            unsigned c = i;
            for (int k = 8; k--;) c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
            table[i] = c;
        }
    unsigned c = ~0u;
    for (; *s; s++) c = table[(c ^ *s) & 0xff] ^ (c >> 8);
    return ~c;
}

int main(void) {
    char line[] = "  The quick\tbrown \"fox\" \\ jumps\x21\101 ", copy[64], letters[27] = "thequickbrownfoxjumps";
    long value = 0;
    caesar(line, copy, sizeof line, 13);
    reverse(copy);
    qsort(letters, strlen(letters), 1, compare);
    int ok = parse("-1234", &value) + 2 * parse("12x", &value);
    printf("%zu %d %s|%s %d %ld %d %d %08x\n", length(line), words(line), copy, letters, ok, value, rank("three"),
           rank("four"), crc(line));
    return 0;
}
