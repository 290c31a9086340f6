#include <archive_entry.h>
#include <linux/posix_acl_xattr.h>

#include "fuzz.h"
#include "layer/acl.h"

/* The text is both the access ACL and the default one of a directory. Checks that the result has the kernel's form. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE char *text = mem_strndup((const char *)data, n);
	struct archive_entry *from = archive_entry_new();
	struct layer_entry e = {.path = mem_strdup("x"), .mode = S_IFDIR | 0755};
	archive_entry_set_filetype(from, AE_IFDIR);
	archive_entry_set_perm(from, 0755);
	(void)archive_entry_acl_from_text(from, text, ARCHIVE_ENTRY_ACL_TYPE_ACCESS); /* reads what it can */
	(void)archive_entry_acl_from_text(from, text, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT);
	layer_acl_to_xattrs(from, &e);
	assert(e.n_xattrs <= 2 && S_ISDIR(e.mode) && !(e.mode & ~(mode_t)(S_IFMT | 07777)));
	for (size_t i = 0; i < e.n_xattrs; i++) {
		const size_t head = sizeof(struct posix_acl_xattr_header), one = sizeof(struct posix_acl_xattr_entry);
		assert(e.xattrs[i].len >= head + 3 * one && (e.xattrs[i].len - head) % one == 0);
	}
	layer_entry_done(&e);
	archive_entry_free(from);
	return 0;
}
