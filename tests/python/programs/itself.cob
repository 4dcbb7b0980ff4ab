      *> An item that is moved to itself stays as it is, edited or not.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. ITSELF.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 E PIC XX/XX/XX VALUE "123456".
       01 Z PIC ZZ9.99 VALUE "12".
       01 X PIC X(4) VALUE "AB".
       PROCEDURE DIVISION.
       ONLY-ONE.
           MOVE E TO E. DISPLAY E.
           MOVE "12/34/56" TO E. MOVE E TO E X. DISPLAY E X.
           MOVE 12.5 TO Z. MOVE Z TO Z. DISPLAY Z.
           STOP RUN.
