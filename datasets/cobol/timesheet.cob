       IDENTIFICATION DIVISION.
       PROGRAM-ID. TIMESHT.
      * TIME SHEETS: CLOCK TIMES TO HOURS, BREAKS, NIGHT AND SUNDAY
      * SUPPLEMENTS, A BALANCE OF MINUTES THAT MAY BE NEGATIVE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  CLOCK-CARD.
           02  CC-PERSON           PIC X(3).
           02  CC-DAY              PIC 9.
               88  SUNDAY          VALUE 7.
               88  WEEKEND         VALUE 6 THRU 7.
           02  CC-IN.
               03  IN-H            PIC 99.
               03  IN-M            PIC 99.
           02  CC-OUT.
               03  OUT-H           PIC 99.
               03  OUT-M           PIC 99.
       01  MINUTES-IN              PIC 9(4).
       01  MINUTES-OUT             PIC 9(4).
       01  WORKED                  PIC S9(4).
       01  PAUSE                   PIC 9(3).
       01  NIGHT-MINUTES           PIC 9(4).
       01  SUPPLEMENT              PIC 9(5)V9.
       01  BALANCE                 PIC S9(5) SIGN IS TRAILING SEPARATE
                                   VALUE ZERO.
       01  ABSOLUTE-BALANCE        PIC 9(5).
       01  HOURS-PART              PIC 9(3).
       01  MINUTES-PART            PIC 99.
       01  TARGET                  PIC 9(3) VALUE 492.
       01  DAYS-BOOKED             PIC 99 VALUE ZERO.
       01  DECIMAL-HOURS           PIC 9(3)V99.
       PROCEDURE DIVISION.
       0100-MAIN.
           ACCEPT CLOCK-CARD.
           PERFORM 0200-CARD THRU 0200-EXIT UNTIL CC-PERSON = "ZZZ".
           PERFORM 0900-BALANCE.
           STOP RUN.
       0200-CARD.
           IF CC-IN NOT NUMERIC OR CC-OUT NOT NUMERIC
               DISPLAY CC-PERSON " CARD IS UNREADABLE"
               GO TO 0290-NEXT.
           IF IN-H > 23 OR OUT-H > 23 OR IN-M > 59 OR OUT-M > 59
               DISPLAY CC-PERSON " NO SUCH TIME"
               GO TO 0290-NEXT.
           PERFORM 0300-WORKED.
           PERFORM 0400-PAUSE.
           PERFORM 0500-NIGHT.
           PERFORM 0600-SUPPLEMENT.
           PERFORM 0700-BOOK.
       0290-NEXT.
           ACCEPT CLOCK-CARD.
       0200-EXIT.
           EXIT.
       0300-WORKED.
           COMPUTE MINUTES-IN = IN-H * 60 + IN-M.
           COMPUTE MINUTES-OUT = OUT-H * 60 + OUT-M.
           IF MINUTES-OUT < MINUTES-IN
               ADD 1440 TO MINUTES-OUT.
           SUBTRACT MINUTES-IN FROM MINUTES-OUT GIVING WORKED.
       0400-PAUSE.
           EVALUATE TRUE
               WHEN WORKED > 540 MOVE 60 TO PAUSE
               WHEN WORKED > 420 MOVE 30 TO PAUSE
               WHEN WORKED > 330 MOVE 15 TO PAUSE
               WHEN OTHER MOVE 0 TO PAUSE
           END-EVALUATE.
           SUBTRACT PAUSE FROM WORKED.
       0500-NIGHT.
           MOVE 0 TO NIGHT-MINUTES.
           IF MINUTES-IN < 360
               COMPUTE NIGHT-MINUTES = 360 - MINUTES-IN.
           IF MINUTES-OUT > 1320
               COMPUTE NIGHT-MINUTES = NIGHT-MINUTES
                   + MINUTES-OUT - 1320.
           IF NIGHT-MINUTES > WORKED
               MOVE WORKED TO NIGHT-MINUTES.
       0600-SUPPLEMENT.
           COMPUTE SUPPLEMENT = NIGHT-MINUTES * .25.
           IF SUNDAY
               COMPUTE SUPPLEMENT = SUPPLEMENT + WORKED * .5
           ELSE
               IF WEEKEND
                   COMPUTE SUPPLEMENT = SUPPLEMENT + WORKED * .1.
       0700-BOOK.
           ADD 1 TO DAYS-BOOKED.
           COMPUTE BALANCE ROUNDED = BALANCE + WORKED + SUPPLEMENT.
           IF NOT WEEKEND
               SUBTRACT TARGET FROM BALANCE.
           COMPUTE DECIMAL-HOURS ROUNDED = WORKED / 60.
           DISPLAY CC-PERSON " " DECIMAL-HOURS " " BALANCE.
       0900-BALANCE.
           MOVE BALANCE TO ABSOLUTE-BALANCE.
           DIVIDE ABSOLUTE-BALANCE BY 60 GIVING HOURS-PART
               REMAINDER MINUTES-PART.
           IF BALANCE < ZERO
               DISPLAY "OWES " HOURS-PART ":" MINUTES-PART
           ELSE
               DISPLAY "HAS  " HOURS-PART ":" MINUTES-PART.
