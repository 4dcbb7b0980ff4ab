float total(int n, const float *values)
{
    float sum = 0.0f;
    for (int i = 0; i < n; i++)
        sum += values[i];
    return sum;
}
