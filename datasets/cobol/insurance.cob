       IDENTIFICATION DIVISION.
       PROGRAM-ID. INSURANC.
      *    CAR INSURANCE: BASE BY TYPE, FACTORS OF AGE AND REGION, NO
      *    CLAIMS BONUS, SURCHARGES, RATES PER INSTALMENT. SEARCH ALL.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  TYPE-VALUES.
           05  FILLER              PIC X(8) VALUE "01031250".
           05  FILLER              PIC X(8) VALUE "03040775".
           05  FILLER              PIC X(8) VALUE "07055000".
           05  FILLER              PIC X(8) VALUE "12082333".
           05  FILLER              PIC X(8) VALUE "20125999".
       01  TYPE-TABLE REDEFINES TYPE-VALUES.
           05  TYPE-ENTRY OCCURS 5 TIMES
                   ASCENDING KEY IS TYPE-CODE INDEXED BY TX.
               10  TYPE-CODE       PIC 99.
               10  TYPE-BASE       PIC 9(4)V99.
       01  POLICY.
           05  POLICY-NO           PIC X(6).
           05  CAR-TYPE            PIC 99.
           05  DRIVER-AGE          PIC 99.
           05  REGION              PIC X.
           05  CLAIM-FREE          PIC 99.
           05  CLAIMS              PIC 9.
           05  INSTALMENTS         PIC 99.
       01  PREMIUM                 PIC 9(5)V99.
       01  FACTOR-AGE              PIC 9V99.
       01  FACTOR-REGION           PIC 9V999.
       01  BONUS-PERCENT           PIC 9(3).
       01  SURCHARGE               PIC 9(5)V99.
       01  INSTALMENT              PIC 9(5)V99.
       01  LAST-INSTALMENT         PIC S9(5)V99.
       01  FIRST-MONTH             PIC 99.
       01  ALL-PREMIUMS            PIC 9(7)V99 VALUE ZERO.
       01  E-PREMIUM               PIC ZZ,ZZ9.99.
       01  E-LAST                  PIC ZZ,ZZ9.99-.
       PROCEDURE DIVISION.
       MAIN SECTION.
       MAIN-START.
           ACCEPT POLICY.
           PERFORM RATE-POLICY UNTIL POLICY-NO = "END".
           MOVE ALL-PREMIUMS TO E-PREMIUM.
           DISPLAY "ALL   " E-PREMIUM.
           STOP RUN.
       RATE-POLICY SECTION.
       RATE-START.
           SEARCH ALL TYPE-ENTRY
               AT END
                   DISPLAY POLICY-NO " UNKNOWN TYPE " CAR-TYPE
                   GO TO RATE-NEXT
               WHEN TYPE-CODE (TX) = CAR-TYPE
                   MOVE TYPE-BASE (TX) TO PREMIUM.
           PERFORM AGE-FACTOR.
           PERFORM REGION-FACTOR.
           PERFORM APPLY-FACTORS.
           PERFORM APPLY-BONUS.
           PERFORM APPLY-CLAIMS.
           PERFORM MAKE-INSTALMENTS.
           PERFORM SHOW-POLICY.
       RATE-NEXT.
           ACCEPT POLICY.
       RATE-END.
           EXIT.
       FACTORS SECTION.
       AGE-FACTOR.
           IF DRIVER-AGE < 25
               COMPUTE FACTOR-AGE = 1 + (25 - DRIVER-AGE) * .115
           ELSE IF DRIVER-AGE > 70
               MOVE 1.25 TO FACTOR-AGE
           ELSE
               MOVE 1 TO FACTOR-AGE.
       REGION-FACTOR.
           EVALUATE REGION
               WHEN "N" MOVE .925 TO FACTOR-REGION
               WHEN "E" MOVE 1.015 TO FACTOR-REGION
               WHEN "C" MOVE 1.385 TO FACTOR-REGION
               WHEN OTHER MOVE 1 TO FACTOR-REGION
           END-EVALUATE.
       APPLY-FACTORS.
           COMPUTE PREMIUM ROUNDED =
               PREMIUM * FACTOR-AGE * FACTOR-REGION.
       APPLY-BONUS.
           MULTIPLY CLAIM-FREE BY 5 GIVING BONUS-PERCENT.
           IF BONUS-PERCENT > 60 MOVE 60 TO BONUS-PERCENT.
           COMPUTE PREMIUM ROUNDED =
               PREMIUM * (100 - BONUS-PERCENT) / 100.
       APPLY-CLAIMS.
           MOVE ZERO TO SURCHARGE.
           IF CLAIMS > 1
               COMPUTE SURCHARGE ROUNDED =
                   PREMIUM * .15 * (CLAIMS - 1) + 49.995.
           ADD SURCHARGE TO PREMIUM.
       MAKE-INSTALMENTS.
           IF INSTALMENTS = ZERO MOVE 1 TO INSTALMENTS.
           IF INSTALMENTS > 1
               MULTIPLY 1.03 BY PREMIUM ROUNDED.
           DIVIDE PREMIUM BY INSTALMENTS GIVING INSTALMENT.
           COMPUTE LAST-INSTALMENT =
               PREMIUM - INSTALMENT * (INSTALMENTS - 1).
       SHOW-POLICY.
           ADD PREMIUM TO ALL-PREMIUMS.
           MOVE PREMIUM TO E-PREMIUM.
           MOVE LAST-INSTALMENT TO E-LAST.
           DISPLAY POLICY-NO E-PREMIUM E-LAST.
