/* Does a compiled program hold together? What the ruling relies on without
 * looking, whatever the document said. */
#ifndef TESTS_PROGRAM_SOUND_H
#define TESTS_PROGRAM_SOUND_H

#include "program_rules.h"

/* NULL, or what is wrong with it. */
const char *program_fault(const struct program *program);

#endif
