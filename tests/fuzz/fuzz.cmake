# Fuzz targets. With CREDITD_FUZZ (clang) each is a libFuzzer program:
#   fuzz_event -max_total_time=60 NEW_CORPUS tests/fuzz/seeds/event
# always, the seeds and what follows from them are replayed as a test.
# fuzz_target(name [SEEDS directories…] [CHANGES most] LIBRARIES…)
function(fuzz_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" CHANGES "SEEDS;LIBRARIES")
  set(target fuzz_${name})
  if(NOT arg_SEEDS)
    set(arg_SEEDS ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/seeds/${name})
  endif()
  if(NOT arg_CHANGES)
    set(arg_CHANGES 4096)
  endif()
  add_executable(replay_${name} fuzz/${target}.c fuzz/replay.c)
  target_link_libraries(replay_${name} PRIVATE ${arg_LIBRARIES})
  add_test(NAME fuzz.${name}
    COMMAND replay_${name} ${arg_CHANGES} ${arg_SEEDS})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS "unit;fuzz" TIMEOUT 60)
  if(CREDITD_FUZZ)
    add_executable(${target} fuzz/${target}.c)
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

if(CREDITD_FUZZ)
  # the code under test tells libFuzzer where it has been
  target_compile_options(common PRIVATE -fsanitize=fuzzer-no-link)
  target_compile_options(rules PRIVATE -fsanitize=fuzzer-no-link)
  target_link_options(common INTERFACE -fsanitize=fuzzer-no-link)
endif()

fuzz_target(wire LIBRARIES common)
fuzz_target(event LIBRARIES common)
fuzz_target(document LIBRARIES common)
# (tests/run/checks.sh names these seeds too)
# the bodies' own documents, and one that uses every key
fuzz_target(program CHANGES 400 LIBRARIES program_sound SEEDS
  ${PROJECT_SOURCE_DIR}/schema/programs
  ${CMAKE_CURRENT_SOURCE_DIR}/unit/programs)
