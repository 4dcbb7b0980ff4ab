# transpile 0.1.0 riscv
	.file	"sum.c"
	.text
.Ltext0:
	.file	0 "/src/examples" "./sum.c"
	.globl	sum
	.type	sum, @function
sum:
.LVL0:
.LFB0:
	.file	1 "./sum.c"
	.loc	1 1 30 view -0
	.loc	1 1 32 view .LVU1
	.loc	1 1 43 view .LVU2
.LBB2:
	.loc	1 1 48 view .LVU3
	.loc	1 1 61 view .LVU4
	sext.w	a1, a1
	blez	a1, .L4
	.loc	1 1 61 is_stmt 0 view .LVU5
.LBE2:
	.loc	1 1 36 view .LVU6
	li	t0, 0
	mv	a2, t0
.LVL1:
.L3:
.LBB3:
	.loc	1 1 71 is_stmt 1 discriminator 3 view .LVU7
	.loc	1 1 81 is_stmt 0 discriminator 3 view .LVU8
	slli	t3, t0, 2
	add	t4, a0, t3
	lw	t5, 0(t4)
	mulw	a3, t0, t5
	.loc	1 1 73 discriminator 3 view .LVU9
	addw	a2, a2, a3
.LVL2:
	.loc	1 1 67 is_stmt 1 discriminator 3 view .LVU10
	.loc	1 1 61 discriminator 3 view .LVU11
	addi	t0, t0, 1
.LVL3:
	.loc	1 1 61 is_stmt 0 discriminator 3 view .LVU12
	slli	a2, a2, 32
	srli	a2, a2, 32
	bne	t0, a1, .L3
.LVL4:
.L1:
	.loc	1 1 61 discriminator 3 view .LVU13
.LBE3:
	.loc	1 1 96 view .LVU14
	mv	a0, a2
	ret
.LVL5:
.L4:
	.loc	1 1 36 view .LVU15
	.loc	1 1 86 is_stmt 1 view .LVU16
	.loc	1 1 93 is_stmt 0 view .LVU17
	li	a2, 0
	j	.L1
.LFE0:
	.size	sum, .-sum
.Letext0:
	.section	.note.GNU-stack,"",@progbits
