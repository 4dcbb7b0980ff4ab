      *> Records with the same alternate key: a rewritten one goes behind the others, if that key changed.
       identification division.
       program-id. samekeys.
       environment division.
       input-output section.
       file-control.
           select orders assign to "idx2.dat" organization indexed
               access dynamic record key order-id
               alternate record key customer with duplicates.
           select short-orders assign to "idx2.dat" organization indexed
               access dynamic record key short-id status is found.
       data division.
       file section.
       fd  short-orders.
       01  short-order.
           05  short-id              pic 9(2).
           05  filler                pic x(5).
       fd  orders.
       01  one-order.
           05  order-id              pic 9(2).
           05  customer              pic x(3).
           05  amount                pic 9(3).
       working-storage section.
       01  at-end                    pic 9.
       01  found                     pic xx.
       procedure division.
       start-here.
           open output orders.
           move "01ann100" to one-order. write one-order.
           move "02bob200" to one-order. write one-order.
           move "03ann300" to one-order. write one-order.
           move "04cid400" to one-order. write one-order.
           close orders.
           open i-o orders.
           move 2 to order-id. read orders.
           move "ann" to customer. rewrite one-order.
           move 1 to order-id. read orders.
           move 111 to amount. rewrite one-order.
           perform shows.
           move 1 to order-id. read orders.
           move "zed" to customer. rewrite one-order.
           move "ann" to customer. rewrite one-order.
           close orders.
           open i-o orders.
           perform shows.
           close orders.
           open input short-orders.
           display found.
           stop run.
       shows.
           move "ann" to customer.
           start orders key is equal to customer.
           move 0 to at-end.
           perform until at-end = 1
               read orders next
                   at end move 1 to at-end
                   not at end display one-order
               end-read
           end-perform.
