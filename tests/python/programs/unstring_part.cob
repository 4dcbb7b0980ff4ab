       IDENTIFICATION DIVISION.
       PROGRAM-ID. PARTLY.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 S PIC X(12) VALUE "abcdefghijkl".
       01 D PIC X(6) VALUE "......".
       01 P PIC 99 VALUE 1.
       PROCEDURE DIVISION.
       M.
           UNSTRING S INTO D (3:) WITH POINTER P.
           DISPLAY P D.
           MOVE 1 TO P.
           UNSTRING S INTO D (3:2) WITH POINTER P.
           DISPLAY P D.
           STOP RUN.
