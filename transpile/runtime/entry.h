/* SPDX-License-Identifier: 0BSD */
#ifndef TRANSPILE_ENTRY_H
#define TRANSPILE_ENTRY_H

/* A function that translated code calls in place of the library's. Weak: a translated file that defines a function of
 * that name itself defines the symbol too, and then takes its place. */
#define ENTRY __attribute__((weak))

#endif
