       IDENTIFICATION DIVISION.
       PROGRAM-ID. BATCH.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 WS-I PIC 9(7).
       01 WS-N PIC 9(7) VALUE 3000.
       01 WS-K PIC 9(3).
       01 WS-TOTAL PIC S9(11)V99.
       01 WS-RATE PIC 9V9(4) VALUE 0.0725.
       01 WS-AMT PIC S9(7)V99.
       01 WS-INT PIC S9(7)V99.
       01 WS-SUM PIC 9(9).
       01 WS-TAB.
          05 WS-E PIC 9(5) OCCURS 100.
       PROCEDURE DIVISION.
       MAIN.
           PERFORM CALC VARYING WS-I FROM 1 BY 1 UNTIL WS-I > WS-N.
           DISPLAY WS-TOTAL " " WS-SUM.
           STOP RUN.
       CALC.
           COMPUTE WS-K = FUNCTION MOD(WS-I, 100) + 1.
           ADD 1 TO WS-E(WS-K).
           COMPUTE WS-AMT = WS-I * 1.37.
           COMPUTE WS-INT ROUNDED = WS-AMT * WS-RATE / 12.
           ADD WS-INT TO WS-TOTAL.
           IF WS-E(WS-K) > 500
              ADD WS-K TO WS-SUM
           END-IF.
