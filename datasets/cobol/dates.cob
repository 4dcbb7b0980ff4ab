       IDENTIFICATION DIVISION.
       PROGRAM-ID. DATES.
      *    DATE ROUTINES: VALIDITY, LEAP YEARS, DAY OF WEEK, DUE DATES
      *    THAT AVOID WEEKENDS, EASTER, AGE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  DATE-CARD.
           05  IN-DATE.
               10  IN-YEAR         PIC 9(4).
               10  IN-MONTH        PIC 99.
               10  IN-DAY          PIC 99.
           05  TERM-DAYS           PIC 9(3).
       01  MONTH-LENGTHS           PIC X(24) VALUE
           "312831303130313130313031".
       01  MONTH-TABLE REDEFINES MONTH-LENGTHS.
           05  MONTH-DAYS          PIC 99 OCCURS 12 TIMES.
       01  WORK.
           05  LAST-DAY            PIC 99.
           05  Q                   PIC 9(6).
           05  R4                  PIC 9(3).
           05  R100                PIC 9(3).
           05  R400                PIC 9(3).
           05  LEAP                PIC 9.
               88  IS-LEAP         VALUE 1.
           05  DATE-OK               PIC 9.
               88  IS-DATE-OK        VALUE 1.
           05  JULIAN              PIC 9(7).
           05  WEEK-DAY            PIC 9.
           05  YEAR-DAY            PIC 9(3).
           05  M                   PIC 99.
           05  AGE-YEARS           PIC S9(3).
       01  EASTER-WORK.
           05  A                   PIC 99.
           05  B                   PIC 99.
           05  C                   PIC 99.
           05  D                   PIC 99.
           05  E                   PIC 99.
           05  F                   PIC 99.
           05  G                   PIC 99.
           05  H                   PIC 99.
           05  I                   PIC 99.
           05  K                   PIC 99.
           05  L                   PIC 99.
           05  N                   PIC 9(3).
           05  EASTER-MONTH        PIC 99.
           05  EASTER-DAY          PIC 99.
       01  DAY-NAMES               PIC X(21) VALUE
           "SUNMONTUEWEDTHUFRISAT".
       01  FILLER REDEFINES DAY-NAMES.
           05  DAY-NAME            PIC XXX OCCURS 7 TIMES.
       PROCEDURE DIVISION.
       MAIN.
           ACCEPT DATE-CARD.
           PERFORM ONE-DATE THRU ONE-DATE-EXIT
               UNTIL DATE-CARD = SPACES.
           STOP RUN.
       ONE-DATE.
           PERFORM CHECK-DATE THRU CHECK-DATE-EXIT.
           IF NOT IS-DATE-OK
               DISPLAY IN-DATE " INVALID"
               GO TO ONE-DATE-NEXT.
           PERFORM DAY-OF-YEAR.
           PERFORM TO-JULIAN.
           PERFORM WEEKDAY-OF.
           DISPLAY IN-DATE " " DAY-NAME (WEEK-DAY + 1) " " YEAR-DAY.
           PERFORM DUE-DATE.
           PERFORM EASTER.
           PERFORM AGE-AT-2026.
       ONE-DATE-NEXT.
           ACCEPT DATE-CARD.
       ONE-DATE-EXIT.
           EXIT.
       CHECK-DATE.
           MOVE 0 TO DATE-OK.
           IF IN-DATE NOT NUMERIC GO TO CHECK-DATE-EXIT.
           IF IN-MONTH < 1 OR IN-MONTH > 12 GO TO CHECK-DATE-EXIT.
           IF IN-YEAR < 1600 GO TO CHECK-DATE-EXIT.
           PERFORM LEAP-YEAR.
           MOVE MONTH-DAYS (IN-MONTH) TO LAST-DAY.
           IF IN-MONTH = 2 ADD LEAP TO LAST-DAY.
           IF IN-DAY < 1 OR IN-DAY > LAST-DAY GO TO CHECK-DATE-EXIT.
           MOVE 1 TO DATE-OK.
       CHECK-DATE-EXIT.
           EXIT.
       LEAP-YEAR.
           DIVIDE IN-YEAR BY 4 GIVING Q REMAINDER R4.
           DIVIDE IN-YEAR BY 100 GIVING Q REMAINDER R100.
           DIVIDE IN-YEAR BY 400 GIVING Q REMAINDER R400.
           MOVE 0 TO LEAP.
           IF R4 = 0 AND (R100 NOT = 0 OR R400 = 0)
               MOVE 1 TO LEAP.
       DAY-OF-YEAR.
           MOVE IN-DAY TO YEAR-DAY.
           PERFORM VARYING M FROM 1 BY 1 UNTIL M = IN-MONTH
               ADD MONTH-DAYS (M) TO YEAR-DAY
           END-PERFORM.
           IF IS-LEAP AND IN-MONTH > 2
               ADD 1 TO YEAR-DAY.
       TO-JULIAN.
           COMPUTE JULIAN = (IN-YEAR - 1) * 365 + YEAR-DAY.
           SUBTRACT 1 FROM IN-YEAR GIVING Q.
           COMPUTE JULIAN = JULIAN + FUNCTION INTEGER (Q / 4)
               - FUNCTION INTEGER (Q / 100)
               + FUNCTION INTEGER (Q / 400).
       WEEKDAY-OF.
           DIVIDE JULIAN BY 7 GIVING Q REMAINDER WEEK-DAY.
       DUE-DATE.
           ADD TERM-DAYS TO JULIAN.
           PERFORM WEEKDAY-OF.
           IF WEEK-DAY = 6 ADD 2 TO JULIAN.
           IF WEEK-DAY = 0 ADD 1 TO JULIAN.
           PERFORM WEEKDAY-OF.
           DISPLAY "  DUE " JULIAN " " DAY-NAME (WEEK-DAY + 1).
       EASTER.
           DIVIDE IN-YEAR BY 19 GIVING Q REMAINDER A.
           DIVIDE IN-YEAR BY 100 GIVING B REMAINDER C.
           DIVIDE B BY 4 GIVING D REMAINDER E.
           COMPUTE F = (B + 8) / 25.
           COMPUTE G = (B - F + 1) / 3.
           COMPUTE N = 19 * A + B - D - G + 15.
           DIVIDE N BY 30 GIVING Q REMAINDER H.
           DIVIDE C BY 4 GIVING I REMAINDER K.
           COMPUTE N = 32 + 2 * E + 2 * I - H - K.
           DIVIDE N BY 7 GIVING Q REMAINDER L.
           COMPUTE N = (A + 11 * H + 22 * L) / 451.
           COMPUTE Q = H + L - 7 * N + 114.
           DIVIDE Q BY 31 GIVING EASTER-MONTH REMAINDER EASTER-DAY.
           ADD 1 TO EASTER-DAY.
           DISPLAY "  EASTER " EASTER-MONTH "/" EASTER-DAY.
       AGE-AT-2026.
           COMPUTE AGE-YEARS = 2026 - IN-YEAR.
           IF IN-MONTH > 7 OR (IN-MONTH = 7 AND IN-DAY > 1)
               SUBTRACT 1 FROM AGE-YEARS.
           DISPLAY "  AGE " AGE-YEARS.
