# shellcheck shell=bash
# What ./run tests, bench, simulate, chaos, lint and fuzz do.

passed=0
failed=0

heading() {
	printf '\n== %s\n' "$*"
}

# count_in FILE: adds "passed failed" that a part wrote there.
count_in() {
	local more_passed=0 more_failed=1
	[ ! -s "$1" ] || read -r more_passed more_failed <"$1"
	passed=$((passed + more_passed))
	failed=$((failed + more_failed))
}

# check NAME COMMAND…: one test that is a command; its output only if it fails.
check() {
	local name=$1 log
	shift
	log=$(mktemp)
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok     %s\n' "$name"
	else
		failed=$((failed + 1))
		tail -n 40 "$log"
		printf 'FAILED %s\n' "$name"
	fi
	rm -f "$log"
}

build_preset() { # build_preset PRESET
	cd "$top"
	printf 'building %s … ' "$1"
	if ! { cmake --preset "$1" -G Ninja && cmake --build --preset "$1"; } \
		>"$top/build/$1.log" 2>&1; then
		echo failed
		grep -E 'error|warning' "$top/build/$1.log" | head -n 30
		fail "the build failed; all of it is in build/$1.log"
	fi
	echo "done in $((SECONDS - ${2:-$SECONDS})) s"
}

# unit_tests PRESET: each case of cmocka counts, also those of one program.
unit_tests() {
	local log=$top/build/$1/Testing/Temporary/LastTest.log cases broken
	rm -f "$log"
	cd "$top"
	# Other random programs every time; what fails prints its seed.
	PROGRAM_SEED=$((RANDOM * 32768 + RANDOM)) PROGRAM_HISTORIES=10000 \
		ctest --preset "$1" -j 2 --timeout 300 >"$top/build/$1-ctest.log" 2>&1 ||
		grep -E '\*\*\*|FAILED|ERROR|runtime error|Sanitizer' \
			"$top/build/$1-ctest.log" | head -n 60
	grep -E '^[0-9]+% tests passed' "$top/build/$1-ctest.log" || true
	grep -hE 'histories from seed|of the manual|spoilt' "$log" || true
	cases=$(grep -c '^\[       OK \]' "$log" || true)
	broken=$(sed -n 's/.* \([0-9]*\) tests* failed out of .*/\1/p' \
		"$top/build/$1-ctest.log")
	passed=$((passed + cases))
	failed=$((failed + ${broken:-1}))
}

# system_tests BUILD PATTERN…
system_tests() {
	local counts directory=$1
	shift
	counts=$(mktemp)
	cd "$top"
	CREDITD_BUILD=$directory CREDITD_TESTS=$kind PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 tests/system/main.py --counts "$counts" "$@" || true
	count_in "$counts"
	rm -f "$counts"
}

# The programs under valgrind, in the shape of a build.
make_valgrind_build() {
	local program into=$top/build/valgrind
	for program in daemon/creditd worker/creditd-worker; do
		mkdir -p "$into/${program%/*}"
		cat >"$into/$program" <<-TEXT
		#!/bin/sh
		exec valgrind --quiet --leak-check=full --error-exitcode=99 \\
			--errors-for-leak-kinds=definite \\
			$top/build/dev/$program "\$@"
		TEXT
		chmod +x "$into/$program"
	done
	mkdir -p "$into/client"
	cp "$top/build/dev/client/creditctl" "$into/client/"
}

