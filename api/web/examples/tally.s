	.file	"tally.c"
	.text
	.p2align 4
	.type	trace_of_powers, @function
trace_of_powers:
.LFB29:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	movl	%edi, %esi
	xorl	%eax, %eax
	pxor	%xmm4, %xmm4
	pushq	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset 3, -24
	subq	$272, %rsp
	.cfi_def_cfa_offset 296
	movsd	.LC2(%rip), %xmm2
	movdqa	.LC0(%rip), %xmm6
	leaq	-120(%rsp), %r9
	leaq	8(%rsp), %rbx
	movdqa	.LC3(%rip), %xmm5
	movq	%rbx, %rcx
	movq	%r9, %rdx
	unpcklpd	%xmm2, %xmm2
.L2:
	movd	%eax, %xmm7
	movapd	%xmm2, %xmm3
	addl	$1, %eax
	addq	$32, %rdx
	pshufd	$0, %xmm7, %xmm0
	addq	$32, %rcx
	movdqa	%xmm0, %xmm1
	pcmpeqd	%xmm5, %xmm0
	paddd	%xmm6, %xmm1
	cvtdq2pd	%xmm1, %xmm7
	divpd	%xmm7, %xmm3
	pshufd	$238, %xmm1, %xmm1
	cvtdq2pd	%xmm1, %xmm1
	movaps	%xmm3, -32(%rdx)
	movapd	%xmm2, %xmm3
	divpd	%xmm1, %xmm3
	movdqa	%xmm0, %xmm1
	movaps	%xmm3, -16(%rdx)
	movdqa	%xmm4, %xmm3
	pcmpgtd	%xmm0, %xmm3
	punpckldq	%xmm3, %xmm1
	punpckhdq	%xmm3, %xmm0
	andpd	%xmm2, %xmm1
	andpd	%xmm2, %xmm0
	movaps	%xmm1, -32(%rcx)
	movaps	%xmm0, -16(%rcx)
	cmpl	$4, %eax
	jne	.L2
	leal	-1(%rsi), %r11d
	leaq	136(%rsp), %rbp
	leaq	264(%rsp), %r10
	testl	%esi, %esi
	je	.L4
	.p2align 4,,10
	.p2align 3
.L3:
	movq	%rbp, %r8
	movq	%rbx, %rcx
.L9:
	xorl	%edi, %edi
.L8:
	leaq	(%r9,%rdi), %rsi
	xorl	%eax, %eax
	pxor	%xmm1, %xmm1
.L5:
	movsd	(%rcx,%rax,8), %xmm0
	movq	%rax, %rdx
	addq	$1, %rax
	salq	$5, %rdx
	unpcklpd	%xmm0, %xmm0
	mulpd	(%rsi,%rdx), %xmm0
	addpd	%xmm0, %xmm1
	cmpq	$4, %rax
	jne	.L5
	movaps	%xmm1, (%r8,%rdi)
	cmpq	$16, %rdi
	je	.L6
	movl	$16, %edi
	jmp	.L8
	.p2align 4,,10
	.p2align 3
.L6:
	addq	$32, %r8
	addq	$32, %rcx
	cmpq	%r10, %r8
	jne	.L9
	movdqa	136(%rsp), %xmm4
	movdqa	152(%rsp), %xmm5
	movdqa	168(%rsp), %xmm6
	movdqa	184(%rsp), %xmm7
	movdqa	200(%rsp), %xmm2
	movaps	%xmm4, 8(%rsp)
	movdqa	216(%rsp), %xmm4
	movaps	%xmm5, 24(%rsp)
	movdqa	232(%rsp), %xmm5
	movaps	%xmm6, 40(%rsp)
	movdqa	248(%rsp), %xmm6
	movaps	%xmm7, 56(%rsp)
	movaps	%xmm2, 72(%rsp)
	movaps	%xmm4, 88(%rsp)
	movaps	%xmm5, 104(%rsp)
	movaps	%xmm6, 120(%rsp)
	subl	$1, %r11d
	jnb	.L3
