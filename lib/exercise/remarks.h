/* exercise/remarks.h - what the user should know of the steps of a run: that they reached less than it seems. */
#pragma once

#include "base/notes.h"
#include "exercise/exercise.h"

/* Moves the notes of the log to notes, and adds at most one: that nothing answered HTTP, or that a crawl reached a
 * single page, with what to do. Nothing if a command of the user drove the container with success. crawls: the HTTP
 * probe was left to find its way by itself. */
void exercise_remarks_add(struct exercise_log *log, bool crawls, struct notes *notes);
