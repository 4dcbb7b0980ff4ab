       >>SOURCE FORMAT IS FREE
identification division.
program-id. dividend.
*> A dividend is shared out in cents: everybody gets what the division
*> gives, and the cents left over go to the largest remainders.
data division.
working-storage section.
01 holder-table.
   03 holder-count pic 99 comp-5.
   03 holder occurs 1 to 12 times depending on holder-count indexed by h.
      05 holder-name pic x(6).
      05 shares pic 9(6).
      05 exact-part pic 9(8)v9(6).
      05 whole-part pic 9(8)v99.
      05 remainder-part pic 9v9(6).
      05 tax-withheld pic 9(7)v99.
01 card.
   03 card-name pic x(6).
   03 card-shares pic 9(6).
01 dividend-sum pic 9(9)v99 value 123456.78.
01 all-shares pic 9(8).
01 distributed pic 9(9)v99.
01 cents-left pic s9(5).
01 best pic 99.
01 best-remainder pic s9v9(6).
01 net-part pic 9(8)v99.
01 all-net pic 9(9)v99 value 0.
01 all-tax pic 9(9)v99 value 0.
01 show-part pic z(7)9.99.
procedure division.
main-line section.
start-here.
    perform read-holders
    perform exact-parts
    perform count-cents
    perform give-cent until cents-left < 1
    perform withhold-tax varying h from 1 by 1 until h > holder-count
    perform last-line
    stop run.
reading section.
read-holders.
    move 0 to holder-count all-shares
    accept card
    perform until card-name = spaces or holder-count = 12
        add 1 to holder-count
        move card-name to holder-name (holder-count)
        move card-shares to shares (holder-count)
        add card-shares to all-shares
        accept card
    end-perform.
computing section.
exact-parts.
    move 0 to distributed
    perform varying h from 1 by 1 until h > holder-count
        compute exact-part (h) = dividend-sum * shares (h) / all-shares
        move exact-part (h) to whole-part (h)
        compute remainder-part (h) = exact-part (h) - whole-part (h)
        add whole-part (h) to distributed
    end-perform.
count-cents.
    compute cents-left = (dividend-sum - distributed) * 100
    display "cents left " cents-left.
give-cent.
    move -1 to best-remainder
    perform varying h from 1 by 1 until h > holder-count
        if remainder-part (h) > best-remainder
            move remainder-part (h) to best-remainder
            set best to h
        end-if
    end-perform
    add .01 to whole-part (best)
    move 0 to remainder-part (best)
    subtract 1 from cents-left.
withhold-tax.
    if whole-part (h) > 1000
        compute tax-withheld (h) = whole-part (h) * 0.2638
    else
        move 0 to tax-withheld (h)
    end-if
    subtract tax-withheld (h) from whole-part (h) giving net-part
    add net-part to all-net
    add tax-withheld (h) to all-tax
    move net-part to show-part
    display holder-name (h) show-part.
last-line.
    add all-net all-tax giving distributed
    move distributed to show-part
    display "sum   " show-part
    if distributed not = dividend-sum
        display "sums differ"
    end-if.
