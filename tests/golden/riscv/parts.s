# transpile 0.1.0 riscv
# A function in two sections, a call at its end, an alignment that is fallen into.
	.text
	.section	.text.unlikely,"ax",@progbits
.LCOLDB0:
	.text
.LHOTB0:
	.p2align	4
	.globl	guard
	.type	guard, @function
guard:
.LFB0:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	sext.w	a0, a0
	bltz	a0, .L3
	li	t0, 0
	.p2align	4
.L2:
	addw	t0, a0, t0
	addiw	a0, a0, -1
	slli	t0, t0, 32
	srli	t0, t0, 32
	bgez	a0, .L2
	ld	ra, 8(sp)
	addi	sp, sp, 16
	mv	a0, t0
	ret
	.section	.text.unlikely
	.type	guard.cold, @function
guard.cold:
.LFSB0:
.L3:
	li	a0, 3
	call	die
	ebreak
.LFE0:
	.text
	.size	guard, .-guard
	.section	.text.unlikely
	.size	guard.cold, .-guard.cold
.LCOLDE0:
	.text
.LHOTE0:
	.section	.note.GNU-stack,"",@progbits
