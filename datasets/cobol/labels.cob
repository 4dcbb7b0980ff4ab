       IDENTIFICATION DIVISION.
       PROGRAM-ID. LABELS.
      *    NAMES AND ADDRESSES ARE TAKEN APART AND PUT TOGETHER AS
      *    LABELS, WITH A SORT CODE AND POSTAGE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  RAW-LINE                PIC X(60).
       01  PIECES.
           05  LAST-NAME           PIC X(15).
           05  FIRST-NAME          PIC X(15).
           05  STREET              PIC X(20).
           05  TOWN                PIC X(15).
           05  POST-CODE           PIC X(6).
           05  GRAMS               PIC X(5).
       01  PIECE-COUNT             PIC 99.
       01  LABEL-LINE              PIC X(40).
       01  LABEL-END               PIC 99.
       01  INITIAL-LETTER          PIC X.
       01  WEIGHT                  PIC 9(5).
       01  POSTAGE                 PIC 9(3)V99.
       01  POSTAGE-SUM             PIC 9(5)V99 VALUE 0.
       01  ZONE-NO                 PIC 9(2).
       01  CHECKSUM                PIC 9(3).
       01  I                       PIC 99.
       01  DIGIT-X                 PIC X.
       01  DIGIT REDEFINES DIGIT-X PIC 9.
       01  LINE-COUNT              PIC 9(3) VALUE 0.
       01  WEIGHT-SUM              PIC 9(6) VALUE 0.
       01  LABEL-COUNT             PIC 9(3) VALUE 0.
       01  AVERAGE-POSTAGE         PIC 9(3)V999.
       01  E-POSTAGE               PIC ZZ9.99.
       PROCEDURE DIVISION.
       MAIN.
           ACCEPT RAW-LINE
           PERFORM UNTIL RAW-LINE = SPACES
               PERFORM TAKE-APART
               IF PIECE-COUNT < 6
                   DISPLAY "INCOMPLETE: " RAW-LINE
               ELSE
                   PERFORM CLEAN-UP
                   PERFORM COMPUTE-POSTAGE
                   PERFORM COMPUTE-CHECKSUM
                   PERFORM PUT-TOGETHER
               END-IF
               ACCEPT RAW-LINE
           END-PERFORM
           PERFORM SUMMARY-LINE
           STOP RUN.
       TAKE-APART.
           ADD 1 TO LINE-COUNT
           MOVE SPACES TO PIECES
           MOVE ZERO TO PIECE-COUNT
           UNSTRING RAW-LINE DELIMITED BY ALL ";" OR "|"
               INTO LAST-NAME FIRST-NAME STREET TOWN POST-CODE GRAMS
               TALLYING IN PIECE-COUNT.
       CLEAN-UP.
           INSPECT LAST-NAME CONVERTING
               "abcdefghijklmnopqrstuvwxyz" TO
               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
           INSPECT STREET REPLACING ALL "Str." BY "St. "
           MOVE FIRST-NAME TO INITIAL-LETTER
           UNSTRING GRAMS DELIMITED BY SPACE INTO WEIGHT
           IF WEIGHT NOT NUMERIC MOVE ZERO TO WEIGHT END-IF
           ADD WEIGHT TO WEIGHT-SUM.
       COMPUTE-POSTAGE.
           EVALUATE TRUE
               WHEN WEIGHT < 101 MOVE 1.10 TO POSTAGE
               WHEN WEIGHT < 501 MOVE 2.30 TO POSTAGE
               WHEN OTHER
                   COMPUTE POSTAGE ROUNDED =
                       2.3 + (WEIGHT - 500) * .0045
           END-EVALUATE
           MOVE POST-CODE (1:1) TO DIGIT-X
           IF DIGIT IS NUMERIC AND DIGIT > 6
               MULTIPLY 1.15 BY POSTAGE ROUNDED
           END-IF
           ADD POSTAGE TO POSTAGE-SUM.
       COMPUTE-CHECKSUM.
           MOVE ZERO TO CHECKSUM
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > 6
               MOVE POST-CODE (I:1) TO DIGIT-X
               IF DIGIT IS NUMERIC
                   COMPUTE CHECKSUM = CHECKSUM + DIGIT * I
               END-IF
           END-PERFORM
           DIVIDE CHECKSUM BY 37 GIVING I REMAINDER ZONE-NO.
       PUT-TOGETHER.
           ADD 1 TO LABEL-COUNT
           MOVE SPACES TO LABEL-LINE
           MOVE 1 TO LABEL-END
           STRING INITIAL-LETTER ". " DELIMITED BY SIZE
               LAST-NAME DELIMITED BY SPACE
               ", " DELIMITED BY SIZE
               STREET DELIMITED BY "  "
               ", " POST-CODE DELIMITED BY SIZE
               TOWN DELIMITED BY SPACE
               INTO LABEL-LINE WITH POINTER LABEL-END
               ON OVERFLOW DISPLAY "LABEL TOO LONG"
           END-STRING
           SUBTRACT 1 FROM LABEL-END
           MOVE POSTAGE TO E-POSTAGE
           DISPLAY LABEL-LINE E-POSTAGE " " ZONE-NO " " LABEL-END.
       SUMMARY-LINE.
           IF LABEL-COUNT > 0
               DIVIDE POSTAGE-SUM BY LABEL-COUNT GIVING AVERAGE-POSTAGE
                   ROUNDED
           END-IF
           DISPLAY LABEL-COUNT " LABELS " POSTAGE-SUM " "
               AVERAGE-POSTAGE " OF " LINE-COUNT " GRAMS " WEIGHT-SUM.
