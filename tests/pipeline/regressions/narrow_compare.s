# A signed comparison whose outcome the known range of the register decides.
	.text
	.globl	never_greater
	.type	never_greater, @function
never_greater:
	xorl	%eax, %eax
	testl	%edi, %edi
	sete	%al
	jmp	.L1
.L1:
	cmpl	$2062493703, %eax
	jg	.L2
	ret
.L2:
	movl	$7, %eax
	ret
	.size	never_greater, .-never_greater
	.globl	never_small
	.type	never_small, @function
never_small:
	movsbq	%dil, %rax
	xorq	$44219, %rax
	cmpq	$1, %rax
	jbe	.L3
	ret
.L3:
	movl	$7, %eax
	ret
	.size	never_small, .-never_small
	.globl	never_at_least
	.type	never_at_least, @function
never_at_least:
	movsbl	%dil, %edx
	orl	$1, %edx
	movl	$13769, %eax
	cmpl	%eax, %edx
	jge	.L4
	ret
.L4:
	movl	$7, %eax
	ret
	.size	never_at_least, .-never_at_least
# A boolean of which only the low byte is live where it is extended.
	.globl	extended_boolean
	.type	extended_boolean, @function
extended_boolean:
	movq	%rsi, %rcx
	testl	%edi, %edi
	sete	%al
	movzbl	%al, %eax
	testq	%rcx, %rcx
	je	.L5
	incl	(%rcx)
.L5:
	movsbl	%al, %edx
	testq	%rcx, %rcx
	je	.L6
	addl	%edx, (%rcx)
.L6:
	leal	1(%rdx), %eax
	ret
	.size	extended_boolean, .-extended_boolean
