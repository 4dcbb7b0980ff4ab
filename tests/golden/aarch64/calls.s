// transpile 0.1.0 aarch64
	.text
	.globl	fact
	.type	fact, %function
fact:
	sub	sp, sp, #32
	str	x30, [sp, #24]
	str	x20, [sp, #16]
	str	w0, [sp, #12]
	ldr	w16, [sp, #12]
	cmp	w16, #1
	b.gt	.L2
	mov	w0, #1
	b	.L3
.L2:
	ldr	w0, [sp, #12]
	sub	w0, w0, #1
	bl	fact
	ldr	w16, [sp, #12]
	mul	w0, w0, w16
.L3:
	ldp	x20, x30, [sp, #16]
	add	sp, sp, #32
	ret
	.size	fact, .-fact
	.globl	either
	.type	either, %function
either:
	cbnz	w0, .Ltp_either_to_fact
	br	x1
.Ltp_either_to_fact:
	b	fact
	.size	either, .-either
	.section	.note.GNU-stack,"",@progbits
