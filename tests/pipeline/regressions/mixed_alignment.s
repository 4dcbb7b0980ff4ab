# A local function that one caller calls with an aligned stack and another with a misaligned one.
	.text
	.type leaf, @function
leaf:
	pushq %rbp
	movq %rsp, %rbp
	movl %edi, -4(%rbp)
	movl -4(%rbp), %eax
	addl $3, %eax
	popq %rbp
	ret
	.size leaf, .-leaf
	.globl odd
	.type odd, @function
odd:
	pushq %rbp
	movq %rsp, %rbp
	subq $8, %rsp
	movl %edi, -4(%rbp)
	call leaf
	addl -4(%rbp), %eax
	leave
	ret
	.size odd, .-odd
	.globl even
	.type even, @function
even:
	subq $8, %rsp
	call leaf
	addq $8, %rsp
	ret
	.size even, .-even
