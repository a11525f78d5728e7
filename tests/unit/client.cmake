# The client library and creditctl.
unit_test(test_outbox unit/test_outbox.c creditd_client)
unit_test(test_position unit/test_position.c creditd_client)
unit_test(test_convert unit/test_convert.c creditctl_core)
unit_test(test_event_flags unit/test_event_flags.c creditctl_core)
unit_test(test_input unit/test_input.c creditctl_core)
unit_test(test_results unit/test_results.c creditctl_core)
unit_test(test_flags unit/test_flags.c creditctl_core)
unit_test(test_page unit/test_page.c creditctl_core)
