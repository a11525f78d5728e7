#!/usr/bin/env bash
# Does the simulation find bugs? Each patch in mutations/ puts one into a copy of
# the sources; within SEEDS runs a promise must find it. A patch that does not
# apply any more fails. Run as: tests/simulation/mutate.sh [PATTERN]
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
seeds=${SEEDS:-1000}
pattern=${1:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/creditd-mutate.XXXXXX")
trap 'rm -rf "$work"' EXIT

seam=(frames_send frames_receive socket_open socket_bind socket_close
	socket_unlink zwatch_add zwatch_remove zwatch_pause shutdown
	clock_monotonic_us)
read -ra flags < <(pkg-config --cflags libzmq msgpack libsodium yaml-0.1 \
	libsystemd)
read -ra libraries < <(pkg-config --libs libzmq libsodium yaml-0.1 \
	libsystemd msgpack 2>/dev/null || pkg-config --libs libzmq libsodium \
	yaml-0.1 libsystemd)

# compile FILE INTO: FILE is relative to the current directory.
compile() {
	gcc -std=c17 -D_GNU_SOURCE -O1 -w -fno-omit-frame-pointer -Idaemon \
		-Icommon -Igenerated "${flags[@]}" -c "$1" \
		-o "$2/$(tr / - <<<"$1").o"
}

link() { # link OBJECTS… into $1
	local into=$1
	shift
	gcc -o "$into" "$@" "${seam[@]/#/-Wl,--wrap=}" "${libraries[@]}" -lev
}

copy() { # copy INTO
	mkdir -p "$1/tests" "$1/generated"
	cp -r "$top/daemon" "$top/common" "$1/"
	cp -r "$top/tests/simulation" "$1/tests/"
	echo '#define CREDITD_VERSION "0"' >"$1/generated/version.h"
}

sources() {
	find daemon common tests/simulation -name '*.c' ! -path daemon/main.c \
		! -path daemon/broker.c | sort
}

build_base() {
	copy "$work/base"
	mkdir "$work/objects"
	cd "$work/base"
	export -f compile
	export FLAGS="${flags[*]}"
	# shellcheck disable=SC2016 # for that bash to expand
	sources | xargs -P 2 -n 6 bash -c 'read -ra flags <<<"$FLAGS"
		into=$0
		for file; do compile "$file" "$into" || exit 255; done' \
		"$work/objects"
	link "$work/simulate" "$work"/objects/*.o
	SEEDS=20 "$work/simulate" >"$work/log" || {
		cat "$work/log"
		echo "FAILED without any mutation"
		exit 1
	}
}

# mutate PATCH: true if a promise finds it; says what became of it.
mutate() {
	local name=${1##*/} at=$work/mutant file objects=$work/mutated
	name=${name%.patch}
	rm -rf "$at" "$objects"
	copy "$at"
	cp -rl "$work/objects" "$objects"
	cd "$at"
	if ! patch -s -p1 -F0 --no-backup-if-mismatch <"$1" >"$work/log" 2>&1; then
		printf 'FAILED %s: does not apply any more\n' "$name"
		return 1
	fi
	while read -r file; do
		rm -f "$objects/$(tr / - <<<"$file").o"
		compile "$file" "$objects" 2>"$work/log" || {
			cat "$work/log"
			printf 'FAILED %s: does not compile any more\n' "$name"
			return 1
		}
	done < <(sed -n 's/^+++ b\/\([^\t]*\).*/\1/p' "$1")
	link "$at/simulate" "$objects"/*.o
	if SEEDS=$seeds "$at/simulate" >"$work/log" 2>/dev/null; then
		printf 'FAILED %s: not found in %s runs\n' "$name" "$seeds"
		return 1
	fi
	grep -q 'promise=' "$work/log" || {
		printf 'FAILED %s: no promise is named\n' "$name"
		return 1
	}
	printf 'ok     %s: %s\n' "$name" "$(grep 'promise=' "$work/log" |
		sed 's/at=[0-9.]* //' | head -n 1)"
}

build_base
found=0 missed=0
for patch in "$top"/tests/simulation/mutations/*"$pattern"*.patch; do
	if mutate "$patch"; then found=$((found + 1)); else missed=$((missed + 1)); fi
done
printf '%d mutations found, %d not\n' "$found" "$missed"
[ "$missed" -eq 0 ] && [ "$found" -gt 0 ]
