# transpile 0.1.0 riscv
	.file	"list.c"
	.text
	.p2align	4
	.globl	find
	.type	find, @function
find:
.LFB0:
	j	.L10
	.p2align	4,,10
	.p2align	3
.L13:
	ld	t3, 8(a0)
	beq	t3, a1, .L12
	ld	a0, 0(a0)
.L10:
	bnez	a0, .L13
	li	a0, -1
	ret
	.p2align	4,,10
	.p2align	3
.L12:
	lbu	a0, 16(a0)
	ret
.LFE0:
	.size	find, .-find
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"hello; # not a comment"
	.text
	.p2align	4
	.globl	hello
	.type	hello, @function
hello:
.LFB1:
	sext.w	a0, a0
	blez	a0, .L19
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s2, 16(sp)
	sd	s0, 8(sp)
	sd	s1, 0(sp)
	mv	s0, a0
	li	s1, 0
	lla	s2, .LC0
	.p2align	4,,10
	.p2align	3
.L16:
	addiw	s1, s1, 1
	mv	a0, s2
	call	puts
	lla	t3, count
	lw	t4, 0(t3)
	addiw	t5, t4, 2
	sw	t5, 0(t3)
	bne	s0, s1, .L16
	lla	t3, calls
	lw	a0, 0(t3)
	ld	s1, 0(sp)
	ld	s0, 8(sp)
	ld	s2, 16(sp)
	ld	ra, 24(sp)
	addi	sp, sp, 32
	addiw	a0, a0, 1
	sw	a0, 0(t3)
	slli	a0, a0, 32
	srli	a0, a0, 32
	ret
	.p2align	4,,10
	.p2align	3
.L19:
	lla	t3, calls
	lw	a0, 0(t3)
	addiw	a0, a0, 1
	sw	a0, 0(t3)
	slli	a0, a0, 32
	srli	a0, a0, 32
	ret
.LFE1:
	.size	hello, .-hello
	.local	calls
	.comm	calls,4,4
	.globl	count
	.bss
	.balign	4
	.type	count, @object
	.size	count, 4
count:
	.zero	4
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
