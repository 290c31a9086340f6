/* pipeline/shares.h - adds up what stays, by what it stays for. */
#pragma once

#include "keep/set.h"
#include "report/report.h"

/* *out: all zero before. A file with several names counts once, for the reason of the first. */
void pipeline_shares_fill(const struct keep_set *k, struct report_shares *out);