.L4:
	pxor	%xmm0, %xmm0
	addsd	8(%rsp), %xmm0
	addsd	48(%rsp), %xmm0
	addsd	88(%rsp), %xmm0
	addsd	128(%rsp), %xmm0
	addq	$272, %rsp
	.cfi_def_cfa_offset 24
	popq	%rbx
	.cfi_def_cfa_offset 16
	popq	%rbp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE29:
	.size	trace_of_powers, .-trace_of_powers
	.p2align 4
	.type	more_frequent, @function
more_frequent:
.LFB26:
	.cfi_startproc
	movl	24(%rsi), %eax
	cmpl	%eax, 24(%rdi)
	jne	.L24
	jmp	strcmp@PLT
	.p2align 4,,10
	.p2align 3
.L24:
	sbbl	%eax, %eax
	andl	$2, %eax
	subl	$1, %eax
	ret
	.cfi_endproc
.LFE26:
	.size	more_frequent, .-more_frequent
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC5:
	.string	"%-10s %s\n"
	.text
	.p2align 4
	.type	report, @function
report:
.LFB32:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	pushq	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset 3, -24
	movq	%rdi, %rbx
	subq	$376, %rsp
	.cfi_def_cfa_offset 400
	movq	%rdx, 208(%rsp)
	movq	%rcx, 216(%rsp)
	movq	%r8, 224(%rsp)
	movq	%r9, 232(%rsp)
	testb	%al, %al
	je	.L27
	movaps	%xmm0, 240(%rsp)
	movaps	%xmm1, 256(%rsp)
	movaps	%xmm2, 272(%rsp)
	movaps	%xmm3, 288(%rsp)
	movaps	%xmm4, 304(%rsp)
	movaps	%xmm5, 320(%rsp)
	movaps	%xmm6, 336(%rsp)
	movaps	%xmm7, 352(%rsp)
.L27:
	leaq	32(%rsp), %rbp
	leaq	400(%rsp), %rax
	movq	%rsi, %rdx
	movl	$160, %esi
	movq	%rax, 16(%rsp)
	leaq	8(%rsp), %rcx
	leaq	192(%rsp), %rax
	movq	%rbp, %rdi
	movl	$16, 8(%rsp)
	movl	$48, 12(%rsp)
	movq	%rax, 24(%rsp)
	call	vsnprintf@PLT
	movq	%rbp, %rdx
	movq	%rbx, %rsi
	xorl	%eax, %eax
	leaq	.LC5(%rip), %rdi
	call	printf@PLT
	addq	$376, %rsp
	.cfi_def_cfa_offset 24
	popq	%rbx
	.cfi_def_cfa_offset 16
	popq	%rbp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE32:
	.size	report, .-report
	.p2align 4
	.type	ackermann, @function
ackermann:
.LFB30:
	.cfi_startproc
	testl	%edi, %edi
	je	.L125
	pushq	%r15
	.cfi_def_cfa_offset 16
	.cfi_offset 15, -16
	pushq	%r14
	.cfi_def_cfa_offset 24
	.cfi_offset 14, -24
	pushq	%r13
	.cfi_def_cfa_offset 32
	.cfi_offset 13, -32
	pushq	%r12
	.cfi_def_cfa_offset 40
	.cfi_offset 12, -40
	pushq	%rbp
	.cfi_def_cfa_offset 48
	.cfi_offset 6, -48
	pushq	%rbx
	.cfi_def_cfa_offset 56
	.cfi_offset 3, -56
	movl	%edi, %ebx
	subq	$24, %rsp
	.cfi_def_cfa_offset 80
	testl	%esi, %esi
	jne	.L128
	movl	%ebx, %eax
	movl	$1, %esi
	subl	$1, %eax
	je	.L62
.L144:
	testl	%esi, %esi
	jne	.L88
	movl	$1, %esi
	subl	$2, %ebx
	je	.L62
