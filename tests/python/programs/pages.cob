      *> A report whose pages change while it is written.
       identification division.
       program-id. pages.
       environment division.
       input-output section.
       file-control.
           select report-file assign to "pages.txt" status is st.
       data division.
       file section.
       fd  report-file linage page-lines with footing foot
           lines at top above lines at bottom below.
       01  report-line          pic x(20).
       working-storage section.
       01  st                   pic xx.
       01  page-lines           pic 99 value 4.
       01  foot                 pic 99 value 3.
       01  above                pic 9 value 1.
       01  below                pic 9 value 2.
       01  at-line              pic 99.
       procedure division.
           open output report-file.
           display "open " st " " linage-counter.
           perform varying at-line from 1 by 1 until at-line > 30
               if at-line = 6
                   move 6 to page-lines move 5 to foot
                   move 0 to above
               end-if
               if at-line = 20
                   move 0 to below move 3 to foot
               end-if
               move at-line to report-line
               if at-line = 25
                   write report-line after advancing page
               else if function mod (at-line 2) = 0
                   write report-line before advancing 1 line
                       at end-of-page display "end " at-line " "
                           linage-counter
                       not at end-of-page display "same " at-line
                   end-write
               else
                   write report-line after advancing 2 lines
                       at eop display "end " at-line
                           " " linage-counter
                   end-write
               end-if end-if
               display st " " linage-counter
           end-perform.
           move 9 to foot.
           write report-line after advancing page.
           display st " " linage-counter.
           write report-line after advancing 1 line.
           display st " " linage-counter.
           close report-file.
           display st " " linage-counter.
           open output report-file.
           display "open " st " " linage-counter.
           stop run.
