      *> Programs within others, and what they share: GLOBAL and EXTERNAL files, tables and declaratives.
       identification division.
       program-id. outside.
       environment division.
       input-output section.
       file-control.
           select notes assign to "notes.dat".
           select ledger assign to "ledger.dat" status is ledger-status.
           select nowhere-file assign to "missing.dat".
       data division.
       file section.
       fd  notes global.
       01  note global.
           05  note-text             pic x(10).
       fd  ledger external.
       01  ledger-line.
           05  ledger-key            pic 9(4).
           05  ledger-text           pic x(8).
       fd  nowhere-file global.
       01  nowhere-file-record             pic x(5).
       working-storage section.
       01  ledger-status             pic xx.
       01  totals external.
           05  total-sum             pic 9(6).
       01  rates global.
           05  rate                  pic 99 occurs 5 indexed by place.
       01  letter                    pic x.
       01  used                      pic 99 value 9.
       01  letters.
           05  one-letter            pic x occurs 1 to 9
                                     depending on used.
       01  joined                    pic x(4).
       01  seen                      pic 99 value 0.
       procedure division.
       declaratives.
       on-input section.
           use global after error procedure on input.
       on-input-said.
           display "declarative of OUTSIDE".
       on-missing section.
           use global after error procedure on nowhere-file.
       on-missing-said.
           display "it is missing".
       end declaratives.
       main section.
       start-here.
           move 12 to total-sum.
           move "abcdefghi" to letters.
           move 3 to used.
           move "?" to letter.
           call "change" using letter letters used
               on overflow
                   display "no program"
                   go to files.
           display letter " " used " " letters.
           call "nowhere" using letter
               on exception
                   display "not found"
                   go to after-nowhere.
           display "wrong".
       after-nowhere.
           string "too long" delimited by size into joined
               on overflow
                   display "overflow"
                   go to after-string.
           display "wrong".
       after-string.
           string "ok" delimited by size into joined
               on overflow
                   go to wrong.
           display joined.
           go to files.
       wrong.
           display "wrong".
       files.
           open output ledger.
           move 1 to ledger-key.
           move "first" to ledger-text.
           write ledger-line.
           call "appends".
           display ledger-status.
           call "appends".
           close ledger.
           display ledger-status " " total-sum.
           open input ledger.
           perform until ledger-status not = "00"
               read ledger
               if ledger-status = "00"
                   display ledger-key " " ledger-text
               end-if
           end-perform.
           close ledger.
           open output notes.
           move "a note" to note-text.
           write note.
           close notes.
           move 7 to rate (3).
           set place to 3.
           call "inside".
           display rate (place).
           stop run.

       program-id. inside.
       data division.
       working-storage section.
       01  count-of-reads            pic 9 value 0.
       procedure division.
       declaratives.
       on-all section.
           use after error procedure on output.
       on-all-said.
           display "declarative of INSIDE".
       end declaratives.
       main section.
       start-here.
           display rate (place).
           add 1 to rate (place).
           set place down by 1.
           move 44 to rate (place).
           open input notes.
           read notes.
           display note-text.
           read notes.
           close notes.
           open input nowhere-file.
           call "innermost".
       end program inside.

       program-id. innermost is common.
       procedure division.
       start-here.
           open input notes.
           read notes.
           display "innermost: " note-text.
           read notes.
           close notes.
       end program innermost.
       end program outside.

       identification division.
       program-id. appends.
       environment division.
       input-output section.
       file-control.
           select ledger assign to "ledger.dat" status is own-status.
       data division.
       file section.
       fd  ledger external.
       01  line-of-ledger.
           05  its-key               pic 9(4).
           05  its-text              pic x(8).
       working-storage section.
       01  own-status                pic xx.
       01  totals external.
           05  total-sum             pic 9(6).
       procedure division.
       start-here.
           display "appends finds " its-text.
           add 1 to its-key.
           move "more" to its-text.
           write line-of-ledger.
           display "status " own-status.
           add its-key to total-sum.
           exit program.
       end program appends.

       identification division.
       program-id. change.
       data division.
       linkage section.
       77  letter                    pic x.
       01  table-of-letters.
           05  each-letter           pic x occurs 9.
       77  used                      pic 99.
       procedure division using letter table-of-letters used.
       start-here.
           move each-letter (5) to letter.
           move "Z" to each-letter (9).
           move 9 to used.
           exit program.
       end program change.
