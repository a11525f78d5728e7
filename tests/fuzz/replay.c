/* Runs a fuzz target over the files of the directories given as arguments, each
 * whole, cut short at every sixteenth part, and with every byte changed once,
 * or as many of them, evenly spread, as the first argument says. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define FILE_MOST (256 * 1024)

/* In a block of just that size, so that a sanitizer sees a byte too far. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void replay(const char *name, size_t changes)
{
	static uint8_t data[FILE_MOST];
	FILE *file = fopen(name, "rb");
	size_t size, stride;

	if (file == NULL)
		return;
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	run(data, size);
	for (size_t part = 0; part < 16; part++)
		run(data, size * part / 16);
	stride = size / changes + 1;
	for (size_t i = 0; i < size; i += stride) {
		uint8_t kept = data[i];

		data[i] = (uint8_t)(kept ^ (1u << i % 8));
		run(data, size);
		data[i] = kept;
	}
}

int main(int argc, char **argv)
{
	size_t changes = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned count = 0;

	if (changes == 0) {
		fprintf(stderr, "usage: %s CHANGES DIRECTORY...\n", argv[0]);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		DIR *directory = opendir(argv[i]);
		struct dirent *entry;
		char name[4096];

		if (directory == NULL) {
			perror(argv[i]);
			return 1;
		}
		while ((entry = readdir(directory)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			snprintf(name, sizeof(name), "%s/%s", argv[i],
			    entry->d_name);
			replay(name, changes);
			count++;
		}
		closedir(directory);
	}
	printf("%u seeds\n", count);
	return count > 0 ? 0 : 1;
}
