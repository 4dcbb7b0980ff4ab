/* SPDX-License-Identifier: 0BSD */
/* Variadic library functions as translated code calls them: x86 argument registers in a0-a5 and fa0-fa7, or x0-x5
 * and d0-d7, and further arguments at the stack pointer, 8 bytes each. Every entry spills the registers into the
 * register save area of System V psABI figure 3.33 and hands a pointer to a va_list to the form that takes one. */

/* The frame: save area at 0, va_list at 176, return address at 200. */
#define GP_OFFSET 176
#define FP_OFFSET 180
#define OVERFLOW_AREA 184
#define SAVE_AREA 192
#define RETURN 200
#define FRAME 208

#if defined(__riscv)

.macro VARIADIC name, form, fixed
    .section .text.__transpile_\name, "ax", @progbits
    .p2align 2
    .weak __transpile_\name
    .type __transpile_\name, @function
__transpile_\name:
    .cfi_startproc
    addi sp, sp, -FRAME
    .cfi_def_cfa_offset FRAME
    sd ra, RETURN(sp)
    .cfi_offset ra, RETURN - FRAME
    .irp n, 0, 1, 2, 3, 4, 5
    sd a\n, 8 * \n(sp)
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    fsd fa\n, 48 + 16 * \n(sp)
    .endr
    li t0, 8 * \fixed
    li t1, 48
    addi t2, sp, FRAME
    sw t0, GP_OFFSET(sp)
    sw t1, FP_OFFSET(sp)
    sd t2, OVERFLOW_AREA(sp)
    sd sp, SAVE_AREA(sp)
    addi a\fixed, sp, GP_OFFSET
    call __transpile_\form
    ld ra, RETURN(sp)
    addi sp, sp, FRAME
    .cfi_restore ra
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size __transpile_\name, . - __transpile_\name
.endm

#elif defined(__aarch64__)

.macro VARIADIC name, form, fixed
    .section .text.__transpile_\name, "ax", @progbits
    .p2align 2
    .weak __transpile_\name
    .type __transpile_\name, @function
__transpile_\name:
    .cfi_startproc
    sub sp, sp, #FRAME
    .cfi_def_cfa_offset FRAME
    str x30, [sp, #RETURN]
    .cfi_offset x30, RETURN - FRAME
    stp x0, x1, [sp]
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    str d\n, [sp, #48 + 16 * \n]
    .endr
    mov w9, #8 * \fixed
    mov w10, #48
    stp w9, w10, [sp, #GP_OFFSET]
    add x11, sp, #FRAME
    mov x12, sp
    stp x11, x12, [sp, #OVERFLOW_AREA]
    add x\fixed, sp, #GP_OFFSET
    bl __transpile_\form
    ldr x30, [sp, #RETURN]
    add sp, sp, #FRAME
    .cfi_restore x30
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size __transpile_\name, . - __transpile_\name
.endm

#endif

/*       function            form that takes a list   named parameters */
VARIADIC printf,             vprintf,                 1
VARIADIC fprintf,            vfprintf,                2
VARIADIC sprintf,            vsprintf,                2
VARIADIC snprintf,           vsnprintf,               3
VARIADIC dprintf,            vdprintf,                2
VARIADIC asprintf,           vasprintf,               2
VARIADIC obstack_printf,     obstack_vprintf,         2
VARIADIC __printf_chk,       __vprintf_chk,           2
VARIADIC __fprintf_chk,      __vfprintf_chk,          3
VARIADIC __sprintf_chk,      __vsprintf_chk,          4
VARIADIC __snprintf_chk,     __vsnprintf_chk,         5
VARIADIC __dprintf_chk,      __vdprintf_chk,          3
VARIADIC __asprintf_chk,     __vasprintf_chk,         3
VARIADIC __obstack_printf_chk, __obstack_vprintf_chk, 3
VARIADIC wprintf,            vwprintf,                1
VARIADIC fwprintf,           vfwprintf,               2
VARIADIC swprintf,           vswprintf,               3
VARIADIC __wprintf_chk,      __vwprintf_chk,          2
VARIADIC __fwprintf_chk,     __vfwprintf_chk,         3
VARIADIC __swprintf_chk,     __vswprintf_chk,         5
VARIADIC syslog,             vsyslog,                 2
VARIADIC __syslog_chk,       __vsyslog_chk,           3
VARIADIC warn,               vwarn,                   1
VARIADIC warnx,              vwarnx,                  1
VARIADIC err,                verr,                    2
VARIADIC errx,               verrx,                   2
VARIADIC error,              verror,                  3
VARIADIC error_at_line,      verror_at_line,          5
VARIADIC scanf,              vscanf,                  1
VARIADIC fscanf,             vfscanf,                 2
VARIADIC sscanf,             vsscanf,                 2
VARIADIC wscanf,             vwscanf,                 1
VARIADIC fwscanf,            vfwscanf,                2
VARIADIC swscanf,            vswscanf,                2
VARIADIC execl,              vexecl,                  2
VARIADIC execlp,             vexeclp,                 2
VARIADIC execle,             vexecle,                 2
VARIADIC syscall,            vsyscall,                1

    .section .note.GNU-stack, "", @progbits
