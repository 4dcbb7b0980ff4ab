       IDENTIFICATION DIVISION.
       PROGRAM-ID. GRADES.
      *    MARKS OF A CLASS: WEIGHTED AVERAGE, BEST THREE OF FOUR
      *    TESTS, LETTER, RANK, HISTOGRAM.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  CLASS-TABLE.
           05  STUDENT-COUNT       PIC 99 VALUE 0.
           05  STUDENT OCCURS 1 TO 30 TIMES DEPENDING ON STUDENT-COUNT
                       INDEXED BY S T.
               10  STUDENT-NAME    PIC X(12).
               10  MARK            PIC 9(3) OCCURS 4 TIMES.
               10  EXAM            PIC 9(3)V9.
               10  AVERAGE         PIC 9(3)V99.
               10  LETTER          PIC X.
               10  RANK            PIC 99.
       01  INPUT-CARD.
           05  I-NAME              PIC X(12).
           05  I-MARK              PIC 9(3) OCCURS 4 TIMES.
           05  I-EXAM              PIC 9(3)V9.
       01  K                       PIC 9.
       01  LOWEST                  PIC 9(3).
       01  SUM-MARKS               PIC 9(4).
       01  CLASS-SUM               PIC 9(5)V99 VALUE 0.
       01  CLASS-MEAN              PIC 9(3)V99.
       01  SQUARES                 PIC 9(7)V9(4) VALUE 0.
       01  VARIANCE                PIC 9(5)V99.
       01  HISTOGRAM.
           05  BAR                 PIC 99 OCCURS 5 TIMES VALUE ZERO.
       01  E-AVERAGE               PIC ZZ9.99.
       PROCEDURE DIVISION.
       MAIN.
           PERFORM READ-STUDENTS THRU READ-EXIT.
           PERFORM GRADE-ONE VARYING S FROM 1 BY 1
               UNTIL S > STUDENT-COUNT.
           PERFORM RANK-ONE VARYING S FROM 1 BY 1
               UNTIL S > STUDENT-COUNT.
           PERFORM STATISTICS.
           PERFORM SHOW-ONE VARYING S FROM 1 BY 1
               UNTIL S > STUDENT-COUNT.
           DISPLAY "BARS " HISTOGRAM.
           STOP RUN.
       READ-STUDENTS.
           ACCEPT INPUT-CARD.
           IF I-NAME = SPACES OR STUDENT-COUNT = 30 GO TO READ-EXIT.
           ADD 1 TO STUDENT-COUNT.
           SET S TO STUDENT-COUNT.
           MOVE I-NAME TO STUDENT-NAME (S).
           PERFORM VARYING K FROM 1 BY 1 UNTIL K > 4
               MOVE I-MARK (K) TO MARK (S, K)
           END-PERFORM.
           MOVE I-EXAM TO EXAM (S).
           GO TO READ-STUDENTS.
       READ-EXIT.
           EXIT.
       GRADE-ONE.
           MOVE 999 TO LOWEST.
           MOVE 0 TO SUM-MARKS.
           PERFORM ADD-MARK VARYING K FROM 1 BY 1 UNTIL K > 4.
           SUBTRACT LOWEST FROM SUM-MARKS.
           COMPUTE AVERAGE (S) ROUNDED =
               SUM-MARKS / 3 * .4 + EXAM (S) * .6.
           ADD AVERAGE (S) TO CLASS-SUM.
           PERFORM LETTER-OF.
       ADD-MARK.
           ADD MARK (S, K) TO SUM-MARKS.
           IF MARK (S, K) < LOWEST MOVE MARK (S, K) TO LOWEST.
       LETTER-OF.
           EVALUATE AVERAGE (S)
               WHEN 90 THRU 100 MOVE "A" TO LETTER (S) ADD 1 TO BAR (1)
               WHEN 80 THRU 89.99 MOVE "B" TO LETTER (S)
                   ADD 1 TO BAR (2)
               WHEN 65 THRU 79.99 MOVE "C" TO LETTER (S)
                   ADD 1 TO BAR (3)
               WHEN 50 THRU 64.99 MOVE "D" TO LETTER (S)
                   ADD 1 TO BAR (4)
               WHEN OTHER MOVE "F" TO LETTER (S) ADD 1 TO BAR (5)
           END-EVALUATE.
       RANK-ONE.
           MOVE 1 TO RANK (S).
           PERFORM VARYING T FROM 1 BY 1 UNTIL T > STUDENT-COUNT
               IF AVERAGE (T) > AVERAGE (S) ADD 1 TO RANK (S) END-IF
           END-PERFORM.
       STATISTICS.
           DIVIDE CLASS-SUM BY STUDENT-COUNT GIVING CLASS-MEAN ROUNDED
               ON SIZE ERROR MOVE ZERO TO CLASS-MEAN.
           PERFORM VARYING S FROM 1 BY 1 UNTIL S > STUDENT-COUNT
               COMPUTE SQUARES = SQUARES
                   + (AVERAGE (S) - CLASS-MEAN) ** 2
           END-PERFORM.
           IF STUDENT-COUNT > 1
               COMPUTE VARIANCE ROUNDED =
                   SQUARES / (STUDENT-COUNT - 1).
           DISPLAY "MEAN " CLASS-MEAN " VARIANCE " VARIANCE.
       SHOW-ONE.
           MOVE AVERAGE (S) TO E-AVERAGE.
           DISPLAY RANK (S) " " STUDENT-NAME (S) E-AVERAGE " "
               LETTER (S).
