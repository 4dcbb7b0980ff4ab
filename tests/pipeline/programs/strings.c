/* Repeated string instructions, in inline assembly as compilers write them, and loops over bytes. */
#include <stdio.h>
#include <string.h>

__attribute__((noipa)) static void fill(char *p, char c, unsigned long n)
{
    __asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(c) : "memory");
}
__attribute__((noipa)) static void copy(long *to, const long *from, unsigned long n)
{
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}
__attribute__((noipa)) static unsigned long length(const char *p)
{
    unsigned long n = -1UL;
    __asm__ volatile("repne scasb" : "+D"(p), "+c"(n) : "a"(0) : "memory", "cc");
    return ~n - 1;
}
__attribute__((noipa)) static int same(const char *a, const char *b, unsigned long n)
{
    char equal;
    __asm__ volatile("cmpl %%eax, %%eax\n\trepe cmpsb\n\tsete %0"
                     : "=q"(equal), "+S"(a), "+D"(b), "+c"(n) : "a"(0) : "memory", "cc");
    return equal;
}
__attribute__((noipa)) static void upper(char *s)
{
    for (; *s; s++)
        if (*s >= 'a' && *s <= 'z') *s -= 32;
}
__attribute__((noipa)) static int is_palindrome(const char *s)
{
    const char *e = s + strlen(s);
    while (s < e)
        if (*s++ != *--e) return 0;
    return 1;
}

int main(void)
{
    char line[40] = "the quick brown fox", other[40];
    long from[4] = {1, -2, 3, -4}, to[4] = {0};
    memcpy(other, line, sizeof other);
    copy(to, from, 4);
    printf("%lu %d %d\n", length(line), same(line, other, 20), same(line, "the quack", 9));
    fill(other + 4, 'z', 5);
    upper(line);
    printf("%s %s %ld %ld\n", line, other, to[0], to[3]);
    fill(other, 'q', 0);
    printf("%d %d %d\n", is_palindrome("abcba"), is_palindrome("abca"), same("x", "y", 0));
    return 0;
}
