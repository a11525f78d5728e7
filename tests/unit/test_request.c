/* request.h */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#define R TEXT("route")
#define D TEXT("")
#define V TEXT("CREDIT1")

static struct frames frames;

static enum request_fate parse(const struct text *frame, size_t count,
    bool operators, struct request *request, struct refusal *why)
{
	frames.count = count;
	memcpy(frames.frame, frame,
	    (count < FRAMES_MOST ? count : FRAMES_MOST) * sizeof(*frame));
	return request_parse(&frames, operators, request, why);
}

#define PARSE(operators, ...)                                                  \
	parse((const struct text[]){__VA_ARGS__},                              \
	    sizeof((const struct text[]){__VA_ARGS__}) / sizeof(struct text),  \
	    operators, &request, &why)

#define FINE(operators, ...)                                                   \
	assert_int_equal(PARSE(operators, __VA_ARGS__), REQUEST_FINE)
#define DROPPED(...)                                                           \
	assert_int_equal(PARSE(false, __VA_ARGS__), REQUEST_DROPPED)
#define REFUSED(refusal_code, words, operators, ...)                           \
	do {                                                                   \
		assert_int_equal(                                              \
		    PARSE(operators, __VA_ARGS__), REQUEST_REFUSED);           \
		assert_int_equal(why.code, refusal_code);                      \
		if (strstr(why.message, words) == NULL)                        \
			fail_msg("'%s' not in '%s'", words, why.message);      \
	} while (0)

static void good_messages_are_taken(void **state)
{
	struct request request;
	struct refusal why;

	(void)state;
	FINE(false, R, D, V, TEXT("SUBMIT"), TEXT("t"), TEXT("canfitpro/1"),
	    TEXT("body"));
	assert_int_equal(request.verb, REQUEST_SUBMIT);
	assert_true(text_is(request.organization, "canfitpro"));
	assert_true(text_is(request.number, "1"));
	assert_true(text_is(request.body, "body"));
	assert_int_equal(request.envelope_count, 0);
	FINE(false, R, TEXT("a"), TEXT("b"), D, V, TEXT("QUERY"), D,
	    TEXT("canfitpro"), TEXT("body"));
	assert_int_equal(request.envelope_count, 2);
	assert_true(text_is(request.envelope[1], "b"));
	assert_true(text_is(request.organization, "canfitpro"));
	FINE(false, R, D, V, TEXT("QUERY"), D, D, TEXT("body"));
	assert_null(request.organization.at);
	FINE(false, R, D, V, TEXT("PING"), TEXT("t"), D);
	FINE(false, R, D, V, TEXT("PING"), TEXT("t"));
	FINE(true, R, D, V, TEXT("CONTROL"), TEXT("t"), D, TEXT("body"));
}

static void what_has_no_tag_is_dropped(void **state)
{
	static char long_frame[300];
	struct request request;
	struct refusal why;

	(void)state;
	DROPPED(R);
	DROPPED(R, D);
	DROPPED(R, D, V, TEXT("SUBMIT"));
	DROPPED(R, V, TEXT("SUBMIT"), TEXT("t"));
	DROPPED(R, TEXT("a"), TEXT("b"), TEXT("c"), D, V, TEXT("PING"),
	    TEXT("t"), D);
	DROPPED(R, ((struct text){long_frame, 256}), D, V, TEXT("PING"),
	    TEXT("t"), D);
}

