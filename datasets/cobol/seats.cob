       IDENTIFICATION DIVISION.
       PROGRAM-ID. SEATS.
      *    SEATS OF A THEATRE IN A RELATIVE FILE: A RECORD PER SEAT.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT SEAT-FILE ASSIGN TO "seats.rel"
               ORGANIZATION IS RELATIVE
               ACCESS MODE IS DYNAMIC
               RELATIVE KEY IS SEAT-NUMBER.
       DATA DIVISION.
       FILE SECTION.
       FD  SEAT-FILE.
       01  SEAT-RECORD.
           05  SEAT-GUEST          PIC X(8).
           05  SEAT-PAID           PIC 9(3)V99.
       WORKING-STORAGE SECTION.
       01  SEAT-NUMBER             PIC 9(3).
       01  ORDER-CARD.
           05  O-CODE              PIC X.
           05  O-ROW               PIC 99.
           05  O-SEAT              PIC 99.
           05  O-GUEST             PIC X(8).
           05  O-REDUCED           PIC X.
       01  PRICE                   PIC 9(3)V99.
       01  REFUND                  PIC 9(3)V99.
       01  TAKINGS                 PIC S9(5)V99 VALUE 0.
       01  FEES                    PIC S9(5)V99 VALUE 0.
       01  SOLD                    PIC S9(3) VALUE 0.
       01  ORDER-COUNT             PIC 9(3) VALUE 0.
       01  OCCUPANCY               PIC 9(3)V9.
       01  MEAN-PRICE              PIC 9(3)V99.
       01  E-MONEY                 PIC ZZ,ZZ9.99-.
       PROCEDURE DIVISION.
       MAIN.
           OPEN OUTPUT SEAT-FILE.
           CLOSE SEAT-FILE.
           OPEN I-O SEAT-FILE.
       NEXT-ORDER.
           ACCEPT ORDER-CARD.
           IF O-CODE = "E" GO TO CLOSING.
           ADD 1 TO ORDER-COUNT.
           PERFORM FIND-SEAT.
           IF SEAT-NUMBER = ZERO
               DISPLAY "NO SEAT " O-ROW "/" O-SEAT
               GO TO NEXT-ORDER.
           IF O-CODE = "S"
               PERFORM SEAT-PRICE
               PERFORM SELL
           ELSE
               PERFORM GIVE-BACK.
           GO TO NEXT-ORDER.
       FIND-SEAT.
           MOVE ZERO TO SEAT-NUMBER.
           IF O-ROW > 0 AND O-ROW < 16 AND O-SEAT > 0 AND O-SEAT < 21
               COMPUTE SEAT-NUMBER = (O-ROW - 1) * 20 + O-SEAT.
       SEAT-PRICE.
           COMPUTE PRICE = 92.50 - O-ROW * 3.75.
           IF O-SEAT < 4 OR O-SEAT > 17
               SUBTRACT 8.4 FROM PRICE.
           IF O-REDUCED = "R"
               COMPUTE PRICE ROUNDED = PRICE * .665.
       SELL.
           MOVE O-GUEST TO SEAT-GUEST.
           MOVE PRICE TO SEAT-PAID.
           WRITE SEAT-RECORD
               INVALID KEY DISPLAY "TAKEN " SEAT-NUMBER
               NOT INVALID KEY PERFORM COUNT-SALE
           END-WRITE.
       COUNT-SALE.
           ADD 1 TO SOLD.
           ADD PRICE TO TAKINGS.
       GIVE-BACK.
           READ SEAT-FILE
               INVALID KEY DISPLAY "NOT SOLD " SEAT-NUMBER
               NOT INVALID KEY PERFORM REFUND-SEAT
           END-READ.
       REFUND-SEAT.
           COMPUTE REFUND ROUNDED = SEAT-PAID * .9.
           COMPUTE FEES = FEES + SEAT-PAID - REFUND.
           SUBTRACT REFUND FROM TAKINGS.
           SUBTRACT 1 FROM SOLD.
           DELETE SEAT-FILE.
           DISPLAY "BACK " SEAT-GUEST REFUND.
       CLOSING.
           PERFORM LAST-FIGURES.
           CLOSE SEAT-FILE.
           STOP RUN.
       LAST-FIGURES.
           COMPUTE OCCUPANCY ROUNDED = SOLD / 300 * 100.
           IF SOLD > ZERO
               COMPUTE MEAN-PRICE = (TAKINGS - FEES) / SOLD.
           MOVE TAKINGS TO E-MONEY.
           DISPLAY "TAKINGS" E-MONEY " SOLD " SOLD " " OCCUPANCY "% "
               MEAN-PRICE " OF " ORDER-COUNT.
