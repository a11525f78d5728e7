# shellcheck shell=bash
# A whole creditd on one machine: a private PostgreSQL, creditd, workers.
#
#   DIR/instance       where it is reached, as `up` prints it
#   DIR/creditd.yaml   DIR/worker-N.yaml
#   DIR/pg             the database; owned by an unprivileged account
#   DIR/run            sockets: events, workers, control (ipc), pg/ (PostgreSQL);
#                      a link to a shorter place where DIR has a long name
#   DIR/log            one file a program
#   DIR/pids           "pid start-time", one file a process
#
# Processes end by the id that stands in DIR/pids, and only if the start time
# still agrees: an id that the system gave to somebody else is left alone.

instance_value() { # instance_value DIR KEY: a value of DIR/instance
	sed -n "s|^$2=||p" "$1/instance"
}

process_start() { # process_start PID: its start time; fails when it is gone
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086 # the fields of proc(5), split on purpose
	set -- $stat
	[ "$1" != Z ] && [ "$1" != X ] && echo "${20}"
}

is_running() { # is_running DIR NAME
	local pid start
	[ -f "$1/pids/$2" ] || return 1
	read -r pid start <"$1/pids/$2" || return 1
	[ -n "$start" ] && [ "$(process_start "$pid")" = "$start" ]
}

remember() { # remember DIR NAME PID
	printf '%s %s\n' "$3" "$(process_start "$3" || true)" >"$1/pids/$2"
}

any_running() { # any_running DIR
	local file
	for file in "$1"/pids/*; do
		[ -f "$file" ] || continue
		! is_running "$1" "${file##*/}" || return 0
	done
	return 1
}

# start_program DIR NAME COMMAND…: in the background, in a session of its own.
start_program() {
	local dir=$1 name=$2
	shift 2
	setsid "$@" >>"$dir/log/$name.log" 2>&1 </dev/null 9>&- &
	remember "$dir" "$name" $!
}

tell_to_end() { # tell_to_end DIR NAME: also where it is stopped
	local pid
	if is_running "$1" "$2"; then
		read -r pid _ <"$1/pids/$2"
		kill -TERM "$pid" 2>/dev/null || true
		kill -CONT "$pid" 2>/dev/null || true
	fi
}

# stop_process DIR NAME [SECONDS]: SIGTERM, then SIGKILL after the deadline.
stop_process() {
	local dir=$1 name=$2 pid
	if is_running "$dir" "$name"; then
		read -r pid _ <"$dir/pids/$name"
		tell_to_end "$dir" "$name"
		if ! wait_until "${3:-30}" process_gone "$dir" "$name"; then
			note "$name (process $pid) did not end in ${3:-30} s: killed"
			kill -KILL "$pid" 2>/dev/null || true
			wait_until 10 process_gone "$dir" "$name" || true
		fi
	fi
	rm -f "$dir/pids/$name"
}

process_gone() {
	! is_running "$@"
}

# ---- PostgreSQL ----

# The newest PostgreSQL's programs.
find_postgres() {
	local candidate
	pg_bin=${PG_BIN:-}
	if [ -z "$pg_bin" ]; then
		for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr); do
			[ -x "$candidate/initdb" ] && pg_bin=$candidate && break
		done
	fi
	[ -n "$pg_bin" ] || pg_bin=$(pg_config --bindir 2>/dev/null || true)
	[ -x "$pg_bin/initdb" ] ||
		fail "PostgreSQL's initdb was not found; set PG_BIN to its directory"
}

# as_postgres COMMAND…: never as root; as root, by an account without rights.
as_postgres() {
	if [ "$UID" -ne 0 ]; then
		(cd / && "$@")
	else
		(cd / && setpriv --reuid="$pg_account" --regid="$pg_group" \
			--clear-groups -- "$@")
	fi
}

choose_postgres_account() {
	pg_account=$(id -un)
	if [ "$UID" -eq 0 ]; then
		pg_account=nobody
		! id postgres >/dev/null 2>&1 || pg_account=postgres
	fi
	pg_group=$(id -gn "$pg_account")
}

