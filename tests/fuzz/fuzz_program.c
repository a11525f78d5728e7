/* Any bytes as a program document; what compiles must hold together, a refusal
 * must say why. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "program_sound.h"

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
	} else if (error != -EINVAL || complaints.text == NULL ||
		   program != NULL) {
		abort();
	}
	program_destroy(program);
	complaints_fini(&complaints);
	return 0;
}
