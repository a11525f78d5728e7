/* One question to creditd, or a list of pages, as JSON. */
#include "ask.h"

#include <errno.h>
#include <string.h>

#include "convert.h"

#define SLICE_MS 250 /* how soon a signal is noticed at the latest */

struct creditd *ask_open(const struct ctl *ctl, bool control, size_t in_flight)
{
	struct creditd_options options = {
	    .endpoint = control ? ctl->control : ctl->events,
	    .timeout_ms = (int)ctl->timeout_s * 1000,
	    .in_flight = in_flight,
	};
	struct creditd *c = NULL;
	int error;

	if (options.endpoint == NULL) {
		ctl_fail("creditd's operator endpoint is not known: give "
			 "--control ENDPOINT, or --dir DIR of an instance");
		return NULL;
	}
	error = creditd_open(&options, &c);
	if (error == -EINVAL)
		ctl_fail("'%s' is no endpoint (expected tcp://ADDRESS:PORT or "
			 "ipc://PATH)",
		    options.endpoint);
	else if (error != 0)
		ctl_fail("%s", strerror(-error));
	return c;
}

static int wait_for(
    const struct ctl *ctl, struct creditd *c, struct creditd_reply *reply)
{
	int error;

	do {
		error = creditd_next(c, SLICE_MS, reply);
		if (interrupted()) {
			ctl_fail("interrupted");
			return CTL_NO_ANSWER;
		}
	} while (error == -EAGAIN || error == -EINTR);
	if (error != 0)
		return ctl_fail("%s", strerror(-error));
	if (reply->kind == CREDITD_NO_ANSWER) {
		ctl_fail("no answer within %ld s: %s%s%s", ctl->timeout_s,
		    reply->code, *reply->code ? ": " : "", reply->message);
		return CTL_NO_ANSWER;
	}
	return CTL_OK;
}

int ask_once(const struct ctl *ctl, struct creditd *c, enum creditd_verb verb,
    const char *key, json_t *body, json_t **ret_answer)
{
	struct wire_writer writer = {0};
	struct creditd_reply reply;
	int code = CTL_FAILED, error;

	if (body == NULL || !convert_to_wire(body, &writer) || writer.failed) {
		ctl_fail("no memory");
		goto done;
	}
	error = creditd_send(c, verb, key, writer.data, writer.size, NULL);
	if (error != 0) {
		ctl_fail("%s", strerror(-error));
		goto done;
	}
	code = wait_for(ctl, c, &reply);
	if (code != CTL_OK)
		goto done;
	if (reply.kind == CREDITD_REFUSED) {
		ctl_fail("refused: %s: %s", reply.code, reply.message);
		code = CTL_REFUSED;
		goto done;
	}
	*ret_answer = convert_to_json((struct text){reply.body, reply.size});
	if (*ret_answer == NULL)
		code = ctl_fail(
		    "creditd's answer is damaged (%zu bytes)", reply.size);
done:
	wire_writer_fini(&writer);
	json_decref(body);
	return code;
}

int ask_query(
    const struct ctl *ctl, const char *key, json_t *body, json_t **ret_answer)
{
	struct creditd *c = ask_open(ctl, false, 1);
	int code;

	if (c == NULL) {
		json_decref(body);
		return CTL_FAILED;
	}
	code = ask_once(ctl, c, CREDITD_QUERY, key, body, ret_answer);
	creditd_close(c);
	return code;
}

/* The limit of the next page: `limit` stays as it was asked for, but the last
 * page need not bring more than is wanted. */
static void set_limit(json_t *body, size_t wanted, size_t have)
{
	if (wanted > 0)
		json_object_set_new(body, "limit",
		    json_integer(wanted - have < 1000
				     ? (json_int_t)(wanted - have)
				     : 1000));
}

static void take_page(json_t *all, json_t *page, const char *const *names)
{
	for (; *names != NULL; names++) {
		json_t *list = json_object_get(all, *names);

		if (list == NULL) {
			list = json_array();
			json_object_set_new(all, *names, list);
		}
		json_array_extend(list, json_object_get(page, *names));
	}
}

int ask_pages(const struct ctl *ctl, const char *key, json_t *body,
    const char *const *names, size_t most, json_t **ret_answer)
{
	struct creditd *c = ask_open(ctl, false, 1);
	json_t *all = json_object(), *page = NULL, *next;
	int code = CTL_FAILED;
	size_t have = 0;

	while (c != NULL) {
		set_limit(body, most, have);
		json_decref(page);
		page = NULL;
		code = ask_once(
		    ctl, c, CREDITD_QUERY, key, json_deep_copy(body), &page);
		if (code != CTL_OK)
			break;
		take_page(all, page, names);
		have = json_array_size(json_object_get(all, names[0]));
		next = json_object_get(page, "next");
		if (!json_is_true(json_object_get(page, "more")) ||
		    next == NULL || json_is_null(next) ||
		    (most > 0 && have >= most))
			break;
		json_object_set(body, "after", next);
	}
	if (code == CTL_OK) {
		json_object_update(page, all);
		*ret_answer = page;
		page = NULL;
	}
	json_decref(page);
	json_decref(all);
	json_decref(body);
	creditd_close(c);
	return code;
}

bool ask_is_member(const struct verb *verb, const char *member)
{
	struct text organization, number;

	if (text_split_member(text_of(member), &organization, &number))
		return true;
	ctl_usage(verb,
	    "'%s' is no member (expected ORGANIZATION/NUMBER, e.g. "
	    "examplebody/104233)",
	    member);
	return false;
}

bool ask_is_organization(const struct verb *verb, const char *organization)
{
	if (text_is_organization(text_of(organization)))
		return true;
	ctl_usage(verb,
	    "'%s' is no organization's name (small letters, digits "
	    "and '-', beginning with a letter)",
	    organization);
	return false;
}
