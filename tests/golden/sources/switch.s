	.file	"switch.c"
	.text
	.p2align 4
	.globl	pick
	.type	pick, @function
pick:
.LFB0:
	.cfi_startproc
	cmpl	$5, %edi
	ja	.L2
	movl	%edi, %edi
	jmp	*.L4(,%rdi,8)
	.section	.rodata
	.align 8
	.align 4
.L4:
	.quad	.L9
	.quad	.L10
	.quad	.L7
	.quad	.L6
	.quad	.L5
	.quad	.L3
	.text
	.p2align 4,,10
	.p2align 3
.L10:
	movl	$3, %eax
	ret
	.p2align 4,,10
	.p2align 3
.L9:
	movl	$7, %eax
	ret
	.p2align 4,,10
	.p2align 3
.L3:
	movl	$100, %eax
	ret
	.p2align 4,,10
	.p2align 3
.L7:
	movl	$6, %eax
	ret
	.p2align 4,,10
	.p2align 3
.L6:
	movl	$11, %eax
	ret
	.p2align 4,,10
	.p2align 3
.L5:
	xorl	%eax, %eax
	ret
.L2:
	movl	$-1, %eax
	ret
	.cfi_endproc
.LFE0:
	.size	pick, .-pick
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
