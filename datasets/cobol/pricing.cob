       IDENTIFICATION DIVISION.
       PROGRAM-ID. PRICING.
      *    COST ROLL-UP OF PRODUCTS; NESTED PROGRAMS COMPUTE MARGIN
      *    AND PRICE POINTS.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  PRODUCT-CARD.
           05  PRODUCT-ID          PIC X(4).
           05  MATERIAL            PIC 9(4)V99.
           05  LABOUR-MINUTES      PIC 9(3).
           05  MACHINE-MINUTES     PIC 9(3).
           05  SCRAP-PERCENT       PIC 9(2)V9.
       01  COSTS.
           05  MATERIAL-COST       PIC 9(6)V9(4).
           05  LABOUR-COST         PIC 9(6)V9(4).
           05  MACHINE-COST        PIC 9(6)V9(4).
           05  OVERHEAD            PIC 9(6)V99.
           05  UNIT-COST           PIC 9(6)V99.
       01  LIST-PRICE              PIC 9(6)V99.
       01  MARGIN                  PIC S9(3)V9.
       01  LOTS                    PIC 9(4).
       01  LOT-PRICE               PIC 9(8)V99.
       01  E-PRICE                 PIC ZZZ,ZZ9.99.
       01  E-MARGIN                PIC -(3)9.9.
       PROCEDURE DIVISION.
       MAIN.
           ACCEPT PRODUCT-CARD.
           PERFORM ONE-PRODUCT UNTIL PRODUCT-ID = "STOP".
           STOP RUN.
       ONE-PRODUCT.
           PERFORM MATERIAL-PART.
           PERFORM LABOUR-PART.
           PERFORM MACHINE-PART.
           PERFORM OVERHEAD-PART.
           CALL "PRICEPT" USING UNIT-COST LIST-PRICE.
           CALL "MARGINS" USING BY CONTENT UNIT-COST LIST-PRICE
               BY REFERENCE MARGIN.
           PERFORM LOT-PRICES VARYING LOTS FROM 10 BY 90
               UNTIL LOTS > 100.
           ACCEPT PRODUCT-CARD.
       MATERIAL-PART.
           COMPUTE MATERIAL-COST =
               MATERIAL / (1 - SCRAP-PERCENT / 100).
       LABOUR-PART.
           COMPUTE LABOUR-COST ROUNDED = LABOUR-MINUTES * 48.75 / 60.
       MACHINE-PART.
           IF MACHINE-MINUTES > 30
               COMPUTE MACHINE-COST ROUNDED =
                   30 * 1.35 + (MACHINE-MINUTES - 30) * 1.185
           ELSE
               MULTIPLY MACHINE-MINUTES BY 1.35 GIVING MACHINE-COST.
       OVERHEAD-PART.
           COMPUTE OVERHEAD ROUNDED =
               MATERIAL-COST * .085 + LABOUR-COST * 1.25.
           ADD MATERIAL-COST LABOUR-COST MACHINE-COST OVERHEAD
               GIVING UNIT-COST ROUNDED.
       LOT-PRICES.
           IF LOTS < 100
               COMPUTE LOT-PRICE = LOTS * LIST-PRICE
           ELSE
               COMPUTE LOT-PRICE ROUNDED = LOTS * LIST-PRICE * .925.
           MOVE LOT-PRICE TO E-PRICE.
           MOVE MARGIN TO E-MARGIN.
           DISPLAY PRODUCT-ID " " LOTS " " E-PRICE E-MARGIN.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. PRICEPT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  RAW-PRICE               PIC 9(6)V9(4).
       01  WHOLE                   PIC 9(6).
       01  CALLS                   PIC 9(3) VALUE 0.
       LINKAGE SECTION.
       01  L-COST                  PIC 9(6)V99.
       01  L-PRICE                 PIC 9(6)V99.
       PROCEDURE DIVISION USING L-COST L-PRICE.
       PRICE-POINT.
           ADD 1 TO CALLS.
           COMPUTE RAW-PRICE = L-COST * 1.62.
           PERFORM ROUND-POINT.
           GOBACK.
       ROUND-POINT.
           IF RAW-PRICE < 10
               COMPUTE L-PRICE ROUNDED = RAW-PRICE + .045
           ELSE
               COMPUTE WHOLE ROUNDED = RAW-PRICE
               COMPUTE L-PRICE = WHOLE - .05.
       END PROGRAM PRICEPT.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. MARGINS.
       DATA DIVISION.
       LINKAGE SECTION.
       01  L-COST                  PIC 9(6)V99.
       01  L-PRICE                 PIC 9(6)V99.
       01  L-MARGIN                PIC S9(3)V9.
       PROCEDURE DIVISION USING L-COST L-PRICE L-MARGIN.
       MARGIN-PERCENT.
           COMPUTE L-MARGIN ROUNDED =
               (L-PRICE - L-COST) * 100 / L-PRICE
               ON SIZE ERROR MOVE -999.9 TO L-MARGIN
           END-COMPUTE.
           EXIT PROGRAM.
       END PROGRAM MARGINS.
       END PROGRAM PRICING.
