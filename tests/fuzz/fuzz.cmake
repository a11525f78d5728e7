# Fuzz targets. With CREDITD_FUZZ (clang) each is a libFuzzer program:
#   fuzz_event -max_total_time=60 NEW_CORPUS tests/fuzz/seeds/event
# always, the seeds and what follows from them are replayed as a test.
function(fuzz_target name)
  set(target fuzz_${name})
  set(seeds ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/seeds/${name})
  add_executable(replay_${name} fuzz/${target}.c fuzz/replay.c)
  target_link_libraries(replay_${name} PRIVATE ${ARGN})
  add_test(NAME fuzz.${name} COMMAND replay_${name} ${seeds})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS "unit;fuzz" TIMEOUT 60)
  if(CREDITD_FUZZ)
    add_executable(${target} fuzz/${target}.c)
    target_link_libraries(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

if(CREDITD_FUZZ)
  # the code under test tells libFuzzer where it has been
  target_compile_options(common PRIVATE -fsanitize=fuzzer-no-link)
  target_link_options(common INTERFACE -fsanitize=fuzzer-no-link)
endif()

fuzz_target(wire common)
fuzz_target(event common)
fuzz_target(document common)
