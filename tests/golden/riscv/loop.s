# transpile 0.1.0 riscv
	.file	"sum.c"
	.text
	.p2align	4
	.globl	sum
	.type	sum, @function
sum:
	sext.w	a1, a1
	blez	a1, .L4
	li	a2, 0
	mv	t0, a2
	.p2align	4,,10
	.p2align	3
.L3:
	slli	t3, t0, 2
	add	t4, a0, t3
	lw	a3, 0(t4)
	mulw	a3, t0, a3
	addi	t0, t0, 1
	addw	a2, a2, a3
	slli	a2, a2, 32
	srli	a2, a2, 32
	bne	a1, t0, .L3
	mv	a0, a2
	ret
	.p2align	4,,10
	.p2align	3
.L4:
	li	a0, 0
	mv	a2, a0
	ret
	.size	sum, .-sum
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
