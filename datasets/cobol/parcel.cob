       >>SOURCE FORMAT IS FREE
identification division.
program-id. parcel.
*> Freight of parcels: weight against volume, zones, oversize, fuel,
*> insurance of the value, customs abroad.
data division.
working-storage section.
01 shipment.
   05 ship-id pic x(5).
   05 zone-no pic 9.
   05 grams pic 9(6).
   05 length-cm pic 9(3).
   05 width-cm pic 9(3).
   05 height-cm pic 9(3).
   05 goods-value pic 9(5)v99.
   05 service pic x.
      88 express value "X".
      88 economy value "E".
01 tariff-text.
   05 filler pic x(15) value "006500099001650".
   05 filler pic x(15) value "008100130002195".
   05 filler pic x(15) value "012250175003310".
01 filler redefines tariff-text.
   05 tariff-row occurs 3 times.
      10 tariff-cell pic 9(3)v99 occurs 3 times.
01 volume-grams pic 9(8).
01 charged-grams pic 9(8).
01 kilos pic 9(5).
01 freight pic 9(5)v99.
01 fuel pic 9(4)v99.
01 insurance pic 9(4)v99.
01 customs pic 9(5)v99.
01 total-price pic 9(6)v99.
01 day-total pic 9(7)v99 value 0.
01 girth pic 9(4).
01 w pic 9 comp.
01 show-price pic zz,zz9.99.
procedure division.
main.
    perform with test after until ship-id = "-----"
        accept shipment
        if ship-id not = "-----"
            perform weigh
            perform base-freight
            perform surcharges
            perform insure
            perform declare-customs
            perform add-up
        end-if
    end-perform
    move day-total to show-price
    display "day   " show-price
    stop run.
weigh.
    compute volume-grams = length-cm * width-cm * height-cm / 5
    if volume-grams > grams
        move volume-grams to charged-grams
    else
        move grams to charged-grams
    end-if
    divide charged-grams by 1000 giving kilos
    if kilos * 1000 < charged-grams
        add 1 to kilos
    end-if.
base-freight.
    if zone-no < 1 or zone-no > 3
        move 3 to zone-no
    end-if
    evaluate true
        when kilos <= 2 move 1 to w
        when kilos <= 10 move 2 to w
        when other move 3 to w
    end-evaluate
    move tariff-cell (zone-no, w) to freight
    if kilos > 20
        compute freight rounded = freight + (kilos - 20) * 0.855
    end-if.
surcharges.
    compute girth = length-cm + 2 * (width-cm + height-cm)
    if girth > 300 or length-cm > 120
        add 14.5 to freight
    end-if
    if express
        compute freight rounded = freight * 1.6
    end-if
    if economy
        compute freight = freight * 0.9
    end-if
    compute fuel rounded = freight * 0.1175.
insure.
    move zero to insurance
    if goods-value > 500
        compute insurance rounded = (goods-value - 500) * 0.0035 + 1
    end-if.
declare-customs.
    move zero to customs
    if zone-no = 3 and goods-value > 150
        compute customs rounded = goods-value * 0.047
        if customs < 12.5 move 12.5 to customs end-if
    end-if.
add-up.
    add freight fuel insurance customs giving total-price
    add total-price to day-total
    move total-price to show-price
    display ship-id " " show-price " " kilos.
