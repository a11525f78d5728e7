# shellcheck shell=bash
# A day of real input for a newcomer: told in headings, shown on the feed.

demo_today=2026-06-30
demo_bodies=(canfitpro cpc csep acsm)

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' plain=$'\e[0m'
else
	bold='' dim='' green='' plain=''
fi

say() { # say TEXT…: a paragraph
	printf '%s\n' "$@"
}

title() {
	printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

# Long enough to read, where somebody reads.
breathe() {
	[ ! -t 1 ] || sleep "${1:-1.5}" # pacing for people, nothing waits for it
}

# What is heard, told apart from what is said; the time, which stands still
# here, is left out.
as_feed() { # as_feed FILE
	tee -a "$1" | sed -u -n \
		"s/^20[^ ]* */  ${green}feed${plain} ${dim}│${plain} /p"
}

listen_to() { # listen_to ORGANIZATION: shows its feed until the demo ends
	touch "$place/heard.$1"
	# Not by the function: $! must be the program, which is ended by it.
	"$build/client/creditctl" --dir "$place" watch "$1" --from-now \
		> >(as_feed "$place/heard.$1") 2>/dev/null &
	listeners+=($!)
	wait_until 10 grep -q 'live from here' "$place/heard.$1" ||
		fail "the feed of $1 is silent; see $place/log"
}

# All that creditd has published to now was shown.
feed_was_shown() {
	local organization there shown
	for organization in "${demo_bodies[@]}"; do
		there=$(creditctl "$place" changes "$organization" --json | wc -l)
		shown=$(grep -c '^20' "$place/heard.$organization" || true)
		[ "$shown" -ge "$there" ] || return 1
	done
}

# step TITLE FILE TEXT…: what is about to happen, then the events of the file.
step() {
	local file=$top/tests/demo/$2
	title "$1"
	shift 2
	say "$@"
	printf '%s$ creditctl submit tests/demo/%s%s\n' "$dim" "${file##*/}" "$plain"
	breathe
	# One after the other, so that the feed tells it as a story.
	creditctl "$place" submit --in-flight 1 "$file" || [ $? -eq 3 ]
	wait_until 10 feed_was_shown || fail "the feed fell behind; see $place/log"
	breathe
}

show() { # show ARGUMENT…: a command of creditctl and what it says
	printf '%s$ creditctl %s%s\n' "$dim" "$*" "$plain"
	creditctl "$place" "$@"
	breathe
}

end_demo() {
	local listener
	trap - EXIT INT TERM
	for listener in "${listeners[@]}"; do
		kill "$listener" 2>/dev/null || true
	done
	instance_down "$place" quietly
	rm -rf "$demo_dir"
}

play_the_day() {
	step "1. Certifications" 1-certifications.jsonl \
		"Four members of two of the four certifying bodies are certified. Each fact" \
		"is an event; each change of a balance appears on the feed."
	step "2. Accredited courses" 2-accredited.jsonl \
		"A learning system reports what members did. 250 minutes are two credits" \
		"(120 minutes each, steps of a half). A master class never counts: it is" \
		"stored, with the reason."
	step "3. Recognition: documents, decision, fee and tax" 3-recognition.jsonl \
		"Ten hours at a conference that canfitpro did not accredit: at most 4.0" \
		"credits, for 44.00 and 13 % HST in Ontario. Documents come one by one," \
		"a reviewer decides, 20.00 are paid (which covers 1.5), then the rest."
	step "4. Another body, other rules" 4-table.jsonl \
		"CPC counts hours by a table. Presenting is a claim of its own; a code that" \
		"no rule knows waits for review instead of getting lost."
	step "5. A request is credited in full …" 5-recognized-first.jsonl \
		"Six hours in May are 3.0 credits, paid."
	step "   … and a late report changes the cut" 6-late.jsonl \
		"Now four hours of February arrive. Together that is 5.0, but 4.0 is all" \
		"that recognition may earn in a period, and a cap cuts the latest activity:" \
		"May falls from 3.0 to 2.0. Nothing is edited: the ledger gets a correction" \
		"of -1.0, and what was paid too much is due back."
	step "6. A reversal" 7-reversal.jsonl \
		"The course of step 2 was reported for the wrong person: taken back."
	step "7. A renewal with carry-over" 8-renewal.jsonl \
		"The renewal comes before the documents that it needs, and waits. The last" \
		"one opens the next period by itself, and 3.0 surplus credits move over."
	step "8. Conference days, by who holds them" 9-conference.jsonl \
		"CSEP counts days: 15 of its own conference, 12.5 of ACSM's; one without" \
		"days is turned down. A workshop that ACSM endorsed counts as CSEP's own," \
		"two credits an hour. Its periods end on 31 March, for everyone."
	step "9. A certification moves across the border" 10-transfer.jsonl \
		"By the agreement of 2023 a CSEP-CEP becomes an ACSM-CEP, not an ACSM-EP. A" \
		"fresh period of three years opens there, where CSEP's workshop counts too;" \
		"what is held at CSEP stays as it is. Another member moves the other way."
	show balance csep/3301
	show balance acsm/A-3301
}

show_the_end() {
	local organization
	title "How everybody stands now"
	for organization in "${demo_bodies[@]}"; do
		show balance "$organization"
	done
	title "Why 104377 has 2.0 for six hours in May"
	show explain canfitpro/104377
	title "And the books are whole"
	show verify
}

say_what_next() {
	title "Try it yourself"
	cat <<-TEXT
	  export CREDITD_DIR=$place
	  PATH=$build/client:\$PATH
	  creditctl submit activity.completed canfitpro/104233 --id my-1 \\
	      --kind workshop --on 2026-06-20 --minutes 240 --accredited-by canfitpro
	  creditctl balance canfitpro/104233
	  creditctl transcript canfitpro/104518
	  creditctl requests canfitpro
	  creditctl watch canfitpro
	  $top/run today 2027-01-20 --dir $place     (notices, grace, lapses)

	It listens at $(instance_value "$place" events); README.md says how to go on.
	TEXT
}

demo() { # demo AND-EXIT
	local began=$SECONDS organization
	listeners=()
	note "Building creditd …"
	build_programs
	demo_dir=$(mktemp -d "/tmp/creditd-demo.XXXXXX")
	[ "$UID" -ne 0 ] || chmod 0711 "$demo_dir"
	place=$demo_dir/i
	trap end_demo EXIT
	trap 'exit 130' INT TERM
	note "Starting a private PostgreSQL, creditd and two workers …"
	# In a shell of its own: it has an exit trap of its own.
	(instance_up "$place" 2 "$demo_today")
	title "A day with creditd: $demo_today"
	say "Partners' events go in; rulings, a ledger and balances come out, and everyone" \
		"who may know hears of it. The lines marked \"feed\" are what a subscriber sees."
	for organization in "${demo_bodies[@]}"; do
		listen_to "$organization"
	done
	play_the_day
	show_the_end
	say_what_next
	if [ "$1" = yes ]; then
		note ""
		note "That took $((SECONDS - began)) s; everything is ended and removed."
		return
	fi
	note ""
	note "It stays up until you press Ctrl-C; then everything is removed."
	sleep infinity & # until Ctrl-C
	listeners+=($!)
	wait $! || true
}
