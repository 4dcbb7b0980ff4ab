       IDENTIFICATION DIVISION.
       PROGRAM-ID. STOCKCHK.
      *    REORDER LIST: DEMAND, SAFETY STOCK, ORDER QUANTITY.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  ITEM-CARD.
           05  ITEM-NO             PIC X(5).
           05  ON-HAND             PIC 9(5).
           05  ON-ORDER            PIC 9(5).
           05  DEMAND OCCURS 4     PIC 9(4).
           05  LEAD-WEEKS          PIC 99.
           05  UNIT-COST           PIC 9(4)V99.
           05  PACK-SIZE           PIC 9(3).
       01  WORK-AREA.
           05  W-SUM               PIC 9(6).
           05  W-AVERAGE           PIC 9(4)V99.
           05  W-DEVIATION         PIC 9(5)V99.
           05  W-SAFETY            PIC 9(5).
           05  W-REORDER-POINT     PIC 9(6).
           05  W-AVAILABLE         PIC 9(6).
           05  W-QUANTITY          PIC 9(6).
           05  W-PACKS             PIC 9(5).
           05  W-LEFT-OVER         PIC 9(3).
           05  W-VALUE             PIC 9(8)V99.
           05  W-ALL-VALUE         PIC 9(9)V99 VALUE ZERO.
           05  W-ROOT              PIC 9(4)V9(4).
           05  I                   PIC 9 COMP.
       01  LINE-OUT.
           05  L-ITEM              PIC X(6).
           05  L-POINT             PIC Z(5)9.
           05  L-QUANTITY          PIC Z(6)9.
           05  L-VALUE             PIC Z,ZZZ,ZZ9.99.
       PROCEDURE DIVISION.
       MAIN.
           PERFORM READ-CARD THRU READ-CARD-EXIT.
           PERFORM ONE-ITEM THRU ONE-ITEM-EXIT
               UNTIL ITEM-NO = HIGH-VALUES.
           MOVE SPACES TO LINE-OUT.
           MOVE W-ALL-VALUE TO L-VALUE.
           DISPLAY LINE-OUT.
           STOP RUN.
       READ-CARD.
           ACCEPT ITEM-CARD.
           IF ITEM-NO = "*****"
               MOVE HIGH-VALUES TO ITEM-NO
               GO TO READ-CARD-EXIT.
           IF PACK-SIZE NOT NUMERIC OR PACK-SIZE = ZERO
               MOVE 1 TO PACK-SIZE.
       READ-CARD-EXIT.
           EXIT.
       ONE-ITEM.
           PERFORM AVERAGE-DEMAND.
           PERFORM DEVIATION.
           PERFORM REORDER-POINT.
           IF W-AVAILABLE NOT < W-REORDER-POINT
               DISPLAY ITEM-NO " ENOUGH"
               GO TO ONE-ITEM-NEXT.
           PERFORM ORDER-QUANTITY.
           PERFORM ROUND-TO-PACKS.
           PERFORM ORDER-VALUE.
       ONE-ITEM-NEXT.
           PERFORM READ-CARD THRU READ-CARD-EXIT.
       ONE-ITEM-EXIT.
           EXIT.
       AVERAGE-DEMAND.
           MOVE ZERO TO W-SUM.
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > 4
               ADD DEMAND (I) TO W-SUM
           END-PERFORM.
           DIVIDE W-SUM BY 4 GIVING W-AVERAGE ROUNDED.
       DEVIATION.
           MOVE ZERO TO W-DEVIATION.
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > 4
               IF DEMAND (I) > W-AVERAGE
                   COMPUTE W-DEVIATION = W-DEVIATION
                       + DEMAND (I) - W-AVERAGE
               ELSE
                   COMPUTE W-DEVIATION = W-DEVIATION
                       + W-AVERAGE - DEMAND (I)
               END-IF
           END-PERFORM.
           DIVIDE 4 INTO W-DEVIATION.
       REORDER-POINT.
           COMPUTE W-SAFETY ROUNDED = W-DEVIATION * 1.65.
           COMPUTE W-REORDER-POINT ROUNDED =
               W-AVERAGE * LEAD-WEEKS + W-SAFETY.
           ADD ON-HAND ON-ORDER GIVING W-AVAILABLE.
       ORDER-QUANTITY.
      *    SQUARE ROOT OF 2 * YEARLY DEMAND * COST OF AN ORDER / UNIT
           COMPUTE W-QUANTITY = 2 * W-AVERAGE * 52 * 35
               / (UNIT-COST * .2 + .01).
           MOVE 100 TO W-ROOT.
           PERFORM 12 TIMES
               COMPUTE W-ROOT ROUNDED =
                   (W-ROOT + W-QUANTITY / W-ROOT) / 2
           END-PERFORM.
           COMPUTE W-QUANTITY = W-ROOT + .5.
           IF W-QUANTITY < W-REORDER-POINT - W-AVAILABLE
               SUBTRACT W-AVAILABLE FROM W-REORDER-POINT
                   GIVING W-QUANTITY.
       ROUND-TO-PACKS.
           DIVIDE W-QUANTITY BY PACK-SIZE GIVING W-PACKS
               REMAINDER W-LEFT-OVER.
           IF W-LEFT-OVER > 0
               ADD 1 TO W-PACKS.
           MULTIPLY W-PACKS BY PACK-SIZE GIVING W-QUANTITY.
       ORDER-VALUE.
           MULTIPLY W-QUANTITY BY UNIT-COST GIVING W-VALUE.
           ADD W-VALUE TO W-ALL-VALUE.
           MOVE ITEM-NO TO L-ITEM.
           MOVE W-REORDER-POINT TO L-POINT.
           MOVE W-QUANTITY TO L-QUANTITY.
           MOVE W-VALUE TO L-VALUE.
           DISPLAY LINE-OUT.
