# A worker that certain events bring down, for test_poison.py, which has it
# built: never part of a build or an installation.
add_executable(poison_worker EXCLUDE_FROM_ALL
  ${CMAKE_CURRENT_LIST_DIR}/poison_worker.c
  ${PROJECT_SOURCE_DIR}/worker/main.c)
target_link_libraries(poison_worker PRIVATE worker_core)
target_link_options(poison_worker PRIVATE -Wl,--wrap=event_decode)
set_target_properties(poison_worker PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/system)
