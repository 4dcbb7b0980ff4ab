# transpile 0.1.0 riscv
	.text
	.file	"sum.c"
	.globl	sum	# -- Begin function sum
	.p2align	4
	.type	sum,@function
sum:	# @sum
# %bb.0:
	sext.w	a1, a1
	blez	a1, .LBB0_1
# %bb.3:
	slli	a3, a1, 32
	srli	a3, a3, 32
	li	a2, 0
	mv	t0, a2
	.p2align	4
.LBB0_4:	# =>This Inner Loop Header: Depth=1
	slli	t3, a2, 2
	add	t4, a0, t3
	lw	a1, 0(t4)
	mulw	a1, a2, a1
	addw	t0, t0, a1
	addi	a2, a2, 1
	slli	t0, t0, 32
	srli	t0, t0, 32
	bne	a3, a2, .LBB0_4
# %bb.2:
	mv	a0, t0
	ret
.LBB0_1:
	li	a0, 0
	ret
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum
# -- End function
	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
