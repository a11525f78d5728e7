/* creditd-worker: rules on events and stores what follows from them. */
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve.h"
#include "version.h"

#define EX_USAGE_OURS 2
#define EX_CONFIG     78

static volatile int stop;

static void on_signal(int signal)
{
	stop = signal;
}

static void usage(FILE *out)
{
	fprintf(out,
	    "usage: creditd-worker -c FILE [--name NAME]\n"
	    "\n"
	    "  -c, --config FILE  settings, see creditd-worker.yaml(5)\n"
	    "      --name NAME    who it is in creditd's status, instead of the"
	    " file's name\n"
	    "      --check        reads the settings, says what is wrong, and "
	    "ends\n"
	    "      --version, --help\n");
}

struct arguments {
	const char *file, *name;
	bool check;
};

/* 0: go on; else the exit code plus one. */
static int read_arguments(int argc, char **argv, struct arguments *ret)
{
	enum { NAME = 256, CHECK, VERSION, HELP };
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"name", required_argument, NULL, NAME},
	    {"check", no_argument, NULL, CHECK},
	    {"version", no_argument, NULL, VERSION},
	    {"help", no_argument, NULL, HELP}, {NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			ret->file = optarg;
			break;
		case NAME:
			ret->name = optarg;
			break;
		case CHECK:
			ret->check = true;
			break;
		case VERSION:
			printf("creditd-worker %s\n", CREDITD_VERSION);
			return 1;
		case HELP:
		case 'h':
			usage(stdout);
			return 1;
		default:
			usage(stderr);
			return EX_USAGE_OURS + 1;
		}
	}
	if (optind < argc || ret->file == NULL) {
		usage(stderr);
		return EX_USAGE_OURS + 1;
	}
	return 0;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct settings settings;
	struct serve serve;
	int code = read_arguments(argc, argv, &arguments);

	if (code != 0)
		return code - 1;
	if (sodium_init() < 0) {
		fprintf(stderr, "creditd-worker: libsodium does not start\n");
		return 1;
	}
	if (!settings_load(arguments.file, arguments.name, &settings))
		return EX_CONFIG;
	if (arguments.check) {
		settings_fini(&settings);
		return 0;
	}
	log_open(settings.name, settings.log);
	catch_signals();
	code = serve_init(&serve, &settings);
	if (code == 0)
		code = serve_run(&serve, &stop);
	serve_fini(&serve);
	settings_fini(&settings);
	return code;
}
