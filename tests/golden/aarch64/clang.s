// transpile 0.1.0 aarch64
	.text
	.file	"sum.c"
	.globl	sum	// -- Begin function sum
	.p2align	4
	.type	sum,%function
sum:	// @sum
// %bb.0:
	cmp	w1, #0
	b.le	.LBB0_1
// %bb.3:
	mov	w3, w1
	mov	w2, #0
	mov	w8, #0
	.p2align	4
.LBB0_4:	// =>This Inner Loop Header: Depth=1
	ldr	w1, [x0, x2, lsl #2]
	madd	w8, w1, w2, w8
	add	x16, x2, #1
	cmp	x3, x16
	mov	x2, x16
	b.ne	.LBB0_4
// %bb.2:
	mov	x0, x8
	ret
.LBB0_1:
	mov	w0, #0
	ret
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum
// -- End function
	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