make_cluster() { # make_cluster DIR
	local dir=$1 memory_kib shared_mib
	as_postgres "$pg_bin/initdb" -D "$dir/pg" -U creditd --auth=trust \
		--encoding=UTF8 --locale=C.UTF-8 >"$dir/log/initdb.log" 2>&1 || {
		tail -n 5 "$dir/log/initdb.log" >&2
		fail "initdb failed; all of it is in $dir/log/initdb.log"
	}
	memory_kib=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
	shared_mib=$((memory_kib / 1024 / 8))
	[ "$shared_mib" -le 1024 ] || shared_mib=1024
	[ "$shared_mib" -ge 64 ] || shared_mib=64
	as_postgres tee -a "$dir/pg/postgresql.conf" >/dev/null <<-TEXT

	# creditd: reached by a unix socket only; what is committed is on the disk.
	listen_addresses = ''
	fsync = on
	synchronous_commit = on
	full_page_writes = on
	shared_buffers = ${shared_mib}MB
	max_connections = 100
	max_wal_size = 4GB
	min_wal_size = 256MB
	checkpoint_timeout = 15min
	wal_compression = on
	jit = off
	timezone = 'UTC'
	log_timezone = 'UTC'
	TEXT
}

# After a crash the sessions of before take a moment to see it and go; until
# then a new server refuses to start. So this is tried again.
launch_postgres() { # launch_postgres DIR SOCKETS
	as_postgres "$pg_bin/pg_ctl" start -s -w -t 60 -D "$1/pg" \
		-l "$1/log/postgres.log" \
		-o "-c unix_socket_directories='$2'" </dev/null \
		>>"$1/log/pg_ctl.log" 2>&1 9>&-
}

start_postgres() { # start_postgres DIR
	local dir=$1 sockets
	sockets=$(realpath "$dir/run")/pg
	[ -d "$dir/pg" ] || {
		mkdir -m 0700 "$dir/pg"
		[ "$UID" -ne 0 ] || chown "$pg_account:$pg_group" "$dir/pg"
	}
	mkdir -p "$sockets"
	chmod 0700 "$sockets"
	touch "$dir/log/postgres.log"
	[ "$UID" -ne 0 ] || chown "$pg_account:$pg_group" "$sockets" \
		"$dir/log/postgres.log"
	as_postgres test -r "$dir/pg" -a -w "$sockets" ||
		fail "the account $pg_account, which runs PostgreSQL, can't reach" \
			"$dir; choose another place with --dir"
	[ -f "$dir/pg/PG_VERSION" ] || make_cluster "$dir"
	wait_until 30 launch_postgres "$dir" "$sockets" || {
		tail -n 5 "$dir/log/postgres.log" >&2
		fail "PostgreSQL did not start; see $dir/log/postgres.log"
	}
	remember "$dir" postgres "$(head -n 1 "$dir/pg/postmaster.pid")"
	dsn="host=$sockets dbname=creditd user=creditd"
	as_postgres "$pg_bin/psql" -qAtX "host=$sockets dbname=postgres user=creditd" \
		-c "SELECT 1 FROM pg_database WHERE datname = 'creditd'" | grep -q 1 ||
		as_postgres "$pg_bin/createdb" -h "$sockets" -U creditd creditd
}

stop_postgres() { # stop_postgres DIR
	local dir=$1
	if is_running "$dir" postgres; then
		as_postgres "$pg_bin/pg_ctl" stop -s -w -t 60 -m fast -D "$dir/pg" \
			>>"$dir/log/pg_ctl.log" 2>&1 || stop_process "$dir" postgres
	fi
	rm -f "$dir/pids/postgres"
}

# ---- creditd and its workers ----

