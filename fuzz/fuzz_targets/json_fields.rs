#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule::fuzzing::run("json_fields", data));
