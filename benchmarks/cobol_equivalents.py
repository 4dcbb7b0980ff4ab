"""Why a fault in the Python of the corpus is none: changes that leave every result as it was, each with its reason.

A row is asked only where no state and no run of the program has shown a difference. It names the program, the kind of
the fault and the beginning of the line that is changed, and a method where that line is in several; what else survives
is a survivor.
"""

from __future__ import annotations

from cobol_mutation import Mutant


def explained(program: str, text: str, mutant: Mutant) -> str:
    """The reason why ``mutant`` of ``text`` computes the same; empty if there is none here."""
    line = text.splitlines()[mutant.line - 1].strip()
    here = (program, f"{program}.{mutant.method}")
    rows = (row for row in ROWS if row[0] in here and row[1] == mutant.kind)
    return next((reason for _, _, start, reason in rows if line.startswith(start)), "")


_EXACT = "the factor is a whole number of eighths, or a power of two divides: a float holds the value exactly"
_NO_HALF = "the digits behind the last one are thirds: no value lies in the middle between two"
_NEVER_NEGATIVE = "sums and products of items without a sign"
_COUNTED = "it counts from 0 or 1 to a number of one digit, or to one that fits its field"

ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("bankbatch", "float arithmetic", "self.check_fee = fit_rounded((self.check_count - 2)", _EXACT),
    ("parking", "float arithmetic", "self.day_fee = fit_decimal(self.whole_days *", _EXACT),
    ("truncation", "float arithmetic", "self.edited = edit(fit_decimal(quotient(self.seed, 16)", _EXACT),
    ("truncation", "float arithmetic", "self.big = fit_decimal(self.seed * 1103", "whole numbers below 2 ** 53"),
    (
        "hotel",
        "float arithmetic",
        "self.money.discount = fit_rounded(quotient(self.money.room_total * 1, 7)",
        "sevenths of a cent are at least 1/14 from a half, much more than a float is off",
    ),
    (
        "seats",
        "float arithmetic",
        "self.occupancy = fit_rounded(divide(self.sold, 300)",
        "thirds of the last digit are at least 1/6 from a half, much more than a float is off",
    ),
    (
        "fleet",
        "float arithmetic",
        "self.stretch = fit_rounded(self.stretch *",
        "n * 1609344 / 1000000 is never a half (64 divides the numerator, not 500000), and at least 0.000032 from one",
    ),
    (
        "fleet",
        "banker's rounding",
        "self.litres_now = fit_rounded(self.log_record.log_fuel *",
        "n * 3785411784 / 100000000 is a half for no n below 6250000, and the field has five digits",
    ),
    ("grades", "banker's rounding", "self.class_table.student[self.s - 1].average =", _NO_HALF),
    ("rounding", "banker's rounding", "self.third = fit_rounded(quotient(self.sums.sum_up, 3)", _NO_HALF),
    ("grades", "sign", "self.class_sum = fit_decimal(self.class_sum +", _NEVER_NEGATIVE),
    ("phonebill", "sign", "self.subtotal = fit_rounded(self.charges +", _NEVER_NEGATIVE),
    ("phonebill", "sign", "self.levy = fit_rounded(self.subtotal *", _NEVER_NEGATIVE),
    (
        "commission",
        "sign",
        "self.w_work.w_total = fit_decimal(",
        "sums of commissions, which are never negative, from 0",
    ),
    ("dates", "sign", "self.easter_work.k = fit_int(self.easter_work.c -", "a remainder of an item without a sign"),
    ("election", "truncation dropped", "self.seats_given =", _COUNTED),
    ("grades.read_students", "truncation dropped", "self.k = (self.k + 1) % 10", _COUNTED),
    ("labels.compute_checksum", "truncation dropped", "self.i = (self.i + 1) % 100", _COUNTED),
    ("labels", "truncation dropped", "self.zone_no = fit_int(self.checksum -", "a remainder of 37 has two digits"),
    ("labels", "sign of sum", "self.piece_count = fit_int(self.piece_count +", "0 - n loses its sign: n"),
    ("labels", "wrong constant", "self.weight = 0", "the statement is never reached: if False"),
    (
        "commission.main",
        "truncation dropped",
        "self.w_work.w_comm = fit_decimal(self.w_work.w_comm +",
        "from 0, at most 0.075 * 949999.99 + 2000 + 325, which fits",
    ),
    (
        "commission",
        "wrong digits",
        "self.w_work.w_bonus = fit_decimal(self.w_work.w_comm * Decimal",
        "a tenth of at most 73575 has four digits before the point",
    ),
    (
        "commission",
        "wrong constant",
        "self.w_work.w_rest = Decimal(",
        "50000.01 gives 2000.0005, which rounds to 2000.00, and is 10000 behind that",
    ),
    (
        "cashdrawer",
        "truncation dropped",
        "self.coin_cents = fit_int(self.coin_values.coin_value",
        "a hundred times 999.9 has five digits",
    ),
    (
        "checkdigits.luhn",
        "truncation dropped",
        "self.product.value = fit_int(self.digit_area.digit *",
        "at most 9 times 2",
    ),
    (
        "checkdigits.luhn",
        "wrong digits",
        "self.total = fit_int(self.total + self.product.tens",
        "at most 34 times 9, from 0",
    ),
    (
        "dates",
        "truncation dropped",
        "self.work.julian = (self.work.julian + 2)",
        "it is added to multiples of 7 and 6 more, and 9999998 and 9999999 are 1 and 2 more",
    ),
    (
        "pension",
        "truncation dropped",
        "self.contribution = fit_rounded(self.insured *",
        "at most 999999.99 times 0.999, which fits",
    ),
    ("stockcheck", "truncation dropped", "self.work_area.w_sum = fit_int(", "four times 9999, from 0"),
    (
        "stockcheck",
        "wrong constant",
        'self.work_area.w_deviation = Decimal("0.00")',
        "the four differences have an even sum in cents, whatever the average; a quarter of one more is cut alike",
    ),
    (
        "timesheet.n0900_balance",
        "truncation dropped",
        "self.minutes_part = fit_int(",
        "a remainder of 60 has two digits",
    ),
    ("timesheet.n0900_balance", "sign", "self.minutes_part = fit_int(", "a remainder of an item without a sign"),
    ("validate", "sign", "self.spaces_found = fit_int(", "it counts characters"),
    ("validate", "sign", "self.letters_found = fit_int(", "it counts characters, from 0"),
    (
        "validate",
        "float arithmetic",
        "self.error_rate = fit_rounded(",
        "below 1000 orders halves are odd multiples of 1/4, 5/4 and 25/4, which a float holds; others are far from one",
    ),
)
