       IDENTIFICATION DIVISION.
       PROGRAM-ID. TEXTS.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 WS-LINE PIC X(40) VALUE "one,two;;three  four".
       01 WS-A PIC X(6).
       01 WS-B PIC X(6).
       01 WS-C PIC X(6).
       01 WS-D PIC X.
       01 WS-N PIC 99 VALUE 0.
       01 WS-P PIC 99 VALUE 1.
       01 WS-OUT PIC X(20) VALUE ALL "-".
       01 WS-AMOUNT PIC S9(6)V99 VALUE -1234.5.
       01 WS-EDIT PIC $$$,$$9.99CR.
       01 WS-DATE PIC 9(8) VALUE 20240131.
       01 WS-PARTS REDEFINES WS-DATE.
          05 WS-YEAR PIC 9(4).
          05 WS-MONTH PIC 99.
          05 WS-DAY PIC 99.
       PROCEDURE DIVISION.
       MAIN.
           UNSTRING WS-LINE DELIMITED BY "," OR ALL ";"
               INTO WS-A WS-B DELIMITER IN WS-D WS-C
               POINTER WS-P TALLYING WS-N
               ON OVERFLOW DISPLAY "MORE"
               NOT ON OVERFLOW DISPLAY "ALL"
           END-UNSTRING.
           DISPLAY WS-A "|" WS-B "|" WS-C "|" WS-D "|" WS-N "|" WS-P.
           STRING WS-A DELIMITED BY SPACE "+" DELIMITED BY SIZE
               WS-B DELIMITED BY "o" INTO WS-OUT
               ON OVERFLOW DISPLAY "NO ROOM"
           END-STRING.
           DISPLAY WS-OUT.
           MOVE 0 TO WS-N.
           INSPECT WS-LINE TALLYING WS-N FOR ALL "e" BEFORE "three"
               REPLACING ALL "o" BY "0" AFTER "two" FIRST "t" BY "T".
           DISPLAY WS-LINE WS-N.
           INSPECT WS-LINE CONVERTING "abcdef" TO "ABCDEF".
           DISPLAY WS-LINE(5:3) "/" WS-LINE(15:).
           MOVE "XY" TO WS-LINE(2:4).
           DISPLAY WS-LINE.
           MOVE WS-AMOUNT TO WS-EDIT.
           DISPLAY WS-EDIT.
           ADD 1 TO WS-MONTH. MOVE 7 TO WS-DAY.
           DISPLAY WS-DATE " " WS-YEAR.
           EVALUATE TRUE
               WHEN WS-MONTH = 1 DISPLAY "JAN"
               WHEN WS-MONTH = 2 AND WS-DAY < 10 DISPLAY "EARLY FEB"
               WHEN OTHER DISPLAY "LATER"
           END-EVALUATE.
           ADD 99 TO WS-N ON SIZE ERROR DISPLAY "SIZE" WS-N
               NOT ON SIZE ERROR DISPLAY "FITS".
           IF WS-A IS ALPHABETIC AND WS-B IS NOT NUMERIC
               DISPLAY FUNCTION UPPER-CASE(WS-A).
           STOP RUN 3.