.L128:
	subl	$1, %esi
	testl	%esi, %esi
	jne	.L129
	movl	%ebx, %ebp
	movl	$1, %eax
	movl	%ebp, %edx
	subl	$1, %edx
	je	.L59
.L143:
	testl	%eax, %eax
	jne	.L86
	movl	$1, %eax
	subl	$2, %ebp
	je	.L59
.L60:
	subl	$1, %eax
.L61:
	testl	%eax, %eax
	jne	.L130
	movl	%ebp, %r12d
	movl	$1, %eax
	movl	%r12d, %edx
	subl	$1, %edx
	je	.L56
.L142:
	testl	%eax, %eax
	jne	.L84
	movl	$1, %eax
	subl	$2, %r12d
	je	.L56
.L57:
	subl	$1, %eax
.L58:
	testl	%eax, %eax
	jne	.L131
	movl	%r12d, %r13d
	movl	$1, %eax
	movl	%r13d, %edx
	subl	$1, %edx
	je	.L53
.L141:
	testl	%eax, %eax
	jne	.L82
	movl	$1, %eax
	subl	$2, %r13d
	je	.L53
.L54:
	subl	$1, %eax
.L55:
	testl	%eax, %eax
	jne	.L132
	movl	%r13d, %r14d
	movl	$1, %eax
	movl	%r14d, %edx
	subl	$1, %edx
	je	.L50
.L140:
	testl	%eax, %eax
	jne	.L80
	movl	$1, %eax
	subl	$2, %r14d
	je	.L50
.L51:
	subl	$1, %eax
.L52:
	testl	%eax, %eax
	jne	.L133
	movl	%r14d, %r15d
	movl	$1, %eax
	movl	%r15d, %edx
	subl	$1, %edx
	je	.L47
.L139:
	testl	%eax, %eax
	jne	.L78
	movl	$1, %eax
	subl	$2, %r15d
	je	.L47
.L48:
	subl	$1, %eax
.L49:
	testl	%eax, %eax
	jne	.L134
	movl	%r15d, %edx
	movl	$1, %eax
	movl	%edx, %ecx
	subl	$1, %ecx
	je	.L44
.L138:
	testl	%eax, %eax
	jne	.L76
	movl	$1, %eax
	subl	$2, %edx
	je	.L44
.L45:
	subl	$1, %eax
.L46:
	testl	%eax, %eax
	jne	.L135
	movl	%edx, %ecx
	movl	$1, %eax
	movl	%ecx, %esi
	subl	$1, %esi
	je	.L41
.L137:
	testl	%eax, %eax
	jne	.L74
	movl	$1, %eax
	subl	$2, %ecx
	je	.L41
.L42:
	subl	$1, %eax
.L43:
	movl	%ecx, %edi
.L40:
	testl	%eax, %eax
	jne	.L136
	movl	$1, %eax
.L39:
	subl	$1, %edi
	jne	.L40
	movl	%ecx, %esi
	addl	$1, %eax
	subl	$1, %esi
	jne	.L137
.L41:
	movl	%edx, %ecx
	addl	$1, %eax
	subl	$1, %ecx
	jne	.L138
.L44:
	movl	%r15d, %edx
	addl	$1, %eax
	subl	$1, %edx
	jne	.L139
.L47:
	movl	%r14d, %edx
	addl	$1, %eax
	subl	$1, %edx
	jne	.L140
.L50:
	movl	%r13d, %edx
	addl	$1, %eax
	subl	$1, %edx
	jne	.L141
.L53:
	movl	%r12d, %edx
	addl	$1, %eax
	subl	$1, %edx
	jne	.L142
.L56:
	movl	%ebp, %edx
	addl	$1, %eax
	subl	$1, %edx
	jne	.L143
.L59:
	leal	1(%rax), %esi
	movl	%ebx, %eax
	subl	$1, %eax
	jne	.L144
