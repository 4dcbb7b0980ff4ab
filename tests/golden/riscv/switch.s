# transpile 0.1.0 riscv
	.file	"switch.c"
	.text
	.p2align	4
	.globl	pick
	.type	pick, @function
pick:
.LFB0:
	sext.w	a0, a0
	li	t3, 5
	bltu	t3, a0, .L2
	slli	t3, a0, 32
	srli	t3, t3, 29
	lla	t4, .L4
	add	t5, t4, t3
	ld	t6, 0(t5)
	jr	t6
	.section	.rodata
	.balign	8
	.balign	4
.L4:
	.8byte	.L9
	.8byte	.L10
	.8byte	.L7
	.8byte	.L6
	.8byte	.L5
	.8byte	.L3
	.text
	.p2align	4,,10
	.p2align	3
.L10:
	li	a0, 3
	ret
	.p2align	4,,10
	.p2align	3
.L9:
	li	a0, 7
	ret
	.p2align	4,,10
	.p2align	3
.L3:
	li	a0, 100
	ret
	.p2align	4,,10
	.p2align	3
.L7:
	li	a0, 6
	ret
	.p2align	4,,10
	.p2align	3
.L6:
	li	a0, 11
	ret
	.p2align	4,,10
	.p2align	3
.L5:
	li	a0, 0
	ret
.L2:
	li	a0, 4294967295
	ret
.LFE0:
	.size	pick, .-pick
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
