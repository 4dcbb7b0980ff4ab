       >>SOURCE FORMAT IS FREE
identification division.
program-id. parking.
*> A car park: fees by started quarter hours, caps per day, nights at
*> half price, lost tickets, and the load of every hour.
data division.
working-storage section.
01 ticket.
   05 plate pic x(7).
   05 day-in pic 9(3).
   05 hour-in pic 99.
   05 minute-in pic 99.
   05 day-out pic 9(3).
   05 hour-out pic 99.
   05 minute-out pic 99.
   05 kind pic x.
      88 resident value "R".
      88 lost value "L".
01 in-minutes pic 9(7) comp-5.
01 out-minutes pic 9(7) comp-5.
01 stay pic s9(7) comp-5.
01 whole-days pic 9(3).
01 rest-minutes pic 9(4).
01 quarters pic 9(3).
01 day-fee pic 9(4)v99.
01 rest-fee pic 9(4)v99.
01 fee pic 9(5)v99.
01 vat-part pic 9(4)v99.
01 takings pic 9(6)v99 value 0.
01 hour-load.
   05 load-of pic 9(3) occurs 24 times value 0.
01 h pic 99.
01 busiest pic 99.
01 show-fee pic zz,zz9.99.
procedure division.
main.
    accept ticket
    perform until plate = spaces
        perform length-of-stay
        perform split-stay
        perform quarter-fee
        perform reductions
        perform book-fee
        perform hour-of-entry
        accept ticket
    end-perform
    perform busiest-hour
    move takings to show-fee
    display "takings " show-fee " busiest " busiest
    stop run.
length-of-stay.
    compute in-minutes = (day-in * 24 + hour-in) * 60 + minute-in
    compute out-minutes = (day-out * 24 + hour-out) * 60 + minute-out
    compute stay = out-minutes - in-minutes
    if stay < 0
        display plate " leaves before it comes"
        move 0 to stay
    end-if.
split-stay.
    divide stay by 1440 giving whole-days remainder rest-minutes
    multiply whole-days by 28.5 giving day-fee.
quarter-fee.
    compute quarters = (rest-minutes + 14) / 15
    if rest-minutes <= 10
        move 0 to quarters
    end-if
    multiply quarters by 0.85 giving rest-fee
    if hour-in >= 19 and rest-minutes < 720
        compute rest-fee rounded = rest-fee / 2
    end-if
    if rest-fee > 28.5
        move 28.5 to rest-fee
    end-if.
reductions.
    add day-fee rest-fee giving fee
    if resident
        compute fee rounded = fee * 0.333
    end-if
    if lost
        if fee < 57 move 57 to fee end-if
    end-if.
book-fee.
    compute vat-part rounded = fee * 8.1 / 108.1
    add fee to takings
    move fee to show-fee
    display plate show-fee " " vat-part.
hour-of-entry.
    compute h = hour-in + 1
    if h <= 24
        add 1 to load-of (h)
    end-if.
busiest-hour.
    move 1 to busiest
    perform varying h from 2 by 1 until h > 24
        if load-of (h) > load-of (busiest)
            move h to busiest
        end-if
    end-perform
    subtract 1 from busiest.
