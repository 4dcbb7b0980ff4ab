       IDENTIFICATION DIVISION.
       PROGRAM-ID. HOTEL.
      *    BOOKINGS: NIGHTS FROM DATES, SEASON, OCCUPANCY, CITY TAX.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  STAY.
           05  GUEST               PIC X(10).
           05  ARRIVAL             PIC 9(8).
           05  FILLER REDEFINES ARRIVAL.
               10  ARR-YEAR        PIC 9(4).
               10  ARR-MONTH       PIC 99.
               10  ARR-DAY         PIC 99.
           05  DEPARTURE           PIC 9(8).
           05  FILLER REDEFINES DEPARTURE.
               10  DEP-YEAR        PIC 9(4).
               10  DEP-MONTH       PIC 99.
               10  DEP-DAY         PIC 99.
           05  ROOM-KIND           PIC 9.
           05  ADULTS              PIC 9.
           05  KIDS                PIC 9.
       01  DATE-WORK.
           05  Y                   PIC 9(4).
           05  M                   PIC 99.
           05  D                   PIC 99.
           05  DAY-NUMBER          PIC 9(7).
           05  ARR-NUMBER          PIC 9(7).
           05  DEP-NUMBER          PIC 9(7).
           05  NIGHTS              PIC S9(4).
       01  MONEY.
           05  NIGHT-RATE          PIC 9(3)V99.
           05  ROOM-TOTAL          PIC 9(5)V99.
           05  DISCOUNT            PIC 9(5)V99.
           05  EXTRA-BEDS          PIC 9(4)V99.
           05  CITY-TAX            PIC 9(4)V99.
           05  BILL-TOTAL          PIC 9(6)V99.
           05  DEPOSIT             PIC 9(5).
       01  ROOM-RATES.
           05  ROOM-RATE OCCURS 3 TIMES PIC 9(3)V99.
       01  E-TOTAL                 PIC ZZZ,ZZ9.99.
       01  E-NIGHTS                PIC Z(3)9.
       PROCEDURE DIVISION.
       MAIN.
           MOVE 79.50 TO ROOM-RATE (1).
           MOVE 118.00 TO ROOM-RATE (2).
           MOVE 214.75 TO ROOM-RATE (3).
           ACCEPT STAY.
           PERFORM BOOK-STAY THRU BOOK-EXIT UNTIL GUEST = SPACES.
           STOP RUN.
       BOOK-STAY.
           PERFORM COUNT-NIGHTS.
           IF NIGHTS < 1
               DISPLAY GUEST " DATES ARE WRONG"
               GO TO BOOK-NEXT.
           IF ROOM-KIND < 1 OR > 3
               DISPLAY GUEST " NO SUCH ROOM"
               GO TO BOOK-NEXT.
           PERFORM SEASON-RATE.
           PERFORM ROOM-CHARGE.
           PERFORM GUEST-CHARGES.
           PERFORM TOTAL-STAY.
       BOOK-NEXT.
           ACCEPT STAY.
       BOOK-EXIT.
           EXIT.
       COUNT-NIGHTS.
           MOVE ARR-YEAR TO Y.
           MOVE ARR-MONTH TO M.
           MOVE ARR-DAY TO D.
           PERFORM NUMBER-OF-DAY.
           MOVE DAY-NUMBER TO ARR-NUMBER.
           MOVE DEP-YEAR TO Y.
           MOVE DEP-MONTH TO M.
           MOVE DEP-DAY TO D.
           PERFORM NUMBER-OF-DAY.
           MOVE DAY-NUMBER TO DEP-NUMBER.
           SUBTRACT ARR-NUMBER FROM DEP-NUMBER GIVING NIGHTS.
       NUMBER-OF-DAY.
           IF M < 3
               SUBTRACT 1 FROM Y
               ADD 12 TO M.
           COMPUTE DAY-NUMBER = 365 * Y + D.
           COMPUTE DAY-NUMBER = DAY-NUMBER + Y / 4.
           COMPUTE DAY-NUMBER = DAY-NUMBER - Y / 100.
           COMPUTE DAY-NUMBER = DAY-NUMBER + (153 * M - 457) / 5.
       SEASON-RATE.
           MOVE ROOM-RATE (ROOM-KIND) TO NIGHT-RATE.
           EVALUATE ARR-MONTH
               WHEN 7 THRU 8
                   MULTIPLY 1.35 BY NIGHT-RATE ROUNDED
               WHEN 12
                   MULTIPLY 1.2 BY NIGHT-RATE ROUNDED
               WHEN 1 WHEN 2 WHEN 11
                   MULTIPLY .85 BY NIGHT-RATE
           END-EVALUATE.
       ROOM-CHARGE.
           MULTIPLY NIGHT-RATE BY NIGHTS GIVING ROOM-TOTAL
               ON SIZE ERROR MOVE 99999.99 TO ROOM-TOTAL.
           MOVE ZERO TO DISCOUNT.
           IF NIGHTS NOT < 7
               COMPUTE DISCOUNT ROUNDED = ROOM-TOTAL * 1 / 7.
       GUEST-CHARGES.
           MOVE ZERO TO EXTRA-BEDS.
           IF ADULTS + KIDS > 2
               COMPUTE EXTRA-BEDS = (ADULTS + KIDS - 2) * 22.5 * NIGHTS.
           COMPUTE CITY-TAX = ADULTS * NIGHTS * 2.85.
       TOTAL-STAY.
           COMPUTE BILL-TOTAL = ROOM-TOTAL - DISCOUNT + EXTRA-BEDS
               + CITY-TAX.
           COMPUTE DEPOSIT ROUNDED = BILL-TOTAL * .3.
           MOVE BILL-TOTAL TO E-TOTAL.
           MOVE NIGHTS TO E-NIGHTS.
           DISPLAY GUEST E-NIGHTS " NIGHTS" E-TOTAL " DEPOSIT " DEPOSIT.
