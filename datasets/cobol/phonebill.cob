       IDENTIFICATION DIVISION.
       PROGRAM-ID. PHONBILL.
      *    CALLS OF A MONTH: PEAK AND OFF-PEAK SECONDS, FREE MINUTES,
      *    STARTED UNITS, LEVY AND TAX.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  CALL-RECORD.
           03  SUBSCRIBER          PIC 9(7).
           03  START-TIME.
               05  START-HOUR      PIC 99.
               05  START-MINUTE    PIC 99.
               05  START-SECOND    PIC 99.
           03  END-TIME.
               05  END-HOUR        PIC 99.
               05  END-MINUTE      PIC 99.
               05  END-SECOND      PIC 99.
           03  ZONE-CODE           PIC 9.
       01  HOLD-SUBSCRIBER         PIC 9(7) VALUE ZERO.
       01  CALL-COUNT              PIC 9(3).
       01  START-SECONDS           PIC 9(5) COMP.
       01  END-SECONDS             PIC 9(5) COMP.
       01  DURATION                PIC S9(6) COMP.
       01  UNIT-LENGTH             PIC 9(3) COMP.
       01  UNITS                   PIC 9(5).
       01  CALL-CHARGE             PIC 9(4)V9(4).
       01  CHARGES                 PIC 9(5)V9(4).
       01  FREE-SECONDS            PIC S9(5).
       01  SUBTOTAL                PIC 9(5)V99.
       01  LEVY                    PIC 9(3)V99.
       01  TAX                     PIC 9(4)V99.
       01  AMOUNT-DUE              PIC 9(5)V99.
       01  ZONE-PRICES             PIC X(15) VALUE "004900125003900".
       01  PRICES REDEFINES ZONE-PRICES.
           03  ZONE-PRICE          PIC 9V9(4) OCCURS 3.
       01  BILL.
           03  B-NUMBER            PIC 999/9999.
           03  B-AMOUNT            PIC ZZ,ZZ9.99.
       PROCEDURE DIVISION.
       START-UP.
           ACCEPT CALL-RECORD.
       NEW-SUBSCRIBER.
           IF SUBSCRIBER = ZERO GO TO FINISHED.
           MOVE SUBSCRIBER TO HOLD-SUBSCRIBER.
           MOVE ZERO TO CHARGES CALL-COUNT.
           MOVE 300 TO FREE-SECONDS.
       NEXT-CALL.
           ADD 1 TO CALL-COUNT.
           PERFORM MEASURE-CALL.
           PERFORM USE-FREE-SECONDS.
           PERFORM COUNT-UNITS.
           PERFORM PRICE-CALL.
           ACCEPT CALL-RECORD.
           IF SUBSCRIBER = HOLD-SUBSCRIBER GO TO NEXT-CALL.
           PERFORM MAKE-BILL.
           GO TO NEW-SUBSCRIBER.
       MEASURE-CALL.
           COMPUTE START-SECONDS =
               START-HOUR * 3600 + START-MINUTE * 60 + START-SECOND.
           COMPUTE END-SECONDS =
               END-HOUR * 3600 + END-MINUTE * 60 + END-SECOND.
           SUBTRACT START-SECONDS FROM END-SECONDS GIVING DURATION.
           IF DURATION < ZERO ADD 86400 TO DURATION.
       USE-FREE-SECONDS.
           IF ZONE-CODE = 1
               SUBTRACT DURATION FROM FREE-SECONDS
               IF FREE-SECONDS NOT < ZERO
                   MOVE ZERO TO DURATION
               ELSE
                   COMPUTE DURATION = ZERO - FREE-SECONDS
                   MOVE ZERO TO FREE-SECONDS.
       COUNT-UNITS.
           IF START-HOUR > 6 AND START-HOUR < 19
               MOVE 30 TO UNIT-LENGTH
           ELSE
               MOVE 60 TO UNIT-LENGTH.
           COMPUTE UNITS = (DURATION + UNIT-LENGTH - 1) / UNIT-LENGTH.
       PRICE-CALL.
           IF ZONE-CODE > 0 AND ZONE-CODE < 4
               COMPUTE CALL-CHARGE = UNITS * ZONE-PRICE (ZONE-CODE)
           ELSE
               COMPUTE CALL-CHARGE = UNITS * 0.99.
           IF CALL-CHARGE > 0 ADD 0.035 TO CALL-CHARGE.
           ADD CALL-CHARGE TO CHARGES.
       MAKE-BILL.
           COMPUTE SUBTOTAL ROUNDED = CHARGES + 9.95.
           MULTIPLY SUBTOTAL BY .005 GIVING LEVY ROUNDED.
           COMPUTE TAX ROUNDED = (SUBTOTAL + LEVY) * .0825.
           ADD SUBTOTAL LEVY TAX GIVING AMOUNT-DUE.
           MOVE HOLD-SUBSCRIBER TO B-NUMBER.
           MOVE AMOUNT-DUE TO B-AMOUNT.
           DISPLAY BILL " CALLS " CALL-COUNT.
       FINISHED.
           STOP RUN.
