/* Lists in pages: as many items as were asked for and as an answer holds. */
#include "query_work.h"

/* What stands around the lists of an answer: other keys, 64 streams' heads. */
#define RESERVE ((size_t)16 * 1024)
/* More items than this never fit: no need to fetch them. */
#define ITEMS_MOST (QUERY_ANSWER_MOST / 128)

void page_init(struct page *page, struct asking *asking)
{
	*page = (struct page){
	    .asking = asking,
	    .left = asking->query.limit,
	};
	if (page->left > (int64_t)ITEMS_MOST)
		page->left = ITEMS_MOST;
}

void page_open(struct page *page, const char *key)
{
	wire_key(page->asking->out, key);
	wire_open_list(page->asking->out);
}

void page_close(struct page *page)
{
	wire_close(page->asking->out);
}

bool page_is_full(const struct page *page)
{
	return page->more;
}

struct wire_writer *page_item(struct page *page)
{
	wire_writer_reset(&page->asking->context->item);
	return &page->asking->context->item;
}

bool page_put(struct page *page)
{
	struct wire_writer *out = page->asking->out;
	struct text item = wire_written(&page->asking->context->item);

	if (page->asking->context->item.failed)
		out->failed = true;
	/* A first item goes in whatever its size: nothing is ever stuck. */
	if (page->more || page->left == 0 ||
	    (page->items > 0 &&
		out->size + item.length > QUERY_ANSWER_MOST - RESERVE)) {
		page->more = true;
		return false;
	}
	wire_item(out);
	wire_write_raw(out, item);
	page->left--;
	page->items++;
	return true;
}

void page_mark(struct page *page, const struct text *part, size_t count)
{
	page->next = query_next_write(part, count, page->buffer);
}

void page_end(struct page *page)
{
	wire_pair_bool(page->asking->out, "more", page->more);
	if (page->more && page->next.at != NULL)
		wire_pair_text(page->asking->out, "next", page->next);
}

enum asked page_after(
    struct asking *asking, size_t count, struct text *ret_part, bool *ret_given)
{
	*ret_given = asking->query.after.at != NULL;
	if (!*ret_given ||
	    query_next_read(asking->query.after, count, ret_part))
		return ASKED_ANSWERED;
	return asking_refuse(asking, "MALFORMED",
	    "after: expected the text `next` of the answer before");
}
