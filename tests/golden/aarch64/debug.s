// transpile 0.1.0 aarch64
	.file	"sum.c"
	.text
.Ltext0:
	.file	0 "/src/examples" "./sum.c"
	.globl	sum
	.type	sum, %function
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
	cmp	w1, #0
	b.le	.L4
	sxtw	x1, w1
	.loc	1 1 61 is_stmt 0 view .LVU5
.LBE2:
	.loc	1 1 36 view .LVU6
	mov	w8, #0
	mov	w2, #0
.LVL1:
.L3:
.LBB3:
	.loc	1 1 71 is_stmt 1 discriminator 3 view .LVU7
	.loc	1 1 81 is_stmt 0 discriminator 3 view .LVU8
	ldr	w16, [x0, x8, lsl #2]
	.loc	1 1 73 discriminator 3 view .LVU9
	madd	w2, w8, w16, w2
.LVL2:
	.loc	1 1 67 is_stmt 1 discriminator 3 view .LVU10
	.loc	1 1 61 discriminator 3 view .LVU11
	add	x17, x8, #1
.LVL3:
	.loc	1 1 61 is_stmt 0 discriminator 3 view .LVU12
	cmp	x17, x1
	mov	x8, x17
	b.ne	.L3
.LVL4:
.L1:
	.loc	1 1 61 discriminator 3 view .LVU13
.LBE3:
	.loc	1 1 96 view .LVU14
	mov	w0, w2
	ret
.LVL5:
.L4:
	.loc	1 1 36 view .LVU15
	.loc	1 1 86 is_stmt 1 view .LVU16
	.loc	1 1 93 is_stmt 0 view .LVU17
	mov	w2, #0
	b	.L1
.LFE0:
	.size	sum, .-sum
.Letext0:
	.section	.note.GNU-stack,"",@progbits