.L62:
	addq	$24, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 56
	leal	1(%rsi), %eax
	popq	%rbx
	.cfi_def_cfa_offset 48
	popq	%rbp
	.cfi_def_cfa_offset 40
	popq	%r12
	.cfi_def_cfa_offset 32
	popq	%r13
	.cfi_def_cfa_offset 24
	popq	%r14
	.cfi_def_cfa_offset 16
	popq	%r15
	.cfi_def_cfa_offset 8
	ret
.L135:
	.cfi_restore_state
	subl	$1, %eax
	movl	%edx, %ecx
	jmp	.L43
	.p2align 4,,10
	.p2align 3
.L136:
	leal	-1(%rax), %esi
	movl	%edx, 12(%rsp)
	movl	%ecx, 8(%rsp)
	movl	%edi, 4(%rsp)
	call	ackermann
	movl	4(%rsp), %edi
	movl	8(%rsp), %ecx
	movl	12(%rsp), %edx
	jmp	.L39
.L134:
	subl	$1, %eax
	movl	%r15d, %edx
	jmp	.L46
.L133:
	subl	$1, %eax
	movl	%r14d, %r15d
	jmp	.L49
.L132:
	subl	$1, %eax
	movl	%r13d, %r14d
	jmp	.L52
.L131:
	subl	$1, %eax
	movl	%r12d, %r13d
	jmp	.L55
.L130:
	subl	$1, %eax
	movl	%ebp, %r12d
	jmp	.L58
	.p2align 4,,10
	.p2align 3
.L74:
	movl	%esi, %ecx
	jmp	.L42
	.p2align 4,,10
	.p2align 3
.L76:
	movl	%ecx, %edx
	jmp	.L45
	.p2align 4,,10
	.p2align 3
.L78:
	movl	%edx, %r15d
	jmp	.L48
	.p2align 4,,10
	.p2align 3
.L80:
	movl	%edx, %r14d
	jmp	.L51
	.p2align 4,,10
	.p2align 3
.L125:
	.cfi_def_cfa_offset 8
	.cfi_restore 3
	.cfi_restore 6
	.cfi_restore 12
	.cfi_restore 13
	.cfi_restore 14
	.cfi_restore 15
	leal	1(%rsi), %eax
	ret
	.p2align 4,,10
	.p2align 3
.L82:
	.cfi_def_cfa_offset 80
	.cfi_offset 3, -56
	.cfi_offset 6, -48
	.cfi_offset 12, -40
	.cfi_offset 13, -32
	.cfi_offset 14, -24
	.cfi_offset 15, -16
	movl	%edx, %r13d
	jmp	.L54
	.p2align 4,,10
	.p2align 3
.L84:
	movl	%edx, %r12d
	jmp	.L57
.L86:
	movl	%edx, %ebp
	jmp	.L60
.L88:
	movl	%eax, %ebx
	jmp	.L128
.L129:
	leal	-1(%rsi), %eax
	movl	%ebx, %ebp
	jmp	.L61
	.cfi_endproc
.LFE30:
	.size	ackermann, .-ackermann
	.section	.rodata.str1.1
.LC6:
	.string	" "
.LC7:
	.string	"%u in all, %zu different"
.LC8:
	.string	"words"
	.section	.rodata.str1.8,"aMS",@progbits,1
	.align 8
.LC10:
	.string	"%2zu. %-8s %3u times, weight %.4f, share %5.2f%%, hash %08x\n"
	.section	.rodata.str1.1
.LC13:
	.string	"power %d: %.9f (%+.3e) %ld"
.LC14:
	.string	"trace"
.LC15:
	.string	"A(2, 9) = %u, A(3, 4) = %u"
.LC16:
	.string	"ackermann"
.LC17:
	.string	"%s = %ld after %ld steps"
.LC18:
	.string	"program"
	.section	.text.unlikely,"ax",@progbits
.LCOLDB19:
	.section	.text.startup,"ax",@progbits
.LHOTB19:
	.p2align 4
	.globl	main
	.type	main, @function
