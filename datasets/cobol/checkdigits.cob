       IDENTIFICATION DIVISION.
       PROGRAM-ID. CHKDIGIT.
      *    CHECK DIGITS: CARD NUMBERS (LUHN), IBAN (97), ISBN (11).
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  INPUT-LINE.
           05  CHECK-KIND          PIC X.
           05  CHECK-TEXT          PIC X(34).
       01  CHECK-TEXT-PARTS REDEFINES INPUT-LINE.
           05  FILLER              PIC X.
           05  CHECK-CHAR          PIC X OCCURS 34 TIMES.
       01  DIGIT-AREA.
           05  DIGIT-CHAR          PIC X.
           05  DIGIT REDEFINES DIGIT-CHAR PIC 9.
       01  LETTERS                 PIC X(26) VALUE
           "ABCDEFGHIJKLMNOPQRSTUVWXYZ".
       01  LETTER-TABLE REDEFINES LETTERS.
           05  LETTER              PIC X OCCURS 26 TIMES
                                   INDEXED BY L.
       01  LEN                     PIC 99 COMP.
       01  PLACE                     PIC S99 COMP.
       01  WEIGHT                  PIC 99 COMP.
       01  TOTAL                   PIC 9(4) COMP.
       01  PRODUCT                 PIC 99.
       01  PRODUCT-DIGITS REDEFINES PRODUCT.
           05  TENS                PIC 9.
           05  ONES                PIC 9.
       01  REST                    PIC 9(5).
       01  QUOTIENT                PIC 9(5).
       01  VALID-SWITCH            PIC X.
           88  VALID-NUMBER        VALUE "Y" FALSE "N".
       01  COUNTS.
           05  GOOD-COUNT          PIC 99 VALUE 0.
           05  BAD-COUNT           PIC 99 VALUE 0.
       PROCEDURE DIVISION.
       MAIN.
           ACCEPT INPUT-LINE
           PERFORM UNTIL CHECK-KIND = "."
               PERFORM MEASURE
               SET VALID-NUMBER TO FALSE
               EVALUATE CHECK-KIND
                   WHEN "L" PERFORM LUHN THRU LUHN-END
                   WHEN "I" PERFORM IBAN THRU IBAN-END
                   WHEN "B" PERFORM ISBN
                   WHEN OTHER DISPLAY "? " CHECK-KIND
               END-EVALUATE
               PERFORM REPORT-ONE
               ACCEPT INPUT-LINE
           END-PERFORM
           DISPLAY "GOOD " GOOD-COUNT " BAD " BAD-COUNT
           STOP RUN.
       MEASURE.
           MOVE 34 TO LEN
           PERFORM UNTIL LEN = 0 OR CHECK-CHAR (LEN) NOT = SPACE
               SUBTRACT 1 FROM LEN
           END-PERFORM.
       LUHN.
           MOVE ZERO TO TOTAL
           MOVE 1 TO WEIGHT
           MOVE LEN TO PLACE.
       LUHN-DIGIT.
           IF PLACE < 1 GO TO LUHN-SUM.
           MOVE CHECK-CHAR (PLACE) TO DIGIT-CHAR
           IF DIGIT NOT NUMERIC GO TO LUHN-END.
           MULTIPLY DIGIT BY WEIGHT GIVING PRODUCT
           ADD TENS ONES TO TOTAL
           SUBTRACT WEIGHT FROM 3 GIVING WEIGHT
           SUBTRACT 1 FROM PLACE
           GO TO LUHN-DIGIT.
       LUHN-SUM.
           DIVIDE TOTAL BY 10 GIVING QUOTIENT REMAINDER REST
           IF REST = 0 SET VALID-NUMBER TO TRUE.
       LUHN-END.
           EXIT.
       IBAN.
           MOVE ZERO TO REST
           IF LEN < 15 GO TO IBAN-END.
           PERFORM IBAN-CHARACTER VARYING PLACE FROM 5 BY 1
               UNTIL PLACE > LEN
           PERFORM IBAN-CHARACTER VARYING PLACE FROM 1 BY 1
               UNTIL PLACE > 4
           IF REST = 1 SET VALID-NUMBER TO TRUE.
           GO TO IBAN-END.
       IBAN-CHARACTER.
           IF CHECK-CHAR (PLACE) IS NUMERIC
               MOVE CHECK-CHAR (PLACE) TO DIGIT-CHAR
               COMPUTE REST = FUNCTION MOD (REST * 10 + DIGIT, 97)
           ELSE
               SET L TO 1
               SEARCH LETTER
                   AT END MOVE 96 TO REST
                   WHEN LETTER (L) = CHECK-CHAR (PLACE)
                       PERFORM IBAN-LETTER
               END-SEARCH
           END-IF.
       IBAN-LETTER.
           SET WEIGHT TO L
           COMPUTE QUOTIENT = REST * 100 + WEIGHT + 9
           DIVIDE QUOTIENT BY 97 GIVING TOTAL REMAINDER REST.
       IBAN-END.
           EXIT.
       ISBN.
           MOVE ZERO TO TOTAL
           PERFORM VARYING PLACE FROM 1 BY 1 UNTIL PLACE > 10
               COMPUTE WEIGHT = 11 - PLACE
               IF CHECK-CHAR (PLACE) = "X" AND PLACE = 10
                   ADD 10 TO TOTAL
               ELSE
                   MOVE CHECK-CHAR (PLACE) TO DIGIT-CHAR
                   COMPUTE TOTAL = TOTAL + DIGIT * WEIGHT
               END-IF
           END-PERFORM
           DIVIDE TOTAL BY 11 GIVING QUOTIENT REMAINDER REST
           IF REST = 0 AND LEN = 10 SET VALID-NUMBER TO TRUE.
       REPORT-ONE.
           IF VALID-NUMBER
               ADD 1 TO GOOD-COUNT
               DISPLAY "OK  " CHECK-TEXT (1:LEN)
           ELSE
               ADD 1 TO BAD-COUNT
               DISPLAY "BAD " CHECK-TEXT (1:LEN)
           END-IF.
