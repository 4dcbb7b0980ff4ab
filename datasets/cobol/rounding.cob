       IDENTIFICATION DIVISION.
       PROGRAM-ID. ROUNDING.
      *    CLASSIC TRAPS: HALVES OF BOTH SIGNS IN EVERY MODE, ROUNDING
      *    TWICE, SUMS OF ROUNDED PARTS, TENTHS OF A CENT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  FIGURES.
           05  X                   PIC S9(5)V9(4).
           05  R-UP                PIC S9(5)V99.
           05  EVEN                PIC S9(5)V99.
           05  HALF-DOWN           PIC S9(5)V99.
           05  AWAY                PIC S9(5)V99.
           05  CEIL                PIC S9(5)V99.
           05  FLOOR-VALUE         PIC S9(5)V99.
           05  CUT                 PIC S9(5)V99.
           05  ONCE                PIC S9(5)V9.
           05  TWICE               PIC S9(5)V9.
       01  SUMS.
           05  SUM-UP            PIC S9(6)V99 VALUE 0.
           05  SUM-EVEN            PIC S9(6)V99 VALUE 0.
           05  SUM-EXACT           PIC S9(6)V9(4) VALUE 0.
       01  THIRD                   PIC S9(5)V99.
       01  REST                    PIC S9(5)V99.
       01  RATE-PART               PIC S9(3)V9(4).
       01  NO-SIGN                 PIC 9(5)V99.
       01  LINE-NO                 PIC 99 VALUE 0.
       01  SHOW-1                  PIC -(5)9.99.
       01  SHOW-2                  PIC -(5)9.9(4).
       PROCEDURE DIVISION.
       MAIN.
           MOVE -2.0250 TO X.
           PERFORM ONE-VALUE 10 TIMES.
           MOVE 0.0049 TO X.
           PERFORM ONE-VALUE.
           MOVE 99999.9950 TO X.
           PERFORM ONE-VALUE.
           PERFORM SHOW-SUMS.
           PERFORM SPLIT-THREE.
           PERFORM SIGN-LOSS.
           STOP RUN.
       ONE-VALUE.
           ADD 1 TO LINE-NO.
           PERFORM ROUND-NEAREST.
           PERFORM ROUND-DIRECTED.
           PERFORM ROUND-TWICE.
           PERFORM SUM-UP-VALUES.
           DISPLAY LINE-NO " " R-UP " " EVEN " " HALF-DOWN " " AWAY " "
               CEIL " " FLOOR-VALUE " " CUT " " ONCE " " TWICE.
           ADD .4050 TO X.
       ROUND-NEAREST.
           COMPUTE R-UP ROUNDED = X
               ON SIZE ERROR MOVE 0 TO R-UP
           END-COMPUTE.
           COMPUTE EVEN ROUNDED MODE IS NEAREST-EVEN = X
               ON SIZE ERROR MOVE 0 TO EVEN
           END-COMPUTE.
           COMPUTE HALF-DOWN ROUNDED MODE IS NEAREST-TOWARD-ZERO = X.
       ROUND-DIRECTED.
           COMPUTE AWAY ROUNDED MODE IS AWAY-FROM-ZERO = X
               ON SIZE ERROR MOVE -1 TO AWAY
           END-COMPUTE.
           COMPUTE CEIL ROUNDED MODE IS TOWARD-GREATER = X
               ON SIZE ERROR MOVE -1 TO CEIL
           END-COMPUTE.
           COMPUTE FLOOR-VALUE ROUNDED MODE IS TOWARD-LESSER = X.
           COMPUTE CUT = X.
       ROUND-TWICE.
           COMPUTE ONCE ROUNDED = X
               ON SIZE ERROR MOVE 0 TO ONCE
           END-COMPUTE.
           COMPUTE TWICE ROUNDED = R-UP
               ON SIZE ERROR MOVE 0 TO TWICE
           END-COMPUTE.
       SUM-UP-VALUES.
           ADD R-UP TO SUM-UP.
           ADD EVEN TO SUM-EVEN.
           ADD X TO SUM-EXACT.
       SHOW-SUMS.
           MOVE SUM-UP TO SHOW-1.
           DISPLAY "R-UP " SHOW-1.
           MOVE SUM-EVEN TO SHOW-1.
           DISPLAY "EVEN " SHOW-1.
           MOVE SUM-EXACT TO SHOW-2.
           DISPLAY "EXACT" SHOW-2.
       SPLIT-THREE.
           DIVIDE SUM-UP BY 3 GIVING THIRD ROUNDED.
           COMPUTE REST = SUM-UP - 3 * THIRD.
           COMPUTE RATE-PART ROUNDED = THIRD / SUM-UP * 100
               ON SIZE ERROR MOVE 999 TO RATE-PART
           END-COMPUTE.
           DISPLAY "THIRD " THIRD " REST " REST " " RATE-PART.
       SIGN-LOSS.
           SUBTRACT 12.34 FROM ZERO GIVING NO-SIGN.
           ADD .01 TO NO-SIGN.
           MOVE NO-SIGN TO SHOW-1.
           DISPLAY "LOST " SHOW-1.
