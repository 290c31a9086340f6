/* base/secret.h - strings that must not stay in memory. */
#pragma once

/* Overwrites the string and frees it. NULL is nothing. */
void secret_free(char *s);
/* Overwrites the string where it is, as in a command line that others can read. */
void secret_blank(char *s);
