       IDENTIFICATION DIVISION.
       PROGRAM-ID. SENSORS.
      *    READINGS AS TEXT WITH COMMAS: NUMBERS ARE READ WITH NUMVAL,
      *    MEAN, EXTREMES, A MOVING AVERAGE, ALARMS.
       ENVIRONMENT DIVISION.
       CONFIGURATION SECTION.
       SPECIAL-NAMES.
           CLASS NUMBER-TEXT IS "0" THRU "9" "." "-" "+" " ".
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  TEXT-LINE               PIC X(40).
       01  PIECES.
           05  SENSOR-NAME         PIC X(6).
           05  VALUE-TEXT          PIC X(10).
           05  UNIT-TEXT           PIC X(3).
       01  READING                 PIC S9(4)V999.
       01  CELSIUS                 PIC S9(4)V99.
       01  LAST-FOUR.
           05  LAST-VALUE          PIC S9(4)V99 OCCURS 4 TIMES.
       01  SLOT                    PIC 9 VALUE 0.
       01  FILLED                  PIC 9 VALUE 0.
       01  K                       PIC 9.
       01  MOVING-SUM              PIC S9(5)V99.
       01  MOVING-MEAN             PIC S9(4)V9.
       01  LOWEST                  PIC S9(4)V99 VALUE 9999.99.
       01  HIGHEST                 PIC S9(4)V99 VALUE -9999.99.
       01  SUM-ALL                 PIC S9(7)V99 VALUE 0.
       01  COUNT-ALL               PIC 9(4) VALUE 0.
       01  MEAN-ALL                PIC S9(4)V999.
       01  ALARMS                  PIC 9(3) VALUE 0.
       01  REFUSED                 PIC 9(3) VALUE 0.
       01  E-VALUE                 PIC -(4)9.99.
       01  E-MEAN                  PIC -(4)9.9.
       PROCEDURE DIVISION.
       MAIN.
           MOVE ZERO TO LAST-VALUE (1) LAST-VALUE (2) LAST-VALUE (3)
               LAST-VALUE (4).
           ACCEPT TEXT-LINE.
           PERFORM ONE-LINE THRU ONE-LINE-EXIT
               UNTIL TEXT-LINE = SPACES.
           PERFORM FINAL-FIGURES.
           STOP RUN.
       ONE-LINE.
           MOVE SPACES TO PIECES.
           UNSTRING TEXT-LINE DELIMITED BY ","
               INTO SENSOR-NAME VALUE-TEXT UNIT-TEXT.
           IF VALUE-TEXT IS NOT NUMBER-TEXT OR VALUE-TEXT = SPACES
               ADD 1 TO REFUSED
               GO TO ONE-LINE-NEXT.
           COMPUTE READING = FUNCTION NUMVAL (VALUE-TEXT).
           PERFORM TO-CELSIUS.
           PERFORM KEEP-EXTREMES.
           PERFORM KEEP-LAST.
           PERFORM MOVING-AVERAGE.
           PERFORM CHECK-ALARM.
       ONE-LINE-NEXT.
           ACCEPT TEXT-LINE.
       ONE-LINE-EXIT.
           EXIT.
       TO-CELSIUS.
           EVALUATE FUNCTION UPPER-CASE (UNIT-TEXT)
               WHEN "F" COMPUTE CELSIUS ROUNDED = (READING - 32) / 1.8
               WHEN "K" COMPUTE CELSIUS ROUNDED = READING - 273.15
               WHEN OTHER COMPUTE CELSIUS ROUNDED = READING
           END-EVALUATE.
       KEEP-EXTREMES.
           ADD 1 TO COUNT-ALL.
           ADD CELSIUS TO SUM-ALL.
           IF CELSIUS < LOWEST MOVE CELSIUS TO LOWEST.
           IF CELSIUS > HIGHEST MOVE CELSIUS TO HIGHEST.
       KEEP-LAST.
           ADD 1 TO SLOT.
           IF SLOT > 4 MOVE 1 TO SLOT.
           IF FILLED < 4 ADD 1 TO FILLED.
           MOVE CELSIUS TO LAST-VALUE (SLOT).
       MOVING-AVERAGE.
           MOVE ZERO TO MOVING-SUM.
           PERFORM VARYING K FROM 1 BY 1 UNTIL K > FILLED
               ADD LAST-VALUE (K) TO MOVING-SUM
           END-PERFORM.
           DIVIDE MOVING-SUM BY FILLED GIVING MOVING-MEAN ROUNDED.
       CHECK-ALARM.
           MOVE CELSIUS TO E-VALUE.
           MOVE MOVING-MEAN TO E-MEAN.
           IF CELSIUS - MOVING-MEAN > 5 OR MOVING-MEAN - CELSIUS > 5
               ADD 1 TO ALARMS
               DISPLAY SENSOR-NAME E-VALUE E-MEAN " ALARM"
           ELSE
               DISPLAY SENSOR-NAME E-VALUE E-MEAN.
       FINAL-FIGURES.
           IF COUNT-ALL > 0
               COMPUTE MEAN-ALL ROUNDED = SUM-ALL / COUNT-ALL.
           MOVE LOWEST TO E-VALUE.
           DISPLAY "LOW " E-VALUE " MEAN " MEAN-ALL " ALARMS " ALARMS
               " REFUSED " REFUSED.
