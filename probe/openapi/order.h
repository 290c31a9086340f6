/* probe/openapi/order.h - the order in which operations are tried. */
#pragma once

#include "probe/openapi/resource.h"

/* Sorts: create, read, update, delete; what is made comes before what lies in it, and is deleted after it; what ends a
 * session or the service comes last. */
void openapi_order(const struct openapi_resources *r, struct openapi_operations *o);