run_tests() { # run_tests FULL PATTERN
	local began=$SECONDS pattern=$2
	kind=$([ "$1" = yes ] && echo full || echo quick)
	install_missing "${build_packages[@]}" "${instance_packages[@]}" \
		"${test_packages[@]}"
	mkdir -p "$top/build"
	build=$top/build/run
	printf 'building run … '
	build_programs
	echo "done in $((SECONDS - began)) s"
	if [ -n "$pattern" ]; then
		system_tests "$build" "$pattern"
	else
		build_preset asan "$SECONDS"
		heading "unit tests, with AddressSanitizer and UBSan"
		unit_tests asan
		heading "the simulation finds the bugs that are kept for it"
		check "mutations of the core and of the models" \
			"$top/tests/simulation/mutate.sh"
		heading "system tests"
		system_tests "$build"
		heading "golden cases, a partner and malformed input," \
			"with AddressSanitizer and UBSan"
		system_tests "$top/build/asan" test_cases test_partner test_malformed
		heading "a minute of chaos, with the load of partners"
		check "nothing lost, doubled, out of order or diverged" chaos 60 ''
		[ "$kind" = quick ] || more_tests
	fi
	heading "after $(((SECONDS - began) / 60)) min $(((SECONDS - began) % 60)) s"
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# What takes longer than everybody wants to wait.
more_tests() {
	install_missing "${lint_packages[@]}" valgrind
	heading "all system tests, with AddressSanitizer and UBSan"
	system_tests "$top/build/asan" test_feed test_kill test_time test_creditctl
	build_preset dev "$SECONDS"
	heading "valgrind"
	make_valgrind_build
	system_tests "$top/build/valgrind" test_partner test_malformed
	build_preset clang "$SECONDS"
	heading "unit tests, built by clang"
	unit_tests clang
	lint_checks
}

chaos() { # chaos SECONDS SEED
	cd "$top"
	CREDITD_BUILD=$build PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 \
		tests/chaos/main.py --seconds "$1" ${2:+--seed "$2"}
}

# simulate SEED SEEDS TRACE: in a build of its own, as fast as it can be.
simulate() {
	local at=$top/build/simulate
	mkdir -p "$at"
	{ cmake -S "$top" -B "$at" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo &&
		cmake --build "$at" --target simulate; } >"$at/build.log" 2>&1 ||
		fail "the build failed; all of it is in $at/build.log"
	SEED=$1 SEEDS=$2 TRACE=$3 "$at/tests/simulate"
}

run_simulate() { # run_simulate SEED SEEDS TRACE MUTATE
	install_missing "${build_packages[@]}" "${test_packages[@]}"
	if [ "$4" = yes ]; then
		"$top/tests/simulation/mutate.sh"
	elif [ "$3" = yes ]; then
		simulate "${1:-1}" 1 1
	else
		simulate "${1:-$((RANDOM * 32768 + RANDOM))}" "$2" 0
	fi
}

run_chaos() { # run_chaos SECONDS SEED
	install_missing "${test_packages[@]}"
	[ -n "${CREDITD_BUILD:-}" ] || build_programs
	mkdir -p "$top/build"
	chaos "$@"
}

run_bench() { # run_bench QUICK
	local trips=4000 stream=60000 place
	[ "$1" = no ] || { trips=400 && stream=20000; }
	install_missing "${build_packages[@]}" "${instance_packages[@]}" libcmocka-dev
	build=$top/build/bench
	note "Building …"
	build_in "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo
	place=$(mktemp -d /tmp/creditd-bench.XXXXXX)
	# shellcheck disable=SC2064 # the directory of now, on purpose
	trap "instance_down $place/i quietly; rm -rf $place" EXIT
	chmod 0711 "$place"
	(instance_up "$place/i" 2 2026-06-30)
	{ "$build/tests/bench/bench_rule" "$top/schema/programs/canfitpro.yaml" &&
		"$build/tests/bench/creditd-bench" latency \
		"$(instance_value "$place/i" events)" \
		"$(instance_value "$place/i" dsn)" "$trips" &&
		"$build/tests/bench/creditd-bench" throughput \
			"$(instance_value "$place/i" events)" \
			"$(instance_value "$place/i" dsn)" "$stream"; } |
		tee "$build/bench.txt"
	awk 'BEGIN { printf "{" }
		{ printf "%s\n  \"%s\": { \"value\": %s, \"unit\": \"%s\" }",
			(NR > 1 ? "," : ""), $1, $2, $3 }
		END { print "\n}" }' "$build/bench.txt" >"$top/build/bench.json"
}

lint_files() { # lint_files PATTERN…: files of the project, also without git
	local pattern
	for pattern in "$@"; do
		find "$top" -path "$top/build" -prune -o -path "$top/.git" -prune \
			-o -type f -name "$pattern" -print
	done
}

format_is_kept() {
	lint_files '*.c' '*.h' | xargs clang-format --dry-run --Werror
}

no_long_files() {
	! lint_files '*.c' '*.h' | xargs wc -l |
		awk '$2 != "total" && $1 > 600 { print $2 ": " $1; found = 1 }
			END { exit !found }'
}

# Rules are data: no code may know a body.
no_names_of_bodies() {
	! grep -nIiE 'canfitpro|csep|acsm|"cpc' "$top"/common/*.[ch] \
		"$top"/daemon/*.[ch] "$top"/worker/*.[ch]
}

units_are_sound() {
	local into unit
	into=$(mktemp -d)
	cmake -S "$top" -B "$into/build" -G Ninja -DBUILD_TESTING=OFF \
		-DCMAKE_INSTALL_PREFIX="$into/usr" &&
		cmake --build "$into/build" && cmake --install "$into/build" || return
	for unit in creditd.service creditd-worker@.service creditd.target; do
		SYSTEMD_UNIT_PATH=$into/usr/lib/systemd/system: systemd-analyze \
			verify --man=no "$into/usr/lib/systemd/system/$unit" || return
	done
	for unit in creditd.service creditd-worker@.service; do
		systemd-analyze security --offline=true --threshold=20 \
			"$into/usr/lib/systemd/system/$unit" || return
	done
	rm -rf "$into"
}

manuals_are_sound() {
	find "$top" -path "$top/build" -prune -o -path '*/man/*' \
		-name '*.[1-8]' -print0 | xargs -0 mandoc -Tlint -W warning
}

headers_stand_alone() {
	local header flags
	read -ra flags < <(pkg-config --cflags libzmq libpq msgpack jansson \
		smartcols)
	for header in "$top"/{common,daemon,worker,client}/*.h; do
		gcc -std=c17 -D_GNU_SOURCE -fsyntax-only -Werror -x c \
			-I"$top/common" -I"$top/daemon" -I"$top/worker" \
			-I"$top/client" -I"$top/build/dev/generated" "${flags[@]}" \
			"$header" || return
	done
}

tidy() {
	cd "$top" && cmake --preset tidy -G Ninja &&
		cmake --build --preset tidy
}

# What cppcheck 2.10 can't read (compound literals in ?:, a borrowed pointer in a
# struct that is passed by value) is left to clang-tidy.
suspicions() {
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
		--enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=unknownMacro \
		--suppress=internalAstError --suppress=returnDanglingLifetime \
		--suppress=ctuuninitvar --suppress=uninitvar \
		--include="/usr/include/$(gcc -print-multiarch)/sys/queue.h" \
		-I "$top/common" "$top/common" "$top/daemon" "$top/worker" "$top/client"
}

lint_checks() {
	heading "lint"
	check "shell scripts (shellcheck)" shellcheck -x -P "$top" "$top/run" \
		"$top/.ci/run" "$top"/systemd/debian/p* \
		"$top"/tests/simulation/mutate.sh
	check "formatting (clang-format)" format_is_kept
	check "no file over 600 lines" no_long_files
	check "no body's name in code" no_names_of_bodies
	check "manual pages (mandoc)" manuals_are_sound
	check "units (systemd-analyze)" units_are_sound
	check "suspicious code (cppcheck)" suspicions
	check "headers compile alone" headers_stand_alone
	check "clang-tidy, warnings of clang" tidy
}

run_lint() {
	install_missing "${build_packages[@]}" "${lint_packages[@]}" \
		"${test_packages[@]}" systemd
	mkdir -p "$top/build"
	build_preset dev "$SECONDS"
	lint_checks
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ]
}

run_fuzz() { # run_fuzz SECONDS
	local target name seeds
	install_missing "${build_packages[@]}" "${test_packages[@]}" clang \
		libclang-rt-14-dev
	mkdir -p "$top/build"
	build_preset fuzz "$SECONDS"
	for target in "$top"/build/fuzz/tests/fuzz_*; do
		[ -f "$target" ] && [ -x "$target" ] || continue
		name=${target##*/}
		seeds=("$top/tests/fuzz/seeds/${name#fuzz_}")
		[ "$name" != fuzz_program ] ||
			seeds=("$top/schema/programs" "$top/tests/unit/programs")
		mkdir -p "$top/build/fuzz/corpus/$name"
		check "$name, $1 s" "$target" -max_total_time="$1" \
			-print_final_stats=1 "$top/build/fuzz/corpus/$name" \
			"${seeds[@]}"
	done
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