main:
.LFB33:
	.cfi_startproc
	pushq	%r15
	.cfi_def_cfa_offset 16
	.cfi_offset 15, -16
	movl	$173, %edi
	pushq	%r14
	.cfi_def_cfa_offset 24
	.cfi_offset 14, -24
	pushq	%r13
	.cfi_def_cfa_offset 32
	.cfi_offset 13, -32
	pushq	%r12
	.cfi_def_cfa_offset 40
	.cfi_offset 12, -40
	pushq	%rbp
	.cfi_def_cfa_offset 48
	.cfi_offset 6, -48
	pushq	%rbx
	.cfi_def_cfa_offset 56
	.cfi_offset 3, -56
	subq	$152, %rsp
	.cfi_def_cfa_offset 208
	call	malloc@PLT
	testq	%rax, %rax
	je	.L222
	movdqa	TEXT(%rip), %xmm4
	movdqa	16+TEXT(%rip), %xmm5
	leaq	.LC6(%rip), %rsi
	movq	%rax, %rdi
	movdqa	32+TEXT(%rip), %xmm6
	movdqa	48+TEXT(%rip), %xmm7
	movq	%rax, %r13
	movups	%xmm4, (%rax)
	movdqa	64+TEXT(%rip), %xmm4
	movups	%xmm5, 16(%rax)
	movdqa	80+TEXT(%rip), %xmm5
	movups	%xmm6, 32(%rax)
	movdqa	96+TEXT(%rip), %xmm6
	movups	%xmm7, 48(%rax)
	movdqa	112+TEXT(%rip), %xmm7
	movups	%xmm4, 64(%rax)
	movdqa	128+TEXT(%rip), %xmm4
	movups	%xmm5, 80(%rax)
	movdqa	144+TEXT(%rip), %xmm5
	movups	%xmm6, 96(%rax)
	movdqu	157+TEXT(%rip), %xmm6
	movups	%xmm5, 144(%rax)
	movups	%xmm7, 112(%rax)
	movups	%xmm4, 128(%rax)
	movups	%xmm6, 157(%rax)
	call	strtok@PLT
	movl	$0, (%rsp)
	movq	used(%rip), %rbp
	movq	%rax, %rbx
	leaq	words(%rip), %rax
	movq	%rax, 8(%rsp)
	testq	%rbx, %rbx
	je	.L149
	.p2align 4,,10
	.p2align 3
.L148:
	leaq	words(%rip), %r14
	xorl	%r15d, %r15d
	testq	%rbp, %rbp
	jne	.L151
	jmp	.L154
	.p2align 4,,10
	.p2align 3
.L224:
	addq	$1, %r15
	addq	$40, %r14
	cmpq	%rbp, %r15
	je	.L223
.L151:
	movq	%rbx, %rsi
	movq	%r14, %rdi
	movq	%r14, %r12
	call	strcmp@PLT
	testl	%eax, %eax
	jne	.L224
.L150:
	addl	$1, 24(%r12)
	addl	$1, (%rsp)
.L152:
	leaq	.LC6(%rip), %rsi
	xorl	%edi, %edi
	call	strtok@PLT
	movq	%rax, %rbx
	testq	%rax, %rax
	jne	.L148
.L149:
	movq	%r13, %rdi
	call	free@PLT
.L147:
	movl	(%rsp), %r12d
	testq	%rbp, %rbp
	je	.L155
	leaq	24+words(%rip), %rbx
	leaq	0(%rbp,%rbp,4), %rax
	pxor	%xmm2, %xmm2
	leaq	(%rbx,%rax,8), %r13
	.p2align 4,,10
	.p2align 3
.L163:
	movl	(%rbx), %eax
	pxor	%xmm0, %xmm0
	cvtsi2sdq	%rax, %xmm0
	ucomisd	%xmm0, %xmm2
	ja	.L220
	sqrtsd	%xmm0, %xmm0
