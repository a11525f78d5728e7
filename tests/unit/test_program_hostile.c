/* Program documents that mean harm: they get an error in bounded time, at the
 * first place that goes too far. */
#include "program_try.h"

static const char head[] = "program: x\nlanguage: 1\ntitle: X\n"
			   "time_zone: UTC\nunit: CEU\n";

static void put_times(struct output *out, const char *string, size_t times)
{
	for (size_t i = 0; i < times; i++)
		output_string(out, string);
}

static void refused_output(struct output *out, const char *words)
{
	program_try_refused((struct text){out->at, out->length}, words);
	out->length = 0;
}

static void anchors_and_aliases_are_refused(void **state)
{
	struct output out = {0};

	(void)state;
	output_string(
	    &out, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n");
	for (int i = 1; i < 10; i++) {
		char line[128];

		(void)snprintf(line, sizeof(line),
		    "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
		    i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
		output_string(&out, line);
	}
	refused_output(&out, "x:1:5: anchors");
	output_string(&out, "rates: &r [*r, {when: *r}]\n");
	refused_output(&out, "x:1:8: anchors");
	output_string(&out, "&m {*m : *m}\n");
	refused_output(&out, "anchors");
	output_string(&out, "rates: *r\n");
	refused_output(&out, "x:1:8: aliases");
	output_string(&out, "<<: *r\n");
	refused_output(&out, "x:1:5: aliases");
	output_string(&out, "rates: !!python/object:os.system [x]\n");
	refused_output(&out, "x:1:8: tags");
	free(out.at);
}

static void large_and_deep_documents_are_refused(void **state)
{
	struct output out = {0};

	(void)state;
	output_string(&out, head);
	output_string(&out, "title: ");
	put_times(&out, "0123456789", 1024 * 1024);
	refused_output(&out, "larger than 4 MiB");
	output_string(&out, "title: ");
	put_times(&out, "0123456789", 100 * 1024);
	refused_output(&out, "x:1:8: a value is longer than 64 KiB");
	put_times(&out, "[", 10000);
	refused_output(&out, "nested deeper than 32");
	put_times(&out, "{a: ", 10000);
	refused_output(&out, "nested deeper than 32");
	put_times(&out, "- ", 10000);
	refused_output(&out, "nested deeper than 32");
	output_string(&out, "rates: [");
	put_times(&out, "1, ", 200000);
	output_string(&out, "]\n");
	refused_output(&out, "more than 100,000 values");
	put_times(&out, "? ", 10000);
	(void)program_try((struct text){out.at, out.length}, NULL);
	out.length = 0;
	output_put(&out, "title: a\0b", 10);
	refused_output(&out, "x:");
	output_put(&out, "\xff\xfe\x00", 3);
	refused_output(&out, "x");
	program_try_refused((struct text){"", 0}, "empty");
	free(out.at);
}

static void lists_have_an_end(void **state)
{
	static const char *const keys[] = {"accreditation", "providers",
	    "eligibility", "deadlines", "rates", "factors", "splits", "same",
	    "caps", "minimums", "leaves", "exemptions", "taxes", "agreements",
	    "designations", "sources"};
	struct output out = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		output_string(&out, keys[i]);
		output_string(&out, ": [");
		put_times(&out, "{}, ", 1001);
		output_string(&out, "]\n");
		refused_output(&out, "a list of at most 1000");
	}
	output_string(&out, "designations: [{name: A}]\nperiod: [");
	put_times(&out, "{}, ", 1001);
	output_string(&out, "]\n");
	refused_output(&out, "a list of 1 to 1000");
	output_string(&out, "providers: [{names: [");
	put_times(&out, "a, ", 257);
	output_string(&out, "]}]\n");
	refused_output(&out, "a list of at most 256 values");
	free(out.at);
}

/* As many things as fit that each have to be looked up among as many as fit. */
static void looking_up_takes_few_steps(void **state)
{
	struct output out = {0};
	char line[80];

	(void)state;
	output_string(&out, head);
	output_string(&out, "designations:\n");
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(line, sizeof(line), "  - {name: D%04d}\n", i);
		output_string(&out, line);
	}
	output_string(&out, "period: {anniversary_months: 12}\nrequires:\n");
	for (int i = 0; i < 200; i++) {
		output_string(&out, "  - {met: [");
		for (int k = 0; k < 200; k++) {
			(void)snprintf(
			    line, sizeof(line), "n%03d-%03d, ", i, k);
			output_string(&out, line);
		}
		output_string(&out, "]}\n");
	}
	output_string(&out, "minimums:\n");
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(
		    line, sizeof(line), "  - {name: m%04d, at_least: 1}\n", i);
		output_string(&out, line);
	}
	output_string(&out, "exemptions:\n");
	for (int i = 0; i < 100; i++) {
		output_string(&out, "  - {requirement: e, waives: [");
		put_times(&out, "n199-199, ", 200);
		output_string(&out, "]}\n");
	}
	output_string(&out, "rates:\n");
	for (int i = 0; i < 100; i++) {
		output_string(&out, "  - {credits: 1, when: {designations: [");
		put_times(&out, "D0999, ", 200);
		output_string(&out, "]}}\n");
	}
	assert_int_equal(
	    program_try((struct text){out.at, out.length}, NULL), 0);
	free(out.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(anchors_and_aliases_are_refused),
	    cmocka_unit_test(large_and_deep_documents_are_refused),
	    cmocka_unit_test(lists_have_an_end),
	    cmocka_unit_test(looking_up_takes_few_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
