/* How often each of 256 values occurs. */
void histogram(int n, const int *restrict values, unsigned *restrict count)
{
    for (int i = 0; i < n; i++)
        count[values[i]]++;
}
