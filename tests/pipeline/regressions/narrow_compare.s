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
