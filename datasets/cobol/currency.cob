       >>SOURCE FORMAT IS FREE
identification division.
program-id. currency-desk.
*> Buying and selling currency: cross rates by way of one currency,
*> a margin, a least fee, and cash that comes in coins of five.
data division.
working-storage section.
01 rate-list.
   05 filler pic x(13) value "CHF0000100000".
   05 filler pic x(13) value "EUR0000095630".
   05 filler pic x(13) value "USD0000088125".
   05 filler pic x(13) value "JPY0000000589".
   05 filler pic x(13) value "GBP0000112275".
01 filler redefines rate-list.
   05 rate-entry occurs 5 times indexed by r.
      10 rate-code pic xxx.
      10 rate-value pic 9(5)v9(5).
01 request.
   05 from-code pic xxx.
   05 to-code pic xxx.
   05 amount pic 9(7)v99.
   05 payment pic x.
      88 in-cash value "C".
01 from-rate pic 9(5)v9(5).
01 to-rate pic 9(5)v9(5).
01 cross-rate pic 9(5)v9(8).
01 converted pic 9(9)v99.
01 fee pic 9(5)v99.
01 paid-out pic s9(9)v99.
01 steps pic 9(10).
01 found-rate pic 9(5)v9(5).
01 wanted pic xxx.
01 problem pic x value space.
   88 trouble value "T".
01 request-count pic 9(3) value 0.
01 day-sum pic s9(9)v99 value 0.
01 out-amount pic z(8)9.99-.
01 out-rate pic z(4)9.9(8).
procedure division.
main.
    accept request
    perform until from-code = "END"
        move space to problem
        add 1 to request-count
        perform find-rates
        if not trouble
            perform make-cross-rate
            perform convert
            perform take-fee
            if in-cash perform round-cash end-if
            perform show
        end-if
        accept request
    end-perform
    move day-sum to out-amount
    display request-count " requests " out-amount
    goback.
find-rates.
    move from-code to wanted
    perform look-up
    move found-rate to from-rate
    move to-code to wanted
    perform look-up
    move found-rate to to-rate.
look-up.
    set r to 1
    search rate-entry
        at end
            display "no rate for " wanted
            set trouble to true
            move 1 to found-rate
        when rate-code (r) = wanted
            move rate-value (r) to found-rate
    end-search.
make-cross-rate.
    divide from-rate by to-rate giving cross-rate rounded mode is nearest-even.
convert.
    compute converted rounded mode is truncation = amount * cross-rate
        on size error
            display "amount too large"
            move zero to converted
    end-compute.
take-fee.
    compute fee rounded mode is away-from-zero = converted * 0.0175
    if fee < 3.5 move 3.5 to fee end-if
    subtract fee from converted giving paid-out.
round-cash.
    compute steps rounded = paid-out * 20
    divide steps by 20 giving paid-out.
show.
    move cross-rate to out-rate
    add paid-out to day-sum
    move paid-out to out-amount
    display from-code ">" to-code out-rate out-amount.
