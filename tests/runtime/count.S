/* SPDX-License-Identifier: 0BSD */
/* Executes 1 + 2 * 1000 + 3 instructions. */
    .text
    .globl _start
_start:
#if defined(__riscv)
    li a0, 1000
1:  addi a0, a0, -1
    bnez a0, 1b
    li a7, 93
    li a0, 7
    ecall
#else
    mov x0, #1000
1:  sub x0, x0, #1
    cbnz x0, 1b
    mov x8, #93
    mov x0, #7
    svc #0
#endif
    .section .note.GNU-stack, "", %progbits
