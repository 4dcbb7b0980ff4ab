"""Instruction forms that are compared with Unicorn.

In SIZED each form is written for every suffix; A, C and D stand for the register of that size and M for memory.

Left out: blsi, whose CF Unicorn inverts, and 2-byte shld and shrd by cl, which are undefined above 16.
"""

from __future__ import annotations

from collections.abc import Iterator

from transpile.native.micro import CONDITIONS

NAMES = {
    "b": ("al", "cl", "dl"),
    "w": ("ax", "cx", "dx"),
    "l": ("eax", "ecx", "edx"),
    "q": ("rax", "rcx", "rdx"),
}
MEMORY = "8(%rbx,%r9,2)"

SIZED = {
    "bwlq": """
        mov $-5,A; mov C,A; mov M,A; mov A,M; mov $7,M; xchg A,C; xchg A,M; xchg A,A
        add C,A; add $5,A; add M,A; add C,M; add $-3,M; sub C,A; sub $1,A; sub M,A; sub C,M; sub A,A
        and C,A; and $15,A; and M,A; and C,M; and A,A; or C,A; or $16,A; or M,A; or C,M; or A,A; or $-1,A; and $0,A
        xor C,A; xor $3,A; xor M,A; xor C,M; xor A,A
        cmp C,A; cmp $1,A; cmp M,A; cmp C,M; cmp $0,M; test C,A; test A,A; test $12,A; test C,M; test $1,M
        inc A; inc M; dec A; dec M; neg A; neg M; not A; not M
        adc C,A; adc $0,A; adc M,A; adc C,M; sbb C,A; sbb $1,A; sbb M,A; sbb C,M; sbb A,A
        mul C; mul M; imul C; imul M; mul A; div C; idiv C; div M; idiv M
        shl A; shl $3,A; shl %cl,A; shl $1,M; shl %cl,M; shr A; shr $3,A; shr %cl,A; shr $7,M; sar A; sar $3,A
        sar %cl,A; sar %cl,M; shl $0,A; shl $9,A; shr $10,A; sar $12,A; shl $31,A
        rol A; rol $3,A; rol %cl,A; rol $5,M; ror A; ror $3,A; ror %cl,A; ror $9,A; ror %cl,M; rol $8,A
        rcl A; rcr A; rcl $3,A; rcr $3,A; rcl M; rcr $9,A; rcl $8,A; rcr $17,A; rcl $0,A
        lock add C,M; lock sub C,M; lock and C,M; lock or $1,M; lock xor C,M; lock inc M; lock dec M; lock not M
        xadd C,A; xadd A,A; lock xadd C,M; xadd C,M; cmpxchg C,D; cmpxchg C,M; lock cmpxchg C,M
        movs; stos; lods; scas; cmps
    """,
    "wlq": """
        imul C,A; imul M,A; imul $7,C,A; imul $-100,M,A; imul A,A
        shld $3,C,A; shrd $3,C,A; shld $1,C,M; shrd $9,C,M; shrd $0,C,A
        bt C,A; bt $3,A; bt $5,M; bts C,A; bts $3,A; bts $5,M; btr C,A; btr $3,A; btr $5,M; btc C,A; btc $3,A; btc $5,M
        lock bts $2,M; lock btr $3,M; lock btc $4,M
        bsf C,A; bsr C,A; bsf M,A; bsr A,A; tzcnt C,A; lzcnt C,A; popcnt C,A; popcnt M,A
        movbe M,A; movbe A,M; lea 5(%rax,%rcx,4),A; lea (%rbx),A; lea -3(,%rcx,8),A
    """,
    "lq": """
        shld %cl,D,A; shrd %cl,D,A; shrd %cl,D,M; bswap A; movnti A,M; andn D,C,A; blsr C,A; blsmsk C,A
        shlx C,D,A; sarx C,D,A; shrx C,M,A; rorx $5,C,A
    """,
}

