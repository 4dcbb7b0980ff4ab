// transpile 0.1.0 aarch64
	.file	"switch.c"
	.text
	.p2align	4
	.globl	pick
	.type	pick, %function
pick:
.LFB0:
	cmp	w0, #5
	b.hi	.L2
	mov	w0, w0
	adrp	x16, .L4
	add	x16, x16, :lo12:.L4
	ldr	x17, [x16, x0, lsl #3]
	br	x17
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
	mov	w0, #3
	ret
	.p2align	4,,10
	.p2align	3
.L9:
	mov	w0, #7
	ret
	.p2align	4,,10
	.p2align	3
.L3:
	mov	w0, #100
	ret
	.p2align	4,,10
	.p2align	3
.L7:
	mov	w0, #6
	ret
	.p2align	4,,10
	.p2align	3
.L6:
	mov	w0, #11
	ret
	.p2align	4,,10
	.p2align	3
.L5:
	mov	w0, #0
	ret
.L2:
	mov	w0, #-1
	ret
.LFE0:
	.size	pick, .-pick
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
