/* directory.h */
#include "directory.h"

#include <errno.h>
#include <stdio.h>

#include "unit.h"

static int learn(struct directory *directory, int64_t number, const char *name,
    const char *zone, struct organization **ret)
{
	const struct organization_facts facts = {.number = number,
	    .name = text_of(name),
	    .zone = text_of(zone),
	    .revision = number + 1};

	return directory_learn(directory, &facts, ret);
}

static void organizations_are_found_by_name_number_and_stream(void **state)
{
	struct directory directory;
	struct organization *o;
	char name[32];

	(void)state;
	directory_init(&directory);
	for (int i = 0; i < ORGANIZATIONS_MOST; i++) {
		snprintf(name, sizeof(name), "org-%d", i);
		assert_int_equal(learn(&directory, i * 7, name, "UTC", &o), 1);
		assert_int_equal(learn(&directory, i * 7, name, "UTC", &o), 0);
		assert_int_equal(o->index, i);
	}
	assert_int_equal(
	    learn(&directory, 999999, "one-more", "UTC", &o), -ENOSPC);
	for (int i = 0; i < ORGANIZATIONS_MOST; i++) {
		snprintf(name, sizeof(name), "org-%d", i);
		o = directory_find(&directory, text_of(name));
		assert_non_null(o);
		assert_ptr_equal(directory_at(&directory, i * 7), o);
		assert_ptr_equal(directory_stream(&directory, i * 7 * 64 + 63),
		    &o->streams[63]);
		assert_int_equal(o->streams[63].number, i * 7 * 64 + 63);
		assert_ptr_equal(o->streams[0].organization, o);
	}
	assert_null(directory_find(&directory, TEXT("org")));
	assert_null(directory_stream(&directory, 64));
	assert_null(directory_stream(&directory, -1));
	assert_null(directory_stream(&directory, INT64_MAX));
	directory_fini(&directory);
}

static void what_does_not_fit_is_refused(void **state)
{
	struct directory directory;
	struct organization *o;

	(void)state;
	directory_init(&directory);
	assert_int_equal(learn(&directory, 1, "a", "America/Toronto", &o), 1);
	assert_int_equal(learn(&directory, 2, "a", "UTC", &o), -EEXIST);
	assert_int_equal(learn(&directory, 1, "b", "UTC", &o), -EEXIST);
	assert_int_equal(learn(&directory, 2, "b", "Nowhere", &o), -ENOENT);
	assert_int_equal(learn(&directory, -1, "c", "UTC", &o), -EINVAL);
	assert_int_equal(
	    learn(&directory, (int64_t)ORGANIZATION_NUMBER_MOST + 1, "c", "UTC",
		&o),
	    -EINVAL);
	assert_int_equal(learn(&directory, 3, "Bad", "UTC", &o), -EINVAL);
	assert_int_equal(directory.count, 1);
	for (int error = -200; error < 0; error++)
		assert_non_null(directory_complaint(error));
	/* A zone may be corrected, a revision only rises. */
	assert_int_equal(learn(&directory, 1, "a", "UTC", &o), 0);
	assert_string_equal(o->zone.name, "UTC");
	assert_int_equal(o->revision, 2);
	directory_fini(&directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(organizations_are_found_by_name_number_and_stream),
	    cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
