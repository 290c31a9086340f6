#include "cmd/explore/save.h"

#include "os/output_file.h"

/* Finds out whether there is such a file. A device is refused, because the terminal is a device. */
static int check(const char *path, bool *exists, struct err *err)
{
	CLEANUP_OUTPUT_FILE struct output_file f = OUTPUT_FILE_NONE;
	int r = output_file_open(path, &f, err);
	if (r < 0)
		return r;
	if (output_file_is_special(&f))
		return err_set(err, ERR_INVAL, "output-not-file", "%s is not a file: choose another name", path);
	*exists = f.st.st_mode != 0;
	return 0;
}

void explore_save(struct explore_state *s, bool replace)
{
	CLEANUP_BUF struct buf policy = {0};
	struct err err = {0};
	bool exists = false;
	int r = check(s->file, &exists, &err);
	if (r == 0 && exists && !replace) {
		explore_control_written(s, true, NULL);
		return;
	}
	explore_marks_policy(&s->marks, s->model->compares, &policy);
	if (r == 0)
		r = output_file_write(s->file, policy.data, policy.len, &err);
	explore_control_written(s, false, r < 0 ? err.msg : NULL);
}