port_is_free() { # port_is_free PORT
	local hex
	hex=$(printf '%04X' "$1")
	! awk -v port=":$hex" '$4 == "0A" && $2 ~ port "$" { found = 1 }
		END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# A port for events whose next 16 (the feeds') are free too. The first try is
# the quick start's, which all documents name; the others are random and lie
# below the ports that the kernel gives to outgoing connections.
choose_ports() { # choose_ports TRY
	local port i
	events_port=7431 feed_port=7440
	if [ "$1" -eq 1 ] && port_is_free 7431 && port_is_free 7440 &&
		port_is_free 7441 && port_is_free 7442 && port_is_free 7443; then
		return
	fi
	for _ in $(seq 100); do
		port=$((10240 + RANDOM % 20000))
		for i in $(seq 0 16); do
			port_is_free $((port + i)) || continue 2
		done
		events_port=$port feed_port=$((port + 1))
		return
	done
	fail "no free ports were found on 127.0.0.1"
}

write_creditd_settings() { # write_creditd_settings DIR TODAY
	local dir=$1 run
	run=$(realpath "$dir/run")
	cat >"$dir/creditd.yaml" <<-TEXT
	events:
	  - tcp://127.0.0.1:$events_port
	  - ipc://$run/events
	insecure: true
	feed:
	  from: tcp://127.0.0.1:$feed_port
	workers: ipc://$run/workers
	control: ipc://$run/control
	log: info
	${2:+test_clock: $2}
	TEXT
}

write_worker_settings() { # write_worker_settings DIR NUMBER
	local run
	run=$(realpath "$1/run")
	cat >"$1/worker-$2.yaml" <<-TEXT
	name: worker-$2
	creditd: ipc://$run/workers
	dsn: "host=$run/pg dbname=creditd user=creditd_worker"
	log: info
	TEXT
}

creditctl() { # creditctl DIR ARGUMENT…
	local dir=$1
	shift
	"$build/client/creditctl" --dir "$dir" "$@"
}

write_instance() { # write_instance DIR: what is known before creditd runs
	local dir=$1 run
	run=$(realpath "$dir/run")
	cat >"$dir/instance" <<-TEXT
	events=tcp://127.0.0.1:$events_port
	control=ipc://$run/control
	creditctl=$build/client/creditctl
	dsn=$dsn
	TEXT
}

# What QUERY feeds says, in front of the rest.
add_feeds() { # add_feeds DIR
	local dir=$1 feeds
	feeds=$(creditctl "$dir" feeds | awk 'NF == 2 { print "feed." $1 "=" $2 }')
	[ -n "$feeds" ] || fail "creditd names no feed; see $dir/log/creditd.log"
	{ grep '^events=' "$dir/instance" && echo "$feeds" &&
		grep -v -e '^events=' -e '^feed\.' "$dir/instance"; } \
		>"$dir/instance.new"
	mv "$dir/instance.new" "$dir/instance"
}

creditd_answers() { # creditd_answers DIR
	is_running "$1" creditd || return 0 # it has died: no use in waiting
	creditctl "$1" status --json >"$1/log/status.json" 2>>"$1/log/status.log"
}

start_creditd() { # start_creditd DIR TODAY KEEP-SETTINGS
	local dir=$1 try
	for try in 1 2 3 4 5; do
		if [ "$3" = no ]; then
			choose_ports "$try"
			write_creditd_settings "$dir" "$2"
			write_instance "$dir"
		fi
		rm -f "$dir/log/status.log"
		start_program "$dir" creditd "$build/daemon/creditd" \
			-c "$dir/creditd.yaml"
		wait_until 30 creditd_answers "$dir" ||
			fail "creditd does not answer; see $dir/log/creditd.log"
		! is_running "$dir" creditd || return 0
		if [ "$3" = yes ] || ! tail -n 3 "$dir/log/creditd.log" |
			grep -qi 'in use'; then
			break
		fi
	done
	tail -n 5 "$dir/log/creditd.log" >&2
	fail "creditd did not start; see $dir/log/creditd.log"
}

workers_ready() { # workers_ready DIR COUNT
	local name
	for name in "$1"/pids/worker-*; do
		is_running "$1" "${name##*/}" || return 0
	done
	creditctl "$1" status --json 2>/dev/null |
		awk -v want="$2" '{ n += gsub(/"state": *"well"/, "") }
			END { exit !(n >= want) }'
}

start_workers() { # start_workers DIR COUNT
	local dir=$1 number
	for number in $(seq "$2"); do
		is_running "$dir" "worker-$number" && continue
		write_worker_settings "$dir" "$number"
		start_program "$dir" "worker-$number" \
			"$build/worker/creditd-worker" -c "$dir/worker-$number.yaml"
	done
	[ "$2" -eq 0 ] || wait_until 60 workers_ready "$dir" "$2" ||
		fail "the workers did not become ready; see $dir/log"
	for number in $(seq "$2"); do
		is_running "$dir" "worker-$number" && continue
		tail -n 5 "$dir/log/worker-$number.log" >&2
		fail "worker-$number did not start; see $dir/log/worker-$number.log"
	done
}

prepare_database() { # prepare_database DIR
	local dir=$1 programs=$top/schema/programs
	export CREDITD_SCHEMA=$top/schema
	creditctl "$dir" migrate >"$dir/log/migrate.log" 2>&1 || {
		tail -n 5 "$dir/log/migrate.log" >&2
		fail "the database could not be brought up to date"
	}
	# An organization's number is given for ever, and its streams with it: the
	# first ones in this order. What is published already stays as it is.
	creditctl "$dir" program publish --offline \
		"$programs"/{canfitpro,cpc,csep,acsm}.yaml "$programs"/*.yaml \
		>"$dir/log/publish.log" 2>&1 || {
		tail -n 5 "$dir/log/publish.log" >&2
		fail "the programs could not be published"
	}
}

make_directories() { # make_directories DIR
	local dir=$1 mode=0700
	# PostgreSQL's account must be able to pass through.
	[ "$UID" -ne 0 ] || mode=0711
	mkdir -p "$(dirname "$dir")"
	mkdir -m "$mode" "$dir" 2>/dev/null || true
	if [ ! -d "$dir" ] || [ ! -O "$dir" ]; then
		fail "$dir is not a directory of yours; choose another with --dir"
	fi
	mkdir -p "$dir/pids" "$dir/log"
	chmod "$mode" "$dir/log"
	# A unix socket's path has at most 107 bytes.
	if [ ! -d "$dir/run" ]; then
		if [ ${#dir} -le 80 ]; then
			mkdir -m "$mode" "$dir/run"
		else
			rm -f "$dir/run"
			ln -s "$(mktemp -d "/tmp/creditd.XXXXXX")" "$dir/run"
			chmod "$mode" "$dir/run/"
		fi
	fi
}

# instance_up DIR WORKERS TODAY: starts what does not run yet. Stops what it
# started when something fails on the way.
instance_up() {
	local dir=$1 workers=$2 today=$3 keep=no whole=yes part
	find_postgres
	choose_postgres_account
	make_directories "$dir"
	exec 9>"$dir/lock"
	flock 9
	[ -f "$dir/instance" ] || whole=no
	for part in postgres creditd $(seq -f 'worker-%g' "$workers"); do
		is_running "$dir" "$part" || whole=no
	done
	if [ "$whole" = yes ]; then
		note "An instance is running in $dir already."
		exec 9>&-
		return
	fi
	if any_running "$dir"; then
		keep=yes
		dsn=$(instance_value "$dir" dsn)
	else
		# shellcheck disable=SC2064 # the directory of now, on purpose
		trap "instance_down $(printf %q "$dir") quietly" EXIT
	fi
	is_running "$dir" postgres || start_postgres "$dir"
	if [ "$keep" = no ]; then
		events_port=0
		write_instance "$dir"
		prepare_database "$dir"
	fi
	is_running "$dir" creditd || start_creditd "$dir" "$today" "$keep"
	start_workers "$dir" "$workers"
	[ "$workers" -eq 0 ] || add_feeds "$dir"
	trap - EXIT
	exec 9>&-
}

# instance_down DIR [quietly]: creditd first, so that nothing new comes in while
# the workers finish; PostgreSQL last.
instance_down() {
	local dir=$1 file
	if [ ! -d "$dir/pids" ] || ! any_running "$dir"; then
		[ "${2:-}" = quietly ] || note "No instance is running in $dir."
		rm -f "$dir/instance"
		return 0
	fi
	find_postgres
	choose_postgres_account
	stop_process "$dir" creditd
	# All are told before the first is waited for.
	for file in "$dir"/pids/worker-*; do
		[ ! -f "$file" ] || tell_to_end "$dir" "${file##*/}"
	done
	for file in "$dir"/pids/worker-*; do
		[ ! -f "$file" ] || stop_process "$dir" "${file##*/}"
	done
	stop_postgres "$dir"
	rm -f "$dir/instance"
	if [ -L "$dir/run" ]; then
		rm -rf "$(realpath "$dir/run")" "$dir/run"
	fi
	[ "${2:-}" = quietly ] || note "The instance in $dir has ended."
}