PLAIN = """
    mov %ah,%cl; mov %al,%ch; add %ah,%dl; sub %cl,%ah; xor %ah,%ah; movzbl %ah,%ecx; movsbl %ch,%eax; xchg %ah,%al
    movb $3,%ah; cmp $3,%ah; test %ah,%ah; setne %ah; shl $2,%ah; not %ah; inc %ah; addb %ah,8(%rbx)
    movzbw %al,%cx; movzbl %al,%ecx; movzbq %al,%rcx; movzwl %ax,%ecx; movzwq %ax,%rcx
    movsbw %al,%cx; movsbl %al,%ecx; movsbq %al,%rcx; movswl %ax,%ecx; movswq %ax,%rcx; movslq %eax,%rcx
    movzbw 8(%rbx),%cx; movzbl 8(%rbx),%ecx; movzwl 8(%rbx),%ecx; movsbw 8(%rbx),%cx; movsbl 8(%rbx),%ecx
    movsbq 8(%rbx),%rcx; movswl 8(%rbx),%ecx; movswq 8(%rbx),%rcx; movslq 8(%rbx),%rcx; movzwq 8(%rbx),%rcx
    cbtw; cwtl; cltq; cwtd; cltd; cqto; movl (%ebx),%eax; leaq (%eax,%ecx,2),%rdx; leal (%eax),%edx
    pushq %rax; pushq $-3; pushq 8(%rbx); pushq %rsp; popq %rax; popq 8(%rbx); popq 8(%rsp); popq %rsp; leave
    clc; stc; cmc; mulxq %rcx,%rax,%r8; mulxl %ecx,%eax,%eax; subq $24,%rsp; leaq -8(%rsp),%rsp
    btq %rax,64(%rbx,%r9,2); sahf; movabsq $0x123456789abcdef0,%rax; movl $-1,%eax; movq $-1,%rax
    nop; pause; endbr64; mfence; cld; prefetcht0 (%rbx)
    mulq %rdx; mull %edx; imulq %rdx; imull %edx; mulw %dx
"""

BIT_STRINGS = (
    "bt{0} %{1},8(%rbx); bts{0} %{1},8(%rbx); btr{0} %{1},8(%rbx); btc{0} %{1},8(%rbx); lock bts{0} %{1},8(%rbx)"
)

SCALAR = """
    movss %xmm1,%xmm0; movsd %xmm1,%xmm0; movss M,%xmm0; movsd M,%xmm0; movss %xmm0,M; movsd %xmm0,M
    movd %eax,%xmm0; movd %xmm0,%eax; movd M,%xmm0; movd %xmm0,M; movq %rax,%xmm0; movq %xmm0,%rax; movq %xmm1,%xmm0
    movq M,%xmm0; movq %xmm0,M
    cvtsi2sdl %eax,%xmm0; cvtsi2sdq %rax,%xmm0; cvtsi2ssl %eax,%xmm0; cvtsi2ssq %rax,%xmm0; cvtsi2sdl M,%xmm0
    cvtsi2sdq M,%xmm0; cvtsi2ssl M,%xmm0; cvtsi2ssq M,%xmm0
    cvttsd2si %xmm0,%eax; cvttsd2si %xmm0,%rax; cvttss2si %xmm0,%eax; cvttss2si %xmm0,%rax; cvttsd2si M,%eax
    cvtsd2si %xmm0,%eax; cvtsd2si %xmm0,%rax; cvtss2si %xmm0,%eax; cvtss2si M,%rax
    cvtss2sd %xmm1,%xmm0; cvtsd2ss %xmm1,%xmm0; cvtss2sd M,%xmm0; cvtsd2ss M,%xmm0; sqrtsd M,%xmm0
    cmpltsd %xmm1,%xmm0; cmpss $4,%xmm1,%xmm0; cmpnlesd M,%xmm0; cmpunordss %xmm1,%xmm0; cmpordsd %xmm1,%xmm0
    cmpsd $0,%xmm1,%xmm0; sqrtss %xmm1,%xmm0; sqrtsd %xmm1,%xmm0
"""

