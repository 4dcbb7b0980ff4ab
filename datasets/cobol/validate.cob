       IDENTIFICATION DIVISION.
       PROGRAM-ID. VALIDATE.
      *    ORDERS ARE CHECKED FIELD BY FIELD; EVERY ERROR IS COUNTED
      *    BY KIND, AND ONLY GOOD ORDERS GO INTO THE BATCH TOTALS.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  ORDER-LINE.
           05  ORDER-NO            PIC X(6).
           05  CUSTOMER-NAME       PIC X(12).
           05  ORDER-DATE          PIC X(6).
           05  QUANTITY-X          PIC X(4).
           05  QUANTITY REDEFINES QUANTITY-X PIC 9(4).
           05  PRICE-X             PIC X(7).
           05  PRICE REDEFINES PRICE-X PIC 9(5)V99.
           05  SIGNED-ADJUST       PIC S9(3)V99
                                   SIGN IS LEADING SEPARATE.
       01  DATE-PARTS.
           05  DP-YEAR             PIC 99.
           05  DP-MONTH            PIC 99.
           05  DP-DAY              PIC 99.
       01  ERROR-TABLE.
           05  ERROR-COUNT         PIC 9(3) COMP OCCURS 6 TIMES.
       01  LINE-ERRORS             PIC 9.
       01  E                       PIC 9.
       01  SPACES-FOUND            PIC 99.
       01  LETTERS-FOUND           PIC 99.
       01  HASH-TOTAL              PIC 9(5) VALUE ZERO.
       01  NAME-LENGTHS            PIC 9(4) VALUE ZERO.
       01  ALL-DIGITS              PIC 9(7) VALUE ZERO.
       01  ORDER-DIGITS            PIC 9(5).
       01  ORDER-VALUE             PIC S9(8)V99.
       01  BATCH-VALUE             PIC S9(9)V99 VALUE ZERO.
       01  GOOD-ORDERS             PIC 9(3) VALUE ZERO.
       01  ALL-ORDERS              PIC 9(3) VALUE ZERO.
       01  ERROR-RATE              PIC 9(3)V9.
       01  E-VALUE                 PIC Z(8)9.99-.
       PROCEDURE DIVISION.
       MAIN.
           INITIALIZE ERROR-TABLE.
           ACCEPT ORDER-LINE.
           PERFORM ONE-ORDER UNTIL ORDER-NO = "999999".
           PERFORM BATCH-TOTALS.
           STOP RUN.
       ONE-ORDER.
           ADD 1 TO ALL-ORDERS.
           MOVE ZERO TO LINE-ERRORS.
           PERFORM CHECK-NUMBER.
           PERFORM CHECK-NAME.
           PERFORM CHECK-DATE THRU CHECK-DATE-EXIT.
           PERFORM CHECK-AMOUNTS.
           IF LINE-ERRORS = ZERO PERFORM ACCEPT-ORDER.
           ACCEPT ORDER-LINE.
       CHECK-NUMBER.
           IF ORDER-NO (1:1) IS ALPHABETIC-UPPER
               AND ORDER-NO (2:5) IS NUMERIC
               MOVE ORDER-NO (2:5) TO ORDER-DIGITS
               ADD ORDER-DIGITS TO ALL-DIGITS
           ELSE
               MOVE 1 TO E
               PERFORM NOTE-ERROR.
       CHECK-NAME.
           MOVE ZERO TO SPACES-FOUND LETTERS-FOUND.
           INSPECT CUSTOMER-NAME
               TALLYING SPACES-FOUND FOR LEADING SPACE.
           INSPECT CUSTOMER-NAME
               TALLYING LETTERS-FOUND
               FOR CHARACTERS BEFORE INITIAL "  ".
           ADD LETTERS-FOUND TO NAME-LENGTHS.
           IF CUSTOMER-NAME NOT ALPHABETIC OR SPACES-FOUND > 0
               OR LETTERS-FOUND < 3
               MOVE 2 TO E
               PERFORM NOTE-ERROR.
       CHECK-DATE.
           IF ORDER-DATE NOT NUMERIC GO TO DATE-ERROR.
           MOVE ORDER-DATE TO DATE-PARTS.
           IF DP-MONTH < 1 OR DP-MONTH > 12 GO TO DATE-ERROR.
           IF DP-DAY < 1 OR DP-DAY > 31 GO TO DATE-ERROR.
           IF DP-YEAR < 20 OR DP-YEAR > 26 GO TO DATE-ERROR.
           GO TO CHECK-DATE-EXIT.
       DATE-ERROR.
           MOVE 3 TO E.
           PERFORM NOTE-ERROR.
       CHECK-DATE-EXIT.
           EXIT.
       CHECK-AMOUNTS.
           IF QUANTITY-X NOT NUMERIC
               MOVE 4 TO E
               PERFORM NOTE-ERROR.
           INSPECT PRICE-X REPLACING LEADING SPACE BY ZERO.
           IF PRICE-X NOT NUMERIC
               MOVE 5 TO E
               PERFORM NOTE-ERROR.
           IF SIGNED-ADJUST NOT NUMERIC
               MOVE 6 TO E
               PERFORM NOTE-ERROR.
       NOTE-ERROR.
           ADD 1 TO LINE-ERRORS ERROR-COUNT (E).
           DISPLAY ORDER-NO " ERROR " E.
       ACCEPT-ORDER.
           ADD 1 TO GOOD-ORDERS.
           ADD ORDER-DIGITS TO HASH-TOTAL.
           COMPUTE ORDER-VALUE ROUNDED =
               QUANTITY * PRICE * (1 + SIGNED-ADJUST / 100).
           ADD ORDER-VALUE TO BATCH-VALUE.
       BATCH-TOTALS.
           COMPUTE ERROR-RATE ROUNDED =
               (ALL-ORDERS - GOOD-ORDERS) * 100 / ALL-ORDERS.
           MOVE BATCH-VALUE TO E-VALUE.
           DISPLAY "GOOD " GOOD-ORDERS " OF " ALL-ORDERS " HASH "
               HASH-TOTAL E-VALUE " " ERROR-RATE "%".
           DISPLAY "DIGITS " ALL-DIGITS " LETTERS " NAME-LENGTHS.
           PERFORM VARYING E FROM 1 BY 1 UNTIL E > 6
               DISPLAY E ": " ERROR-COUNT (E)
           END-PERFORM.
