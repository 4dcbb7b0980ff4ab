#include <stddef.h>

/* Gauss-Seidel sweeps for the Laplace equation with the nine-point stencil, in place on a rows x cols grid with a fixed
 * rim: four parts of each side neighbour, one part of each corner neighbour. */
void seidel_2d(size_t rows, size_t cols, size_t sweeps, double *u)
{
    for (size_t t = 0; t < sweeps; t++) {
        for (size_t i = 1; i + 1 < rows; i++) {
            double *above = u + (i - 1) * cols;
            double *here = u + i * cols;
            double *below = u + (i + 1) * cols;
            for (size_t j = 1; j + 1 < cols; j++) {
                const double sides = above[j] + here[j - 1] + here[j + 1] + below[j];
                const double corners = above[j - 1] + above[j + 1] + below[j - 1] + below[j + 1];
                here[j] = (4.0 * sides + corners) / 20.0;
            }
        }
    }
}
