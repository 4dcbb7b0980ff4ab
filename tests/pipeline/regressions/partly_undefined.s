# A word is written to a register that a call has clobbered, and all of the register is copied.
	.text
	.globl	word_after_call
	.type	word_after_call, @function
word_after_call:
	pushq	%rbx
	movq	%rdi, %rbx
	call	elsewhere
	movsbw	(%rbx), %cx
	testl	%eax, %eax
	jne	.L1
	incl	(%rbx)
.L1:
	movl	%ecx, %eax
	addl	%eax, %eax
	popq	%rbx
	ret
	.size	word_after_call, .-word_after_call
