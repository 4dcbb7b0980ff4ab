       IDENTIFICATION DIVISION.
       PROGRAM-ID. DIGITS.
      * How many zeros the results of functions end in decides how many
      * digits a quotient by them has.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 D PIC 9(1)V9(4) VALUE 1.
       01 B PIC 9(14)V9(1) VALUE 0.5.
       01 L PIC S9(4)V9(1) COMP-3 VALUE 8.
       01 W PIC 9(5)V9(2) COMP-3 VALUE 5.
       01 M PIC 9(5)V9(2) VALUE 3.
       01 T PIC 9(5)V9(1) VALUE 1.5.
       01 Z PIC 9(5)V9(2) VALUE 7.30.
       01 E PIC 9(5) VALUE 30.
       01 I PIC SV9(3) COMP VALUE 0.03.
       01 R PIC S9(3)V9(12).
       PROCEDURE DIVISION.
       A.
           COMPUTE R = D - 4 * B / I - B + L / FUNCTION MEAN (D W) + W.
           DISPLAY R.
           COMPUTE R = D - 4 * B / I - B + L / M + W.
           DISPLAY R.
           COMPUTE R = L / M - 4 * B / I.
           DISPLAY R.
           COMPUTE R = L / FUNCTION MEAN (D W) - 4 * B / I.
           DISPLAY R.
           COMPUTE R = L / FUNCTION ABS (M) - 4 * B / I.
           DISPLAY R.
           COMPUTE R = L / FUNCTION SUM (M 0) - 4 * B / I.
           DISPLAY R.
           COMPUTE R = (8 - FUNCTION MEAN (M 5 2) * (L /
             FUNCTION MEAN (M 5 2)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEAN (M 5 2)".
           COMPUTE R = FUNCTION MEAN (M 5 2) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEAN (M 5 2)".
           COMPUTE R = (8 - FUNCTION MEAN (D W 4.00) * (L /
             FUNCTION MEAN (D W 4.00)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEAN (D W 4.00)".
           COMPUTE R = FUNCTION MEAN (D W 4.00) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEAN (D W 4.00)".
           COMPUTE R = (8 - FUNCTION MEDIAN (M 4.50) * (L /
             FUNCTION MEDIAN (M 4.50)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEDIAN (M 4.50)".
           COMPUTE R = FUNCTION MEDIAN (M 4.50) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEDIAN (M 4.50)".
           COMPUTE R = (8 - FUNCTION MIDRANGE (D 4.5) * (L /
             FUNCTION MIDRANGE (D 4.5)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MIDRANGE (D 4.5)".
           COMPUTE R = FUNCTION MIDRANGE (D 4.5) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MIDRANGE (D 4.5)".
           COMPUTE R = (8 - FUNCTION MEAN (T T 5) * (L /
             FUNCTION MEAN (T T 5)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEAN (T T 5)".
           COMPUTE R = FUNCTION MEAN (T T 5) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEAN (T T 5)".
           COMPUTE R = (8 - FUNCTION SUM (T 1.50) * (L /
             FUNCTION SUM (T 1.50)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  SUM (T 1.50)".
           COMPUTE R = FUNCTION SUM (T 1.50) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  SUM (T 1.50)".
           COMPUTE R = (8 - FUNCTION RANGE (W 1.50) * (L /
             FUNCTION RANGE (W 1.50)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  RANGE (W 1.50)".
           COMPUTE R = FUNCTION RANGE (W 1.50) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  RANGE (W 1.50)".
           COMPUTE R = (8 - FUNCTION REM (7.50 4) * (L /
             FUNCTION REM (7.50 4)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  REM (7.50 4)".
           COMPUTE R = FUNCTION REM (7.50 4) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  REM (7.50 4)".
           COMPUTE R = (8 - FUNCTION MEDIAN (D 1.5 W) * (L /
             FUNCTION MEDIAN (D 1.5 W)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEDIAN (D 1.5 W)".
           COMPUTE R = FUNCTION MEDIAN (D 1.5 W) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MEDIAN (D 1.5 W)".
           COMPUTE R = (8 - FUNCTION MAX (1.50 1.2) * (L /
             FUNCTION MAX (1.50 1.2)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MAX (1.50 1.2)".
           COMPUTE R = FUNCTION MAX (1.50 1.2) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  MAX (1.50 1.2)".
           COMPUTE R = (8 - FUNCTION FRACTION-PART (Z) * (L /
             FUNCTION FRACTION-PART (Z)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  FRACTION-PART (Z)".
           COMPUTE R = FUNCTION FRACTION-PART (Z) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  FRACTION-PART (Z)".
           COMPUTE R = (8 - FUNCTION ABS (T) * (L /
             FUNCTION ABS (T)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  ABS (T)".
           COMPUTE R = FUNCTION ABS (T) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  ABS (T)".
           COMPUTE R = (8 - FUNCTION ANNUITY (0 3) * (L /
             FUNCTION ANNUITY (0 3)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  ANNUITY (0 3)".
           COMPUTE R = FUNCTION ANNUITY (0 3) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  ANNUITY (0 3)".
           COMPUTE R = (8 - FUNCTION VARIANCE (D W) * (L /
             FUNCTION VARIANCE (D W)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  VARIANCE (D W)".
           COMPUTE R = FUNCTION VARIANCE (D W) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  VARIANCE (D W)".
           COMPUTE R = (8 - FUNCTION PRESENT-VALUE (1 M W) * (L /
             FUNCTION PRESENT-VALUE (1 M W)))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  PRESENT-VALUE (1 M W)".
           COMPUTE R = FUNCTION PRESENT-VALUE (1 M W) 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  PRESENT-VALUE (1 M W)".
           COMPUTE R = (8 - FUNCTION NUMVAL ("1.50") * (L /
             FUNCTION NUMVAL ("1.50")))
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  NUMVAL ('1.50')".
           COMPUTE R = FUNCTION NUMVAL ("1.50") 
             * 10000000000000000 * 100000000000000000.
           DISPLAY R "  NUMVAL ('1.50')".
           STOP RUN.