.L160:
	pxor	%xmm1, %xmm1
	addq	$40, %rbx
	cvtsi2sdq	%r12, %xmm1
	divsd	%xmm1, %xmm0
	movsd	%xmm0, -32(%rbx)
	cmpq	%rbx, %r13
	jne	.L163
.L155:
	movq	8(%rsp), %rdi
	movq	%rbp, %rsi
	movl	$40, %edx
	xorl	%ebx, %ebx
	leaq	more_frequent(%rip), %rcx
	leaq	.LC10(%rip), %rbp
	call	qsort@PLT
	movq	used(%rip), %rcx
	movl	(%rsp), %edx
	xorl	%eax, %eax
	leaq	.LC7(%rip), %rsi
	leaq	.LC8(%rip), %rdi
	call	report
	pxor	%xmm7, %xmm7
	cvtsi2sdq	%r12, %xmm7
	leaq	words(%rip), %r12
	movsd	%xmm7, (%rsp)
	.p2align 4,,10
	.p2align 3
.L170:
	movq	%r12, %rdi
	call	strlen@PLT
	testq	%rax, %rax
	je	.L192
	leaq	(%r12,%rax), %rcx
	movl	$-2128831035, %r8d
	movq	%r12, %rax
	.p2align 4,,10
	.p2align 3
.L167:
	movzbl	(%rax), %edx
	addq	$1, %rax
	xorl	%r8d, %edx
	imull	$16777619, %edx, %r8d
	roll	$7, %r8d
	cmpq	%rcx, %rax
	jne	.L167
.L166:
	movl	24(%r12), %eax
	addq	$1, %rbx
	pxor	%xmm1, %xmm1
	movq	%r12, %rdx
	movsd	32(%r12), %xmm0
	movq	%rbx, %rsi
	movq	%rbp, %rdi
	addq	$40, %r12
	cvtsi2sdq	%rax, %xmm1
	mulsd	.LC9(%rip), %xmm1
	movq	%rax, %rcx
	movl	$2, %eax
	divsd	(%rsp), %xmm1
	call	printf@PLT
	cmpq	$5, %rbx
	jne	.L170
	xorl	%ebx, %ebx
	leaq	.LC13(%rip), %r12
	leaq	.LC14(%rip), %rbp
.L171:
	movl	%ebx, %edi
	call	trace_of_powers
	movapd	%xmm0, %xmm2
	movsd	.LC11(%rip), %xmm0
	movsd	%xmm2, (%rsp)
	mulsd	%xmm2, %xmm0
	call	lround@PLT
	movsd	(%rsp), %xmm2
	movl	%ebx, %edx
	movq	%r12, %rsi
	movq	%rax, %rcx
	movq	%rbp, %rdi
	movl	$2, %eax
	addl	$2, %ebx
	movapd	%xmm2, %xmm1
	subsd	.LC12(%rip), %xmm1
	movapd	%xmm2, %xmm0
	call	report
	cmpl	$8, %ebx
	jne	.L171
	movl	$4, %esi
	movl	$3, %edi
	leaq	programs.0(%rip), %rbp
	movl	$49, %ebx
	call	ackermann
	movl	$9, %esi
	movl	$2, %edi
	leaq	40(%rbp), %r14
	movl	%eax, %r8d
	leaq	.LC17(%rip), %r13
	leaq	.L177(%rip), %r15
	call	ackermann
	movl	%r8d, %ecx
	leaq	.LC15(%rip), %rsi
	leaq	.LC16(%rip), %rdi
	movl	%eax, %edx
	xorl	%eax, %eax
	call	report
	leaq	16(%rsp), %rax
	movq	%rax, (%rsp)
	.p2align 4,,10
	.p2align 3
.L189:
	movq	(%rsp), %rdi
	movl	$16, %ecx
	xorl	%eax, %eax
	movq	0(%rbp), %r12
	rep stosq
	testb	%bl, %bl
	je	.L193
	call	__ctype_b_loc@PLT
	xorl	%r8d, %r8d
	movq	(%rax), %rcx
	xorl	%eax, %eax
	.p2align 4,,10
	.p2align 3
