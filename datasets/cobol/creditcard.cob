       IDENTIFICATION DIVISION.
       PROGRAM-ID. CREDCARD.
      *    A STATEMENT ACCOUNT: PURCHASES, CASH, PAYMENTS, DAILY
      *    BALANCES, LATE FEES, THE LEAST PAYMENT. STRAIGHT LINE STYLE
      *    WITH AN ERROR PARAGRAPH AT THE END.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       77  DAY-NO                  PIC 99 VALUE 0.
       77  ENTRY-DAYS              PIC S99.
       77  OPENING                 PIC S9(6)V99 VALUE +1234.56.
       77  BALANCE                 PIC S9(6)V99.
       77  DAILY-SUM               PIC S9(9)V99 VALUE 0.
       77  AVERAGE-BALANCE         PIC S9(6)V99.
       77  CASH-PART               PIC S9(6)V99 VALUE 0.
       77  INTEREST                PIC S9(4)V99.
       77  CASH-FEE                PIC S9(4)V99 VALUE 0.
       77  FEE                     PIC S9(3)V99.
       77  LATE-FEE                PIC S9(3)V99 VALUE 0.
       77  PAID                    PIC S9(6)V99 VALUE 0.
       77  LEAST-PAYMENT           PIC 9(5)V99.
       77  POINTS                  PIC 9(6) VALUE 0.
       77  CREDIT-LIMIT            PIC 9(5) VALUE 5000.
       77  OVER-LIMIT              PIC S9(6)V99.
       77  ERRORS                  PIC 99 VALUE 0.
       77  E-AMOUNT                PIC $$$,$$9.99-.
       01  ENTRY-CARD.
           02  E-DAY               PIC 99.
           02  E-TYPE              PIC X.
           02  E-VALUE             PIC 9(5)V99.
       PROCEDURE DIVISION.
       START-ACCOUNT.
           MOVE OPENING TO BALANCE.
           MOVE 1 TO DAY-NO.
       GET-ENTRY.
           ACCEPT ENTRY-CARD.
           IF E-DAY NOT NUMERIC OR E-VALUE NOT NUMERIC GO TO BAD-ENTRY.
           IF E-DAY = 99 GO TO CLOSE-ACCOUNT.
           IF E-DAY < DAY-NO OR E-DAY > 30 GO TO BAD-ENTRY.
           PERFORM CARRY-FORWARD.
           IF E-TYPE = "P" GO TO PURCHASE.
           IF E-TYPE = "C" GO TO CASH-ADVANCE.
           IF E-TYPE = "R" GO TO REPAYMENT.
           GO TO BAD-ENTRY.
       CARRY-FORWARD.
           SUBTRACT DAY-NO FROM E-DAY GIVING ENTRY-DAYS.
           COMPUTE DAILY-SUM = DAILY-SUM + BALANCE * ENTRY-DAYS.
           MOVE E-DAY TO DAY-NO.
       PURCHASE.
           ADD E-VALUE TO BALANCE.
           COMPUTE POINTS = POINTS + E-VALUE / 10.
           GO TO GET-ENTRY.
       CASH-ADVANCE.
           COMPUTE FEE ROUNDED = E-VALUE * .0375.
           IF FEE < 10 MOVE 10 TO FEE.
           ADD FEE TO CASH-FEE.
           ADD E-VALUE FEE TO BALANCE CASH-PART.
           GO TO GET-ENTRY.
       REPAYMENT.
           SUBTRACT E-VALUE FROM BALANCE.
           ADD E-VALUE TO PAID.
           GO TO GET-ENTRY.
       CLOSE-ACCOUNT.
           MOVE 31 TO E-DAY.
           PERFORM CARRY-FORWARD.
           DIVIDE DAILY-SUM BY 30 GIVING AVERAGE-BALANCE ROUNDED.
           COMPUTE INTEREST ROUNDED = AVERAGE-BALANCE * .1895 / 12
               + CASH-PART * .0045.
           IF INTEREST < 0 MOVE 0 TO INTEREST.
           PERFORM CHARGE-LATE.
           ADD INTEREST LATE-FEE TO BALANCE.
           PERFORM FIND-LEAST.
           PERFORM SHOW-ALL.
           STOP RUN.
       CHARGE-LATE.
           IF PAID < OPENING * .05
               COMPUTE LATE-FEE = 25 + (OPENING * .05 - PAID) * .1.
       FIND-LEAST.
           SUBTRACT CREDIT-LIMIT FROM BALANCE GIVING OVER-LIMIT.
           IF OVER-LIMIT < 0 MOVE 0 TO OVER-LIMIT.
           COMPUTE LEAST-PAYMENT ROUNDED =
               (BALANCE - OVER-LIMIT) * .03 + OVER-LIMIT.
           IF BALANCE < 0 MOVE 0 TO LEAST-PAYMENT
           ELSE IF LEAST-PAYMENT < 20
               IF BALANCE < 20 MOVE BALANCE TO LEAST-PAYMENT
               ELSE MOVE 20 TO LEAST-PAYMENT.
       SHOW-ALL.
           MOVE BALANCE TO E-AMOUNT.
           DISPLAY "BALANCE  " E-AMOUNT.
           MOVE INTEREST TO E-AMOUNT.
           DISPLAY "INTEREST " E-AMOUNT.
           ADD LATE-FEE CASH-FEE GIVING FEE.
           MOVE FEE TO E-AMOUNT.
           DISPLAY "FEES     " E-AMOUNT.
           MOVE LEAST-PAYMENT TO E-AMOUNT.
           DISPLAY "LEAST    " E-AMOUNT.
           DISPLAY "POINTS " POINTS " ERRORS " ERRORS.
       BAD-ENTRY.
           ADD 1 TO ERRORS.
           DISPLAY "BAD ENTRY " ENTRY-CARD.
           GO TO GET-ENTRY.
