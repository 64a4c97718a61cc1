"""The words of English tables: headings, lights, how units, dates and figures are written.

All in small letters; a phrase counts where its words stand whole in the text.
"""

from __future__ import annotations

from intake.words.listing import listed


def phrases(text: str) -> tuple[str, ...]:
    """The phrases between the bars of a text, without the blanks around them."""
    return tuple(one.strip() for one in text.split("|"))


# A heading gets the first role one of whose phrases it contains, so what is more specific stands above.
HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "other",
        phrases(
            "budget | cost | costs | funding | resources | resource implications | expenditure | baseline | notes | note | evidence | "
            "location | ward | contact | email | telephone | page | source | link | links | links to | strategic link | report number | "
            "meeting date | meeting | date raised | date added | last updated | date of update | rationale | why | category of spend | "
            "origin | exec date | executive date | decision date | date of decision | date agreed"
        ),
    ),
    # what was moved at a meeting: the name of the work where its resolutions stand in a column of their own, else no work
    ("motion", phrases("motion | motions | motion title")),
    (
        "problem",
        phrases(
            "risk | risks | issue | issues | risks and issues | barriers | challenges | mitigation | dependencies"
        ),
    ),
    # the person where another column names the unit, else the unit itself (a post leads as well as a department)
    (
        "officer",
        phrases(
            "lead officer | responsible officer | accountable officer | senior responsible officer | senior responsible owner | sro | "
            "lead manager | responsible manager | project manager | accountable manager | officer | by whom | responsible person | "
            "person responsible | lead person | named lead | action owner | task owner"
        ),
    ),
    (
        "leader",
        phrases(
            "portfolio holder | cabinet member | lead member | lead councillor | executive member | political lead | sponsor | "
            "executive sponsor | portfolio | responsible minister | lead minister"
        ),
    ),
    (
        "cooperating",
        phrases(
            "partners | partner | partner agencies | delivery partners | supporting | support | supported by | key partners | involving | "
            "contributors | contributing | collaborators | stakeholders | key stakeholders | other agencies | in partnership with | "
            "supporting agencies | supporting departments | consulted | assisted by"
        ),
    ),
    (
        "start",
        phrases("start | start date | commencement | commencement date | from date | planned start | begin"),
    ),
    # how far a row is in one word or colour
    (
        "status",
        phrases(
            "status | rag | rag status | rag rating | brag | brag rating | current status | status rag | rating | on track"
        ),
    ),
    (
        "deadline",
        phrases(
            "target date | due | due date | date due | deadline | timescale | timescales | timeframe | time frame | timeline | timing | "
            "timetable | by when | when | completion date | target completion | target completion date | expected completion | "
            "completion | end date | finish date | delivery date | target delivery date | planned completion | review date | "
            "date for completion | target deadline | implementation date | delivered by | to be completed by | by end of | expected date | "
            "anticipated date | estimated date | planned date | proposed date | delivery date | required by | complete by | expected"
        ),
    ),
    (
        "progress",
        phrases(
            "progress | update | updates | progress update | commentary | comment | comments | action update | latest update | "
            "progress to date | achievements | latest position | position | status update | response | outturn | result | results | actual | "
            "performance | percent complete | % complete | action taken | actions taken | action to date | actions to date | actions completed | "
            "work to date | what we have done | what has been done | action taken to date | actions taken to date"
        ),
    ),
    (
        "lead",
        phrases(
            "lead | leads | lead department | lead agency | lead organisation | lead organization | lead service | lead directorate | "
            "lead team | lead body | lead partner | lead ministry | led by | owner | owners | owned by | accountable | accountability | "
            "responsible | responsibility | responsible department | responsible agency | responsible team | responsible body | "
            "responsible directorate | responsible party | responsible service | department | directorate | who | assigned to | "
            "executive director | director | head of service | agency | ministry | division | service area | service | team | delivery lead | lead and partners | implementing agency | assignee"
        ),
    ),
    (
        "no",
        phrases(
            "ref | no | number | id | ref no | reference | action no | action ref | item no | item | no. | s no | sl no | sr no | # | nr"
        ),
    ),
    (
        "section",
        phrases(
            "theme | priority | priority area | outcome area | pillar | strategic priority | category | workstream | type | area | domain"
        ),
    ),
    (
        "task",
        phrases(
            "action | actions | task | tasks | deliverable | deliverables | commitment | commitments | activity | activities | "
            "key action | key actions | what we will do | what will we do | we will | action required | agreed action | recommendation | "
            "recommendations | initiative | initiatives | key activities | description | milestone | milestones | what | action point | "
            "planned action | proposed action | pledge | measure description | sub task | step | steps | resolution | resolutions | "
            "motion resolutions | motions resolutions | motion and resolutions | motion resolution | motion and resolution"
        ),
    ),
    (
        "goal",
        phrases(
            "target | targets | measure | measures | kpi | kpis | performance measure | performance indicator | indicator | indicators | "
            "success measure | success measures | measure of success | success criteria | output | outputs | outcome | outcomes | "
            "expected outcome | how we will measure success | metric | annual target | key performance indicator | target and measure"
        ),
    ),
    (
        "project",
        phrases(
            "project | projects | programme | program | scheme | objective | objectives | goal | goals | aim | aims | title | name | governance issue"
        ),
    ),
    # a bare date is the day of the meeting or of the decision; as a deadline it would make every row overdue
    ("other", phrases("date | dates")),
)
# Words of a heading that say nothing of its kind: they may stand beside one of the phrases above.
HEADING_FILLERS = frozenset(
    listed(
        "the of and for to by a in our key main proposed planned current latest agreed council project action overall corporate full latest annual year's strategic"
    )
)
# What stands in a column of lights or of status; amber is behind, as in our own standings.
STATUSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "suspended",
        phrases(
            "on hold | paused | suspended | deferred | stopped | cancelled | canceled | withdrawn | postponed | halted"
        ),
    ),
    (
        "over_fulfilled",
        phrases("exceeded | target exceeded | exceeding target | over achieved | overachieved"),
    ),
    (
        "not_started",
        phrases(
            "not started | not yet started | not begun | yet to start | to start | not commenced | not due | not yet due | pending | scheduled | planned | grey | white"
        ),
    ),
    (
        "lagging",
        phrases(
            "at risk | amber | red | yellow | delayed | off track | behind schedule | behind | overdue | slipped | slipping | missed | "
            "not on track | off target | not achieved | not met | incomplete | delay | some delay | major delay | needs attention | critical"
        ),
    ),
    (
        "done",
        phrases(
            "complete | completed | done | closed | blue | achieved | delivered | finished | implemented | met | target met | discharged | fully implemented"
        ),
    ),
    (
        "in_progress",
        phrases(
            "on track | green | ongoing | on going | in progress | underway | under way | started | on target | on schedule | active | open | "
            "progressing | in hand | continuing | business as usual | partially complete | part complete | partially implemented | commenced | in train"
        ),
    ),
)
# In a report's sentences only plain statements count.
REPORTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suspended", phrases("on hold | has been paused | was paused | suspended | has been deferred")),
    (
        "not_started",
        phrases(
            "not started | not yet started | has not begun | yet to start | not commenced | yet to commence"
        ),
    ),
    (
        "lagging",
        phrases(
            "behind schedule | off track | has been delayed | is delayed | was delayed | delays | slipped | not on track"
        ),
    ),
    (
        "done",
        phrases(
            "completed in full | fully complete | now complete | has been completed | action complete | all completed | is complete | are complete | target met"
        ),
    ),
)
# What a report names as holding the work up.
BLOCKERS = phrases(
    "awaiting | waiting for | subject to funding | funding not | lack of funding | no funding | not yet approved | shortage | vacancies | blocked"
)
# Ends of the names of units: and, & and commas between two such names separate them.
UNIT_ENDINGS = frozenset(
    listed(
        "council councils department departments dept team teams directorate board boards trust trusts agency agencies authority authorities "
        "ministry service services office offices unit committee partnership group commission division bureau section police nhs "
        "corporation association university college school schools forum centre institute ltd limited company network taskforce force branch cabinet"
    )
)
# Beginnings of names that go on over commas and ands: Department of Housing, Local Government and Heritage.
LONG_NAMES = phrases(
    "department of | department for | ministry of | ministry for | office of | office for | director of | directorate of | head of | committee on | secretary of | minister for | commissioner for"
)
POSTS = frozenset(
    listed(
        "head director manager officer lead chief secretary leader mayor commissioner engineer planner clerk executive coordinator "
        "co-ordinator chair president superintendent administrator treasurer solicitor surveyor controller minister member adviser advisor supervisor"
    )
)
# A heading with one of these asks for a person: Lead Officer / Executive Member.
HOLDERS = frozenset(listed("officer officers member members manager managers person persons"))
# Fields of work: two words with capitals of which one stands here are a unit (Public Health), not a person.
FIELDS = frozenset(
    listed(
        "housing planning finance financial health healthy care education learning school early years safety safer environment environmental "
        "transport highways roads streets streetscene street traffic parking parks park green open spaces leisure culture cultural arts "
        "libraries library museums heritage tourism sport sports events community communities neighbourhood neighbourhoods voluntary "
        "adult adults children children's childrens young people youth family families older social public private sector economic economy "
        "business development growth regeneration place places property properties estates assets asset building buildings construction "
        "capital projects project programme programmes delivery works water drainage flood flooding waste recycling cleansing energy "
        "climate net zero carbon sustainability corporate strategic strategy policy performance insight intelligence research data digital "
        "information technology it ict systems resources human workforce organisational democratic governance legal audit risk insurance "
        "procurement commissioning contracts customer customers contact communications communication engagement marketing media licensing "
        "enforcement regulatory standards trading registration registrars elections electoral emergency resilience civil protection "
        "protective fire rescue prevention homelessness homeless benefits revenues welfare inclusion equality equalities diversity "
        "fleet facilities maintenance operations operational support shared internal external local regional county city town district "
        "borough rural urban coastal countryside ecology biodiversity conservation design land surveying mental primary secondary special "
        "skills employment employability jobs apprenticeships further higher adult's women's partners"
    )
)
LEAD_LABELS = phrases(
    "lead | leads | lead officer | lead agency | lead department | lead organisation | led by | owner | responsible | responsibility | responsible officer | accountable | responsible department | by whom | lead body"
)
COOPERATING_LABELS = phrases(
    "support | supporting | supported by | partners | partner | with | delivery partners | cooperating"
)
DUE_LABELS = phrases(
    "due | due date | deadline | target date | timescale | by when | by | completion date | when | complete by | timeframe"
)
STATUS_LABELS = phrases("status | rag | rag status | progress status")
UPDATE_LABELS = phrases("update | progress | progress update | commentary")
TARGET_LABELS = phrases("target | measure | kpi | success measure | measure of success")
ITEM_LABELS = phrases(
    "action | commitment | recommendation | objective | task | deliverable | pledge | milestone | project | priority action"
)
# A title with one of these announces what a year will bring; the items may then stand in a list without units.
PLAN_TITLES = phrases(
    "action plan | delivery plan | annual plan | business plan | corporate plan | council plan | improvement plan | implementation plan | "
    "work plan | work programme | work program | year ahead plan | commitments | pledges | priorities | promises | key actions"
)
# A line at the head of a document with one of these: minutes, news, rules and reports of what was done are no plans.
OTHER_TITLES = phrases(
    "minutes | agenda | meeting | committee | press release | media release | immediate release | news | newsletter | policy | guidance | guide | "
    "procedure | privacy | complaints | terms of reference | consultation | survey | speech | interview | vacancy | recruitment | job | "
    "annual report | accounts | what we did | achievements | achieved | review of | look back | faq | questions | adopts | adopted | approves | "
    "approved | launches | launched | welcomes | announces | announced | unveils | agrees | agreed | charter | code of conduct"
)
# How an item of a plan begins, after We will, To and the like.
WILL = phrases(
    "we will | we'll | we’ll | we shall | the council will | the city will | the county will | will | to"
)
ACTS = frozenset(
    listed(
        "build create deliver open launch install plant train recruit repair resurface provide increase reduce improve expand complete "
        "publish review introduce develop support establish upgrade replace extend renew restore refurbish convert buy purchase fund invest "
        "bring cut double halve secure start begin finish implement prepare adopt produce update set hold organise organize run offer double "
        "protect promote strengthen modernise modernize construct design procure appoint hire employ connect equip supply roll carry conduct "
        "undertake achieve ensure enable attract retain grow raise lower tackle remove clean collect recycle insulate retrofit acquire lease "
        "enhance accelerate pilot trial test map draft agree identify work continue maintain make turn transform add help host visit inspect "
        "order widen pave light rebuild demolish clear dredge enforce digitise digitize simplify consult engage"
    )
)
# A list with one of these tells the reader what to do; the office promises nothing there.
ADDRESSED = listed("you your please applicants")
# Cells that say that there is nothing; as a unit's name, to be told later says no more.
NOTHING = frozenset(listed("n/a na none nil"))
NONE_MARKS = NOTHING | frozenset(listed("tbc tbd tba -- - – —"))
# Names that stand for several units.
COLLECTIVE_BEGINNINGS = ("all ", "each ", "every ", "various ", "relevant ")
# How furniture of a page begins.
FURNITURE = phrases(
    "share this page | copyright | © | home > | print this page | contact: | contact us | back to top | cookies | accessibility | privacy | skip to"
)
# How what stands below a table begins.
BELOW_TABLES = phrases("notes on | notes to | note: | notes: | source: | key: | footnotes | end of ")
# A line of one of these words alone stands below a table as well.
LEGENDS = frozenset(listed("key notes note legend sources source footnotes glossary"))
TITLE_WORDS = frozenset(
    listed(
        "plan programme program strategy tracker report priorities commitments projects actions roadmap framework agreement schedule log statement targets update delivery"
    )
)
ISSUER_ENDINGS = listed(
    "council authority ministry department government corporation agency board trust commission assembly partnership"
)
