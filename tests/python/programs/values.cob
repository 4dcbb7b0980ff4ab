      *> VALUE of numbers of the machine beyond their PICTURE.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. VALUES5.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 V5 PIC 9(2) COMP-5 VALUE 254.
       01 S5 PIC S9(2) COMP-5 VALUE -100.
       01 W5 PIC 9(3)V9 COMP-5 VALUE 2540.5.
       01 G. 05 V6 PIC 9(2) COMP-5 VALUE 254.
          05 V7 REDEFINES V6 PIC X.
       PROCEDURE DIVISION.
       MAIN-P.
           DISPLAY V5 " " S5 " " W5 " " V6. 
           STOP RUN.
