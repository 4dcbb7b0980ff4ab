       IDENTIFICATION DIVISION.
       PROGRAM-ID. BUDGET.
      *    BUDGET AGAINST ACTUAL BY DEPARTMENT AND QUARTER, VARIANCES
      *    IN MONEY AND PERCENT, TOTALS BOTH WAYS, A FORECAST.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  CARD.
           05  CARD-DEPT           PIC 9.
           05  CARD-KIND           PIC X.
           05  CARD-AMOUNT         PIC S9(6)V99 SIGN TRAILING SEPARATE
                                   OCCURS 4 TIMES.
       01  BUDGET-TABLE.
           05  DEPARTMENT OCCURS 5 TIMES.
               10  QUARTER OCCURS 4 TIMES.
                   15  PLANNED     PIC S9(7)V99 COMP-3.
                   15  ACTUAL      PIC S9(7)V99 COMP-3.
                   15  VARIANCE    PIC S9(7)V99 COMP-3.
               10  DEPT-PLANNED    PIC S9(8)V99 COMP-3.
               10  DEPT-ACTUAL     PIC S9(8)V99 COMP-3.
       01  QUARTER-SUMS.
           05  QUARTER-VARIANCE    PIC S9(8)V99 COMP-3 OCCURS 4 TIMES.
       01  D                       PIC 9 COMP.
       01  Q                       PIC 9 COMP.
       01  PERCENTAGE              PIC S9(4)V9.
       01  FORECAST                PIC S9(8).
       01  TREND                   PIC S9(7)V99.
       01  WORST                   PIC 9.
       01  WORST-AMOUNT            PIC S9(8)V99.
       01  E-AMOUNT                PIC -(8)9.99.
       01  E-PERCENT               PIC -(4)9.9.
       PROCEDURE DIVISION.
       MAIN.
           INITIALIZE BUDGET-TABLE QUARTER-SUMS.
           ACCEPT CARD.
           PERFORM STORE-CARD UNTIL CARD-DEPT = ZERO.
           PERFORM DEPARTMENT-SUMS VARYING D FROM 1 BY 1 UNTIL D > 5.
           PERFORM QUARTER-LINE VARYING Q FROM 1 BY 1 UNTIL Q > 4.
           PERFORM FIND-WORST.
           STOP RUN.
       STORE-CARD.
           IF CARD-DEPT < 6
               PERFORM STORE-QUARTER VARYING Q FROM 1 BY 1 UNTIL Q > 4.
           ACCEPT CARD.
       STORE-QUARTER.
           IF CARD-KIND = "P"
               ADD CARD-AMOUNT (Q) TO PLANNED (CARD-DEPT, Q)
           ELSE
               ADD CARD-AMOUNT (Q) TO ACTUAL (CARD-DEPT, Q).
       DEPARTMENT-SUMS.
           PERFORM ONE-CELL VARYING Q FROM 1 BY 1 UNTIL Q > 4.
           PERFORM PERCENT-OF-PLAN.
           PERFORM MAKE-FORECAST.
           COMPUTE E-AMOUNT = DEPT-ACTUAL (D) - DEPT-PLANNED (D).
           MOVE PERCENTAGE TO E-PERCENT.
           DISPLAY "DEPT " D E-AMOUNT E-PERCENT "% " FORECAST.
       ONE-CELL.
           SUBTRACT PLANNED (D, Q) FROM ACTUAL (D, Q)
               GIVING VARIANCE (D, Q).
           ADD PLANNED (D, Q) TO DEPT-PLANNED (D).
           ADD ACTUAL (D, Q) TO DEPT-ACTUAL (D).
           ADD VARIANCE (D, Q) TO QUARTER-VARIANCE (Q).
       PERCENT-OF-PLAN.
           COMPUTE PERCENTAGE ROUNDED =
               (DEPT-ACTUAL (D) - DEPT-PLANNED (D)) * 100
               / DEPT-PLANNED (D)
               ON SIZE ERROR MOVE ZERO TO PERCENTAGE
           END-COMPUTE.
       MAKE-FORECAST.
           COMPUTE TREND = (ACTUAL (D, 4) - ACTUAL (D, 1)) / 3.
           COMPUTE FORECAST ROUNDED =
               4 * ACTUAL (D, 4) + 10 * TREND.
       QUARTER-LINE.
           MOVE QUARTER-VARIANCE (Q) TO E-AMOUNT.
           DISPLAY "QUARTER " Q E-AMOUNT.
       FIND-WORST.
           MOVE ZERO TO WORST WORST-AMOUNT.
           PERFORM VARYING D FROM 1 BY 1 UNTIL D > 5
               IF DEPT-ACTUAL (D) - DEPT-PLANNED (D) > WORST-AMOUNT
                   MOVE D TO WORST
                   COMPUTE WORST-AMOUNT =
                       DEPT-ACTUAL (D) - DEPT-PLANNED (D)
               END-IF
           END-PERFORM.
           DISPLAY "WORST " WORST.
