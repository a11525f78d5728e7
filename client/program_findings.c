/* creditctl program check: mistakes, and what no single rule shows. */
#include <stdio.h>
#include <string.h>

#include "program_check.h"
#include "program_file.h"
#include "program_words.h"
#include "table.h"

static void print_findings(const struct ctl *ctl,
    const struct program_file *file, const struct findings *findings)
{
	size_t count = findings->count;

	for (size_t i = 0; i < count; i++) {
		const struct finding *f = &findings->item[i];

		printf("%s:%d:%d: %swarning:%s %.*s [%s]\n", file->path,
		    f->line, f->column, paint(ctl->colour, PAINT_ODD),
		    paint(ctl->colour, PAINT_PLAIN), TEXT_ARGS(f->message),
		    f->code);
	}
	if (count == 0)
		printf("%s: the program of %.*s is in order\n", file->path,
		    TEXT_ARGS(program_organization(file->program)));
	else
		printf("%s: the program of %.*s can rule; %zu warning%s\n",
		    file->path, TEXT_ARGS(program_organization(file->program)),
		    count, count == 1 ? "" : "s");
}

static void print_line(
    const struct program_file *file, const struct findings *findings)
{
	struct text name = program_organization(file->program);
	json_t *list = json_array(), *line;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *f = &findings->item[i];

		json_array_append_new(
		    list, json_pack("{s:i, s:i, s:s, s:s%}", "line", f->line,
			      "column", f->column, "code", f->code, "message",
			      f->message.at, f->message.length));
	}
	line = json_pack("{s:s, s:s%, s:b, s:o}", "file", file->path,
	    "organization", name.at, name.length, "in_order", true, "warnings",
	    list);
	print_json(stdout, line);
	json_decref(line);
}

/* Mistakes are said on standard error as they are found. */
static int check_file(const struct ctl *ctl,
    const struct program_options *options, const char *path)
{
	struct program_file file;
	struct findings findings;
	int code = CTL_OK, error;

	if (!program_file_load(path, &file))
		return CTL_FAILED;
	error =
	    program_check(file.program, file_text(&file.document), &findings);
	if (error != 0) {
		code = ctl_fail("%s: %s", path, strerror(-error));
	} else {
		if (ctl->json)
			print_line(&file, &findings);
		else
			print_findings(ctl, &file, &findings);
		if (options->strict && findings.count > 0)
			code = CTL_FAILED;
		findings_fini(&findings);
	}
	program_file_fini(&file);
	return code;
}

int program_check_files(
    struct ctl *ctl, const struct program_options *options, char **argument)
{
	int code = CTL_OK;

	for (; *argument != NULL; argument++)
		if (check_file(ctl, options, *argument) != CTL_OK)
			code = CTL_FAILED;
	return code;
}
