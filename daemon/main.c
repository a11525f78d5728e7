/* creditd: takes events in, orders them, hands them to workers, publishes. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "broker.h"
#include "log.h"
#include "settings.h"
#include "version.h"

#define EXIT_USAGE 2

static void usage(FILE *to)
{
	fputs("usage: creditd [-c FILE] [--check]\n"
	      "  -c, --config FILE  settings (" CREDITD_CONFIG_DIR
	      "/creditd.yaml)\n"
	      "      --check        read the settings, say what is wrong, end\n"
	      "      --version\n"
	      "      --help\n"
	      "See creditd(8) and creditd.yaml(5).\n",
	    to);
}

struct options {
	const char *file;
	bool check;
	bool done; /* nothing is left to do: exit with `code` */
	int code;
};

static struct options read_options(int argc, char **argv)
{
	static const struct option known[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"check", no_argument, NULL, 'k'},
	    {"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	struct options options = {.file = CREDITD_CONFIG_DIR "/creditd.yaml"};
	int option;

	while ((option = getopt_long(argc, argv, "c:h", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			options.file = optarg;
			break;
		case 'k':
			options.check = true;
			break;
		case 'V':
			puts("creditd " CREDITD_VERSION);
			options.done = true;
			return options;
		case 'h':
			usage(stdout);
			options.done = true;
			return options;
		default:
			usage(stderr);
			options.done = true;
			options.code = EXIT_USAGE;
			return options;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "creditd: unexpected argument '%s'\n",
		    argv[optind]);
		options.done = true;
		options.code = EXIT_USAGE;
	}
	return options;
}

static bool load(const char *file, struct settings *settings)
{
	struct complaints complaints = {.file = file};
	int error = settings_load(&complaints, settings);

	if (error < 0)
		fprintf(stderr, "%s",
		    complaints.text != NULL ? complaints.text
					    : "creditd: out of memory\n");
	complaints_fini(&complaints);
	return error == 0;
}

int main(int argc, char **argv)
{
	struct options options = read_options(argc, argv);
	struct settings settings;
	struct broker *broker;

	if (options.done)
		return options.code;
	if (!load(options.file, &settings))
		return EX_CONFIG;
	if (options.check) {
		printf("%s: settings OK\n", options.file);
		settings_fini(&settings);
		return EXIT_SUCCESS;
	}
	log_open("creditd", settings.log);
	broker = broker_create(&settings, options.file);
	if (broker == NULL) {
		settings_fini(&settings);
		return EXIT_FAILURE;
	}
	broker_run(broker);
	broker_destroy(broker);
	settings_fini(&settings);
	return EXIT_SUCCESS;
}
