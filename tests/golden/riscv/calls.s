# transpile 0.1.0 riscv
	.text
	.globl	fact
	.type	fact, @function
fact:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	sw	a0, 12(sp)
	lw	t3, 12(sp)
	li	t4, 1
	blt	t4, t3, .L2
	li	a0, 1
	j	.L3
.L2:
	lw	a0, 12(sp)
	addiw	a0, a0, -1
	call	fact
	lw	t3, 12(sp)
	mulw	a0, a0, t3
	slli	a0, a0, 32
	srli	a0, a0, 32
.L3:
	ld	s0, 16(sp)
	ld	ra, 24(sp)
	addi	sp, sp, 32
	ret
	.size	fact, .-fact
	.globl	either
	.type	either, @function
either:
	sext.w	t3, a0
	bnez	t3, .Ltp_either_to_fact
	jr	a1
.Ltp_either_to_fact:
	tail	fact
	.size	either, .-either
	.section	.note.GNU-stack,"",@progbits
