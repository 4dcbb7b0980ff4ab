# The upper half of a packed constant was read at the address that stands in for its symbol.
	.text
	.globl	scale
	.type	scale, @function
scale:
	movupd	(%rdi), %xmm0
	mulpd	.LC0(%rip), %xmm0
	addpd	.LC1(%rip), %xmm0
	movups	%xmm0, (%rdi)
	ret
	.size	scale, .-scale
	.section	.rodata.cst16,"aM",@progbits,16
	.align 16
.LC0:
	.quad	4611686018427387904, 4613937818241073152
.LC1:
	.quad	4607182418800017408, 4607182418800017408
	.section	.note.GNU-stack,"",@progbits
