#include "cmd/page_file.h"

#include "base/mem.h"
#include "cmd/version.h"
#include "os/fd.h"
#include "os/output_file.h"
#include "view/page/page.h"

static int make(void *page, int fd, struct err *err)
{
	return view_page_write(page, fd_sink, &fd, err);
}

static int write_page(const char *path, const struct view_page *page, struct err *err)
{
	int r = output_file_make(path, make, (void *)page, err);
	return r < 0 ? err_wrap(err, "--html") : 0;
}

int page_file_write_build(const char *path, const struct report *report, struct err *err)
{
	CLEANUP_VIEW_TREE struct view_tree tree = {0};
	CLEANUP_VIEW_PAGE_WHYS struct view_page_whys whys = {0};
	json_auto_t *facts = NULL;
	int r = view_tree_of_report(report, &tree, err);
	if (r == 0)
		r = view_page_whys_make(report, &tree, &whys, &facts, err);
	if (r < 0)
		return err_wrap(err, "--html");
	const struct view_page page = {"build", SLIM_VERSION, facts, &tree, &whys};
	return write_page(path, &page, err);
}

int page_file_write_verify(const char *path, const struct report *report, const struct view_tree *tree, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	report_json(report, false, &text);
	json_auto_t *facts = mem_must(json_loadb(text.data, text.len, 0, NULL));
	const struct view_page page = {"verify", SLIM_VERSION, facts, tree, NULL};
	return write_page(path, &page, err);
}

int page_file_write_inspect(const char *path, const struct report_inspect_view *view, const struct view_inspected *i,
			    struct err *err)
{
	CLEANUP_VIEW_TREE struct view_tree tree = {0};
	CLEANUP_BUF struct buf text = {0};
	report_inspect_view_json(view, &text);
	json_auto_t *facts = mem_must(json_loadb(text.data, text.len, 0, NULL));
	if (view_tree_of_image(i, &tree, err) < 0)
		return err_wrap(err, "--html");
	const struct view_page page = {"inspect", SLIM_VERSION, facts, &tree, NULL};
	return write_page(path, &page, err);
}

int page_file_write_diff(const char *path, const struct report_diff *d, const struct report_diff_side sides[2],
			 struct err *err)
{
	CLEANUP_VIEW_TREE struct view_tree tree = {0};
	struct view_inspected files[2];
	for (int i = 0; i < 2; i++)
		files[i] = (struct view_inspected){sides[i].history, sides[i].packages, sides[i].index};
	if (view_tree_of_diff(files, &tree, err) < 0)
		return err_wrap(err, "--html");
	json_auto_t *facts = report_diff_facts(d, sides);
	const struct view_page page = {"diff", SLIM_VERSION, facts, &tree, NULL};
	return write_page(path, &page, err);
}

int page_file_check_stdout(const char *path, size_t others, struct err *err)
{
	if (!path || !output_file_is_stdout(path) || !others)
		return 0;
	return err_set(err, ERR_INVAL, "option-conflict",
		       "standard output takes one file: name a file for --html, or for what else goes there");
}
