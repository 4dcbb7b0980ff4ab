000100 IDENTIFICATION DIVISION.                                         BANKBTCH
000200 PROGRAM-ID. BANKBTCH.                                            BANKBTCH
000300* DAILY BATCH: TRANSACTIONS BY BRANCH AND ACCOUNT, CONTROL BREAKS.BANKBTCH
000400 ENVIRONMENT DIVISION.                                            BANKBTCH
000500 INPUT-OUTPUT SECTION.                                            BANKBTCH
000600 FILE-CONTROL.                                                    BANKBTCH
000700     SELECT TRANS ASSIGN TO "banktran.dat"                        BANKBTCH
000800         ORGANIZATION LINE SEQUENTIAL.                            BANKBTCH
000900     SELECT PRINT-FILE ASSIGN TO "bankbatch.lst"                  BANKBTCH
001000         ORGANIZATION LINE SEQUENTIAL.                            BANKBTCH
001100 DATA DIVISION.                                                   BANKBTCH
001200 FILE SECTION.                                                    BANKBTCH
001300 FD  TRANS.                                                       BANKBTCH
001400 01  TR-REC.                                                      BANKBTCH
001500     05  TR-BRANCH       PIC 9(3).                                BANKBTCH
001600     05  TR-ACCOUNT      PIC 9(6).                                BANKBTCH
001700     05  TR-CODE         PIC XX.                                  BANKBTCH
001800         88  TR-CREDIT   VALUE "CR" "SL".                         BANKBTCH
001900         88  TR-DEBIT    VALUE "DB" "CK" "FE".                    BANKBTCH
002000         88  TR-CHECK    VALUE "CK".                              BANKBTCH
002100     05  TR-AMOUNT       PIC 9(7)V99.                             BANKBTCH
002200 FD  PRINT-FILE.                                                  BANKBTCH
002300 01  PRINT-REC           PIC X(70).                               BANKBTCH
002400 WORKING-STORAGE SECTION.                                         BANKBTCH
002500 77  EOF-FLAG            PIC 9 VALUE 0.                           BANKBTCH
002600 77  HOLD-BRANCH         PIC 9(3).                                BANKBTCH
002700 77  HOLD-ACCOUNT        PIC 9(6).                                BANKBTCH
002800 77  CHECK-COUNT         PIC S9(4) COMP VALUE +0.                 BANKBTCH
002900 77  CHECK-FEE           PIC S9(3)V99 COMP-3.                     BANKBTCH
003000 77  ACCOUNT-NET         PIC S9(9)V99 COMP-3.                     BANKBTCH
003100 77  BRANCH-CREDITS      PIC S9(9)V99 COMP-3.                     BANKBTCH
003200 77  BRANCH-DEBITS       PIC S9(9)V99 COMP-3.                     BANKBTCH
003300 77  GRAND-NET           PIC S9(9)V99 COMP-3 VALUE +0.            BANKBTCH
003400 77  BRANCH-PERCENT      PIC S9(3)V9.                             BANKBTCH
003500 77  ERROR-COUNT         PIC 9(4) COMP VALUE 0.                   BANKBTCH
003600 77  READ-COUNT          PIC 9(6) VALUE 0.                        BANKBTCH
003700 77  ACCOUNT-COUNT       PIC 9(4) VALUE 0.                        BANKBTCH
003800 77  AVERAGE-NET         PIC S9(7)V99 VALUE 0.                    BANKBTCH
003900 01  ACCOUNT-LINE.                                                BANKBTCH
004000     05  FILLER          PIC X(4) VALUE SPACES.                   BANKBTCH
004100     05  AL-ACCOUNT      PIC 999B999.                             BANKBTCH
004200     05  FILLER          PIC X(3) VALUE SPACES.                   BANKBTCH
004300     05  AL-NET          PIC Z,ZZZ,ZZ9.99DB.                      BANKBTCH
004400     05  FILLER          PIC X(3) VALUE SPACES.                   BANKBTCH
004500     05  AL-FEE          PIC ZZ9.99.                              BANKBTCH
004600 01  BRANCH-LINE.                                                 BANKBTCH
004700     05  FILLER          PIC X(7) VALUE "BRANCH ".                BANKBTCH
004800     05  BL-BRANCH       PIC 999.                                 BANKBTCH
004900     05  BL-CREDITS      PIC **,***,**9.99.                       BANKBTCH
005000     05  BL-DEBITS       PIC **,***,**9.99.                       BANKBTCH
005100     05  BL-PERCENT      PIC ---9.9.                              BANKBTCH
005200     05  FILLER          PIC X VALUE "%".                         BANKBTCH
005300 01  FINAL-LINE.                                                  BANKBTCH
005400     05  FL-NET          PIC +(8)9.99.                            BANKBTCH
005500     05  FL-ERRORS       PIC ZZZ9.                                BANKBTCH
005600 PROCEDURE DIVISION.                                              BANKBTCH
005700 A000-MAIN.                                                       BANKBTCH
005800     OPEN INPUT TRANS OUTPUT PRINT-FILE.                          BANKBTCH
005900     PERFORM R000-READ THRU R000-EXIT.                            BANKBTCH
006000     PERFORM B000-BRANCH THRU B000-EXIT UNTIL EOF-FLAG = 1.       BANKBTCH
006100     PERFORM Z000-FINAL.                                          BANKBTCH
006200     CLOSE TRANS PRINT-FILE.                                      BANKBTCH
006300     STOP RUN.                                                    BANKBTCH
006400 B000-BRANCH.                                                     BANKBTCH
006500     MOVE TR-BRANCH TO HOLD-BRANCH.                               BANKBTCH
006600     MOVE ZERO TO BRANCH-CREDITS BRANCH-DEBITS.                   BANKBTCH
006700     PERFORM C000-ACCOUNT THRU C000-EXIT                          BANKBTCH
006800         UNTIL EOF-FLAG = 1 OR TR-BRANCH NOT = HOLD-BRANCH.       BANKBTCH
006900     PERFORM D000-BRANCH-TOTAL.                                   BANKBTCH
007000 B000-EXIT. EXIT.                                                 BANKBTCH
007100 C000-ACCOUNT.                                                    BANKBTCH
007200     MOVE TR-ACCOUNT TO HOLD-ACCOUNT.                             BANKBTCH
007300     MOVE ZERO TO ACCOUNT-NET CHECK-COUNT.                        BANKBTCH
007400     ADD 1 TO ACCOUNT-COUNT.                                      BANKBTCH
007500     PERFORM E000-POST THRU E000-EXIT                             BANKBTCH
007600         UNTIL EOF-FLAG = 1 OR TR-BRANCH NOT = HOLD-BRANCH        BANKBTCH
007700         OR TR-ACCOUNT NOT = HOLD-ACCOUNT.                        BANKBTCH
007800     PERFORM F000-CHECK-FEE.                                      BANKBTCH
007900     PERFORM G000-ACCOUNT-LINE.                                   BANKBTCH
008000 C000-EXIT. EXIT.                                                 BANKBTCH
008100 D000-BRANCH-TOTAL.                                               BANKBTCH
008200     MOVE HOLD-BRANCH TO BL-BRANCH.                               BANKBTCH
008300     MOVE BRANCH-CREDITS TO BL-CREDITS.                           BANKBTCH
008400     MOVE BRANCH-DEBITS TO BL-DEBITS.                             BANKBTCH
008500     IF BRANCH-CREDITS = ZERO                                     BANKBTCH
008600         MOVE -100 TO BRANCH-PERCENT                              BANKBTCH
008700     ELSE                                                         BANKBTCH
008800         COMPUTE BRANCH-PERCENT ROUNDED =                         BANKBTCH
008900             (BRANCH-CREDITS - BRANCH-DEBITS) * 100               BANKBTCH
009000             / BRANCH-CREDITS.                                    BANKBTCH
009100     MOVE BRANCH-PERCENT TO BL-PERCENT.                           BANKBTCH
009200     WRITE PRINT-REC FROM BRANCH-LINE.                            BANKBTCH
009300     COMPUTE GRAND-NET = GRAND-NET + BRANCH-CREDITS               BANKBTCH
009400         - BRANCH-DEBITS.                                         BANKBTCH
009500 E000-POST.                                                       BANKBTCH
009600     IF TR-CREDIT                                                 BANKBTCH
009700         ADD TR-AMOUNT TO ACCOUNT-NET BRANCH-CREDITS              BANKBTCH
009800         GO TO E000-READ.                                         BANKBTCH
009900     IF NOT TR-DEBIT                                              BANKBTCH
010000         ADD 1 TO ERROR-COUNT                                     BANKBTCH
010100         GO TO E000-READ.                                         BANKBTCH
010200     IF TR-CHECK ADD 1 TO CHECK-COUNT.                            BANKBTCH
010300     SUBTRACT TR-AMOUNT FROM ACCOUNT-NET.                         BANKBTCH
010400     ADD TR-AMOUNT TO BRANCH-DEBITS.                              BANKBTCH
010500 E000-READ.                                                       BANKBTCH
010600     PERFORM R000-READ THRU R000-EXIT.                            BANKBTCH
010700 E000-EXIT. EXIT.                                                 BANKBTCH
010800 F000-CHECK-FEE.                                                  BANKBTCH
010900     MOVE ZERO TO CHECK-FEE.                                      BANKBTCH
011000     IF CHECK-COUNT > 2                                           BANKBTCH
011100         COMPUTE CHECK-FEE ROUNDED = (CHECK-COUNT - 2) * 0.375.   BANKBTCH
011200     SUBTRACT CHECK-FEE FROM ACCOUNT-NET.                         BANKBTCH
011300     ADD CHECK-FEE TO BRANCH-DEBITS.                              BANKBTCH
011400 G000-ACCOUNT-LINE.                                               BANKBTCH
011500     MOVE HOLD-ACCOUNT TO AL-ACCOUNT.                             BANKBTCH
011600     MOVE ACCOUNT-NET TO AL-NET.                                  BANKBTCH
011700     MOVE CHECK-FEE TO AL-FEE.                                    BANKBTCH
011800     WRITE PRINT-REC FROM ACCOUNT-LINE.                           BANKBTCH
011900 R000-READ.                                                       BANKBTCH
012000     READ TRANS AT END                                            BANKBTCH
012100         MOVE 1 TO EOF-FLAG                                       BANKBTCH
012200         GO TO R000-EXIT.                                         BANKBTCH
012300     ADD 1 TO READ-COUNT.                                         BANKBTCH
012400 R000-EXIT. EXIT.                                                 BANKBTCH
012500 Z000-FINAL.                                                      BANKBTCH
012600     MOVE GRAND-NET TO FL-NET.                                    BANKBTCH
012700     IF ACCOUNT-COUNT > 0                                         BANKBTCH
012800         DIVIDE GRAND-NET BY ACCOUNT-COUNT                        BANKBTCH
012900             GIVING AVERAGE-NET ROUNDED.                          BANKBTCH
013000     DISPLAY ACCOUNT-COUNT " ACCOUNTS " AVERAGE-NET.              BANKBTCH
013100     MOVE ERROR-COUNT TO FL-ERRORS.                               BANKBTCH
013200     WRITE PRINT-REC FROM FINAL-LINE.                             BANKBTCH
013300     DISPLAY "READ " READ-COUNT " NET" FL-NET " ERRORS" FL-ERRORS.BANKBTCH
