"""What stands around a number in English and tells what it counts, or that it counts nothing."""

from __future__ import annotations

from intake.words.english import phrases
from intake.words.listing import listed

NUMBER_WORDS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        listed("one two three four five six seven eight nine ten eleven twelve"), start=1
    )
}
SCALES: dict[str, int] = {
    "k": 1000,
    "thousand": 1000,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "lakh": 10**5,
    "crore": 10**7,
}
CURRENCIES = ("£", "€", "$", "US$", "A$", "NZ$", "S$", "C$", "HK$", "₹", "Rs", "RM")
# comparator, words before the number, words after what it counts
COMPARATORS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "<=",
        phrases(
            "no more than | not more than | at most | a maximum of | maximum of | maximum | up to | not exceeding | below or equal to | within"
        ),
        phrases("or less | or fewer | or below | or lower | maximum"),
    ),
    (
        ">=",
        phrases(
            "at least | a minimum of | minimum of | minimum | no fewer than | no less than | not less than | not fewer than"
        ),
        phrases("or more | or above | or higher | or over | minimum | plus"),
    ),
    ("<", phrases("less than | fewer than | below | under"), ()),
    (">", phrases("more than | over | above | in excess of | exceed | exceeding | greater than"), ()),
    ("~", phrases("about | around | approximately | approx | circa | c. | roughly | some"), ()),
)
# Before a number these make a name of it: Phase 2, Section 106, Zone 3.
NAMES_BEFORE = frozenset(
    listed(
        "phase section stage zone priority tier year grade level class key objective goal action policy article chapter part annex appendix "
        "schedule regulation rule clause paragraph page figure table theme ward district area unit room floor block lot plot junction route "
        "road highway motorway line bus band category option type version act article recommendation milestone project programme plan target "
        "outcome pillar step task item no number ref report resolution minute form covid sdg iso quarter week day net-zero zero q fy "
        "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
        "age aged ages from"
    )
)
# After a number these are spans of time or ages, not things that are delivered.
TIME = frozenset(
    listed(
        "day days week weeks month months year years hour hours minute minutes second seconds am pm working calendar quarter quarters decade decades "
        "year-olds mph kmh km/h mb gb st nd rd th o'clock january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec"
    )
)
# Measures that are written without a plural: 18 km, 40 ha, 3 FTE.
MEASURES = frozenset(
    listed(
        "km m metres meters miles mile ha hectares acres sqm sqft m2 m² km2 km² m3 tonnes tons kg t mw kw kwh gwh mwh kwp gw co2e tco2e litres fte people children "
        "men women staff households homes sheep cattle percent bn lm hectare metre tonne"
    )
)
# Here the thing that is counted ends: what follows is no part of its name.
STOPS = frozenset(
    listed(
        "of by in to for across at on from with and or under over within per each every the a an that which who into through during before after "
        "is are was were be been being will have has had per as via using across throughout than until between around including plus annually "
        "yearly monthly weekly daily nationally locally this these those their its our where while when so if back up out off not"
    )
)
# Words that end like plurals and count nothing.
NOT_COUNTED = frozenset(
    listed(
        "times access bus gas glass process success business address as less points% series plus news services' various"
    )
)
# A stage of growth: reduce by 10%, a 5% increase.
GROWTH = listed(
    "reduce reduction cut decrease lower fall increase grow growth raise improve improvement rise boost uplift"
)
COVERAGE = listed("coverage covered cover")
# A number word counts only after an act or at the beginning: build two parks, but not one of the best.
ACTS = frozenset(
    listed(
        "build open create deliver provide plant install add complete hold run train recruit launch establish construct develop purchase buy "
        "replace refurbish upgrade restore publish organise organize host set introduce appoint support award procure fit convert produce design acquire"
    )
)
# Before a year these make a date of it.
YEAR_BEFORE = listed(
    "in by since during until from to before after for end of late early mid summer spring autumn winter"
)
