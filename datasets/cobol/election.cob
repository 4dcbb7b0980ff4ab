       >>SOURCE FORMAT IS FREE
identification division.
program-id. election.
*> Seats by the method of d'Hondt, with a threshold, and shares in
*> tenths of a percent; ties go to the party with more votes.
data division.
working-storage section.
01 party-list.
   05 party occurs 8 times indexed by p best.
      10 party-name pic x(8).
      10 votes pic 9(8) comp.
      10 share pic 999v9.
      10 seats pic 9(3).
      10 quotient pic 9(8)v9(4).
      10 in-parliament pic x.
         88 is-in value "Y".
01 party-count pic 99.
01 card.
   05 card-name pic x(8).
   05 card-votes pic 9(8).
01 total-votes pic 9(9).
01 seats-to-give pic 9(3) value 15.
01 seats-given pic 9(3).
01 wasted pic 9(8).
01 wasted-share pic 999v9.
01 majority pic 9(3).
01 turnout pic 999v99.
01 electors pic 9(9) value 1234567.
01 edited-share pic zz9.9.
procedure division.
control-section section.
begin-it.
    perform read-votes thru read-votes-exit
    perform compute-shares
    perform give-seats
    perform wasted-votes
    perform find-majority
    perform show-party varying p from 1 by 1 until p > party-count
    stop run.
read-votes.
    move zero to party-count total-votes.
read-votes-next.
    accept card
    if card-name = spaces go to read-votes-exit.
    if party-count = 8 go to read-votes-exit.
    add 1 to party-count
    set p to party-count
    move card-name to party-name (p)
    move card-votes to votes (p)
    move zero to seats (p)
    move "N" to in-parliament (p)
    add card-votes to total-votes
    go to read-votes-next.
read-votes-exit.
    exit.
compute-shares.
    perform varying p from 1 by 1 until p > party-count
        compute share (p) rounded = votes (p) * 100 / total-votes
        if votes (p) * 20 >= total-votes
            set is-in (p) to true
        end-if
    end-perform
    compute turnout rounded = total-votes / electors * 100.
give-seats.
    perform varying seats-given from 0 by 1 until seats-given = seats-to-give
        perform compute-quotient varying p from 1 by 1 until p > party-count
        perform find-best
        add 1 to seats (best)
    end-perform.
compute-quotient.
    if is-in (p)
        compute quotient (p) = votes (p) / (seats (p) + 1)
    else
        move zero to quotient (p)
    end-if.
find-best.
    set best to 1
    perform varying p from 2 by 1 until p > party-count
        if quotient (p) > quotient (best)
            or (quotient (p) = quotient (best) and votes (p) > votes (best))
            set best to p
        end-if
    end-perform.
wasted-votes.
    move zero to wasted
    perform varying p from 1 by 1 until p > party-count
        if not is-in (p) add votes (p) to wasted end-if
    end-perform
    compute wasted-share = wasted / total-votes * 100
    display "turnout " turnout " wasted " wasted-share.
find-majority.
    compute majority = seats-to-give / 2 + 1
    display "majority " majority.
show-party.
    move share (p) to edited-share
    display party-name (p) edited-share "% " seats (p).
