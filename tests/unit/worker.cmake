# Answers and queries.
if(TARGET worker_core)
  unit_test(test_answer unit/test_answer.c worker_core)
  unit_test(test_query unit/test_query.c worker_core)
  unit_test(test_query_page unit/test_query_page.c worker_core)
endif()
