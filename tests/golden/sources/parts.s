# A function in two sections, a call at its end, an alignment that is fallen into.
	.text
	.section	.text.unlikely,"ax",@progbits
.LCOLDB0:
	.text
.LHOTB0:
	.p2align 4
	.globl	guard
	.type	guard, @function
guard:
.LFB0:
	.cfi_startproc
	subq	$8, %rsp
	.cfi_def_cfa_offset 16
	testl	%edi, %edi
	js	.L3
	xorl	%eax, %eax
	.p2align 4, 0x90
.L2:
	addl	%edi, %eax
	subl	$1, %edi
	jns	.L2
	addq	$8, %rsp
	ret
	.cfi_endproc
	.section	.text.unlikely
	.cfi_startproc
	.type	guard.cold, @function
guard.cold:
.LFSB0:
.L3:
	movl	$3, %edi
	call	die
.LFE0:
	.cfi_endproc
	.text
	.size	guard, .-guard
	.section	.text.unlikely
	.size	guard.cold, .-guard.cold
.LCOLDE0:
	.text
.LHOTE0:
	.section	.note.GNU-stack,"",@progbits
