       IDENTIFICATION DIVISION.
       PROGRAM-ID. CALLS.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 WS-ARGS.
          05 WS-A PIC 9(4) VALUE 12.
          05 WS-B PIC 9(4) COMP.
          05 WS-TEXT PIC X(10) VALUE "abc".
       01 WS-N PIC 9(4) VALUE 7.
       PROCEDURE DIVISION.
       MAIN.
           CALL "ADDER" USING WS-A WS-B BY CONTENT WS-N.
           DISPLAY WS-A " " WS-B " " WS-N.
           CALL "ADDER" USING WS-A WS-B BY CONTENT WS-N.
           DISPLAY WS-A " " WS-B " " WS-N.
           CANCEL "ADDER".
           CALL "ADDER" USING WS-A WS-B BY CONTENT WS-N.
           DISPLAY WS-A " " WS-B " " WS-N.
           CALL "NOBODY" ON EXCEPTION
                   DISPLAY "NOT THERE" END-DISPLAY
               NOT ON EXCEPTION DISPLAY "THERE"
           END-CALL.
           STOP RUN.
       END PROGRAM CALLS.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. ADDER.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 WS-COUNT PIC 9(4) VALUE 0.
       LINKAGE SECTION.
       01 L-A PIC 9(4).
       01 L-B PIC 9(4) COMP.
       01 L-N PIC 9(4).
       PROCEDURE DIVISION USING L-A L-B L-N.
       MAIN.
           ADD 1 TO WS-COUNT.
           COMPUTE L-B = L-A + L-N + WS-COUNT.
           ADD 1 TO L-A.
           MOVE 0 TO L-N.
           IF WS-COUNT > 1 PERFORM GO-BACK.
           DISPLAY "FIRST CALL".
           GO TO FINISH.
       GO-BACK.
           DISPLAY "CALL " WS-COUNT.
           GOBACK.
       FINISH.
           EXIT PROGRAM.
       END PROGRAM ADDER.
