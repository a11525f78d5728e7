# creditd's core on a virtual clock and network: see simulation/sim.h. What
# touches sockets and the clock is replaced when the program is linked.
set(SIMULATION_SEAM frames_send frames_receive socket_open socket_bind
  socket_close socket_unlink zwatch_add zwatch_remove zwatch_pause shutdown
  clock_monotonic_us)
list(TRANSFORM SIMULATION_SEAM PREPEND -Wl,--wrap=)

add_executable(simulate
  simulation/simulate.c simulation/clockwork.c simulation/net.c
  simulation/creditd.c simulation/database.c simulation/worker.c
  simulation/worker_batch.c simulation/worker_query.c simulation/partner.c
  simulation/operator.c simulation/subscriber.c simulation/fault.c
  simulation/promise.c)
target_link_libraries(simulate PRIVATE daemon_core)
target_link_options(simulate PRIVATE ${SIMULATION_SEAM})
add_test(NAME simulation COMMAND simulate
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
# The same seeds every time; ./run simulate takes others.
set_tests_properties(simulation PROPERTIES LABELS simulation TIMEOUT 300
  ENVIRONMENT "SEED=1;SEEDS=1000")