PACKED = """
    movaps %xmm1,%xmm0; movups M,%xmm0; movdqu %xmm0,M; movapd %xmm0,%xmm1; lddqu M,%xmm0
    movlps M,%xmm0; movhps M,%xmm0; movlpd %xmm0,M; movhpd %xmm0,M; movhlps %xmm1,%xmm0; movlhps %xmm1,%xmm0
    movhlps %xmm0,%xmm0; movlhps %xmm0,%xmm0; pxor %xmm0,%xmm0; xorps %xmm1,%xmm1; pandn %xmm0,%xmm0
    shufps $0x1b,%xmm1,%xmm0; shufps $0xe4,M,%xmm0; shufps $0x39,%xmm0,%xmm0; shufpd $1,%xmm1,%xmm0
    shufpd $2,%xmm1,%xmm0; pshufd $0x4e,%xmm1,%xmm0; pshufd $0xb1,M,%xmm0; pshuflw $0x1b,%xmm1,%xmm0
    pshufhw $0x93,%xmm1,%xmm0; palignr $5,%xmm1,%xmm0; palignr $16,%xmm1,%xmm0; movddup M,%xmm0; movddup %xmm1,%xmm0
    movsldup %xmm1,%xmm0; movshdup M,%xmm0
    pinsrw $3,%eax,%xmm0; pinsrw $6,M,%xmm0; pextrw $5,%xmm1,%eax; pinsrq $1,%rax,%xmm0; pextrq $1,%xmm0,%rax
    pextrw $2,%xmm0,M; movmskps %xmm0,%eax; movmskpd %xmm0,%eax; pmovmskb %xmm0,%eax
    cmpps $1,%xmm1,%xmm0; cmplepd %xmm1,%xmm0; cmpneqps M,%xmm0; cmpunordpd %xmm1,%xmm0; cmpnltps %xmm1,%xmm0
    cmpordps %xmm1,%xmm0; cmpeqpd %xmm1,%xmm0
"""


def split(block: str) -> Iterator[str]:
    for line in block.strip().splitlines():
        yield from (form.strip() for form in line.split(";") if form.strip())


def sized() -> Iterator[str]:
    for suffixes, block in SIZED.items():
        for form in split(block):
            for suffix in suffixes:
                a, c, d = NAMES[suffix]
                head, _, operands = form.rpartition(" ") if " " in form else (form, "", "")
                for letter, name in (("A", a), ("C", c), ("D", d)):
                    operands = operands.replace(letter, "%" + name)
                yield f"{head}{suffix} {operands.replace('M', MEMORY)}".strip()


def integer() -> list[str]:
    forms = [*sized(), *split(PLAIN)]
    for suffix, register in (("w", "ax"), ("l", "eax"), ("q", "rax")):
        forms += split(BIT_STRINGS.format(suffix, register))
    for cc in CONDITIONS:
        forms += [f"set{cc} %al", f"set{cc} 8(%rbx)", f"cmov{cc} %ecx,%eax", f"cmov{cc} 8(%rbx),%rax"]
        forms += [f"cmov{cc} %cx,%ax", f"j{cc} away"]
    return forms


def scalar() -> list[str]:
    forms = [form.replace("M", MEMORY) for form in split(SCALAR)]
    for name in ("add", "sub", "mul", "div", "min", "max", "comi", "ucomi"):
        for suffix in ("ss", "sd"):
            forms += [f"{name}{suffix} %xmm1,%xmm0", f"{name}{suffix} {MEMORY},%xmm0", f"{name}{suffix} %xmm0,%xmm0"]
    return forms


def packed(binary: list[str], unary: list[str], shifts: list[str]) -> list[str]:
    forms = [form.replace("M", MEMORY) for form in split(PACKED)]
    for name in (*binary, *unary):
        forms += [f"{name} %xmm1,%xmm0", f"{name} {MEMORY},%xmm0"]
    for name in shifts:
        forms += [f"{name} $3,%xmm0", f"{name} $40,%xmm0"]
        if "dq" not in name:
            forms += [f"{name} %xmm1,%xmm0", f"{name} {MEMORY},%xmm0", f"{name} $0,%xmm0"]
    return forms
