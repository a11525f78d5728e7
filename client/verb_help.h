/* What `creditctl VERB --help` says beside the flags. Lines that begin with a
 * space are shown as they are. */
#ifndef CLIENT_VERB_HELP_H
#define CLIENT_VERB_HELP_H

#define HELP_GENERAL                                                           \
	"creditctl VERB --help explains a verb and its flags. Where creditd "  \
	"and its database are comes from --events, --control and --dsn, from " \
	"the instance of --dir DIR, from CREDITD_EVENTS, CREDITD_CONTROL, "    \
	"CREDITD_DSN or CREDITD_DIR, in this order; the default is "           \
	"tcp://127.0.0.1:7431.\n"                                              \
	"\n"                                                                   \
	"Exit codes:\n"                                                        \
	" 0  done\n"                                                           \
	" 1  it could not be done, or verify found defects\n"                  \
	" 2  the command line is wrong\n"                                      \
	" 3  creditd refused, rejected, or found a conflict\n"                 \
	" 4  no answer in time: not known; safe to run again\n"                \
	"\n"                                                                   \
	"--version prints the version. NO_COLOR switches colours off.\n"

#define HELP_SUBMIT                                                            \
	"With TYPE MEMBER, one event from flags, its answer as a page:\n"      \
	" creditctl submit activity.completed examplebody/104233 --id a1 \\\n" \
	"    --kind workshop --on 2026-03-01 --minutes 240\n"                  \
	" creditctl submit activity.completed examplebody/104233 --id a1 \\\n" \
	"    --set activity.kind=workshop --set "                              \
	"activity.contact_minutes=240\n"                                       \
	"\n"                                                                   \
	"Else events from FILEs (- or nothing: standard input), each a "       \
	"SUBMIT body as the protocol has it: JSON Lines, or any JSON that is " \
	"an event, a list of events, or one event after another. Many are in " \
	"flight at once; the progress is shown on a terminal. An event whose " \
	"answer does not come, or that creditd is too busy for, is sent "      \
	"again with the same id until --timeout seconds pass without any "     \
	"answer at all. Sending anything twice is safe for ever.\n"            \
	"\n"                                                                   \
	"With --results FILE a run that broke off (or was interrupted) goes "  \
	"on when the same command is run again; what was refused is tried "    \
	"again then. --json prints a line for each answer: kind (RESULT, "     \
	"REFUSED, ANSWER of a dry run, NO_ANSWER), input, line, member, id, "  \
	"and the keys of the answer.\n"                                        \
	"\n"                                                                   \
	"Types: certification.granted, certification.renewed, "                \
	"certification.transferred, activity.completed, "                      \
	"recognition.requested, recognition.evidence, recognition.decided, "   \
	"recognition.paid, recognition.withdrawn, requirement.met, "           \
	"credit.adjusted, event.reversed.\n"                                   \
	"\n"                                                                   \
	"Exit codes: 0 all answered, each applied or pending; 3 all "          \
	"answered, some rejected, conflict or refused; 4 some not answered; "  \
	"1 the input or the results file could not be read or written.\n"

#define HELP_BALANCE                                                           \
	"Of a member: each certification's current period. Of an "             \
	"organization: of all its members.\n"

#define HELP_EXPLAIN                                                           \
	"A page that staff can send to a member: each certification with its " \
	"periods, what they require and why, what is still missing and until " \
	"when; each claim with what it asked for, what counted, what cut it, " \
	"and by which rule; each request with what it waits for and what is "  \
	"due.\n"

#define HELP_EVENT                                                             \
	"The RESULT that the event got, which never changes, and how it "      \
	"stands today.\n"

#define HELP_REQUESTS                                                          \
	"States: awaiting_evidence, awaiting_decision, awaiting_payment, "     \
	"credited, declined, withdrawn.\n"

#define HELP_TRANSCRIPT                                                        \
	"Periods, claims and ledger entries, for people and for other "        \
	"institutions.\n"

#define HELP_WATCH                                                             \
	"Begins with a snapshot of all balances (or at --position FILE, or "   \
	"with --from-now or --from-start) and goes on live. What was missed "  \
	"while away, or lost on the way, is asked for and put in its place: "  \
	"each message comes once, in order, none is missing. TOPICs choose "   \
	"what is shown: a message is shown if its topic begins with one of "   \
	"them.\n"                                                              \
	" creditctl watch examplebody\n"                                       \
	" creditctl watch examplebody balance/ request/\n"                     \
	" creditctl watch examplebody/104233\n"                                \
	"\n"                                                                   \
	"--position FILE keeps where it stands across runs: a run that is "    \
	"started again goes on behind the last message shown, however long "   \
	"it was away. (After a crash the last ones may come once more.) If "   \
	"the database was restored to an earlier moment it says so and takes " \
	"a new snapshot. Ends with SIGINT, exit code 0. --json prints a line " \
	"each: event (balance, change, caught_up, restarted, diverged), "      \
	"live, "                                                               \
	"topic, body.\n"

