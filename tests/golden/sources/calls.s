	.text
	.globl	fact
	.type	fact, @function
fact:
	pushq	%rbp
	movq	%rsp, %rbp
	subq	$16, %rsp
	movl	%edi, -4(%rbp)
	cmpl	$1, -4(%rbp)
	jg	.L2
	movl	$1, %eax
	jmp	.L3
.L2:
	movl	-4(%rbp), %eax
	subl	$1, %eax
	movl	%eax, %edi
	call	fact
	imull	-4(%rbp), %eax
.L3:
	leave
	ret
	.size	fact, .-fact
	.globl	either
	.type	either, @function
either:
	testl	%edi, %edi
	jne	fact
	jmp	*%rsi
	.size	either, .-either
	.section	.note.GNU-stack,"",@progbits
