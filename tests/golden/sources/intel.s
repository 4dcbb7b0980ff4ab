	.file	"list.c"
	.intel_syntax noprefix
	.text
	.p2align 4
	.globl	find
	.type	find, @function
find:
.LFB0:
	.cfi_startproc
	jmp	.L10
	.p2align 4,,10
	.p2align 3
.L13:
	cmp	QWORD PTR 8[rdi], rsi
	je	.L12
	mov	rdi, QWORD PTR [rdi]
.L10:
	test	rdi, rdi
	jne	.L13
	mov	rax, -1
	ret
	.p2align 4,,10
	.p2align 3
.L12:
	movzx	eax, BYTE PTR 16[rdi]
	ret
	.cfi_endproc
.LFE0:
	.size	find, .-find
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"hello; # not a comment"
	.text
	.p2align 4
	.globl	hello
	.type	hello, @function
hello:
.LFB1:
	.cfi_startproc
	test	edi, edi
	jle	.L19
	push	r12
	.cfi_def_cfa_offset 16
	.cfi_offset 12, -16
	lea	r12, .LC0[rip]
	push	rbp
	.cfi_def_cfa_offset 24
	.cfi_offset 6, -24
	mov	ebp, edi
	push	rbx
	.cfi_def_cfa_offset 32
	.cfi_offset 3, -32
	xor	ebx, ebx
	.p2align 4,,10
	.p2align 3
.L16:
	mov	rdi, r12
	add	ebx, 1
	call	puts@PLT
	add	DWORD PTR count[rip], 2
	cmp	ebp, ebx
	jne	.L16
	mov	eax, DWORD PTR calls[rip]
	pop	rbx
	.cfi_def_cfa_offset 24
	pop	rbp
	.cfi_def_cfa_offset 16
	pop	r12
	.cfi_def_cfa_offset 8
	add	eax, 1
	mov	DWORD PTR calls[rip], eax
	ret
	.p2align 4,,10
	.p2align 3
.L19:
	.cfi_restore 3
	.cfi_restore 6
	.cfi_restore 12
	mov	eax, DWORD PTR calls[rip]
	add	eax, 1
	mov	DWORD PTR calls[rip], eax
	ret
	.cfi_endproc
.LFE1:
	.size	hello, .-hello
	.local	calls
	.comm	calls,4,4
	.globl	count
	.bss
	.align 4
	.type	count, @object
	.size	count, 4
count:
	.zero	4
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
