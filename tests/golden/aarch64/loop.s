// transpile 0.1.0 aarch64
	.file	"sum.c"
	.text
	.p2align	4
	.globl	sum
	.type	sum, %function
sum:
	cmp	w1, #0
	b.le	.L4
	sxtw	x1, w1
	mov	w2, #0
	mov	w8, #0
	.p2align	4,,10
	.p2align	3
.L3:
	ldr	w3, [x0, x8, lsl #2]
	add	x16, x8, #1
	madd	w2, w3, w8, w2
	cmp	x1, x16
	mov	x8, x16
	b.ne	.L3
	mov	w0, w2
	ret
	.p2align	4,,10
	.p2align	3
.L4:
	mov	w0, #0
	mov	w2, #0
	ret
	.size	sum, .-sum
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
