/* SPDX-License-Identifier: 0BSD */
/* uint64_t x86_call(void *function, const uint64_t integers[6], const double doubles[8], const uint64_t *stack,
 *                   size_t stacked): calls as translated code does. The registers that translated code leaves
 * undefined hold rubbish; stack arguments lie at the stack pointer. */
    .text
    .globl x86_call
    .type x86_call, %function
x86_call:
#if defined(__riscv)
    addi sp, sp, -32
    sd ra, 24(sp)
    sd s0, 16(sp)
    sd s1, 8(sp)
    mv s0, sp
    mv s1, a0
    addi t0, a4, 1
    andi t0, t0, -2
    slli t0, t0, 3
    sub sp, sp, t0
    mv t1, sp
1:  beqz a4, 2f
    ld t2, 0(a3)
    sd t2, 0(t1)
    addi a3, a3, 8
    addi t1, t1, 8
    addi a4, a4, -1
    j 1b
2:  .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    fld fa\n, 8 * \n(a2)
    .endr
    mv t0, a1
    .irp n, 0, 1, 2, 3, 4, 5
    ld a\n, 8 * \n(t0)
    .endr
    li a6, -1
    li a7, -1
    jalr s1
    mv sp, s0
    ld ra, 24(sp)
    ld s0, 16(sp)
    ld s1, 8(sp)
    addi sp, sp, 32
    ret
#elif defined(__aarch64__)
    stp x29, x30, [sp, #-32]!
    str x19, [sp, #16]
    mov x29, sp
    mov x19, x0
    add x9, x4, #1
    and x9, x9, #-2
    sub sp, sp, x9, lsl #3
    mov x10, sp
1:  cbz x4, 2f
    ldr x11, [x3], #8
    str x11, [x10], #8
    sub x4, x4, #1
    b 1b
2:  .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    ldr d\n, [x2, #8 * \n]
    .endr
    mov x9, x1
    .irp n, 0, 1, 2, 3, 4, 5
    ldr x\n, [x9, #8 * \n]
    .endr
    mov x6, #-1
    mov x7, #-1
    blr x19
    mov sp, x29
    ldr x19, [sp, #16]
    ldp x29, x30, [sp], #32
    ret
#endif
    .section .note.GNU-stack, "", %progbits

/* int x86_jump_test(setjmp, longjmp, buffer, value): what setjmp returns the second time, or -2 when a register that
 * must survive has changed. */
    .text
    .globl x86_jump_test
    .type x86_jump_test, %function
x86_jump_test:
#if defined(__riscv)
    addi sp, sp, -48
    sd ra, 40(sp)
    sd s0, 32(sp)
    sd s1, 24(sp)
    sd s11, 16(sp)
    fsd fs9, 8(sp)
    sd a1, 0(sp)
    mv s0, a2
    mv s1, a3
    li s11, 1234
    fcvt.d.l fs9, s11
    mv t0, a0
    mv a0, a2
    jalr t0
    bnez a0, 1f
    ld t0, 0(sp)
    mv a0, s0
    mv a1, s1
    li s11, 0
    fmv.d.x fs9, zero
    li s1, 0
    addi sp, sp, -64
    jalr t0
1:  fcvt.l.d t0, fs9
    bne t0, s11, 2f
    li t1, 1234
    beq t0, t1, 3f
2:  li a0, -2
3:  ld ra, 40(sp)
    ld s0, 32(sp)
    ld s1, 24(sp)
    ld s11, 16(sp)
    fld fs9, 8(sp)
    addi sp, sp, 48
    ret
#elif defined(__aarch64__)
    stp x29, x30, [sp, #-48]!
    stp x19, x28, [sp, #16]
    str d15, [sp, #32]
    str x1, [sp, #40]
    mov x29, x3
    mov x19, x2
    mov x28, #1234
    scvtf d15, x28
    mov x9, x0
    mov x0, x2
    blr x9
    cbnz w0, 1f
    ldr x9, [sp, #40]
    mov x0, x19
    mov x1, x29
    mov x28, #0
    fmov d15, xzr
    sub sp, sp, #64
    blr x9
1:  fcvtzs x9, d15
    cmp x9, x28
    b.ne 2f
    cmp x9, #1234
    b.eq 3f
2:  mov w0, #-2
3:  ldp x19, x28, [sp, #16]
    ldr d15, [sp, #32]
    ldp x29, x30, [sp], #48
    ret
#endif
