       IDENTIFICATION DIVISION.
       PROGRAM-ID. BONDS.
      *    PRICE OF A BOND FROM ITS YIELD, AND ITS YIELD FROM A PRICE
      *    BY HALVING; ACCRUED INTEREST 30/360; DURATION.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  BOND.
           05  BOND-ID             PIC X(4).
           05  COUPON              PIC 9(2)V999.
           05  YEARS               PIC 99.
           05  MARKET-PRICE        PIC 9(3)V999.
           05  MONTHS-PAST         PIC 99.
           05  DAYS-PAST           PIC 99.
       01  YIELD                   PIC S9(3)V9(6) COMP-3.
       01  LOW-YIELD               PIC S9(3)V9(6) COMP-3.
       01  HIGH-YIELD              PIC S9(3)V9(6) COMP-3.
       01  GROWTH                  PIC S9(3)V9(10) COMP-3.
       01  DISCOUNT                PIC S9(1)V9(12) COMP-3.
       01  MODEL-PRICE             PIC S9(5)V9(8) COMP-3.
       01  WEIGHTED                PIC S9(6)V9(6) COMP-3.
       01  DURATION-YEARS          PIC S9(3)V99.
       01  ACCRUED                 PIC S9(3)V999.
       01  DIRTY-PRICE             PIC S9(4)V99.
       01  BOND-COUNT              PIC 99 VALUE ZERO.
       01  T                       PIC 99 COMP.
       01  ROUNDS                  PIC 99 COMP.
       01  E-YIELD                 PIC -(3)9.9999.
       01  E-PRICE                 PIC -(4)9.99.
       PROCEDURE DIVISION.
       MAIN.
           ACCEPT BOND.
           PERFORM ONE-BOND UNTIL BOND-ID = "LAST".
           DISPLAY BOND-COUNT " BONDS".
           STOP RUN.
       ONE-BOND.
           ADD 1 TO BOND-COUNT.
           PERFORM SOLVE-YIELD.
           PERFORM FIND-DURATION.
           PERFORM FIND-ACCRUED.
           PERFORM SHOW-BOND.
           ACCEPT BOND.
       SOLVE-YIELD.
           MOVE -5 TO LOW-YIELD.
           MOVE 45 TO HIGH-YIELD.
           PERFORM HALVE VARYING ROUNDS FROM 1 BY 1 UNTIL ROUNDS > 26.
       HALVE.
           COMPUTE YIELD ROUNDED = (LOW-YIELD + HIGH-YIELD) / 2.
           PERFORM PRICE-FROM-YIELD.
           IF MODEL-PRICE > MARKET-PRICE
               MOVE YIELD TO LOW-YIELD
           ELSE
               MOVE YIELD TO HIGH-YIELD.
       PRICE-FROM-YIELD.
           COMPUTE GROWTH ROUNDED = 1 / (1 + YIELD / 100).
           MOVE 1 TO DISCOUNT.
           MOVE ZERO TO MODEL-PRICE WEIGHTED.
           PERFORM DISCOUNT-YEAR VARYING T FROM 1 BY 1 UNTIL T > YEARS.
           COMPUTE MODEL-PRICE ROUNDED = MODEL-PRICE + 100 * DISCOUNT.
           COMPUTE WEIGHTED ROUNDED =
               WEIGHTED + 100 * DISCOUNT * YEARS.
       DISCOUNT-YEAR.
           COMPUTE DISCOUNT ROUNDED = DISCOUNT * GROWTH
               ON SIZE ERROR MOVE 9 TO DISCOUNT
           END-COMPUTE.
           COMPUTE MODEL-PRICE ROUNDED =
               MODEL-PRICE + COUPON * DISCOUNT.
           COMPUTE WEIGHTED ROUNDED =
               WEIGHTED + COUPON * DISCOUNT * T.
       FIND-DURATION.
           IF MODEL-PRICE > ZERO
               DIVIDE WEIGHTED BY MODEL-PRICE
                   GIVING DURATION-YEARS ROUNDED
           ELSE
               MOVE ZERO TO DURATION-YEARS.
       FIND-ACCRUED.
           COMPUTE ACCRUED ROUNDED =
               COUPON * (MONTHS-PAST * 30 + DAYS-PAST) / 360.
           ADD MARKET-PRICE ACCRUED GIVING DIRTY-PRICE ROUNDED.
       SHOW-BOND.
           MOVE YIELD TO E-YIELD.
           MOVE DIRTY-PRICE TO E-PRICE.
           DISPLAY BOND-ID E-YIELD "% " DURATION-YEARS E-PRICE.
