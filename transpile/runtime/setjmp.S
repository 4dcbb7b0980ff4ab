/* SPDX-License-Identifier: 0BSD */
/* setjmp and longjmp that fit the 200 bytes of an x86-64 jmp_buf.
 *
 * RISC-V has 26 registers to keep and room for 24, beside the signal mask: fs10 and fs11 are not restored. Translated
 * code keeps nothing there; native code that is called by translated code and jumped over may. */

#define SIG_BLOCK 0
#define SIG_SETMASK 2

.macro FUNCTION name
    .p2align 2
    .weak __transpile_\name
    .type __transpile_\name, @function
__transpile_\name:
    .cfi_startproc
.endm

.macro END name
    .cfi_endproc
    .size __transpile_\name, . - __transpile_\name
.endm

    .text

#if defined(__riscv)

/* 0: s0-s11, 96: sp, 104: ra with bit 0 set when the mask is saved, 112: mask, 120: fs0-fs9. */
FUNCTION setjmp
    li a1, 1
    j __transpile_sigsetjmp
END setjmp

FUNCTION _setjmp
    li a1, 0
    j __transpile_sigsetjmp
END _setjmp

FUNCTION sigsetjmp
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    sd s\n, 8 * \n(a0)
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
    fsd fs\n, 120 + 8 * \n(a0)
    .endr
    sext.w a1, a1
    snez t0, a1
    or t0, t0, ra
    sd sp, 96(a0)
    sd t0, 104(a0)
    bnez a1, 1f
    li a0, 0
    ret
1:  addi sp, sp, -16
    sd ra, 8(sp)
    addi a2, a0, 112
    li a1, 0
    li a0, SIG_BLOCK
    call __transpile_mask
    ld ra, 8(sp)
    addi sp, sp, 16
    li a0, 0
    ret
END sigsetjmp

FUNCTION longjmp
    sext.w s1, a1
    seqz t0, s1
    add s1, s1, t0
    mv s0, a0
    ld t0, 104(a0)
    andi t0, t0, 1
    beqz t0, 1f
    addi a1, a0, 112
    li a2, 0
    li a0, SIG_SETMASK
    call __transpile_mask
1:  mv a1, s0
    mv a0, s1
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    ld s\n, 8 * \n(a1)
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
    fld fs\n, 120 + 8 * \n(a1)
    .endr
    ld sp, 96(a1)
    ld ra, 104(a1)
    andi ra, ra, -2
    ret
END longjmp

#elif defined(__aarch64__)

/* 0: x19-x30, 96: sp, 104: d8-d15, 168: mask, 176: whether the mask is saved. */
FUNCTION setjmp
    mov w1, #1
    b __transpile_sigsetjmp
END setjmp

FUNCTION _setjmp
    mov w1, #0
    b __transpile_sigsetjmp
END _setjmp

FUNCTION sigsetjmp
    stp x19, x20, [x0]
    stp x21, x22, [x0, #16]
    stp x23, x24, [x0, #32]
    stp x25, x26, [x0, #48]
    stp x27, x28, [x0, #64]
    stp x29, x30, [x0, #80]
    mov x2, sp
    str x2, [x0, #96]
    stp d8, d9, [x0, #104]
    stp d10, d11, [x0, #120]
    stp d12, d13, [x0, #136]
    stp d14, d15, [x0, #152]
    str w1, [x0, #176]
    cbnz w1, 1f
    mov x0, #0
    ret
1:  str x30, [sp, #-16]!
    add x2, x0, #168
    mov x1, #0
    mov w0, #SIG_BLOCK
    bl __transpile_mask
    ldr x30, [sp], #16
    mov x0, #0
    ret
END sigsetjmp

FUNCTION longjmp
    cmp w1, #1
    cinc w20, w1, lo
    mov x19, x0
    ldr w2, [x0, #176]
    cbz w2, 1f
    add x1, x0, #168
    mov x2, #0
    mov w0, #SIG_SETMASK
    bl __transpile_mask
1:  mov x1, x19
    mov w0, w20
    ldp x19, x20, [x1]
    ldp x21, x22, [x1, #16]
    ldp x23, x24, [x1, #32]
    ldp x25, x26, [x1, #48]
    ldp x27, x28, [x1, #64]
    ldp x29, x30, [x1, #80]
    ldr x2, [x1, #96]
    mov sp, x2
    ldp d8, d9, [x1, #104]
    ldp d10, d11, [x1, #120]
    ldp d12, d13, [x1, #136]
    ldp d14, d15, [x1, #152]
    ret
END longjmp

#endif

    .section .note.GNU-stack, "", @progbits
