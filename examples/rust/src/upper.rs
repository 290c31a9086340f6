//! A filter: capital letters.

/// # Safety
/// text points to length bytes.
#[no_mangle]
pub unsafe extern "C" fn filter(text: *mut u8, length: usize) {
    std::slice::from_raw_parts_mut(text, length).make_ascii_uppercase();
}
