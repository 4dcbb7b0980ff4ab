       IDENTIFICATION DIVISION.
       PROGRAM-ID. INCOMTAX.
      * INCOME TAX BY BRACKETS FROM A TABLE THAT IS LAID OUT AS TEXT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  BRACKET-TEXT.
           05  FILLER  PIC X(17) VALUE "00000000100000000".
           05  FILLER  PIC X(17) VALUE "00009875120098750".
           05  FILLER  PIC X(17) VALUE "00040125220461750".
           05  FILLER  PIC X(17) VALUE "00085525241460550".
           05  FILLER  PIC X(17) VALUE "00163300323327150".
       01  BRACKETS REDEFINES BRACKET-TEXT.
           05  BRACKET OCCURS 5 TIMES.
               10  LOWER-LIMIT     PIC 9(8).
               10  BRACKET-RATE    PIC V99.
               10  BASE-TAX        PIC 9(5)V99.
       01  FILING.
           05  TAXPAYER            PIC X(8).
           05  INCOME              PIC 9(8)V99.
           05  CHILDREN            PIC 99.
           05  FILING-STATUS       PIC X.
               88  SINGLE          VALUE "S".
               88  MARRIED         VALUE "M".
               88  KNOWN-STATUS    VALUE "S" "M" "H".
       01  DEDUCTION               PIC 9(6)V99.
       01  TAXABLE                 PIC S9(8)V99.
       01  TAX                     PIC S9(7)V99.
       01  CREDIT-AMOUNT           PIC 9(5)V99.
       01  TAX-DUE                 PIC S9(7)V99.
       01  EFFECTIVE-RATE          PIC 9(3)V99.
       01  B                       PIC 9.
       01  E-TAX                   PIC Z(6)9.99CR.
       01  E-RATE                  PIC ZZ9.99.
       01  DONE-SWITCH             PIC 9 VALUE 0.
           88  DONE                VALUE 1.
       PROCEDURE DIVISION.
       MAIN-CONTROL.
           PERFORM GET-FILING.
           PERFORM UNTIL DONE
               PERFORM COMPUTE-DEDUCTION
               PERFORM COMPUTE-TAXABLE
               PERFORM FIND-BRACKET
               PERFORM COMPUTE-TAX
               PERFORM COMPUTE-CREDIT
               PERFORM COMPUTE-RATE
               PERFORM SHOW-RESULT
               PERFORM GET-FILING
           END-PERFORM.
           STOP RUN.
       GET-FILING.
           ACCEPT FILING.
           IF TAXPAYER = SPACES
               SET DONE TO TRUE.
       COMPUTE-DEDUCTION.
           EVALUATE TRUE ALSO CHILDREN
               WHEN MARRIED ALSO ANY
                   MOVE 24800 TO DEDUCTION
               WHEN SINGLE ALSO 0
                   MOVE 12400 TO DEDUCTION
               WHEN KNOWN-STATUS ALSO 1 THRU 99
                   MOVE 18650 TO DEDUCTION
               WHEN OTHER
                   MOVE 12400 TO DEDUCTION
           END-EVALUATE.
           IF CHILDREN > 3
               COMPUTE DEDUCTION = DEDUCTION + (CHILDREN - 3) * 750.50.
       COMPUTE-TAXABLE.
           SUBTRACT DEDUCTION FROM INCOME GIVING TAXABLE.
           IF TAXABLE < 0
               MOVE 0 TO TAXABLE.
       FIND-BRACKET.
           MOVE 1 TO B.
           PERFORM NEXT-BRACKET UNTIL B = 5
               OR TAXABLE < LOWER-LIMIT (B + 1).
       NEXT-BRACKET.
           ADD 1 TO B.
       COMPUTE-TAX.
           COMPUTE TAX ROUNDED = BASE-TAX (B)
               + (TAXABLE - LOWER-LIMIT (B)) * BRACKET-RATE (B).
       COMPUTE-CREDIT.
           MULTIPLY CHILDREN BY 333.33 GIVING CREDIT-AMOUNT
               ON SIZE ERROR MOVE 9999.99 TO CREDIT-AMOUNT
           END-MULTIPLY.
           SUBTRACT CREDIT-AMOUNT FROM TAX GIVING TAX-DUE.
       COMPUTE-RATE.
           IF INCOME = 0 OR TAX-DUE < 0
               MOVE 0 TO EFFECTIVE-RATE
           ELSE
               COMPUTE EFFECTIVE-RATE ROUNDED = TAX-DUE / INCOME * 100.
       SHOW-RESULT.
           MOVE TAX-DUE TO E-TAX.
           MOVE EFFECTIVE-RATE TO E-RATE.
           DISPLAY TAXPAYER E-TAX " " E-RATE "%".
