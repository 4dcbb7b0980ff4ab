       IDENTIFICATION DIVISION.
       PROGRAM-ID. DEPRECIA.
      *    THREE METHODS OF DEPRECIATION, YEAR BY YEAR.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  ASSET.
           05  ASSET-NAME          PIC X(8).
           05  DEPR-WAY            PIC X.
               88  STRAIGHT-LINE   VALUE "S".
               88  DECLINING       VALUE "D".
               88  YEARS-DIGITS    VALUE "Y".
           05  COST                PIC 9(7)V99.
           05  SALVAGE             PIC 9(6)V99.
           05  LIFE-YEARS          PIC 99.
       01  FIGURES USAGE COMP-3.
           05  BOOK-VALUE          PIC S9(7)V99.
           05  CHARGE              PIC S9(7)V99.
           05  ACCUMULATED         PIC S9(7)V99.
           05  RATE                PIC SV9(6).
           05  DIGIT-SUM           PIC S9(4).
       01  YEAR-NO                 PIC 99.
       01  YEARS-LEFT              PIC 99.
       01  SHOWN.
           05  S-YEAR              PIC Z9.
           05  S-CHARGE            PIC Z(7)9.99.
           05  S-BOOK              PIC Z(7)9.99.
       PROCEDURE DIVISION.
       MAIN-PARA.
           ACCEPT ASSET.
           PERFORM ONE-ASSET UNTIL ASSET-NAME = SPACES.
           STOP RUN.
       ONE-ASSET.
           DISPLAY ASSET-NAME DEPR-WAY.
           MOVE COST TO BOOK-VALUE.
           MOVE ZERO TO ACCUMULATED.
           PERFORM PREPARE.
           PERFORM ONE-YEAR VARYING YEAR-NO FROM 1 BY 1
               UNTIL YEAR-NO > LIFE-YEARS.
           ACCEPT ASSET.
       PREPARE.
           IF DECLINING
               COMPUTE RATE ROUNDED = 2 / LIFE-YEARS
           ELSE
               COMPUTE DIGIT-SUM = LIFE-YEARS * (LIFE-YEARS + 1) / 2.
       ONE-YEAR.
           COMPUTE YEARS-LEFT = LIFE-YEARS - YEAR-NO + 1.
           IF STRAIGHT-LINE PERFORM CHARGE-STRAIGHT.
           IF DECLINING PERFORM CHARGE-DECLINING.
           IF YEARS-DIGITS PERFORM CHARGE-DIGITS.
           PERFORM CHECK-SALVAGE.
           PERFORM BOOK-CHARGE.
           MOVE YEAR-NO TO S-YEAR.
           MOVE CHARGE TO S-CHARGE.
           MOVE BOOK-VALUE TO S-BOOK.
           DISPLAY SHOWN.
       CHARGE-STRAIGHT.
           COMPUTE CHARGE ROUNDED = (COST - SALVAGE) / LIFE-YEARS.
       CHARGE-DECLINING.
           MULTIPLY BOOK-VALUE BY RATE GIVING CHARGE ROUNDED.
       CHARGE-DIGITS.
           COMPUTE CHARGE ROUNDED =
               (COST - SALVAGE) * YEARS-LEFT / DIGIT-SUM.
       CHECK-SALVAGE.
           IF BOOK-VALUE - CHARGE < SALVAGE OR YEARS-LEFT = 1
               SUBTRACT SALVAGE FROM BOOK-VALUE GIVING CHARGE.
       BOOK-CHARGE.
           SUBTRACT CHARGE FROM BOOK-VALUE.
           ADD CHARGE TO ACCUMULATED.