.L187:
	movzbl	%bl, %edx
	testb	$8, 1(%rcx,%rdx,2)
	jne	.L225
	subl	$97, %ebx
	cmpb	$7, %bl
	ja	.L194
	movzbl	%bl, %ebx
	movslq	(%r15,%rbx,4), %rdx
	addq	%r15, %rdx
	jmp	*%rdx
	.section	.rodata
	.align 4
	.align 4
.L177:
	.long	.L184-.L177
	.long	.L183-.L177
	.long	.L182-.L177
	.long	.L181-.L177
	.long	.L180-.L177
	.long	.L179-.L177
	.long	.L178-.L177
	.long	.L176-.L177
	.section	.text.startup
	.p2align 4,,10
	.p2align 3
.L178:
	leal	-1(%rax), %edx
	andl	$15, %edx
	sarq	16(%rsp,%rdx,8)
	.p2align 4,,10
	.p2align 3
.L174:
	addq	$1, %r8
	movzbl	(%r12,%r8), %ebx
	testb	%bl, %bl
	jne	.L187
.L172:
	subl	$1, %eax
	andl	$15, %eax
	movq	16(%rsp,%rax,8), %rcx
.L175:
	movq	%r12, %rdx
	movq	%r13, %rsi
	leaq	.LC18(%rip), %rdi
	xorl	%eax, %eax
	call	report
	addq	$8, %rbp
	cmpq	%r14, %rbp
	je	.L188
	movq	0(%rbp), %rax
	movzbl	(%rax), %ebx
	jmp	.L189
	.p2align 4,,10
	.p2align 3
.L179:
	leal	-1(%rax), %edx
	andl	$15, %edx
	salq	$3, 16(%rsp,%rdx,8)
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L180:
	leal	-1(%rax), %edx
	andl	$15, %edx
	negq	16(%rsp,%rdx,8)
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L181:
	leal	-1(%rax), %edx
	andl	$15, %edx
	movq	16(%rsp,%rdx,8), %rdi
	movl	%eax, %edx
	addl	$1, %eax
	andl	$15, %edx
	movq	%rdi, 16(%rsp,%rdx,8)
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L182:
	leal	-1(%rax), %edi
	subl	$2, %eax
	movl	%edi, %edx
	andl	$15, %eax
	andl	$15, %edx
	movq	16(%rsp,%rdx,8), %rdx
	imulq	16(%rsp,%rax,8), %rdx
	movq	%rdx, 16(%rsp,%rax,8)
	movl	%edi, %eax
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L183:
	leal	-1(%rax), %edi
	subl	$2, %eax
	movl	%edi, %r10d
	andl	$15, %eax
	andl	$15, %r10d
	movq	16(%rsp,%rax,8), %rdx
	subq	16(%rsp,%r10,8), %rdx
	movq	%rdx, 16(%rsp,%rax,8)
	movl	%edi, %eax
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L184:
	leal	-1(%rax), %edx
	subl	$2, %eax
	movl	%edx, %edi
	andl	$15, %eax
	andl	$15, %edi
	movq	16(%rsp,%rdi,8), %rdi
	addq	%rdi, 16(%rsp,%rax,8)
	movl	%edx, %eax
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L176:
	leal	-1(%rax), %r10d
	movl	%r10d, %edx
	andl	$15, %edx
	movq	16(%rsp,%rdx,8), %rdi
	testq	%rdi, %rdi
	je	.L186
	leal	-2(%rax), %r11d
	andl	$15, %r11d
	movq	16(%rsp,%r11,8), %rax
	cqto
	idivq	%rdi
	movq	%rax, 16(%rsp,%r11,8)
.L186:
	movl	%r10d, %eax
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L225:
	movsbl	%bl, %ebx
	movl	%eax, %edx
	addl	$1, %eax
	subl	$48, %ebx
	andl	$15, %edx
	movslq	%ebx, %rbx
	movq	%rbx, 16(%rsp,%rdx,8)
	jmp	.L174
	.p2align 4,,10
	.p2align 3
