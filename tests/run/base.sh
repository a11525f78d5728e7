# shellcheck shell=bash
# What every command of ./run needs: speaking, waiting, installing, building.

# Below /tmp, not in XDG_RUNTIME_DIR: that is memory, and its path is closed to
# the account that runs PostgreSQL when root calls.
default_dir=${TMPDIR:-/tmp}/creditd-$UID

build_packages=(gcc libc6-dev cmake ninja-build pkg-config libzmq3-dev libev-dev
	libmsgpack-dev libpq-dev libsodium-dev libyaml-dev libsystemd-dev
	libjansson-dev libsmartcols-dev uthash-dev)
instance_packages=(postgresql)
test_packages=(libcmocka-dev python3 python3-zmq python3-msgpack
	python3-yaml python3-jsonschema iproute2)
lint_packages=(clang clang-format clang-tidy cppcheck shellcheck mandoc)

fail() {
	printf './run: %s\n' "$*" >&2
	exit 1
}

note() {
	printf '%s\n' "$*" >&2
}

# wait_until SECONDS COMMAND…: polls until COMMAND succeeds; fails after the
# deadline.
wait_until() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05 # between two polls; the deadline bounds the wait
	done
}

# install_missing PACKAGE…: has apt-get install those that are not there.
install_missing() {
	local package missing=() log
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		note "This is no Debian; these are assumed to be there: $*"
		return
	fi
	for package in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" \
			2>/dev/null)" = installed ] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0

	local sudo=()
	if [ "$UID" -ne 0 ]; then
		if command -v sudo >/dev/null &&
			{ [ -t 0 ] || sudo -n true 2>/dev/null; }; then
			sudo=(sudo)
		else
			note "Some packages are missing. As root, run this, then try again:"
			note "  apt-get update && apt-get install -y" \
				"--no-install-recommends ${missing[*]}"
			exit 1
		fi
	fi
	note "Installing with apt-get: ${missing[*]}"
	log=$(mktemp)
	if ! "${sudo[@]}" apt-get update -q >"$log" 2>&1 ||
		! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install \
			-y -q --no-install-recommends "${missing[@]}" >>"$log" 2>&1 \
			</dev/null; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		fail "apt-get could not install what is missing (its last lines are above)"
	fi
	rm -f "$log"
}

# build_in DIR TARGET-OPTIONS…: configures and builds DIR; quiet unless it fails.
build_in() {
	local into=$1 log=$1/build.log
	shift
	mkdir -p "$into"
	if ! { cmake -S "$top" -B "$into" -G Ninja "$@" &&
		cmake --build "$into"; } >"$log" 2>&1; then
		grep -E 'error|warning|CMake Error' "$log" | head -n 30 >&2
		tail -n 20 "$log" >&2
		fail "the build failed; all of it is in $log"
	fi
}

# The programs as people run them, in $build.
build_programs() {
	install_missing "${build_packages[@]}" "${instance_packages[@]}"
	build_in "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF
}
