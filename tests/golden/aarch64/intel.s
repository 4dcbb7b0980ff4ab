// transpile 0.1.0 aarch64
	.file	"list.c"
	.text
	.p2align	4
	.globl	find
	.type	find, %function
find:
.LFB0:
	b	.L10
	.p2align	4,,10
	.p2align	3
.L13:
	ldr	x16, [x0, #8]
	cmp	x16, x1
	b.eq	.L12
	ldr	x0, [x0]
.L10:
	cbnz	x0, .L13
	mov	x0, #-1
	ret
	.p2align	4,,10
	.p2align	3
.L12:
	ldrb	w0, [x0, #16]
	ret
.LFE0:
	.size	find, .-find
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"hello; # not a comment"
	.text
	.p2align	4
	.globl	hello
	.type	hello, %function
hello:
.LFB1:
	cmp	w0, #0
	b.le	.L19
	sub	sp, sp, #32
	str	x30, [sp, #24]
	str	x21, [sp, #16]
	str	x20, [sp, #8]
	str	x19, [sp]
	mov	w20, w0
	adrp	x21, .LC0
	add	x21, x21, :lo12:.LC0
	mov	w19, #0
	.p2align	4,,10
	.p2align	3
.L16:
	mov	x0, x21
	add	w19, w19, #1
	bl	puts
	adrp	x16, count
	ldr	w17, [x16, :lo12:count]
	add	w17, w17, #2
	str	w17, [x16, :lo12:count]
	cmp	w20, w19
	b.ne	.L16
	adrp	x16, calls
	ldr	w0, [x16, :lo12:calls]
	ldp	x19, x20, [sp]
	ldp	x21, x30, [sp, #16]
	add	sp, sp, #32
	add	w0, w0, #1
	str	w0, [x16, :lo12:calls]
	ret
	.p2align	4,,10
	.p2align	3
.L19:
	adrp	x16, calls
	ldr	w0, [x16, :lo12:calls]
	add	w0, w0, #1
	str	w0, [x16, :lo12:calls]
	ret
.LFE1:
	.size	hello, .-hello
	.local	calls
	.comm	calls,4,4
	.globl	count
	.bss
	.balign	4
	.type	count, %object
	.size	count, 4
count:
	.zero	4
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