#define HELP_CHANGES                                                           \
	"The messages of the feed as they were published, in order; of an "    \
	"organization from the start or behind --after, of a member behind "   \
	"--after-version.\n"

#define HELP_FEEDS "A line for each organization: its name, its endpoint.\n"

#define HELP_STATUS                                                            \
	"Versions, workers, queues and the state of the database, a line a "   \
	"value.\n"

#define HELP_PROGRAM                                                           \
	"An organization's rules are a document (YAML).\n"                     \
	" creditctl program check FILE…          says what is wrong, and "   \
	"where\n"                                                              \
	" creditctl program try FILE             what would change if it "     \
	"ruled\n"                                                              \
	" creditctl program publish FILE…        the next revision rules\n"  \
	" creditctl program progress ORG         how far it has come\n"        \
	" creditctl program list                 all revisions\n"              \
	" creditctl program show ORG [REVISION]  the document\n"               \
	"\n"                                                                   \
	"check also warns of what no single rule shows: rules that never "     \
	"apply, caps that never cut, minimums that can't be met, gaps in "     \
	"dates, late fees that fall, rules without a source, and more. "       \
	"--strict makes these fail.\n"                                         \
	"\n"                                                                   \
	"try rules every member's whole history in the database (--dsn, a "    \
	"role that may read) by the document and by the revision in force, "   \
	"in one snapshot, and changes nothing. It says how many members "      \
	"differ, for each designation how many gain and lose and how much, "   \
	"the sizes of these changes, where the status of a period, a request " \
	"or money is another, and of each way the greatest cases with the "    \
	"claims and the rules that make the difference. A gain or loss is of " \
	"the totals of all periods, carried-in credits included.\n"            \
	"\n"                                                                   \
	"publish puts the revision into the database (--dsn, as owner or as "  \
	"creditd_publisher) and tells creditd (--control or --dir) that it "   \
	"rules from now on. All members are ruled again behind partners' "     \
	"events; it waits for that and shows how far it is, unless --no-wait " \
	"is given. Whoever ends meanwhile, it goes on, and `progress` looks "  \
	"at it later. --json prints a line whenever something moved. The "     \
	"same document again changes nothing. Without creditd it rules from "  \
	"creditd's next start.\n"

#define HELP_MIGRATE                                                           \
	"Applies the steps that are missing, in order, each in a transaction " \
	"of its own. Safe to repeat, and when two run at once. A step that "   \
	"was applied and is not the file any more is refused: released steps " \
	"are never edited. Needs the database's owner (--dsn).\n"

#define HELP_VERIFY                                                            \
	"Reads the whole database in one snapshot and proves, row by row, "    \
	"that it is whole: sequences and offsets without gaps, the chains of " \
	"events and changes, members' versions, entries and their totals, "    \
	"that the entries sum to the balances, that balances are the last "    \
	"that were published, and that the rules still say what is posted. "   \
	"Each defect names its row. Exit code 1 if there is any.\n"

#define HELP_QUARANTINE                                                        \
	"An event that brought workers down three times, each time alone, is " \
	"set aside: its bytes are stored undecoded, the partner is answered "  \
	"QUARANTINED, and so is every repetition of these bytes.\n"            \
	"\n"                                                                   \
	"list shows what is set aside (of one organization), show one of "     \
	"them with its bytes and all that was done with it, redrive tries "    \
	"them again, as if they came now, but with the rights and the time "   \
	"of then: an event that workers can take by now is ruled and not set " \
	"aside any more, and who asked for it is kept. One that brings "       \
	"workers down again stays where it is. Digests may be shortened.\n"    \
	" creditctl quarantine list\n"                                         \
	" creditctl quarantine show 5f21c0\n"                                  \
	" creditctl quarantine redrive 5f21c0\n"                               \
	" creditctl quarantine redrive --all examplebody\n"                    \
	"\n"                                                                   \
	"--json prints a line each. Exit codes of redrive: 0 all are applied " \
	"or pending; 3 some were rejected or refused, or stay set aside. It "  \
	"waits 60 seconds for each unless --timeout says more.\n"

#define HELP_TODAY                                                             \
	"Of an instance with a test clock (./run up --today DATE): moves it "  \
	"on, and returns when all members are ruled for that day. The clock "  \
	"never goes back. Waits 300 seconds unless --timeout says "            \
	"otherwise.\n"

#endif
