#include "cmd/options/ci/lock_flags.h"

#define AT(member) offsetof(struct lock_flags, member)
static const struct option_row rows[] = {
    {"lock", 0, OPTION_STRING, AT(file), "FILE", "show the changes since FILE was written; create it if it is missing"},
    {"check", 0, OPTION_FLAG, AT(check), NULL, "fail (exit status 4) if the result differs from --lock FILE"},
    {"update-lock", 0, OPTION_FLAG, AT(update), NULL, "rewrite --lock FILE"},
};
const struct option_group lock_flags_group = OPTION_GROUP("Lock file", rows);

int lock_flags_parse(const struct lock_flags *f, struct ci_lock_options *out, struct err *err)
{
	*out = (struct ci_lock_options){.file = f->file, .check = f->check, .update = f->update};
	if (f->check && f->update)
		return err_set(err, ERR_INVAL, "option-conflict", "--check and --update-lock cannot be used together");
	if (!f->file && (f->check || f->update))
		return err_set(err, ERR_INVAL, "option-conflict", "--%s needs --lock FILE",
			       f->check ? "check" : "update-lock");
	if (f->file && !*f->file)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--lock takes the name of a file");
	return 0;
}
