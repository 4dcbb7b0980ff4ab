       IDENTIFICATION DIVISION.
       PROGRAM-ID. MERGMAST.
      *    OLD MASTER AND SORTED TRANSACTIONS MAKE A NEW MASTER.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT OLD-MASTER ASSIGN TO "oldmast.dat"
               ORGANIZATION IS LINE SEQUENTIAL.
           SELECT TRANSACTIONS ASSIGN TO "mtrans.dat"
               ORGANIZATION IS LINE SEQUENTIAL.
           SELECT NEW-MASTER ASSIGN TO "newmast.dat"
               ORGANIZATION IS LINE SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD  OLD-MASTER.
       01  OLD-RECORD.
           05  OLD-KEY             PIC X(5).
           05  OLD-NAME            PIC X(15).
           05  OLD-BALANCE         PIC S9(6)V99
                                   SIGN LEADING SEPARATE.
       FD  TRANSACTIONS.
       01  TRANS-RECORD.
           05  TRANS-KEY           PIC X(5).
           05  TRANS-CODE          PIC X.
               88  ADDITION        VALUE "A".
               88  CHANGE          VALUE "C".
               88  DELETION        VALUE "D".
               88  PAYMENT         VALUE "P".
           05  TRANS-NAME          PIC X(15).
           05  TRANS-AMOUNT        PIC 9(6)V99.
       FD  NEW-MASTER.
       01  NEW-RECORD.
           05  NEW-KEY             PIC X(5).
           05  NEW-NAME            PIC X(15).
           05  NEW-BALANCE         PIC S9(6)V99
                                   SIGN LEADING SEPARATE.
       WORKING-STORAGE SECTION.
       01  CURRENT-KEY             PIC X(5).
       01  HAVE-RECORD             PIC X VALUE "N".
           88  RECORD-HELD         VALUE "Y".
       01  COUNTERS COMP.
           05  ADDED               PIC 9(4) VALUE 0.
           05  DROPPED             PIC 9(4) VALUE 0.
           05  CHANGED             PIC 9(4) VALUE 0.
           05  REJECTED            PIC 9(4) VALUE 0.
       01  CHARGE                  PIC S9(4)V99.
       01  CONTROL-TOTAL           PIC S9(8)V99 VALUE 0.
       01  OUT-TOTAL               PIC -(8)9.99.
       PROCEDURE DIVISION.
       MAIN-LOGIC.
           OPEN INPUT OLD-MASTER TRANSACTIONS OUTPUT NEW-MASTER.
           PERFORM READ-OLD.
           PERFORM READ-TRANS.
           PERFORM ONE-KEY THRU ONE-KEY-EXIT
               UNTIL OLD-KEY = HIGH-VALUES AND TRANS-KEY = HIGH-VALUES.
           CLOSE OLD-MASTER TRANSACTIONS NEW-MASTER.
           MOVE CONTROL-TOTAL TO OUT-TOTAL.
           DISPLAY "ADDED " ADDED " DROPPED " DROPPED " CHANGED "
               CHANGED " REJECTED " REJECTED OUT-TOTAL.
           STOP RUN.
       READ-OLD.
           READ OLD-MASTER AT END MOVE HIGH-VALUES TO OLD-KEY.
       READ-TRANS.
           READ TRANSACTIONS AT END MOVE HIGH-VALUES TO TRANS-KEY.
       ONE-KEY.
           IF OLD-KEY < TRANS-KEY
               MOVE OLD-KEY TO CURRENT-KEY
           ELSE
               MOVE TRANS-KEY TO CURRENT-KEY.
           MOVE "N" TO HAVE-RECORD.
           IF OLD-KEY NOT = CURRENT-KEY GO TO APPLY-TRANS.
           MOVE OLD-RECORD TO NEW-RECORD.
           MOVE "Y" TO HAVE-RECORD.
           PERFORM READ-OLD.
       APPLY-TRANS.
           IF TRANS-KEY NOT = CURRENT-KEY GO TO KEEP-RECORD.
           PERFORM ONE-TRANS.
           PERFORM READ-TRANS.
           GO TO APPLY-TRANS.
       KEEP-RECORD.
           IF NOT RECORD-HELD GO TO ONE-KEY-EXIT.
           PERFORM MONTHLY-CHARGE.
           ADD NEW-BALANCE TO CONTROL-TOTAL.
           WRITE NEW-RECORD.
       ONE-KEY-EXIT.
           EXIT.
       ONE-TRANS.
           EVALUATE TRUE ALSO TRUE
               WHEN ADDITION ALSO NOT RECORD-HELD
                   PERFORM ADD-RECORD
               WHEN CHANGE ALSO RECORD-HELD
                   PERFORM CHANGE-RECORD
               WHEN PAYMENT ALSO RECORD-HELD
                   PERFORM POST-PAYMENT
               WHEN DELETION ALSO RECORD-HELD
                   PERFORM DELETE-RECORD
               WHEN OTHER
                   ADD 1 TO REJECTED
                   DISPLAY "REJECTED " TRANS-RECORD
           END-EVALUATE.
       ADD-RECORD.
           MOVE TRANS-KEY TO NEW-KEY.
           MOVE TRANS-NAME TO NEW-NAME.
           COMPUTE NEW-BALANCE = TRANS-AMOUNT * 1.01.
           MOVE "Y" TO HAVE-RECORD.
           ADD 1 TO ADDED.
       CHANGE-RECORD.
           IF TRANS-NAME NOT = SPACES MOVE TRANS-NAME TO NEW-NAME.
           ADD TRANS-AMOUNT TO NEW-BALANCE
               ON SIZE ERROR ADD 1 TO REJECTED
               NOT ON SIZE ERROR ADD 1 TO CHANGED
           END-ADD.
       POST-PAYMENT.
           SUBTRACT TRANS-AMOUNT FROM NEW-BALANCE.
           ADD 1 TO CHANGED.
       DELETE-RECORD.
           IF NEW-BALANCE = ZERO
               MOVE "N" TO HAVE-RECORD
               ADD 1 TO DROPPED
           ELSE
               ADD 1 TO REJECTED
               DISPLAY "BALANCE NOT ZERO " NEW-KEY.
       MONTHLY-CHARGE.
           MOVE ZERO TO CHARGE.
           IF NEW-BALANCE < ZERO
               COMPUTE CHARGE ROUNDED = NEW-BALANCE * .0125 - .5.
           ADD CHARGE TO NEW-BALANCE.
