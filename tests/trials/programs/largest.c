float largest(int n, const float *values)
{
    float found = values[0];
    for (int i = 1; i < n; i++)
        if (values[i] > found)
            found = values[i];
    return found;
}
