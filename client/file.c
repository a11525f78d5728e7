/* Files read whole. */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define FIRST_SIZE ((size_t)64 * 1024)

static bool read_all(
    FILE *file, const char *path, size_t most, struct file_content *ret)
{
	size_t size = 0, room = FIRST_SIZE;
	char *bytes = malloc(room + 1), *grown;

	while (bytes != NULL) {
		size += fread(bytes + size, 1, room - size, file);
		if (ferror(file)) {
			ctl_fail("%s: %s", path, strerror(errno));
			break;
		}
		if (size > most) {
			ctl_fail("%s: larger than %zu bytes", path, most);
			break;
		}
		if (size < room) {
			bytes[size] = '\0';
			*ret = (struct file_content){bytes, size};
			return true;
		}
		room *= 2;
		grown = realloc(bytes, room + 1);
		if (grown == NULL) {
			ctl_fail("%s: no memory", path);
			break;
		}
		bytes = grown;
	}
	free(bytes);
	return false;
}

struct text file_text(const struct file_content *content)
{
	return (struct text){content->bytes, content->size};
}

bool file_read(const char *path, size_t most, struct file_content *ret)
{
	bool done;
	FILE *file;

	if (strcmp(path, "-") == 0)
		return read_all(stdin, "standard input", most, ret);
	file = fopen(path, "re");
	if (file == NULL) {
		ctl_fail("%s: %s", path, strerror(errno));
		return false;
	}
	done = read_all(file, path, most, ret);
	fclose(file);
	return done;
}
