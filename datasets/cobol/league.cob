       IDENTIFICATION DIVISION.
       PROGRAM-ID. LEAGUE.
      *    A LEAGUE TABLE FROM RESULTS, SORTED BY EXCHANGING.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  TEAM-TABLE.
           05  TEAM OCCURS 8 TIMES.
               10  TEAM-NAME       PIC X(5) VALUE SPACES.
               10  PLAYED          PIC 9(2) VALUE 0.
               10  SCORED          PIC 9(3) VALUE 0.
               10  CONCEDED        PIC 9(3) VALUE 0.
               10  POINTS          PIC S9(3) VALUE 0.
               10  PER-GAME        PIC 9V99 VALUE 0.
       01  TEAM-SAVE               PIC X(19).
       01  RESULT.
           05  HOME-NAME           PIC X(5).
           05  AWAY-NAME           PIC X(5).
           05  HOME-GOALS          PIC 99.
           05  AWAY-GOALS          PIC 99.
       01  SEARCHED                PIC X(5).
       01  TEAM-COUNT              PIC 9 VALUE 0.
       01  H                       PIC 9.
       01  A                       PIC 9.
       01  F                       PIC 9.
       01  I                       PIC 9.
       01  J                       PIC 9.
       01  DIFF-I                  PIC S9(3).
       01  DIFF-J                  PIC S9(3).
       01  SWAPPED                 PIC X.
       01  SHOW-LINE.
           05  S-RANK              PIC 9.
           05  FILLER              PIC X VALUE SPACE.
           05  S-NAME              PIC X(6).
           05  S-PLAYED            PIC Z9.
           05  S-DIFF              PIC ++++9.
           05  S-POINTS            PIC ZZZ9.
           05  FILLER              PIC X VALUE SPACE.
           05  S-PER-GAME          PIC 9.99.
       PROCEDURE DIVISION.
       MAIN.
           ACCEPT RESULT.
           PERFORM BOOK-RESULT UNTIL HOME-NAME = SPACES.
           PERFORM PENALTIES.
           PERFORM SORT-TABLE THRU SORT-EXIT.
           PERFORM SHOW-TEAM VARYING I FROM 1 BY 1 UNTIL I > TEAM-COUNT.
           STOP RUN.
       BOOK-RESULT.
           MOVE HOME-NAME TO SEARCHED.
           PERFORM FIND-TEAM THRU FIND-EXIT.
           MOVE F TO H.
           MOVE AWAY-NAME TO SEARCHED.
           PERFORM FIND-TEAM THRU FIND-EXIT.
           MOVE F TO A.
           PERFORM ADD-GOALS.
           PERFORM ADD-POINTS.
           ACCEPT RESULT.
       FIND-TEAM.
           MOVE 1 TO F.
       FIND-NEXT.
           IF F > TEAM-COUNT
               ADD 1 TO TEAM-COUNT
               MOVE SEARCHED TO TEAM-NAME (F)
               GO TO FIND-EXIT.
           IF TEAM-NAME (F) = SEARCHED GO TO FIND-EXIT.
           ADD 1 TO F.
           GO TO FIND-NEXT.
       FIND-EXIT.
           EXIT.
       ADD-GOALS.
           ADD 1 TO PLAYED (H) PLAYED (A).
           ADD HOME-GOALS TO SCORED (H) CONCEDED (A).
           ADD AWAY-GOALS TO SCORED (A) CONCEDED (H).
       ADD-POINTS.
           IF HOME-GOALS > AWAY-GOALS
               ADD 3 TO POINTS (H)
           ELSE IF HOME-GOALS < AWAY-GOALS
               ADD 3 TO POINTS (A)
           ELSE
               ADD 1 TO POINTS (H) POINTS (A).
       PENALTIES.
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > TEAM-COUNT
               IF CONCEDED (I) > 3 * SCORED (I)
                   SUBTRACT 2 FROM POINTS (I)
               END-IF
               COMPUTE PER-GAME (I) ROUNDED = POINTS (I) / PLAYED (I)
           END-PERFORM.
       SORT-TABLE.
           MOVE "N" TO SWAPPED.
           MOVE 1 TO I.
       SORT-NEXT.
           ADD 1 I GIVING J.
           IF J > TEAM-COUNT GO TO SORT-CHECK.
           COMPUTE DIFF-I = SCORED (I) - CONCEDED (I).
           COMPUTE DIFF-J = SCORED (J) - CONCEDED (J).
           IF POINTS (I) > POINTS (J) GO TO SORT-ADVANCE.
           IF POINTS (I) < POINTS (J) GO TO SORT-SWAP.
           IF DIFF-I NOT < DIFF-J GO TO SORT-ADVANCE.
       SORT-SWAP.
           MOVE TEAM (I) TO TEAM-SAVE.
           MOVE TEAM (J) TO TEAM (I).
           MOVE TEAM-SAVE TO TEAM (J).
           MOVE "Y" TO SWAPPED.
       SORT-ADVANCE.
           ADD 1 TO I.
           GO TO SORT-NEXT.
       SORT-CHECK.
           IF SWAPPED = "Y" GO TO SORT-TABLE.
       SORT-EXIT.
           EXIT.
       SHOW-TEAM.
           MOVE I TO S-RANK.
           MOVE TEAM-NAME (I) TO S-NAME.
           MOVE PLAYED (I) TO S-PLAYED.
           SUBTRACT CONCEDED (I) FROM SCORED (I) GIVING S-DIFF.
           MOVE POINTS (I) TO S-POINTS.
           MOVE PER-GAME (I) TO S-PER-GAME.
           DISPLAY SHOW-LINE.
