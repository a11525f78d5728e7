/* Any bytes as a program document; what compiles must hold together and can be
 * looked at as a whole, a refusal must say why. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "program_check.h"
#include "program_sound.h"

static void look_at(const struct program *program, struct text document)
{
	struct findings findings;

	if (program_check(program, document, &findings) != 0)
		abort();
	for (size_t i = 0; i < findings.count; i++)
		if (findings.item[i].line < 1 || findings.item[i].column < 1 ||
		    !text_is_utf8(findings.item[i].message))
			abort();
	findings_fini(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints complaints = {.file = "fuzz"};
	struct program *program = NULL;
	int error = program_parse(
	    (struct text){(const char *)data, size}, &complaints, &program);

	if (error == 0) {
		const char *fault = program_fault(program);

		if (complaints.count != 0 || fault != NULL) {
			fprintf(stderr, "%s\n", fault != NULL ? fault : "");
			abort();
		}
		look_at(program, (struct text){(const char *)data, size});
	} else if (error != -EINVAL || complaints.text == NULL ||
		   program != NULL) {
		abort();
	}
	program_destroy(program);
	complaints_fini(&complaints);
	return 0;
}
