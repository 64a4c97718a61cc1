"""The words that intake knows, one readable table per kind, one file per subject.

Anybody who knows the documents can extend a table: add the word where its like stand, run the tests. No table
names a city, an office or a document. Where a word stands here for a reason that is not obvious, it says so.
"""

from intake.words import (
    asides,
    deadlines,
    encodings,
    english,
    english_numbers,
    headings,
    measures,
    numbers,
    pages,
    plans,
    progress,
    radicals,
    traditional,
    units,
)

__all__ = [
    "asides",
    "deadlines",
    "encodings",
    "english",
    "english_numbers",
    "headings",
    "measures",
    "numbers",
    "pages",
    "plans",
    "progress",
    "radicals",
    "traditional",
    "units",
]
