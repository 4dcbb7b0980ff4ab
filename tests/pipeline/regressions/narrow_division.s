# Divisions of bytes and words by wider instructions of the target, and a byte inserted into a dead register.
	.text
	.globl	quotient_byte
	.type	quotient_byte, @function
quotient_byte:
	movzbl	%dil, %eax
	divb	%sil
	ret
	.size	quotient_byte, .-quotient_byte
	.globl	quotient_word
	.type	quotient_word, @function
quotient_word:
	movzwl	%di, %eax
	movl	$0, %edx
	divw	%si
	movzwl	%ax, %eax
	ret
	.size	quotient_word, .-quotient_word
	.globl	rest_byte
	.type	rest_byte, @function
rest_byte:
	movzbl	%dil, %eax
	divb	%sil
	movzbl	%ah, %eax
	ret
	.size	rest_byte, .-rest_byte
# The quotient is no larger than the dividend, as the divisor is not zero.
	.globl	quotient_range
	.type	quotient_range, @function
quotient_range:
	movzwl	%di, %ecx
	movl	%esi, %eax
	shrl	$1, %eax
	jmp	.L1
.L1:
	xorl	%edx, %edx
	divq	%rcx
	jmp	.L2
.L2:
	testq	%rcx, %rcx
	je	.L3
	addq	%rcx, %rax
.L3:
	ret
	.size	quotient_range, .-quotient_range
