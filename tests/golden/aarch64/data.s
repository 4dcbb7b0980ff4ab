// transpile 0.1.0 aarch64
// Data, alignment, visibility and comments stay where they are.
	.file	"data.c"
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"tab\there; # quote \" and ; stay"	// a comment beside data
	.ascii	"no end", "\0"
	.data
	.balign	8
	.type	table, %object
	.size	table, 24
table:
	.8byte	.LC0, .LC0+4
	.4byte	-1	// signed
	.2byte	0x1234, 7
	.byte	'a'
	.zero	3
	.bss
	.globl	buffer
	.comm	shared,16,8
	.local	hidden
	.comm	hidden,4,4
	.balign	32
	.type	buffer, %object
buffer:
	.zero	64
	.text
	.p2align	4,,15
	.globl	get
	.hidden	get
	.type	get, %function
get:
// the index is in edi
	// widen it
	adrp	x16, table
	add	x16, x16, :lo12:table
	ldr	x16, [x16, w0, sxtw #3]

	adrp	x17, hidden	// count
	ldr	w6, [x17, :lo12:hidden]
	add	w6, w6, #1
	str	w6, [x17, :lo12:hidden]
	mov	x0, x16
	ret
	.size	get, .-get
	.weak	again
	.type	again, %function
again:
.Ltp_again_head:
	subs	w0, w0, #1
	b.ne	.Ltp_again_head
	mov	w0, w0
	ret
	.size	again, .-again
	.section	.init_array,"aw"
	.balign	8
	.8byte	get
	.ident	"by hand"
	.section	.note.GNU-stack,"",@progbits
