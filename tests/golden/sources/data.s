# Data, alignment, visibility and comments stay where they are.
	.file	"data.c"
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"tab\there; # quote \" and ; stay"   # a comment beside data
	.ascii	"no end", "\0"
	.data
	.align 8
	.type	table, @object
	.size	table, 24
table:
	.quad	.LC0, .LC0+4
	.long	-1		/* signed */
	.value	0x1234, 7
	.byte	'a'
	.zero	3
	.bss
	.globl	buffer
	.comm	shared,16,8
	.local	hidden
	.comm	hidden,4,4
	.align 32
	.type	buffer, @object
buffer:
	.zero	64
	.text
	.p2align 4,,15
	.globl	get
	.hidden	get
	.type	get, @function
get:
	# the index is in edi
	movslq	%edi, %rdi		# widen it
	leaq	table(%rip), %rax
	movq	(%rax,%rdi,8), %rax

	addl	$1, hidden(%rip)	/* count */
	ret
	.size	get, .-get
	.weak	again
	.type	again, @function
again:
	subl	$1, %edi
	jne	again
	movl	%edi, %eax
	ret
	.size	again, .-again
	.section	.init_array,"aw"
	.align 8
	.quad	get
	.ident	"by hand"
	.section	.note.GNU-stack,"",@progbits
