      *> A sort file and a file that have one record area, described in another order than SAME names them.
       identification division.
       program-id. samearea.
       environment division.
       input-output section.
       file-control.
           select scores assign to "scores.dat".
           select work assign to "work.tmp".
       i-o-control.
           same record area for work scores.
       data division.
       file section.
       fd  scores.
       01  score.
           05  player                pic x(6).
           05  points                pic 9(3).
       sd  work.
       01  sorted-score.
           05  sorted-player         pic x(6).
           05  sorted-points         pic 9(3).
       working-storage section.
       01  at-end                    pic 9 value 0.
       procedure division.
       start-here.
           open output scores.
           move "zoe" to player. move 7 to points. write score.
           move "abe" to player. move 9 to points. write score.
           move "moe" to player. move 8 to points. write score.
           close scores.
           sort work on descending key sorted-points
               input procedure is gives
               output procedure is takes.
           stop run.
       gives.
           open input scores.
           perform until at-end = 1
               read scores
                   at end move 1 to at-end
                   not at end
                       display sorted-player
                       release sorted-score
               end-read
           end-perform.
           close scores.
       takes.
           move 0 to at-end.
           perform until at-end = 1
               return work
                   at end move 1 to at-end
                   not at end display player points
               end-return
           end-perform.
