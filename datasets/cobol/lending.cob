       IDENTIFICATION DIVISION.
       PROGRAM-ID. LIBRARY.
      *    LOANS OF A LIBRARY: DAYS OVERDUE BY A CALENDAR OF MONTHS,
      *    FINES THAT GROW BY WEEK, CAPS BY KIND OF READER, BLOCKED
      *    READERS. TABLE SEARCHED FROM FRONT TO BACK.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  LOAN.
           05  READER-ID           PIC 9(4).
           05  READER-KIND         PIC X.
               88  CHILD           VALUE "C".
               88  STUDENT         VALUE "S".
           05  ITEM-KIND           PIC X.
           05  DUE-MMDD.
               10  DUE-MONTH       PIC 99.
               10  DUE-DAY         PIC 99.
           05  BACK-MMDD.
               10  BACK-MONTH      PIC 99.
               10  BACK-DAY        PIC 99.
       01  READERS.
           05  READER-COUNT        PIC 99 COMP VALUE 0.
           05  READER OCCURS 20 TIMES INDEXED BY R.
               10  R-ID            PIC 9(4).
               10  R-OWES          PIC 9(4)V99 COMP-3.
               10  R-LOANS         PIC 9(3) COMP-3.
       01  BEFORE-MONTH.
           05  FILLER PIC X(36) VALUE
               "000031059090120151181212243273304334".
       01  FILLER REDEFINES BEFORE-MONTH.
           05  DAYS-BEFORE         PIC 9(3) OCCURS 12 TIMES.
       01  DAYS-LATE               PIC S9(4).
       01  WEEKS-LATE              PIC 9(3).
       01  ODD-DAYS                PIC 9.
       01  DAILY-FINE              PIC 9V99.
       01  FINE                    PIC 9(4)V99.
       01  FINE-CAP                PIC 9(3)V99.
       01  ALL-FINES               PIC 9(6)V99 VALUE 0.
       01  BLOCKED                 PIC 99 VALUE 0.
       01  MEAN-FINE               PIC 9(3)V99.
       01  E-FINE                  PIC ZZZ9.99.
       PROCEDURE DIVISION.
       A-MAIN.
           ACCEPT LOAN.
           PERFORM B-LOAN THRU B-EXIT UNTIL READER-ID = ZERO.
           PERFORM H-READERS VARYING R FROM 1 BY 1
               UNTIL R > READER-COUNT.
           PERFORM I-TOTALS.
           STOP RUN.
       B-LOAN.
           PERFORM C-FIND-READER.
           ADD 1 TO R-LOANS (R).
           IF DUE-MONTH < 1 OR DUE-MONTH > 12 GO TO B-NEXT.
           IF BACK-MONTH < 1 OR BACK-MONTH > 12 GO TO B-NEXT.
           PERFORM D-DAYS-LATE.
           IF DAYS-LATE NOT > ZERO GO TO B-NEXT.
           PERFORM E-DAILY-FINE.
           PERFORM F-FINE.
           PERFORM G-CAP.
       B-NEXT.
           ACCEPT LOAN.
       B-EXIT. EXIT.
       C-FIND-READER.
           SET R TO 1.
           SEARCH READER VARYING R
               AT END DISPLAY "TOO MANY READERS"
               WHEN R > READER-COUNT
                   ADD 1 TO READER-COUNT
                   MOVE READER-ID TO R-ID (R)
                   MOVE ZERO TO R-OWES (R) R-LOANS (R)
               WHEN R-ID (R) = READER-ID
                   CONTINUE
           END-SEARCH.
       D-DAYS-LATE.
           COMPUTE DAYS-LATE =
               DAYS-BEFORE (BACK-MONTH) + BACK-DAY
               - DAYS-BEFORE (DUE-MONTH) - DUE-DAY.
           IF DAYS-LATE < -180 ADD 365 TO DAYS-LATE.
       E-DAILY-FINE.
           EVALUATE ITEM-KIND
               WHEN "B" MOVE .15 TO DAILY-FINE
               WHEN "D" MOVE .50 TO DAILY-FINE
               WHEN "M" MOVE .35 TO DAILY-FINE
               WHEN OTHER MOVE 1 TO DAILY-FINE
           END-EVALUATE.
           IF CHILD DIVIDE 2 INTO DAILY-FINE.
           IF STUDENT MULTIPLY .75 BY DAILY-FINE ROUNDED.
       F-FINE.
           DIVIDE DAYS-LATE BY 7 GIVING WEEKS-LATE REMAINDER ODD-DAYS.
           COMPUTE FINE = DAYS-LATE * DAILY-FINE
               + WEEKS-LATE * (WEEKS-LATE + 1) / 2 * .1.
       G-CAP.
           MOVE 25 TO FINE-CAP.
           IF CHILD MOVE 5 TO FINE-CAP.
           IF FINE > FINE-CAP MOVE FINE-CAP TO FINE.
           ADD FINE TO R-OWES (R) ALL-FINES.
       H-READERS.
           MOVE R-OWES (R) TO E-FINE.
           DISPLAY R-ID (R) E-FINE " " R-LOANS (R).
           IF R-OWES (R) > 20 ADD 1 TO BLOCKED.
       I-TOTALS.
           IF READER-COUNT > 0
               DIVIDE ALL-FINES BY READER-COUNT
                   GIVING MEAN-FINE ROUNDED.
           MOVE ALL-FINES TO E-FINE.
           DISPLAY "ALL " E-FINE " MEAN " MEAN-FINE " BLOCKED " BLOCKED.
