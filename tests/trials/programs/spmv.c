void spmv(int rows, int columns, int entries, const int *restrict start, const int *restrict column,
          const double *restrict value, const double *restrict x, double *restrict y)
{
    for (int i = 0; i < rows; i++) {
        double sum = 0.0;
        for (int k = start[i]; k < start[i + 1]; k++)
            sum += value[k] * x[column[k]];
        y[i] = sum;
    }
}
