       IDENTIFICATION DIVISION.
       PROGRAM-ID. COMMISSN.
      *****************************************************************
      * COMMISSION BY TIERS. OLD STYLE: EVERYTHING GOES BY GO TO.
      *****************************************************************
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  W-SALE-CARD.
           03  W-AGENT         PIC X(4).
           03  W-AMOUNT        PIC 9(6)V99.
           03  W-RETURNS       PIC 9(5)V99.
           03  W-GRADE         PIC 9.
       01  W-WORK.
           03  W-BASE          PIC S9(6)V99.
           03  W-REST          PIC S9(6)V99.
           03  W-COMM          PIC S9(5)V99.
           03  W-PART          PIC S9(5)V99.
           03  W-BONUS         PIC S9(5)V99.
           03  W-TOTAL         PIC S9(7)V99 VALUE ZERO.
           03  W-COUNT         PIC 9(3) VALUE ZERO.
           03  W-BAD           PIC 9(3) VALUE ZERO.
       01  W-OUT               PIC ZZ,ZZ9.99-.
       PROCEDURE DIVISION.
       A-START.
           MOVE ZERO TO W-COUNT W-BAD W-TOTAL.
       B-NEXT.
           ACCEPT W-SALE-CARD.
           IF W-AGENT = "9999" GO TO Z-END.
           IF W-AMOUNT NOT NUMERIC GO TO X-BAD.
           IF W-RETURNS NOT NUMERIC GO TO X-BAD.
           ADD 1 TO W-COUNT.
           SUBTRACT W-RETURNS FROM W-AMOUNT GIVING W-BASE.
           MOVE ZERO TO W-COMM W-BONUS.
           IF W-BASE NOT > ZERO GO TO G-PRINT.
           MOVE W-BASE TO W-REST.
       C-TIER-3.
           IF W-REST NOT > 50000 GO TO D-TIER-2.
           COMPUTE W-PART ROUNDED = (W-REST - 50000) * .075.
           ADD W-PART TO W-COMM.
           MOVE 50000 TO W-REST.
       D-TIER-2.
           IF W-REST NOT > 10000 GO TO E-TIER-1.
           COMPUTE W-PART ROUNDED = (W-REST - 10000) * .05.
           ADD W-PART TO W-COMM.
           MOVE 10000 TO W-REST.
       E-TIER-1.
           COMPUTE W-PART ROUNDED = W-REST * .0325.
           ADD W-PART TO W-COMM.
       F-BONUS.
           GO TO F-JUNIOR F-SENIOR F-CHIEF DEPENDING ON W-GRADE.
           GO TO G-PRINT.
       F-JUNIOR.
           IF W-COMM < 100 MOVE 100 TO W-BONUS.
           GO TO G-PRINT.
       F-SENIOR.
           MULTIPLY W-COMM BY .1 GIVING W-BONUS.
           GO TO G-PRINT.
       F-CHIEF.
           MULTIPLY W-COMM BY .15 GIVING W-BONUS ROUNDED.
           ADD 25 TO W-BONUS.
       G-PRINT.
           ADD W-COMM W-BONUS TO W-TOTAL.
           MOVE W-COMM TO W-OUT.
           DISPLAY W-AGENT " " W-OUT " " WITH NO ADVANCING.
           MOVE W-BONUS TO W-OUT.
           DISPLAY W-OUT.
           GO TO B-NEXT.
       X-BAD.
           ADD 1 TO W-BAD.
           DISPLAY W-AGENT " REJECTED".
           GO TO B-NEXT.
       Z-END.
           MOVE W-TOTAL TO W-OUT.
           DISPLAY W-COUNT " AGENTS " W-BAD " BAD " W-OUT.
           STOP RUN.