static void what_is_wrong_is_named(void **state)
{
	static char large[REQUEST_BODY_MOST + 1];
	struct request request;
	struct refusal why;

	(void)state;
	REFUSED(REFUSAL_UNSUPPORTED_VERSION, "CREDIT9", false, R, D,
	    TEXT("CREDIT9"), TEXT("SUBMIT"), TEXT("t"));
	assert_true(text_is(request.tag, "t"));
	REFUSED(REFUSAL_UNSUPPORTED_VERSION, "CREDIT1", false, R, D, D, D, D);
	REFUSED(REFUSAL_MALFORMED, "frame 2", false, R, D, V, TEXT("submit"),
	    TEXT("t"), D, D);
	REFUSED(REFUSAL_MALFORMED, "frame 2", false, R, D, V, TEXT("CONTROL"),
	    TEXT("t"), D, D);
	REFUSED(REFUSAL_MALFORMED, "frame 2", true, R, D, V, TEXT("SUBMIT"),
	    TEXT("t"), TEXT("canfitpro/1"), D);
	REFUSED(REFUSAL_MALFORMED, "frame 3", false, R, D, V, TEXT("PING"),
	    ((struct text){large, 65}), D);
	assert_int_equal(request.tag.length, REQUEST_TAG_MOST);
	REFUSED(REFUSAL_MALFORMED, "4 frames", false, R, D, V, TEXT("SUBMIT"),
	    TEXT("t"), TEXT("canfitpro/1"));
	REFUSED(REFUSAL_MALFORMED, "6 frames", false, R, D, V, TEXT("SUBMIT"),
	    TEXT("t"), TEXT("canfitpro/1"), D, D);
	REFUSED(REFUSAL_MALFORMED, "frame 4", false, R, D, V, TEXT("SUBMIT"),
	    TEXT("t"), TEXT("canfitpro"), D);
	REFUSED(REFUSAL_MALFORMED, "frame 4", false, R, D, V, TEXT("QUERY"),
	    TEXT("t"), TEXT("canfitpro/"), D);
	REFUSED(REFUSAL_MALFORMED, "frame 4", false, R, D, V, TEXT("PING"),
	    TEXT("t"), TEXT("canfitpro/1"));
	REFUSED(REFUSAL_TOO_LARGE, "65537", false, R, D, V, TEXT("SUBMIT"),
	    TEXT("t"), TEXT("canfitpro/1"),
	    ((struct text){large, sizeof(large)}));
	REFUSED(REFUSAL_TOO_LARGE, "too large", false, R, D, V, TEXT("SUBMIT"),
	    TEXT("t"), TEXT("canfitpro/1"), TEXT_NONE);
	/* What a peer sent is quoted tamely. */
	REFUSED(REFUSAL_UNSUPPORTED_VERSION, "is '?", false, R, D,
	    TEXT("\xff\n"), D, D);
}

static void as_many_frames_as_one_likes_are_survived(void **state)
{
	struct text frame[FRAMES_MOST];
	struct request request;
	struct refusal why;

	(void)state;
	for (size_t i = 0; i < FRAMES_MOST; i++)
		frame[i] = D;
	assert_int_equal(
	    parse(frame, 1000, false, &request, &why), REQUEST_REFUSED);
	frame[2] = V;
	frame[3] = TEXT("SUBMIT");
	assert_int_equal(
	    parse(frame, 1000, false, &request, &why), REQUEST_REFUSED);
	assert_int_equal(why.code, REFUSAL_MALFORMED);
}

static void a_copy_stands_on_its_own(void **state)
{
	struct request request, copy;
	struct refusal why;
	char *store;

	(void)state;
	FINE(false, R, TEXT("env"), D, V, TEXT("SUBMIT"), TEXT("tag"),
	    TEXT("canfitpro/12"), TEXT("body"));
	store = malloc(request_size(&request));
	assert_non_null(store);
	request_copy(&request, store, &copy);
	assert_true(text_equal(copy.route, request.route));
	assert_true(text_equal(copy.envelope[0], request.envelope[0]));
	assert_true(text_equal(copy.tag, request.tag));
	assert_true(text_equal(copy.key, request.key));
	assert_true(text_equal(copy.organization, request.organization));
	assert_true(text_equal(copy.number, request.number));
	assert_true(text_equal(copy.body, request.body));
	assert_true(copy.number.at >= store &&
		    copy.number.at < store + request_size(&request));
	assert_int_equal(copy.fd, -1);
	free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_messages_are_taken),
	    cmocka_unit_test(what_has_no_tag_is_dropped),
	    cmocka_unit_test(what_is_wrong_is_named),
	    cmocka_unit_test(as_many_frames_as_one_likes_are_survived),
	    cmocka_unit_test(a_copy_stands_on_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
