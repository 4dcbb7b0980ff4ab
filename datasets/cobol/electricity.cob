       >>SOURCE FORMAT IS FREE
identification division.
program-id. electricity.
*> Meter readings become bills: meters that wrap, estimated readings,
*> block tariff, a credit for feeding in, and a least amount.
data division.
working-storage section.
01 reading.
   05 customer         pic 9(6).
   05 previous-reading pic 9(5).
   05 current-reading  pic 9(5).
   05 fed-in           pic 9(4).
   05 tariff           pic x.
      88 domestic value "D".
      88 business value "B" "C".
   05 day-count        pic 9(3).
01 consumption         pic s9(6).
01 per-day             pic s9(4)v999.
01 block-1             pic s9(6).
01 block-2             pic s9(6).
01 block-3             pic s9(6).
01 energy-charge       pic s9(6)v99.
01 standing-charge     pic s9(4)v99.
01 feed-credit         pic s9(5)v99.
01 vat                 pic s9(5)v99.
01 bill-total          pic s9(6)v99.
01 all-bills           pic s9(8)v99 value zero.
01 average-price       pic 9(3)v9(4).
01 show-total          pic ---,--9.99.
01 show-price          pic zz9.9999.
procedure division.
main.
    accept reading
    perform until customer = zero
        perform find-consumption
        perform split-blocks
        perform charge-energy
        perform charge-standing
        perform credit-feed-in
        perform total-bill
        perform show-bill
        accept reading
    end-perform
    move all-bills to show-total
    display "all " show-total
    stop run.
find-consumption.
    subtract previous-reading from current-reading giving consumption
    if consumption is negative
        add 100000 to consumption
    end-if
    compute per-day rounded = consumption / day-count
        on size error move zero to per-day
    end-compute.
split-blocks.
    move zero to block-2 block-3
    move consumption to block-1
    if block-1 > 250
        compute block-2 = block-1 - 250
        move 250 to block-1
    end-if
    if block-2 > 500
        compute block-3 = block-2 - 500
        move 500 to block-2
    end-if.
charge-energy.
    evaluate true
        when domestic
            compute energy-charge rounded = block-1 * 0.18205 + block-2 * 0.2147 + block-3 * 0.26555
        when business and per-day > 40
            compute energy-charge rounded = consumption * 0.15995
        when business
            compute energy-charge rounded = consumption * 0.17125
        when other
            multiply consumption by 0.3 giving energy-charge
    end-evaluate.
charge-standing.
    multiply day-count by 0.2745 giving standing-charge rounded
    if business
        compute standing-charge rounded = standing-charge * 1.5
    end-if.
credit-feed-in.
    compute feed-credit rounded = 0 - fed-in * 0.0875.
total-bill.
    add energy-charge standing-charge feed-credit giving bill-total
    if bill-total < 5
        move 5 to bill-total
    end-if
    if domestic
        compute vat rounded = bill-total * 0.05
    else
        compute vat rounded = bill-total * 0.2
    end-if
    add vat to bill-total
    add bill-total to all-bills.
show-bill.
    move bill-total to show-total
    move zero to average-price
    if consumption > zero
        divide bill-total by consumption giving average-price rounded
    end-if
    move average-price to show-price
    display customer show-total show-price.
