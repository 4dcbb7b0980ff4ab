// transpile 0.1.0 aarch64
// A function in two sections, a call at its end, an alignment that is fallen into.
	.text
	.section	.text.unlikely,"ax",@progbits
.LCOLDB0:
	.text
.LHOTB0:
	.p2align	4
	.globl	guard
	.type	guard, %function
guard:
.LFB0:
	sub	sp, sp, #16
	str	x30, [sp, #8]
	tbnz	w0, #31, .L3
	mov	w8, #0
	.p2align	4
.L2:
	add	w8, w8, w0
	subs	w0, w0, #1
	b.pl	.L2
	ldr	x30, [sp, #8]
	add	sp, sp, #16
	mov	x0, x8
	ret
	.section	.text.unlikely
	.type	guard.cold, %function
guard.cold:
.LFSB0:
.L3:
	mov	w0, #3
	bl	die
	brk	#1000
.LFE0:
	.text
	.size	guard, .-guard
	.section	.text.unlikely
	.size	guard.cold, .-guard.cold
.LCOLDE0:
	.text
.LHOTE0:
	.section	.note.GNU-stack,"",@progbits
