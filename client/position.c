/* Where a subscriber stands. */
#include "position.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK "creditd-position 1"

/* Index of the stream, or where it would be put. */
static size_t place_of(const struct position *position, int64_t stream)
{
	size_t low = 0, high = position->streams;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (position->stream[middle].stream < stream)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct position_stream *find(
    const struct position *position, int64_t stream)
{
	size_t place = place_of(position, stream);

	if (place == position->streams ||
	    position->stream[place].stream != stream)
		return NULL;
	return &position->stream[place];
}

int64_t position_offset(const struct position *position, int64_t stream)
{
	const struct position_stream *at = find(position, stream);

	return at != NULL ? at->offset : 0;
}

enum position_seen position_see(const struct position *position, int64_t stream,
    int64_t offset, struct text chain)
{
	const struct position_stream *at = find(position, stream);
	int64_t have = at != NULL ? at->offset : 0;

	if (offset == have + 1)
		return POSITION_NEXT;
	if (offset > have)
		return POSITION_GAP;
	if (at != NULL && offset == have && !text_is(chain, at->chain))
		return POSITION_DIVERGED;
	return POSITION_OLD;
}

bool position_move(struct position *position, int64_t stream, int64_t offset,
    struct text chain)
{
	size_t place = place_of(position, stream);
	struct position_stream *grown;

	if (place == position->streams ||
	    position->stream[place].stream != stream) {
		if (position->streams == POSITION_STREAMS_MOST)
			return false;
		grown = reallocarray(
		    position->stream, position->streams + 1, sizeof(*grown));
		if (grown == NULL)
			return false;
		position->stream = grown;
		memmove(grown + place + 1, grown + place,
		    (position->streams - place) * sizeof(*grown));
		position->streams++;
		position->stream[place] =
		    (struct position_stream){.stream = stream};
	}
	position->stream[place].offset = offset;
	snprintf(position->stream[place].chain, CREDITD_CHAIN_SIZE, "%.*s",
	    TEXT_ARGS(chain));
	return true;
}

/* ---- heads: {stream: {offset, chain}}, the stream as decimal text */

static bool read_stream(struct text key, int64_t *ret)
{
	char digits[24], *end;

	if (key.length == 0 || key.length >= sizeof(digits))
		return false;
	memcpy(digits, key.at, key.length);
	digits[key.length] = '\0';
	errno = 0;
	*ret = strtoll(digits, &end, 10);
	return errno == 0 && *end == '\0' && *ret >= 0;
}

static bool read_head(struct wire_reader *reader, struct position_stream *ret)
{
	struct wire_reader inner;
	struct text key, head, chain;

	if (!wire_read_text(reader, &key) || !read_stream(key, &ret->stream) ||
	    !wire_skip(reader, &head) || !wire_find(head, "offset", &inner) ||
	    !wire_read_int(&inner, &ret->offset) || ret->offset < 0 ||
	    !wire_find(head, "chain", &inner) ||
	    !wire_read_text(&inner, &chain) ||
	    chain.length >= CREDITD_CHAIN_SIZE)
		return false;
	snprintf(ret->chain, sizeof(ret->chain), "%.*s", TEXT_ARGS(chain));
	return true;
}

bool position_is_behind(const struct position *position, struct text heads)
{
	struct wire_reader reader = wire_reader(heads.at, heads.length);
	struct position_stream head = {0};
	uint32_t count;

	if (!wire_read_map(&reader, &count))
		return false;
	while (count-- > 0 && read_head(&reader, &head)) {
		if (head.offset > position_offset(position, head.stream))
			return true;
	}
	return false;
}

bool position_take_heads(struct position *position, struct text heads)
{
	struct wire_reader reader = wire_reader(heads.at, heads.length);
	struct position_stream head = {0};
	uint32_t count;

	if (!wire_read_map(&reader, &count))
		return false;
	position->streams = 0;
	while (count-- > 0) {
		if (!read_head(&reader, &head) ||
		    !position_move(position, head.stream, head.offset,
			text_of(head.chain)))
			return false;
	}
	return true;
}

void position_write(const struct position *position, struct wire_writer *w)
{
	wire_write_map(w, (uint32_t)position->streams);
	for (size_t i = 0; i < position->streams; i++) {
		const struct position_stream *at = &position->stream[i];
		char key[24];

		snprintf(key, sizeof(key), "%" PRId64, at->stream);
		wire_write_string(w, key);
		wire_write_map(w, 2);
		wire_write_string(w, "offset");
		wire_write_int(w, at->offset);
		wire_write_string(w, "chain");
		wire_write_string(w, at->chain);
	}
}

/* ---- the file */

static int write_file(
    const struct position *position, const char *subject, FILE *file)
{
	fprintf(file,
	    MARK "\nsubject %s\nepoch %" PRId64 "\nversion %" PRId64 "\n",
	    subject, position->epoch, position->version);
	for (size_t i = 0; i < position->streams; i++) {
		const struct position_stream *at = &position->stream[i];

		fprintf(file, "stream %" PRId64 " %" PRId64 " %s\n", at->stream,
		    at->offset, *at->chain ? at->chain : "-");
	}
	/* Without its last line the file was cut off. */
	fprintf(file, "end\n");
	if (fflush(file) != 0 || fsync(fileno(file)) != 0)
		return -errno;
	return 0;
}

static int sync_directory(const char *path)
{
	char *copy = strdup(path);
	int fd, error = 0;

	if (copy == NULL)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		error = -errno;
	if (fd >= 0)
		close(fd);
	free(copy);
	return error;
}

int position_save(
    const struct position *position, const char *subject, const char *path)
{
	char next[4096];
	FILE *file;
	int error;

	if (snprintf(next, sizeof(next), "%s.next", path) >= (int)sizeof(next))
		return -ENAMETOOLONG;
	file = fopen(next, "we");
	if (file == NULL)
		return -errno;
	error = write_file(position, subject, file);
	if (fclose(file) != 0 && error == 0)
		error = -errno;
	if (error == 0 && rename(next, path) != 0)
		error = -errno;
	return error != 0 ? error : sync_directory(path);
}

/* A number and what ends it: a space, or the end of the line. Moves behind. */
static bool read_number(const char **at, char end, int64_t *ret)
{
	char *behind;

	errno = 0;
	*ret = strtoll(*at, &behind, 10);
	if (errno != 0 || behind == *at || *behind != end || *ret < 0)
		return false;
	*at = behind + (end != '\0');
	return true;
}

/* "65 7 CHAIN", the chain "-" where there is none. */
static bool load_stream(struct position *position, const char *at)
{
	int64_t stream, offset;

	if (!read_number(&at, ' ', &stream) || !read_number(&at, ' ', &offset))
		return false;
	if (strcmp(at, "-") == 0)
		at = "";
	return strlen(at) < CREDITD_CHAIN_SIZE &&
	       position_move(position, stream, offset, text_of(at));
}

static bool load_line(struct position *position, const char *subject,
    const char *line, bool *ret_end)
{
	size_t length = strcspn(line, " ");
	struct text word = {line, length};
	const char *rest = line + length + (line[length] == ' ');

	if (text_is(word, "subject"))
		return strcmp(rest, subject) == 0;
	if (text_is(word, "epoch"))
		return read_number(&rest, '\0', &position->epoch);
	if (text_is(word, "version"))
		return read_number(&rest, '\0', &position->version);
	if (text_is(word, "stream"))
		return load_stream(position, rest);
	*ret_end = strcmp(line, "end") == 0;
	return *ret_end;
}

int position_load(
    struct position *position, const char *subject, const char *path)
{
	FILE *file = fopen(path, "re");
	bool good = true, ended = false;
	char line[256];

	if (file == NULL)
		return -errno;
	if (fgets(line, sizeof(line), file) == NULL ||
	    strcmp(line, MARK "\n") != 0)
		good = false;
	while (good && !ended && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		good = load_line(position, subject, line, &ended);
	}
	fclose(file);
	if (good && ended)
		return 0;
	position_fini(position);
	return -EBADMSG;
}

void position_fini(struct position *position)
{
	free(position->stream);
	*position = (struct position){0};
}
