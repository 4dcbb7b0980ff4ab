      *> MOVE to several items of what one of them changes; numbers of the machine as text.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. ONCE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 X PIC X(4) VALUE "ABCD".
       01 Y PIC X(4) VALUE "WXYZ".
       01 K PIC 9 VALUE 1.
       01 U5 PIC 9(5).
       01 TT.
         05 T PIC 9 OCCURS 5.
       01 D PIC 9(3)V99 VALUE 123.45.
       01 N1 PIC 9 VALUE 5.
       01 BC BINARY-CHAR VALUE 5.
       01 BCU BINARY-CHAR UNSIGNED VALUE 200.
       01 BS BINARY-SHORT VALUE 12345.
       01 BL BINARY-LONG VALUE 1234567890.
       01 BD BINARY-DOUBLE VALUE 1234567890123456789.
       01 O PIC X(20).
       01 J PIC X(6) JUSTIFIED RIGHT.
       01 JT.
         05 JJ PIC X(3) JUSTIFIED RIGHT OCCURS 2.
       PROCEDURE DIVISION.
       MAIN-P.
           MOVE "24135" TO TT.
           MOVE T(K) TO K U5. DISPLAY K " " U5.
           MOVE X(2:2) TO X Y. DISPLAY X "/" Y.
           MOVE "ABCD" TO X. MOVE 1 TO K.
           MOVE X(K:2) TO K Y. DISPLAY K "/" Y.
           MOVE "ABCD" TO X. MOVE "Q" TO X Y. 
           MOVE 7 TO N1 . MOVE N1 TO K U5. DISPLAY K " " U5.
           MOVE 3 TO K. MOVE D TO D U5. DISPLAY D " " U5.
           MOVE FUNCTION REVERSE(Y) TO Y X. DISPLAY Y "/" X.
           MOVE LENGTH OF X TO K U5. DISPLAY K " " U5.
           MOVE "ABCD" TO X. MOVE X TO X(2:) Y. DISPLAY X "/" Y.
           MOVE X(1:1) TO X(2:1) X(3:1) . DISPLAY X.
           MOVE 2 TO K. MOVE "24135" TO TT.
           MOVE T(K) TO T(K) K T(K). DISPLAY TT " " K.
           MOVE BC TO O. DISPLAY O. MOVE BCU TO O. DISPLAY O.
           MOVE BS TO O. DISPLAY O. MOVE BL TO O. DISPLAY O.
           MOVE BD TO O. DISPLAY O.
           MOVE 100 TO BC. MOVE BC TO O. DISPLAY O.
           IF BC = "00" DISPLAY "C00".
           IF BC = "100" DISPLAY "C100".
           IF BL = "234567890" DISPLAY "L".
           IF BL = "1234567890" DISPLAY "L10".
           MOVE BL TO J. DISPLAY J.
           MOVE BC TO J. DISPLAY J.
           STRING BC DELIMITED BY SIZE INTO O. DISPLAY O.
           DISPLAY BC BL.
           MOVE 123 TO U5. MOVE U5 TO JJ(1). DISPLAY JT.
           MOVE N1 TO JJ(2). DISPLAY JT.
           MOVE 2 TO K. MOVE N1 TO JJ(K). DISPLAY JT "<".
           MOVE 12345 TO JJ(K). DISPLAY JT "<".
           MOVE "12345" TO JJ(K). DISPLAY JT "<".
           MOVE U5 TO JJ(K). DISPLAY JT "<".
           STOP RUN.
