# transpile 0.1.0 riscv
# Data, alignment, visibility and comments stay where they are.
	.file	"data.c"
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"tab\there; # quote \" and ; stay"	# a comment beside data
	.ascii	"no end", "\0"
	.data
	.balign	8
	.type	table, @object
	.size	table, 24
table:
	.8byte	.LC0, .LC0+4
	.4byte	-1	# signed
	.2byte	0x1234, 7
	.byte	'a'
	.zero	3
	.bss
	.globl	buffer
	.comm	shared,16,8
	.local	hidden
	.comm	hidden,4,4
	.balign	32
	.type	buffer, @object
buffer:
	.zero	64
	.text
	.p2align	4,,15
	.globl	get
	.hidden	get
	.type	get, @function
get:
# the index is in edi
	sext.w	a0, a0	# widen it
	slli	t3, a0, 3
	lla	t0, table
	add	t4, t0, t3
	ld	a0, 0(t4)

	lla	t5, hidden	# count
	lw	t6, 0(t5)
	addiw	a7, t6, 1
	sw	a7, 0(t5)
	ret
	.size	get, .-get
	.weak	again
	.type	again, @function
again:
	sext.w	a0, a0
.Ltp_again_head:
	addiw	a0, a0, -1
	bnez	a0, .Ltp_again_head
	slli	a0, a0, 32
	srli	a0, a0, 32
	ret
	.size	again, .-again
	.section	.init_array,"aw"
	.balign	8
	.8byte	get
	.ident	"by hand"
	.section	.note.GNU-stack,"",@progbits
