      *> Counters of loops, and of INSPECT, beyond their PICTURE.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. COUNTERS.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 C PIC 99 COMP VALUE 0.
       01 C1 PIC S9 COMP VALUE 0.
       01 P PIC 99 COMP-3 VALUE 0.
       01 O PIC X(8).
       01 U2 PIC 99.
       01 U3 PIC 999.
       01 S2 PIC S99.
       01 V2 PIC 9(2)V99.
       01 C2 PIC 99 COMP.
       01 C4 PIC 9(4) COMP.
       01 N2 PIC 99 COMP-5.
       01 BL BINARY-LONG.
       01 P2 PIC 99 COMP-3.
       01 P3 PIC 999 COMP-3.
       01 Z PIC ZZ.
       01 Z3 PIC ZZZ.
       01 F COMP-2.
       01 I PIC 9.
       01 E PIC 99.
       01 TT. 05 T PIC 9 OCCURS 120.
       01 G.  05 G1 PIC X(3).
       PROCEDURE DIVISION.
       MAIN-P.
           PERFORM VARYING C FROM 1 BY 1 UNTIL C > 99 CONTINUE
             END-PERFORM.
           DISPLAY C.
           MOVE C TO O U2 U3 S2 V2 C2 C4 N2 BL P2 P3 Z Z3 F G.
           DISPLAY O U2 " " U3 " " S2 " " V2 " " C2 " " C4 " " N2 " "
             BL " " P2 " " P3 "<" Z "><" Z3 ">" F " " G "<".
           MOVE C TO C. DISPLAY C. IF C = 100 DISPLAY "100".
           COMPUTE U3 = C. DISPLAY U3.
           COMPUTE C2 = C. DISPLAY C2. IF C2 = 100 DISPLAY "100".
           COMPUTE C = C. IF C = 100 DISPLAY "100".
           IF C = "00" DISPLAY "T". IF C IS NUMERIC DISPLAY "N".
           STRING C DELIMITED BY SIZE INTO O. DISPLAY O.
           MOVE FUNCTION ABS(C) TO U3. DISPLAY U3.
           EVALUATE C WHEN 100 DISPLAY "E100" WHEN 0 DISPLAY "E0".
           PERFORM VARYING P FROM 1 BY 1 UNTIL P > 99 CONTINUE
             END-PERFORM.
           DISPLAY P.
           MOVE P TO O U2 U3 S2 V2 C2 C4 N2 BL P2 P3 Z Z3 F G.
           DISPLAY O U2 " " U3 " " S2 " " V2 " " C2 " " C4 " " N2 " "
             BL " " P2 " " P3 "<" Z "><" Z3 ">" F " " G "<".
           MOVE P TO P. DISPLAY P. IF P = 100 DISPLAY "100".
           COMPUTE P2 = P. IF P2 = 100 DISPLAY "100".
           PERFORM VARYING C1 FROM 1 BY 1 UNTIL C1 > 9 CONTINUE
             END-PERFORM.
           DISPLAY C1.
           IF C1 = 10 DISPLAY "10".
           ADD 1 TO C1. IF C1 = 11 DISPLAY "11". DISPLAY C1.
           MOVE 0 TO C. INSPECT TT REPLACING ALL X"00" BY "A".
           MOVE ALL "A" TO TT.
           INSPECT TT TALLYING C FOR ALL "A". DISPLAY C.
           IF C = 120 DISPLAY "120".
           MOVE 0 TO P.
           INSPECT TT TALLYING P FOR ALL "A". DISPLAY P.
           IF P = 120 DISPLAY "120". IF P = 20 DISPLAY "20".
           MOVE 0 TO N2.
           INSPECT TT TALLYING N2 FOR ALL "A". DISPLAY N2.
           INSPECT TT TALLYING N2 FOR ALL "A". DISPLAY N2.
           INSPECT TT TALLYING N2 FOR ALL "A". DISPLAY N2.
           MOVE 0 TO C1.
           INSPECT TT TALLYING C1 FOR ALL "A". DISPLAY C1.
           IF C1 = 120 DISPLAY "120".
           INSPECT TT TALLYING C1 FOR ALL "A". DISPLAY C1.
           IF C1 = 240 DISPLAY "240". IF C1 = -16 DISPLAY "-16".
           MOVE 0 TO U2.
           INSPECT TT TALLYING U2 FOR ALL "A". DISPLAY U2.
           STOP RUN.
