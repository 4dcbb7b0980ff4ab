       01  :PRE:-RECORD.
           05  :PRE:-VEHICLE       PIC X(4).
           05  :PRE:-ODOMETER      PIC 9(6)V9.
           05  :PRE:-FUEL          PIC 9(3)V99.
           05  :PRE:-PRICE         PIC 9V999.
           05  :PRE:-UNIT          PIC X.
               88  :PRE:-IN-MILES  VALUE "M".
