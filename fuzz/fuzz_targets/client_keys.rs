#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule::fuzzing::run("client_keys", data));
