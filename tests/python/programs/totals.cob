       IDENTIFICATION DIVISION.
       PROGRAM-ID. TOTALS.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 WS-I PIC 9(3).
       01 WS-TOTAL PIC S9(7)V99 COMP-3.
       01 WS-OUT PIC ZZZ,ZZ9.99-.
       01 WS-REC.
          05 WS-NAME PIC X(10) VALUE "BOB".
          05 WS-NUM PIC 9(4).
       01 WS-TAB.
          05 WS-E PIC 9(5) OCCURS 10.
       PROCEDURE DIVISION.
       MAIN.
           MOVE 0 TO WS-TOTAL.
           PERFORM VARYING WS-I FROM 1 BY 1 UNTIL WS-I > 10
               COMPUTE WS-E(WS-I) = WS-I * 1234
               ADD WS-E(WS-I) TO WS-TOTAL
           END-PERFORM.
           PERFORM SHOW-IT.
           DIVIDE WS-TOTAL BY 3 GIVING WS-TOTAL ROUNDED.
           PERFORM SHOW-IT.
           MOVE 77 TO WS-NUM.
           DISPLAY WS-REC.
           IF WS-NAME = "BOB" AND WS-NUM > 5
               DISPLAY "OK"
           ELSE
               DISPLAY "NO"
           END-IF.
           STOP RUN.
       SHOW-IT.
           MOVE WS-TOTAL TO WS-OUT.
           DISPLAY "TOTAL: " WS-OUT " " WS-TOTAL.
