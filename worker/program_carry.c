/* Programs: what is carried from one period into the next. */
#include "program_parse.h"

void parse_carry(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *map = node_get(root, "carry");
	struct node *only;
	struct text word;

	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	program->carries = true;
	program->carry.periods = 1;
	program->carry.at_most = CREDIT_MOST;
	parse_words(p, map, "carry-over", &program->carry.words);
	if (node_decimal(node_get(map, "at_most"), p->complaints, 4,
		&program->carry.at_most) &&
	    program->carry.at_most < 0)
		complain(p->complaints, node_get(map, "at_most"),
		    "at_most: credits of 0 or more were expected");
	only = node_get(map, "only");
	if (node_text(only, p->complaints, &word)) {
		program->carry.recognized_only = true;
		if (!text_is(word, "recognized"))
			complain(p->complaints, only,
			    "only: recognized was expected");
	}
	node_no_others(map, "rule, source, assumption, note, at_most, only",
	    p->complaints);
}
