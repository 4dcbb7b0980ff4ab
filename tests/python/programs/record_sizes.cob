      *> Records of several sizes: what is written, read back, and refused, by each kind of file.
       identification division.
       program-id. sizes.
       environment division.
       input-output section.
       file-control.
           select f assign to "implied.dat" status is st.
           select g assign to "depending.dat" status is st.
           select h assign to "varying.dat" status is st.
       data division.
       file section.
       fd  f.
       01  f1   pic x(4).
       01  f2   pic x(8).
       fd  g record varying from 4 to 8 depending on n.
       01  g1   pic x(8).
       fd  h record varying from 4 to 8.
       01  h1   pic x(4).
       01  h2   pic x(8).
       working-storage section.
       01 st pic xx.
       01 n pic 9 value 4.
       procedure division.
           open output f g h.
           move "abcdefgh" to f2. write f2. move "ijkl1234" to f2.
           write f1.
           move "abcdefgh" to g1. move 8 to n. write g1. 
           move "ijkl1234" to g1. move 4 to n. write g1.
           move "abcdefgh" to h2. write h2. move "ijkl1234" to h2.
           write h1.
           close f g h.
           move all "*" to f2 g1 h2.
           open input f g h.
           read f. display f2. read f. display f2 "|" st.
           read g. display g1. read g. display g1 "|" st n.
           read h. display h2. read h. display h2 "|" st.
           read f. display f2 "|" st.
           close f g h.
           display "[" f2 "]".
           open i-o f. read f. rewrite f1. display st.
           rewrite f1. display st. 
           move "ABCDEFGH" to f2. rewrite f2. display st.
           close f.
           open i-o g. read g. move 5 to n. move "12345678" to g1.
           rewrite g1. display st.
           close g.
           open input g. read g. display g1 n. read g. display g1 n.
           close g.
           open i-o f. read f. move "ijkl1234" to f2.
           rewrite f1. display st. close f.
           open input f. read f. display f2. read f. display f2.
           close f.
           call "bounds".
           call "keyed".
           stop run.
       end program sizes.
       identification division.
       program-id. bounds.
       environment division.
       input-output section.
       file-control.
           select g assign to "gs.dat" status is st.
           select l assign to "ls.dat" organization line sequential
              status is st.
       data division.
       file section.
       fd  g record varying from 4 to 8 depending on n.
       01  g1   pic x(8).
       01  g2   pic x(6).
       fd  l record varying from 4 to 8 depending on n.
       01  l1   pic x(8).
       working-storage section.
       01 st pic xx.
       01 n pic 99 value 4.
       procedure division.
           open output g l.
           move "abcdefgh" to g1 l1.
           move 9 to n. write g1. display st. write l1 display st.
           move 8 to n. write g2. display st.
           move 3 to n. write g1. display st. write l1 display st.
           move 0 to n. write g1. display st. write l1 display st.
           close g l.
           open i-o g. read g. display n. move 9 to n. rewrite g1.
           display st. read g. display st n. move 8 to n.
           rewrite g2. display st. close g.
           open input l. read l. display n st l1. read l.
           display n st l1. close l.
           exit program.
       end program bounds.
       identification division.
       program-id. keyed.
       environment division.
       input-output section.
       file-control.
           select f assign to "rel1.dat" organization relative
               access sequential relative key k status is st.
           select g assign to "rel1.dat" organization relative
               access dynamic relative key kk status is st.
           select v assign to "rel2.dat" organization relative
               access random relative key kk status is st.
           select i assign to "idx1.dat" organization indexed
               access dynamic record key ik status is st.
       data division.
       file section.
       fd  f.
       01  f1   pic x(4).
       01  f2   pic x(8).
       fd  g.
       01  g1   pic x(4).
       01  g2   pic x(8).
       fd  v record varying from 4 to 8 depending on n.
       01  v1   pic x(8).
       fd  i record varying from 4 to 8 depending on n.
       01  i1.
           05 ik pic x(2).
           05 filler pic x(6).
       working-storage section.
       01 st pic xx.
       01 n pic 99 value 4.
       01 k pic 9.
       01 kk pic 99.
       01 c pic 99.
       procedure division.
           open output f.
           perform varying c from 1 by 1 until c > 12
               move "abcdefgh" to f2
               move c to f2 (1:2)
               if c = 2 write f1 else write f2 end-if
               display "write " c k " " st
           end-perform
           close f.
           open input f. move all "*" to f2. move 0 to k.
           perform 13 times
               read f
               display "read " f2 k " " st
           end-perform
           close f.
           open input g. move 0 to kk.
           perform 3 times
               read g next
               display "read " g2 kk " " st
           end-perform
           move 11 to kk read g display g2 kk " " st
           move 0 to kk read g display g2 kk " " st
           move 99 to kk read g display g2 kk " " st
           close g.
           open i-o g.
           move 2 to kk read g display g2 " " st
           move "ABCDEFGH" to g2 rewrite g1 display st
           move all "*" to g2 read g display g2 " " st
           move 50 to kk rewrite g1 display st
           move 0 to kk rewrite g1 display st
           write g1 display st
           delete g display st
           close g.
           open output v.
           move 1 to kk. move 6 to n. move "abcdefgh" to v1.
           write v1 display st.
           move 3 to n. move 2 to kk. write v1 display st.
           move 9 to n. write v1 display st.
           move 7 to n. write v1 display st.
           close v.
           open i-o v.
           move all "*" to v1. move 1 to kk.
           read v display v1 n st.
           move "ijklmnop" to v1 move 8 to n rewrite v1 display st
           move 3 to n rewrite v1 display st
           move 9 to n rewrite v1 display st
           move all "*" to v1. read v display v1 n st.
           close v.
           open output i.
           move "aaAAAAAA" to i1. move 4 to n. write i1 display st.
           move "bbBBBBBB" to i1. move 8 to n. write i1 display st.
           move "ccCCCCCC" to i1. move 2 to n. write i1 display st.
           move "ddDDDDDD" to i1. move 9 to n. write i1 display st.
           close i.
           open i-o i. move "**********" to i1.
           read i next display i1 n st.
           move "**********" to i1.
           move "bb" to ik read i display i1 n st.
           move "aa" to ik read i display i1 n st.
           move "aazzzzzz" to i1.
           move 7 to n. rewrite i1 display st.
           move 3 to n. rewrite i1 display st.
           move 9 to n. rewrite i1 display st.
           read i display i1 n st.
           close i.
           exit program.
       end program keyed.
