       >>SOURCE FORMAT IS FREE
identification division.
program-id. invoice.
*> Invoice with discount and tax per line; the tax of the invoice is the
*> sum of its rounded lines, and what the rate gives on the sum is shown.
data division.
working-storage section.
01 line-in.
   05 in-code        pic x(6).
   05 in-quantity    pic 9(4).
   05 in-price       pic 9(5)v99.
   05 in-discount    pic 99v9.
   05 in-tax-class   pic 9.
01 tax-table.
   05 filler         pic 9(2)v9(3) value 00.000.
   05 filler         pic 9(2)v9(3) value 07.700.
   05 filler         pic 9(2)v9(3) value 02.600.
   05 filler         pic 9(2)v9(3) value 19.000.
01 tax-rates redefines tax-table.
   05 tax-rate       pic 9(2)v9(3) occurs 4 times.
01 tax-sums.
   05 tax-base       pic s9(7)v99 comp-3 occurs 4 times.
   05 tax-of-class   pic s9(6)v99 comp-3 occurs 4 times.
01 amounts.
   05 line-gross     pic s9(7)v9(4).
   05 line-discount  pic s9(6)v99.
   05 line-net       pic s9(7)v99.
   05 line-tax       pic s9(6)v99.
   05 invoice-net    pic s9(8)v99.
   05 invoice-tax    pic s9(7)v99.
   05 invoice-total  pic s9(8)v99.
   05 tax-on-sum     pic s9(7)v99.
   05 difference     pic s9(3)v99.
01 class-index       pic 9(2) comp.
01 class-count       pic 9 value 0.
01 line-count        pic 9(3) comp-5.
01 edited-money      pic -z,zzz,zz9.99.
01 edited-small      pic -(5)9.99.
procedure division.
main-paragraph.
    perform clear-totals
    accept line-in
    perform until in-code = "TOTAL"
        if in-tax-class is numeric and in-tax-class < 4
            perform price-line
            perform tax-line
            perform add-line
        else
            display "bad tax class in " in-code
        end-if
        accept line-in
    end-perform
    perform show-classes varying class-index from 1 by 1 until class-index > 4
    perform show-invoice
    stop run.
clear-totals.
    initialize tax-sums amounts
    move zero to line-count.
price-line.
    multiply in-quantity by in-price giving line-gross
    compute line-discount rounded = line-gross * in-discount / 100
    subtract line-discount from line-gross giving line-net rounded.
tax-line.
    compute class-index = in-tax-class + 1
    compute line-tax rounded = line-net * tax-rate (class-index) / 100.
add-line.
    add 1 to line-count
    add line-net to invoice-net tax-base (class-index)
    add line-tax to invoice-tax tax-of-class (class-index).
show-classes.
    if tax-base (class-index) not = zero
        add 1 to class-count
        move tax-base (class-index) to edited-money
        display "class " class-index " net " edited-money with no advancing
        move tax-of-class (class-index) to edited-money
        display " tax " edited-money
        perform compare-tax
    end-if.
compare-tax.
    compute tax-on-sum rounded = tax-base (class-index) * tax-rate (class-index) / 100
    subtract tax-on-sum from tax-of-class (class-index) giving difference
    if difference not = zero
        move difference to edited-small
        display "   rounding per line makes " edited-small
    end-if.
show-invoice.
    add invoice-net invoice-tax giving invoice-total
    move invoice-total to edited-money
    display "classes " class-count " lines " line-count " total " edited-money.
