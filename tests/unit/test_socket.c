/* socket.h */
#include "socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "shore.h"

static const struct socket_options options = {
    .type = ZMQ_ROUTER, .io = IO_PARTNERS, .send_most = 10, .frame_most = 1000};

static int set_up(void **state)
{
	static struct shore shore;

	shore_init(&shore);
	*state = &shore;
	return 0;
}

static int tear_down(void **state)
{
	shore_fini(*state);
	return 0;
}

static void options_are_as_they_must_be(void **state)
{
	struct shore *shore = *state;
	void *socket = socket_open(shore->context, &options);
	size_t size = sizeof(int);
	int value;

	assert_non_null(socket);
	/* Either of these lets a peer abort libzmq 4.3.4. */
	zmq_getsockopt(socket, ZMQ_RCVHWM, &value, &size);
	assert_int_equal(value, 0);
	zmq_getsockopt(socket, ZMQ_HEARTBEAT_IVL, &value, &size);
	assert_int_equal(value, 0);
	zmq_getsockopt(socket, ZMQ_SNDHWM, &value, &size);
	assert_int_equal(value, 10);
	socket_close(socket, 0);
	socket_close(NULL, 0);
}

static void ports_of_choice_are_told(void **state)
{
	struct shore *shore = *state;
	void *socket = socket_open(shore->context, &options);
	void *other = socket_open(shore->context, &options);
	char bound[ENDPOINT_SIZE], again[ENDPOINT_SIZE];
	int port;

	assert_int_equal(socket_bind(socket, "tcp://127.0.0.1:*", bound), 0);
	assert_int_equal(sscanf(bound, "tcp://127.0.0.1:%d", &port), 1);
	assert_int_equal(socket_bind(other, bound, again), -EADDRINUSE);
	assert_non_null(strstr(socket_complaint(-EADDRINUSE), "already"));
	socket_close(socket, 0);
	socket_close(other, 0);
}

static void an_ipc_socket_is_for_owner_and_group(void **state)
{
	struct shore *shore = *state;
	void *socket = socket_open(shore->context, &options);
	void *other = socket_open(shore->context, &options);
	char bound[ENDPOINT_SIZE];
	struct stat file;

	assert_int_equal(socket_bind(socket, shore->endpoint, bound), 0);
	assert_string_equal(bound, shore->endpoint);
	assert_int_equal(stat(shore->endpoint + 6, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0660);
	/* Nobody takes it away from who listens there. */
	assert_int_equal(
	    socket_bind(other, shore->endpoint, bound), -EADDRINUSE);
	socket_unlink(bound);
	assert_int_equal(stat(shore->endpoint + 6, &file), -1);
	socket_unlink("");
	socket_unlink("tcp://127.0.0.1:1");
	socket_close(socket, 0);
	socket_close(other, 0);
}

static void a_stale_file_is_replaced(void **state)
{
	struct shore *shore = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	void *ours = socket_open(shore->context, &options);
	char bound[ENDPOINT_SIZE];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, shore->endpoint + 6);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(socket_bind(ours, shore->endpoint, bound), 0);
	socket_close(ours, 0);
}

static void a_bad_endpoint_has_a_sentence(void **state)
{
	static const char *const bad[] = {"ipc:///nonexistent/x", "udp://x",
	    "tcp://nothing", "tcp://192.0.2.77:7431"};
	struct shore *shore = *state;
	void *socket = socket_open(shore->context, &options);
	char bound[ENDPOINT_SIZE];

	for (size_t i = 0; i < COUNT(bad); i++) {
		int error = socket_bind(socket, bad[i], bound);

		assert_true(error < 0);
		assert_true(strlen(socket_complaint(error)) > 0);
	}
	socket_close(socket, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(options_are_as_they_must_be),
	    TEST(ports_of_choice_are_told),
	    TEST(an_ipc_socket_is_for_owner_and_group),
	    TEST(a_stale_file_is_replaced),
	    TEST(a_bad_endpoint_has_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
