      *> Groups of one shape, one of which has first contents of its own.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. GROUPS2.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 G1 VALUE "ABCDEF".
          05 A1 PIC X(2) OCCURS 3.
       01 G2.
          05 A2 PIC X(2) OCCURS 3.
       01 G3.
          05 A3 PIC X(2) OCCURS 3.
       PROCEDURE DIVISION.
       MAIN-P.
           MOVE G1 TO G3. DISPLAY A3(1) A3(2).
           MOVE "XY" TO A2(1). MOVE G2 TO G1 G3. DISPLAY A3(1) A1(1).
           STOP RUN.