.L223:
	cmpq	$128, %rbp
	je	.L152
.L154:
	movq	8(%rsp), %rsi
	leaq	0(%rbp,%rbp,4), %rax
	leaq	1(%rbp), %r14
	movl	$23, %edx
	movq	%r14, used(%rip)
	movq	%r14, %rbp
	leaq	(%rsi,%rax,8), %r12
	movq	%rbx, %rsi
	movq	%r12, %rdi
	call	strncpy@PLT
	jmp	.L150
	.p2align 4,,10
	.p2align 3
.L188:
	xorl	%eax, %eax
	cmpq	$21, used(%rip)
	setne	%al
	addq	$152, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 56
	popq	%rbx
	.cfi_def_cfa_offset 48
	leal	(%rax,%rax,2), %eax
	popq	%rbp
	.cfi_def_cfa_offset 40
	popq	%r12
	.cfi_def_cfa_offset 32
	popq	%r13
	.cfi_def_cfa_offset 24
	popq	%r14
	.cfi_def_cfa_offset 16
	popq	%r15
	.cfi_def_cfa_offset 8
	ret
.L192:
	.cfi_restore_state
	movl	$-2128831035, %r8d
	jmp	.L166
.L193:
	xorl	%r8d, %r8d
	xorl	%eax, %eax
	jmp	.L172
.L220:
	call	sqrt@PLT
	pxor	%xmm2, %xmm2
	jmp	.L160
.L222:
	xorl	%eax, %eax
	movq	used(%rip), %rbp
	movl	%eax, (%rsp)
	leaq	words(%rip), %rax
	movq	%rax, 8(%rsp)
	jmp	.L147
	.cfi_endproc
	.section	.text.unlikely
	.cfi_startproc
	.type	main.cold, @function
main.cold:
.LFSB33:
.L194:
	.cfi_def_cfa_offset 208
	.cfi_offset 3, -56
	.cfi_offset 6, -48
	.cfi_offset 12, -40
	.cfi_offset 13, -32
	.cfi_offset 14, -24
	.cfi_offset 15, -16
	orq	$-1, %rcx
	jmp	.L175
	.cfi_endproc
.LFE33:
	.section	.text.startup
	.size	main, .-main
	.section	.text.unlikely
	.size	main.cold, .-main.cold
.LCOLDE19:
	.section	.text.startup
.LHOTE19:
	.section	.rodata.str1.1
.LC20:
	.string	"12a3c"
.LC21:
	.string	"9de7b2c"
.LC22:
	.string	"5f3h"
.LC23:
	.string	"77cdg4hx"
.LC24:
	.string	"123456789aaaaaaaa"
	.section	.data.rel.ro.local,"aw"
	.align 32
	.type	programs.0, @object
	.size	programs.0, 40
programs.0:
	.quad	.LC20
	.quad	.LC21
	.quad	.LC22
	.quad	.LC23
	.quad	.LC24
	.local	used
	.comm	used,8,8
	.local	words
	.comm	words,5120,32
	.section	.rodata
	.align 32
	.type	TEXT, @object
	.size	TEXT, 173
TEXT:
	.string	"the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs over the hill to the river where the quick fish jump and the brown bear waits for the fish"
	.section	.rodata.cst16,"aM",@progbits,16
	.align 16
.LC0:
	.long	1
	.long	2
	.long	3
	.long	4
	.section	.rodata.cst8,"aM",@progbits,8
	.align 8
.LC2:
	.long	0
	.long	1072693248
	.section	.rodata.cst16
	.align 16
.LC3:
	.long	0
	.long	1
	.long	2
	.long	3
	.section	.rodata.cst8
	.align 8
.LC9:
	.long	0
	.long	1079574528
	.align 8
.LC11:
	.long	0
	.long	1083129856
	.align 8
.LC12:
	.long	0
	.long	1074790400
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
