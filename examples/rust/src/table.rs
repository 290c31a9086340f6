//! A filter: commas become tabulators.

/// # Safety
/// text points to length bytes.
#[no_mangle]
pub unsafe extern "C" fn filter(text: *mut u8, length: usize) {
    for byte in std::slice::from_raw_parts_mut(text, length) {
        if *byte == b',' {
            *byte = b'\t';
        }
    }
}
